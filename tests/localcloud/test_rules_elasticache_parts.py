"""What ElastiCache refuses of parameter groups, subnet groups, users and user groups, and what boto3 sees of them."""

import secrets
from collections.abc import Callable

import grpc
import pytest

from localcloud.moto import complete
from localcloud.moto.elasticache_shape import slots
from localcloud.resources.elasticache import PARAMETER_GROUP, SUBNET_GROUP, USER, USER_GROUP
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.elasticache import PASSWORD, group_inputs, parameters, subnets, user_inputs
from tests.localcloud.scene import Made, Scene

PARAMETERS = {
    "family": ({"family": "valkey99"}, "valkey99 is not a valid parameter group family: redis4.0"),
    "name": ({"family": "valkey8", "parameters": [{"name": "maxmem", "value": "1"}]}, "maxmem doesn't exist"),
    "older name": (
        {"family": "valkey8", "parameters": [{"name": "hash-max-ziplist-value", "value": "1"}]},
        "hash-max-ziplist-value doesn't exist in family valkey8",
    ),
    "value": (
        {"family": "valkey8", "parameters": [{"name": "maxmemory-policy", "value": "lru"}]},
        "The value 'lru' of parameter maxmemory-policy is invalid, allowed values are volatile-lru,",
    ),
    "range": (
        {"family": "valkey8", "parameters": [{"name": "reserved-memory-percent", "value": "101"}]},
        "The value '101' of parameter reserved-memory-percent is invalid, allowed values are 0-100",
    ),
    "fixed": (
        {"family": "valkey8", "parameters": [{"name": "maxclients", "value": "10"}]},
        "The parameter maxclients cannot be modified",
    ),
}
USERS_CHECKED = {
    "engine": (user_inputs(engine="memcached"), "expected engine to be one of redis, valkey, got 'memcached'"),
    "short": (user_inputs(passwords=["short"]), "expected length of passwords to be in the range (16 - 128)"),
    "three": (user_inputs(passwords=[PASSWORD, f"{PASSWORD}2", f"{PASSWORD}3"]), "can have 2 passwords, got 3"),
    "mode": (user_inputs(authenticationMode={"type": "token"}), "authenticationMode.type to be one of password"),
    "no version": ({**user_inputs(), "passwordsWo": PASSWORD}, "passwordsWo and passwordsWoVersion must be"),
}
USERS_CREATED = {
    "no password": ({"passwords": []}, "No password was provided"),
    "both": ({"noPasswordRequired": True}, "Password field is not allowed with authentication type"),
    "open valkey": ({"passwords": [], "noPasswordRequired": True}, "engine valkey must use authentication type"),
    "iam": (
        {"passwords": [], "authenticationMode": {"type": "iam"}, "userName": "other"},
        "User Id and User name must be same for authentication type: iam",
    ),
    "id": ({"userId": "9lives"}, "The parameter UserId is not a valid identifier"),
}


@pytest.mark.parametrize(("inputs", "said"), PARAMETERS.values(), ids=PARAMETERS)
def test_parameters_that_aws_would_refuse_are_refused(scene: Scene, inputs: Props, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        scene.make(PARAMETER_GROUP.type, "sessions", inputs)


def test_every_parameter_of_a_family_can_be_asked_for(scene: Scene):
    name = parameters(scene, maxmemory_policy="noeviction")
    pages = scene.aws("elasticache").get_paginator("describe_cache_parameters").paginate(CacheParameterGroupName=name)

    found = {one["ParameterName"]: one for one in pages.build_full_result()["Parameters"]}

    assert found["maxmemory-policy"]["ParameterValue"] == "noeviction"
    assert (found["timeout"]["ParameterValue"], found["timeout"]["Source"]) == ("0", "system")


def test_a_group_with_many_parameters_is_set_in_several_calls(scene: Scene):
    names = [one["ParameterName"] for one in _changeable(scene)][:30]
    said = [{"name": name, "value": "1"} for name in names]

    made = scene.make(PARAMETER_GROUP.type, "sessions", {"family": "valkey8", "parameters": said})

    assert len(made.outputs["parameters"]) == 30


def _changeable(scene: Scene) -> list[Props]:
    defaults = scene.aws("elasticache").describe_engine_default_parameters(CacheParameterGroupFamily="valkey8")
    wide = ("0-4294967295", "0-2147483647", "1-2147483647", "0-65535", "1-100", "1-75", "1-10", "1-1000000", "1-10000")
    found = [one for one in defaults["EngineDefaults"]["Parameters"] if one["IsModifiable"]]
    return [one for one in found if one.get("AllowedValues") in wide]


def test_a_parameter_group_in_use_stays(scene: Scene):
    made = scene.make(REPLICATION_GROUP.type, "sessions", group_inputs(scene))
    group = made.inputs["parameterGroupName"]

    with pytest.raises(grpc.RpcError, match=f"still members of this parameter group {group}"):
        scene.delete(Made(urn=scene.urn(PARAMETER_GROUP.type, "sessions"), id=group, inputs={}, outputs={}))


def test_a_subnet_group_in_use_stays(scene: Scene):
    made = scene.make(REPLICATION_GROUP.type, "sessions", group_inputs(scene))
    group = made.inputs["subnetGroupName"]

    with pytest.raises(grpc.RpcError, match=f"Cache subnet group {group} is currently in use"):
        scene.delete(Made(urn=scene.urn(SUBNET_GROUP.type, "sessions"), id=group, inputs={}, outputs={}))


def test_nodes_are_spread_over_the_zones_of_the_subnets(scene: Scene):
    inputs = {**group_inputs(scene), "replicasPerNodeGroup": 2}
    made = scene.make(REPLICATION_GROUP.type, "sessions", inputs)
    aws = scene.aws("elasticache")

    nodes = [
        aws.describe_cache_clusters(CacheClusterId=one)["CacheClusters"][0] for one in made.outputs["memberClusters"]
    ]

    assert [one["PreferredAvailabilityZone"][-1] for one in nodes] == ["a", "b", "c"]


@pytest.mark.parametrize(("inputs", "said"), USERS_CHECKED.values(), ids=USERS_CHECKED)
def test_a_user_that_the_provider_refuses_is_refused_in_a_preview(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(USER.type, "app", inputs)

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize(("more", "said"), USERS_CREATED.values(), ids=USERS_CREATED)
def test_a_user_that_aws_would_not_make_is_refused(scene: Scene, more: Props, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        scene.make(USER.type, "app", user_inputs(**more))


def _user(scene: Scene, **more: object) -> str:
    return scene.make(USER.type, "app", user_inputs(**more)).id


def _open(scene: Scene, name: str) -> str:
    return _user(scene, engine="redis", userName=name, passwords=[], noPasswordRequired=True)


GROUPS: dict[str, tuple[str, Callable[[Scene], list[str]], str]] = {
    "nobody": ("redis", lambda _: [], "DefaultUserRequired.*needs to contain a user with the user name default"),
    "no default": ("redis", lambda scene: [_user(scene, engine="redis")], "DefaultUserRequired"),
    "valkey in redis": (
        "redis",
        lambda scene: ["default", _user(scene)],
        "of engine valkey cannot be in a user group of engine redis",
    ),
    "open in valkey": ("valkey", lambda scene: [_open(scene, "guest")], "takes only users that log in by password"),
    "open default in valkey": ("valkey", lambda _: ["default"], "takes only users that log in by password or iam"),
    "twins": (
        "valkey",
        lambda scene: [_user(scene, userName="twin"), _user(scene, userName="twin")],
        "DuplicateUserName.*twin is used by more than one user",
    ),
    "stranger": ("valkey", lambda _: ["nobody-known"], "UserNotFound.*User nobody-known not found"),
}


def _group(scene: Scene, engine: str, users: list[str]) -> Made:
    inputs = {"userGroupId": f"g-{secrets.token_hex(4)}", "engine": engine, "userIds": users}
    return scene.make(USER_GROUP.type, "sessions", inputs)


@pytest.mark.parametrize(("engine", "users", "said"), GROUPS.values(), ids=GROUPS)
def test_a_user_group_that_aws_would_not_make_is_refused(
    scene: Scene, engine: str, users: Callable[[Scene], list[str]], said: str
):
    members = users(scene)

    with pytest.raises(grpc.RpcError, match=said):
        _group(scene, engine, members)


def test_the_default_user_can_be_replaced_in_one_change(scene: Scene):
    group = _group(scene, "redis", ["default"])
    ours = _user(scene, engine="redis", userName="default")

    after = scene.update(group, {**group.inputs, "userIds": [ours]})

    assert after.outputs["userIds"] == [ours]


def test_the_default_user_of_a_group_cannot_be_deleted(scene: Scene):
    user = scene.make(USER.type, "app", user_inputs(engine="redis", userName="default"))
    _group(scene, "redis", [user.id])

    with pytest.raises(grpc.RpcError, match="DefaultUserAssociatedToUserGroup"):
        scene.delete(user)


def test_another_user_leaves_its_groups_when_it_is_deleted(scene: Scene):
    gone, stays = scene.make(USER.type, "app", user_inputs()), _user(scene)
    group = _group(scene, "valkey", [gone.id, stays])
    scene.delete(gone)

    found = scene.read(group)

    assert found
    assert found.inputs["userIds"] == [stays]


def test_a_user_group_in_use_stays(scene: Scene):
    made = scene.make(REPLICATION_GROUP.type, "sessions", group_inputs(scene))
    group = made.inputs["userGroupIds"][0]

    with pytest.raises(grpc.RpcError, match=f"User group {group} is associated with replication groups"):
        scene.delete(Made(urn=scene.urn(USER_GROUP.type, "sessions"), id=group, inputs={}, outputs={}))


def test_valkey_users_cannot_enter_a_redis_cache(scene: Scene):
    inputs = {**group_inputs(scene), "engine": "redis", "engineVersion": "7.1", "parameterGroupName": "default.redis7"}

    with pytest.raises(grpc.RpcError, match="of engine valkey cannot be used with a cache of engine redis"):
        scene.make(REPLICATION_GROUP.type, "sessions", inputs)


def test_redis_users_can_enter_a_valkey_cache(scene: Scene):
    group = _group(scene, "redis", [_user(scene, engine="redis", userName="default")])

    made = scene.make(REPLICATION_GROUP.type, "sessions", {**group_inputs(scene), "userGroupIds": [group.id]})

    assert made.outputs["userGroupIds"] == [group.id]


def test_a_write_only_password_counts_only_with_its_version(scene: Scene):
    inputs = {**user_inputs(), "passwordsWo": PASSWORD, "passwordsWoVersion": 1}
    del inputs["passwords"]
    user = scene.make(USER.type, "app", inputs)

    silent = scene.diff(user, {**user.inputs, "passwordsWo": f"{PASSWORD}-2"})
    spoken = scene.diff(user, {**user.inputs, "passwordsWo": f"{PASSWORD}-2", "passwordsWoVersion": 2})

    assert (list(silent.diffs), list(spoken.diffs), list(spoken.replaces)) == ([], ["passwordsWoVersion"], [])
    assert PASSWORD not in str(user.outputs)


def test_a_user_can_change_to_log_in_by_iam(scene: Scene):
    user = scene.make(USER.type, "app", user_inputs())
    news = {**user.inputs, "authenticationMode": {"type": "iam"}}
    del news["passwords"]

    after = scene.update(user, news)

    seen = scene.aws("elasticache").describe_users(UserId=user.id)["Users"][0]
    assert (after.outputs["authenticationMode"]["type"], seen["Authentication"]["Type"]) == ("iam", "iam")


@pytest.mark.parametrize("shards", [1, 2, 3, 7, 90])
def test_shards_share_all_slots_without_a_gap(shards: int):
    ranges = [tuple(map(int, slots(number, shards).split("-"))) for number in range(shards)]

    covered = [slot for first, last in ranges for slot in range(first, last + 1)]

    assert covered == list(range(16_384))


def test_completing_moto_twice_changes_nothing(scene: Scene):
    name = parameters(scene)
    complete()

    groups = scene.aws("elasticache").describe_cache_parameter_groups(CacheParameterGroupName=name)

    assert len(groups["CacheParameterGroups"]) == 1


def test_a_subnet_group_says_the_zones_of_its_subnets(scene: Scene):
    made = scene.make(SUBNET_GROUP.type, "sessions", {"subnetIds": subnets(scene)})

    group = scene.aws("elasticache").describe_cache_subnet_groups(CacheSubnetGroupName=made.id)["CacheSubnetGroups"][0]

    assert sorted(one["SubnetAvailabilityZone"]["Name"][-1] for one in group["Subnets"]) == ["a", "b", "c"]
