"""What a stack's history says: all that may still count against what AWS allows only so often."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.localcloud.checkout import executable
from upgrades.engine import LOOKED_BACK, Engine
from upgrades.facts import limits
from upgrades.facts.fact import Wait

# Pulumi's own: the entries of one page, ten where nobody says how many.
PULUMI = """#!{python}
import json, pathlib, sys
asked = dict(zip(sys.argv, sys.argv[1:]))
size, page = int(asked.get("--page-size", 10)), int(asked.get("--page", 1))
with open("asked", "a") as file:
    file.write("page\\n")
found = json.loads(pathlib.Path("history.json").read_text())
print(json.dumps(found[(page - 1) * size : page * size]))
"""


def entry(days: float, kind: str = "update") -> dict[str, Any]:
    when = (datetime.now(tz=UTC) - timedelta(days=days)).isoformat()
    return {"kind": kind, "result": "succeeded", "startTime": when, "endTime": when, "config": {}}


def read(folder: Path, entries: list[dict[str, Any]]) -> tuple[int, int]:
    """Give how many entries an engine sees, and in how many pages."""
    executable(folder / "pulumi", PULUMI.format(python=sys.executable))
    (folder / "history.json").write_text(json.dumps(entries), encoding="utf-8")
    engine = Engine(stack="clubapp-prod", folder=folder, environment={"PATH": f"{folder}:/usr/bin:/bin"})
    return len(engine.past()), len((folder / "asked").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(
    ("entries", "seen"),
    [
        ([], (0, 1)),
        ([entry(0.01 * number) for number in range(30)], (30, 1)),
        ([entry(0.01 * number) for number in range(120)], (120, 3)),
        ([entry(number) for number in range(120)], (50, 1)),
        ([*[entry(number, "refresh") for number in range(60)], entry(61), *[entry(99)] * 90], (100, 2)),
    ],
    ids=["none", "more than ten", "three pages", "long ago", "refreshes say no sizes"],
)
def test_a_month_is_seen_and_the_update_before(tmp_path: Path, entries: list[dict[str, Any]], seen: tuple[int, int]):
    assert read(tmp_path, entries) == seen


def test_nothing_is_limited_for_longer_than_is_looked_back():
    waits = [one for one in vars(limits).values() if isinstance(one, Wait)]

    assert waits
    assert [wait.of for wait in waits if wait.within >= LOOKED_BACK] == []
