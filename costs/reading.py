"""Reads JSON that a user wrote: numbers as they are written, and no key twice."""

import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final

from stacks.mistakes import Mistake, SettingsError, shown

MOST_DIGITS: Final = 40
"""Written in full, before the point and behind it; a float of no absurd size has fewer."""

_PLAIN: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
"""A number as JSON has it: no spaces, no `_`, no digits of other scripts, no NaN."""


class Unwieldy(str):
    """A number as it was written, with more digits than any figure needs: nobody could compute with it or show it."""

    __slots__ = ()


class _TwiceError(ValueError):
    """A key that an object has twice."""


def read_document(path: Path) -> object:
    """
    Read a JSON file, with numbers as Decimal, or Unwieldy where they have more than 40 digits.

    Raises SettingsError where it cannot be read, is not JSON, or says something twice.
    """
    try:
        return json.loads(
            path.read_text(encoding="utf-8"),
            parse_float=_number,
            parse_int=_number,
            object_pairs_hook=_object,
        )
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
    except _TwiceError as error:
        what = str(error)
    except (ValueError, RecursionError) as error:
        what = f"is not JSON: {error}"
    raise SettingsError(str(path), [Mistake(where=(), what=what)])


def decimal_of(written: str) -> Decimal | None:
    """Give a number; None where it is none, or has more than 40 digits written in full."""
    if len(written) > 2 * MOST_DIGITS or not _PLAIN.fullmatch(written):
        return None
    try:
        value = Decimal(written)
    except InvalidOperation:
        return None
    _, digits, exponent = value.as_tuple()
    behind = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return value if max(value.adjusted() + 1, len(digits) - behind, 1) + behind <= MOST_DIGITS else None


def _number(written: str) -> Decimal | Unwieldy:
    value = decimal_of(written)
    return Unwieldy(written) if value is None else value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = dict.fromkeys(name for name in names if names.count(name) > 1)
        raise _TwiceError(f"says {', '.join(map(shown, twice))} twice in one object: keep one")
    return found
