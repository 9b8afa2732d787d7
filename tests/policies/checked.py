"""A small stack and three small controls, checked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from policies.control import Control, Group, Level, Scope, Severity
from policies.exemptions import Exemption
from policies.levels import Place
from policies.plain import resources_of
from policies.report import Report, check
from policies.stack import Stack
from policies.subject import Subject
from policies.values import Resource
from stacks.phases import Environment, Phase
from tests.policies.driver import TODAY, made_control

THING = "a:b:Thing"
PROD = Place(environment=Environment.PROD, phase=Phase.GROWTH)
DEV = Place(environment=Environment.DEV, phase=Phase.GROWTH)


def is_on(thing: Resource) -> bool:
    return thing["on"] is True


def has_peer(_: Resource, stack: Stack) -> bool:
    return len(stack.of(THING)) > 1


SWITCHED = made_control(is_on, THING, group=Group.ENCRYPTION, slug="switched-on")
BACKED_UP = made_control(lambda thing: bool(thing.get("backups")), THING, group=Group.BACKUPS, slug="backed-up")  # pyright: ignore[reportUnknownLambdaType]  a control's type is any
PEERED = replace(made_control(has_peer, THING, group=Group.NETWORK, slug="peered"), scope=Scope.STACK)
CONTROLS = (SWITCHED, replace(BACKED_UP, severity=Severity.HIGH), PEERED)


def thing(name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": THING, "name": name, "inputs": inputs}


GOOD = {"on": True, "backups": 7}
OFF = thing("one", on=False, backups=7)
OPEN = thing("two", on="unknown:on", backups=7)


def exemption(**other: Any) -> Exemption:
    """Give one for everything that SWITCHED says of `one`, in date."""
    facts: dict[str, Any] = {
        "control": "switched-on",
        "resource": "one",
        "reason": "it is being replaced",
        "owner": "team-data",
        "expires": date(2027, 1, 31),
    }
    return Exemption(**{**facts, **other})


def checked(  # noqa: PLR0913  each is a fact of its own
    *things: Mapping[str, Any],
    place: Place = PROD,
    stack: str = "clubapp-prod",
    exempting: Sequence[Exemption] = (),
    today: date = TODAY,
    left_out: int = 0,
    controls: Sequence[Control] = CONTROLS,
) -> Report:
    subject = Subject(
        name=stack,
        file=f"stacks/Pulumi.{stack}.yaml",
        stack=stack,
        place=place,
        resources=resources_of(list(things)),
        left_out=left_out,
    )
    return check(subject, controls, exempting=exempting, today=today)


def found(report: Report) -> list[tuple[str, str, Level]]:
    """Give control, resource and level of every violation."""
    return [(one.finding.control.slug, one.finding.name, one.level) for one in report.violations]
