"""Networks: endpoints, NAT gateways and their addresses."""

from collections.abc import Iterator
from typing import Final

from costs import assumed
from costs.amount import HOURS, Amount
from costs.charge import SHARED, Gap, Item, Kind
from costs.estimators.postgres import home_of
from costs.stack import Resource, Stack, size_of_list, text

ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
SERVICE: Final = "vpc"


def endpoint(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge an endpoint: an interface in each of its zones; a gateway costs nothing, and says so."""
    home = home_of(one, stack, SERVICE)
    if text(one, "vpcEndpointType") in {"", "Gateway"}:
        yield home.charge(Kind.NETWORK, "gateway endpoints", "gateway-endpoint-s3-dynamodb", Amount.of(1), merges=True)
        return
    zones = size_of_list(one, "subnetIds")
    hours = Amount.of(zones * HOURS)
    yield home.charge(Kind.NETWORK, f"interface endpoints in {zones} zones", "interface-endpoint", hours, merges=True)
    used = stack.usage.or_assumed(SHARED, "endpointGib", Amount.about(assumed.ENDPOINT_GIB), "calls for secrets only")
    yield home.charge(
        Kind.NETWORK, "through interface endpoints", "interface-endpoint-data", used.amount, used, merges=True
    )


def nat(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a NAT gateway and what goes through it; its address is charged where it is made."""
    home = home_of(one, stack, SERVICE)
    yield home.charge(Kind.NETWORK, "NAT gateway", "nat-gateway", Amount.of(HOURS))
    used = stack.usage.or_assumed(SHARED, "natGib", Amount.about(assumed.NAT_GIB), "updates and little else")
    yield home.charge(Kind.NETWORK, "through the NAT gateway", "nat-gateway-data", used.amount, used)


def address(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a public address."""
    yield home_of(one, stack, SERVICE).charge(Kind.NETWORK, "public address", "public-ipv4", Amount.of(HOURS))


def flow_log(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge nothing where a log group takes the flow log in, which is charged for it."""
    if text(one, "logDestinationType") not in {"", "cloud-watch-logs"}:
        home = home_of(one, stack, SERVICE)
        yield Gap(store=home.store, resource=home.resource, needs="prices of flow logs that do not go to CloudWatch")


ESTIMATORS: Final = {
    ENDPOINT: endpoint,
    "aws:ec2/natGateway:NatGateway": nat,
    "aws:ec2/eip:Eip": address,
    FLOW_LOG: flow_log,
}
