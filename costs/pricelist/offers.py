"""
Reads offer files: what AWS publishes of its price list, and what `aws pricing get-products` prints.

An offer is a JSON document or, for the largest, a CSV table; both are read for the families of products that the
snapshot has prices of. An index of offers has no price, and is passed over.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, cast

from costs.pricelist.product import CURRENCY, ON_DEMAND, Product, Tier, plain, region_of, tier, tiers_of
from costs.pricelist.table import families
from stacks.mistakes import Mistake, SettingsError

HEADED: Final = ("Version", "Publication Date", "OfferCode")
"""What the lines above a table say of an offer."""
INDEXES: Final = ("offers", "regions", "versions")
"""What an index has in place of products."""
DAY: Final = len("2026-09-11")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """What was read."""

    products: Sequence[Product]
    notes: Sequence[str] = field(default_factory=tuple[str, ...])


def read_offers(folder: Path) -> Offers:
    """Read every offer file below a folder; raises SettingsError with all that is wrong with them."""
    if not folder.is_dir():
        raise SettingsError("the command line", [Mistake(where=("--offers",), what=f"{folder} is no folder")])
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".csv"})
    products: list[Product] = []
    notes: list[str] = []
    mistakes: list[Mistake] = []
    for path in files:
        name = str(path.relative_to(folder))
        try:
            found = list(_table(path)) if path.suffix == ".csv" else _document(path)
        except OSError as error:
            mistakes.append(Mistake(where=(name,), what=f"cannot be read: {error.strerror}"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, csv.Error) as error:
            mistakes.append(Mistake(where=(name,), what=f"is no offer of AWS's price list: {_why(error)}"))
        else:
            products += found or []
            if found is None:
                notes.append(f"{name} is an index of offers: it has no prices")
    if not files:
        mistakes.append(Mistake(where=("--offers",), what=f"{folder} has no .json or .csv file"))
    if mistakes:
        raise SettingsError(f"the offers in {folder}", mistakes)
    return Offers(products=products, notes=notes)


def _why(error: Exception) -> str:
    return f"it has no {error.args[0]}" if isinstance(error, KeyError) else str(error)


def _document(path: Path) -> list[Product] | None:
    """Read a JSON document; None: it is an index."""
    told: object = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise ValueError("it must be an object")  # noqa: TRY004  like every other slip in the file
    offer = cast("dict[str, Any]", told)
    if "PriceList" in offer:
        return [product for item in offer["PriceList"] for product in of_item(item)]
    if "products" not in offer and any(key in offer for key in INDEXES):
        return None
    return list(_of_offer(offer))


def _of_offer(offer: Mapping[str, Any]) -> Iterator[Product]:
    terms: Mapping[str, Any] = offer["terms"].get(ON_DEMAND, {})
    wanted = families(offer["offerCode"])
    for sku, product in offer["products"].items():
        if _wanted(wanted, product.get("productFamily", "")):
            yield from _sold(
                offer["offerCode"], offer["version"], offer["publicationDate"], product, terms.get(sku, {})
            )


def of_item(item: str | Mapping[str, Any]) -> Iterator[Product]:
    """Read an item of the price list's API: a JSON document in a text. Raises ValueError or KeyError for another."""
    told: Mapping[str, Any] = json.loads(item) if isinstance(item, str) else item
    terms: Mapping[str, Any] = told["terms"].get(ON_DEMAND, {})
    yield from _sold(told["serviceCode"], told["version"], told["publicationDate"], told["product"], terms)


def _sold(
    offer: str, version: str, published: str, product: Mapping[str, Any], terms: Mapping[str, Any]
) -> Iterator[Product]:
    """Give a product once for each of its terms on demand: there is one, or nobody can tell which counts."""
    attributes = {plain(key): str(value) for key, value in product["attributes"].items()}
    attributes["productfamily"] = product.get("productFamily", "")
    for tiers in tiers_of(terms):
        yield Product(
            offer=offer,
            version=version,
            published=published[:DAY],
            sku=product["sku"],
            region=region_of(attributes),
            attributes=attributes,
            tiers=tiers,
        )


def _table(path: Path) -> Iterator[Product]:
    """Read a CSV table line by line: that of AmazonEC2 has gigabytes."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        head: dict[str, str] = {}
        for cells in reader:
            if cells[:1] == ["SKU"]:
                break
            head |= {cells[0]: cells[1]} if len(cells) > 1 else {}
        else:
            raise ValueError("it has no line that begins with SKU")
        offer, version, published = head["OfferCode"], head["Version"], head["Publication Date"]
        names = [plain(name) for name in cells]
        found: dict[tuple[str, str], tuple[dict[str, str], list[Tier]]] = {}
        wanted = families(offer)
        for cells in reader:
            row = dict(zip(names, cells, strict=True))
            if row["termtype"] != ON_DEMAND or not _wanted(wanted, row["productfamily"]):
                continue
            _, tiers = found.setdefault((row["sku"], row["offertermcode"]), (row, []))
            if row["currency"] == CURRENCY:
                tiers.append(tier(row["startingrange"], row["unit"], row["priceperunit"]))
    for (sku, _), (row, tiers) in found.items():
        yield Product(
            offer=offer,
            version=version,
            published=published[:DAY],
            sku=sku,
            region=region_of(row),
            attributes=row,
            tiers=tuple(tiers),
        )


def _wanted(wanted: frozenset[str] | None, family: str) -> bool:
    return wanted is None or family in wanted
