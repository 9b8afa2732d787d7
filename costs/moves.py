"""What lies between two snapshots of prices, and what nobody should take over without looking at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from costs.price import Key, PriceBook

MOST: Final = Decimal("0.25")
"""A price that moves by more than this share is looked at by a person first."""


class Kind(StrEnum):
    """What happens to a price."""

    LOST = "lost"
    NEW = "new"
    FREE = "became 0"
    FAR = "moved far"
    MOVED = "moved"
    UNIT = "counted in another unit"


SUSPECT: Final = frozenset({Kind.LOST, Kind.FREE, Kind.FAR, Kind.UNIT})
"""What is refused unless it is accepted by name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """One price that is another."""

    key: str
    """service/region/sku."""
    kind: Kind
    before: Decimal | None
    after: Decimal | None

    def __str__(self) -> str:
        """Say it on one line."""
        was, will = ("no price" if one is None else str(one) for one in (self.before, self.after))
        return f"{self.key}: {was} -> {will}{self._share()} ({self.kind})"

    def _share(self) -> str:
        if not self.before or self.after is None:
            return ""
        return f", {(self.after - self.before) / self.before:+.1%}"


def moves(before: PriceBook, after: PriceBook) -> Sequence[Move]:
    """Give every price that differs, those that are looked at first by name."""
    found = [move for key in sorted({*before.prices, *after.prices}) for move in _move(key, before, after)]
    found += [
        Move(key=f"{service}/{region}/*", kind=Kind.LOST, before=None, after=None)
        for service, region in sorted(set(before.alike) - set(after.alike))
    ]
    return sorted(found, key=lambda move: (move.kind not in SUSPECT, move.key))


def _move(key: Key, before: PriceBook, after: PriceBook) -> Iterator[Move]:
    was, will = before.prices.get(key), after.prices.get(key)
    old, new = (one.usd if one else None for one in (was, will))
    if old is None or new is None:
        yield Move(key="/".join(key), kind=Kind.NEW if old is None else Kind.LOST, before=old, after=new)
    elif was and will and was.unit != will.unit:
        yield Move(key="/".join(key), kind=Kind.UNIT, before=old, after=new)
    elif old != new:
        far = not old or abs(new - old) / old > MOST
        kind = Kind.FREE if new == 0 else Kind.FAR if far else Kind.MOVED
        yield Move(key="/".join(key), kind=kind, before=old, after=new)


def refused(found: Sequence[Move], accepted: Sequence[str]) -> list[Move]:
    """Give the moves that a person has to look at and has not accepted by `service/region/sku`."""
    return [move for move in found if move.kind in SUSPECT and move.key not in accepted]
