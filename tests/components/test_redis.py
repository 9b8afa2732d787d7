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
from sizes.redis import ClusterMode, RedisSize, ServerlessRedisSize
from stacks.applications.clubapp import CACHE
from stacks.phases import PROTECTION, Environment, Phase
from tests.components.conftest import Applied, Program, Registered, own_prefix

GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
DEV, PROD = PROTECTION[Environment.DEV], PROTECTION[Environment.PROD]
ACCOUNT = Account(id="123456789012", partition="aws", region="eu-central-1")
COMPATIBLE = replace(CACHE[Phase.SCALE], cluster_mode=ClusterMode.COMPATIBLE)

SERVERLESS = ServerlessRedisSize(max_data_gib=5, max_ecpu_per_second=5_000, snapshot_days=7)
SCALED = replace(CACHE[Phase.ENTERPRISE], max_shards=6, max_replicas_per_shard=3)

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def redis(
    size: RedisSize | ServerlessRedisSize = CACHE[Phase.MVP], protection: Protection = DEV, use: Any = "cache"
) -> Program:
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


def on_moto(size: RedisSize | ServerlessRedisSize, protection: Protection = DEV) -> Program:
    """A group in a network and with a key of its own."""

    def program() -> Redis:
        key = aws.kms.Key("key")
        vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
        subnets = [
            aws.ec2.Subnet(
                f"subnet-{zone}",
                vpc_id=vpc.id,
                cidr_block=f"10.0.{number}.0/24",
                availability_zone=f"eu-central-1{zone}",
            ).id
            for number, zone in enumerate("ab")
        ]
        clients = aws.ec2.SecurityGroup("clients", vpc_id=vpc.id)
        place = Place(vpc_id=vpc.id, subnet_ids=subnets, clients=clients.id, clients_are_ours=True)
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


def test_nodes_that_are_not_there_yet_are_named_as_elasticache_will(deploy: Deploy):
    """A preview sees no members of a group; alarms are named all the same."""
    told: list[str] = []

    def program() -> None:
        for node in redis(CACHE[Phase.GROWTH])().watched["cache"].nodes.values():
            node.apply(told.append)

    group = deploy(program).named(GROUP)["cache-group"]["replicationGroupId"]

    assert sorted(told) == [f"{group}-001", f"{group}-002"]


@pytest.mark.parametrize(("engine", "version", "family"), [("valkey", "8.2", "valkey8"), ("redis", "7.1", "redis7")])
def test_a_group_that_began_as_redis_stays_one(deploy: Deploy, engine: Any, version: str, family: str):
    made = deploy(redis(replace(CACHE[Phase.GROWTH], engine=engine)))

    group = made.named(GROUP)["cache-group"]
    assert (group["engine"], group["engineVersion"]) == (engine, version)
    assert made.named("aws:elasticache/parameterGroup:ParameterGroup")["cache-parameters"]["family"] == family


def test_a_move_to_valkey_leaves_users_as_they_are(deploy: Deploy):
    before, after = (
        [
            one
            for type_ in ("aws:elasticache/user:User", "aws:elasticache/userGroup:UserGroup")
            for one in deploy(redis(replace(CACHE[Phase.GROWTH], engine=engine))).named(type_).values()
        ]
        for engine in ("redis", "valkey")
    )

    assert before == after


def test_elasticache_takes_a_group_of_redis(apply: Apply):
    applied = apply(on_moto(replace(CACHE[Phase.GROWTH], engine="redis")))
    cache, made = applied.scene.aws("elasticache"), applied.made["cache-group"]

    assert cache.describe_replication_groups(ReplicationGroupId=made.id)["ReplicationGroups"][0]["Engine"] == "redis"


def test_autoscaling_moves_shards_and_replicas_between_their_bounds(apply: Apply):
    applied = apply(on_moto(SCALED))
    scaling, group = applied.scene.aws("application-autoscaling"), f"replication-group/{applied.made['cache-group'].id}"

    found = scaling.describe_scalable_targets(ServiceNamespace="elasticache", ResourceIds=[group])["ScalableTargets"]

    assert {one["ScalableDimension"].rpartition(":")[2]: (one["MinCapacity"], one["MaxCapacity"]) for one in found} == {
        "NodeGroups": (SCALED.shards, 6),
        "Replicas": (SCALED.replicas_per_shard, 3),
    }


def test_what_is_fixed_is_not_scaled(deploy: Deploy):
    assert deploy(redis(CACHE[Phase.ENTERPRISE])).named("aws:appautoscaling/target:Target") == {}


def test_a_serverless_cache_is_private_encrypted_and_bounded(apply: Apply):
    applied = apply(on_moto(SERVERLESS))
    made = applied.made["cache-serverless"]

    (found,) = applied.scene.aws("elasticache").describe_serverless_caches(ServerlessCacheName=made.outputs["name"])[
        "ServerlessCaches"
    ]

    assert found["CacheUsageLimits"]["DataStorage"] == {"Maximum": 5, "Unit": "GB"}
    assert found["CacheUsageLimits"]["ECPUPerSecond"] == {"Maximum": 5_000}
    assert (found["KmsKeyId"], found["SnapshotRetentionLimit"]) == (applied.made["key"].outputs["arn"], 7)
    assert found["UserGroupId"] == applied.made["cache-users"].id
    assert found["SecurityGroupIds"] == [applied.made["cache-security-group"].id]


def test_clients_of_a_serverless_cache_are_told_where_it_is(apply: Apply):
    applied = apply(on_moto(SERVERLESS))
    secrets = applied.scene.aws("secretsmanager")

    value = json.loads(secrets.get_secret_value(SecretId=applied.made["cache-secret"].id)["SecretString"])

    assert value["host"] == applied.made["cache-serverless"].outputs["endpoints"][0]["address"]
    assert value["clusterMode"] == "enabled"
