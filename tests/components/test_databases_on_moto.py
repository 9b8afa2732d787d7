"""Every form of a database is made on moto, which keeps what the component asked for."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pulumi_aws as aws
import pytest
from pulumi.runtime import MockResourceArgs

from components.aurora import CHOSEN_ONCE
from components.place import DrPlace, Place
from components.postgres import Postgres
from sizes.postgres_move import AnySize
from sizes.protection import Protection
from tests.components.conftest import Applied, Program, opened, own_prefix, run
from tests.components.databases import (
    AURORA,
    CLUSTER,
    DEV,
    DR,
    LOGINS,
    PROD,
    PROMOTED,
    RDS,
    REPLICATING,
    SERVERLESS,
    arguments,
)
from tests.localcloud.scene import Made, Scene

Apply = Callable[[Program], Applied]


def network(name: str, region: str) -> Place:
    """Make a network of two zones."""
    vpc = aws.ec2.Vpc(f"{name}-vpc", cidr_block="10.0.0.0/16", region=region)
    subnets = [
        aws.ec2.Subnet(
            f"{name}-subnet-{zone}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{number}.0/24",
            availability_zone=f"{region}{zone}",
            region=region,
        ).id
        for number, zone in enumerate("ab")
    ]
    clients = aws.ec2.SecurityGroup(f"{name}-clients", vpc_id=vpc.id, region=region)
    return Place(vpc_id=vpc.id, subnet_ids=subnets, clients=clients.id, clients_are_ours=True)


def on_moto(size: AnySize, protection: Protection = PROD, prefix: str = "") -> Program:
    """A database in networks and with keys of its own."""

    def program() -> Postgres:
        here, there = aws.kms.Key("key"), aws.kms.Key("dr-key", region=DR.region)
        dr = DrPlace(region=DR.region, key_arn=there.arn, place=network("dr", DR.region))
        args = arguments(
            size,
            protection,
            place=network("home", "eu-central-1"),
            key_arn=here.arn,
            prefix=prefix or own_prefix(),
            dr=dr,
            logins=LOGINS,
        )
        return Postgres("main", args)

    return program


def cluster_of(applied: Applied, made: Made) -> dict[str, Any]:
    identifier = made.outputs["clusterIdentifier"]
    return applied.scene.aws("rds").describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0]


def members_of(cluster: dict[str, Any]) -> Sequence[str]:
    return [one["DBInstanceIdentifier"].rpartition("-")[0] for one in cluster["DBClusterMembers"]]


def test_a_cluster_is_kept_as_asked(apply: Apply):
    applied = apply(on_moto(replace(AURORA, max_readers=4, io_optimized=True)))

    found = cluster_of(applied, applied.made["main-cluster"])

    assert (found["StorageEncrypted"], found["DeletionProtection"], found["BackupRetentionPeriod"]) == (True, True, 35)
    assert found["KmsKeyId"] == applied.made["key"].outputs["arn"]
    assert found["IAMDatabaseAuthenticationEnabled"] is True
    assert found["StorageType"] == "aurora-iopt1"
    assert {name.rpartition("-member-")[2] for name in members_of(found)} == {"1", "2"}


def test_a_serverless_cluster_has_bounds(apply: Apply):
    applied = apply(on_moto(SERVERLESS))

    found = cluster_of(applied, applied.made["main-cluster"])

    bounds = found["ServerlessV2ScalingConfiguration"]
    assert (bounds["MinCapacity"], bounds["MaxCapacity"]) == (0.5, 16)


def test_a_secondary_is_a_member_of_the_global_database(apply: Apply):
    applied = apply(on_moto(replace(AURORA, dr_readers=2)))
    (found,) = applied.scene.aws("rds").describe_global_clusters()["GlobalClusters"]

    arns = {one["DBClusterArn"]: one["IsWriter"] for one in found["GlobalClusterMembers"]}

    assert arns == {
        applied.made["main-cluster"].outputs["arn"]: True,
        applied.made["main-dr-cluster"].outputs["arn"]: False,
    }


def test_a_replica_follows_the_instance_with_its_administrator(apply: Apply):
    applied = apply(on_moto(REPLICATING))

    found = cluster_of(applied, applied.made["main-cluster"])

    assert found["ReplicationSourceIdentifier"] == applied.made["main-primary"].outputs["arn"]
    assert found["MasterUsername"] == "datastores"


@pytest.mark.parametrize(
    "size",
    [replace(RDS, proxy=True), replace(AURORA, proxy=True)],
    ids=["instance", "cluster"],
)
def test_a_pool_has_the_database_as_its_target(apply: Apply, size: AnySize):
    applied = apply(on_moto(size))
    proxy = applied.made["main-proxy"].outputs["name"]

    targets = applied.scene.aws("rds").describe_db_proxy_targets(DBProxyName=proxy)["Targets"]

    ids = {one["RdsResourceId"] for one in targets if one["Type"] in {"RDS_INSTANCE", "TRACKED_CLUSTER"}}
    made = applied.made.get("main-cluster") or applied.made["main-primary"]
    assert made.outputs.get("clusterIdentifier", made.outputs.get("identifier")) in ids


def test_secrets_of_pooled_logins_name_the_pool(apply: Apply):
    applied = apply(on_moto(replace(AURORA, proxy=True)))
    secrets = applied.scene.aws("secretsmanager")

    facts = json.loads(secrets.get_secret_value(SecretId=applied.made["main-api-secret"].id)["SecretString"])

    assert facts["host"] == applied.made["main-proxy"].outputs["endpoint"]
    assert facts["directHost"] == applied.made["main-cluster"].outputs["endpoint"]
    assert facts["password"] == applied.made["main-api-password"].outputs["result"]


def test_backups_are_copied_abroad(apply: Apply):
    applied = apply(on_moto(replace(RDS, dr_backups=True)))

    copies = applied.made["main-dr-backups"].outputs

    assert copies["sourceDbInstanceArn"] == applied.made["main-primary"].outputs["arn"]
    assert copies["kmsKeyId"] == applied.made["dr-key"].outputs["arn"]


@pytest.mark.parametrize("size", [RDS, AURORA, REPLICATING], ids=["instance", "cluster", "both"])
def test_no_password_is_in_any_output_but_its_own(apply: Apply, size: AnySize):
    applied = apply(on_moto(size))
    passwords = {name: made.outputs["result"] for name, made in applied.made.items() if name.endswith("-password")}

    telling = {
        (password, name)
        for name, made in applied.made.items()
        for password, value in passwords.items()
        if value in json.dumps(made.outputs)
    }

    assert telling == {(name, name) for name in passwords}


class Evolving(Applied):
    """Makes what is new, updates what was there, and deletes what is gone at the end, as an `up` would."""

    def __init__(self, scene: Scene, before: Mapping[str, Made]) -> None:
        super().__init__(scene)
        self.before = before
        self.replaced: list[str] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        was = self.before.get(args.name)
        if was is None or not args.custom:
            return super().new_resource(args)
        inputs = opened(args.inputs)
        if args.typ == CLUSTER:
            for name in CHOSEN_ONCE:
                first, *rest = name.split("_")
                key = first + "".join(part.capitalize() for part in rest)
                inputs.pop(key, None)
                inputs |= {key: was.inputs[key]} if key in was.inputs else {}
        checked, failures = self.scene.check(args.typ, args.name, inputs, was.inputs)
        assert failures == []
        diff = self.scene.diff(was, checked)
        if diff.replaces:
            self.replaced.append(args.name)
            return super().new_resource(args)
        self.made[args.name] = self.scene.update(was, checked) if diff.changes == diff.DIFF_SOME else was
        return was.id, self.made[args.name].outputs

    def finish(self) -> None:
        """Delete what the program has no more."""
        for name in reversed([name for name in self.before if name not in self.made]):
            self.scene.delete(self.before[name])


def test_a_database_goes_from_rds_to_aurora(scene: Scene):
    """Nothing that holds data is replaced, and the data's cluster is a replica first, then on its own."""
    prefix, before = own_prefix(), dict[str, Made]()
    replaced: list[str] = []
    sources: list[str | None] = []
    for size in (RDS, REPLICATING, PROMOTED, AURORA):
        evolving = Evolving(scene, before)
        run(evolving, on_moto(size, DEV, prefix))
        evolving.finish()
        before, replaced = evolving.made, [*replaced, *evolving.replaced]
        if made := before.get("main-cluster"):
            sources.append(cluster_of(evolving, made).get("ReplicationSourceIdentifier"))

    # Another version of a secret is another resource, as AWS has it.
    assert [name for name in replaced if not name.endswith("-secret-value")] == []
    assert [bool(source) for source in sources] == [True, False, False]
    assert "main-primary" not in before
