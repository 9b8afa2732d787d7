"""Prices: what one unit of a thing costs in a region, and where that was read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from stacks.mistakes import near

OLD_DAYS: Final = 90
"""A snapshot older than this is warned of."""
STALE_DAYS: Final = 365
"""One older than this gives no full answer."""
EVERY: Final = "*"
"""The sku of a region whose other prices are those of HOME."""
HOME: Final = "us-east-1"
_CLASS: Final = re.compile(r"(db|.*:cache)\.")


Key = tuple[str, str, str]
"""Service, region and sku."""


class Confidence(StrEnum):
    """How sure a price is, the surest first."""

    HIGH = "high"
    """The vendor's own list, or a dated quotation of it and a second source that agrees."""
    MEDIUM = "medium"
    """One dated source, or worked out from sure prices by a rule that was checked."""
    LOW = "low"
    """Inferred, rounded or undated."""


class Age(StrEnum):
    """How old a snapshot is."""

    FRESH = "fresh"
    OLD = "old"
    STALE = "stale"


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """What one unit costs."""

    service: str
    region: str
    sku: str
    unit: str
    usd: Decimal
    confidence: Confidence
    date: str
    """When it was true: a day, a month or a year."""
    sources: tuple[str, ...]
    note: str = ""
    override: bool = False
    """It is the user's own."""
    stands_in: bool = False
    """It is another region's, because the user asked for it."""

    @property
    def key(self) -> str:
        """Its name in messages: service/region/sku."""
        return f"{self.service}/{self.region}/{self.sku}"


class MissingPriceError(LookupError):
    """There is no price; the text names it, and `key` is `service/region/sku`."""

    def __init__(self, key: str, why: str) -> None:
        self.key = key
        super().__init__(f"{key} {why}")


@dataclass(frozen=True, kw_only=True)
class PriceBook:
    """All prices: a snapshot, with what the user puts over it."""

    generated: date
    sources: Mapping[str, str]
    """What each source is, by its name."""
    prices: Mapping[Key, Price]
    unknown: Mapping[Key, str]
    """What is known to have no figure, and the unit that it is counted in."""
    alike: Mapping[tuple[str, str], Confidence]
    """Services and regions whose other prices are HOME's, and how sure that is."""
    at: str | None = None
    """The region whose prices stand in where another has none."""

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions that have prices."""
        return tuple(sorted({region for _, region, _ in self.prices} | {region for _, region in self.alike}))

    @cached_property
    def own(self) -> tuple[Price, ...]:
        """The user's own prices."""
        return tuple(one for one in self.prices.values() if one.override)

    def unit(self, service: str, region: str, sku: str) -> str | None:
        """Give the unit that something is counted in, in its region or in HOME; None: nobody knows it."""
        for place in (region, HOME):
            found = self.prices.get((service, place, sku))
            if found is not None:
                return found.unit
            if (service, place, sku) in self.unknown:
                return self.unknown[service, place, sku]
        return None

    def find(self, service: str, region: str, sku: str) -> Price:
        """Give a price; raises MissingPriceError where there is none."""
        try:
            return self._own(service, region, sku)
        except MissingPriceError:
            if self.at in {None, region}:
                raise
        return replace(self._own(service, self.at or region, sku), stands_in=True)

    def _own(self, service: str, region: str, sku: str) -> Price:
        key = f"{service}/{region}/{sku}"
        found = self.prices.get((service, region, sku))
        if found is not None:
            return found
        if (service, region, sku) in self.unknown:
            raise MissingPriceError(key, "has no known price")
        sure = self.alike.get((service, region))
        home = self.prices.get((service, HOME, sku))
        if sure is not None and home is not None:
            return replace(home, region=region, confidence=least_sure((sure, home.confidence)))
        raise MissingPriceError(key, f"has no price{self._nearest(service, region, sku)}")

    def _nearest(self, service: str, region: str, sku: str) -> str:
        if region not in self.regions:
            return f": there are prices for {', '.join(self.regions)}"
        known = [one for name, place, one in self.prices if name == service and place in {region, HOME}]
        # A class that is like another is another class, not a slip of the pen.
        return "" if sku in known or _CLASS.match(sku) else near(sku, known)

    def age(self, today: date) -> Age:
        """Say how old the snapshot is; the dates of single prices do not count."""
        days = (today - self.generated).days
        return Age.STALE if days > STALE_DAYS else Age.OLD if days > OLD_DAYS else Age.FRESH

    def lending(self, at: str | None) -> "PriceBook":
        """Give the book in which the prices of a region stand in where another has none."""
        return replace(self, at=at)

    def with_overrides(self, own: Iterable[Price]) -> "PriceBook":
        """Give the book with the user's own prices over it."""
        return replace(self, prices={**self.prices, **{(one.service, one.region, one.sku): one for one in own}})


def least_sure(levels: Iterable[Confidence]) -> Confidence:
    """Give the lowest confidence; of none, the highest."""
    order = list(Confidence)
    return max(levels, key=order.index, default=Confidence.HIGH)
