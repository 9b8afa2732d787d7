"""Claims about rules beside a network ACL: another one hides them only if it is asked before."""

from typing import Any

import pytest

from policies.controls import network_acl
from policies.controls.network_acl import ACL, ACL_RULE
from policies.reading import from_plain
from policies.stack import stack_of
from policies.verdict import Finding, Verdict, findings_on

(CONTROL,) = (one for one in network_acl.CONTROLS if one.slug == "nacl-no-public-admin-ports")


def rule(number: int, action: str, acl: str = "acl-1", **more: Any) -> dict[str, Any]:
    inputs = {"networkAclId": acl, "ruleNumber": number, "ruleAction": action, "protocol": "tcp", **more}
    inputs = {"fromPort": 22, "toPort": 22, "cidrBlock": "0.0.0.0/0", **inputs}
    return {"type": ACL_RULE, "name": f"{action}-{number}", "inputs": inputs}


def found(*rules: dict[str, Any]) -> Finding:
    """Judge the first rule among the others."""
    resources = [from_plain(one) for one in rules]
    (finding,) = findings_on(resources[0], CONTROL, stack_of(resources), {})
    return finding


def complies(*rules: dict[str, Any]) -> bool:
    return found(*rules).verdict is Verdict.COMPLIES


def test_a_deny_with_a_lower_number_hides_an_allow() -> None:
    assert complies(rule(200, "allow"), rule(100, "deny"))


@pytest.mark.parametrize(
    "other",
    [
        rule(300, "deny"),
        rule(100, "deny", acl="acl-2"),
        rule(100, "deny", egress=True),
        rule(100, "deny", cidrBlock="10.0.0.0/8"),
        rule(100, "deny", toPort=21, fromPort=21),
        rule(100, "allow"),
    ],
)
def test_no_other_rule_hides_an_allow(other: dict[str, Any]) -> None:
    assert not complies(rule(200, "allow"), other)


def test_two_rules_of_acls_of_the_stack_are_told_apart() -> None:
    one, other = f"ref:{ACL}::one::id", f"ref:{ACL}::other::id"

    assert not complies(rule(200, "allow", acl=one), rule(100, "deny", acl=other))


def test_a_deny_that_may_be_of_the_same_acl_is_not_overlooked() -> None:
    finding = found(rule(200, "allow"), rule(100, "deny", acl="unknown:acl"))

    assert (finding.verdict, finding.unknown) == (Verdict.CANNOT_TELL, "networkAclId")
