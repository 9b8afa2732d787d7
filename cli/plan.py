"""`datastores plan`: which updates lead from what a stack is to a phase, and what each of them does."""

import json
import os
from enum import StrEnum
from typing import Final, TextIO

from stacks.aim import Aim
from stacks.deploy import collecting_garbage_later
from stacks.render import render
from stacks.settings import Settings
from upgrades import plan_report
from upgrades.plan import plan as planned

REFUSED: Final = 1
WIDE: Final = 160
"""Columns where there is no terminal."""


class Form(StrEnum):
    """How a plan is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def plan(now: Settings, aim: Aim, *, form: Form, out: TextIO) -> int:
    """Print the path from what a stack is to where it shall be; return the exit status."""
    with collecting_garbage_later():
        found = planned(now, aim, render)
    match form:
        case Form.TEXT:
            plan_report.text(found, out, width=None if out.isatty() else WIDE, colours=not os.environ.get("NO_COLOR"))
        case Form.MARKDOWN:
            out.write(plan_report.markdown(found))
        case Form.JSON:
            json.dump(plan_report.as_json(found), out, indent=2, ensure_ascii=False)
            out.write("\n")
    return REFUSED if found.refused else 0
