"""What a resource lacks where a control asks for several things: one answer for each, with an id to exempt it by."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from policies.values import CannotTellError

ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]*")
"""How an id is written: it holds no value of a property but numbers, and stays the same while the lack does."""

_Asked = TypeVar("_Asked")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """One thing that does not hold, or of which nobody can tell yet whether it does."""

    id: str
    what: str
    """What is missing or wrong, for people: `no tag owner`."""
    unknown: str = ""
    """The path of the value that was missing, where it cannot be told yet."""


class Lacks(tuple[Lack, ...]):
    """The answer of a control that asks for several things; an empty one complies."""

    __slots__ = ()


def lacks(asked: Iterable[_Asked], holds: Callable[[_Asked], bool], told: Callable[[_Asked], tuple[str, str]]) -> Lacks:
    """
    Ask for one thing after another whether it holds; *told* gives id and words of one that does not.

    Things with one id are one: it is lacking where one of them is.
    """
    found: dict[str, Lack] = {}
    for one in asked:
        unknown = ""
        try:
            if holds(one):
                continue
        except CannotTellError as error:
            unknown = str(error)
        id_, what = told(one)
        if id_ not in found or (found[id_].unknown and not unknown):
            found[id_] = Lack(id=id_, what=what, unknown=unknown)
    return Lacks(found.values())
