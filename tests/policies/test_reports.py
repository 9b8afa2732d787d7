"""Claims about reports: what counts, what it ends with, and that every format tells all of it."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.baseline import new_in, read
from policies.control import Level
from policies.formats.document import document
from policies.formats.github import annotations
from policies.formats.junit import junit
from policies.formats.sarif import sarif
from policies.formats.text import text
from policies.levels import Place
from policies.report import Report, Status
from stacks.mistakes import SettingsError
from tests.policies.checked import (
    CONTROLS,
    DEV,
    GOOD,
    OFF,
    OPEN,
    PROD,
    SWITCHED,
    checked,
    exemption,
    found,
    thing,
)
from tests.policies.sarif_schema import SCHEMA

BARE = thing("bare", on=True)
FINE = thing("fine", **GOOD)
ALSO = thing("also", **GOOD)


@pytest.fixture
def everything() -> Report:
    """Give a report with one of each: a violation, advice, an open question, an exemption, a pass."""
    return checked(
        OFF, OPEN, BARE, FINE, thing("let", on=False, backups=1), place=DEV, exempting=[exemption(resource="let")]
    )


def test_the_worst_comes_first(everything: Report) -> None:
    assert found(everything) == [("switched-on", "one", Level.MANDATORY), ("backed-up", "bare", Level.ADVISORY)]


def test_everything_is_counted(everything: Report) -> None:
    assert everything.counts == {"mandatory": 1, "advisory": 1, "cannotTell": 1, "exempted": 1, "passed": 11}


@pytest.mark.parametrize(
    ("things", "place", "status"),
    [
        ([FINE, ALSO], PROD, Status.CLEAN),
        ([FINE, BARE], DEV, Status.CLEAN),
        ([FINE, BARE], PROD, Status.VIOLATED),
        ([FINE, OPEN], PROD, Status.CANNOT_TELL),
        ([FINE, OPEN, OFF], PROD, Status.VIOLATED),
        ([FINE, thing("x", on=True, backups="unknown:b")], DEV, Status.CLEAN),
        ([], PROD, Status.CLEAN),
    ],
    ids=["clean", "advice", "mandatory", "cannot tell", "both", "cannot tell advice", "nothing"],
)
def test_the_status_is_that_of_the_worst(things: list[dict[str, Any]], place: Place, status: Status) -> None:
    assert checked(*things, place=place).status is status


def test_a_control_that_is_off_here_is_not_asked() -> None:
    report = checked(OFF, FINE, controls=[SWITCHED])

    assert [control.slug for control in report.controls] == ["switched-on"]


def test_a_relation_that_may_lead_out_of_a_part_of_the_stack_is_not_denied() -> None:
    whole, part = (checked(FINE, left_out=left_out) for left_out in (0, 3))

    assert found(whole) == [("peered", "fine", Level.MANDATORY)]
    assert (found(part), [one.finding.unknown for one in part.cannot_tell]) == ([], ["what is not in the preview"])


# Baselines


def as_read(report: Report) -> Any:
    return read(json.dumps(document(report)), "former.json")


THINGS = st.lists(
    st.builds(
        thing,
        st.sampled_from(["a", "b", "c"]),
        on=st.sampled_from([True, False, "unknown:on"]),
        backups=st.sampled_from([0, 7, "unknown:b"]),
    ),
    max_size=5,
)


@given(things=THINGS, place=st.sampled_from([DEV, PROD]))
def test_a_report_against_itself_has_nothing_new(things: list[dict[str, Any]], place: Place) -> None:
    report = checked(*things, place=place)
    new = new_in(report, as_read(report))

    assert (new.violations, new.cannot_tell, new.status) == ([], [], Status.CLEAN)
    assert len(new.known or ()) == len(report.violations) + len(report.cannot_tell)


@given(things=THINGS)
def test_a_report_made_with_a_baseline_is_one_too(things: list[dict[str, Any]]) -> None:
    report = checked(*things)
    new = new_in(report, as_read(new_in(report, as_read(report))))

    assert new.status is Status.CLEAN


@given(before=THINGS, things=THINGS)
def test_what_is_new_and_what_is_known_is_all(before: list[dict[str, Any]], things: list[dict[str, Any]]) -> None:
    report = checked(*things)
    new = new_in(report, as_read(checked(*before)))
    parts = [*new.violations, *new.cannot_tell, *(new.known or ())]

    assert sorted(one.key for one in parts) == sorted(one.key for one in [*report.violations, *report.cannot_tell])


def test_what_was_advice_and_is_mandatory_now_is_new() -> None:
    report = new_in(checked(BARE, FINE), as_read(checked(BARE, FINE, place=DEV)))

    assert found(report) == [("backed-up", "bare", Level.MANDATORY)]


def test_all_mistakes_of_a_baseline_are_told_at_once() -> None:
    rows: list[Any] = [1, {"control": "x", "type": 1}, {"control": "x", "type": "y", "resource": "z", "level": "high"}]
    with pytest.raises(SettingsError, match=r"^former\.json has 4 mistakes") as error:
        read(json.dumps({"violations": rows}), "former.json")

    assert [str(one) for one in error.value.mistakes] == [
        "violations[0] must be an object, got 1",
        "violations[1] must have the texts type, resource",
        "violations[2] must have a level, got 'high'",
        "cannotTell must be a list, got nothing: write what `datastores check --json` printed",
    ]


# Formats


def test_the_text_is_paragraphs_and_a_line_of_counts(everything: Report) -> None:
    assert (
        text(everything)
        == """\
clubapp-prod (dev, growth): 5 resources, 3 controls

mandatory  low  switched-on  one
    Things must hold: hold them.

advisory  high  backed-up  bare
    Things must hold: hold them.

cannot tell before it is deployed:
    mandatory  switched-on: two (on)

exempted:
    switched-on: let
        until 2027-01-31, by team-data: it is being replaced

1 mandatory, 1 advisory, 1 cannot tell, 1 exempted, 11 passed
"""
    )


def test_the_text_says_what_a_reader_has_to_know() -> None:
    report = checked(FINE, ALSO, place=Place(doubt="nobody says which phase it is"))
    report = replace(report, subject=replace(report.subject, notes=["2 are missing"]), known=[])

    assert text(report).splitlines()[:3] == [
        "clubapp-prod: 2 resources, 3 controls",
        "judged at the strictest level, because nobody says which phase it is",
        "note: 2 are missing",
    ]
    assert text(report).endswith("6 passed, 0 known already\n")


def test_a_name_cannot_change_the_terminal() -> None:
    report = checked(thing("\x1b[2J\n\ud800", on=False, backups=1), FINE)

    assert "switched-on  \\x1b[2J\\n\\ud800\n" in text(report)


def test_the_document_tells_everything(everything: Report) -> None:
    told = document(everything)

    assert told["checked"] == {
        "name": "clubapp-prod",
        "environment": "dev",
        "phase": "growth",
        "doubt": "",
        "notes": [],
        "resources": 5,
        "controls": 3,
    }
    assert told["violations"][0] == {
        "control": "switched-on",
        "resource": "one",
        "type": "a:b:Thing",
        "severity": "low",
        "level": "mandatory",
        "message": "Things must hold: hold them.",
    }
    assert [one["unknown"] for one in told["cannotTell"]] == ["on"]
    assert [(one["resource"], one["owner"], one["expires"]) for one in told["exempted"]] == [
        ("let", "team-data", "2027-01-31")
    ]
    assert (told["counts"], told["status"]) == (everything.counts, 1)


def test_the_sarif_is_sarif(everything: Report) -> None:
    reports = [everything, new_in(everything, as_read(everything)), checked()]

    for report in reports:
        jsonschema.validate(sarif(report), SCHEMA, format_checker=jsonschema.FormatChecker())


def results(report: Report) -> list[dict[str, Any]]:
    return sarif(report)["runs"][0]["results"]


def test_the_sarif_has_a_result_for_each_finding(everything: Report) -> None:
    assert [
        (one["ruleId"], one["message"]["text"].partition(":")[0], one.get("kind", "fail"), one["level"])
        for one in results(everything)
    ] == [
        ("switched-on", "one", "fail", "error"),
        ("backed-up", "bare", "fail", "warning"),
        ("switched-on", "two", "open", "none"),
        ("switched-on", "let", "fail", "note"),
    ]
    assert [one["suppressions"][0]["justification"] for one in results(everything) if "suppressions" in one] == [
        "until 2027-01-31, by team-data: it is being replaced"
    ]


def test_every_result_of_the_sarif_points_at_its_rule(everything: Report) -> None:
    rules = sarif(everything)["runs"][0]["tool"]["driver"]["rules"]

    assert [rules[one["ruleIndex"]]["id"] for one in results(everything)] == [
        one["ruleId"] for one in results(everything)
    ]


def test_the_sarif_says_what_a_baseline_had(everything: Report) -> None:
    former = as_read(checked(OFF, FINE, place=DEV))

    assert {
        (one["ruleId"], one["baselineState"]) for one in results(new_in(everything, former)) if "baselineState" in one
    } == {
        ("switched-on", "unchanged"),
        ("switched-on", "new"),
        ("backed-up", "new"),
    }


def test_a_fingerprint_outlives_the_sentence_and_is_no_other_s() -> None:
    reworded = [replace(one, fix="hold on") for one in CONTROLS]
    two = [
        results(checked(OFF, thing("b", on=False), controls=controls, place=DEV)) for controls in (CONTROLS, reworded)
    ]
    prints = [[one["partialFingerprints"]["datastores/v1"] for one in found] for found in two]

    assert prints[0] == prints[1]
    assert len(set(prints[0])) == len(prints[0]) == 3


def test_a_finding_about_an_exemption_points_at_their_file() -> None:
    report = checked(FINE, ALSO, exempting=[exemption()])

    assert [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results(report)] == [
        "policies/exemptions.yaml"
    ]


def test_a_rule_of_the_sarif_tells_fix_and_requirements() -> None:
    control = replace(SWITCHED, slug="rds-storage-encrypted")
    rule = sarif(checked(controls=[control]))["runs"][0]["tool"]["driver"]["rules"][0]

    assert rule["fullDescription"]["text"] == "Things must hold: hold them."
    assert rule["help"]["text"].startswith(
        "Fix: hold them.\n\nIt helps to meet:\n- CIS AWS Foundations Benchmark 5.0: 2.2.1\n"
    )
    assert {"encryption", "pci-dss-4.0:3.5.1"} <= set(rule["properties"]["tags"])


def test_the_junit_counts_what_it_holds(everything: Report) -> None:
    suite = ET.fromstring(junit(everything))[0]  # noqa: S314  we wrote it

    assert suite.attrib == {"name": "clubapp-prod", "tests": "15", "failures": "1", "errors": "0", "skipped": "2"}
    assert len(suite.findall("testcase")) == 15
    assert [(case.get("classname"), case.get("name")) for case in suite if case.find("failure") is not None] == [
        ("switched-on", "one")
    ]
    assert [case.findtext("system-out") for case in suite if case.find("system-out") is not None] == [
        "advisory: Things must hold: hold them."
    ]
    assert [case[0].get("message") for case in suite if case.find("skipped") is not None] == [
        "Cannot tell yet, on is not known: Things must hold: hold them.",
        "exempted until 2027-01-31, by team-data: it is being replaced",
    ]


@given(name=st.text(min_size=1))
def test_any_name_makes_xml(name: str) -> None:
    root = ET.fromstring(junit(checked(thing(name, on=False))).encode(errors="strict"))  # noqa: S314  we wrote it

    assert root.get("failures") == "3"


def test_annotations_are_one_line_each(everything: Report) -> None:
    assert annotations(everything).splitlines() == [
        "::error file=stacks/Pulumi.clubapp-prod.yaml,title=switched-on%3A one::Things must hold: hold them.",
        "::warning file=stacks/Pulumi.clubapp-prod.yaml,title=backed-up%3A bare::Things must hold: hold them.",
        (
            "::notice file=stacks/Pulumi.clubapp-prod.yaml,title=switched-on%3A two::"
            "Cannot tell yet, on is not known: Things must hold: hold them."
        ),
        (
            "::notice file=stacks/Pulumi.clubapp-prod.yaml,title=exempted%3A switched-on%3A let::"
            "Exempted until 2027-01-31, by team-data: it is being replaced"
        ),
    ]


def test_a_name_cannot_end_an_annotation() -> None:
    report = checked(thing("a,b::\n::error::%", on=False, backups=1), FINE)

    assert "title=switched-on%3A a%2Cb%3A%3A%0A%3A%3Aerror%3A%3A%25::Things" in annotations(report)
