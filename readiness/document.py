"""A score as JSON: figures are texts, so that no reader makes floats of them."""

from collections.abc import Mapping
from typing import Any

from readiness.criteria import GO, STALE_AFTER_DAYS, WEIGHTS, WHOSE
from readiness.inputs import Input
from readiness.score import Outcome, Readiness, Scored, down
from readiness.words import about_assessment


def document(found: Readiness) -> Mapping[str, Any]:
    """Give a score as plain data, with all that it rests on."""
    settings = found.situation.settings
    return {
        "stack": settings.stack,
        "application": settings.application.name,
        "environment": str(settings.environment),
        "phase": str(settings.phase),
        "on": found.situation.today.isoformat(),
        "go": found.go,
        "score": str(found.score),
        "needed": GO,
        "blockers": [{"blocker": one.criterion.blocker, "input": one.criterion.name} for one in found.blockers],
        "areas": [_area(area) for area in found.areas],
        "inputs": {
            "source": found.inputs.source,
            "there": found.inputs.there,
            "staleAfterDays": STALE_AFTER_DAYS,
        },
        "whose": WHOSE,
        "status": found.status,
    }


def _area(area: Scored) -> Mapping[str, Any]:
    assessed = area.assessment
    return {
        "area": str(area.area),
        "weight": WEIGHTS[area.area],
        "percent": str(down(area.percent)),
        "weighted": str(down(area.weighted)),
        "assessment": None
        if assessed is None
        else {**_input(assessed), "stale": area.is_stale, "says": about_assessment(area)},
        "criteria": [_criterion(one) for one in area.outcomes],
    }


def _criterion(one: Outcome) -> Mapping[str, Any]:
    return {
        "criterion": one.criterion.name,
        "claim": one.criterion.claim,
        "points": one.criterion.points,
        "percent": str(down(one.percent)),
        "state": str(one.state),
        "evidence": [{"what": each.what, "where": each.where} for each in one.answer.evidence],
        "lacking": list(one.answer.lacking),
        "notAsked": one.answer.not_asked,
        "input": None if one.said is None else _input(one.said),
        "blocks": one.blocks,
    }


def _input(said: Input) -> Mapping[str, Any]:
    return {"percent": str(said.value), "owner": said.owner, "date": said.on.isoformat(), "source": said.source}
