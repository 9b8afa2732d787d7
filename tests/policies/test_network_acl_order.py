"""Claims about rules beside a network ACL: another one hides them only if it is asked before."""

from typing import Any

import pytest

from policies.controls.network_acl import ACL, ACL_RULE, nacl_no_public_admin_ports
from policies.reading import from_plain
from policies.stack import stack_of
from policies.values import CannotTellError


def rule(number: int, action: str, acl: str = "acl-1", **more: Any) -> dict[str, Any]:
    inputs = {"networkAclId": acl, "ruleNumber": number, "ruleAction": action, "protocol": "tcp", **more}
    inputs = {"fromPort": 22, "toPort": 22, "cidrBlock": "0.0.0.0/0", **inputs}
    return {"type": ACL_RULE, "name": f"{action}-{number}", "inputs": inputs}


def complies(*rules: dict[str, Any]) -> bool:
    """Judge the first rule among the others."""
    resources = [from_plain(one) for one in rules]
    return nacl_no_public_admin_ports(resources[0], stack_of(resources))


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
    with pytest.raises(CannotTellError, match=r"^networkAclId$"):
        complies(rule(200, "allow"), rule(100, "deny", acl="unknown:acl"))
