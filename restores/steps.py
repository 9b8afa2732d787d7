"""The way of a restore, as steps of the stack file: each is one update, from what is deployed to what comes next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from stacks.generations import FIRST, Generation
from upgrades.stopping import StopError


class Change(StrEnum):
    """What one update of a restore does."""

    MAKE = "make the new one of the backup, beside the old one"
    SWITCH = "tell clients of the new one"
    SWITCH_BACK = "tell clients of the old one again"
    UNLOCK = "lift the protection of the one that goes"
    RETIRE = "delete the old one"
    DROP = "delete the new one"


class Ask(StrEnum):
    """What the command line asks for."""

    MAKE = "to"
    SWITCH = "switch"
    RETIRE = "retire"
    ABORT = "abort"
    RESUME = "resume"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One update."""

    change: Change
    before: Generation
    after: Generation

    @property
    def going(self) -> int | None:
        """The generation that this update deletes or unlocks."""
        if self.change in (Change.UNLOCK, Change.RETIRE, Change.DROP):
            return self.before.spare
        return None


class WayError(StopError):
    """There is no such step from where the store stands; the text says which there are."""


def way(deployed: Generation, written: Generation, ask: Ask, *, protected: bool) -> list[Step]:
    """
    Give the updates that *ask* comes to, for a store that is *deployed* so and *written* so in the stack file.

    *protected*: AWS or Pulumi refuses to delete the store. `--to` has its own way, `made`. Raises WayError.
    """
    if ask is Ask.RESUME:
        return list(_resumed(deployed, written, protected=protected))
    if deployed != written:
        raise WayError("an update was interrupted: --resume goes on with it")
    if deployed.old is None:
        raise WayError("no restore of it is under way: --to begins one")
    match ask:
        case Ask.SWITCH if deployed.writer == "old" and not deployed.unlocked:
            return [_step(Change.SWITCH, deployed, _with(deployed, writer="new"))]
        case Ask.SWITCH if deployed.writer == "new":
            raise WayError("clients are told of the new one already: --retire deletes the old one, --abort goes back")
        case Ask.RETIRE if deployed.writer == "new":
            return list(_going(deployed, protected=protected))
        case Ask.RETIRE:
            raise WayError("clients are told of the old one: --switch first, or --abort deletes the new one")
        case Ask.ABORT if deployed.writer == "new" and not deployed.unlocked:
            return [_step(Change.SWITCH_BACK, deployed, _with(deployed, writer="old"))]
        case Ask.ABORT if deployed.writer == "old":
            return list(_going(deployed, protected=protected))
        case _:
            raise WayError("the one that is not used is about to go: --resume ends that")


def made(deployed: Generation, *, number: int, origin: str, key: str | None = None, copied: str | None = None) -> Step:
    """
    Give the update that makes generation *number* of *origin* (`latest`, a time, a snapshot).

    *key* is the ARN of its key, None the stack's own; *copied* the name of a snapshot that is copied with it first.
    """
    said = {"generation": number, "old": deployed.generation, "from": origin, "writer": "old"}
    keys = {"key": key, "oldKey": deployed.key, "copy": copied}
    return _step(Change.MAKE, deployed, Generation.model_validate({**said, **keys}))


def next_number(deployed: Generation, seen: Sequence[int]) -> int:
    """Give the number of the next generation: one that nothing of the store has or had, snapshots of it neither."""
    return max([deployed.generation, *seen]) + 1


def _resumed(deployed: Generation, written: Generation, *, protected: bool) -> Iterator[Step]:
    if deployed != written:
        yield _step(change(deployed, written), deployed, written)
    if written.unlocked:
        yield from _going(written, protected=protected)


def _going(before: Generation, *, protected: bool) -> Iterator[Step]:
    """Delete the one that is not used."""
    if protected and not before.unlocked:
        unlocked = _with(before, unlocked=True)
        yield _step(Change.UNLOCK, before, unlocked)
        before = unlocked
    alone = Generation(generation=before.used, key=before.key_of(before.used))
    yield _step(Change.RETIRE if before.writer == "new" else Change.DROP, before, alone)


def change(before: Generation, after: Generation) -> Change:
    """Say what leads from one to the other; raises WayError where that is no single update."""
    # A generation keeps its key: another word on it would replace what has the data.
    there = (before.used, before.key_of(before.used))
    match before, after:
        case Generation(old=None), Generation(writer="old", unlocked=False) if there == (after.old, after.old_key):
            return Change.MAKE
        case Generation(old=int()), Generation(old=None) if there == (after.generation, after.key):
            return Change.RETIRE if before.writer == "new" else Change.DROP
        case Generation(old=int()), Generation(old=int()) if _with(after, writer="old") == _with(before, writer="old"):
            return Change.SWITCH if after.writer == "new" else Change.SWITCH_BACK
        case Generation(old=int()), Generation(old=int()) if after == _with(before, unlocked=True):
            return Change.UNLOCK
        case _:
            raise WayError(
                "what is deployed and what the stack file says are further apart than one update: somebody else "
                "deploys it, or the file was edited. Make the two agree, then try again"
            )


def in_words(store: str, one: Generation) -> str:
    """Say where a store stands."""
    if one.spare is None:
        return f"{store} is {_numbered(one, one.generation)}{', never restored' if one == FIRST else ''}"
    lifted = f"; the protection of generation {one.spare} is lifted" if one.unlocked else ""
    return (
        f"{store} is {_numbered(one, one.used)}, beside it is {_numbered(one, one.spare)}; generation "
        f"{one.generation} was made of {one.from_}{lifted}"
    )


def _numbered(one: Generation, number: int) -> str:
    key = one.key_of(number)
    return f"generation {number}{f' (key {key})' if key else ''}"


def onward(one: Generation) -> str:
    """Say what may come next."""
    if one.old is None:
        return "--to begins a restore"
    if one.unlocked:
        return f"--resume deletes generation {one.spare}"
    if one.writer == "old":
        return "--switch tells clients of the new one, --abort deletes it"
    return "--retire deletes the old one, --abort tells clients of it again"


def _with(one: Generation, **changes: object) -> Generation:
    return one.model_copy(update=changes)


def _step(what: Change, before: Generation, after: Generation) -> Step:
    return Step(change=what, before=before, after=after)
