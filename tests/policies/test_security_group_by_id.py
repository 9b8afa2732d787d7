"""Claims about deployed stacks, in which things are named by the ids that AWS made up."""

from typing import Any

import pytest

from policies.controls import security_group_stack, vpc
from policies.controls.security_rule import DEFAULT_GROUP, EGRESS_RULE, GROUP, INGRESS_RULE, VPC
from policies.reading import from_plain
from policies.verdict import Verdict, verdicts

CONTROLS = {control.slug: control for control in (*security_group_stack.CONTROLS, *vpc.CONTROLS)}
ARN = "arn:aws:ec2:eu-west-1:1:security-group/sg-1"
FROM_2 = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-2"], "self": False}


def group(**outputs: Any) -> dict[str, Any]:
    return {"type": GROUP, "name": "it", "inputs": {"id": "sg-1", "arn": ARN, **outputs}}


def rule(type_: str = INGRESS_RULE, owner: str = "sg-1", **outputs: Any) -> dict[str, Any]:
    what = {"securityGroupId": owner, "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432, **outputs}
    return {"type": type_, "name": "rule", "inputs": what}


def other(type_: str, **outputs: Any) -> dict[str, Any]:
    return {"type": type_, "name": "other", "inputs": outputs}


DB, NETWORK = "aws:rds/instance:Instance", {"type": VPC, "name": "vpc", "inputs": {"id": "vpc-1"}}


@pytest.mark.parametrize(
    ("slug", "verdict", "resources"),
    [
        ("sg-egress-defined", Verdict.COMPLIES, [group(), rule(EGRESS_RULE)]),
        ("sg-egress-defined", Verdict.VIOLATES, [group(), rule(EGRESS_RULE, "sg-9")]),
        ("sg-attached", Verdict.COMPLIES, [group(), other(DB, vpcSecurityGroupIds=["sg-0", "sg-1"])]),
        ("sg-attached", Verdict.VIOLATES, [group(), other(DB, vpcSecurityGroupIds=["sg-0"])]),
        ("sg-no-rule-conflicts", Verdict.COMPLIES, [group(ingress=[FROM_2]), rule(referencedSecurityGroupId="sg-2")]),
        ("sg-no-rule-conflicts", Verdict.VIOLATES, [group(ingress=[FROM_2]), rule(referencedSecurityGroupId="sg-3")]),
        ("vpc-default-sg-closed", Verdict.COMPLIES, [NETWORK, other(DEFAULT_GROUP, vpcId="vpc-1", id="sg-1")]),
        ("vpc-default-sg-closed", Verdict.VIOLATES, [other(DEFAULT_GROUP, id="sg-1"), rule(EGRESS_RULE)]),
        ("vpc-flow-logs", Verdict.COMPLIES, [NETWORK, other(vpc.FLOW_LOG, vpcId="vpc-1")]),
    ],
)
def test_a_relation_holds_by_id(slug: str, verdict: Verdict, resources: list[dict[str, Any]]) -> None:
    found = {one.verdict for one in verdicts([from_plain(each) for each in resources], [CONTROLS[slug]])}

    assert found == {verdict}


def test_rules_that_a_deployed_group_shows_twice_count_once() -> None:
    shown = [{**FROM_2, "securityGroups": [f"sg-{number}" for number in range(2, 52)]}]
    beside = [{**rule(referencedSecurityGroupId=f"sg-{number}"), "name": f"rule-{number}"} for number in range(2, 52)]
    judged = verdicts([from_plain(each) for each in (group(ingress=shown), *beside)], [CONTROLS["sg-rule-count"]])

    assert [one.verdict for one in judged] == [Verdict.COMPLIES]


def test_a_group_whose_way_out_only_the_deployment_knows_is_not_passed() -> None:
    judged = verdicts([from_plain(group(egress="unknown:egress"))], [CONTROLS["sg-egress-defined"]])

    assert [(one.verdict, one.unknown) for one in judged] == [(Verdict.CANNOT_TELL, "egress")]
