"""Claims about a control that asks for several things: each has a finding of its own, with an id to exempt it by."""

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.baseline import new_in, read
from policies.batch import answer
from policies.control import Group
from policies.controls import CONTROLS as ALL
from policies.exemptions import load
from policies.formats.document import document
from policies.formats.github import annotations
from policies.formats.junit import junit
from policies.formats.sarif import sarif
from policies.formats.text import text
from policies.judge import judge
from policies.lacks import ID, Lacks, lacks
from policies.reading import from_plain
from policies.report import Report
from policies.values import Resource
from policies.verdict import Verdict
from stacks.mistakes import SettingsError
from tests.policies.checked import GOOD, THING, checked, exemption, thing
from tests.policies.driver import made_control, placed, reasons, request, serving, told
from tests.policies.examples import every, resources_of

TABLE = "aws:dynamodb/table:Table"


def has_all(one: Resource) -> Lacks:
    """Ask for two things."""
    return lacks(("a", "b"), lambda key: one[key] is True, lambda key: (key, f"no {key}"))


BOTH = replace(made_control(has_all, THING, group=Group.ENCRYPTION, slug="both"), requirement="Things must have both")


def seen(*things: dict[str, Any], **more: Any) -> Report:
    return checked(*things, controls=[BOTH], **more)


def violated(report: Report) -> list[str]:
    return [one.finding.called for one in report.violations]


def test_each_thing_that_is_missing_is_a_finding_that_names_it() -> None:
    report = seen(thing("x", a=False, b=False))

    assert [(one.finding.called, one.finding.message) for one in report.violations] == [
        ("both[a]", "Things must have both: hold them. Here: no a."),
        ("both[b]", "Things must have both: hold them. Here: no b."),
    ]


def test_what_misses_nothing_complies_once() -> None:
    assert seen(thing("x", a=True, b=True)).counts["passed"] == 1


def test_what_is_missing_and_what_cannot_be_told_are_told_apart() -> None:
    report = seen(thing("x", a=False, b="unknown:b"))

    assert (violated(report), [one.finding.called for one in report.cannot_tell]) == (["both[a]"], ["both[b]"])
    assert report.cannot_tell[0].finding.message.endswith("It may be: no b.")


@pytest.mark.parametrize("values", [[False, "unknown:on"], ["unknown:on", False], [False, False]])
def test_two_things_with_one_id_are_one_and_a_violation_before_a_doubt(values: list[object]) -> None:
    record = from_plain(thing("t", x=values[0], y=values[1]))

    found = lacks(("x", "y"), lambda key: record[key] is True, lambda _: ("same", "no such"))

    assert [(one.id, one.unknown) for one in found] == [("same", "")]


# Exemptions


@pytest.mark.parametrize(
    ("part", "left"), [("", []), ("a", ["both[b]"]), ("b", ["both[a]"]), ("c", ["both[a]", "both[b]"])]
)
def test_an_exemption_of_one_id_covers_only_that(part: str, left: list[str]) -> None:
    report = seen(thing("one", a=False, b=False), exempting=[exemption(control="both", part=part)])

    assert [one for one in violated(report) if one != "exemption-unused"] == left


@pytest.mark.parametrize(("part", "label"), [("c", "both[c] on one"), ("b", "both[b] on one")])
def test_an_exemption_of_an_id_that_nothing_has_is_unused(part: str, label: str) -> None:
    report = seen(thing("one", a=False, b=True), exempting=[exemption(control="both", part=part)])

    assert [one.finding.name for one in report.violations if one.finding.control.slug == "exemption-unused"] == [label]


ROW = "{control: %s, resource: x, reason: r, owner: o, expires: 2027-01-31}"


def test_an_id_is_written_in_brackets() -> None:
    rows = ", ".join(ROW % control for control in ('"both[egress-tcp-443]"', "both"))
    found = load(f"exemptions: [{rows}]", ["both"])

    assert [(one.control, one.part, one.called) for one in found] == [
        ("both", "egress-tcp-443", "both[egress-tcp-443]"),
        ("both", "", "both"),
    ]


@pytest.mark.parametrize("wrong", ["both[]", "both[a", "both[a]b", "both[ a ]", "[a]", "none[a]"])
def test_what_is_no_id_is_a_mistake(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"must be a control, or control\[id\], got '") as error:
        load(f"exemptions: [{ROW % repr(wrong)}]", ["both"])

    assert len(error.value.mistakes) == 1


# Reports


@pytest.fixture
def report() -> Report:
    """Give a report with ids: violations, an open question and an exemption."""
    return seen(
        thing("one", a=False, b=False),
        thing("two", a="unknown:a", b=True),
        exempting=[exemption(control="both", part="a")],
    )


def test_json_tells_the_id(report: Report) -> None:
    told_ids = {
        kind: [row["id"] for row in document(report)[kind]] for kind in ("violations", "cannotTell", "exempted")
    }

    assert told_ids == {"violations": ["b"], "cannotTell": ["a"], "exempted": ["a"]}


def test_a_finding_without_an_id_has_no_key_of_it() -> None:
    rows = document(checked(thing("one", on=False, backups=7)))["violations"]

    assert rows
    assert all("id" not in row for row in rows)


def test_text_and_annotations_tell_the_id_as_an_exemption_writes_it(report: Report) -> None:
    assert "mandatory  low  both[b]  one\n" in text(report)
    assert "both[a]: two (a)" in text(report)
    assert "    both[a]: one\n" in text(report)
    assert "title=both[b]%3A one::" in annotations(report)
    assert "title=exempted%3A both[a]%3A one::" in annotations(report)


def test_junit_has_a_case_for_each_id(report: Report) -> None:
    cases = ET.fromstring(junit(report)).iter("testcase")  # noqa: S314  our own text

    assert sorted((one.get("classname"), one.get("name")) for one in cases) == [
        ("both", "one [a]"),
        ("both", "one [b]"),
        ("both", "two [a]"),
    ]


def test_sarif_tells_ids_and_does_not_take_two_findings_for_one(report: Report) -> None:
    results = sarif(report)["runs"][0]["results"]

    assert [(one["ruleId"], one["properties"]["findingId"]) for one in results] == [
        ("both", "b"),
        ("both", "a"),
        ("both", "a"),
    ]
    assert len({one["partialFingerprints"]["datastores/v1"] for one in results}) == len(results)


def test_a_baseline_knows_one_id_and_not_another() -> None:
    former = read(json.dumps(document(seen(thing("one", a=False, b=True)))), "former.json")

    assert violated(new_in(seen(thing("one", a=False, b=False)), former)) == ["both[b]"]


def test_a_baseline_with_an_id_that_is_no_text_is_refused() -> None:
    row = {"control": "both", "type": THING, "resource": "one", "level": "mandatory", "id": 1}

    with pytest.raises(SettingsError, match="must have an id that is a text, got 1"):
        read(json.dumps({"violations": [row], "cannotTell": []}), "former.json")


def test_a_batch_has_one_row_for_a_control_and_a_resource_and_names_all_that_is_missing() -> None:
    case = {"id": "a", "resources": [{"type": TABLE, "name": "t", "inputs": {"tags": {"owner": "x"}}}]}
    rows = [one for one in answer(json.dumps({"cases": [case]}))["a"] if one["control"] == "cost-tags"]

    assert [(one["resource"], one["message"].partition(". ")[2]) for one in rows] == [
        ("t", "Here: no tag application. And: no tag environment. And: no tag costCentre.")
    ]


# The pack


def test_the_pack_stops_for_one_id_though_another_is_exempted() -> None:
    one = exemption(control="both", part="a", resource="*")
    with serving([BOTH], [one]) as stub:
        placed(stub)
        answered = stub.Analyze(request(THING, {"a": False, "b": False}))
        end = told(stub.AnalyzeStack(pb.AnalyzeStackRequest()))

    assert [one.message for one in answered.diagnostics] == ["Things must have both: hold them. Here: no b."]
    assert reasons(answered)["both"].startswith("Exempted until ")
    assert end["both"][1].startswith("Exempted [a] for it until ")


def test_the_pack_says_a_violation_once_though_another_id_stays_open() -> None:
    with serving([BOTH]) as stub:
        placed(stub)
        first = stub.Analyze(request(THING, {"a": False, "b": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}))
        end = stub.AnalyzeStack(pb.AnalyzeStackRequest())

    assert [one.message.rpartition(" Here: ")[2] for one in first.diagnostics] == ["no a."]
    assert [one.message.partition(":")[0] for one in end.diagnostics] == ["Cannot tell yet for it (b)"]


# The controls


@pytest.mark.parametrize(("control", "example"), every("bad"))
def test_every_id_can_be_written_and_is_told_once(control: Any, example: Any) -> None:
    found = [one for one in judge(resources_of(control, example), [control]) if one.verdict is Verdict.VIOLATES]
    ids = [(one.type, one.name, one.id) for one in found]

    assert sorted(set(ids)) == sorted(ids)
    assert all(not one.id or ID.fullmatch(one.id) for one in found)


@pytest.mark.parametrize(
    ("slug", "type_", "inputs", "ids"),
    [
        (
            "resource-required-tags",
            TABLE,
            {"tags": {"owner": "x", "phase": "mvp", "dataClass": "d"}},
            ["application", "costCentre", "environment"],
        ),
        ("rds-log-exports", "aws:rds/instance:Instance", {"enabledCloudwatchLogsExports": ["upgrade"]}, ["postgresql"]),
        ("db-alarms-present", TABLE, {}, ["ReadThrottleEvents", "WriteThrottleEvents"]),
        (
            "sg-no-public-db-port",
            "aws:ec2/securityGroup:SecurityGroup",
            {"ingress": [{"protocol": "tcp", "fromPort": 5432, "toPort": 6379, "cidrBlocks": ["0.0.0.0/0"]}]},
            ["5432", "6379"],
        ),
        (
            "sg-no-public-ingress",
            "aws:ec2/securityGroup:SecurityGroup",
            {
                "ingress": [
                    {"protocol": "tcp", "fromPort": 80, "toPort": 81, "cidrBlocks": ["0.0.0.0/0"]},
                    {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8"]},
                    {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"]},
                ]
            },
            ["ingress-all", "ingress-tcp-80-81"],
        ),
        (
            "rds-event-subscription-instance",
            "aws:rds/instance:Instance",
            {},
            ["configuration-change", "failure", "maintenance"],
        ),
    ],
)
def test_what_is_missing_is_told_by_its_name(slug: str, type_: str, inputs: dict[str, Any], ids: list[str]) -> None:
    (control,) = (one for one in ALL if one.slug == slug)

    assert sorted(one.id for one in judge([{"type": type_, "name": "it", "inputs": inputs}], [control])) == ids


VALUES = st.sampled_from([True, False, "unknown:x"])


@given(a=VALUES, b=VALUES)
def test_exempting_every_id_is_exempting_the_control(a: object, b: object) -> None:
    row, all_ids = thing("one", a=a, b=b), [exemption(control="both", part=part) for part in ("a", "b")]
    whole, parts = (
        seen(row, thing("fine", **GOOD, a=True, b=True), exempting=one)
        for one in ([exemption(control="both")], all_ids)
    )

    assert len(whole.exempted) == len(parts.exempted)
    assert [one for one in violated(parts) if one == "both"] == []
