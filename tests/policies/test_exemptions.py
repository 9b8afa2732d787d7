"""Claims about exemptions: what may be written, what they do, and that no use of one is silent."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies import exemptions
from policies.control import Level
from policies.controls import CONTROLS as ALL
from policies.exemptions import load, read
from policies.verdict import Verdict
from stacks.mistakes import SettingsError
from tests.policies.checked import CONTROLS, DEV, GOOD, OFF, OPEN, checked, exemption, found, thing
from tests.policies.driver import TODAY, placed, reasons, request, serving, told
from tests.policies.examples import verdicts_on

SLUGS = ["rds-not-public", "kms-rotation"]
ROW = {
    "control": "rds-not-public",
    "resource": "main-*",
    "reason": "a partner tests against it",
    "owner": "team-data",
    "expires": "2027-01-31",
}


def written(*rows: Any) -> str:
    return yaml.safe_dump({"exemptions": list(rows)})


def refused(text: str) -> list[str]:
    """Give the mistakes that end the reading of a file."""
    with pytest.raises(SettingsError, match=r"^policies/exemptions\.yaml has \d+ mistake") as error:
        load(text, SLUGS)
    return [str(mistake) for mistake in error.value.mistakes]


def test_the_project_s_own_file_has_no_mistake() -> None:
    assert all(one.reason for one in read(control.slug for control in ALL))


def test_the_example_in_the_file_is_one() -> None:
    text = exemptions.FILE.read_text(encoding="utf-8")
    example = re.sub(r"^# ?", "", text[text.index("# exemptions:") : text.index("\nexemptions:")], flags=re.MULTILINE)

    assert [(one.control, one.stack, one.expires) for one in load(example, SLUGS)] == [
        ("rds-not-public", "clubapp-staging", date(2027, 1, 31))
    ]


@pytest.mark.parametrize("day", ["2027-01-31", '"2027-01-31"'])
def test_a_date_may_stand_in_quotes_or_not(day: str) -> None:
    text = written(ROW).replace("'2027-01-31'", day)

    assert [one.expires for one in load(text, SLUGS)] == [date(2027, 1, 31)]


def test_all_mistakes_are_told_at_once() -> None:
    text = written(
        {**ROW, "control": "rds-not-pubic", "expires": "soon", "owener": "x"},
        {"control": "nothing-like-it", "resource": "", "reason": "  ", "owner": 7, "expires": "2027-02-30"},
        "rds-not-public",
        {},
    )

    assert refused(text) == [
        "exemptions[0].control must be a control, got 'rds-not-pubic': did you mean 'rds-not-public'?",
        "exemptions[0].expires must be a date such as 2027-01-31, got 'soon'",
        "exemptions[0].owener is not a key of an exemption: did you mean 'owner'?",
        "exemptions[1].control must be a control, got 'nothing-like-it'",
        "exemptions[1].expires must be a date such as 2027-01-31, got '2027-02-30'",
        "exemptions[1].owner must be a text, got 7",
        "exemptions[1].reason must be a text, got '  '",
        "exemptions[1].resource must be a text, got nothing",
        "exemptions[2] must be a mapping with the keys control, resource, reason, owner, expires, got 'rds-not-public'",
        *(f"exemptions[3].{key} is missing" for key in ("control", "resource", "reason", "owner", "expires")),
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "must be a mapping with the key exemptions, a list, got nothing"),
        ("[]", "must be a mapping with the key exemptions, a list, got a list"),
        ("exemptions:", "exemptions must be a list, got nothing"),
        ("exemptions: [", "is not YAML: line 1, column 14: expected the node content"),
    ],
)
def test_what_is_no_list_of_exemptions_is_refused(text: str, mistake: str) -> None:
    assert refused(text)[0].startswith(mistake)


def test_a_misspelt_key_of_the_file_is_a_mistake() -> None:
    assert refused("exemptions: []\nexemption: []") == ["exemption is not a key: did you mean 'exemptions'?"]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: "):
        read(SLUGS, tmp_path / "none.yaml")


@pytest.mark.parametrize("control", exemptions.CONTROLS, ids=lambda control: control.slug)
def test_what_exemptions_must_be_is_told_by_examples_too(control: Any) -> None:
    resources = [[{"type": exemptions.EXEMPTION, "name": "it", "inputs": one}] for one in control.good + control.bad]

    assert [verdicts_on(control, one) for one in resources] == [{Verdict.COMPLIES}, {Verdict.VIOLATES}]


def test_an_exempted_violation_is_listed_and_does_not_count() -> None:
    report = checked(OFF, thing("x", **GOOD), exempting=[exemption()])

    assert found(report) == []
    assert [(one.finding.name, one.exemption.owner) for one in report.exempted] == [("one", "team-data")]
    assert report.counts["exempted"] == 1


def test_what_cannot_be_told_yet_is_exempted_too() -> None:
    """Or it would be called unused in a preview, and be needed in the update."""
    report = checked(OPEN, thing("x", **GOOD), exempting=[exemption(resource="t*")])

    assert (found(report), report.cannot_tell, report.counts["exempted"]) == ([], [], 1)


@pytest.mark.parametrize(
    "other", [{"control": "backed-up"}, {"resource": "on"}, {"resource": "One"}, {"stack": "clubapp-staging"}]
)
def test_an_exemption_is_about_its_control_resource_and_stack_only(other: dict[str, str]) -> None:
    report = checked(OFF, thing("x", **GOOD), exempting=[exemption(**other)])

    assert ("switched-on", "one", Level.MANDATORY) in found(report)


@pytest.mark.parametrize("glob", ["one", "o?e", "*", "[nop]ne"])
def test_a_resource_is_a_glob(glob: str) -> None:
    assert found(checked(OFF, thing("x", **GOOD), exempting=[exemption(resource=glob)])) == []


def test_it_holds_on_its_last_day_and_not_after() -> None:
    last = exemption(expires=TODAY)
    resources = (OFF, thing("x", **GOOD))

    assert found(checked(*resources, exempting=[last], today=TODAY)) == []
    assert found(checked(*resources, exempting=[last], today=TODAY + timedelta(days=1))) == [
        ("exemption-expired", "switched-on on one", Level.MANDATORY),
        ("switched-on", "one", Level.MANDATORY),
    ]


def test_an_expired_one_says_whose_it_is() -> None:
    report = checked(thing("x", **GOOD), thing("y", **GOOD), exempting=[exemption(expires=date(2026, 11, 1))])

    assert [one.finding.message for one in report.violations] == [
        (
            "Exemptions must be in date: fix what it exempts and delete it, or agree on a new date. "
            "It stands until 2026-11-01, by team-data: it is being replaced."
        )
    ]


def test_one_that_exempts_nothing_is_advice_to_delete_it() -> None:
    report = checked(thing("one", **GOOD), thing("x", **GOOD), exempting=[exemption()])

    assert found(report) == [("exemption-unused", "switched-on on one", Level.ADVISORY)]


@pytest.mark.parametrize(
    "other", [{"control": "rds-not-public"}, {"stack": "clubapp-dev"}], ids=["not asked", "not here"]
)
def test_only_what_was_asked_here_is_called_unused(other: dict[str, str]) -> None:
    report = checked(thing("one", **GOOD), thing("x", **GOOD), exempting=[exemption(**other)])

    assert found(report) == []


THINGS = st.lists(
    st.builds(
        thing,
        st.sampled_from(["a", "b", "main-primary", "main-replica-1"]),
        on=st.sampled_from([True, False, "unknown:on"]),
        backups=st.sampled_from([0, 7, "unknown:b"]),
    ),
    max_size=6,
)


@given(things=THINGS)
def test_exempting_everything_leaves_nothing_and_counts_all(things: list[dict[str, Any]]) -> None:
    everything = [exemption(control=control.slug, resource="*") for control in CONTROLS]
    bare, exempted = (checked(*things, place=DEV, exempting=one) for one in ([], everything))

    assert [one for one in found(exempted) if one[0] != "exemption-unused"] == []
    assert exempted.cannot_tell == []
    assert len(exempted.exempted) == len(bare.violations) + len(bare.cannot_tell)
    assert [*exempted.passed] == [*bare.passed]


INSTANCE = "aws:rds/instance:Instance"
REPLICA = exemption(control="rds-not-public", resource="main-*")


def public(name: str) -> pb.AnalyzeRequest:
    return request(INSTANCE, {"publiclyAccessible": True}, name)


def test_the_pack_lets_an_exempted_violation_pass_and_says_so_at_the_end() -> None:
    with serving(ALL, [REPLICA]) as stub:
        placed(stub)
        answers = [stub.Analyze(public(name)) for name in ("main-primary", "main-replica", "main-replica")]
        end = stub.AnalyzeStack(pb.AnalyzeStackRequest())

    assert [told(one).get("rds-not-public") for one in answers] == [None] * 3
    assert reasons(answers[0])["rds-not-public"] == "Exempted until 2027-01-31, by team-data: it is being replaced"
    assert told(end)["rds-not-public"] == (
        pb.ADVISORY,
        (
            "Exempted for main-primary, main-replica until 2027-01-31, by team-data: it is being replaced. "
            "RDS instances must not be reachable from the internet: set publicly_accessible=False."
        ),
    )


def test_the_pack_refuses_what_an_expired_exemption_is_about_and_says_that_it_expired() -> None:
    with serving(ALL, [REPLICA], today=date(2027, 2, 1)) as stub:
        placed(stub)
        answer = told(stub.Analyze(public("main-primary")))
        end = told(stub.AnalyzeStack(pb.AnalyzeStackRequest()))

    assert (answer["rds-not-public"][0], end["exemption-expired"][0]) == (pb.MANDATORY, pb.MANDATORY)


@pytest.mark.parametrize(("stack", "unused"), [("clubapp-prod", True), ("clubapp-dev", False)])
def test_the_pack_names_an_unused_exemption_of_this_stack(stack: str, unused: bool) -> None:
    with serving(ALL, [exemption(control="rds-not-public", stack="*-prod")]) as stub:
        placed(stub, stack)
        end = told(stub.AnalyzeStack(pb.AnalyzeStackRequest()))

    assert ("exemption-unused" in end) is unused


def test_what_the_pack_says_of_exemptions_can_be_configured() -> None:
    with serving(ALL, [exemption(control="rds-not-public")]) as stub:
        placed(stub)
        off = {"exemption-unused": pb.PolicyConfig(enforcementLevel=pb.DISABLED)}
        stub.Configure(pb.ConfigureAnalyzerRequest(policyConfig=off))
        end = told(stub.AnalyzeStack(pb.AnalyzeStackRequest()))

    assert "exemption-unused" not in end
