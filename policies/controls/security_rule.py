"""A rule of a security group, whichever of the three forms it is written in."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policies.controls.address import is_wide, is_world
from policies.controls.entries import Hidden, Malformed, entries, listed
from policies.controls.relations import is_any, references_of
from policies.lacks import Lacks, lacks
from policies.stack import Stack
from policies.values import CannotTellError, Items, Record, Resource, Unknown, known, opened

GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE: Final = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
RULES: Final = (RULE, INGRESS_RULE, EGRESS_RULE)
VPC: Final = "aws:ec2/vpc:Vpc"
TELLING: Final = (GROUP, DEFAULT_GROUP, VPC)
"""What tells the id of a security group: a group its own, a VPC that of its default group."""
OWNER: Final = "securityGroupId"
"""The property by which a rule of its own says whose it is."""

TCP: Final = "tcp"
UDP: Final = "udp"
ALL: Final = "-1"
_ICMP: Final = ("icmp", "icmpv6")
_NUMBERS: Final = {"6": TCP, "17": UDP, "1": "icmp", "58": "icmpv6", "all": ALL, "": TCP}
_KNOWN: Final = (TCP, UDP, *_ICMP)
_EVERY_PORT: Final = range(65536)
_PEERS: Final = ("securityGroups", "sourceSecurityGroupId", "referencedSecurityGroupId")
_PREFIX_LISTS: Final = ("prefixListIds", "prefixListId")
_LISTS: Final = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups")
_CIDRS: Final = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6")


@dataclass(frozen=True, slots=True)
class SecurityRule:
    """What is let in, or out; what is unknown raises CannotTellError when it is asked for."""

    is_ingress: bool
    properties: Record

    @property
    def protocol(self) -> str:
        """Give `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or another protocol's name or number."""
        if type(self.properties) is Malformed:
            return ALL
        value = self.properties.get("protocol")
        if value is None:
            value = self.properties.get("ipProtocol", "")
        # Nobody knows what another type would come to: it is taken for the worst.
        text = str(value).strip().lower() if isinstance(value, str | int) and not isinstance(value, bool) else ALL
        return _NUMBERS.get(text, text)

    @property
    def ports(self) -> range:
        """Give the ports; all of them where the rule limits none: AWS reads no ports beside the protocol -1."""
        if self.protocol == ALL:
            return _EVERY_PORT
        first, last = port_number(self.properties.get("fromPort")), port_number(self.properties.get("toPort"))
        return range(first or 0, _EVERY_PORT.stop if last is None else last + 1)

    @property
    def exists(self) -> bool:
        """
        Say that the rule is one.

        Raises:
            CannotTellError: it stands for a list of which nothing is known.

        """
        if isinstance(self.properties, Hidden) and self.properties.is_whole_list:
            self.properties.get("")
        return True

    def covers(self, port: int) -> bool:
        """Say whether TCP to *port* is let through."""
        return self.protocol in {TCP, ALL} and port in self.ports

    @property
    def has_ports(self) -> bool:
        """Say whether ports mean something: not for ICMP, where they are types and codes, nor for other protocols."""
        return self.protocol in {TCP, UDP, ALL}

    @property
    def covers_everything(self) -> bool:
        """Say whether every port of a protocol, or every protocol, is let through; no service is on port 0."""
        return self.has_ports and self.ports.start <= 1 and self.ports.stop >= _EVERY_PORT.stop

    @property
    def is_of_world(self) -> bool:
        """Say whether the rule is about every address of the internet."""
        return is_any(self.cidrs, lambda cidr: not isinstance(known(cidr), str) or is_world(known(cidr)))

    @property
    def is_wide(self) -> bool:
        """Say whether the rule is about more public addresses than one customer has, or about what is no address."""
        return is_any(self.cidrs, lambda cidr: is_wide(known(cidr)))

    @property
    def cidrs(self) -> Sequence[Any]:
        """Give the address ranges as they were read, with Unknown in them."""
        if type(self.properties) is Malformed:
            return ["0.0.0.0/0"]
        return [raw for key in _CIDRS for raw in listed(self.properties.raw(key))]

    @property
    def peers(self) -> Sequence[Any]:
        """Give the security groups on the other side as they were read; a group that names itself is not among them."""
        return [raw for key in _PEERS for raw in listed(self.properties.raw(key))]

    @property
    def prefix_lists(self) -> Sequence[Any]:
        """Give the prefix lists as they were read."""
        return [raw for key in _PREFIX_LISTS for raw in listed(self.properties.raw(key))]

    @property
    def names_itself(self) -> bool:
        """Say whether the members of the group are on the other side."""
        return self.properties.get("self") is True

    @property
    def is_described(self) -> bool:
        """Say whether somebody wrote what the rule is for."""
        return bool(self.properties.text("description").strip())

    @property
    def told(self) -> tuple[str, str]:
        """Give id and words that tell the rule from others, as far as they are known: what it lets through, and how."""
        way, words = ("ingress", "in") if self.is_ingress else ("egress", "out")
        try:
            protocol = {ALL: "all"}.get(self.protocol, self.protocol if self.protocol in _KNOWN else "other")
            ports = "" if protocol not in {TCP, UDP} else _range(self.ports)
        except CannotTellError:
            return way, f"a rule that lets {words} what is not known yet"
        id_ = "-".join(filter(None, (way, protocol, ports)))
        return id_, f"a rule that lets {words} {' '.join(filter(None, (protocol, ports)))}"

    def parts(self, owner: Resource) -> set[Hashable]:
        """
        Give what AWS makes of it: a rule for each source. Equal parts are the same rule, written in whatever form.

        Raises:
            CannotTellError: how many sources there are is unknown.

        """
        for key in _LISTS:
            self.properties.get(key)
        sources = {_token(raw) for raw in (*self.cidrs, *self.peers, *self.prefix_lists)}
        own = opened(owner.raw("id"))
        if own in sources or self.names_itself:
            sources = sources - {own} | {"self"}
        return {(self.is_ingress, self._traffic(), source) for source in sources or {None}}

    def _traffic(self) -> Hashable:
        try:
            return self.protocol, self.ports
        except CannotTellError:
            return id(self.properties)


def rules_of(resource: Resource) -> Sequence[SecurityRule]:
    """
    Give the rules that a group has in itself, or the one that a resource of its own is.

    Raises:
        CannotTellError: whether it lets in or out is unknown.

    """
    if resource.type in RULES:
        is_egress = resource.type == EGRESS_RULE or (resource.type == RULE and resource.get("type") == "egress")
        return [SecurityRule(not is_egress, resource)]
    return [*_inline(resource, "ingress"), *_inline(resource, "egress")]


def rules_beside(owner: Resource, stack: Stack) -> Sequence[SecurityRule]:
    """
    Give the rules that are resources of their own: of a group, or of the default group of a VPC.

    Raises:
        CannotTellError: there may be another one.

    """
    for type_, path in stack.unclear(*TELLING):
        if type_ in RULES and path == OWNER:
            raise CannotTellError(path)
    users = [user for user, property_ in stack.referenced_by(owner) if user.type in RULES and property_ == OWNER]
    return [rule for user in users for rule in rules_of(user)]


def rules_inside(group: Resource, beside: Sequence[SecurityRule]) -> Sequence[SecurityRule]:
    """Give the rules that are written in the group: once deployed, it also shows those *beside* it as its own."""
    inline = rules_of(group)
    if not beside or "arn" not in group or group.is_unknown("arn"):
        return inline
    shown = {part for rule in beside for part in rule.parts(group)}
    return [rule for rule in inline if not rule.parts(group) <= shown]


def ingress_of(resource: Resource) -> Sequence[SecurityRule]:
    """Give the rules that let in."""
    if resource.type in RULES:
        return [rule for rule in rules_of(resource) if rule.is_ingress]
    return _inline(resource, "ingress")


def groups_named(resource: Resource, key: str) -> Sequence[Hashable]:
    """
    Give what tells the groups that a property names: ids, or the resources that they come from.

    Raises:
        CannotTellError: it names one that nobody knows where it comes from.

    """
    named: list[Hashable] = [(one.type, one.name) for one in references_of(resource, key)]
    value = opened(resource.raw(key))
    for one in value.raw() if isinstance(value, Items) else [value]:
        match opened(one):
            case str() as text if text:
                named.append(text)
            case Unknown() as unknown if not (unknown.references or named):
                raise CannotTellError(unknown.path)
            case _:
                pass
    return named


def faulty(rules: Iterable[SecurityRule], is_wrong: Callable[[SecurityRule], bool]) -> Lacks:
    """Give each of the rules that is wrong, whatever is unknown of the others."""
    return lacks(rules, lambda rule: not is_wrong(rule), lambda rule: rule.told)


def _range(ports: range) -> str:
    if len(ports) == 1:
        return str(ports.start)
    return f"{ports.start}-{ports.stop - 1}"


def _inline(group: Resource, key: str) -> Sequence[SecurityRule]:
    return [SecurityRule(key == "ingress", properties) for properties in entries(group, key)]


def _token(raw: Any) -> Hashable:
    """Give what tells a source from another, although its value may be unknown."""
    match opened(raw):
        case str() | int() | float() as value:
            return value
        case Unknown(references=(first, *_)):
            return first.type, first.name
        case other:
            return id(other)


def port_number(value: Any) -> int | None:
    """Read a port; None where it limits nothing: absent, -1, or no number. What is over the last one is the last."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return min(number, _EVERY_PORT.stop - 1) if number >= 0 else None
