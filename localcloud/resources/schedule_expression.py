"""When something runs, as AWS writes it: `cron(...)`, `rate(...)`, `at(...)`, and time zones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final

from dateutil.zoneinfo import get_zonefile_instance  # pyright: ignore[reportMissingTypeStubs]  it has none

_RATE: Final = re.compile(r"rate\((\d+) (minutes?|hours?|days?)\)")
_CRON: Final = re.compile(r"cron\((.*)\)")
_AT: Final = re.compile(r"at\((.*)\)")
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Field:
    """One of the six fields of a cron expression."""

    name: str
    least: int
    most: int
    names: Mapping[str, int] = field(default_factory=dict)
    special: str = ""
    """A regular expression of what only this field takes."""


# Amazon EventBridge User Guide, "Cron expressions"; AWS Backup and EventBridge Scheduler read the same.
_FIELDS: Final = (
    _Field(name="minutes", least=0, most=59),
    _Field(name="hours", least=0, most=23),
    _Field(name="day of month", least=1, most=31, special=r"\?|L|LW|\d{1,2}W"),
    _Field(name="month", least=1, most=12, names={name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field(
        name="day of week",
        least=1,
        most=7,
        names={name: number for number, name in enumerate(_DAYS, 1)},
        special=r"\?|L|[1-7]L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5]",
    ),
    _Field(name="year", least=1970, most=2199),
)


def schedule_problems(text: str, *, kinds: tuple[str, ...] = ("cron",)) -> Iterator[str]:
    """Say what is wrong with an expression; *kinds* are those that the service takes, of cron, rate and at."""
    kind = text.partition("(")[0]
    if kind not in kinds:
        yield f"Invalid Schedule Expression {text}: it must be one of {', '.join(f'{one}(...)' for one in kinds)}"
    elif kind == "cron":
        yield from (f"Invalid Schedule Expression {text}: {reason}" for reason in _cron_problems(text))
    elif kind == "rate":
        yield from (f"Invalid Schedule Expression {text}: {reason}" for reason in _rate_problems(text))
    elif not _is_at(text):
        yield f"Invalid Schedule Expression {text}: it must be at(yyyy-mm-ddThh:mm:ss)"


def _rate_problems(text: str) -> Iterator[str]:
    match = _RATE.fullmatch(text)
    if match is None or int(match[1]) < 1:
        yield "it must be rate(value unit), a whole number from 1 and minutes, hours or days"
    elif (int(match[1]) == 1) == match[2].endswith("s"):
        yield f"the unit of {match[1]} is {match[2].rstrip('s') if match[1] == '1' else match[2] + 's'}"


def _is_at(text: str) -> bool:
    match = _AT.fullmatch(text)
    try:
        return bool(match and datetime.strptime(match[1], "%Y-%m-%dT%H:%M:%S"))  # noqa: DTZ007  the zone is said apart
    except ValueError:
        return False


def _cron_problems(text: str) -> Iterator[str]:
    match = _CRON.fullmatch(text)
    fields = match[1].split() if match else []
    if len(fields) != len(_FIELDS):
        yield f"cron takes {len(_FIELDS)} fields ({', '.join(one.name for one in _FIELDS)}), got {len(fields)}"
        return
    for one, value in zip(_FIELDS, fields, strict=True):
        if not all(_fits(one, part) for part in value.split(",")):
            yield f"the {one.name} must lie between {one.least} and {one.most}, got {value}"
    if (fields[2] == "?") == (fields[4] == "?"):
        yield f"exactly one of day of month and day of week must be ?, got {fields[2]} and {fields[4]}"


def _fits(one: _Field, part: str) -> bool:
    if one.special and re.fullmatch(one.special, part):
        return True
    span, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step) >= 1):
        return False
    ends = span.split("-")
    return span == "*" or (len(ends) <= 2 and all(_in_range(one, end) for end in ends))  # noqa: PLR2004  a range has two


def _in_range(one: _Field, text: str) -> bool:
    number = int(text) if text.isdecimal() else one.names.get(text, -1)
    return one.least <= number <= one.most


def zone_problems(name: str) -> Iterator[str]:
    """Say that a time zone is none of IANA's."""
    if name not in _zones():
        yield f"Invalid timezone {name}: it must be a name of the IANA database, such as Europe/Berlin"


@cache
def _zones() -> frozenset[str]:
    # Not zoneinfo: it reads the machine's own data, which slim images lack.
    return frozenset(get_zonefile_instance().zones) | {"UTC", "Etc/UTC"}
