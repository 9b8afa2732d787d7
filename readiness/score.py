"""The score: what each criterion counts, what each area comes to, and what blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from typing import Final

from readiness.criteria import CRITERIA, GO, WEIGHTS, Area, Criterion
from readiness.inputs import Input, Inputs
from readiness.proofs import Answer
from readiness.situation import Situation

FULL: Final = Decimal(100)
STEP: Final = Decimal("0.01")


class State(StrEnum):
    """What is known of a criterion."""

    PROVED = "proved"
    NOT_PROVED = "not proved"
    """The stack should prove it, and does not."""
    SAID = "said"
    STALE = "stale"
    """It was said too long ago, so it counts 0."""
    MISSING = "missing"
    """Nobody has said anything, so it counts 0."""
    NOT_ASKED = "not asked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A criterion, and what is known of it."""

    criterion: Criterion
    state: State
    percent: Decimal
    """How far it is met."""
    answer: Answer
    """What the stack says; of one that it cannot prove nothing."""
    said: Input | None = None
    """What its owner says."""

    @property
    def is_asked(self) -> bool:
        """Say whether it counts at all."""
        return self.state is not State.NOT_ASKED

    @property
    def blocks(self) -> bool:
        """Say whether it stands in the way, whatever the score."""
        return bool(self.criterion.blocker) and self.is_asked and self.percent < FULL


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """An area."""

    area: Area
    outcomes: Sequence[Outcome]
    assessment: Input | None
    """What its owner says of it as a whole: it counts in place of the sum."""
    is_stale: bool
    """The assessment is too old, so that the sum counts."""

    @property
    def _asked(self) -> int:
        return sum(one.criterion.points for one in self.outcomes if one.is_asked)

    @property
    def summed(self) -> Decimal:
        """What its criteria come to, in percent, not rounded."""
        points = sum((one.criterion.points * one.percent for one in self.outcomes if one.is_asked), Decimal(0))
        return points / self._asked

    @property
    def most(self) -> Decimal:
        """What an assessment can come to at most: what the stack fails to prove is lost, whoever says otherwise."""
        lost = sum(one.criterion.points for one in self.outcomes if one.state is State.NOT_PROVED)
        return FULL * (self._asked - lost) / self._asked

    @property
    def is_assessed(self) -> bool:
        """Say whether its owner's word counts."""
        return self.assessment is not None and not self.is_stale

    @property
    def percent(self) -> Decimal:
        """What it comes to, not rounded."""
        if self.assessment is None or self.is_stale:
            return self.summed
        return min(self.assessment.value, self.most)

    @property
    def weighted(self) -> Decimal:
        """What it adds to the score, not rounded."""
        return self.percent * WEIGHTS[self.area] / FULL


@dataclass(frozen=True, kw_only=True, slots=True)
class Readiness:
    """Whether an application may go live."""

    situation: Situation
    inputs: Inputs
    areas: Sequence[Scored]

    @property
    def score(self) -> Decimal:
        """Percent, to the hundredth, rounded down: what is not reached is not shown as reached."""
        return down(sum((one.weighted for one in self.areas), Decimal(0)))

    @property
    def outcomes(self) -> list[Outcome]:
        """Every criterion of every area."""
        return [one for area in self.areas for one in area.outcomes]

    @property
    def blockers(self) -> list[Outcome]:
        """What stands in the way, whatever the score."""
        return [one for one in self.outcomes if one.blocks]

    @property
    def go(self) -> bool:
        """Say whether it is a go."""
        return self.score >= GO and not self.blockers

    @property
    def status(self) -> int:
        """What the command ends with."""
        return 0 if self.go else 1


def down(percent: Decimal) -> Decimal:
    """Round down to the hundredth."""
    return percent.quantize(STEP, ROUND_DOWN)


def readiness(situation: Situation, inputs: Inputs) -> Readiness:
    """Weigh what a stack proves and its owners say."""
    return Readiness(situation=situation, inputs=inputs, areas=[_scored(area, situation, inputs) for area in Area])


def _scored(area: Area, situation: Situation, inputs: Inputs) -> Scored:
    assessment = inputs.assessments.get(area)
    return Scored(
        area=area,
        outcomes=[_outcome(one, situation, inputs) for one in CRITERIA if one.area is area],
        assessment=assessment,
        is_stale=assessment is not None and assessment.is_stale(situation.today),
    )


def _outcome(criterion: Criterion, situation: Situation, inputs: Inputs) -> Outcome:
    """Ask the stack, then its owner."""
    answer = criterion.proof(situation) if criterion.proof else Answer()
    said = inputs.by_name.get(criterion.name)
    if why := answer.not_asked or criterion.asked(situation):
        return Outcome(
            criterion=criterion, state=State.NOT_ASKED, percent=Decimal(0), answer=Answer(not_asked=why), said=said
        )
    state, percent = _state(criterion, answer, said, situation)
    return Outcome(criterion=criterion, state=state, percent=percent, answer=answer, said=said)


def _state(criterion: Criterion, answer: Answer, said: Input | None, situation: Situation) -> tuple[State, Decimal]:
    if criterion.proof and not answer.lacking:
        return State.PROVED, FULL
    if criterion.kind is None or answer.refuted:
        return State.NOT_PROVED, Decimal(0)
    if said is None:
        return State.MISSING, Decimal(0)
    if said.is_stale(situation.today):
        return State.STALE, Decimal(0)
    return State.SAID, said.value
