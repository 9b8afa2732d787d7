"""Networks: VPCs, subnets, route tables and which subnet uses which."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any, Final

from localcloud.cloud import ACCOUNT, Cloud, Refused
from localcloud.resource import ResourceType
from localcloud.resources.ec2 import find, present, retag, tag_specification
from localcloud.tags import from_aws
from localcloud.wire import Props

# Amazon VPC User Guide, "VPC CIDR blocks" and "Subnet sizing".
_LARGEST, _SMALLEST = 16, 28


def _block_rule(inputs: Props) -> Iterator[str]:
    block = inputs.get("cidrBlock")
    if block is None:
        return
    try:
        size = ipaddress.IPv4Network(block).prefixlen
    except ValueError as error:
        yield f"cidrBlock must be an IPv4 network, got {block!r}: {error}"
        return
    if not _LARGEST <= size <= _SMALLEST:
        yield f"The CIDR '{block}' is invalid: the block size must be between a /{_SMALLEST} netmask and /{_LARGEST}"


# VPCs

_VPC_ATTRIBUTES: Final = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}


def _create_vpc(cloud: Cloud, inputs: Props) -> str:
    more = present(InstanceTenancy=inputs.get("instanceTenancy"))
    answer = cloud.aws("ec2").create_vpc(
        CidrBlock=inputs["cidrBlock"], **more, **tag_specification("vpc", inputs.get("tags"))
    )
    return answer["Vpc"]["VpcId"]


def _settle_vpc(cloud: Cloud, id_: str, inputs: Props) -> None:
    for key, attribute in _VPC_ATTRIBUTES.items():  # AWS takes one a call
        if key in inputs:
            cloud.aws("ec2").modify_vpc_attribute(VpcId=id_, **{attribute: {"Value": inputs[key]}})


def _read_vpc(cloud: Cloud, id_: str) -> Props | None:
    vpc = find(cloud, "describe_vpcs", "vpc-id", id_)
    if vpc is None:
        return None
    aws = cloud.aws("ec2")

    def of_vpc(operation: str, filter_: str, value: str) -> dict[str, Any]:
        filters = [{"Name": "vpc-id", "Values": [id_]}, {"Name": filter_, "Values": [value]}]
        answer = getattr(aws, operation)(Filters=filters)
        found = next(value for value in answer.values() if isinstance(value, list))
        return found[0] if found else {}

    attributes = {
        key: aws.describe_vpc_attribute(VpcId=id_, Attribute=attribute[0].lower() + attribute[1:])[attribute]["Value"]
        for key, attribute in _VPC_ATTRIBUTES.items()
    }
    table = of_vpc("describe_route_tables", "association.main", "true").get("RouteTableId", "")
    return {
        "arn": cloud.arn("ec2", f"vpc/{id_}"),
        "cidrBlock": vpc["CidrBlock"],
        "instanceTenancy": vpc.get("InstanceTenancy", "default"),
        "dhcpOptionsId": vpc.get("DhcpOptionsId", ""),
        "ownerId": vpc.get("OwnerId", ACCOUNT),
        "mainRouteTableId": table,
        "defaultRouteTableId": table,
        "defaultSecurityGroupId": of_vpc("describe_security_groups", "group-name", "default").get("GroupId", ""),
        "defaultNetworkAclId": of_vpc("describe_network_acls", "default", "true").get("NetworkAclId", ""),
        "tags": from_aws(vpc.get("Tags")),
        **attributes,
    }


def _update_vpc(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    _settle_vpc(cloud, id_, {key: value for key, value in news.items() if olds.get(key) != value})
    if olds.get("instanceTenancy", "default") != news.get("instanceTenancy", "default"):
        cloud.aws("ec2").modify_vpc_tenancy(VpcId=id_, InstanceTenancy=news.get("instanceTenancy", "default"))
    retag(cloud, id_, olds, news)


def _delete_vpc(cloud: Cloud, id_: str, _: Props) -> None:
    if find(cloud, "describe_vpcs", "vpc-id", id_) is None:
        return
    aws, within = cloud.aws("ec2"), [{"Name": "vpc-id", "Values": [id_]}]
    groups = [
        one for one in aws.describe_security_groups(Filters=within)["SecurityGroups"] if one["GroupName"] != "default"
    ]
    endpoints = [one for one in aws.describe_vpc_endpoints(Filters=within)["VpcEndpoints"] if one["State"] != "deleted"]
    if groups or endpoints:  # moto sees to subnets and route tables itself
        dependents = ", ".join([*(one["GroupId"] for one in groups), *(one["VpcEndpointId"] for one in endpoints)])
        raise Refused("DependencyViolation", f"The vpc '{id_}' has dependencies and cannot be deleted ({dependents})")
    aws.delete_vpc(VpcId=id_)


def _tenancy_replaces(_: Props, news: Props) -> Iterable[str]:
    """AWS makes a dedicated VPC a default one, not the other way round."""
    return ["instanceTenancy"] if news.get("instanceTenancy", "default") == "dedicated" else []


VPC: Final = ResourceType(
    type="aws:ec2/vpc:Vpc",
    create=_create_vpc,
    settle=_settle_vpc,
    read=_read_vpc,
    update=_update_vpc,
    delete=_delete_vpc,
    applied=frozenset({"cidrBlock", "instanceTenancy", "tags", *_VPC_ATTRIBUTES}),
    required=frozenset({"cidrBlock"}),
    outputs=frozenset(
        {"arn", "ownerId", "mainRouteTableId", "defaultRouteTableId", "defaultSecurityGroupId"}
        | {"defaultNetworkAclId", "dhcpOptionsId"}
    ),
    replace=frozenset({"cidrBlock"}),
    replaces=_tenancy_replaces,
    sticky=frozenset({"enableDnsHostnames", "enableNetworkAddressUsageMetrics"}),
    defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
    rules=(_block_rule,),
    not_imitated="no packet flows: routes, groups and network ACLs are data; IPv6 and IPAM",
)


# Subnets


def _create_subnet(cloud: Cloud, inputs: Props) -> str:
    more = present(AvailabilityZone=inputs.get("availabilityZone"), AvailabilityZoneId=inputs.get("availabilityZoneId"))
    answer = cloud.aws("ec2").create_subnet(
        VpcId=inputs["vpcId"],
        CidrBlock=inputs["cidrBlock"],
        **more,
        **tag_specification("subnet", inputs.get("tags")),
    )
    return answer["Subnet"]["SubnetId"]


def _settle_subnet(cloud: Cloud, id_: str, inputs: Props) -> None:
    public = {"Value": inputs["mapPublicIpOnLaunch"]}
    cloud.aws("ec2").modify_subnet_attribute(SubnetId=id_, MapPublicIpOnLaunch=public)


def _read_subnet(cloud: Cloud, id_: str) -> Props | None:
    subnet = find(cloud, "describe_subnets", "subnet-id", id_)
    if subnet is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"subnet/{id_}"),
        "vpcId": subnet["VpcId"],
        "cidrBlock": subnet["CidrBlock"],
        "availabilityZone": subnet["AvailabilityZone"],
        "availabilityZoneId": subnet["AvailabilityZoneId"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "ownerId": subnet.get("OwnerId", ACCOUNT),
        "tags": from_aws(subnet.get("Tags")),
    }


def _update_subnet(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    _settle_subnet(cloud, id_, news)
    retag(cloud, id_, olds, news)


def _delete_subnet(cloud: Cloud, id_: str, _: Props) -> None:
    if find(cloud, "describe_subnets", "subnet-id", id_) is None:
        return
    if user := next(_users_of_subnet(cloud, id_), None):
        message = f"The subnet '{id_}' has dependencies and cannot be deleted ({user})"
        raise Refused("DependencyViolation", message)
    cloud.aws("ec2").delete_subnet(SubnetId=id_)


def _users_of_subnet(cloud: Cloud, id_: str) -> Iterator[str]:
    for endpoint in cloud.aws("ec2").describe_vpc_endpoints()["VpcEndpoints"]:
        if endpoint["State"] != "deleted" and id_ in endpoint.get("SubnetIds", []):
            yield endpoint["VpcEndpointId"]
    # On AWS it is the interfaces of what is in a group that hold the subnet; here the groups themselves do.
    for group in cloud.aws("rds").describe_db_subnet_groups()["DBSubnetGroups"]:
        if id_ in [one["SubnetIdentifier"] for one in group["Subnets"]]:
            yield f"DB subnet group {group['DBSubnetGroupName']}"
    for group in cloud.aws("elasticache").describe_cache_subnet_groups()["CacheSubnetGroups"]:
        if id_ in [one["SubnetIdentifier"] for one in group["Subnets"]]:
            yield f"cache subnet group {group['CacheSubnetGroupName']}"


SUBNET: Final = ResourceType(
    type="aws:ec2/subnet:Subnet",
    create=_create_subnet,
    settle=_settle_subnet,
    read=_read_subnet,
    update=_update_subnet,
    delete=_delete_subnet,
    applied=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId", "mapPublicIpOnLaunch", "tags"}),
    required=frozenset({"vpcId", "cidrBlock"}),
    outputs=frozenset({"arn", "ownerId", "availabilityZone", "availabilityZoneId"}),
    replace=frozenset({"vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"}),
    sticky=frozenset({"availabilityZone", "availabilityZoneId"}),
    defaults={"mapPublicIpOnLaunch": False},
    rules=(_block_rule,),
    not_imitated="addresses are not used up; IPv6",
)


# Route tables

_DESTINATIONS: Final = {
    "cidrBlock": "DestinationCidrBlock",
    "ipv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS: Final = {
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}


def _route(ours: Props) -> Props:
    return {theirs: ours[key] for key, theirs in (_DESTINATIONS | _TARGETS).items() if ours.get(key)}


def _create_table(cloud: Cloud, inputs: Props) -> str:
    tags = tag_specification("route-table", inputs.get("tags"))
    return cloud.aws("ec2").create_route_table(VpcId=inputs["vpcId"], **tags)["RouteTable"]["RouteTableId"]


def _settle_table(cloud: Cloud, id_: str, inputs: Props) -> None:
    for route in inputs.get("routes", []):
        cloud.aws("ec2").create_route(RouteTableId=id_, **_route(route))


def _read_table(cloud: Cloud, id_: str) -> Props | None:
    table = find(cloud, "describe_route_tables", "route-table-id", id_)
    if table is None:
        return None
    # The route to the VPC itself and those of gateway endpoints belong to others.
    routes = [
        {key: route[theirs] for key, theirs in (_DESTINATIONS | _TARGETS).items() if route.get(theirs)}
        for route in table["Routes"]
        if not route.get("GatewayId", "").startswith(("local", "vpce-"))
    ]
    return {
        "arn": cloud.arn("ec2", f"route-table/{id_}"),
        "ownerId": table.get("OwnerId", ACCOUNT),
        "vpcId": table["VpcId"],
        "routes": routes,
        "tags": from_aws(table.get("Tags")),
    }


def _update_table(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if "routes" in news:  # routes that the program no longer mentions stay, as with the official provider
        before, after = olds.get("routes", []), news["routes"]
        for route in before:
            if route not in after:
                where = {theirs: route[key] for key, theirs in _DESTINATIONS.items() if route.get(key)}
                cloud.aws("ec2").delete_route(RouteTableId=id_, **where)
        _settle_table(cloud, id_, {"routes": [route for route in after if route not in before]})
    retag(cloud, id_, olds, news)


def _delete_table(cloud: Cloud, id_: str, _: Props) -> None:
    if find(cloud, "describe_route_tables", "route-table-id", id_) is not None:
        cloud.aws("ec2").delete_route_table(RouteTableId=id_)


def _route_rules(inputs: Props) -> Iterator[str]:
    for route in inputs.get("routes", []):
        if unknown := sorted(route.keys() - _DESTINATIONS.keys() - _TARGETS.keys()):
            yield f"the local cloud does not imitate {', '.join(unknown)} of a route"
        if sum(key in route for key in _DESTINATIONS) != 1:
            yield f"a route needs one destination ({', '.join(_DESTINATIONS)}), got {sorted(route)}"
        if sum(key in route for key in _TARGETS) != 1:
            yield f"a route needs one target ({', '.join(_TARGETS)}), got {sorted(route)}"


ROUTE_TABLE: Final = ResourceType(
    type="aws:ec2/routeTable:RouteTable",
    create=_create_table,
    settle=_settle_table,
    read=_read_table,
    update=_update_table,
    delete=_delete_table,
    applied=frozenset({"vpcId", "routes", "tags"}),
    required=frozenset({"vpcId"}),
    outputs=frozenset({"arn", "ownerId"}),
    replace=frozenset({"vpcId"}),
    sticky=frozenset({"routes"}),
    rules=(_route_rules,),
)


# Which subnet uses which route table


def _association_id(subnet: str) -> str:
    """Give the one association of a subnet an id that stays; AWS's own changes whenever the table does."""
    return subnet.replace("subnet-", "rtbassoc-", 1)


def _association(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    subnet = id_.replace("rtbassoc-", "subnet-", 1)
    table = find(cloud, "describe_route_tables", "association.subnet-id", subnet)
    return next((one for one in (table or {}).get("Associations", []) if one.get("SubnetId") == subnet), None)


def _create_association(cloud: Cloud, inputs: Props) -> str:
    id_ = _association_id(inputs["subnetId"])
    if found := _association(cloud, id_):
        message = f"the specified association for route table {inputs['routeTableId']} conflicts with an existing one"
        raise Refused("Resource.AlreadyAssociated", f"{message} ({found['RouteTableId']})")
    cloud.aws("ec2").associate_route_table(RouteTableId=inputs["routeTableId"], SubnetId=inputs["subnetId"])
    return id_


def _read_association(cloud: Cloud, id_: str) -> Props | None:
    found = _association(cloud, id_)
    return found and {"routeTableId": found["RouteTableId"], "subnetId": found["SubnetId"]}


def _update_association(cloud: Cloud, id_: str, _: Props, news: Props) -> None:
    if (found := _association(cloud, id_)) is None:
        raise Refused("InvalidAssociationID.NotFound", f"The association ID '{id_}' does not exist")
    cloud.aws("ec2").replace_route_table_association(
        AssociationId=found["RouteTableAssociationId"], RouteTableId=news["routeTableId"]
    )


def _delete_association(cloud: Cloud, id_: str, _: Props) -> None:
    if found := _association(cloud, id_):
        cloud.aws("ec2").disassociate_route_table(AssociationId=found["RouteTableAssociationId"])


ROUTE_TABLE_ASSOCIATION: Final = ResourceType(
    type="aws:ec2/routeTableAssociation:RouteTableAssociation",
    create=_create_association,
    read=_read_association,
    update=_update_association,
    delete=_delete_association,
    applied=frozenset({"routeTableId", "subnetId"}),
    required=frozenset({"routeTableId", "subnetId"}),
    replace=frozenset({"subnetId"}),
    not_imitated="the id is made of the subnet's, not the one that boto3 sees; gateways",
)

TYPES: Final = (VPC, SUBNET, ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION)
