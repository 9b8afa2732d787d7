"""Drills of stores that are in moto, with a clock of the test's own."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from drills.report import DATA, Check, Outcome, Report, StoreDrill
from drills.run import Asked, Drill, Looks, Place, drill
from localcloud.resources.dynamodb import TABLE
from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_instance import CLUSTER_INSTANCE
from localcloud.resources.rds_instance import INSTANCE
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.resources.serverless_cache import SERVERLESS_CACHE
from restores.window import Kind, Source
from sizes.recovery import Recovery
from tests.localcloud.lives.dynamodb import TABLE_INPUTS
from tests.localcloud.lives.elasticache import group_inputs, serverless_inputs
from tests.localcloud.lives.rds import instance_inputs, new_subnet_group
from tests.localcloud.lives.rds_cluster import MINIMAL_CLUSTER
from tests.localcloud.lives.vpc import new_vpc
from tests.localcloud.scene import Scene

# Wide bounds: how old moto says that data are is no business of these tests.
RECOVERY = Recovery(
    rpo_minutes=10_000,
    rto_minutes=60,
    daily_days=35,
    weekly_days=0,
    monthly_days=0,
    dr_days=0,
    drill_days=90,
    test_every_days=0,
)


def source(kind: Kind, id_: str, store: str) -> Source:
    return Source(store=store, kind=kind, id=id_, arn="", family=id_)


def database(scene: Scene) -> Source:
    """Make an instance that must not be deleted: its copy may."""
    made = scene.make(INSTANCE.type, "main", {**instance_inputs(scene), "deletionProtection": True})
    return source(Kind.INSTANCE, str(made.outputs["identifier"]), "main")


def aurora(scene: Scene) -> Source:
    inputs = {**MINIMAL_CLUSTER, "dbSubnetGroupName": new_subnet_group(scene, new_vpc(scene))}
    made = scene.make(CLUSTER.type, "main", {**inputs, "deletionProtection": True, "storageEncrypted": True})
    member = {"clusterIdentifier": made.id, "engine": "aurora-postgresql", "instanceClass": "db.r7g.large"}
    for number in (1, 2):
        scene.make(CLUSTER_INSTANCE.type, f"main-{number}", member)
    return source(Kind.CLUSTER, made.id, "main")


def table(scene: Scene, *, items: int = 3, **inputs: Any) -> Source:
    made = scene.make(TABLE.type, "presence", {**TABLE_INPUTS, "deletionProtectionEnabled": True, **inputs})
    for number in range(items):
        put(scene, made.id, number)
    return source(Kind.TABLE, made.id, "presence")


def put(scene: Scene, table_: str, number: int) -> None:
    scene.aws("dynamodb").put_item(TableName=table_, Item={"userId": {"S": f"u{number}"}, "venueId": {"S": "v"}})


def cache(scene: Scene) -> Source:
    made = scene.make(REPLICATION_GROUP.type, "queue", group_inputs(scene))
    return source(Kind.GROUP, made.id, "queue")


def snapped_cache(scene: Scene) -> Source:
    mine = cache(scene)
    scene.aws("elasticache").create_snapshot(ReplicationGroupId=mine.id, SnapshotName=f"{mine.id}-nightly")
    return mine


def snapped_serverless(scene: Scene) -> Source:
    made = scene.make(SERVERLESS_CACHE.type, "cache", serverless_inputs(scene))
    name = str(made.outputs["name"])
    scene.aws("elasticache").create_serverless_cache_snapshot(
        ServerlessCacheName=name, ServerlessCacheSnapshotName=f"{name}-nightly"
    )
    return source(Kind.SERVERLESS, name, "cache")


def answering(*_: object) -> Iterator[Check]:
    """Say that all that could be asked is right."""
    yield Check(aspect=DATA, name="looked", outcome=Outcome.PASSED, said="all is there")


def drilled(  # noqa: PLR0913  each is a fact of its own
    scene: Scene,
    *sources: Source,
    told: Sequence[StoreDrill] = (),
    say: Callable[[str], None] = lambda _: None,
    client: Callable[[str], Any] | None = None,
    pause: Callable[[float], None] = lambda _: None,
    now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
    changed: int = 1,
) -> Report:
    looks = Looks(database=answering, cache=answering)
    return drill(
        Drill(
            place=Place(
                stack=scene.stack,
                phase="mvp",
                account="123456789012",
                region=scene.region,
                local=True,
                recovery=RECOVERY,
                tags={"owner": "clubapp"},
            ),
            asked=[Asked(source=one, looks=looks) for one in sources],
            told=told,
            tests=(),
            changed=changed,
            client=client or scene.aws,
            now=now,
            pause=pause,
            say=say,
        )
    )


def said(report: Report, store: str = "") -> dict[str, tuple[Outcome, str]]:
    """Give the checks of a store, or of the only one, by name."""
    (one,) = (each for each in report.stores if not store or each.store == store)
    return {each.name: (each.outcome, each.said) for each in one.checks}


def there(scene: Scene) -> set[str]:
    """Name everything in the account and region that a drill could have made."""
    rds, elasticache = scene.aws("rds"), scene.aws("elasticache")
    return {
        *(one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]),
        *(one["DBClusterIdentifier"] for one in rds.describe_db_clusters()["DBClusters"]),
        *scene.aws("dynamodb").list_tables()["TableNames"],
        *(one["ReplicationGroupId"] for one in elasticache.describe_replication_groups()["ReplicationGroups"]),
        *(one["ServerlessCacheName"] for one in elasticache.describe_serverless_caches()["ServerlessCaches"]),
    }


def scratch_of(scene: Scene) -> set[str]:
    return {one for one in there(scene) if one.startswith(f"drill-{scene.stack}-")}


def ticking(minutes: int) -> Callable[[], datetime]:
    """Give a clock that is so many minutes later each time somebody looks."""
    ticks = iter(range(1_000_000))
    start = datetime.now(tz=UTC)
    return lambda: start + timedelta(minutes=minutes * next(ticks))
