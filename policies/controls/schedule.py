"""Schedules of AWS, `rate(...)` and `cron(...)`: how far apart two runs are."""

import calendar
import re
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

_RATE: Final = re.compile(r"rate\(\s*(?P<count>\d{1,6})\s+(?P<unit>minute|hour|day)s?\s*\)", re.IGNORECASE)
_CRON: Final = re.compile(r"cron\(\s*(?P<fields>\S+(?:\s+\S+){5})\s*\)", re.IGNORECASE)
_RANGE: Final = re.compile(r"(?P<first>\d+)(?:-(?P<last>\d+))?(?:/(?P<step>\d+))?")
_PER_DAY: Final = {"minute": 24 * 60, "hour": 24, "day": 1}
_MONTHS: Final = ("", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS: Final = ("", "SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
# Five years hold every distance: a leap day, and each weekday on each date but one.
_DAYS: Final = tuple(date(2024, 1, 1) + timedelta(days=number) for number in range(5 * 366))


@lru_cache(maxsize=256)
def longest_days(expression: str) -> float | None:
    """Give the longest time between two runs, in days (of a cron in whole ones); None for what is no such schedule."""
    if rate := _RATE.fullmatch(expression.strip()):
        return int(rate["count"]) / _PER_DAY[rate["unit"].lower()] or None
    if not (cron := _CRON.fullmatch(expression.strip())):
        return None
    _, _, days, months, weekdays, year = cron["fields"].upper().split()
    if year != "*":
        return None
    try:
        runs = [day for day in _DAYS if _in_month(day, months) and _in_days(day, days) and _in_week(day, weekdays)]
    except ValueError:
        return None
    return max(((after - before).days for before, after in pairwise(runs)), default=None)


def _in_month(day: date, field: str) -> bool:
    return day.month in _numbers(field, 1, 12, _MONTHS)


def _in_days(day: date, field: str) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    return any(day.day == last if part == "L" else day.day in _numbers(part, 1, 31) for part in field.split(","))


def _in_week(day: date, field: str) -> bool:
    return any(_is_weekday(day, part) for part in field.split(","))


def _is_weekday(day: date, part: str) -> bool:
    """Read a day of the week: 1 is Sunday, `2#3` the third Monday, `6L` the last Friday of a month."""
    number = day.isoweekday() % 7 + 1
    if "#" in part:
        weekday, _, nth = part.partition("#")
        return number in _numbers(weekday, 1, 7, _WEEKDAYS) and (day.day + 6) // 7 == int(nth)
    if part.endswith("L") and part != "L":
        is_last = (day + timedelta(days=7)).month != day.month
        return is_last and number in _numbers(part[:-1], 1, 7, _WEEKDAYS)
    return number in _numbers("7" if part == "L" else part, 1, 7, _WEEKDAYS)


@lru_cache(maxsize=256)
def _numbers(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """
    Give the numbers of a field, `*`, `1-5`, `1/2` or a list of such.

    Raises:
        ValueError: it is none.

    """
    for number, name in enumerate(names):
        if name:
            field = re.sub(rf"\b{name}\b", str(number), field)
    return frozenset(number for part in field.split(",") for number in _range(part, least, most))


def _range(part: str, least: int, most: int) -> range:
    if part[:1] in {"*", "?"}:
        part = f"{least}-{most}{part[1:]}"
    found = _RANGE.fullmatch(part)
    if not found:
        raise ValueError(part)
    first, step = int(found["first"]), int(found["step"] or 1)
    last = int(found["last"] or (most if found["step"] else first))
    if not (least <= first <= last <= most and step):
        raise ValueError(part)
    return range(first, last + 1, step)
