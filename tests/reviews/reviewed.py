"""Reviews as plain data, for tests of what is made of them."""

from pathlib import Path
from typing import Any

from policies.control import Level, Severity
from reviews.changes import Change
from reviews.findings import Found
from reviews.hearing import Described, Judgement
from reviews.review import Review, StackReview, State
from stacks.settings import FOLDER
from upgrades.gate import Refusal, Verdict, environment_of
from upgrades.renders import Rendered

TYPE = "aws:dynamodb/table:Table"


def found(name: str = "presence", *, level: Level = Level.MANDATORY, **more: Any) -> Found:
    facts: dict[str, Any] = {
        "control": "dynamodb-pitr",
        "type": TYPE,
        "severity": Severity.HIGH,
        "message": "Do it.",
        "id": "",
        "unknown": "",
    }
    return Found(resource=name, level=level, **{**facts, **more})


def refusal(resource: str = "a:b/c:C::d") -> Refusal:
    return Refusal(resource=resource, what="would go", because="of that", instead="do this")


def verdict(stack: str = "clubapp-prod", /, **found_: tuple[Refusal, ...]) -> Verdict:
    return Verdict(
        stack=stack,
        environment=environment_of(stack),
        changed=2,
        refusals=found_.get("refusals", ()),
        doubts=found_.get("doubts", ()),
        warnings=found_.get("warnings", ()),
    )


def stack(name: str = "clubapp-prod", **more: Any) -> StackReview:
    facts: dict[str, Any] = {
        "state": State.CHANGED,
        "phases": ("mvp", "mvp"),
        "broken": "",
        "broken_before": "",
        "new": (),
        "fixed": (),
        "verdict": verdict(name),
        "cost": None,
        "sarif": None,
    }
    return StackReview(stack=name, **{**facts, **more})


def review(*stacks: StackReview, changes: tuple[Change, ...] = (), accepted: bool = False) -> Review:
    return Review(base="b" * 40, head="c" * 40, stacks=stacks, changes=changes, accepted=accepted)


def described(name: str = "clubapp-prod", *, broken: str = "", folder: Path = FOLDER, **config: Any) -> Described:
    rendered = None if broken else Rendered(stack=name, region="eu-west-1", resources=[])
    settings = {f"datastores:{key}": value for key, value in {"phase": "mvp", **config}.items()}
    return Described(stack=name, rendered=rendered, broken=broken, config=settings, folder=folder)


def judgement(
    *exemptions: dict[str, str], proposed: list[dict[str, str]] | None = None, **levels: dict[str, int]
) -> Judgement:
    named = {slug.replace("_", "-"): level for slug, level in levels.items()}
    return Judgement(levels=named, exemptions=exemptions, proposed=proposed, documents={}, sarif={})
