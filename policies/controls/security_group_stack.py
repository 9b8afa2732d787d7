"""Controls of security groups that need the stack around them: their separate rules, and who holds them."""

import re
from functools import partial
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.relations import any_naming, is_any
from policies.controls.security_rule import (
    DEFAULT_GROUP,
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    OWNER,
    RULE,
    RULES,
    TELLING,
    VPC,
    SecurityRule,
    rules_beside,
    rules_inside,
    rules_of,
)
from policies.controls.store_port import INSTANCE
from policies.stack import Stack
from policies.values import CannotTellError, Items, Resource, Unknown, opened

CONTROLS: Final = Controls()
control = CONTROLS.add

_DESCRIBING: Final = (
    "aws:vpc/securityGroupVpcAssociation:SecurityGroupVpcAssociation",
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive",
)
"""What names a group to say something of it, besides its rules; all else that names one holds it."""
_HOLDING: Final = re.compile("securitygroup|vpcconfig|vpcoptions|networkconfiguration|networkinterface", re.IGNORECASE)
"""Where an unknown value may be a group, in any type."""
_WHOLE_RULES: Final = re.compile(r"(in|e)gress(\[\d+\])?")
"""Where unknown rules of a group may let another one in."""

_STORE: Final = f"ref:{GROUP}::store::id"
_CLIENTS: Final = f"ref:{GROUP}::clients::id"
_DB: Final = {"type": INSTANCE, "name": "db", "inputs": {"engine": "postgres", "vpcSecurityGroupIds": [_STORE]}}
_INLINE: Final = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-2"]}


def _group(name: str = "store", **inputs: Any) -> dict[str, Any]:
    return {"type": GROUP, "name": name, "inputs": inputs}


def _rule(name: str = "rule", type_: str = INGRESS_RULE, **inputs: Any) -> dict[str, Any]:
    """Give a rule of a resource of its own: PostgreSQL from the clients' group, unless said otherwise."""
    protocol = "protocol" if type_ == RULE else "ipProtocol"
    rule = {OWNER: _STORE, protocol: "tcp", "fromPort": 5432, "toPort": 5432, **inputs}
    return {"type": type_, "name": name, "inputs": rule}


@control(
    GROUP,
    group=Group.NETWORK,
    severity=Severity.LOW,
    scope=Scope.STACK,
    good=[
        [_group(egress=[_INLINE])],
        [_group(egress=[])],
        [_group(), _rule(type_=EGRESS_RULE, referencedSecurityGroupId="sg-2")],
        [_group(), _rule(type_=RULE, type="egress", sourceSecurityGroupId="sg-2")],
    ],
    bad=[
        [_group()],
        [_group(ingress=[_INLINE])],
        [_group(egress=None)],
        [_group(), _rule(), _rule("older", RULE, type="ingress")],
        [_group(), _rule(type_=EGRESS_RULE, securityGroupId="sg-1")],
    ],
)
def sg_egress_defined(group: Resource, stack: Stack) -> bool:
    """Security groups must say what they let out: set egress, [] for nothing, or add rules of egress."""
    if any(not rule.is_ingress for rule in rules_beside(group, stack)):
        return True
    if group.is_unknown("egress") and not group.references("egress"):
        raise CannotTellError("egress")
    return isinstance(opened(group.raw("egress")), Items | Unknown)


def _is_same(one: Resource, other: Resource) -> bool:
    return (one.type, one.name, one.urn) == (other.type, other.name, other.urn)


def _exists(rule: SecurityRule) -> bool:
    return rule.exists


def _is_held(group: Resource, stack: Stack) -> bool:
    """Say whether something has the group: a network card, or whatever brings one of its own."""
    for user, property_ in stack.referenced_by(group):
        # The id of its VPC may be read from a group, which is no way to hold it.
        if user.type not in (GROUP, DEFAULT_GROUP, *RULES, *_DESCRIBING) and property_ != "vpcId":
            return True
    for type_, path in stack.unclear(*TELLING):
        if _HOLDING.search(path) and type_ not in (GROUP, DEFAULT_GROUP, *RULES, *_DESCRIBING):
            raise CannotTellError(path)
    return False


def _is_let_in(group: Resource, stack: Stack, use: tuple[Resource, str]) -> bool:
    """Say whether a use of the group is a rule of another one that is held: whoever has the former reaches that one."""
    user, property_ = use
    if user.type == GROUP:
        return _is_held(user, stack)
    if user.type not in RULES or property_ == OWNER:
        return False
    owners = stack.related(user, OWNER, GROUP)
    return not owners or any(not _is_same(one, group) and _is_held(one, stack) for one in owners)


@control(
    GROUP,
    group=Group.NETWORK,
    severity=Severity.LOW,
    scope=Scope.STACK,
    good=[
        [_group(), _DB],
        [_group(), {"type": "acme:x/y:Z", "name": "z", "inputs": {"vpcConfig": [{"securityGroupIds": [_STORE]}]}}],
        [_group("clients"), _group(), _DB, _rule(referencedSecurityGroupId=_CLIENTS)],
        [_group("clients"), _group(ingress=[{**_INLINE, "securityGroups": [_CLIENTS]}]), _DB],
        [_group("clients"), _rule(type_=RULE, type="ingress", securityGroupId="sg-9", sourceSecurityGroupId=_CLIENTS)],
    ],
    bad=[
        [_group()],
        [_group(), _rule(), _rule("older", RULE, type="ingress", self=True)],
        [_group(), _rule(referencedSecurityGroupId=_STORE)],
        [_group(), _group("clients"), _rule(referencedSecurityGroupId=_CLIENTS)],
        [_group(id="sg-1"), {**_DB, "inputs": {"vpcSecurityGroupIds": ["sg-0"]}}],
        [_group(), {"type": "acme:x/y:Z", "name": "z", "inputs": {"vpcId": _STORE}}],
    ],
)
def sg_attached(group: Resource, stack: Stack) -> bool:
    """Security groups must be in use: attach the group, let it in by a rule of one that is attached, or delete it."""
    # A rule of its own is no use. A group that an attached one lets in is: its members may live in other stacks.
    uses = stack.referenced_by(group)
    if is_any(uses, partial(_is_let_in, group, stack)) or _is_held(group, stack):
        return True
    for type_, path in stack.unclear(*TELLING):
        if (_HOLDING.search(path) and not (type_ in RULES and path == OWNER)) or _WHOLE_RULES.fullmatch(path):
            raise CannotTellError(path)
    return False


def _many(count: int, **inputs: Any) -> list[dict[str, Any]]:
    return [{**_INLINE, "securityGroups": [f"sg-{number}"], **inputs} for number in range(count)]


_RANGES: Final = [f"10.0.{number}.0/24" for number in range(51)]


@control(
    GROUP,
    group=Group.NETWORK,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    settings={"most": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50}},
    good=[
        [_group()],
        [_group(ingress=_many(50), egress=_many(50))],
        [_group(ingress=_many(49)), _rule(cidrIpv4="10.0.0.0/8")],
        [_group(ingress=_many(50)), _rule(type_=EGRESS_RULE, cidrIpv4="10.0.0.0/8")],
        [_group(ingress=[{**_INLINE, "cidrBlocks": _RANGES[1:], "securityGroups": []}])],
        [_group(ingress=_many(50)), _rule(securityGroupId="sg-1", cidrIpv4="10.0.0.0/8")],
    ],
    bad=[
        [_group(ingress=_many(51))],
        [_group(egress=_many(51))],
        [_group(ingress=_many(50)), _rule(cidrIpv4="10.0.0.0/8")],
        [_group(ingress=_many(50)), _rule(type_=RULE, type="ingress", cidrBlocks=["10.0.0.0/8"])],
        [_group(), *(_rule(f"rule-{number}", cidrIpv4=cidr) for number, cidr in enumerate(_RANGES))],
        [_group(ingress=[{**_INLINE, "cidrBlocks": _RANGES, "securityGroups": []}])],
    ],
)
def sg_rule_count(group: Resource, stack: Stack, *, most: int) -> bool:
    """Security groups must have {most} rules or fewer each way: merge ranges, or name source groups."""
    # AWS counts a rule for each source, however many of them are written together.
    parts = {part for rule in (*rules_of(group), *rules_beside(group, stack)) for part in _directed(rule, group)}
    counts = [sum(is_ingress is way for is_ingress, _ in parts) for way in (True, False)]
    return max(counts) <= most


def _directed(rule: SecurityRule, group: Resource) -> set[tuple[bool, Any]]:
    return {(rule.is_ingress, part) for part in rule.parts(group)}


@control(
    GROUP,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        [_group(), _rule(cidrIpv4="10.0.0.0/8"), _rule("older", RULE, type="egress")],
        [_group(ingress=[_INLINE], egress=[_INLINE])],
        [_group(ingress=[], egress=[]), _rule()],
        [_group(ingress=[_INLINE]), _rule(securityGroupId="sg-1")],
    ],
    bad=[
        [_group(ingress=[_INLINE]), _rule(cidrIpv4="10.0.0.0/8")],
        [_group(ingress=[_INLINE]), _rule(referencedSecurityGroupId="sg-2")],
        [_group(egress=[_INLINE]), _rule(type_=RULE, type="ingress")],
        [_group(ingress=[_INLINE]), _rule(type_=EGRESS_RULE)],
    ],
)
def sg_no_rule_conflicts(group: Resource, stack: Stack) -> bool:
    """Security groups must have rules inside or beside them, not both, as each undoes the other: move them all out."""
    beside = rules_beside(group, stack)
    return not (beside and is_any(rules_inside(group, beside), _exists))


_VPC: Final = {"type": VPC, "name": "vpc", "inputs": {"cidrBlock": "10.0.0.0/16"}}
_IN_VPC: Final = {"vpcId": f"ref:{VPC}::vpc::id"}


def _default(**inputs: Any) -> dict[str, Any]:
    return {"type": DEFAULT_GROUP, "name": "default", "inputs": inputs}


@control(
    VPC,
    DEFAULT_GROUP,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        [_VPC, _default(**_IN_VPC)],
        [_VPC, _default(**_IN_VPC, ingress=[], egress=[])],
        [_default(vpcId="vpc-1"), _rule()],
    ],
    bad=[
        [_VPC],
        [{**_VPC, "inputs": {"id": "vpc-2"}}],
        [_default(vpcId="vpc-1", ingress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "self": True}])],
        [
            _default(
                vpcId="vpc-1", egress=[{"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["10.0.0.0/8"]}]
            )
        ],
        [_default(vpcId="vpc-1"), _rule(securityGroupId=f"ref:{DEFAULT_GROUP}::default::id")],
        [
            _default(vpcId="vpc-1"),
            _rule(type_=RULE, securityGroupId=f"ref:{DEFAULT_GROUP}::default::id", type="egress"),
        ],
        [_VPC, _rule(securityGroupId=f"ref:{VPC}::vpc::defaultSecurityGroupId")],
    ],
)
def vpc_default_sg_closed(resource: Resource, stack: Stack) -> bool:
    """Default security groups must have no rules: give each VPC a DefaultSecurityGroup without ingress and egress."""
    if resource.type == DEFAULT_GROUP:
        return not rules_beside(resource, stack) and not is_any(rules_of(resource), _exists)
    if not any_naming(stack, DEFAULT_GROUP, "vpcId", resource):
        return False
    # The only group that a VPC tells the id of is the default one.
    default = resource.raw("defaultSecurityGroupId")
    return not rules_beside(resource, stack) and not (isinstance(default, str) and _has_rules(default, stack))


def _has_rules(group_id: str, stack: Stack) -> bool:
    return is_any((rule for type_ in RULES for rule in stack.of(type_)), lambda rule: rule.get(OWNER) == group_id)
