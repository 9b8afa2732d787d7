"""What a drill found, store by store: plain data, and the verdict that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """How something went."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """It was not looked at, or there was no answer: it counts as little as a failure, and accuses nobody."""
    NOT_ASKED = "not asked"
    """Nobody has to get it back: what it holds can be computed again."""


RESTORED: Final = "restored"
BACK_IN_TIME: Final = "back in time"
YOUNG_ENOUGH: Final = "young enough"
SETTINGS: Final = "settings"
DATA: Final = "data"
ASPECTS: Final = (RESTORED, BACK_IN_TIME, YOUNG_ENOUGH, SETTINGS, DATA)
"""What every store is asked: without a check on each of these it has not passed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was looked at, or that nobody could look at."""

    aspect: str
    """One of ASPECTS."""
    name: str
    outcome: Outcome
    said: str
    """What was found, for people; holds no data of the store."""

    def __post_init__(self) -> None:
        """Reject what no report can say."""
        if self.aspect not in ASPECTS or self.outcome is Outcome.NOT_ASKED:
            raise ValueError(f"a check must be of one of {', '.join(ASPECTS)}, and be asked, got {self}")


def worst(outcomes: Sequence[Outcome]) -> Outcome:
    """Sum up: one failure fails, one unknown leaves it unknown, and of nothing nothing is known."""
    if Outcome.FAILED in outcomes:
        return Outcome.FAILED
    asked = [one for one in outcomes if one is not Outcome.NOT_ASKED]
    if not outcomes or Outcome.UNKNOWN in asked:
        return Outcome.UNKNOWN
    return Outcome.PASSED if asked else Outcome.NOT_ASKED


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreDrill:
    """What became of one store."""

    store: str
    kind: str
    """In people's words: `RDS`, `Aurora`, `DynamoDB`, `ElastiCache`, `ElastiCache Serverless`, `Atlas`, `S3`."""
    source: str = ""
    """The id of what was restored from; empty: nothing was found."""
    scratch: str = ""
    """The id of what it was restored to; empty: nothing was made."""
    restored_to: datetime | None = None
    """The time whose data came back, or an earlier one: the latest that AWS had said it could restore."""
    age: timedelta | None = None
    """How old these were at most when the drill began to restore; None: nobody knows."""
    took: timedelta | None = None
    """From the first call to the answer; None: it never answered."""
    checks: tuple[Check, ...] = ()
    put_back: tuple[str, ...] = ()
    """What AWS does not restore, and a real restore has to put back."""
    not_asked: str = ""
    """Why it need not come back; empty: it must."""

    @property
    def outcome(self) -> Outcome:
        """The verdict: an aspect without a check is unknown."""
        if self.not_asked:
            return Outcome.NOT_ASKED
        seen = {one.aspect for one in self.checks}
        unseen = [Outcome.UNKNOWN for aspect in ASPECTS if aspect not in seen]
        return worst([*(one.outcome for one in self.checks), *unseen])

    def of(self, outcome: Outcome) -> list[Check]:
        """Give the checks that went so."""
        return [one for one in self.checks if one.outcome is outcome]

    @property
    def problem(self) -> str:
        """Give what a person has to know first of a store that did not pass; empty: it did, or need not."""
        if self.outcome not in {Outcome.FAILED, Outcome.UNKNOWN}:
            return ""
        found = [*self.of(Outcome.FAILED), *self.of(Outcome.UNKNOWN)]
        return f"{found[0].name}: {found[0].said}" if found else "not everything was looked at"


def not_covered(store: str, kind: str, why: str) -> StoreDrill:
    """Say of a store that nobody tried."""
    check = Check(aspect=RESTORED, name="restore", outcome=Outcome.UNKNOWN, said=f"not covered: {why}")
    return StoreDrill(store=store, kind=kind, checks=(check,))


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupTest:
    """What AWS Backup says of its own restore tests of one kind of store."""

    kind: str
    outcome: Outcome
    said: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A drill of a stack, or of some of its stores."""

    stack: str
    phase: str
    account: str
    region: str
    local: bool
    """It ran on the local cloud, which proves nothing about AWS."""
    begun: datetime
    ended: datetime
    rpo_minutes: int
    rto_minutes: int
    stores: tuple[StoreDrill, ...]
    tests: tuple[BackupTest, ...] = ()
    leftovers: tuple[str, ...] = ()
    """What could not be taken away again."""

    @property
    def outcome(self) -> Outcome:
        """The verdict: one unknown leaves the whole unknown, as do stores of which none had to come back."""
        found = worst([*(one.outcome for one in self.stores), *self._tested])
        return Outcome.UNKNOWN if found is Outcome.NOT_ASKED else found

    @property
    def _tested(self) -> list[Outcome]:
        # Their absence is a control's business; one that failed is a backup that does not come back.
        return [one.outcome for one in self.tests if one.outcome is Outcome.FAILED]

    @property
    def is_evidence(self) -> bool:
        """Say whether it tells anything about what is in AWS."""
        return not self.local
