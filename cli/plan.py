"""`datastores plan`: which updates lead from what a stack is to a phase, and what each of them does."""

import json
import os
from datetime import date
from enum import StrEnum
from typing import Final, TextIO

from cli.cost import prices
from stacks.aim import Aim
from stacks.deploy import collecting_garbage_later
from stacks.render import render
from stacks.settings import Settings
from upgrades import plan_report
from upgrades.plan import plan as planned
from upgrades.plan_cost import cost_of

REFUSED: Final = 1
WIDE: Final = 160
"""Columns where there is no terminal."""


class Form(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def plan(  # noqa: PLR0913  each is said by the command line
    now: Settings, aim: Aim, *, form: Form, today: date, at: str | None, out: TextIO
) -> int:
    """
    Print the path from what a stack is to where it shall be, and what it costs; return the exit status.

    Prices of the region *at* stand in where the stack's has none. Raises SettingsError.
    """
    with collecting_garbage_later():
        found = planned(now, aim, render)
        cost = cost_of(found, prices(None, at), today) if found.ups or at else None
    match form:
        case Form.TEXT:
            width, colours = None if out.isatty() else WIDE, not os.environ.get("NO_COLOR")
            plan_report.text(found, out, width=width, colours=colours, cost=cost)
        case Form.MARKDOWN:
            out.write(plan_report.markdown(found, cost))
        case Form.JSON:
            json.dump(plan_report.as_json(found, cost), out, indent=2, ensure_ascii=False)
            out.write("\n")
    return REFUSED if found.refused else 0
