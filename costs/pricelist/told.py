"""What is told of a new snapshot: what stops it, what moves, and what stays as it was."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from costs.moves import Move
from costs.pricelist.found import Reason
from costs.pricelist.laws import Breach
from costs.pricelist.refresh import Refreshed

COUNTED: Final = frozenset({Reason.BY_HAND, Reason.UNREAD})
"""Reasons that many prices share: they are counted, not named."""


def lines(found: Refreshed, stopping: Sequence[Move | Breach], folder: Path) -> Iterator[str]:
    """Say it to people, a fact a line; *folder* is where the snapshot was to go."""
    moves = found.moves
    yield from (f"refused: {one}" for one in stopping)
    yield from (str(move) for move in moves if move not in stopping)
    yield from (f"kept: {one}" for one in found.kept if one.reason not in COUNTED)
    counted = Counter((one.reason, one.why) for one in found.kept if one.reason in COUNTED)
    yield from (f"kept: {count}: {reason}: {why}" for (reason, why), count in sorted(counted.items()))
    yield f"{found.count} prices found, {len(found.kept)} kept with their old dates, {len(moves)} differ from before"
    if stopping:
        yield f"nothing is written: {len(stopping)} to look at and accept by --accept"
    else:
        yield f"{folder} has the prices of {found.after.generated}"


def document(found: Refreshed, stopping: Sequence[Move | Breach]) -> Mapping[str, Any]:
    """Give it as plain data."""
    return {
        "written": not stopping,
        "generated": found.after.generated.isoformat(),
        "found": found.count,
        "refused": [str(one) for one in stopping],
        "moves": [
            {
                "key": move.key,
                "kind": str(move.kind),
                "before": None if move.before is None else str(move.before),
                "after": None if move.after is None else str(move.after),
                "refused": move in stopping,
            }
            for move in found.moves
        ],
        "kept": [{"key": one.key, "reason": str(one.reason), "why": one.why} for one in found.kept],
    }
