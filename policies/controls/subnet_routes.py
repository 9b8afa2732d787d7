"""Whether the internet reaches a subnet: its route table leads to an internet gateway."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from policies.controls.address import is_world
from policies.controls.entries import Malformed, entries
from policies.controls.relations import any_naming, is_any, naming
from policies.stack import Stack
from policies.values import CannotTellError, Record, Resource, known

SUBNET: Final = "aws:ec2/subnet:Subnet"
_VPC: Final = "aws:ec2/vpc:Vpc"
_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
_TABLE: Final = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_ROUTE: Final = "aws:ec2/route:Route"
_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock")
"""Where a route leads: the first two beside a table, the others inside one."""
_GATEWAYS: Final = frozenset(
    {
        "aws:ec2/internetGateway:InternetGateway",
        "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
    }
)


def has_subnets_here(group: Resource, stack: Stack) -> bool:
    """
    Say whether the stack makes a subnet of a subnet group; of a network given by id nothing is known here.

    Raises:
        CannotTellError: none for sure, but it may.

    """
    return bool(stack.related(group, "subnetIds", SUBNET))


def has_public_subnet(group: Resource, stack: Stack) -> bool:
    """
    Say whether one of the subnets in `subnetIds` of a subnet group is public.

    A subnet that the stack does not make, of a network given by id, is not judged: its routes are not known here.

    Raises:
        CannotTellError: none is public for sure, but one may be.

    """
    return is_any(stack.related(group, "subnetIds", SUBNET), lambda subnet: is_public(subnet, stack))


def is_public(subnet: Resource, stack: Stack) -> bool:
    """
    Say whether a subnet's route table sends what is not local to an internet gateway.

    Raises:
        CannotTellError: no route is known to do so, but one may.

    """
    return is_any(_tables(subnet, stack), lambda table: _leads_out(table, stack))


def _tables(subnet: Resource, stack: Stack) -> Iterator[Resource]:
    """Give the route tables of a subnet; one without a table of its own has its network's main table."""
    associations = naming(stack, _ASSOCIATION, "subnetId", subnet)
    for association in associations:
        yield from _named(association, stack)
    if not associations:
        for vpc in stack.related(subnet, "vpcId", _VPC):
            yield from naming(stack, _DEFAULT_TABLE, "defaultRouteTableId", vpc)
            for association in naming(stack, _MAIN_ASSOCIATION, "vpcId", vpc):
                yield from _named(association, stack)


def _named(association: Resource, stack: Stack) -> Sequence[Resource]:
    """Give the table of an association: of one of two types, and it cannot be of both."""
    doubt: CannotTellError | None = None
    for type_ in (_TABLE, _DEFAULT_TABLE):
        try:
            if found := stack.related(association, "routeTableId", type_):
                return found
        except CannotTellError as error:
            doubt = error
    if doubt:
        raise doubt
    return ()


def _leads_out(table: Resource, stack: Stack) -> bool:
    return is_any(entries(table, "routes"), is_way_out) or any_naming(stack, _ROUTE, "routeTableId", table, is_way_out)


def is_way_out(route: Record) -> bool:
    """Say whether a route sends the world to an internet gateway; one for IPv6 that lets only out is none."""
    if isinstance(route, Malformed):
        return True
    ranges = [route.raw(key) for key in _DESTINATIONS if key in route]
    if not is_any(ranges, lambda one: not isinstance(known(one), str) or is_world(known(one))):
        return False
    if any(origin.type in _GATEWAYS for origin in route.references("gatewayId")):
        return True
    gateway = route.get("gatewayId", "")
    return not isinstance(gateway, str) or gateway.startswith("igw-")


def subnets_example(group: str, *, public: bool, beside: bool = False) -> list[dict[str, Any]]:
    """Give a subnet group `orders` of a type with one subnet; the default route is in its table or *beside* it."""
    out = {"gatewayId": f"ref:{_GATEWAY}::out::id"} if public else {"natGatewayId": "nat-1"}
    inside = [] if beside else [{"cidrBlock": "0.0.0.0/0", **out}]
    table = f"ref:{_TABLE}::routes::id"
    example = [
        {"type": group, "name": "orders", "inputs": {"name": "orders", "subnetIds": [f"ref:{SUBNET}::a::id"]}},
        {"type": SUBNET, "name": "a", "inputs": {"vpcId": f"ref:{_VPC}::main::id"}},
        {"type": _TABLE, "name": "routes", "inputs": {"vpcId": f"ref:{_VPC}::main::id", "routes": inside}},
        {"type": _ASSOCIATION, "name": "a", "inputs": {"subnetId": f"ref:{SUBNET}::a::id", "routeTableId": table}},
    ]
    if beside:
        route = {"routeTableId": table, "destinationCidrBlock": "0.0.0.0/0", **out}
        example.append({"type": _ROUTE, "name": "default", "inputs": route})
    return example
