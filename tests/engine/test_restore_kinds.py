"""Restores of what no stack has in its first phase, killed in every update: Aurora, a serverless cache, Atlas."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from localcloud.paths import CODE
from restores.clusters import like
from tests.engine.clouds import Start
from tests.engine.deployments import Deployment
from tests.engine.local import Local, touched
from tests.engine.project import copy_to
from tests.engine.upgrading import arrange, at_first, killed, run, watched
from upgrades.atlas import Atlas

pytestmark = [pytest.mark.engine, pytest.mark.matrix]

SERVERLESS = "ServerlessRedisSize(max_data_gib=5, max_ecpu_per_second=5_000, snapshot_days=15)"
SECONDS = 6.0
"""How long a resource takes in whose making or going everything is killed."""


def carried_out(local: Local, stack: str, store: str, option: tuple[str, ...], kills: tuple[str, ...]) -> Any:
    """
    Begin a step, be killed at each of *kills*, go on; give what the end of it said.

    A kill is what a resource is in the middle of (`main-cluster deleting`), or words that are written.
    """
    for words in kills:
        name, _, doing = words.partition(" ")
        if operation := {"creating": "create", "deleting": "delete"}.get(doing):
            arrange(local, name, operation, "slow", SECONDS)
        watched(local, at_first(words, killed), stack, store, *option, "--yes", command="restore")
        option = ("--resume",)
    ended = run(local, "restore", stack, store, *option, "--yes", "--json")
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def left_to_do(local: Local, stack: str) -> list[str]:
    """Give what a preview, and a refresh, would change."""
    refresh = ("refresh", "--yes", "--skip-preview", "--expect-no-changes", "--diff", "--stack", stack)
    found = local.pulumi(*refresh)
    changes = touched(local.preview(stack), "create", "update", "delete", "replace", "create-replacement")
    return [*changes, *([found.stdout] if found.returncode else [])]


@pytest.mark.xdist_group("restore-cluster")
def test_an_aurora_cluster_behind_a_pool_is_restored_switched_and_retired_though_killed_in_each(start: Start):
    stack, local = "devmentor-prod", start(CODE)
    local.init(stack)
    local.configure(stack, {"datastores:phase": "enterprise"})  # with a secondary in the DR region
    local.up(stack)
    rds = local.aws("rds")
    (before,) = rds.describe_db_clusters()["DBClusters"]

    carried_out(local, stack, "main", ("--to", "latest"), ("main-2-cluster creating",))
    carried_out(local, stack, "main", ("--switch",), ("main-proxy-target creating",))
    retired = carried_out(local, stack, "main", ("--retire",), ("main-cluster deleting",))

    (after,) = rds.describe_db_clusters()["DBClusters"]
    (proxy,) = rds.describe_db_proxies()["DBProxies"]
    targets = rds.describe_db_proxy_targets(DBProxyName=proxy["DBProxyName"])["Targets"]
    (led_to,) = [one["RdsResourceId"] for one in targets if one["Type"] == "TRACKED_CLUSTER"]
    assert retired["deployed"] == {"generation": 2}
    assert after["DBClusterIdentifier"] == before["DBClusterIdentifier"].replace("-main-", "-main-2-")
    assert retired["used"]["id"] == led_to == after["DBClusterIdentifier"]
    assert len(after["DBClusterMembers"]) == len(before["DBClusterMembers"])
    assert left_to_do(local, stack) == []


@pytest.mark.xdist_group("restore-atlas")
def test_a_sharded_cluster_of_atlas_is_restored_switched_and_retired_though_killed_in_each(start: Start):
    stack, local = "devora-prod", start(CODE)
    local.init(stack)
    local.configure(stack, {**Deployment(stack=stack).settings, "datastores:phase": "enterprise"})
    local.up(stack)
    atlas = Atlas(environment=local.environment)
    project = local.outputs(stack)["documentsProjectId"]
    (before,) = atlas.clusters(project)
    kills = ("making devora-prod-documents-2", "restoring devora-prod", "imported: ", "documents-2-backups creating")

    carried_out(local, stack, "documents", ("--to", "latest"), kills)
    carried_out(local, stack, "documents", ("--switch",), ("documents-api-secret-value creating",))
    retired = carried_out(local, stack, "documents", ("--retire",), ("documents-cluster deleting",))

    (after,) = atlas.clusters(project)
    outputs = local.outputs(stack)
    secret = local.aws("secretsmanager").get_secret_value(SecretId=outputs["documentsLoginSecretArns"]["api"])
    assert retired["deployed"] == {"generation": 2}
    assert (before["name"], after["name"]) == ("devora-prod-documents", "devora-prod-documents-2")
    assert described(after) == described(before)
    assert outputs["documentsClusterId"] == after["id"] != before["id"]
    assert json.loads(secret["SecretString"])["host"] == outputs["documentsHost"]
    assert left_to_do(local, stack) == []


def described(cluster: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a cluster as it would be made again under another name."""
    return {**like(cluster, "any"), "tags": sorted(tag["key"] for tag in cluster["tags"])}


@pytest.mark.xdist_group("restore-serverless")
def test_a_serverless_cache_is_restored_switched_and_retired_though_killed_in_each(
    start: Start, tmp_path_factory: pytest.TempPathFactory
):
    stack, root = "clubapp-dev", copy_to(tmp_path_factory.mktemp("project") / "datastores")
    serverless(root / "stacks" / "applications" / "clubapp.py")
    local = start(root)
    local.init(stack)
    local.up(stack)
    elasticache = local.aws("elasticache")
    (before,) = elasticache.describe_serverless_caches()["ServerlessCaches"]
    name = before["ServerlessCacheName"]
    without = run(local, "restore", stack, "cache", "--to", "latest", "--yes")
    elasticache.create_serverless_cache_snapshot(ServerlessCacheSnapshotName="mine", ServerlessCacheName=name)

    beside = carried_out(local, stack, "cache", ("--to", "mine"), ("cache-2-serverless creating",))
    carried_out(local, stack, "cache", ("--switch",), ("cache-secret-value creating",))
    retired = carried_out(local, stack, "cache", ("--retire",), ("cache-serverless deleting",))

    (after,) = elasticache.describe_serverless_caches()["ServerlessCaches"]
    secret = local.aws("secretsmanager").get_secret_value(SecretId=local.outputs(stack)["cacheSecretArn"])
    assert (without.returncode, f"{name} has no snapshot yet" in without.stderr) == (2, True)
    assert beside["deployed"]["from"].endswith(":serverlesscachesnapshot:mine")
    assert retired["deployed"] == {"generation": 2}
    assert retired["used"]["id"] == after["ServerlessCacheName"] == name.replace("-cache-", "-cache-2-")
    assert json.loads(secret["SecretString"])["host"] == after["Endpoint"]["Address"]
    assert left_to_do(local, stack) == []


def serverless(application: Path) -> None:
    """Let an application's cache be serverless in every phase: none of ours is."""
    row = re.compile(r"\bRedisSize\(node_type=.*\),$", re.MULTILINE)
    text, changed = row.subn(f"{SERVERLESS},", application.read_text(encoding="utf-8"))
    assert changed == 4
    application.write_text(
        text.replace("ClusterMode, RedisSize", "ClusterMode, RedisSize, ServerlessRedisSize"), encoding="utf-8"
    )
