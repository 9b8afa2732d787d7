"""What is said of a score, for people: the same sentences in a terminal and on a page."""

from collections.abc import Iterator
from typing import Final

from readiness.criteria import GO, STALE_AFTER_DAYS, WEIGHTS
from readiness.inputs import Input
from readiness.proofs import Answer
from readiness.score import Outcome, Readiness, Scored, State, down

MARKS: Final = {
    State.PROVED: "proved",
    State.NOT_PROVED: "not proved",
    State.SAID: "said",
    State.STALE: "stale",
    State.MISSING: "missing",
    State.NOT_ASKED: "not asked",
}


def headline(found: Readiness) -> str:
    """Say in a line whether it is a go."""
    blockers = len(found.blockers)
    blocked = f", {blockers} blocker{'' if blockers == 1 else 's'}" if blockers else ", nothing blocks"
    stack = found.situation.settings.stack
    return f"{stack} in {found.situation.phase}: {verdict(found)}: {found.score} of 100, {GO} needed{blocked}"


def verdict(found: Readiness) -> str:
    """Say whether it is a go."""
    return "go" if found.go else "no go"


def about_inputs(found: Readiness) -> str:
    """Say where what owners say was read."""
    source = found.inputs.source
    if not found.inputs.there:
        return f"{source} does not exist: what the stack cannot prove counts 0"
    return f"what the stack cannot prove is read from {source}; after {STALE_AFTER_DAYS} days it counts 0"


def about_area(area: Scored) -> str:
    """Say what an area comes to, and why."""
    return f"{area.area}: {down(area.percent)} of 100, weighs {WEIGHTS[area.area]} %, adds {down(area.weighted)}"


def about_assessment(area: Scored) -> str:
    """Say what the owner says of an area as a whole; empty: nothing."""
    said = area.assessment
    if said is None:
        return ""
    whole = f"assessed as a whole at {percent(said)}, {whose(said)}"
    if area.is_stale:
        return f"{whole}: stale, after {STALE_AFTER_DAYS} days it counts no more, so what follows is added up"
    if said.value > area.most:
        return f"{whole}: counts {down(area.most)}, because the stack fails to prove what it should"
    return f"{whole}: counts in place of what follows"


def about(one: Outcome) -> Iterator[str]:
    """Say why a criterion counts what it counts: evidence, what is missing, who says what."""
    match one.state:
        case State.NOT_ASKED:
            yield one.answer.not_asked
        case State.MISSING:
            yield from one.answer.lacking
            yield f"nobody says so: inputs.{one.criterion.name} ({one.criterion.kind}) counts 0"
        case State.PROVED | State.NOT_PROVED:
            yield from one.answer.lacking
        case State.SAID | State.STALE:
            yield from one.answer.lacking
            if one.said:
                late = f": older than {STALE_AFTER_DAYS} days, counts 0" if one.state is State.STALE else ""
                yield f"{percent(one.said)}, {whose(one.said)}{late}"


def evidence(answer: Answer, most: int | None = None) -> Iterator[str]:
    """Name what proves a part; with *most* only so many, and how many more there are."""
    shown = answer.evidence if most is None else answer.evidence[:most]
    yield from (f"{one.what}: {one.where}" for one in shown)
    if len(answer.evidence) > len(shown):
        yield f"and {len(answer.evidence) - len(shown)} more"


def percent(said: Input) -> str:
    """Write a value."""
    return f"{said.value.normalize():f} %"


def whose(said: Input) -> str:
    """Say who says it, and when."""
    return f"{said.owner} on {said.on}" + (f" ({said.source})" if said.source else "")
