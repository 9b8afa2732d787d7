"""Resources in the normal form as somebody wrote them: read as a whole, with all mistakes at once."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast

from policies.levels import Place
from policies.reading import from_plain
from policies.values import Resource
from stacks.mistakes import Mistake, SettingsError, near, shown
from stacks.phases import Environment, Phase

_ACCOUNTS: Final = "aws:allowedAccountIds"
_NO_ENVIRONMENT: Final = "nobody says which environment it is"
_NO_PHASE: Final = "nobody says which phase it is"


def parse(text: str | bytes, title: str) -> dict[str, Any]:
    """
    Read a JSON object; *title* is what messages call it.

    Raises:
        SettingsError: the text is no JSON object.

    """
    try:
        document: object = json.loads(text)
    except RecursionError:
        what = "is nested too deeply"
    except ValueError as error:
        what = f"is not JSON: {error}"
    else:
        if isinstance(document, dict):
            return cast("dict[str, Any]", document)
        what = f"must be a JSON object, got {shown(document)}"
    raise SettingsError(title, [Mistake(where=(), what=what)])


def mistakes_of_resources(value: object) -> Iterator[Mistake]:
    """Say what is wrong with a list of resources in the normal form; keys that it does not know are left alone."""
    if not isinstance(value, list):
        yield Mistake(where=("resources",), what=f"must be a list of resources, got {shown(value)}")
        return
    for number, resource in enumerate(cast("list[object]", value)):
        for mistake in _mistakes_of_resource(resource):
            yield mistake.below("resources", number)


def _mistakes_of_resource(resource: object) -> Iterator[Mistake]:
    if not isinstance(resource, dict):
        yield Mistake(where=(), what=f"must be an object with type, name and inputs, got {shown(resource)}")
        return
    found = cast("dict[str, object]", resource)
    for key in ("type", "name"):
        if not isinstance(found.get(key), str) or not found[key]:
            yield Mistake(where=(key,), what=f"must be a text, got {shown(found.get(key))}")
    if not isinstance(found.get("inputs"), dict):
        yield Mistake(where=("inputs",), what=f"must be an object, got {shown(found.get('inputs'))}")
    if not isinstance(found.get("options"), dict | None):
        yield Mistake(where=("options",), what=f"must be an object, got {shown(found['options'])}")


def mistakes_of_place(value: object) -> Iterator[Mistake]:
    """Say what is wrong with `{"environment", "phase", "account"}`; each may be left out, other keys are left alone."""
    if not isinstance(value, dict | None):
        yield Mistake(where=("stack",), what=f"must be an object with environment and phase, got {shown(value)}")
        return
    told = cast("Mapping[str, object]", value or {})
    account = told.get("account")
    if not isinstance(account, str | None):
        yield Mistake(where=("stack", "account"), what=f"must be a text of twelve digits, got {shown(account)}")
    for key, kind in (("environment", Environment), ("phase", Phase)):
        member = told.get(key)
        if member is not None and member not in tuple(kind):
            what = f"must be one of {', '.join(kind)}, got {shown(member)}{near(member, kind)}"
            yield Mistake(where=("stack", key), what=what)


def place_of(value: Mapping[str, Any] | None) -> Place:
    """Give the place that `{"environment", "phase"}` without mistakes describes."""
    told = value or {}
    environment, phase = told.get("environment"), told.get("phase")
    doubts = [*([] if environment else [_NO_ENVIRONMENT]), *([] if phase else [_NO_PHASE])]
    return Place(
        environment=Environment(environment) if environment else None,
        phase=Phase(phase) if phase else None,
        doubt=" and ".join(doubts),
    )


def account_of(value: Mapping[str, Any] | None) -> str:
    """Give the account in `{"account"}` without mistakes; empty where there is none."""
    return (value or {}).get("account") or ""


def account_allowed(config: Mapping[str, Any]) -> str:
    """Give the one account that the configuration allows; empty where it allows several, or any."""
    try:
        found = json.loads(config.get(_ACCOUNTS) or "[]")
    except (TypeError, ValueError):
        return ""
    match found:
        case [str() as account]:
            return account
        case _:
            return ""


def resources_of(value: list[Mapping[str, Any]]) -> list[Resource]:
    """Read resources that have no mistakes."""
    return [from_plain({**one, "options": one.get("options") or {}}) for one in value]
