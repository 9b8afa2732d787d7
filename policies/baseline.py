"""A former report: what it had already does not count again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from policies.control import Level
from policies.plain import parse
from policies.report import Judged, Report
from stacks.mistakes import Mistake, SettingsError, shown

Key = tuple[str, str, str, str]
_KINDS: Final = ("violations", "cannotTell", "known")
_LEVELS: Final = {level.name.lower(): level for level in Level}


def read(text: str | bytes, title: str) -> Mapping[Key, Level]:
    """
    Read what `datastores check --json` printed: findings, and how strict each was.

    Raises:
        SettingsError: with all mistakes.

    """
    document = parse(text, title)
    if mistakes := list(_mistakes(document)):
        raise SettingsError(title, mistakes)
    rows: list[Mapping[str, Any]] = [row for kind in _KINDS for row in document.get(kind, ())]
    return {(row["control"], row["type"], row["resource"], row.get("id", "")): _LEVELS[row["level"]] for row in rows}


def new_in(report: Report, baseline: Mapping[Key, Level]) -> Report:
    """Keep what is new, or stricter than it was."""

    def is_known(one: Judged) -> bool:
        return baseline.get(one.key, Level.OFF) >= one.level

    return replace(
        report,
        violations=[one for one in report.violations if not is_known(one)],
        cannot_tell=[one for one in report.cannot_tell if not is_known(one)],
        known=[one for one in (*report.violations, *report.cannot_tell) if is_known(one)],
    )


def _mistakes(document: Mapping[str, object]) -> Iterator[Mistake]:
    for kind in _KINDS:
        rows = document.get(kind, [] if kind == "known" else None)
        if not isinstance(rows, list):
            what = f"must be a list, got {shown(rows)}: write what `datastores check --json` printed"
            yield Mistake(where=(kind,), what=what)
            continue
        for number, row in enumerate(cast("Sequence[object]", rows)):
            if wrong := _wrong(row):
                yield Mistake(where=(kind, number), what=wrong)


def _wrong(row: object) -> str:
    if not isinstance(row, dict):
        return f"must be an object, got {shown(row)}"
    found = cast("dict[str, object]", row)
    missing = [key for key in ("control", "type", "resource") if not isinstance(found.get(key), str)]
    if missing:
        return f"must have the texts {', '.join(missing)}"
    if not isinstance(found.get("id", ""), str):
        return f"must have an id that is a text, got {shown(found['id'])}"
    level = found.get("level")
    return "" if isinstance(level, str) and level in _LEVELS else f"must have a level, got {shown(level)}"
