"""What `pulumi preview --json` prints, as the resources before and after: for what a change costs."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, cast

from costs.stack import Resource
from stacks.mistakes import Mistake, SettingsError, shown

_PARTS: Final = 4
_NAME: Final = re.compile(r"[a-z0-9-]+")
_SHOW_SAMES: Final = "make it with `pulumi preview --json --show-sames`"
_REGION: Final = "aws:region"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """A stack before and after an `up`."""

    stack: str
    region: str
    before: tuple[Resource, ...]
    after: tuple[Resource, ...]
    notes: tuple[str, ...]
    """What it leaves out; empty: nothing."""
    failed: bool
    """It stopped midway."""

    @classmethod
    def none(cls) -> Self:
        """Give the sides of nothing."""
        return cls(stack="", region="", before=(), after=(), notes=(), failed=False)


def sides_of(text: str, file: str) -> Sides:
    """Read a preview; raises SettingsError with all mistakes for what is none."""
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SettingsError(file, [Mistake(where=(), what=f"is not JSON: {error}")]) from None
    steps = cast("dict[str, Any]", document).get("steps") if isinstance(document, dict) else None
    if not isinstance(steps, list):
        what = f"must be a list, got {shown(steps)}: write what `pulumi preview --json --show-sames` prints"
        raise SettingsError(file, [Mistake(where=("steps",), what=what)])
    found = cast("list[object]", steps)
    whole = cast("dict[str, Any]", document)
    mistakes = [*_wrong_settings(whole), *(one for number, step in enumerate(found) for one in _mistakes(step, number))]
    if mistakes:
        raise SettingsError(file, mistakes)
    known = cast("list[dict[str, Any]]", found)
    before = {step["urn"]: one for step in known if (one := _resource(step, "oldState"))}
    after = {step["urn"]: one for step in known if (one := _resource(step, "newState"))}
    gone = {step["urn"] for step in known if step["op"] in {"delete", "discard"}}
    return Sides(
        stack=next((step["urn"].removeprefix("urn:pulumi:").partition("::")[0] for step in known), ""),
        region=str((whole.get("config") or {}).get(_REGION) or ""),
        before=tuple(before.values()),
        after=tuple(one for urn, one in after.items() if urn not in gone),
        notes=tuple(_notes(whole, known)),
        failed=bool(_errors(whole)),
    )


def _wrong_settings(document: Mapping[str, Any]) -> Iterator[Mistake]:
    for key in ("config", "changeSummary"):
        if not isinstance(document.get(key), dict | None):
            yield Mistake(where=(key,), what=f"must be an object, got {shown(document[key])}")
    config = document.get("config")
    region = cast("dict[str, object]", config).get(_REGION) if isinstance(config, dict) else None
    if region is not None and not (isinstance(region, str) and _NAME.fullmatch(region)):
        yield Mistake(where=("config", _REGION), what=f"must be a region such as us-east-1, got {shown(region)}")


def _mistakes(step: object, number: int) -> Iterator[Mistake]:
    if not isinstance(step, dict):
        yield Mistake(where=("steps", number), what=f"must be an object, got {shown(step)}")
        return
    told = cast("dict[str, object]", step)
    urn = told.get("urn")
    if not (isinstance(urn, str) and len(urn.split("::", 3)) == _PARTS):
        yield Mistake(where=("steps", number, "urn"), what=f"must be a URN, got {shown(urn)}")
    if not isinstance(told.get("op"), str):
        yield Mistake(where=("steps", number, "op"), what=f"must be an operation, got {shown(told.get('op'))}")
    for side in ("oldState", "newState"):
        state = told.get(side)
        if not isinstance(state, dict | None):
            yield Mistake(where=("steps", number, side), what=f"must be an object, got {shown(state)}")
        elif state is not None and not isinstance(cast("dict[str, object]", state).get("inputs", {}), dict):
            yield Mistake(where=("steps", number, side, "inputs"), what="must be an object")


def _resource(step: Mapping[str, Any], side: str) -> Resource | None:
    state = step.get(side)
    if not state or not state.get("custom", True) or str(state.get("type", "")).startswith("pulumi:"):
        return None
    *_, types, name = str(step["urn"]).split("::", 3)
    return {"type": types.rpartition("$")[2], "name": name, "inputs": state.get("inputs") or {}, "options": {}}


def _notes(document: Mapping[str, Any], steps: list[dict[str, Any]]) -> Iterator[str]:
    same = (document.get("changeSummary") or {}).get("same", 0)
    left_out = (same if isinstance(same, int) else 0) - sum(step["op"] == "same" for step in steps)
    if left_out > 0:
        yield f"{left_out} unchanged resources are not in the preview, so both sides lack them: {_SHOW_SAMES}"
    if errors := _errors(document):
        yield f"the preview failed with {errors} errors: what it did not reach is not priced"


def _errors(document: Mapping[str, Any]) -> int:
    listed = document.get("diagnostics")
    found = cast("list[object]", listed) if isinstance(listed, list) else []
    return sum(isinstance(one, dict) and cast("dict[str, object]", one).get("severity") == "error" for one in found)
