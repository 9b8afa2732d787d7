"""Who may reach a data store over the network."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.address import is_private
from policies.controls.relations import is_any, naming
from policies.controls.security_rule import (
    EGRESS_RULE,
    GROUP,
    INGRESS_RULE,
    RULE,
    SecurityRule,
    faulty,
    rules_beside,
    rules_of,
)
from policies.controls.store_port import CACHE, GROUPS_OF, INSTANCE, SERVERLESS_CACHE, ports_of
from policies.lacks import Lacks
from policies.stack import Stack
from policies.values import Resource, Unknown, known, opened

CONTROLS: Final = Controls()
control = CONTROLS.add

_STORE: Final = f"ref:{GROUP}::store::id"
_HELD: Final[dict[str, Any]] = {"engine": "postgres", "vpcSecurityGroupIds": [_STORE]}
_DB: Final = {"type": INSTANCE, "name": "db", "inputs": _HELD}
_INLINE: Final = {"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "securityGroups": ["sg-2"]}


def _group(**inputs: Any) -> dict[str, Any]:
    return {"type": GROUP, "name": "store", "inputs": inputs}


def _rule(type_: str = INGRESS_RULE, **inputs: Any) -> dict[str, Any]:
    """Give a rule of a resource of its own: PostgreSQL, unless said otherwise."""
    protocol = "protocol" if type_ == RULE else "ipProtocol"
    rule = {"securityGroupId": _STORE, protocol: "tcp", "fromPort": 5432, "toPort": 5432, **inputs}
    return {"type": type_, "name": "rule", "inputs": rule}


def _stores(group: Resource, stack: Stack) -> Sequence[Resource]:
    """Give the data stores that hold a group."""
    return [store for type_, property_ in GROUPS_OF.items() for store in naming(stack, type_, property_, group)]


def is_held_by_store(group: Resource, stack: Stack) -> bool:
    """Leave out security groups that no data store of the stack holds."""
    return is_any(GROUPS_OF.items(), lambda one: bool(naming(stack, one[0], one[1], group)))


def _is_too_open(ports: set[int], rule: SecurityRule) -> bool:
    """Say whether a rule lets in more than private addresses and groups on one of the ports."""
    if rule.protocol != "tcp" or len(rule.ports) != 1 or rule.ports.start not in ports or rule.prefix_lists:
        return True
    if is_any(rule.cidrs, lambda cidr: not is_private(known(cidr))):
        return True
    return not (rule.cidrs or rule.names_itself or is_any(rule.peers, _is_group))


def _is_group(peer: Any) -> bool:
    value = opened(peer)
    return bool(isinstance(value, Unknown) and value.references) or (isinstance(known(value), str) and value != "")


_CACHE: Final = {"type": CACHE, "name": "cache", "inputs": {"engine": "memcached", "securityGroupIds": [_STORE]}}
_SERVERLESS: Final = {
    "type": SERVERLESS_CACHE,
    "name": "cache",
    "inputs": {"engine": "valkey", "securityGroupIds": [_STORE]},
}
_REPLICA: Final = {
    "type": INSTANCE,
    "name": "replica",
    "inputs": {"replicateSourceDb": f"ref:{INSTANCE}::source::identifier", "vpcSecurityGroupIds": [_STORE]},
}
_SOURCE: Final = {"type": INSTANCE, "name": "source", "inputs": {"engine": "mysql"}}


@control(
    GROUP,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_held_by_store,
    good=[
        [_group(), _DB],
        [_group(), _DB, _rule(referencedSecurityGroupId=_STORE)],
        [_group(ingress=[_INLINE, {**_INLINE, "securityGroups": [], "cidrBlocks": ["10.0.0.0/16"]}]), _DB],
        [_group(ingress=[{"protocol": "6", "fromPort": "5432", "toPort": 5432, "self": True}]), _DB],
        [
            _group(),
            {**_DB, "inputs": {**_HELD, "port": 6000}},
            _rule(fromPort=6000, toPort=6000, cidrIpv6="fd00::/8"),
        ],
        [_group(), _CACHE, _rule(fromPort=11211, toPort=11211, cidrIpv4="10.0.0.0/16")],
        [_group(), _SERVERLESS, _rule(fromPort=6380, toPort=6380, cidrIpv4="10.0.0.0/16")],
        [_group(), _SOURCE, _REPLICA, _rule(fromPort=3306, toPort=3306, cidrIpv4="10.0.0.0/16")],
        [_group(), _DB, _rule(type_=EGRESS_RULE, cidrIpv4="203.0.113.0/24")],
    ],
    bad=[
        [_group(), _DB, _rule(cidrIpv4="203.0.113.7/32")],
        [_group(), _DB, _rule(cidrIpv4="0.0.0.0/0")],
        [_group(), _DB, _rule(referencedSecurityGroupId="sg-2", toPort=5433)],
        [_group(), _DB, _rule(referencedSecurityGroupId="sg-2", fromPort=3306, toPort=3306)],
        [_group(), _DB, _rule(referencedSecurityGroupId="sg-2", ipProtocol="-1")],
        [_group(), _DB, _rule(referencedSecurityGroupId="sg-2", ipProtocol="udp")],
        [_group(), _DB, _rule(prefixListId="pl-1")],
        [_group(), _DB, _rule()],
        [_group(), _DB, _rule(type_=RULE, type="ingress", cidrBlocks=["10.0.0.0/8", "anywhere"])],
        [_group(ingress=[_INLINE, {**_INLINE, "cidrBlocks": ["8.8.8.8/32"]}]), _DB],
        [_group(), _CACHE, _rule(fromPort=6379, toPort=6379, referencedSecurityGroupId="sg-2")],
        [_group(), _SOURCE, _REPLICA, _rule(referencedSecurityGroupId="sg-2")],
    ],
    skipped=[[_group(ingress=[{**_INLINE, "cidrBlocks": ["0.0.0.0/0"]}])]],
)
def db_sg_ingress_only_from_sg(group: Resource, stack: Stack) -> Lacks:
    """Security groups of data stores must let in only groups and private ranges: name one, on the store's own port."""
    ports = {port for store in _stores(group, stack) for port in ports_of(store, stack)}
    rules = [rule for rule in (*rules_of(group), *rules_beside(group, stack)) if rule.is_ingress]
    return faulty(rules, partial(_is_too_open, ports))
