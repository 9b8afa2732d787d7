"""Claims about what the stack itself lacks, and about controls that ask the stack whether they apply."""

import json
from dataclasses import replace
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.batch import answer
from policies.control import Control, Controls, Group, Scope, Severity
from policies.controls import CONTROLS
from policies.judge import judge
from policies.reading import from_plain
from policies.stack import Stack
from policies.values import Resource
from policies.verdict import Verdict, verdicts
from tests.policies.checked import THING, checked, exemption, thing
from tests.policies.driver import made_control, member, placed, reasons, serving, told, urn

OTHER = "a:b:Other"
BUDGET, TABLE, INSTANCE = "aws:budgets/budget:Budget", "aws:dynamodb/table:Table", "aws:rds/instance:Instance"
BY_SLUG = {control.slug: control for control in CONTROLS}
OF_STACK = [control for control in CONTROLS if control.on_stack]


def wants(one: Resource) -> bool:
    """Leave out things that want nothing."""
    return one.get("wants", True) is True


def has_other(_: Resource, stack: Stack) -> bool:
    return bool(stack.of(OTHER))


NEED = replace(
    made_control(has_other, THING, group=Group.NETWORK, slug="other-present"),
    scope=Scope.STACK,
    on_stack=True,
    when=wants,
)


def found(*resources: dict[str, Any], control: Control = NEED) -> list[tuple[str, str, Verdict, str]]:
    judged = verdicts([from_plain(one) for one in resources], [control])
    return [(one.type, one.name, one.verdict, one.asker) for one in judged]


STACK = ("pulumi:pulumi:Stack", "stack")


def test_what_the_stack_lacks_is_one_finding_on_the_stack() -> None:
    assert found(thing("a"), thing("b")) == [(*STACK, Verdict.VIOLATES, "a")]


def test_what_the_stack_has_is_one_pass() -> None:
    assert found(thing("a"), thing("b"), {"type": OTHER, "name": "o", "inputs": {}}) == [
        (*STACK, Verdict.COMPLIES, "a")
    ]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (False, True, Verdict.VIOLATES),
        (False, False, Verdict.NOT_APPLICABLE),
        ("unknown:w", True, Verdict.VIOLATES),
        (False, "unknown:w", Verdict.CANNOT_TELL),
    ],
)
def test_it_is_asked_for_if_one_resource_needs_it(first: object, second: object, verdict: Verdict) -> None:
    assert [one[2] for one in found(thing("a", wants=first), thing("b", wants=second))] == [verdict]


def test_without_a_resource_that_could_need_it_nothing_is_said() -> None:
    assert found({"type": OTHER, "name": "o", "inputs": {}}) == []


def test_an_exemption_names_the_stack() -> None:
    report = checked(
        thing("a"), thing("b"), controls=[NEED], exempting=[exemption(control="other-present", resource="stack")]
    )

    assert (report.violations, [one.finding.name for one in report.exempted]) == ([], ["stack"])


def test_the_pack_puts_it_on_the_stack() -> None:
    """A diagnostic without a URN is the engine's way to name the stack."""
    members = [member(THING, {}, "a"), member(THING, {}, "b")]
    with serving([NEED]) as stub:
        placed(stub)
        response = stub.AnalyzeStack(pb.AnalyzeStackRequest(resources=members))

    assert [(one.policyName, one.urn) for one in response.diagnostics] == [("other-present", "")]


def test_a_batch_names_the_first_resource_that_needs_it() -> None:
    tables = [{"type": TABLE, "name": name, "inputs": {}} for name in ("orders", "carts")]
    rows = answer(json.dumps({"cases": [{"id": "a", "resources": tables}]}))["a"]

    assert [one["resource"] for one in rows if one["control"] == "budget-present"] == ["orders"]


def test_these_controls_ask_the_stack() -> None:
    assert {control.slug for control in OF_STACK} == {
        "backup-plan-exists",
        "backup-report-plan-exists",
        "budget-present",
        "rds-event-subscription-parameter-group",
        "rds-event-subscription-security-group",
        "restore-testing-plan-present",
    }


@pytest.mark.parametrize("control", OF_STACK, ids=lambda one: one.slug)
def test_who_asks_changes_nothing(control: Control) -> None:
    """Only the first one that asks is judged."""
    type_ = control.types[0]
    alone, many = (
        judge([{"type": type_, "name": f"s{number}", "inputs": {}} for number in range(count)], [control])
        for count in (1, 5)
    )

    assert [one.message for one in alone] == [one.message for one in many]
    assert len({one.name for one in many}) == 1


# When


def has_neighbour(_: Resource, stack: Stack) -> bool:
    """Leave out things that are alone."""
    return len(stack.of(THING)) > 1


FACTS: dict[str, Any] = {"group": Group.COST, "severity": Severity.LOW, "good": [{}], "bad": [{}], "skipped": [{}]}


def things_shared(one: Resource, stack: Stack) -> bool:
    """Things must be shared: share them."""
    return one.get("shared") is True and bool(stack.of(THING))


def shared() -> Control:
    controls = Controls()
    controls.add(THING, scope=Scope.STACK, when=has_neighbour, **FACTS)(things_shared)
    return controls[0]


def test_a_control_may_ask_the_stack_whether_it_applies() -> None:
    alone, pair = found(thing("a"), control=shared()), found(thing("a"), thing("b"), control=shared())

    assert ([one[2] for one in alone], [one[2] for one in pair]) == ([Verdict.NOT_APPLICABLE], [Verdict.VIOLATES] * 2)


def test_only_a_control_of_the_stack_may_ask_it() -> None:
    with pytest.raises(ValueError, match=r"needs scope=Scope\.STACK, as its `when` takes the stack"):
        Controls().add(THING, when=has_neighbour, **FACTS)(things_shared)


def test_only_a_control_of_the_stack_is_about_it() -> None:
    with pytest.raises(ValueError, match=r"needs scope=Scope\.STACK, as it is about the stack"):
        Controls().add(THING, when=wants, on_stack=True, **FACTS)(things_shared)


SUBNETS, SUBNET, GROUP = (
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/securityGroup:SecurityGroup",
)
GIVEN = [
    {"type": SUBNETS, "name": "given", "inputs": {"name": "given", "subnetIds": ["subnet-1", "subnet-2"]}},
    {"type": INSTANCE, "name": "main", "inputs": {"dbSubnetGroupName": f"ref:{SUBNETS}::given::name"}},
    {"type": SUBNET, "name": "a", "inputs": {"vpcId": "vpc-1"}},
    {"type": TABLE, "name": "orders", "inputs": {}},
]


@pytest.mark.parametrize(
    "slug",
    ["rds-not-in-public-subnet", "vpc-subnets-multi-az", "vpc-public-private-separated", "dynamodb-vpc-endpoint"],
)
def test_what_is_given_by_id_is_not_judged(slug: str) -> None:
    assert {one[2] for one in found(*GIVEN, control=BY_SLUG[slug])} == {Verdict.NOT_APPLICABLE}


def test_the_pack_says_why_it_does_not_apply() -> None:
    with serving([shared()]) as stub:
        placed(stub)
        response = stub.AnalyzeStack(pb.AnalyzeStackRequest(resources=[member(THING, {}, "a")]))

    assert (told(response), reasons(response)) == ({}, {"things-shared": "Leave out things that are alone."})
    assert urn(THING, "a") not in str(response.diagnostics)


# Lists of which a part is not known

NETWORK = "ref:aws:ec2/vpc:Vpc::main::id"
TABLE_OF_ROUTES, LINK = "aws:ec2/routeTable:RouteTable", "aws:ec2/routeTableAssociation:RouteTableAssociation"


def placed_in(subnets: list[str], *, public: bool) -> list[dict[str, Any]]:
    out = {"gatewayId": "igw-1"} if public else {"natGatewayId": "nat-1"}
    return [
        {"type": INSTANCE, "name": "main", "inputs": {"dbSubnetGroupName": f"ref:{SUBNETS}::own::name"}},
        {"type": SUBNETS, "name": "own", "inputs": {"subnetIds": subnets}},
        {"type": SUBNET, "name": "a", "inputs": {"vpcId": NETWORK, "id": "subnet-a"}},
        {"type": TABLE_OF_ROUTES, "name": "t", "inputs": {"routes": [{"cidrBlock": "0.0.0.0/0", **out}]}},
        {
            "type": LINK,
            "name": "l",
            "inputs": {"subnetId": f"ref:{SUBNET}::a::id", "routeTableId": f"ref:{TABLE_OF_ROUTES}::t::id"},
        },
    ]


@pytest.mark.parametrize(
    ("others", "public", "verdict"),
    [
        ([], False, Verdict.COMPLIES),
        ([], True, Verdict.VIOLATES),
        (["unknown:elsewhere"], False, Verdict.CANNOT_TELL),
        (["unknown:elsewhere"], True, Verdict.VIOLATES),
        (["ref:a:b/c:D::other::id"], False, Verdict.CANNOT_TELL),
        ([f"ref:{SUBNET}::gone::id"], False, Verdict.CANNOT_TELL),
        (["subnet-of-somebody"], False, Verdict.COMPLIES),
    ],
)
@pytest.mark.parametrize("known", [f"ref:{SUBNET}::a::id", "subnet-a"])
def test_an_unknown_item_beside_a_known_one_is_not_overlooked(
    known: str, others: list[str], public: bool, verdict: Verdict
) -> None:
    judged = found(*placed_in([known, *others], public=public), control=BY_SLUG["rds-not-in-public-subnet"])

    assert [one[2] for one in judged] == [verdict]
