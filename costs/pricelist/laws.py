"""What holds between prices: a snapshot that breaks it has a slip in it, or AWS has changed how it sells."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from costs.price import HOME, Key, Price, PriceBook

DEARER: Final = "eu-west-1"
"""No price of this region is below that of HOME."""
SIZES: Final = ("micro", "small", "medium", "large", "xlarge", "2xlarge", "4xlarge", "8xlarge")
DOUBLES: Final = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge")
"""Sizes, each twice the one before, whose Multi-AZ price is the Single-AZ price of the next."""
STANDBY: Final = Decimal("1.94"), Decimal("2.06")
VALKEY: Final = Decimal("0.8")
OPTIMIZED: Final = Decimal("1.3")
SLACK: Final = Decimal("0.001")
"""Prices of instances have three decimals."""
APART: Final = Decimal(3)
"""No two regions are further apart than so many times."""
FREE: Final = frozenset({("mongodb_atlas", "M0"), ("vpc", "gateway-endpoint-s3-dynamodb")})
"""What may cost 0, by service and sku."""
UNKNOWN: Final = frozenset({("aurora_postgres", "backtrack")})
"""What may have no figure, beside what Atlas does not publish."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Breach:
    """Prices that do not fit together."""

    keys: tuple[str, ...]
    """service/region/sku; a person who accepts one of them accepts this."""
    what: str

    def __str__(self) -> str:
        """Say it on one line."""
        return f"{' and '.join(self.keys)}: {self.what}"


def broken(book: PriceBook) -> list[Breach]:
    """Give what does not hold in a snapshot: nothing in one that can be used."""
    return [breach for law in LAWS for breach in law(book)]


def _pairs(
    book: PriceBook, pattern: str, other: Callable[[re.Match[str]], str | None]
) -> Iterator[tuple[Price, Price]]:
    """Give each price whose `service/sku` is like a pattern, with another of its service and region."""
    for (service, region, sku), price in book.prices.items():
        match = re.fullmatch(pattern, f"{service}/{sku}")
        second = other(match) if match else None
        found = book.prices.get((service, region, second)) if second else None
        if found is not None:
            yield price, found


def _breach(what: str, *prices: Price) -> Breach:
    figures = ", ".join(str(price.usd) for price in prices)
    return Breach(keys=tuple(price.key for price in prices), what=f"{what}, got {figures}")


def _next(size: str, sizes: Sequence[str]) -> str | None:
    return next((bigger for smaller, bigger in pairwise(sizes) if smaller == size), None)


def a_standby_costs_as_the_double_size(book: PriceBook) -> Iterator[Breach]:
    """Hold Multi-AZ of a size to cost as much as Single-AZ of the next."""

    def double(match: re.Match[str]) -> str | None:
        bigger = _next(match[2], DOUBLES)
        return f"{match[1]}.{bigger}:single-az" if bigger else None

    for multi, single in _pairs(book, r"rds_postgres/(db\.\w+)\.(\w+):multi-az", double):
        if multi.usd != single.usd:
            yield _breach("Multi-AZ of a size must cost as much as Single-AZ of the next", multi, single)


def a_standby_costs_twice(book: PriceBook) -> Iterator[Breach]:
    """Hold Multi-AZ to cost about twice Single-AZ."""
    for single, multi in _pairs(book, r"rds_postgres/(db\..+):single-az", lambda match: f"{match[1]}:multi-az"):
        if not STANDBY[0] * single.usd <= multi.usd <= STANDBY[1] * single.usd:
            yield _breach("Multi-AZ must cost about twice Single-AZ", single, multi)


def prices_rise_with_size(book: PriceBook) -> Iterator[Breach]:
    """Hold a bigger class or node to cost more."""

    def bigger(match: re.Match[str]) -> str | None:
        found = _next(match[2], SIZES)
        return f"{match[1]}.{found}{match[3]}" if found else None

    for smaller, larger in _pairs(book, r"\w+/((?:\w+:)?(?:db|cache)\.\w+)\.(\w+)((?::[\w-]+)?)", bigger):
        if smaller.usd >= larger.usd:
            yield _breach("a bigger one must cost more", smaller, larger)


def valkey_costs_four_fifths(book: PriceBook) -> Iterator[Breach]:
    """Hold a node for Valkey to cost 0.8 times as much as for Redis OSS."""
    for valkey, redis in _pairs(book, r"elasticache/valkey:(cache\..+)", lambda match: f"redis:{match[1]}"):
        if valkey.usd != redis.usd * VALKEY:
            yield _breach(f"Valkey must cost {VALKEY} times Redis OSS", valkey, redis)


def optimized_costs_three_tenths_more(book: PriceBook) -> Iterator[Breach]:
    """Hold an Aurora class for I/O-Optimized storage to cost 1.3 times as much as for Standard."""
    for optimized, standard in _pairs(
        book, r"aurora_postgres/(db\..+):io-optimized", lambda match: f"{match[1]}:standard"
    ):
        if abs(optimized.usd - standard.usd * OPTIMIZED) > SLACK:
            yield _breach(f"I/O-Optimized must cost {OPTIMIZED} times Standard", optimized, standard)


def ireland_is_never_cheaper(book: PriceBook) -> Iterator[Breach]:
    """Hold no price of eu-west-1 to be below that of us-east-1."""
    for (service, region, sku), price in book.prices.items():
        home = book.prices.get((service, HOME, sku)) if region == DEARER else None
        if home is not None and price.usd < home.usd:
            yield _breach(f"{DEARER} must not be below {HOME}", price, home)


def a_region_costs_about_as_home(book: PriceBook) -> Iterator[Breach]:
    """Hold a price of another region to be of the same order: one that is not is counted in another unit."""
    for (service, region, sku), price in book.prices.items():
        home = book.prices.get((service, HOME, sku))
        if home is None or region == HOME or not price.usd:
            continue
        if not home.usd / APART <= price.usd <= home.usd * APART:
            yield _breach(f"must be at most {APART} times as much as in {HOME}, or as little", price, home)


def only_what_is_meant_to_be_is_free(book: PriceBook) -> Iterator[Breach]:
    """Hold nothing else to cost 0."""
    for (service, _, sku), price in book.prices.items():
        if price.usd == 0 and (service, sku) not in FREE:
            yield _breach("must not be free", price)


def only_what_is_meant_to_be_is_unknown(book: PriceBook) -> Iterator[Breach]:
    """Hold everything else to have a figure."""
    unknown: list[Key] = [key for key in book.unknown if key[0] != "mongodb_atlas" and (key[0], key[2]) not in UNKNOWN]
    for key in unknown:
        yield Breach(keys=("/".join(key),), what="must have a figure")


LAWS: Final[Sequence[Callable[[PriceBook], Iterator[Breach]]]] = (
    a_standby_costs_as_the_double_size,
    a_standby_costs_twice,
    prices_rise_with_size,
    valkey_costs_four_fifths,
    optimized_costs_three_tenths_more,
    ireland_is_never_cheaper,
    a_region_costs_about_as_home,
    only_what_is_meant_to_be_is_free,
    only_what_is_meant_to_be_is_unknown,
)
