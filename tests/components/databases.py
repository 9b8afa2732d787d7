"""PostgreSQL databases to try: the arguments of one, and a program that makes it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from components.place import Account, DrPlace, Place
from components.postgres import Postgres, PostgresArgs
from sizes.aurora import AuroraSize, Instances, Serverless
from sizes.postgres import PostgresSize, ReplicaPurpose
from sizes.postgres_move import PostgresMove
from sizes.protection import Protection
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Program, Registered

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
SECRET_VALUE: Final = "aws:secretsmanager/secretVersion:SecretVersion"  # noqa: S105  a resource type

DEV, PROD = PROTECTION[Environment.DEV], PROTECTION[Environment.PROD]
ACCOUNT: Final = Account(id="123456789012", partition="aws", region="eu-central-1")
PLACE: Final = Place(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"], clients="sg-clients", clients_are_ours=True)
DR: Final = DrPlace(
    region="eu-west-1",
    key_arn="arn:dr-key",
    place=Place(vpc_id="vpc-dr", subnet_ids=["subnet-dr-1", "subnet-dr-2"], clients="sg-dr", clients_are_ours=True),
)
LOGINS: Final = ("api", "migrator", "monitoring")
API, ANALYTICS = ReplicaPurpose.API, ReplicaPurpose.ANALYTICS

RDS: Final = PostgresSize(
    instance_class="db.m7g.large",
    storage_gib=200,
    max_storage_gib=1_000,
    multi_az=True,
    replicas=(API,),
    proxy=False,
    backup_days=35,
    dr_backups=False,
)
AURORA: Final = AuroraSize(
    capacity=Instances(instance_class="db.r7g.large"),
    readers=1,
    max_readers=1,
    io_optimized=False,
    proxy=False,
    backup_days=35,
    dr_readers=0,
)
SERVERLESS: Final = replace(AURORA, capacity=Serverless(min_acu=0.5, max_acu=16))
REPLICATING: Final = PostgresMove(instance=RDS, cluster=replace(AURORA, readers=0, max_readers=0), writer="instance")
PROMOTED: Final = PostgresMove(instance=RDS, cluster=AURORA, writer="cluster")


def arguments(
    size: PostgresSize | AuroraSize | PostgresMove = RDS, protection: Protection = DEV, **more: Any
) -> PostgresArgs:
    """Give the arguments of a database, with a DR region; *more* replaces what is given here."""
    given: Mapping[str, Any] = {
        "database": "clubapp",
        "preload": ("pg_cron",),
        "prefix": "clubapp-test",
        "account": ACCOUNT,
        "place": PLACE,
        "key_arn": "arn:key",
        "dr": DR,
    }
    return PostgresArgs(size=size, protection=protection, **{**given, **more})


def database(
    size: PostgresSize | AuroraSize | PostgresMove = RDS, protection: Protection = DEV, **more: Any
) -> Program:
    """Give a program that makes the database `main`."""
    return lambda: Postgres("main", arguments(size, protection, **more))


def names(made: Registered) -> set[tuple[str, str]]:
    """Give type and name of all that was registered."""
    return {(one.typ, one.name) for one in made.resources}
