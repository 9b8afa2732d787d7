"""docs/readiness.md is true: its examples come to the figures that it names."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from readiness.criteria import CRITERIA, STALE_AFTER_DAYS
from readiness.inputs import Inputs, load
from readiness.score import readiness
from readiness.situation import Situation
from tests.readiness.said import TODAY

PAGE = (Path(__file__).parents[2] / "docs" / "readiness.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("example", "score", "blockers"), [(0, "52.50", 3), (1, "15.00", 5)])
def test_an_example_comes_to_what_the_page_says(
    look: Callable[..., Situation], example: int, score: str, blockers: int
):
    found = readiness(look("devmentor-prod", "mvp"), load(EXAMPLES[example], "readiness.md", today=TODAY))

    assert (str(found.score), len(found.blockers)) == (score, blockers)
    assert score in PAGE


def test_what_the_stack_alone_proves_is_what_the_page_says(look: Callable[..., Situation]):
    found = readiness(look("devmentor-prod", "mvp"), Inputs(source="none", there=False))

    assert f"{found.score} that its stack proves" in PAGE


def test_every_blocker_is_on_the_page():
    rows = dict(re.findall(r"^\| ([a-z ]*PostgreSQL|[a-z ]+) \| `([a-z-]+)`", PAGE, re.MULTILINE))

    assert rows == {one.blocker: one.name for one in CRITERIA if one.blocker}
    assert f"After {STALE_AFTER_DAYS} days" in PAGE
