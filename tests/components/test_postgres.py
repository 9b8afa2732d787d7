"""PostgreSQL: encrypted, private, over TLS only, restorable, and read from replicas that keep their names."""

import json
from collections.abc import Callable
from dataclasses import replace

import pulumi_aws as aws
import pytest

from components.place import Place
from components.postgres import Postgres
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.protection import Protection
from stacks.applications.clubapp import MAIN
from stacks.phases import Phase
from tests.components.conftest import Applied, Program, Registered, own_prefix
from tests.components.databases import ANALYTICS, API, DEV, INSTANCE, PROD, arguments, database

GROUP = "aws:rds/parameterGroup:ParameterGroup"

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def postgres(size: PostgresSize = MAIN[Phase.MVP], protection: Protection = DEV) -> Program:
    return database(size, protection)


def on_moto(size: PostgresSize = MAIN[Phase.MVP], protection: Protection = DEV) -> Program:
    """A database in a network and with a key of its own."""

    def program() -> Postgres:
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
        alone = replace(size, dr_backups=False)
        return Postgres("main", arguments(alone, protection, place=place, key_arn=key.arn, prefix=own_prefix()))

    return program


def parameters(made: Registered) -> dict[str, tuple[str, str]]:
    group = made.named(GROUP)["main-parameters"]
    return {one["name"]: (one["value"], one["applyMethod"]) for one in group["parameters"]}


def test_storage_is_encrypted_with_the_stacks_key_and_private(deploy: Deploy):
    primary = deploy(postgres()).named(INSTANCE)["main-primary"]

    assert (primary["storageEncrypted"], primary["kmsKeyId"]) == (True, "arn:key")
    assert primary["publiclyAccessible"] is False


def test_only_tls_is_let_in(deploy: Deploy):
    assert parameters(deploy(postgres()))["rds.force_ssl"] == ("1", "immediate")


def test_libraries_wait_for_the_next_start(deploy: Deploy):
    """RDS refuses a static parameter that is to hold at once."""
    libraries = parameters(deploy(postgres()))["shared_preload_libraries"]

    assert libraries == ("pg_stat_statements,pgaudit,pg_cron", "pending-reboot")


def test_another_content_of_the_parameter_group_is_another_name(deploy: Deploy):
    """A group in use cannot be deleted: the new one must exist beside the old one."""
    with_cron = deploy(postgres()).named(GROUP)["main-parameters"]["name"]
    without = deploy(database(MAIN[Phase.MVP], preload=())).named(GROUP)["main-parameters"]["name"]

    assert with_cron != without


def test_the_password_is_not_managed_by_rds(deploy: Deploy):
    """RDS refuses read replicas of a primary whose password it manages."""
    primary = deploy(postgres()).named(INSTANCE)["main-primary"]

    assert "manageMasterUserPassword" not in primary
    assert "password" not in primary
    assert primary["passwordWoVersion"] == 1


def test_growth_survives_losing_an_availability_zone(deploy: Deploy):
    assert deploy(postgres(MAIN[Phase.GROWTH])).named(INSTANCE)["main-primary"]["multiAz"] is True


@pytest.mark.parametrize("replicas", [(), (API,), (ANALYTICS,), (API, ANALYTICS)])
def test_replicas_are_named_by_their_purpose(deploy: Deploy, replicas: tuple[ReplicaPurpose, ...]):
    """Adding one never renames another."""
    instances = deploy(postgres(replace(MAIN[Phase.SCALE], replicas=replicas))).named(INSTANCE)

    assert set(instances) == {"main-primary", *(f"main-replica-{purpose}" for purpose in replicas)}


def test_every_instance_finds_its_log_groups_there(deploy: Deploy):
    """RDS would make them without a key and without an end."""
    groups = deploy(postgres(MAIN[Phase.SCALE])).named("aws:cloudwatch/logGroup:LogGroup")

    assert set(groups) == {
        f"main-{instance}-logs-{kind}" for instance in ("primary", "replica-api") for kind in ("postgresql", "upgrade")
    }
    assert {group["retentionInDays"] for group in groups.values()} == {365}
    assert {group["kmsKeyId"] for group in groups.values()} == {"arn:key"}


def test_a_database_of_prod_leaves_a_snapshot_and_its_backups(deploy: Deploy):
    primary = deploy(postgres(protection=PROD)).named(INSTANCE)["main-primary"]

    assert (primary["deletionProtection"], primary["skipFinalSnapshot"]) == (True, False)
    assert primary["deleteAutomatedBackups"] is False
    assert primary["finalSnapshotIdentifier"].endswith("-final")


def test_only_the_clients_group_reaches_the_port(deploy: Deploy):
    rule = deploy(postgres()).named("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")["main-from-clients"]

    assert rule["referencedSecurityGroupId"] == "sg-clients"
    assert (rule["ipProtocol"], rule["fromPort"], rule["toPort"]) == ("tcp", 5432, 5432)


def test_clients_that_are_ours_are_let_out_to_the_database_and_others_are_left_alone(deploy: Deploy):
    """A security group that Pulumi makes has no way out of its own."""
    egress = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    theirs = Place(vpc_id="vpc-1", subnet_ids=[], clients="sg-theirs", clients_are_ours=False)

    ours = deploy(postgres()).named(egress)["main-of-clients"]
    others = deploy(database(MAIN[Phase.MVP], place=theirs)).named(egress)

    assert (ours["securityGroupId"], ours["fromPort"], ours["toPort"]) == ("sg-clients", 5432, 5432)
    assert others == {}


def test_a_replica_has_the_key_of_its_source_without_naming_it(deploy: Deploy):
    """RDS refuses a key for a replica in the region of its source."""
    replica = deploy(postgres(MAIN[Phase.SCALE])).named(INSTANCE)["main-replica-api"]

    assert "kmsKeyId" not in replica
    assert replica["storageEncrypted"] is True


@pytest.mark.parametrize(("storage", "expected"), [(399, (None, None)), (400, (12000, 500))])
def test_striped_storage_names_its_figures(deploy: Deploy, storage: int, expected: tuple[int | None, int | None]):
    """RDS refuses them below 400 GiB, and the 3,000 IOPS of before above."""
    size = replace(MAIN[Phase.ENTERPRISE], storage_gib=storage)

    instances = deploy(postgres(size)).named(INSTANCE)

    assert {(one.get("iops"), one.get("storageThroughput")) for one in instances.values()} == {expected}


def test_rds_keeps_what_the_component_asked_for(apply: Apply):
    applied = apply(on_moto(MAIN[Phase.SCALE], PROD))
    rds, primary = applied.scene.aws("rds"), applied.made["main-primary"]

    found = rds.describe_db_instances(DBInstanceIdentifier=primary.outputs["identifier"])["DBInstances"][0]

    assert (found["StorageEncrypted"], found["MultiAZ"], found["PubliclyAccessible"]) == (True, True, False)
    assert found["KmsKeyId"] == applied.made["key"].outputs["arn"]
    assert (found["BackupRetentionPeriod"], found["DeletionProtection"]) == (35, True)
    assert found["DBInstanceClass"] == "db.m7g.large"
    assert found["AllocatedStorage"] == 200
    assert set(found["EnabledCloudwatchLogsExports"]) == {"postgresql", "upgrade"}
    assert len(found["ReadReplicaDBInstanceIdentifiers"]) == 1


def test_a_replica_follows_its_primary_and_keeps_no_backups(apply: Apply):
    applied = apply(on_moto(MAIN[Phase.SCALE]))
    rds, replica = applied.scene.aws("rds"), applied.made["main-replica-api"]

    found = rds.describe_db_instances(DBInstanceIdentifier=replica.outputs["identifier"])["DBInstances"][0]

    assert found["ReadReplicaSourceDBInstanceIdentifier"] == applied.made["main-primary"].outputs["identifier"]
    assert (found["BackupRetentionPeriod"], found["StorageEncrypted"]) == (0, True)


def test_the_connection_secret_says_all_that_a_client_needs(apply: Apply):
    applied = apply(on_moto(MAIN[Phase.SCALE]))
    secrets, primary = applied.scene.aws("secretsmanager"), applied.made["main-primary"]

    value = json.loads(secrets.get_secret_value(SecretId=applied.made["main-secret"].id)["SecretString"])

    assert value == {
        "engine": "postgres",
        "host": primary.outputs["address"],
        "port": 5432,
        "dbname": "clubapp",
        "username": "datastores",
        "sslmode": "verify-full",
        "readerHosts": {"api": applied.made["main-replica-api"].outputs["address"]},
        "password": applied.made["main-password"].outputs["result"],
    }


def test_the_password_is_in_no_output_but_its_own(apply: Apply):
    applied = apply(on_moto(protection=PROD))
    password = applied.made["main-password"].outputs["result"]

    telling = [name for name, made in applied.made.items() if password in json.dumps(made.outputs)]

    assert telling == ["main-password"]
