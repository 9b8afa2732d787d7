"""Examples of security group rules, the same rule in each of its three forms."""

from typing import Any

from policies.control import Example
from policies.controls.security_rule import EGRESS_RULE, INGRESS_RULE, RULE

WORLD = "0.0.0.0/0"
WORLD_6 = "::/0"


def forms(
    cidr: str, *ports: int, protocol: str = "tcp", egress: bool = False, described: str | None = None
) -> list[Example]:
    """Write a rule inside a group, as a SecurityGroupRule and as the newer resource; *ports* are none, one or two."""
    direction = "egress" if egress else "ingress"
    family = ("ipv6CidrBlocks", "cidrIpv6") if ":" in cidr else ("cidrBlocks", "cidrIpv4")
    limits: dict[str, Any] = {"fromPort": ports[0], "toPort": ports[-1]} if ports else {}
    limits |= {"description": described} if described is not None else {}
    older = {"protocol": protocol, family[0]: [cidr], **limits}
    newer = {"ipProtocol": protocol, family[1]: cidr, **limits}
    return [
        {direction: [older]},
        [{"type": RULE, "name": "rule", "inputs": {"type": direction, "securityGroupId": "sg-1", **older}}],
        [
            {
                "type": EGRESS_RULE if egress else INGRESS_RULE,
                "name": "rule",
                "inputs": {"securityGroupId": "sg-1", **newer},
            }
        ],
    ]


def inside(cidr: str, *ports: int, protocol: str = "tcp", egress: bool = False) -> Example:
    """Write a rule inside a group."""
    return forms(cidr, *ports, protocol=protocol, egress=egress)[0]
