"""Imports point one way: a room of `docs/extending.md` imports those above it in the list, and none below."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud.paths import CODE

_LISTED = re.compile(r"```text\n(sizes/.*?)```", re.DOTALL)
ROOMS = [
    line.split()[0].strip("/")
    for listed in _LISTED.findall((CODE / "docs" / "extending.md").read_text(encoding="utf-8"))
    for line in listed.splitlines()
]
PLAIN = ("policies", "costs", "upgrades")
"""They read plain resources, whatever builds them."""


def files(room: str) -> list[Path]:
    return [CODE / room] if room.endswith(".py") else sorted((CODE / room).rglob("*.py"))


def imported(file: Path) -> Iterator[str]:
    """Give the rooms that a file imports, inside its functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Import():
                yield from (alias.name.partition(".")[0] for alias in node.names)
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0]
            case _:
                pass


def test_every_package_is_a_room_of_the_list():
    packages = {file.parent.name for file in CODE.glob("*/__init__.py")}

    assert packages | {"__main__.py"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_none_below_it(room: str):
    below = set(ROOMS[ROOMS.index(room) + 1 :])

    found = [f"{file.relative_to(CODE)} imports {name}" for file in files(room) for name in imported(file)]

    assert [line for line in found if line.rpartition(" ")[2] in below] == []


@pytest.mark.parametrize("room", PLAIN)
def test_what_reads_plain_resources_knows_no_component(room: str):
    assert [str(file.relative_to(CODE)) for file in files(room) if "components" in imported(file)] == []
