"""What AWS's price list says of one price of the snapshot."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from costs.pricelist.product import Product, Tier
from costs.pricelist.row import Row
from costs.pricelist.table import BY_HAND, ROWS

MOST_NAMED: Final = 3
"""Products that are named where there are too many."""


class Reason(StrEnum):
    """Why a price stays as it was."""

    BY_HAND = "kept by hand"
    UNREAD = "no offer was read"
    NONE = "no product is it"
    MANY = "several products are it"
    UNIT = "counted otherwise"
    OLDER = "the offer is older"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A price that stays as it was, with its old date."""

    key: str
    """service/region/sku."""
    reason: Reason
    why: str

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{self.key}: {self.reason}: {self.why}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A price that was found."""

    usd: Decimal
    product: Product
    note: str


class Sold:
    """What an offer sells in a region; a pattern is looked for once, as hundreds of classes share it."""

    def __init__(self) -> None:
        self._by_usage: defaultdict[str, list[Product]] = defaultdict(list)
        self._found: dict[re.Pattern[str], Sequence[Product]] = {}

    def add(self, product: Product) -> None:
        """Take a product in."""
        self._by_usage[product.attributes.get("usagetype", "")].append(product)

    def of(self, usages: re.Pattern[str]) -> Sequence[Product]:
        """Give the products whose usage type is like a pattern."""
        if usages not in self._found:
            self._found[usages] = [
                one for usage, products in self._by_usage.items() if usages.fullmatch(usage) for one in products
            ]
        return self._found[usages]


Index = Mapping[tuple[str, str], Sold]
"""What is sold, by offer and region."""


def index(products: Iterable[Product]) -> Index:
    """Sort products by offer and region."""
    found: defaultdict[tuple[str, str], Sold] = defaultdict(Sold)
    for one in products:
        found[one.offer, one.region].add(one)
    return dict(found)


def find(service: str, region: str, sku: str, products: Index) -> Found | Kept:
    """Give what the price list says of a price, or why it says nothing."""
    key = f"{service}/{region}/{sku}"
    by_hand = next((one.why for one in BY_HAND if one.holds(service, sku)), None)
    if by_hand is not None:
        return Kept(key=key, reason=Reason.BY_HAND, why=by_hand)
    row, parts = next(
        ((row, parts) for row in ROWS if (parts := row.parts(service, region, sku)) is not None), (None, {})
    )
    if row is None:
        why = "no row of costs/pricelist/table.py says where it is found"
        return Kept(key=key, reason=Reason.BY_HAND, why=why)
    sold = products.get((row.offer, region))
    if sold is None:
        return Kept(key=key, reason=Reason.UNREAD, why=f"{row.offer} of {region}")
    matching = _matching(row, parts, sold)
    if not matching:
        return Kept(key=key, reason=Reason.NONE, why=f"in {row.offer} by a usage type like {row.usage}")
    return _price(key, row, matching)


def _matching(row: Row, parts: Mapping[str, str], sold: Sold) -> Sequence[Product]:
    found = [one for one in sold.of(row.usages(parts)) if row.family in {None, one.attributes["productfamily"]}]
    for name, values in row.where.items():
        wanted = (parts.get(value.strip("{}"), value) if value.startswith("{") else value for value in values)
        found = next((some for value in wanted if (some := _with(found, name, value))), [])
    return found


def _with(products: Sequence[Product], name: str, value: str) -> list[Product]:
    return [one for one in products if one.attributes.get(name, "") == value]


def _price(key: str, row: Row, matching: Sequence[Product]) -> Found | Kept:
    priced = [(one, tier) for one in matching if (tier := one.first_paid()) is not None]
    if not priced:
        return Kept(key=key, reason=Reason.NONE, why=f"{matching[0].sku} has no price in USD")
    product, tier = priced[0]
    if len(priced) > 1 and not (row.alike and len({(one.usd, one.unit) for _, one in priced}) == 1):
        return Kept(key=key, reason=Reason.MANY, why=_many(priced))
    if not re.fullmatch(row.unit, tier.unit, re.IGNORECASE):
        return Kept(key=key, reason=Reason.UNIT, why=f"{product.sku} is in {tier.unit!r}, not in {row.unit}")
    return Found(usd=tier.usd * row.times, product=product, note=row.note)


def _many(priced: Sequence[tuple[Product, Tier]]) -> str:
    named = [f"{one.sku} ({one.attributes['usagetype']}) at {tier.usd.normalize():f}" for one, tier in priced]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(sorted(named)[:MOST_NAMED]) + more
