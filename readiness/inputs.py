"""
What owners say of what a stack cannot prove: a value, who says it, and when.

`assessments` speak of an area as a whole, `inputs` of one criterion. Nothing is assumed: what is not said counts 0.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final, cast

from readiness.criteria import CRITERIA, STALE_AFTER_DAYS, Area, Kind
from stacks.mistakes import Mistake, Refusal, SettingsError, shown, unknown
from stacks.stackfile import read_yaml

FOLDER: Final = Path(__file__).parent
"""Where the files are, one a stack."""
ASSESSMENTS: Final = "assessments"
INPUTS: Final = "inputs"
_REQUIRED: Final = ("value", "owner", "date")
_KEYS: Final = (*_REQUIRED, "source")
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)( 00:00:00 \+0000 UTC)?")  # the second as stack files read a date
KINDS: Final[Mapping[str, Kind]] = {one.name: one.kind for one in CRITERIA if one.kind}
"""Criteria that have an input."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Input:
    """What somebody says."""

    value: Decimal
    """Percent; no is 0, yes is 100."""
    owner: str
    on: date
    source: str = ""
    """Where to look at it: a link, a file; may be left out."""

    def is_stale(self, today: date) -> bool:
        """Say whether it is too old to count."""
        return (today - self.on).days > STALE_AFTER_DAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class Inputs:
    """What is said of one stack."""

    source: str
    """The file."""
    there: bool = True
    """Whether there is a file."""
    assessments: Mapping[Area, Input] = field(default_factory=dict)
    by_name: Mapping[str, Input] = field(default_factory=dict)


def read(stack: str, file: Path | None, *, today: date) -> Inputs:
    """
    Read the file of a stack, or another one; a stack without a file says nothing.

    Raises:
        SettingsError: with all mistakes; also where *file* is given and cannot be read.

    """
    path = file or FOLDER / f"{stack}.yaml"
    title = str(file) if file else f"readiness/{stack}.yaml"
    if file is None and not path.exists():
        return Inputs(source=title, there=False)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(title, [Mistake(where=(), what=f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise SettingsError(title, [Mistake(where=(), what=f"is not UTF-8 from byte {error.start + 1} on")]) from None
    return load(text, title, today=today)


def load(text: str, title: str, *, today: date) -> Inputs:
    """Read what a file says; raises SettingsError with all mistakes of it."""
    try:
        document = read_yaml(text)
    except Refusal as refusal:
        raise SettingsError(title, refusal.found) from None
    if not isinstance(document, dict | None):
        what = f"must be a mapping with the keys {ASSESSMENTS} and {INPUTS}, got {shown(document)}"
        raise SettingsError(title, [Mistake(where=(), what=what)])
    whole = cast("dict[str, object]", document or {})
    if mistakes := list(_mistakes(whole, today)):
        raise SettingsError(title, mistakes)
    said = cast("Mapping[str, Mapping[str, Mapping[str, object]]]", whole)
    return Inputs(
        source=title,
        assessments={Area(name): _input(row) for name, row in (said.get(ASSESSMENTS) or {}).items()},
        by_name={name: _input(row) for name, row in (said.get(INPUTS) or {}).items()},
    )


def _mistakes(document: Mapping[str, object], today: date) -> Iterator[Mistake]:
    areas = dict.fromkeys((str(area) for area in Area), Kind.PERCENT)
    for key, rows in document.items():
        if key not in {ASSESSMENTS, INPUTS}:
            yield Mistake(where=(key,), what=unknown(key, "a key of readiness inputs", [ASSESSMENTS, INPUTS]))
        elif not isinstance(rows, dict | None):
            yield Mistake(where=(key,), what=f"must be a mapping, got {shown(rows)}")
        else:
            noun, allowed = ("an area", areas) if key == ASSESSMENTS else ("an input", KINDS)
            for name, row in cast("dict[str, object]", rows or {}).items():
                if name not in allowed:
                    yield Mistake(where=(key, name), what=unknown(name, noun, sorted(allowed)))
                else:
                    yield from (one.below(key, name) for one in _row(row, allowed[name], today))


def _row(row: object, kind: Kind, today: date) -> Iterator[Mistake]:
    if not isinstance(row, dict):
        yield Mistake(where=(), what=f"must be a mapping with the keys {', '.join(_REQUIRED)}, got {shown(row)}")
        return
    found = cast("dict[str, object]", row)
    for key, value in found.items():
        if key not in _KEYS:
            yield Mistake(where=(key,), what=unknown(key, "a key of an input", _KEYS))
        elif key == "value":
            if not _fits(value, kind):
                yield Mistake(where=(key,), what=f"must be {kind}, got {shown(value)}")
        elif not isinstance(value, str) or not value.strip():
            yield Mistake(where=(key,), what=f"must be a text, got {shown(value)}")
        elif key == "date":
            yield from _day(value, today)
    for key in _REQUIRED:
        if key not in found:
            yield Mistake(where=(key,), what="is missing")


def _fits(value: object, kind: Kind) -> bool:
    match kind:
        case Kind.YES_OR_NO:
            return isinstance(value, bool)
        case Kind.PERCENT:
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            return 0 <= value <= 100  # noqa: PLR2004 # percent


def _day(text: str, today: date) -> Iterator[Mistake]:
    day = _date(text)
    if day is None:
        yield Mistake(where=("date",), what=f"must be a date such as 2026-11-30, got {shown(text)}")
    elif day > today:
        yield Mistake(where=("date",), what=f"must not be after today, {today}, got {day}")


def _date(text: str) -> date | None:
    """Read a day; None is none."""
    if not (found := _DATE.fullmatch(text)):
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def _input(row: Mapping[str, object]) -> Input:
    """Make an input of a row without mistakes."""
    value = row["value"]
    day = _date(str(row["date"]))
    if day is None:
        raise ValueError(f"a row with a wrong date must not come here: {row}")
    percent = Decimal(100 if value else 0) if isinstance(value, bool) else Decimal(str(value))
    return Input(value=percent, owner=str(row["owner"]), on=day, source=str(row.get("source", "")))
