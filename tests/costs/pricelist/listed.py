"""Offers of AWS's price list in their real form, and products that tests make up."""

import json
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from costs.pricelist.found import Index, index
from costs.pricelist.offers import read_offers
from costs.pricelist.product import Product, tier

OFFERS = Path(__file__).parent / "offers"
HOME, EUROPE = "us-east-1", "eu-west-1"


@cache
def recorded() -> Sequence[Product]:
    return read_offers(OFFERS).products


@cache
def indexed() -> Index:
    return index(recorded())


def product(  # noqa: PLR0913  what a test may want to vary
    usage: str,
    usd: str,
    *,
    offer: str = "awskms",
    region: str = HOME,
    sku: str = "MADEUP",
    unit: str = "Keys",
    published: str = "2026-11-20",
    **attributes: str,
) -> Product:
    return Product(
        offer=offer,
        version="20261120000000",
        published=published,
        sku=sku,
        region=region,
        attributes={"productfamily": "", "usagetype": usage, **attributes},
        tiers=(tier("0", unit, usd),),
    )


def key(usd: str, **more: Any) -> Product:
    """Sell a key of KMS."""
    return product("us-east-1-KMS-Keys", usd, **more)


def changed(folder: Path, name: str, change: Any) -> Path:
    """Copy the offers into a folder, and change one of them, a JSON document."""
    copied = Path(shutil.copytree(OFFERS, folder / "offers"))
    document = json.loads((copied / name).read_text(encoding="utf-8"))
    change(document)
    (copied / name).write_text(json.dumps(document), encoding="utf-8")
    return copied
