"""MongoDB Atlas on the real engine: a small program grows from a free cluster to a sharded one."""

import json
from pathlib import Path

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local, touched

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("atlas")]

STACK = "devora-dev"
CLUSTER = "mongodbatlas:index/advancedCluster:AdvancedCluster"
SHARDED = {"datastores:tier": "M30", "datastores:kind": "SHARDED", "datastores:shards": "2"}
PROGRAM = """\
import pulumi
import pulumi_aws as aws
import pulumi_mongodbatlas as atlas

config = pulumi.Config()
tier, kind = config.require("tier"), config.get("kind") or "REPLICASET"
place = {"region_name": "EU_CENTRAL_1", "priority": 7}
if tier == "M0":
    place |= {"provider_name": "TENANT", "backing_provider_name": "AWS", "electable_specs": {"instance_size": "M0"}}
else:
    place |= {"provider_name": "AWS", "electable_specs": {"instance_size": tier, "node_count": 3}}
own = {} if tier == "M0" else {"backup_enabled": True, "pit_enabled": True}

project = atlas.Project("project", name="devora", org_id="5f0e0f1f73cf09a29120e173")
cluster = atlas.AdvancedCluster(
    "cluster",
    project_id=project.id,
    name="devora",
    cluster_type=kind,
    replication_specs=[{"region_configs": [place]}] * (config.get_int("shards") or 1),
    **own,
)
atlas.DatabaseUser(
    "user",
    project_id=project.id,
    username="api",
    auth_database_name="admin",
    password="correct-horse-battery",
    roles=[{"role_name": "readWrite", "database_name": "devora"}],
)
pulumi.export("cluster", cluster.cluster_id)
pulumi.export("zone", cluster.replication_specs[0].zone_id)
if config.get_bool("private"):
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.0.0.0/16")
    link = atlas.PrivateLinkEndpoint("link", project_id=project.id, provider_name="AWS", region="eu-central-1")
    interface = aws.ec2.VpcEndpoint(
        "interface", vpc_id=vpc.id, vpc_endpoint_type="Interface", service_name=link.endpoint_service_name
    )
    joint = atlas.PrivateLinkEndpointService(
        "joint",
        project_id=project.id,
        private_link_id=link.private_link_id,
        endpoint_service_id=interface.id,
        provider_name="AWS",
    )
    told = joint.aws_connection_status.apply(
        lambda _: atlas.get_advanced_cluster_output(project_id=project.id, name=cluster.name).connection_strings
    )
    pulumi.export("srv", told.apply(lambda strings: strings.private_endpoints[0].srv_connection_string))
"""


@pytest.fixture(scope="module")
def local(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Give a local cloud where the program is up with a free cluster."""
    root: Path = tmp_path_factory.mktemp("project")
    (root / "stacks").mkdir()
    (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    text = "config:\n  aws:region: eu-central-1\n  datastores:tier: M0\n"
    (root / "stacks" / f"Pulumi.{STACK}.yaml").write_text(text, encoding="utf-8")
    local = start(root)
    local.init(STACK)
    local.up(STACK)
    return local


def test_a_cluster_grows_from_free_to_sharded_without_being_replaced(local: Local):
    first = local.outputs(STACK)["cluster"]
    local.configure(STACK, {"datastores:tier": "M10"})
    moved = local.steps_of_up(STACK)
    rest = local.steps_of_up(STACK)
    nothing = local.up(STACK)
    local.configure(STACK, SHARDED)
    sharded = local.steps_of_up(STACK)

    # The provider carries out the move alone; the next run does what is left.
    assert touched(moved, "update") == touched(rest, "update") == touched(sharded, "update") == ["cluster"]
    assert touched([*moved, *rest, *sharded], "create", "replace", "delete") == []
    assert (nothing, local.outputs(STACK)["cluster"]) == ({"same": 4}, first)
    assert len(local.outputs(STACK)["zone"]) == 24


def test_private_endpoints_are_joined_in_one_run_and_a_refresh_finds_nothing_else(local: Local):
    local.configure(STACK, {**SHARDED, "datastores:shards": "1", "datastores:private": "true"})
    local.up(STACK)
    local.succeed("refresh", "--yes", "--stack", STACK)

    assert local.outputs(STACK)["srv"].startswith("mongodb+srv://devora-pl-0.")
    assert touched(local.preview(STACK), "update", "replace", "create", "delete") == []


def test_a_cluster_is_imported_by_project_and_name(local: Local):
    project = next(one["id"] for one in local.resources(STACK) if one["type"].endswith(":Project"))

    shown = local.succeed("import", CLUSTER, "again", f"{project}-devora", "--stack", STACK, "--yes")

    assert 'name="devora"' in shown
    assert "atlas.AdvancedCluster(" in shown
    local.succeed("state", "delete", "--force", "--yes", "--stack", STACK, _urn(local, "again"))


def _urn(local: Local, name: str) -> str:
    return next(one["urn"] for one in local.resources(STACK) if one["urn"].endswith(f"::{name}"))


def test_all_of_it_is_destroyed_in_order(local: Local):
    local.succeed("destroy", "--yes", "--stack", STACK)

    assert json.dumps(local.resources(STACK)) == "[]"
