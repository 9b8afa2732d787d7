"""What EC2 refuses and moto would accept, and what holds a group, subnet or VPC."""

import grpc
import pytest

from localcloud.resources.endpoint import ENDPOINT, FLOW_LOG
from localcloud.resources.rds import SUBNET_GROUP
from localcloud.resources.rds_instance import INSTANCE
from localcloud.resources.security_group import (
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    INGRESS_RULE,
    SECURITY_GROUP,
)
from localcloud.resources.vpc import ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION, SUBNET, VPC
from localcloud.wire import Props
from tests.localcloud.lives.endpoint import gateway_inputs, interface_inputs
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.lives.security_group import OUT, WEB, new_group
from tests.localcloud.lives.vpc import VPC_INPUTS, new_route_table, new_subnet, new_vpc
from tests.localcloud.scene import Made, Scene

RULE: Props = {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 1, "toPort": 2, "cidrIpv4": "10.0.0.0/8"}
GATEWAY: Props = {"vpcId": "vpc-1", "serviceName": "com.amazonaws.eu-central-1.s3"}
FLOWS: Props = {"vpcId": "vpc-1", "trafficType": "ALL", "logDestination": "arn:aws:s3:::b", "logDestinationType": "s3"}
ROUTE: Props = {"cidrBlock": "0.0.0.0/0", "gatewayId": "igw-1"}
CASES = [
    (VPC.type, {"cidrBlock": "10.0.0.0/8"}, "block size must be between a /28 netmask and /16"),
    (VPC.type, {"cidrBlock": "10.0.0.1/16"}, "cidrBlock must be an IPv4 network"),
    (SUBNET.type, {"vpcId": "vpc-1", "cidrBlock": "10.0.0.0/29"}, "block size must be between a /28 netmask and /16"),
    (ROUTE_TABLE.type, {"vpcId": "vpc-1", "routes": [{"gatewayId": "igw-1"}]}, "a route needs one destination"),
    (ROUTE_TABLE.type, {"vpcId": "vpc-1", "routes": [{"cidrBlock": "0.0.0.0/0"}]}, "a route needs one target"),
    (ROUTE_TABLE.type, {"vpcId": "vpc-1", "routes": [{**ROUTE, "localGatewayId": "l"}]}, "not imitate localGatewayId"),
    (SECURITY_GROUP.type, {"name": "sg-mine"}, "GroupName may not start with 'sg-'"),
    (SECURITY_GROUP.type, {"name": "default"}, "GroupName may not be 'default'"),
    (SECURITY_GROUP.type, {"description": ""}, "GroupDescription must not be empty"),
    (SECURITY_GROUP.type, {"ingress": [{**WEB, "fromPort": 444}]}, "ports must be fromPort <= toPort"),
    (SECURITY_GROUP.type, {"egress": [{**OUT, "toPort": 80}]}, "fromPort and toPort must be 0"),
    (SECURITY_GROUP.type, {"egress": [{**OUT, "cidrBlocks": []}]}, "a rule needs one of cidrBlocks"),
    (INGRESS_RULE.type, {**RULE, "cidrIpv6": "::/0"}, "exactly one of cidrIpv4"),
    (INGRESS_RULE.type, {**RULE, "fromPort": 3}, "a rule needs fromPort <= toPort"),
    (EGRESS_RULE.type, {**RULE, "ipProtocol": "-1"}, "fromPort and toPort must not be specified"),
    (ENDPOINT.type, {**GATEWAY, "vpcEndpointType": "Resource"}, "vpcEndpointType must be Gateway or Interface"),
    (ENDPOINT.type, {**GATEWAY, "serviceName": "com.amazonaws.eu-central-1.kms"}, "does not support the Gateway type"),
    (ENDPOINT.type, {**GATEWAY, "subnetIds": ["subnet-1"]}, "can't be used with the Gateway type"),
    (ENDPOINT.type, {**GATEWAY, "privateDnsEnabled": True}, "Private DNS can't be enabled"),
    (ENDPOINT.type, {**GATEWAY, "vpcEndpointType": "Interface", "routeTableIds": ["rtb-1"]}, "RouteTableIds can't be"),
    (ENDPOINT.type, {**GATEWAY, "policy": "{"}, "policy contains an invalid JSON policy"),
    (FLOW_LOG.type, {**FLOWS, "trafficType": "SOME"}, "trafficType must be ACCEPT, REJECT or ALL"),
    (FLOW_LOG.type, {**FLOWS, "subnetId": "subnet-1"}, "one of vpcId, subnetId, eniId must be specified"),
    (FLOW_LOG.type, {**FLOWS, "maxAggregationInterval": 61}, "maxAggregationInterval must be 60 or 600"),
    (FLOW_LOG.type, {**FLOWS, "logDestinationType": "cloud-watch-logs"}, "DeliverLogsPermissionArn can't be empty"),
    (FLOW_LOG.type, {**FLOWS, "logDestinationType": "kafka"}, "logDestinationType must be cloud-watch-logs or s3"),
]


@pytest.mark.parametrize(("type_", "inputs", "message"), CASES, ids=[message for _, _, message in CASES])
def test_what_ec2_refuses_is_refused(scene: Scene, type_: str, inputs: Props, message: str):
    _, failures = scene.check(type_, "one", inputs)

    assert [failure for failure in failures if message in failure]


def refuses_to_delete(scene: Scene, made: Made) -> bool:
    with pytest.raises(grpc.RpcError, match="DependencyViolation"):
        scene.delete(made)
    return scene.read(made) is not None


def test_a_group_that_a_rule_of_another_refers_to_stays(scene: Scene):
    vpc = new_vpc(scene)
    clients = scene.make(SECURITY_GROUP.type, "clients", {"vpcId": vpc})
    store = {"securityGroupId": new_group(scene, "store", vpc), "referencedSecurityGroupId": clients.id}
    scene.make(INGRESS_RULE.type, "in", {**store, "ipProtocol": "tcp", "fromPort": 5432, "toPort": 5432})

    assert refuses_to_delete(scene, clients)


def test_a_group_may_refer_to_itself_and_be_deleted(scene: Scene):
    inside = {"protocol": "tcp", "fromPort": 1, "toPort": 2, "self": True}
    made = scene.make(SECURITY_GROUP.type, "one", {"vpcId": new_vpc(scene), "ingress": [inside]})
    scene.delete(made)

    assert scene.read(made) is None


def test_a_group_of_a_database_stays(scene: Scene):
    group = scene.make(SECURITY_GROUP.type, "database", {"vpcId": new_vpc(scene)})
    scene.make(INSTANCE.type, "orders", {**MINIMAL, "vpcSecurityGroupIds": [group.id]})

    assert refuses_to_delete(scene, group)


def test_a_group_of_an_endpoint_stays(scene: Scene):
    vpc = new_vpc(scene)
    group = scene.make(SECURITY_GROUP.type, "endpoint", {"vpcId": vpc})
    inputs = {**interface_inputs(scene), "vpcId": vpc, "securityGroupIds": [group.id], "subnetIds": []}
    scene.make(ENDPOINT.type, "secrets", inputs)

    assert refuses_to_delete(scene, group)


def test_a_subnet_of_a_subnet_group_stays(scene: Scene):
    vpc = new_vpc(scene)
    inputs = {"vpcId": vpc, "cidrBlock": "10.20.1.0/24", "availabilityZone": "eu-central-1a"}
    subnet = scene.make(SUBNET.type, "a", inputs)
    scene.make(SUBNET_GROUP.type, "data", {"subnetIds": [subnet.id, new_subnet(scene, vpc, 2, "b")]})

    assert refuses_to_delete(scene, subnet)


def test_a_subnet_of_a_cache_stays(scene: Scene):
    subnet = scene.make(SUBNET.type, "a", {"vpcId": new_vpc(scene), "cidrBlock": "10.20.1.0/24"})
    scene.aws("elasticache").create_cache_subnet_group(
        CacheSubnetGroupName=scene.stack, CacheSubnetGroupDescription="x", SubnetIds=[subnet.id]
    )

    assert refuses_to_delete(scene, subnet)


def test_a_vpc_with_a_group_stays(scene: Scene):
    vpc = scene.make(VPC.type, "network", VPC_INPUTS)
    new_group(scene, "store", vpc.id)

    assert refuses_to_delete(scene, vpc)


# What the mended moto does


def test_a_new_group_lets_nothing_out(scene: Scene):
    made = scene.make(SECURITY_GROUP.type, "one", {"vpcId": new_vpc(scene)})

    [group] = scene.aws("ec2").describe_security_groups(GroupIds=[made.id])["SecurityGroups"]

    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_an_adopted_default_group_lets_nothing_in(scene: Scene):
    made = scene.make(DEFAULT_SECURITY_GROUP.type, "default", {"vpcId": new_vpc(scene)})

    [group] = scene.aws("ec2").describe_security_groups(GroupIds=[made.id])["SecurityGroups"]

    assert (group["GroupName"], group["IpPermissions"], group["IpPermissionsEgress"]) == ("default", [], [])


def test_a_gateway_endpoint_routes_in_the_tables_it_has_now(scene: Scene):
    inputs = gateway_inputs(scene)
    made = scene.make(ENDPOINT.type, "tables", inputs)
    [before], after = inputs["routeTableIds"], new_route_table(scene, inputs["vpcId"])

    scene.update(made, {**made.inputs, "routeTableIds": [after]})

    tables = scene.aws("ec2").describe_route_tables(RouteTableIds=[before, after])["RouteTables"]
    routed = [one["RouteTableId"] for one in tables for route in one["Routes"] if route.get("GatewayId") == made.id]
    assert routed == [after]


def test_a_rule_keeps_its_id_when_it_points_elsewhere(scene: Scene):
    vpc = new_vpc(scene)
    rule = {"securityGroupId": new_group(scene, "store", vpc), "ipProtocol": "tcp", "fromPort": 1, "toPort": 1}
    made = scene.make(INGRESS_RULE.type, "in", {**rule, "cidrIpv4": "10.0.0.0/8"})
    clients = new_group(scene, "clients", vpc)
    news = {key: value for key, value in made.inputs.items() if key != "cidrIpv4"}

    scene.update(made, {**news, "referencedSecurityGroupId": clients})

    [found] = scene.aws("ec2").describe_security_group_rules(SecurityGroupRuleIds=[made.id])["SecurityGroupRules"]
    assert (found["ReferencedGroupInfo"]["GroupId"], "CidrIpv4" in found) == (clients, False)


def test_a_subnet_has_one_route_table(scene: Scene):
    vpc = new_vpc(scene)
    subnet = new_subnet(scene, vpc)
    scene.make(ROUTE_TABLE_ASSOCIATION.type, "one", {"subnetId": subnet, "routeTableId": new_route_table(scene, vpc)})

    with pytest.raises(grpc.RpcError, match=r"Resource\.AlreadyAssociated"):
        scene.make(
            ROUTE_TABLE_ASSOCIATION.type, "two", {"subnetId": subnet, "routeTableId": new_route_table(scene, vpc)}
        )
