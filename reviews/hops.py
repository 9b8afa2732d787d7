"""Which way from phase to phase is wanted instead of one edit."""

from itertools import pairwise
from typing import Final

from reviews.hearing import Described
from stacks.phases import Phase

_GUIDE: Final = "docs/growing.md"


def wanted(before: Described, after: Described) -> str:
    """Say what to do instead of the edit of a phase."""
    phases = list(Phase)
    if before.phase not in phases or after.phase not in phases:
        return f"grow one phase at a time, see {_GUIDE}"
    start, end = phases.index(Phase(before.phase)), phases.index(Phase(after.phase))
    if end < start:
        return "growing has no way back: keep the phase, and deviate by `datastores:sizes` where a size may shrink"
    if end - start > 1:
        way = ", then ".join(f"`{one}` to `{two}`" for one, two in pairwise(phases[start : end + 1]))
        return f"wanted is one phase at a time ({way}), each deployed before the next"
    hop = f"{{to: {after.phase}, step: 1, sizes: ...}}"
    return (
        f"wanted is a hop first, `datastores:hop: {hop}` at `datastores:phase: {before.phase}`, with the sizes in "
        f"between of what the gate names, see {_GUIDE}"
    )
