"""Redis: encrypted, with a login, and growing from one node to many shards in the same group."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest

from components.place import Account, Place
from components.redis import Redis, RedisArgs
from sizes.protection import Protection
from sizes.redis import ClusterMode, RedisSize
from stacks.applications.clubapp import CACHE
from stacks.phases import PROTECTION, Environment, Phase
from tests.components.conftest import Applied, Program, Registered, own_prefix

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
DEV, PROD = PROTECTION[Environment.DEV], PROTECTION[Environment.PROD]
ACCOUNT = Account(id="123456789012", partition="aws", region="eu-central-1")
COMPATIBLE = replace(CACHE[Phase.SCALE], cluster_mode=ClusterMode.COMPATIBLE)

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def redis(size: RedisSize = CACHE[Phase.MVP], protection: Protection = DEV, use: Any = "cache") -> Program:
    place = Place(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"], clients="sg-clients", clients_are_ours=True)
    args = RedisArgs(
        size=size,
        protection=protection,
        use=use,
        prefix="clubapp-test",
        account=ACCOUNT,
        place=place,
        key_arn="arn:key",
    )
    return lambda: Redis("cache", args)


def on_moto(size: RedisSize, protection: Protection = DEV) -> Program:
    """A group in a network and with a key of its own."""

    def program() -> Redis:
        key = aws.kms.Key("key")
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/24")
        clients = aws.ec2.SecurityGroup("clients", vpc_id=vpc.id)
        place = Place(vpc_id=vpc.id, subnet_ids=[subnet.id], clients=clients.id, clients_are_ours=True)
        args = RedisArgs(
            size=size,
            protection=protection,
            use="cache",
            prefix=own_prefix(),
            account=ACCOUNT,
            place=place,
            key_arn=key.arn,
        )
        return Redis("cache", args)

    return program


def parameters(made: Registered) -> dict[str, str]:
    group = made.named("aws:elasticache/parameterGroup:ParameterGroup")["cache-parameters"]
    return {one["name"]: one["value"] for one in group["parameters"]}


def test_a_group_is_encrypted_at_rest_and_in_transit(deploy: Deploy):
    group = deploy(redis()).named(GROUP)["cache-group"]

    assert (group["atRestEncryptionEnabled"], group["kmsKeyId"]) == (True, "arn:key")
    assert (group["transitEncryptionEnabled"], group["transitEncryptionMode"]) == (True, "required")


@pytest.mark.parametrize(("use", "policy"), [("cache", "allkeys-lru"), ("queue", "noeviction")])
def test_a_cache_evicts_and_a_queue_never_does(deploy: Deploy, use: str, policy: str):
    assert parameters(deploy(redis(use=use)))["maxmemory-policy"] == policy


def test_the_user_that_every_server_has_is_off(deploy: Deploy):
    users = deploy(redis()).named("aws:elasticache/user:User")

    assert users["cache-default-user"]["userName"] == "default"
    assert users["cache-default-user"]["accessString"].startswith("off ")
    assert "-@dangerous" in users["cache-user"]["accessString"]


def test_one_node_is_a_group_too(deploy: Deploy):
    """Growing must never replace."""
    group = deploy(redis(CACHE[Phase.MVP])).named(GROUP)["cache-group"]

    assert (group["numNodeGroups"], group["replicasPerNodeGroup"]) == (1, 0)
    assert (group["automaticFailoverEnabled"], group["multiAzEnabled"]) == (False, False)


def test_a_replica_brings_failover_to_another_zone(deploy: Deploy):
    group = deploy(redis(CACHE[Phase.GROWTH])).named(GROUP)["cache-group"]

    assert (group["automaticFailoverEnabled"], group["multiAzEnabled"]) == (True, True)


def test_cluster_mode_brings_its_parameter_group_with_it(deploy: Deploy):
    assert "cluster-enabled" not in parameters(deploy(redis(CACHE[Phase.SCALE])))
    assert parameters(deploy(redis(COMPATIBLE)))["cluster-enabled"] == "yes"
    assert parameters(deploy(redis(CACHE[Phase.ENTERPRISE])))["cluster-enabled"] == "yes"


@pytest.mark.parametrize("phase", Phase)
def test_elasticache_keeps_what_the_component_asked_for(apply: Apply, phase: Phase):
    size, applied = CACHE[phase], apply(on_moto(CACHE[phase], PROD))
    cache, made = applied.scene.aws("elasticache"), applied.made["cache-group"]

    group = cache.describe_replication_groups(ReplicationGroupId=made.id)["ReplicationGroups"][0]

    assert (group["AtRestEncryptionEnabled"], group["TransitEncryptionEnabled"]) == (True, True)
    assert group["KmsKeyId"] == applied.made["key"].outputs["arn"]
    assert group["ClusterEnabled"] is (size.cluster_mode is ClusterMode.ENABLED)
    assert [len(shard["NodeGroupMembers"]) for shard in group["NodeGroups"]] == [
        1 + size.replicas_per_shard
    ] * size.shards
    assert group["AutomaticFailover"] == ("enabled" if size.failover else "disabled")
    assert group["SnapshotRetentionLimit"] == size.snapshot_days
    assert group["CacheNodeType"] == size.node_type


def test_the_connection_secret_says_all_that_a_client_needs(apply: Apply):
    applied = apply(on_moto(CACHE[Phase.MVP]))
    secrets, group = applied.scene.aws("secretsmanager"), applied.made["cache-group"]

    value = json.loads(secrets.get_secret_value(SecretId=applied.made["cache-secret"].id)["SecretString"])

    assert value == {
        "host": group.outputs["primaryEndpointAddress"],
        "port": 6379,
        "username": "application",
        "tls": True,
        "clusterMode": "disabled",
        "password": applied.made["cache-password"].outputs["result"],
    }


def test_clients_find_both_hosts_while_they_move_to_cluster_mode(apply: Apply):
    applied = apply(on_moto(COMPATIBLE))
    secrets, group = applied.scene.aws("secretsmanager"), applied.made["cache-group"]

    value = json.loads(secrets.get_secret_value(SecretId=applied.made["cache-secret"].id)["SecretString"])

    assert value["host"] == group.outputs["primaryEndpointAddress"]
    assert value["clusterHost"] == group.outputs["configurationEndpointAddress"]


def test_only_a_login_of_the_group_gets_in(apply: Apply):
    applied = apply(on_moto(CACHE[Phase.MVP]))
    cache = applied.scene.aws("elasticache")

    group = cache.describe_user_groups(UserGroupId=applied.made["cache-users"].id)["UserGroups"][0]

    assert set(group["UserIds"]) == {applied.made["cache-user"].id, applied.made["cache-default-user"].id}
