"""Claims about reading security group rules and address ranges."""

from typing import Any

import pytest

from policies.controls.address import is_private, is_wide, is_world
from policies.controls.security_rule import (
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    RULE,
    SecurityRule,
    rules_beside,
    rules_inside,
    rules_of,
)
from policies.reading import from_plain
from policies.stack import stack_of
from policies.values import CannotTellError, Resource


def resource(type_: str, **inputs: Any) -> Resource:
    return from_plain({"type": type_, "name": "it", "inputs": inputs})


def rule(**inputs: Any) -> SecurityRule:
    return SecurityRule(is_ingress=True, properties=resource("a:b:C", **inputs))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("tcp", "tcp"), ("TCP", "tcp"), ("6", "tcp"), (6, "tcp"), ("17", "udp"), ("1", "icmp"), ("58", "icmpv6"),
        ("-1", "-1"), (-1, "-1"), ("all", "-1"), ("50", "50"), (None, "tcp"), (["tcp"], "-1"), (True, "-1"), ({}, "-1"),
    ],
)  # fmt: skip
def test_a_protocol_has_one_name(written: Any, read: str) -> None:
    assert [rule(protocol=written).protocol, rule(ipProtocol=written).protocol] == [read, read]


@pytest.mark.parametrize(
    ("first", "last", "ports"),
    [
        (22, 22, range(22, 23)), ("22", 80.0, range(22, 81)), (0, 0, range(1)), (-1, -1, range(65536)),
        (None, None, range(65536)), (1024, None, range(1024, 65536)), (None, 80, range(81)),
        ("ssh", [], range(65536)), (True, 22, range(23)),
        (443, 10**400, range(443, 65536)), (float("inf"), float("nan"), range(65536)),
    ],
)  # fmt: skip
def test_ports_are_what_the_rule_limits(first: Any, last: Any, ports: range) -> None:
    assert rule(protocol="tcp", fromPort=first, toPort=last).ports == ports


def test_all_protocols_are_all_ports_whatever_is_written_beside() -> None:
    """AWS reads no port range with -1."""
    assert rule(protocol="-1", fromPort=443, toPort=443).ports == range(65536)


def test_each_form_says_which_way_it_goes() -> None:
    ways = [
        [one.is_ingress for one in rules_of(each)]
        for each in (
            resource(GROUP, ingress=[{}, {}], egress=[{}]),
            resource(RULE, type="ingress"),
            resource(RULE, type="egress"),
            resource(INGRESS_RULE),
            resource(EGRESS_RULE),
        )
    ]

    assert ways == [[True, True, False], [True], [False], [True], [False]]


def test_an_unknown_rule_hides_none_of_the_others() -> None:
    rules = rules_of(resource(GROUP, ingress=["unknown:rule", {"protocol": "tcp"}]))

    assert rules[1].protocol == "tcp"
    with pytest.raises(CannotTellError, match=r"^ingress\[0\]$"):
        _ = rules[0].protocol


def test_the_world_is_seen_beside_an_unknown_range() -> None:
    assert rule(cidrBlocks=["unknown:cidr", "0.0.0.0/0"]).is_of_world
    with pytest.raises(CannotTellError, match=r"^cidrBlocks\[0\]$"):
        _ = rule(cidrBlocks=["unknown:cidr", "10.0.0.0/8"]).is_of_world


def test_a_rule_is_one_for_each_source() -> None:
    owner = resource(GROUP, id="sg-1")
    sources = {"cidrBlocks": ["10.0.0.0/8", "10.0.0.0/8"], "securityGroups": ["sg-1", "sg-2"], "self": True}

    assert len(rule(**sources).parts(owner)) == 3
    assert len(rule().parts(owner)) == 1


def test_the_same_rule_has_the_same_parts_in_every_form() -> None:
    owner = resource(GROUP, id="sg-1")
    inside = rule(protocol="-1", fromPort=0, toPort=0, self=True)
    beside = rule(ipProtocol="-1", referencedSecurityGroupId="sg-1")

    assert inside.parts(owner) == beside.parts(owner)


def test_a_deployed_group_shows_rules_beside_it_as_its_own() -> None:
    """After a refresh AWS tells all rules of a group, however they were made."""
    shown = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["10.0.0.0/8"]}]
    group = resource(GROUP, id="sg-1", arn="arn:aws:ec2:eu-west-1:1:security-group/sg-1", ingress=shown)
    inputs = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "cidrIpv4": "10.0.0.0/8"}
    beside = rules_beside(group, stack_of([group, resource(INGRESS_RULE, **inputs)]))

    assert (len(beside), rules_inside(group, beside), len(rules_inside(group, ()))) == (1, [], 1)


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0", "10.0.0.0/0", " 0.0.0.0/0 ", "0:0::/00"])
def test_a_mask_of_no_bits_is_the_world(cidr: str) -> None:
    assert (is_world(cidr), is_wide(cidr), is_private(cidr)) == (True, True, False)


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.1.2.3/16", "192.168.1.1", "100.64.0.0/10", "fd00::/8", "fe80::1"])
def test_private_ranges_are_as_wide_as_they_like(cidr: str) -> None:
    assert (is_world(cidr), is_wide(cidr), is_private(cidr)) == (False, False, True)


@pytest.mark.parametrize(
    ("cidr", "wide"),
    [
        ("203.0.113.0/24", False), ("203.0.112.0/23", True), ("10.0.0.0/7", True), ("0.0.0.0/1", True),
        ("2001:db8::/64", False), ("2001:db8::/63", True), ("fc00::/6", True), ("nonsense", True), ("", True),
        ("1.2.3.4/", True), (7, True), (None, True),
    ],
)  # fmt: skip
def test_public_ranges_are_as_wide_as_a_customer(cidr: Any, wide: bool) -> None:
    assert (is_wide(cidr), is_private(cidr)) == (wide, False)
