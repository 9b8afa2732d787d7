"""A product of AWS's price list, in whatever form the list came."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

CURRENCY: Final = "USD"
ON_DEMAND: Final = "OnDemand"
_WORD: Final = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """What a unit costs from a quantity on."""

    begins: Decimal
    unit: str
    """As AWS counts it: Hrs, GB-Mo, Requests."""
    usd: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Product:
    """Something that AWS sells on demand, in one region."""

    offer: str
    """The code of the offer that it is of: AmazonRDS."""
    version: str
    published: str
    """The day that the offer was published: 2026-09-11."""
    sku: str
    region: str
    attributes: Mapping[str, str]
    """By their names in small letters without spaces: instancetype, productfamily."""
    tiers: tuple[Tier, ...]

    def first_paid(self) -> Tier | None:
        """Give the first tier that is not free; where all are, the first; None: it is not sold in USD."""
        ranked = sorted(self.tiers, key=lambda tier: tier.begins)
        return next((tier for tier in ranked if tier.usd > 0), ranked[0] if ranked else None)


def plain(name: str) -> str:
    """Write the name of an attribute as both forms of the list have it: `Instance Type` and `instanceType`."""
    return _WORD.sub("", name.lower())


def region_of(attributes: Mapping[str, str]) -> str:
    """Give the region that a product is of; traffic is of where it begins."""
    return attributes.get("regioncode") or attributes.get("fromregioncode", "")


def tier(begins: str, unit: str, usd: str) -> Tier:
    """Read a tier; raises ValueError for what is no number."""
    try:
        found = Tier(begins=Decimal(begins or "0"), unit=unit, usd=Decimal(usd))
    except InvalidOperation:
        raise ValueError(f"must have prices, got {usd!r} from {begins!r} on") from None
    if not found.usd.is_finite() or found.usd < 0:
        raise ValueError(f"must have prices of 0 or more, got {usd!r}")
    return found


def tiers_of(terms: Mapping[str, Any]) -> Iterator[tuple[Tier, ...]]:
    """Read the terms of a product, each with its tiers; a price that is not in USD is none."""
    for term in terms.values():
        dimensions: Iterable[Mapping[str, Any]] = term["priceDimensions"].values()
        yield tuple(
            tier(one.get("beginRange", "0"), one["unit"], one["pricePerUnit"][CURRENCY])
            for one in dimensions
            if CURRENCY in one["pricePerUnit"]
        )
