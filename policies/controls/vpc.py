"""Controls of networks: flow logs, subnets and their routes."""

from collections.abc import Iterator
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.entries import entries
from policies.controls.relations import any_naming, is_any, naming
from policies.controls.security_rule import VPC
from policies.controls.subnet_routes import is_public, is_way_out
from policies.stack import Stack
from policies.values import CannotTellError, Resource, Unknown, opened

CONTROLS: Final = Controls()
control = CONTROLS.add
DEFAULT_VPC: Final = "aws:ec2/defaultVpc:DefaultVpc"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
SUBNET: Final = "aws:ec2/subnet:Subnet"
ROUTE: Final = "aws:ec2/route:Route"
TABLE: Final = "aws:ec2/routeTable:RouteTable"
DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
BLOCK: Final = "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions"

_REF: Final = f"ref:{VPC}::vpc::id"
_GATEWAY: Final = "ref:aws:ec2/internetGateway:InternetGateway::out::id"
_NETWORK: Final = {"type": VPC, "name": "vpc", "inputs": {"cidrBlock": "10.0.0.0/16"}}


def _subnet(name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": SUBNET, "name": name, "inputs": {"vpcId": _REF, **inputs}}


def _flow_log(**inputs: Any) -> dict[str, Any]:
    return {"type": FLOW_LOG, "name": "log", "inputs": {"trafficType": "ALL", **inputs}}


@control(
    VPC,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        [_NETWORK, _flow_log(vpcId=_REF)],
    ],
    bad=[
        [_NETWORK],
        [_NETWORK, _flow_log(subnetId="subnet-1")],
        [{**_NETWORK, "inputs": {"id": "vpc-1"}}, _flow_log(vpcId="vpc-2")],
    ],
)
def vpc_flow_logs(vpc: Resource, stack: Stack) -> bool:
    """Networks must have flow logs: add a FlowLog with vpc_id."""
    return any_naming(stack, FLOW_LOG, "vpcId", vpc)


@control(
    DEFAULT_VPC,
    VPC,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    good=[[_NETWORK]],
    bad=[{}, {"enableDnsSupport": True}],
)
def vpc_no_default_vpc(vpc: Resource) -> bool:
    """Networks must not be the default one of the region, whose subnets are public: make a Vpc."""
    return vpc.type != DEFAULT_VPC


@control(
    SUBNET,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    good=[{}, {"mapPublicIpOnLaunch": False}],
    bad=[{"mapPublicIpOnLaunch": True}, {"mapPublicIpOnLaunch": "true"}],
)
def subnet_no_auto_public_ip(subnet: Resource) -> bool:
    """Subnets must not hand out public addresses: set map_public_ip_on_launch=False."""
    return subnet.get("mapPublicIpOnLaunch", False) is False


def _table(*routes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"type": TABLE, "name": "table", "inputs": {"routes": list(routes)}}]


@control(
    ROUTE,
    TABLE,
    DEFAULT_TABLE,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    good=[
        {},
        {"destinationCidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"},
        {"destinationCidrBlock": "10.0.0.0/8", "gatewayId": _GATEWAY},
        {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "vgw-1"},
        {"destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": "eigw-1"},
        _table(),
        _table({"cidrBlock": "0.0.0.0/0", "natGatewayId": "nat-1"}, {"cidrBlock": "10.0.0.0/8", "gatewayId": "igw-1"}),
    ],
    bad=[
        [{"type": TABLE, "name": "table", "inputs": {"routes": 7}}],
        {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": _GATEWAY},
        {"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"},
        {"destinationIpv6CidrBlock": "::/0", "gatewayId": _GATEWAY},
        _table({"cidrBlock": "10.0.0.0/8", "gatewayId": "local"}, {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}),
        _table({"ipv6CidrBlock": "::/0", "gatewayId": _GATEWAY}),
        [
            {
                "type": DEFAULT_TABLE,
                "name": "t",
                "inputs": {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]},
            }
        ],
    ],
)
def vpc_no_igw_default_route(resource: Resource) -> bool:
    """Routes must not lead the whole world to an internet gateway: route to a NAT gateway or an endpoint, or not."""
    return not is_any([resource] if resource.type == ROUTE else entries(resource, "routes"), is_way_out)


def is_of_own_network(subnet: Resource, stack: Stack) -> bool:
    """Leave out subnets of a network that is given by id: its other subnets are not known here."""
    return bool(stack.related(subnet, "vpcId", VPC))


def _neighbours(subnet: Resource, stack: Stack) -> Iterator[Resource]:
    """Give the subnets of the same network, itself included."""
    for vpc in stack.related(subnet, "vpcId", VPC):
        yield from naming(stack, SUBNET, "vpcId", vpc)


def _zone(subnet: Resource, key: str) -> str:
    """Give a subnet's zone, known or the n-th of the region's (`unknown:availabilityZones[n]`); else an empty text."""
    value = opened(subnet.raw(key))
    if isinstance(value, Unknown):
        return value.what if value.what.startswith("unknown:availabilityZones[") else ""
    return subnet.text(key)


@control(
    SUBNET,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    when=is_of_own_network,
    good=[
        [_NETWORK, _subnet("a", availabilityZone="eu-1a"), _subnet("b", availabilityZone="eu-1b")],
        [_NETWORK, _subnet("a", availabilityZoneId="euw1-az1"), _subnet("b", availabilityZoneId="euw1-az2")],
    ],
    bad=[
        [_NETWORK, _subnet("a", availabilityZone="eu-1a")],
        [_NETWORK, _subnet("a", availabilityZone="eu-1a"), _subnet("b", availabilityZone="eu-1a")],
        [_NETWORK, _subnet("a", availabilityZone="eu-1a"), _subnet("b")],
        [_NETWORK, _subnet("a", availabilityZone="eu-1a"), _subnet("b", availabilityZone=7)],
        [_NETWORK, _subnet("a"), _subnet("b")],
    ],
    skipped=[[_subnet("a", vpcId="vpc-1", availabilityZone="eu-1a")]],
)
def vpc_subnets_multi_az(subnet: Resource, stack: Stack) -> bool:
    """Subnets of a network must be in two zones or more: set availability_zone of one to another zone."""
    neighbours = list(_neighbours(subnet, stack))
    doubt = ""
    for key in ("availabilityZone", "availabilityZoneId"):
        zones = {_zone(one, key) for one in neighbours} - {""}
        if len(zones) > 1:
            return True
        doubt = next((key for one in neighbours if one.is_unknown(key)), doubt)
    if doubt and len(neighbours) > 1:
        raise CannotTellError(doubt)
    return False


def _takes_public(subnet: Resource, stack: Stack) -> bool:
    return is_any(
        (lambda: subnet.get("mapPublicIpOnLaunch") is True, lambda: is_public(subnet, stack)), lambda way: way()
    )


_ROUTED: Final = [
    {"type": TABLE, "name": "out", "inputs": {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}]}},
    {
        "type": ASSOCIATION,
        "name": "out",
        "inputs": {"subnetId": f"ref:{SUBNET}::a::id", "routeTableId": f"ref:{TABLE}::out::id"},
    },
]


@control(
    SUBNET,
    group=Group.NETWORK,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    when=is_of_own_network,
    good=[
        [_NETWORK, _subnet("a", mapPublicIpOnLaunch=True), _subnet("b")],
        [_NETWORK, _subnet("a"), _subnet("b"), *_ROUTED],
    ],
    bad=[
        [_NETWORK, _subnet("a"), _subnet("b", mapPublicIpOnLaunch=False)],
        [_NETWORK, _subnet("a", mapPublicIpOnLaunch=True)],
        [_NETWORK, _subnet("a"), *_ROUTED],
    ],
    skipped=[[_subnet("a", vpcId="vpc-1")]],
)
def vpc_public_private_separated(subnet: Resource, stack: Stack) -> bool:
    """Networks must keep public and private apart: add subnets of the other kind, with routes of their own."""
    neighbours = list(_neighbours(subnet, stack))
    return is_any(neighbours, lambda one: _takes_public(one, stack)) and is_any(
        neighbours, lambda one: not _takes_public(one, stack)
    )


@control(
    BLOCK,
    group=Group.NETWORK,
    severity=Severity.MEDIUM,
    good=[{"internetGatewayBlockMode": "block-bidirectional"}],
    bad=[{}, {"internetGatewayBlockMode": "block-ingress"}, {"internetGatewayBlockMode": "off"}],
)
def vpc_block_public_access(options: Resource) -> bool:
    """Public access to networks must be blocked both ways: set internet_gateway_block_mode to block-bidirectional."""
    return options.get("internetGatewayBlockMode") == "block-bidirectional"
