"""Lives of what surrounds databases of RDS: global clusters, backups elsewhere, events, snapshots, states."""

import itertools

from localcloud.resources.rds_events import EVENT_SUBSCRIPTION, INSTANCE_STATE
from localcloud.resources.rds_global import BACKUPS_REPLICATION, GLOBAL_CLUSTER
from localcloud.resources.rds_instance import INSTANCE
from localcloud.resources.rds_snapshot import CLUSTER_SNAPSHOT, SNAPSHOT
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.lives.rds_cluster import new_cluster
from tests.localcloud.scene import Made, Scene

_NUMBERS = itertools.count()
ABROAD = "eu-west-1"


def new_name(what: str) -> str:
    """A name that the program has to give, of its own at each call."""
    return f"{what}-{next(_NUMBERS)}"


def backed_up(scene: Scene, **more: object) -> Made:
    return scene.make(INSTANCE.type, "orders", {**MINIMAL, "backupRetentionPeriod": 7, **more})


def new_topic(scene: Scene) -> str:
    return scene.aws("sns").create_topic(Name=new_name("events"))["TopicArn"]


def _protected(scene: Scene, id_: str) -> None:
    scene.aws("rds").modify_global_cluster(GlobalClusterIdentifier=id_, DeletionProtection=True)


def _subscription_inputs(scene: Scene) -> Props:
    return {
        "enabled": True,
        "eventCategories": ["failover", "failure"],
        "snsTopic": new_topic(scene),
        "sourceIds": [backed_up(scene).outputs["identifier"]],
        "sourceType": "db-instance",
        "tags": {"owner": "clubapp"},
    }


def _subscription_changes(scene: Scene) -> Props:
    return {
        "enabled": False,
        "eventCategories": ["low storage"],
        "snsTopic": new_topic(scene),
        "sourceIds": [backed_up(scene).outputs["identifier"]],
        "tags": {"owner": "data"},
    }


def _silenced(scene: Scene, id_: str) -> None:
    scene.aws("rds").modify_event_subscription(SubscriptionName=id_, Enabled=False)


def _snapshot_inputs(scene: Scene) -> Props:
    return {
        "dbInstanceIdentifier": backed_up(scene).outputs["identifier"],
        "dbSnapshotIdentifier": new_name("before"),
        "sharedAccounts": ["210987654321"],
        "tags": {"owner": "clubapp"},
    }


def _cluster_snapshot_inputs(scene: Scene) -> Props:
    return {
        "dbClusterIdentifier": new_cluster(scene).id,
        "dbClusterSnapshotIdentifier": new_name("before"),
        "sharedAccounts": ["210987654321"],
        "tags": {"owner": "clubapp"},
    }


def _shared_more(scene: Scene, id_: str) -> None:
    accounts = {"AttributeName": "restore", "ValuesToAdd": ["all"]}
    scene.aws("rds").modify_db_snapshot_attribute(DBSnapshotIdentifier=id_, **accounts)


def _cluster_shared_more(scene: Scene, id_: str) -> None:
    accounts = {"AttributeName": "restore", "ValuesToAdd": ["all"]}
    scene.aws("rds").modify_db_cluster_snapshot_attribute(DBClusterSnapshotIdentifier=id_, **accounts)


def _started(scene: Scene, id_: str) -> None:
    scene.aws("rds").start_db_instance(DBInstanceIdentifier=id_)


_SNAPSHOT_CHANGES: Props = {"sharedAccounts": ["109876543210"], "tags": {"owner": "data"}}

LIVES = (
    Life(
        kind=GLOBAL_CLUSTER,
        inputs=lambda _: {
            "databaseName": "clubapp",
            "engine": "aurora-postgresql",
            "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
            "engineVersion": "16",
            "globalClusterIdentifier": new_name("world"),
            "storageEncrypted": True,
            "tags": {"owner": "clubapp"},
        },
        changed={"deletionProtection": True, "engineVersion": "17", "forceDestroy": True, "tags": {"owner": "data"}},
        replaced={
            "databaseName": "other",
            "engine": "aurora-mysql",
            "globalClusterIdentifier": "other",
            "sourceDbClusterIdentifier": "arn:other",
            "storageEncrypted": False,
        },
        drift=_protected,
        drifted=frozenset({"deletionProtection"}),
    ),
    Life(
        kind=BACKUPS_REPLICATION,
        inputs=lambda scene: {
            "region": ABROAD,
            "retentionPeriod": 14,
            "sourceDbInstanceArn": backed_up(scene).outputs["arn"],
        },
        changed=None,
        replaced={"kmsKeyId": "arn:other", "retentionPeriod": 7, "sourceDbInstanceArn": "arn:other"},
        importable=False,
    ),
    Life(
        kind=EVENT_SUBSCRIPTION,
        inputs=_subscription_inputs,
        changed=_subscription_changes,
        replaced={"name": "other"},
        drift=_silenced,
        drifted=frozenset({"enabled"}),
    ),
    Life(
        kind=INSTANCE_STATE,
        inputs=lambda scene: {"identifier": backed_up(scene).outputs["identifier"], "state": "stopped"},
        changed={"state": "available"},
        replaced={"identifier": "other"},
        drift=_started,
        drifted=frozenset({"state"}),
        remains=True,
    ),
    Life(
        kind=SNAPSHOT,
        inputs=_snapshot_inputs,
        changed=_SNAPSHOT_CHANGES,
        replaced={"dbInstanceIdentifier": "other", "dbSnapshotIdentifier": "other"},
        drift=_shared_more,
        drifted=frozenset({"sharedAccounts"}),
    ),
    Life(
        kind=CLUSTER_SNAPSHOT,
        inputs=_cluster_snapshot_inputs,
        changed=_SNAPSHOT_CHANGES,
        replaced={"dbClusterIdentifier": "other", "dbClusterSnapshotIdentifier": "other"},
        drift=_cluster_shared_more,
        drifted=frozenset({"sharedAccounts"}),
    ),
)
