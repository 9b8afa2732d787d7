"""Claims about the program on which the pack is timed."""

import runpy
from datetime import date

from localcloud.paths import CODE
from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import place_of
from policies.reading import from_plain
from policies.report import check
from policies.subject import Subject
from stacks.render import rendered

TODAY = date(2026, 11, 26)
STACK = "clubapp-prod"
ALL_KINDS = 6
"""Resources of one turn of the program."""


def test_the_pack_has_nothing_mandatory_against_the_program_on_which_it_is_timed() -> None:
    # By its path, as the benchmark takes it; it is in no package.
    program = runpy.run_path(str(CODE / "benchmarks" / "many_resources.py"))["program"]
    resources = [from_plain(one) for one in rendered(lambda: program(ALL_KINDS), STACK)]
    place = place_of(STACK, {"datastores:phase": "growth"})
    subject = Subject(name=STACK, file="", stack=STACK, place=place, resources=resources)

    report = check(subject, CONTROLS, exempting=(), today=TODAY)

    assert {one.finding.message for one in report.violations if one.level is Level.MANDATORY} == set()
    assert len(resources) > ALL_KINDS
