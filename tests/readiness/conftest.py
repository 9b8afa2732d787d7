"""Stacks that are rendered and judged once."""

from collections.abc import Callable

import pytest

from readiness.situation import Situation, situation
from stacks.settings import Settings
from tests.readiness.said import TODAY

Look = Callable[..., Situation]


@pytest.fixture(scope="session")
def look() -> Look:
    """Give a stack, in its own phase or another one."""
    known: dict[tuple[str, str | None], Situation] = {}

    def looked_at(stack: str, phase: str | None = None) -> Situation:
        if (stack, phase) not in known:
            known[stack, phase] = situation(Settings.read(stack, phase=phase), today=TODAY)
        return known[stack, phase]

    return looked_at
