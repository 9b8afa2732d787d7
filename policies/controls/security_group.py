"""Controls of security groups and their rules, each judged by itself."""

from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.relations import is_any
from policies.controls.security_rule import (
    ALL,
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    OWNER,
    RULE,
    SecurityRule,
    faulty,
    groups_named,
    ingress_of,
    rules_of,
)
from policies.controls.security_rule_forms import WORLD, WORLD_6, forms, inside
from policies.controls.vpc_endpoint import ATLAS_SERVICE, ENDPOINT, is_foreign
from policies.lacks import Lacks, lacks
from policies.stack import Stack
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
INGRESS: Final = (GROUP, RULE, INGRESS_RULE)
EGRESS: Final = (GROUP, RULE, EGRESS_RULE)
BOTH: Final = (GROUP, RULE, INGRESS_RULE, EGRESS_RULE)

DATABASE_PORTS: Final = (3306, 5432, 6379, 11211, 27017)
"""MySQL, PostgreSQL, Redis, Memcached, MongoDB."""
SSH, RDP, HTTP = 22, 3389, 80
UNPRIVILEGED: Final = 1024
SOURCE: Final = "referencedSecurityGroupId"

OFFICE: Final = "203.0.113.0/24"
INSIDE: Final = "10.20.0.0/16"
_FROM_GROUP: Final[dict[str, Any]] = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-2"]}


def opens(rules: Sequence[SecurityRule], port: int) -> bool:
    """Say whether a rule that lets in lets the world in by TCP to a port."""
    return is_any(rules, lambda rule: rule.covers(port) and rule.is_of_world)


def open_to(*ports: int) -> dict[str, Any]:
    """Give what is open to the world, and what is nearly, as examples of a control about ports."""
    port = ports[0]
    text = {"protocol": "tcp", "fromPort": str(port), "toPort": port, "cidrBlocks": WORLD}
    return {
        "good": [
            {},
            *forms(INSIDE, port),
            inside(WORLD, max(ports) + 1, 65535),
            inside(WORLD, 0, min(ports) - 1),
            inside(WORLD, port, protocol="udp"),
            inside(WORLD, 8, 0, protocol="icmp"),
            inside(WORLD, port, egress=True),
        ],
        "bad": [
            {"ingress": 7},
            *forms(WORLD, port),
            *(inside(WORLD, one) for one in ports[1:]),
            inside(WORLD_6, port),
            inside("198.51.100.7/0", port, protocol="6"),
            inside(WORLD, port - 1, port + 1),
            inside(WORLD, 0, 0, protocol="-1"),
            *forms(WORLD, protocol="all")[2:],
            {
                "ingress": [
                    {**_FROM_GROUP, "fromPort": port, "toPort": port, "self": True, "cidrBlocks": [INSIDE, WORLD]}
                ]
            },
            {"ingress": [_FROM_GROUP, text]},
            {"ingress": text},
        ],
    }


@control(
    *INGRESS,
    group=Group.NETWORK,
    severity=Severity.CRITICAL,
    good=[
        {},
        {"ingress": [_FROM_GROUP]},
        *forms(INSIDE, 443),
        *forms("0.0.0.0/1", 443),
        *forms(WORLD, 443, egress=True)[:2],
    ],
    bad=[
        *forms(WORLD, 443),
        *forms(WORLD_6, 443),
        *forms("10.0.0.0/0", 443),
        *forms(WORLD, 53, protocol="udp"),
        {"ingress": [_FROM_GROUP, {"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": [INSIDE, WORLD]}]},
    ],
)
def sg_no_public_ingress(resource: Resource) -> Lacks:
    """Security groups must let nobody in from the whole internet: name source groups or private ranges instead."""
    return faulty(ingress_of(resource), lambda rule: rule.is_of_world)


@control(*INGRESS, group=Group.NETWORK, severity=Severity.CRITICAL, **open_to(*DATABASE_PORTS))
def sg_no_public_db_port(resource: Resource) -> Lacks:
    """Ports of databases must be closed to the internet: let in the security group of the clients instead."""
    rules = cache(lambda: ingress_of(resource))  # once, and an error again for each port
    return lacks(
        DATABASE_PORTS, lambda port: not opens(rules(), port), lambda port: (str(port), f"port {port} is open")
    )


@control(*INGRESS, group=Group.NETWORK, severity=Severity.HIGH, **open_to(SSH))
def sg_no_public_ssh(resource: Resource) -> bool:
    """SSH must be closed to the internet: use Session Manager, or let in a group or a private range on port 22."""
    return not opens(ingress_of(resource), SSH)


@control(*INGRESS, group=Group.NETWORK, severity=Severity.HIGH, **open_to(RDP))
def sg_no_public_rdp(resource: Resource) -> bool:
    """RDP must be closed to the internet: use Session Manager, or let in a group or a private range on port 3389."""
    return not opens(ingress_of(resource), RDP)


@control(*INGRESS, group=Group.NETWORK, severity=Severity.CRITICAL, **open_to(HTTP))
def sg_no_inbound_http(resource: Resource) -> bool:
    """Unencrypted HTTP must be closed to the internet: serve port 443, or let in a group or private range on 80."""
    return not opens(ingress_of(resource), HTTP)


@control(
    *EGRESS,
    group=Group.NETWORK,
    severity=Severity.MEDIUM,
    good=[
        {},
        *forms(WORLD, 443, egress=True),
        *forms(WORLD, 1, 65534, egress=True),
        *forms(INSIDE, 0, 0, protocol="-1", egress=True),
        *forms(WORLD, -1, -1, protocol="icmp", egress=True),
        *forms(WORLD, 0, 0, protocol="-1")[:2],
    ],
    bad=[
        *forms(WORLD, 0, 0, protocol="-1", egress=True),
        *forms(WORLD_6, protocol="-1", egress=True),
        *forms(WORLD, 0, 65535, egress=True),
        *forms(WORLD, 1, 65535, protocol="udp", egress=True),
    ],
)
def sg_no_public_egress(resource: Resource) -> Lacks:
    """Security groups must not let everything out to the internet: name the ports, or groups and private ranges."""
    return faulty(rules_of(resource), lambda rule: not rule.is_ingress and rule.covers_everything and rule.is_of_world)


@control(
    *BOTH,
    group=Group.NETWORK,
    severity=Severity.MEDIUM,
    good=[{}, *forms(INSIDE, 0, 65535), *forms(INSIDE, 443, protocol="17", egress=True)],
    bad=[
        *forms(INSIDE, 0, 0, protocol="-1"),
        *forms(INSIDE, 443, protocol="all", egress=True),
        {"ingress": [{"protocol": -1, "fromPort": 0, "toPort": 0, "self": True}]},
        {"egress": [_FROM_GROUP, {"protocol": ["tcp"], "fromPort": 0, "toPort": 0}]},
    ],
)
def sg_no_all_protocols(resource: Resource) -> Lacks:
    """Rules of security groups must name a protocol: write tcp or udp instead of -1."""
    return faulty(rules_of(resource), lambda rule: rule.protocol == ALL)


_WAY: Final = f"ref:{GROUP}::way::id"
_BETWEEN: Final[dict[str, Any]] = {"ipProtocol": "tcp", "fromPort": UNPRIVILEGED, "toPort": 65535}
_NODES: Final[dict[str, Any]] = {
    "type": INGRESS_RULE,
    "name": "nodes",
    "inputs": {**_BETWEEN, OWNER: _WAY, SOURCE: "sg-2"},
}
_OUT_TO_NODES: Final = {**_NODES, "type": EGRESS_RULE, "inputs": {**_BETWEEN, OWNER: "sg-2", SOURCE: _WAY}}


def _to_nodes(**inputs: Any) -> dict[str, Any]:
    """Give an endpoint of MongoDB Atlas that has a group in which clients reach every node behind it."""
    endpoint = {"serviceName": ATLAS_SERVICE, "vpcEndpointType": "Interface", "securityGroupIds": [_WAY], **inputs}
    return {"type": ENDPOINT, "name": "way", "inputs": endpoint}


def uses_ports(resource: Resource) -> bool:
    """Leave out what has no ports: ICMP, and protocols other than TCP and UDP."""
    rules = rules_of(resource)
    return not rules or is_any(rules, lambda rule: rule.has_ports)


@control(
    *BOTH,
    group=Group.NETWORK,
    severity=Severity.LOW,
    scope=Scope.STACK,
    when=uses_ports,
    good=[
        {},
        *forms(INSIDE, 443),
        *forms(INSIDE, 443, protocol="udp", egress=True),
        {"ingress": [_FROM_GROUP, {"protocol": "icmp", "fromPort": 8, "toPort": 0, "cidrBlocks": [INSIDE]}]},
        [_NODES, _to_nodes()],
        [_NODES, _to_nodes(serviceName="com.amazonaws.vpce.eu-central-1.vpce-svc-1")],
        [_OUT_TO_NODES, _to_nodes()],
    ],
    bad=[
        [_NODES, _to_nodes(serviceName="com.amazonaws.eu-central-1.secretsmanager")],
        [_NODES, _to_nodes(securityGroupIds=["sg-9"])],
        [{**_NODES, "inputs": {**_NODES["inputs"], "fromPort": 1023}}, _to_nodes()],
        [{**_NODES, "inputs": {**_BETWEEN, OWNER: _WAY, "cidrIpv4": INSIDE}}, _to_nodes()],
        [{**_NODES, "inputs": {**_BETWEEN, OWNER: "sg-2", SOURCE: _WAY}}, _to_nodes()],
        [{**_OUT_TO_NODES, "inputs": {**_BETWEEN, OWNER: _WAY, SOURCE: "sg-2"}}, _to_nodes()],
        *forms(INSIDE, 443, 444),
        *forms(INSIDE, 443, 444, egress=True),
        *forms(INSIDE, 0, 0, protocol="-1"),
        *forms(INSIDE),
        {"ingress": [{**_FROM_GROUP, "toPort": "any"}]},
    ],
    skipped=[*forms(INSIDE, 8, 0, protocol="icmp"), *forms(INSIDE, protocol="50", egress=True)],
)
def sg_no_port_range(resource: Resource, stack: Stack) -> Lacks:
    """Rules of security groups must open one port each: set from_port and to_port to the same port."""

    def is_range(rule: SecurityRule) -> bool:
        return rule.has_ports and len(rule.ports) != 1 and not _leads_to_nodes(rule, resource, stack)

    return faulty(rules_of(resource), is_range)


def _leads_to_nodes(rule: SecurityRule, resource: Resource, stack: Stack) -> bool:
    """
    Say whether a rule is of the way from one group to an endpoint whose service has a port for each of its nodes.

    MongoDB Atlas does, and chooses the ports itself.
    """
    if resource.type not in (INGRESS_RULE, EGRESS_RULE) or rule.ports.start < UNPRIVILEGED:
        return False
    begin, end = (SOURCE, OWNER) if resource.type == INGRESS_RULE else (OWNER, SOURCE)
    if not groups_named(resource, begin):
        return False
    groups = groups_named(resource, end)
    return is_any(stack.of(ENDPOINT), lambda endpoint: _is_end(endpoint, groups))


def _is_end(endpoint: Resource, groups: Sequence[Hashable]) -> bool:
    return is_foreign(endpoint) and not set(groups).isdisjoint(groups_named(endpoint, "securityGroupIds"))


@control(
    *BOTH,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    good=[
        {},
        {"ingress": [_FROM_GROUP]},
        *forms(OFFICE, 443),
        *forms("203.0.113.7", 443),
        *forms("10.0.0.0/8", 443, egress=True),
        *forms("172.16.0.0/12", 443),
        *forms("2001:db8::/64", 443),
        *forms("fd00::/8", 443),
    ],
    bad=[
        *forms("203.0.112.0/23", 443),
        *forms("203.0.112.0/23", 443, egress=True),
        *forms("8.0.0.0/7", 443),
        *forms("2001:db8::/63", 443),
        *forms(WORLD, 443),
        *forms(WORLD_6, 443, egress=True),
        *forms("10.0.0.0/0", 443),
        *forms("10.0.0.0/7", 443),
        *forms("anywhere", 443),
        {"ingress": [{"protocol": "tcp", "fromPort": 1, "toPort": 1, "cidrBlocks": [INSIDE, 7]}]},
    ],
)
def sg_no_wide_cidr(resource: Resource) -> Lacks:
    """Rules of security groups must not name wide public ranges: name a /24 (IPv6: a /64), or less."""
    return faulty(rules_of(resource), lambda rule: rule.is_wide)


@control(
    GROUP,
    group=Group.NETWORK,
    severity=Severity.LOW,
    good=[{"description": "Data store main"}],
    bad=[{}, {"description": ""}, {"description": " "}, {"description": "Managed by Pulumi"}, {"description": ["x"]}],
)
def sg_description(group: Resource) -> bool:
    """Security groups must say what they are for: set description, which no later change can correct."""
    return group.text("description").strip() not in {"", "Managed by Pulumi"}


@control(
    *BOTH,
    group=Group.NETWORK,
    severity=Severity.LOW,
    good=[
        {},
        *forms(INSIDE, 443, described="Clients reach main"),
        *forms(INSIDE, 443, egress=True, described="Clients reach main"),
    ],
    bad=[
        *forms(INSIDE, 443),
        *forms(INSIDE, 443, egress=True, described=""),
        {"ingress": [{**_FROM_GROUP, "description": "Clients"}, {**_FROM_GROUP, "toPort": 5433}]},
        {"egress": ["anything"]},
    ],
)
def sg_rule_description(resource: Resource) -> Lacks:
    """Rules of security groups must say what they are for: set description on each."""
    return faulty(rules_of(resource), lambda rule: not rule.is_described)
