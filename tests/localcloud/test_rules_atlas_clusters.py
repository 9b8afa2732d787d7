"""What Atlas refuses of a cluster whatever is there already: said in a preview, before any call."""

from typing import Any, Final

import pytest

from localcloud.wire import UNKNOWN, Props
from tests.localcloud.lives.atlas_inputs import (
    CLUSTER,
    DR,
    FLEX,
    FREE,
    ORGANIZATION,
    cluster,
    nodes,
    region,
    scaling,
    shared,
    specs,
)
from tests.localcloud.scene import Scene


def dr(count: int, **more: Any) -> Props:
    return region(regionName=DR, priority=6, electableSpecs=nodes(count=count), **more)


def bounds(**more: Any) -> Props:
    return {"replicationSpecs": specs(region(autoScaling={**scaling(), **more}))}


RULES: Final[dict[str, tuple[Props, str]]] = {
    "name": ({"name": "devora.app"}, "CLUSTER_NAME_INVALID: the name can only contain ASCII letters"),
    "kind": ({"clusterType": "REPLICA"}, "clusterType must be one of REPLICASET, SHARDED, GEOSHARDED, got 'REPLICA'"),
    "version": ({"mongoDbMajorVersion": "4.4"}, "mongoDbMajorVersion must be one of 6.0, 7.0, 8.0, got '4.4'"),
    "continuous": (
        {"mongoDbMajorVersion": "8.0", "versionReleaseSystem": "CONTINUOUS"},
        "must not be given when versionReleaseSystem is CONTINUOUS",
    ),
    "shards of a replica set": ({"replicationSpecs": specs() * 2}, "a REPLICASET has one entry of replicationSpecs"),
    "nowhere": ({"replicationSpecs": []}, "replicationSpecs must have an entry for each shard"),
    "place": (
        {"replicationSpecs": specs(region(regionName="eu-central-1"))},
        "INVALID_REGION: No region eu-central-1 exists for provider AWS",
    ),
    "unknown tier": ({"replicationSpecs": specs(region("M11"))}, "instanceSize must be one of M10, M20"),
    "even": (
        {"replicationSpecs": specs(region(electableSpecs=nodes(count=4)))},
        "CLUSTER_REPLICATION_FACTOR_INVALID: the electable nodes of a shard must be 3, 5, or 7 in all, got 4",
    ),
    "even over regions": ({"replicationSpecs": specs(region(), dr(1))}, "must be 3, 5, or 7 in all, got 4"),
    "ascending": (
        {"replicationSpecs": specs(region(priority=6), dr(2) | {"priority": 7})},
        "priority values in region_configs must be in descending order, got 6, 7",
    ),
    "lower than 7": ({"replicationSpecs": specs(region(priority=6))}, "must be 7, got 6"),
    "with a gap": ({"replicationSpecs": specs(region(), dr(2) | {"priority": 5})}, "must be 7, 6, got 7, 5"),
    "two tiers": (
        {"replicationSpecs": specs(region(readOnlySpecs=nodes("M20", 1)))},
        "electable and read-only nodes of a shard must have one instanceSize, got M10, M20",
    ),
    "two disks": (
        {
            "replicationSpecs": specs(
                region(electableSpecs=nodes(diskSizeGb=20), readOnlySpecs=nodes(count=1, diskSizeGb=30))
            )
        },
        "diskSizeGb must be equal for all shards and node types, got 20, 30",
    ),
    "huge disk": (
        {"replicationSpecs": specs(region(electableSpecs=nodes(diskSizeGb=101)))},
        "CLUSTER_DISK_SIZE_INVALID: diskSizeGb of M10 must be 10 to 100, got 101",
    ),
    "other cloud": ({"replicationSpecs": specs(region(providerName="GCP"))}, "must be TENANT, FLEX or AWS"),
    "no bound": (
        {"replicationSpecs": specs(region(autoScaling={"computeEnabled": True}))},
        "COMPUTE_AUTO_SCALING_MAX_INSTANCE_SIZE_REQUIRED",
    ),
    "no lower bound": (
        {
            "replicationSpecs": specs(
                region(
                    autoScaling={
                        "computeEnabled": True,
                        "computeScaleDownEnabled": True,
                        "computeMaxInstanceSize": "M40",
                    }
                )
            )
        },
        "COMPUTE_AUTO_SCALING_MIN_INSTANCE_SIZE_REQUIRED",
    ),
    "only down": (
        {"replicationSpecs": specs(region(autoScaling={"computeScaleDownEnabled": True}))},
        "COMPUTE_AUTO_SCALING_SCALE_DOWN_ENABLED_INVALID",
    ),
    "unknown bound": (bounds(computeMaxInstanceSize="M45"), "the bounds of autoScaling must be of M10, M20"),
    "bounds turned round": (
        bounds(computeMinInstanceSize="M50"),
        "COMPUTE_AUTO_SCALING_INSTANCE_SIZE_RANGE_INVALID: the min instance size (M50) must be less than the max",
    ),
    "bounds of two classes": (bounds(computeMaxInstanceSize="R40"), "COMPUTE_AUTO_SCALING_INSTANCE_SIZE_RANGE_INVALID"),
}


@pytest.mark.parametrize(("change", "said"), RULES.values(), ids=RULES)
def test_a_cluster_that_atlas_would_refuse_is_refused(scene: Scene, change: Props, said: str):
    _, failures = scene.check(CLUSTER, "main", cluster(ORGANIZATION, **change))

    assert said in "\n".join(failures)


def m0(**more: Any) -> Props:
    return shared(ORGANIZATION, FREE, **more)


def flex(**more: Any) -> Props:
    return shared(ORGANIZATION, FLEX, **more)


SHARED: Final[dict[str, tuple[Props, str]]] = {
    "backups of M0": (m0(backupEnabled=True), "INVALID_TENANT_BACKUP_ENABLED"),
    "no backups of Flex": (flex(backupEnabled=False), "its daily snapshots cannot be switched off"),
    "protection of M0": (m0(terminationProtectionEnabled=True), "an M0 cluster has no termination protection"),
    "continuous of M0": (m0(pitEnabled=True), "a TENANT cluster has no Continuous Cloud Backup"),
    "continuous of Flex": (flex(pitEnabled=True), "a FLEX cluster has no Continuous Cloud Backup"),
    "key": (m0(encryptionAtRestProvider="AWS"), "CANNOT_USE_ENCRYPTION_AT_REST_TENANT"),
    "TLS": (
        flex(advancedConfiguration={"minimumEnabledTlsProtocol": "TLS1_2"}),
        "TENANT_CLUSTER_PROCESS_ARGS_NOT_SUPPORTED",
    ),
    "pause": (m0(paused=True), "a TENANT cluster cannot be paused"),
    "pin": (flex(pinnedFcv={"expirationDate": "2027-01-01T00:00:00Z"}), "the version of a FLEX cluster is Atlas' own"),
    "scaling": (m0(replicationSpecs=specs({**FREE, "autoScaling": scaling()})), "AUTO_SCALING_NOT_SUPPORTED"),
    "analytics": (
        flex(replicationSpecs=specs({**FLEX, "analyticsSpecs": nodes(count=1)})),
        "a FLEX cluster has no read-only or analytics nodes",
    ),
    "size": (
        m0(replicationSpecs=specs({**FREE, "electableSpecs": {"instanceSize": "M2"}})),
        "the instanceSize of a TENANT cluster must be M0 (M2 and M5 became Flex), got 'M2'",
    ),
    "cloud behind": (
        flex(replicationSpecs=specs({**FLEX, "backingProviderName": "GCP"})),
        "a FLEX cluster needs backingProviderName AWS, got 'GCP'",
    ),
    "shards": (m0(clusterType="SHARDED"), "a TENANT cluster is a REPLICASET with one shard in one region"),
}


@pytest.mark.parametrize(("inputs", "said"), SHARED.values(), ids=SHARED)
def test_what_shared_servers_do_not_have_is_refused(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(CLUSTER, "main", inputs)

    assert said in "\n".join(failures)


@pytest.mark.parametrize(
    "inputs",
    [
        m0(),
        flex(),
        flex(terminationProtectionEnabled=True, backupEnabled=True),
        cluster(ORGANIZATION),
        cluster(ORGANIZATION, replicationSpecs=specs(region(), dr(2))),
        cluster(ORGANIZATION, clusterType="SHARDED", replicationSpecs=specs(region("M30")) * 3),
        cluster(ORGANIZATION, **bounds()),
        cluster(ORGANIZATION, pitEnabled=UNKNOWN),
    ],
)
def test_what_atlas_takes_is_taken(scene: Scene, inputs: Props):
    assert scene.check(CLUSTER, "main", inputs)[1] == []
