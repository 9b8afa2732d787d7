"""Controls of VPC endpoints and of the services that they lead to."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.entries import entries, listed
from policies.controls.exposure import is_public
from policies.controls.relations import is_any, naming, references_of
from policies.controls.statement import statements
from policies.stack import Stack
from policies.values import CannotTellError, Reference, Resource, Unknown, opened

CONTROLS: Final = Controls()
control = CONTROLS.add
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
SERVICE: Final = "aws:ec2/vpcEndpointService:VpcEndpointService"
SUBNET_ASSOCIATION: Final = "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation"
POLICY: Final = "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"
ATLAS_SERVICE: Final = "ref:mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint::way::endpointServiceName"
_ZONES: Final = 2

_ME: Final = f"ref:{ENDPOINT}::it::id"
_ALL: Final = '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}'
_OURS: Final = (
    '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",'
    ' "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111"}}}]}'
)
_NAMED: Final = (
    '{"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"},'
    ' "Action": "*", "Resource": "*"}]}'
)
_INTERFACE: Final = {"vpcEndpointType": "Interface"}
_DYNAMODB: Final = {"serviceName": "com.amazonaws.eu-central-1.dynamodb"}


def _endpoint(**inputs: Any) -> dict[str, Any]:
    return {"type": ENDPOINT, "name": "it", "inputs": inputs}


def _beside(type_: str, name: str = "beside", **inputs: Any) -> dict[str, Any]:
    return {"type": type_, "name": name, "inputs": {"vpcEndpointId": _ME, **inputs}}


@control(
    SERVICE,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[{"acceptanceRequired": True}],
    bad=[{}, {"acceptanceRequired": False}, {"acceptanceRequired": "true"}],
)
def vpc_endpoint_service_acceptance(service: Resource) -> bool:
    """Endpoint services must accept each connection by hand: set acceptance_required=True."""
    return service.get("acceptanceRequired") is True


def has_addresses(endpoint: Resource) -> bool:
    """Leave out endpoints that are not of type Interface: those are routes, and in every zone."""
    return endpoint.text("vpcEndpointType") == "Interface"


def _is_in_zones(endpoint: Resource, stack: Stack) -> bool:
    """Say whether an endpoint has a subnet in enough zones, however they are written."""
    configured = [one.raw("subnetId") for one in entries(endpoint, "subnetConfigurations")]
    beside = [one.raw("subnetId") for one in naming(stack, SUBNET_ASSOCIATION, "vpcEndpointId", endpoint)]
    given = [opened(raw) for raw in (*listed(endpoint.raw("subnetIds")), *configured, *beside)]
    found: set[str | Reference] = {one for one in given if isinstance(one, str)}
    doubt = ""
    for one in given:
        if isinstance(one, Unknown):
            found.update(one.references)
            # The engine says of a list which resources it comes from, not which item comes from which.
            doubt = doubt if len(one.references) == 1 else one.path
    # AWS takes one subnet of a zone for an endpoint, so that two subnets are two zones.
    if len(found) >= _ZONES and len(given) >= _ZONES:
        return True
    if doubt:
        raise CannotTellError(doubt)
    return False


_SUBNETS: Final = ["ref:aws:ec2/subnet:Subnet::a::id", "ref:aws:ec2/subnet:Subnet::b::id"]


@control(
    ENDPOINT,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    when=has_addresses,
    good=[
        {**_INTERFACE, "subnetIds": ["subnet-1", "subnet-2"]},
        {**_INTERFACE, "subnetIds": _SUBNETS},
        {**_INTERFACE, "subnetConfigurations": [{"subnetId": "subnet-1"}, {"subnetId": "subnet-2"}]},
        [
            _endpoint(**_INTERFACE, subnetIds=["subnet-1"]),
            _beside(SUBNET_ASSOCIATION, subnetId="subnet-2"),
        ],
    ],
    bad=[
        _INTERFACE,
        {**_INTERFACE, "subnetIds": []},
        {**_INTERFACE, "subnetIds": ["subnet-1"]},
        {**_INTERFACE, "subnetIds": ["subnet-1", "subnet-1"]},
        {**_INTERFACE, "subnetIds": "subnet-1"},
        {**_INTERFACE, "subnetIds": [1, 2]},
        {**_INTERFACE, "subnetIds": ["subnet-1"], "subnetConfigurations": [{"subnetId": "subnet-1"}]},
        [
            _endpoint(**_INTERFACE, subnetIds=["subnet-1"]),
            _beside(SUBNET_ASSOCIATION, vpcEndpointId="vpce-1", subnetId="subnet-2"),
        ],
    ],
    skipped=[{}, {"vpcEndpointType": "Gateway", "subnetIds": ["subnet-1"]}],
)
def vpc_endpoint_multi_az(endpoint: Resource, stack: Stack) -> bool:
    """Interface endpoints must be in two zones or more: name a subnet of each in subnet_ids."""
    return _is_in_zones(endpoint, stack)


def is_foreign(endpoint: Resource) -> bool:
    """Say whether an endpoint leads to a service that is not AWS's own, such as MongoDB Atlas."""
    if any(one.type.startswith("mongodbatlas:") for one in references_of(endpoint, "serviceName")):
        return True
    return endpoint.text("serviceName").startswith("com.amazonaws.vpce.")


def takes_policy(endpoint: Resource) -> bool:
    """Leave out endpoints that have no policy: of load balancers, and of services that are not AWS's own."""
    return endpoint.text("vpcEndpointType") in {"", "Gateway", "Interface"} and not is_foreign(endpoint)


@control(
    ENDPOINT,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=takes_policy,
    good=[
        {**_DYNAMODB, "policy": _OURS},
        {**_DYNAMODB, "policy": _NAMED},
        {**_DYNAMODB, **_INTERFACE, "policy": _OURS},
        [_endpoint(**_DYNAMODB), _beside(POLICY, policy=_OURS)],
    ],
    bad=[
        {},
        _DYNAMODB,
        {**_DYNAMODB, "policy": ""},
        {**_DYNAMODB, "policy": _ALL},
        {**_DYNAMODB, "policy": _OURS.replace("PrincipalAccount", "SecureTransport")},
        {**_DYNAMODB, "policy": "everybody"},
        {**_DYNAMODB, "policy": 7},
        [_endpoint(**_DYNAMODB), _beside(POLICY, policy=_ALL)],
        [_endpoint(**_DYNAMODB), _beside(POLICY, vpcEndpointId="vpce-1", policy=_OURS)],
    ],
    skipped=[
        {"vpcEndpointType": "GatewayLoadBalancer"},
        {**_INTERFACE, "serviceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-1"},
        {**_INTERFACE, "serviceName": ATLAS_SERVICE},
    ],
)
def vpc_endpoint_trusted_policy(endpoint: Resource, stack: Stack) -> bool:
    """VPC endpoints must let through trusted accounts only: set a policy with aws:PrincipalAccount for principal *."""
    # Without a policy AWS gives one that lets through everybody to everything.
    policies = [endpoint, *naming(stack, POLICY, "vpcEndpointId", endpoint)]
    documents = [found for one in policies if (found := statements(one, "policy"))]
    return bool(documents) and not is_any(documents, is_public)
