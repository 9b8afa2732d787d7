"""Controls of network ACLs: rules in an order, of which the first that matches decides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.address import is_world
from policies.controls.entries import Malformed, entries
from policies.controls.relations import any_naming, is_any
from policies.controls.security_rule import ALL, VPC, SecurityRule
from policies.lacks import Lacks, lacks
from policies.stack import Stack
from policies.values import CannotTellError, Record, Resource, Unknown, opened

CONTROLS: Final = Controls()
control = CONTROLS.add
ACL: Final = "aws:ec2/networkAcl:NetworkAcl"
ACL_RULE: Final = "aws:ec2/networkAclRule:NetworkAclRule"
ASSOCIATION: Final = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
SSH, RDP = 22, 3389
_CIDRS: Final = ("cidrBlock", "ipv6CidrBlock")
_WORLD: Final = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class AclRule:
    """One rule, inside an ACL or beside it; what is unknown raises CannotTellError when it is asked for."""

    properties: Record

    @property
    def denies(self) -> bool:
        """Say whether the rule keeps out what it matches."""
        return (self.properties.text("ruleAction") or self.properties.text("action")).lower() == "deny"

    @property
    def number(self) -> float | None:
        """Give the place in the order; None when there is none, which AWS refuses."""
        return self.properties.number("ruleNumber" if "ruleNumber" in self.properties else "ruleNo")

    @property
    def traffic(self) -> SecurityRule:
        """Give protocol and ports, which are written as in a security group."""
        return SecurityRule(is_ingress=True, properties=self.properties)

    def is_of_world(self, key: str) -> bool:
        """Say whether the rule is about every address of IPv4 or IPv6; *key* is the property of that family."""
        return isinstance(self.properties, Malformed) or is_world(self.properties.get(key))

    def comes_before(self, other: "AclRule") -> bool:
        """Say whether the rule is asked first; one without a number hides no other, and is hidden by none."""
        own, others = self.number, other.number
        return (inf if own is None else own) < (-inf if others is None else others)


def _admits(allow: AclRule, port: int | None, others: Sequence[AclRule], counts: Callable[[AclRule], bool]) -> bool:
    """Say whether *allow* lets in the world to *port*, None for every port, and no other rule that counts hides it."""

    def matches(rule: AclRule) -> bool:
        if port is not None:
            return rule.traffic.covers(port)
        return rule.traffic.covers_everything and rule.traffic.protocol in {ALL, allow.traffic.protocol}

    def hides(key: str, rule: AclRule) -> bool:
        return rule.denies and rule.comes_before(allow) and rule.is_of_world(key) and matches(rule) and counts(rule)

    if allow.denies or not matches(allow):
        return False
    return is_any(_CIDRS, lambda key: allow.is_of_world(key) and not is_any(others, partial(hides, key)))


def _admitted(resource: Resource, stack: Stack, port: int | None) -> bool:
    """Say whether an ACL, or a rule beside one, lets in the world to a port, None for every port."""
    if resource.type == ACL:
        inside = [AclRule(properties) for properties in entries(resource, "ingress")]
        return is_any(inside, lambda allow: _admits(allow, port, inside, lambda _: True))
    if resource.get("egress") is True:
        return False
    rule = AclRule(resource)
    # Only for a rule that is open by itself the others matter: most are never compared.
    if not _admits(rule, port, (), lambda _: True):
        return False
    others = [AclRule(one) for one in stack.of(ACL_RULE)]
    return _admits(rule, port, others, partial(_is_asked_too, resource))


def _is_asked_too(rule: Resource, other: AclRule) -> bool:
    """Say whether another rule is of the same ACL as *rule*, which lets in, and about what comes in too."""
    if other.properties.get("egress") is True:
        return False
    acl, others = (opened(one.raw("networkAclId")) for one in (rule, other.properties))
    if not isinstance(acl, Unknown) and not isinstance(others, Unknown):
        return acl == others
    origins, those_of_other = rule.references("networkAclId"), other.properties.references("networkAclId")
    if not origins or not those_of_other:
        raise CannotTellError("networkAclId")
    return origins == those_of_other


def _entry(number: int, *ports: int, action: str = "allow", **more: Any) -> dict[str, Any]:
    """Give a rule inside an ACL: TCP from the world, unless said otherwise."""
    limits = {"fromPort": ports[0], "toPort": ports[-1]} if ports else {"fromPort": 0, "toPort": 0}
    return {"ruleNo": number, "action": action, "protocol": "tcp", "cidrBlock": _WORLD, **limits, **more}


def _beside(number: int, *ports: int, action: str = "allow", acl: str = "acl-1", **more: Any) -> dict[str, Any]:
    """Give a rule beside an ACL: TCP from the world, unless said otherwise."""
    inside = _entry(number, *ports, action=action)
    inputs = {key: value for key, value in inside.items() if key not in {"ruleNo", "action"}}
    inputs |= {"networkAclId": acl, "ruleNumber": number, "ruleAction": action, **more}
    return {"type": ACL_RULE, "name": f"rule-{number}-{acl}", "inputs": inputs}


_ACL: Final = f"ref:{ACL}::acl::id"
_SIX: Final[dict[str, Any]] = {"cidrBlock": None, "ipv6CidrBlock": "::/0"}


@control(
    ACL,
    ACL_RULE,
    group=Group.NETWORK,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        {},
        {"ingress": [_entry(100, 443), _entry(110, 20, 21), _entry(120, 22, cidrBlock="10.0.0.0/8")]},
        {"ingress": [_entry(100, 22, protocol="udp"), _entry(110, 22, action="deny")]},
        {"ingress": [_entry(200, protocol="-1"), _entry(100, 0, 4000, action="deny")]},
        {"egress": [_entry(100, 22)]},
        [_beside(100, 443)],
        [_beside(100, 22, egress=True)],
        [_beside(100, 3389, cidrBlock="10.0.0.0/8")],
        [_beside(200, 22), _beside(100, 0, 65535, action="deny")],
        [_beside(200, 22, acl=_ACL), _beside(100, 22, action="deny", acl=_ACL)],
    ],
    bad=[
        {"ingress": [_entry(100, 22)]},
        {"ingress": [_entry(100, 443), _entry(110, 3000, 4000)]},
        {"ingress": [_entry(100, protocol="-1")]},
        {"ingress": [_entry(100, 22, protocol="6", **_SIX)]},
        {"ingress": [_entry(100, 22), _entry(200, 22, action="deny")]},
        {"ingress": [_entry(200, 22), _entry(100, 22, action="deny", cidrBlock="10.0.0.0/8")]},
        {"ingress": [_entry(200, 22, **_SIX), _entry(100, 22, action="deny")]},
        {"ingress": [_entry(200, 22), _entry(100, 22, action="deny", protocol="udp")]},
        {"ingress": _entry(100, 22, ruleNo="first")},
        [_beside(100, 22)],
        [_beside(100, 0, 65535)],
        [_beside(200, 3389, ruleAction="ALLOW")],
    ],
)
def nacl_no_public_admin_ports(resource: Resource, stack: Stack) -> Lacks:
    """Network ACLs must keep the internet from ports 22 and 3389: allow other ports, or deny these before."""
    return lacks(
        (SSH, RDP),
        lambda port: not _admitted(resource, stack, port),
        lambda port: (str(port), f"port {port} is open"),
    )


@control(
    ACL,
    ACL_RULE,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        {},
        {"ingress": [_entry(100, 443), _entry(110, protocol="-1", cidrBlock="10.0.0.0/8")]},
        {"ingress": [_entry(100, 1024, 65535)]},
        {"ingress": [_entry(200, 0, 65535), _entry(100, action="deny", protocol="-1")]},
        {"ingress": [_entry(100, protocol="-1", action="deny")]},
        {"egress": [_entry(100, protocol="-1")]},
        [_beside(100, 1024, 65535)],
        [_beside(100, protocol="-1", egress=True)],
        [_beside(100, -1, -1, protocol="icmp")],
    ],
    bad=[
        {"ingress": [_entry(100, protocol="-1")]},
        {"ingress": [_entry(100, protocol="all", **_SIX)]},
        {"ingress": [_entry(100, 0, 65535)]},
        {"ingress": [_entry(100, 1, 65535, protocol="udp")]},
        {"ingress": [_entry(200, protocol="-1"), _entry(100, 0, 65535, action="deny")]},
        [_beside(100, protocol="-1")],
        [_beside(100, 0, 65535)],
        [_beside(100, protocol="-1", fromPort=None, toPort=None)],
    ],
)
def nacl_no_all_ports(resource: Resource, stack: Stack) -> bool:
    """Network ACLs must not let the internet in on all ports: allow the ports that are served, of one protocol each."""
    return not _admitted(resource, stack, None)


def denies(rule: Resource) -> bool:
    """Leave out rules that allow."""
    return AclRule(rule).denies


@control(
    ACL_RULE,
    group=Group.NETWORK,
    severity=Severity.LOW,
    when=denies,
    good=[
        {"ruleAction": "deny", "cidrBlock": _WORLD},
        {"ruleAction": "DENY", "ipv6CidrBlock": "::/0", "egress": True},
    ],
    bad=[
        {"ruleAction": "deny"},
        {"ruleAction": "deny", "cidrBlock": "10.0.0.0/8"},
        {"ruleAction": "deny", "ipv6CidrBlock": "::/1"},
        {"ruleAction": "deny", "cidrBlock": [_WORLD]},
    ],
    skipped=[{"ruleAction": "allow", "cidrBlock": "10.0.0.0/8"}, {}],
)
def nacl_effective_deny(rule: Resource) -> bool:
    """Rules of network ACLs that deny must be about every address: set cidr_block to 0.0.0.0/0, or IPv6 to ::/0."""
    # Whoever is kept out by address comes from another one.
    return is_any(_CIDRS, AclRule(rule).is_of_world)


@control(
    ACL,
    group=Group.NETWORK,
    severity=Severity.LOW,
    scope=Scope.STACK,
    good=[
        {"subnetIds": ["ref:aws:ec2/subnet:Subnet::a::id"]},
        {"subnetIds": ["subnet-1"]},
        [
            {"type": ACL, "name": "acl", "inputs": {}},
            {"type": ASSOCIATION, "name": "a", "inputs": {"networkAclId": _ACL, "subnetId": "subnet-1"}},
        ],
    ],
    bad=[
        {},
        {"subnetIds": []},
        {"subnetIds": 1},
        [
            {"type": ACL, "name": "acl", "inputs": {"id": "acl-1"}},
            {"type": ASSOCIATION, "name": "a", "inputs": {"networkAclId": "acl-2", "subnetId": "subnet-1"}},
        ],
    ],
)
def nacl_attached(acl: Resource, stack: Stack) -> bool:
    """Network ACLs must be in use: set subnet_ids, add a NetworkAclAssociation, or delete it."""
    return is_any(
        (lambda: acl.lists("subnetIds"), lambda: any_naming(stack, ASSOCIATION, "networkAclId", acl)),
        lambda way: way(),
    )


@control(
    ACL,
    VPC,
    group=Group.NETWORK,
    severity=Severity.LOW,
    good=[[{"type": VPC, "name": "vpc", "inputs": {}}]],
    bad=[{}, {"subnetIds": ["subnet-1"]}],
)
def vpc_no_nacls(resource: Resource) -> bool:
    """Networks must do without network ACLs of their own: delete the ACL, and say what may pass in security groups."""
    return resource.type != ACL
