"""Claims about what a framework asks of a report, and about the explanation of a control."""

import json
from dataclasses import replace
from typing import Any

import pytest

from policies.baseline import new_in, read
from policies.formats.document import document
from policies.formats.explain import explained
from policies.formats.text import text
from policies.frameworks import FRAMEWORKS, Requirement
from policies.requirements import SHORT, State, asked, framework_of, helping
from stacks.mistakes import SettingsError
from tests.policies.checked import BACKED_UP, CONTROLS, GOOD, OFF, OPEN, SWITCHED, checked, exemption, thing

BARE = thing("bare", on=True)
FINE = thing("fine", **GOOD)
TINY = Requirement(key="tiny-1", name="Tiny", version="1", ids=("1.10", "1.9"))
REFERENCES = {"switched-on": [TINY], "backed-up": [replace(TINY, ids=("1.9", "A.1"))], "peered": []}


def test_every_framework_has_a_short_name() -> None:
    assert set(SHORT.values()) == {row.key for rows in FRAMEWORKS.values() for row in rows}


@pytest.mark.parametrize("name", ["pci4", "PCI4", "pci-dss-4.0"])
def test_a_framework_is_found_by_either_name(name: str) -> None:
    assert framework_of(name).key == "pci-dss-4.0"


def test_a_framework_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"'pci5' is not a framework: did you mean 'pci[34]'"):
        framework_of("pci5")


def test_only_what_helps_to_meet_a_framework_is_asked() -> None:
    assert helping(CONTROLS, TINY, REFERENCES) == [SWITCHED, CONTROLS[1]]


@pytest.mark.parametrize(
    ("things", "states"),
    [
        ([FINE], [State.PASSES, State.PASSES, State.PASSES]),
        ([FINE, OFF], [State.FAILS, State.FAILS, State.PASSES]),
        ([OPEN], [State.CANNOT_TELL, State.CANNOT_TELL, State.PASSES]),
        ([OPEN, BARE], [State.FAILS, State.CANNOT_TELL, State.FAILS]),
        ([], [State.NOTHING, State.NOTHING, State.NOTHING]),
    ],
    ids=["passes", "fails", "cannot tell", "both", "nothing"],
)
def test_a_requirement_is_as_good_as_the_worst_of_its_controls(things: list[Any], states: list[State]) -> None:
    rows = asked(checked(*things), TINY, REFERENCES).rows

    assert [(row.id, row.state) for row in rows] == list(zip(["1.9", "1.10", "A.1"], states, strict=True))


def test_what_is_exempted_or_known_is_no_pass() -> None:
    exempted = checked(OFF, exempting=[exemption()])
    known = new_in(checked(OFF), read(json.dumps(document(checked(OFF))), "former.json"))

    assert [asked(one, TINY, REFERENCES).rows[1].state for one in (exempted, known)] == [State.EXEMPTED, State.FAILS]


def test_a_framework_is_a_table() -> None:
    report = checked(OFF, FINE)

    assert (
        text(report, asked(report, TINY, REFERENCES)).split("\n\n")[-2]
        == """\
Tiny 1 (tiny-1), 3 requirements
    1.9   fails   switched-on (fails: one), backed-up (passes)
    1.10  fails   switched-on (fails: one)
    A.1   passes  backed-up (passes)"""
    )


def test_the_document_has_the_framework_too() -> None:
    report = checked(OFF, FINE)

    assert document(report, asked(report, TINY, REFERENCES))["framework"]["requirements"][1] == {
        "id": "1.10",
        "state": "fails",
        "controls": [{"control": "switched-on", "state": "fails", "resources": ["one"]}],
    }


def test_an_explanation_tells_all_of_a_control() -> None:
    control = replace(
        BACKED_UP,
        settings={"days": {"type": "integer", "default": 7}},
        requirement="Things must keep {days} days",
        when=BACKED_UP.complies,
        good=[{"backups": 7}],
        bad=[{}],
        skipped=[{"copy": True}],
    )
    shown = explained(control, {"made": [], "backed-up": [TINY]})

    assert shown.startswith("backed-up\n\n    Things must keep 7 days: hold them.\n")
    for part in (
        "    staging  mandatory  mandatory  mandatory  mandatory\n",
        "    tiny-1  Tiny 1  1.10, 1.9\n",
        'this passes:\n    {\n      "backups": 7\n    }\n',
        "this fails:\n    {}\n",
        'it does not apply to this:\n    {\n      "copy": true\n    }\n',
        "setting   days: type integer, default 7\n",
    ):
        assert part in shown
