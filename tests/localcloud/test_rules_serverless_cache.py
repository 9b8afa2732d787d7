"""What ElastiCache refuses of serverless caches, and what it does in place."""

import grpc
import pytest

from localcloud.resources.serverless_cache import SERVERLESS_CACHE
from localcloud.wire import Props
from tests.localcloud.lives.elasticache import serverless_inputs, subnets
from tests.localcloud.scene import Scene

CACHE = SERVERLESS_CACHE.type


def storage(**figures: object) -> Props:
    return {"cacheUsageLimits": {"dataStorage": {"unit": "GB", **figures}}}


def units(**figures: object) -> Props:
    return {"cacheUsageLimits": {"ecpuPerSeconds": [figures]}}


REFUSED = {
    "no storage": (storage(maximum=0), "DataStorage.Maximum must be within 1 and 5000, got 0"),
    "storage upside down": (storage(minimum=20, maximum=10), "DataStorage.Minimum must not be above Maximum, got 20"),
    "unit": (storage(unit="TB"), "DataStorage.Unit must be GB, got TB"),
    "few units": (units(maximum=999), "ECPUPerSecond.Maximum must be within 1000 and 15000000, got 999"),
    "retention": ({"snapshotRetentionLimit": 36}, "SnapshotRetentionLimit must be within 0 and 35, got 36"),
    "time": ({"dailySnapshotTime": "25:00"}, "DailySnapshotTime must be HH:MM, got 25:00"),
    "version": ({"majorEngineVersion": "6"}, "MajorEngineVersion of valkey must be one of 7, 8, 9, got 6"),
    "user group": ({"userGroupId": "none-such"}, "User Group none-such not found"),
    "key": ({"kmsKeyId": "none-such"}, "InvalidKMSKeyFault"),
    "security group": ({"securityGroupIds": ["sg-none"]}, "Some security groups are invalid: sg-none"),
    "subnet": ({"subnetIds": ["subnet-1", "subnet-2"]}, "Some subnets are invalid: subnet-1, subnet-2"),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED)
def test_a_cache_that_aws_would_not_make_is_refused(scene: Scene, change: Props, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        scene.make(CACHE, "sessions", {**serverless_inputs(scene), **change})


def test_a_cache_lies_in_two_zones_or_three(scene: Scene):
    inputs = {**serverless_inputs(scene), "subnetIds": subnets(scene)[:1]}

    with pytest.raises(grpc.RpcError, match="needs 2 or 3 subnets, each in another zone, got 1"):
        scene.make(CACHE, "sessions", inputs)


def test_memcached_is_refused_in_a_preview(scene: Scene):
    _, failures = scene.check(CACHE, "sessions", {"engine": "memcached"})

    assert [failure for failure in failures if "expected engine to be one of redis, valkey, got 'memcached'" in failure]


def test_a_cache_without_more_has_the_defaults_of_aws(scene: Scene):
    made = scene.make(CACHE, "sessions", {"engine": "valkey"})

    told = {key: made.outputs[key] for key in ("majorEngineVersion", "snapshotRetentionLimit", "dailySnapshotTime")}
    assert told == {"majorEngineVersion": "8", "snapshotRetentionLimit": 0, "dailySnapshotTime": "03:30"}
    assert (len(made.outputs["subnetIds"]), made.outputs["endpoints"][0]["port"]) == (3, 6379)


def test_redis_becomes_valkey_in_place_and_never_back(scene: Scene):
    made = scene.make(CACHE, "sessions", {"engine": "redis", "majorEngineVersion": "7"})
    news = {**made.inputs, "engine": "valkey", "majorEngineVersion": "8"}
    there = scene.diff(made, news)

    after = scene.update(made, news)

    assert (list(there.replaces), after.outputs["fullEngineVersion"][:1]) == ([], "8")
    assert list(scene.diff(after, made.inputs).replaces) == ["engine"]


def test_a_version_never_goes_back(scene: Scene):
    made = scene.make(CACHE, "sessions", {"engine": "valkey", "majorEngineVersion": "8"})

    with pytest.raises(grpc.RpcError, match="Engine version downgrade from 8 to 7 is not supported"):
        scene.update(made, {**made.inputs, "majorEngineVersion": "7"})


def test_a_user_group_can_leave(scene: Scene):
    made = scene.make(CACHE, "sessions", serverless_inputs(scene))

    after = scene.update(made, {key: value for key, value in made.inputs.items() if key != "userGroupId"})

    assert "userGroupId" not in after.outputs


def test_a_name_is_used_once(scene: Scene):
    inputs = {"engine": "valkey", "name": scene.stack[:40]}
    scene.make(CACHE, "sessions", inputs)

    with pytest.raises(grpc.RpcError, match="ServerlessCacheAlreadyExists"):
        scene.make(CACHE, "again", inputs)
