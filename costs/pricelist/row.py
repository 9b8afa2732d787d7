"""A row of the table that says which product of AWS's price list a price is of."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from costs.price import HOME

_REGION: Final = r"(?:(?!IA-)(?:[A-Z]{2,4}\d?|[a-z]{2}-[a-z]+-\d)[-:])?"
"""What usage types begin with in some regions and offers, and in others not; IA- is a class of storage."""
WORDS: Final[Mapping[str, str]] = {
    "single-az": "Single-AZ",
    "multi-az": "Multi-AZ",
    "redis": "Redis",
    "valkey": "Valkey",
}
"""What AWS calls a part of a sku."""
AWAY: Final = "us-west-2"
"""Where traffic from HOME to another region is taken to go; from elsewhere it goes to HOME."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Where the prices of some skus are found."""

    service: str
    offer: str
    """The code of AWS's offer."""
    sku: str
    """A pattern of the whole sku; *usage* and *where* may use its named groups, and `{to}`, a region."""
    usage: str
    """A pattern of the usage type, after its region."""
    unit: str
    """A pattern of the unit that AWS counts in, in any case."""
    family: str | None = None
    """None: the usage type says enough."""
    where: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """What other attributes must be: the first of the values that any product has."""
    times: int = 1
    """So many of AWS's units are one of the snapshot's."""
    alike: str = ""
    """Why several products are one price while they cost the same; empty: two products are one too many."""
    note: str = ""

    def parts(self, service: str, region: str, sku: str) -> Mapping[str, str] | None:
        """Give the parts of a sku that it is about, in AWS's words; None: it is about others."""
        found = _whole(self.sku).fullmatch(sku) if service == self.service else None
        if found is None:
            return None
        told = {key: WORDS.get(part, part) for key, part in found.groupdict().items()}
        return {**told, "to": AWAY if region == HOME else HOME}

    def usages(self, parts: Mapping[str, str]) -> re.Pattern[str]:
        """Give the pattern of whole usage types."""
        usage = self.usage
        for key, part in parts.items():
            usage = usage.replace(f"{{{key}}}", re.escape(part))
        return _whole(_REGION + usage)


@dataclass(frozen=True, kw_only=True, slots=True)
class ByHand:
    """Prices that no offer has: they are kept until a person changes them."""

    service: str
    sku: str
    """A pattern of the whole sku."""
    why: str

    def holds(self, service: str, sku: str) -> bool:
        """Say whether it is about a price."""
        return service == self.service and _whole(self.sku).fullmatch(sku) is not None


@cache
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
