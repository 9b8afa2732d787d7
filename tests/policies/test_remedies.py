"""Claims about what is put right when asked: only what is safe, only where it is asked for, and nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from policies.control import Control, Scope
from policies.controls import CONTROLS
from policies.facts import Facts, facts_of, remedy_of
from policies.reading import from_plain
from policies.remedies import laid_in
from policies.stack import stack_of
from policies.values import Resource
from policies.verdict import Verdict, findings_on
from policies.wire import from_wire
from tests.policies.checked import exemption
from tests.policies.driver import PROD, UNKNOWN, placed, request, secret, serving, struct, told
from tests.policies.examples import resources_of

INSTANCE, TABLE, CACHE = "aws:rds/instance:Instance", "aws:dynamodb/table:Table", "aws:elasticache/cluster:Cluster"
SAFE = [control for control in CONTROLS if control.remedy]
CONFIG = {**PROD, "datastores:owner": "team-data", "datastores:costCentre": "clubapp"}
ALL = Facts(tags=dict.fromkeys(("application", "environment", "phase", "owner", "costCentre", "dataClass"), "x"))
SECRETS: list[Any] = [secret({"owner": "x"}), UNKNOWN, "text", ["owner"]]


def test_only_what_adds_and_touches_no_data_has_a_remedy() -> None:
    assert {control.slug for control in SAFE} == {
        "aurora-auto-minor-upgrade",
        "aurora-copy-tags-to-snapshot",
        "cost-tags",
        "elasticache-auto-minor-upgrade",
        "rds-auto-minor-upgrade",
        "rds-copy-tags-to-snapshot",
        "resource-required-tags",
    }


def judged(properties: Struct, type_: str) -> dict[str, Verdict]:
    """Give what the controls of a resource say of it, the worst of each."""
    resource = from_wire(pb.AnalyzeRequest(type=type_, name="it", properties=properties))
    stack = stack_of([resource])
    worst: dict[str, Verdict] = {}
    for control in CONTROLS:
        if type_ in control.types:
            found = {one.verdict for one in findings_on(resource, control, stack, control.defaults)}
            worst[control.slug] = Verdict.VIOLATES if Verdict.VIOLATES in found else found.pop()
    return worst


def put_right(control: Control, type_: str, inputs: Mapping[str, Any], facts: Facts = ALL) -> tuple[Struct, Struct]:
    """Give inputs before and after the remedy of a control."""
    before = struct(inputs)
    resource = from_wire(pb.AnalyzeRequest(type=type_, name="it", properties=before))
    return before, laid_in(before, remedy_of(control, resource, facts))


EXAMPLES = [
    pytest.param(control, one, id=f"{control.slug}-{number}")
    for control in SAFE
    for number, example in enumerate(control.bad)
    for one in resources_of(control, example)
    # What stands in the place of the tags and is no object is left alone.
    if isinstance(one["inputs"].get("tags", {}), Mapping | None)
]


@pytest.mark.parametrize(("control", "one"), EXAMPLES)
def test_what_a_remedy_puts_right_complies_and_nothing_else_fails(control: Control, one: Mapping[str, Any]) -> None:
    before, after = put_right(control, one["type"], one["inputs"])
    was, now = judged(before, one["type"]), judged(after, one["type"])

    assert now[control.slug] is Verdict.COMPLIES
    assert {slug for slug, verdict in now.items() if verdict is not was[slug]} <= {
        slug for slug, verdict in now.items() if verdict is Verdict.COMPLIES
    }


INPUTS = st.dictionaries(
    st.sampled_from(["tags", "copyTagsToSnapshot", "autoMinorVersionUpgrade", "name", "password"]),
    st.sampled_from([True, False, "text", 7, UNKNOWN, [], {}, {"owner": "x"}, {"owner": UNKNOWN}, *SECRETS]),
)


@pytest.mark.parametrize("control", SAFE, ids=lambda one: one.slug)
@given(inputs=INPUTS)
def test_a_remedy_makes_nothing_fail_that_passed_and_is_done_at_once(control: Control, inputs: dict[str, Any]) -> None:
    type_ = control.types[0]
    before, after = put_right(control, type_, inputs)
    was, now = judged(before, type_), judged(after, type_)
    again = put_right(control, type_, {})[1]

    assert [slug for slug in was if was[slug] is Verdict.COMPLIES and now[slug] is not Verdict.COMPLIES] == []
    assert set(before.fields) <= set(after.fields)
    assert laid_in(after, {}) == after
    assert set(again.fields) <= {"tags", "copyTagsToSnapshot", "autoMinorVersionUpgrade"}


def test_a_stack_says_all_of_its_tags_but_the_class_of_its_data() -> None:
    assert facts_of("my-club-prod", CONFIG).tags == {
        "application": "my-club",
        "environment": "prod",
        "phase": "growth",
        "owner": "team-data",
        "costCentre": "clubapp",
    }


@pytest.mark.parametrize("stack", ["", "prod", "clubapp"])
def test_a_stack_that_does_not_say_what_it_is_gives_no_name_of_it(stack: str) -> None:
    assert facts_of(stack, {}).tags.get("application", "") == ""


@pytest.mark.parametrize("tags", SECRETS, ids=["secret", "unknown", "text", "list"])
def test_tags_that_cannot_be_seen_are_left_alone(tags: Any) -> None:
    (control,) = (one for one in SAFE if one.slug == "cost-tags")

    before, after = put_right(control, TABLE, {"tags": tags})

    assert before == after


def test_what_is_secret_beside_a_remedy_stays_so() -> None:
    inputs = struct({"password": secret("hunter2"), "tags": {"a": secret("b")}})

    after = laid_in(inputs, {"tags": {"owner": "x"}})

    assert after == struct({"password": secret("hunter2"), "tags": {"a": secret("b"), "owner": "x"}})


# The pack


def configured(stub: AnalyzerStub, *slugs: str) -> None:
    asked = pb.PolicyConfig(enforcementLevel=pb.REMEDIATE)
    stub.Configure(pb.ConfigureAnalyzerRequest(policyConfig=dict.fromkeys(slugs, asked)))


def remedied(stub: AnalyzerStub, type_: str, inputs: Mapping[str, Any]) -> list[tuple[str, Struct]]:
    return [(one.policyName, one.properties) for one in stub.Remediate(request(type_, inputs)).remediations]


def test_nothing_is_put_right_unless_it_is_asked_for(pack: AnalyzerStub) -> None:
    assert pack.Remediate(request(INSTANCE, {})) == pb.RemediateResponse()


def test_no_control_is_told_to_put_right_by_itself(pack: AnalyzerStub) -> None:
    assert pb.REMEDIATE not in {one.enforcementLevel for one in placed(pack).values()}


def test_what_is_asked_for_is_put_right_one_after_another(pack: AnalyzerStub) -> None:
    placed(pack, "clubapp-prod", CONFIG)
    configured(pack, "rds-copy-tags-to-snapshot", "cost-tags")
    tags = {"application": "clubapp", "environment": "prod", "costCentre": "clubapp"}
    inputs = {"copyTagsToSnapshot": False, "password": secret("hunter2")}

    assert dict(remedied(pack, INSTANCE, inputs)) == {
        "rds-copy-tags-to-snapshot": struct({**inputs, "copyTagsToSnapshot": True}),
        "cost-tags": struct({**inputs, "copyTagsToSnapshot": True, "tags": tags}),
    }


@pytest.mark.parametrize("inputs", [{"copyTagsToSnapshot": True}, {"copyTagsToSnapshot": UNKNOWN}])
def test_what_complies_or_is_not_known_is_left_alone(pack: AnalyzerStub, inputs: dict[str, Any]) -> None:
    configured(pack, "rds-copy-tags-to-snapshot")

    assert remedied(pack, INSTANCE, inputs) == []


def test_what_is_exempted_is_left_alone() -> None:
    one = exemption(control="rds-copy-tags-to-snapshot", resource="*")
    with serving(CONTROLS, [one]) as stub:
        placed(stub)
        configured(stub, "rds-copy-tags-to-snapshot")
        left = remedied(stub, INSTANCE, {})

    assert left == []


def test_what_a_remedy_does_not_know_stops_the_deployment(pack: AnalyzerStub) -> None:
    """Which class the data is of is not the stack's to say."""
    placed(pack, "clubapp-dev", CONFIG)
    configured(pack, "resource-required-tags")
    ((_, after),) = remedied(pack, TABLE, {})

    found = pack.Analyze(pb.AnalyzeRequest(type=TABLE, name="it", properties=after))

    assert told(found)["resource-required-tags"] == (
        pb.MANDATORY,
        (
            "Resources must say whose they are: set tags application, environment, phase, owner, costCentre and "
            "dataClass. Here: no tag dataClass."
        ),
    )


def test_a_control_without_a_remedy_cannot_be_asked_for_one(pack: AnalyzerStub) -> None:
    with pytest.raises(grpc.RpcError, match="rds-storage-encrypted cannot remediate: write mandatory, advisory or"):
        configured(pack, "rds-storage-encrypted")


def test_a_new_stack_forgets_what_was_asked_for(pack: AnalyzerStub) -> None:
    configured(pack, "rds-copy-tags-to-snapshot")
    placed(pack)

    assert remedied(pack, INSTANCE, {}) == []


@pytest.mark.parametrize("control", SAFE, ids=lambda one: one.slug)
def test_a_remedy_is_of_one_resource(control: Control) -> None:
    """The engine asks for it by resource; what belongs to others is not there yet."""
    assert control.scope is Scope.RESOURCE


def test_a_remedy_that_reads_an_unknown_gives_nothing() -> None:
    def reads(resource: Resource, _: Facts) -> Mapping[str, Any]:
        return {"a": resource["a"]}

    (control,) = (one for one in SAFE if one.slug == "cost-tags")
    resource = from_plain({"type": TABLE, "name": "it", "inputs": {"a": "unknown:a"}})

    assert remedy_of(replace(control, remedy=reads), resource, ALL) == {}
