"""The network: private subnets in several zones, closed by default, watched."""

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest

from components.keys import Keys, KeysArgs
from components.network import CIDR, Network, NetworkArgs
from components.place import Account
from sizes.network import NetworkSize
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Applied, Program, Registered, own_prefix

ACCOUNT = Account(id="123456789012", partition="aws", region="eu-central-1")

Apply = Callable[[Program], Applied]
Deploy = Callable[[Program], Registered]


def network() -> Network:
    keys = Keys(
        "keys",
        KeysArgs(kinds=["network"], prefix=own_prefix(), account=ACCOUNT, protection=PROTECTION[Environment.DEV]),
    )
    zones = aws.get_availability_zones_output(state="available", region=ACCOUNT.region).names
    size = NetworkSize(zones=3, interface_endpoints=("secretsmanager",))
    return Network(
        "network", NetworkArgs(size=size, cidr=CIDR, zones=zones, account=ACCOUNT, log_key_arn=keys.arns["network"])
    )


def test_subnets_are_private_and_each_in_a_zone_of_its_own(apply: Apply):
    applied = apply(network)
    ec2, vpc = applied.scene.aws("ec2"), applied.made["network-vpc"].id

    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]

    assert len({subnet["AvailabilityZone"] for subnet in subnets}) == len(subnets) == 3
    assert {subnet["MapPublicIpOnLaunch"] for subnet in subnets} == {False}


def test_no_route_leads_to_the_internet(apply: Apply):
    applied = apply(network)
    ec2, vpc = applied.scene.aws("ec2"), applied.made["network-vpc"].id

    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]

    gateways = {route.get("GatewayId", "") for table in tables for route in table["Routes"]}
    assert [gateway for gateway in gateways if gateway.startswith("igw-")] == []


def test_dynamodb_is_reached_without_the_internet(apply: Apply):
    applied = apply(network)
    ec2, vpc = applied.scene.aws("ec2"), applied.made["network-vpc"].id

    endpoints = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]

    assert {one["ServiceName"]: one["VpcEndpointType"] for one in endpoints} == {
        "com.amazonaws.eu-central-1.dynamodb": "Gateway",
        "com.amazonaws.eu-central-1.secretsmanager": "Interface",
    }


def test_clients_get_out_to_the_aws_services_they_need_and_nowhere_else(apply: Apply):
    applied = apply(network)
    ec2, clients = applied.scene.aws("ec2"), applied.made["network-clients"].id
    dynamodb = applied.made["network-dynamodb"].outputs["prefixListId"]

    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [clients]}])["SecurityGroupRules"]

    ways = {(one["FromPort"], one.get("PrefixListId") or one["ReferencedGroupInfo"]["GroupId"]) for one in rules}
    assert ways == {(443, dynamodb), (443, applied.made["network-endpoints"].id)}


def test_the_default_security_group_is_closed(apply: Apply):
    applied = apply(network)
    ec2, vpc = applied.scene.aws("ec2"), applied.made["network-vpc"].id
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]

    group = ec2.describe_security_groups(Filters=filters)["SecurityGroups"][0]

    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_all_traffic_is_logged(apply: Apply):
    applied = apply(network)
    ec2, vpc = applied.scene.aws("ec2"), applied.made["network-vpc"].id

    logs = ec2.describe_flow_logs(Filters=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]

    assert [(one["TrafficType"], one["LogDestinationType"]) for one in logs] == [("ALL", "cloud-watch-logs")]


def test_a_region_with_too_few_zones_is_said(deploy: Deploy):
    def program() -> Network:
        two = pulumi.Output.from_input(["eu-x-1a", "eu-x-1b"])
        args = NetworkArgs(
            size=NetworkSize(zones=3, interface_endpoints=("secretsmanager",)),
            cidr=CIDR,
            zones=two,
            account=ACCOUNT,
            log_key_arn="arn:key",
        )
        return Network("network", args)

    with pytest.raises(pulumi.RunError, match="eu-central-1 offers 2 availability zones, the phase needs 3: choose"):
        deploy(program)


def test_keys_rotate_and_serve_their_own_services_only(apply: Apply):
    def program() -> Keys:
        args = KeysArgs(kinds=["postgres"], prefix="keys", account=ACCOUNT, protection=PROTECTION[Environment.DEV])
        return Keys("keys", args)

    applied = apply(program)
    kms, key = applied.scene.aws("kms"), applied.made["postgres-key"].id

    policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
    via = [
        one["Condition"]["StringEquals"]
        for one in policy["Statement"]
        if "ViaService" in one["Sid"] or "Use" in one["Sid"]
    ]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert via == [
        {
            "kms:CallerAccount": "123456789012",
            "kms:ViaService": ["rds.eu-central-1.amazonaws.com", "secretsmanager.eu-central-1.amazonaws.com"],
        }
    ]
    assert kms.describe_key(KeyId="alias/keys-postgres")["KeyMetadata"]["KeyId"] == key
