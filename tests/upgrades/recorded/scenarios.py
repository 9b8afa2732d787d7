"""What is recorded: changes of the base, and what the gate says of each."""

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from tests.engine.local import Local
from tests.upgrades.recorded.base import SCALED, cluster, region

Change = Mapping[str, Any]
"""New inputs of a resource; None takes one out, `protect` is the option, `ignore` are the ignored ones."""
GONE: Final[None] = None


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One preview."""

    name: str
    changes: Mapping[str, Change | None]
    """By resource; None: it goes from the program."""
    refused: str | None
    """Words of the refusal; None: it passes."""
    hop: Mapping[str, Any] | None = None
    options: Sequence[str] = ()
    stack: str = "clubapp-prod"
    """Whose base is changed."""
    drift: Callable[[Local], Callable[[], None]] | None = field(default=None, compare=False)
    """Changes something by hand before, and gives what takes it back."""


def changed(base: Sequence[Mapping[str, Any]], one: Scenario) -> list[dict[str, Any]]:
    """Give the base with a scenario's changes."""
    found: list[dict[str, Any]] = []
    for resource in deepcopy(list(base)):
        change = one.changes.get(resource["name"], {})
        if change is None:
            continue
        inputs = {
            **resource["inputs"],
            **{key: value for key, value in change.items() if key not in ("protect", "ignore")},
        }
        options = {"protect": change["protect"]} if "protect" in change else {}
        options |= {"ignoreChanges": change["ignore"]} if "ignore" in change else {}
        found.append(
            {**resource, **options, "inputs": {key: value for key, value in inputs.items() if value is not None}}
        )
    return found


def _refused(
    name: str, resource: str, words: str, change: Change | None, also: Mapping[str, Change] | None = None, **more: Any
) -> Scenario:
    return Scenario(name=name, changes={resource: change, **(also or {})}, refused=words, **more)


def _passes(name: str, resource: str, change: Change | None, **more: Any) -> Scenario:
    return Scenario(name=name, changes={resource: change}, refused=None, **more)


def _hop(**sizes: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"to": "growth", "step": 1, "sizes": sizes}


def _class_by_hand(local: Local) -> Callable[[], None]:
    """Change the class of an instance outside of Pulumi."""
    rds = local.aws("rds")
    name = next(
        one["DBInstanceIdentifier"]
        for one in rds.describe_db_instances()["DBInstances"]
        if one["DBInstanceIdentifier"].startswith("standby")
    )

    def to(class_: str) -> None:
        rds.modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass=class_, ApplyImmediately=True)

    to("db.t4g.large")
    return lambda: to("db.t4g.medium")


_UNPROTECTED: Final = {"protect": False}
_DEVORA: Final[Mapping[str, Any]] = {"stack": "devora-prod"}
_AURORA_ROW: Final = {
    "capacity": {"instanceClass": "db.r7g.large"},
    "readers": 1,
    "maxReaders": 1,
    "ioOptimized": False,
    "proxy": False,
    "backupDays": 7,
    "drReaders": 0,
}
_RDS_ROW: Final = {
    "instanceClass": "db.t4g.large",
    "storageGib": 50,
    "backupDays": 7,
    "multiAz": False,
    "version": "16",
}
_INDEX: Final = {
    "name": "by-owner",
    "hashKey": "owner",
    "projectionType": "KEYS_ONLY",
    "readCapacity": 10,
    "writeCapacity": 10,
}
_REPLACED, _DELETED, _OUTAGE, _PROTECT = (
    "would be replaced",
    "would be deleted",
    "no hop allows that",
    "would lose Pulumi's `protect`",
)

# One scenario a line.
# fmt: off
REPLACED: Final = [
    # `protect` would stop the engine; dropped in the same update, it does not.
    _refused("instance-name", "standby-primary", _REPLACED, {"dbName": "other", **_UNPROTECTED}),
    _refused("instance-user", "standby-primary", _REPLACED, {"username": "other", **_UNPROTECTED}),
    _refused("instance-key", "standby-primary", _REPLACED, {"kmsKeyId": "=other-key.arn", **_UNPROTECTED}),
    _refused("instance-zone", "standby-primary", _REPLACED, {"availabilityZone": "eu-central-1c", "multiAz": False, **_UNPROTECTED}),
    _refused("instance-unencrypted", "standby-primary", _REPLACED, {"storageEncrypted": False, "kmsKeyId": None, **_UNPROTECTED}),
    _refused("cluster-engine", "core-cluster", _REPLACED, {"databaseName": "other", **_UNPROTECTED}),
    _refused("cluster-user", "core-cluster", _REPLACED, {"masterUsername": "other", **_UNPROTECTED}),
    _refused("cluster-key", "core-cluster", _REPLACED, {"kmsKeyId": "=other-key.arn", **_UNPROTECTED}),
    _refused("cluster-zones", "moved-cluster", _REPLACED, {"availabilityZones": ["eu-central-1a"]}),
    _refused("table-hash-key", "events-table", _REPLACED, {"hashKey": "user", "attributes": [{"name": "user", "type": "S"}], **_UNPROTECTED}),
    _refused("table-range-key", "orders-table", _REPLACED, {"rangeKey": "hour", "attributes": [{"name": name, "type": "S"} for name in ("id", "hour", "owner")], **_UNPROTECTED}),
    _refused("table-name", "events-table", _REPLACED, {"name": "happenings", **_UNPROTECTED}),
    _refused("table-local-index", "orders-table", _REPLACED, {"localSecondaryIndexes": [{"name": "local", "rangeKey": "owner", "projectionType": "ALL"}], **_UNPROTECTED}),
    _refused("table-colder", "orders-table", _REPLACED, {"warmThroughput": {"readUnitsPerSecond": 12000, "writeUnitsPerSecond": 4000}, **_UNPROTECTED}),
    _refused("cache-unencrypted", "cache-group", _REPLACED, {"atRestEncryptionEnabled": False, "kmsKeyId": None, **_UNPROTECTED}),
    _refused("cache-key", "cache-group", _REPLACED, {"kmsKeyId": "=other-key.arn", **_UNPROTECTED}),
    _refused("cache-port", "cache-group", _REPLACED, {"port": 6380, **_UNPROTECTED}),
    _refused("cache-older", "cache-group", _REPLACED, {"engine": "redis", "engineVersion": "7.1", **_UNPROTECTED}),
    _refused("cache-snapshot", "queue-group", _REPLACED, {"snapshotName": "yesterday"}),
    _refused("serverless-name", "sessions-serverless", _REPLACED, {"name": "logins"}),
    _refused("serverless-key", "sessions-serverless", _REPLACED, {"kmsKeyId": "=data-key.arn"}),
    _refused("serverless-older", "sessions-serverless", _REPLACED, {"majorEngineVersion": "7"}),
    _refused("key-multi-region", "other-key", _REPLACED, {"multiRegion": True}),
    _refused("key-usage", "other-key", _REPLACED, {"keyUsage": "SIGN_VERIFY", "customerMasterKeySpec": "RSA_2048", "enableKeyRotation": False}),
    _refused("secret-name", "app-secret", _REPLACED, {"name": "application", **_UNPROTECTED}),
    _refused("vault-key", "backups", _REPLACED, {"kmsKeyArn": "=other-key.arn", **_UNPROTECTED}),
    _refused("bucket-name", "archive-bucket", _REPLACED, {"bucket": "another-archive", **_UNPROTECTED}),
    _refused("password-longer", "app-password", _REPLACED, {"length": 41, **_UNPROTECTED}),
]

DELETED: Final = [
    _refused("serverless-gone", "sessions-serverless", _DELETED, GONE),
    _refused("queue-gone", "queue-group", _DELETED, GONE),
    _refused("cluster-gone", "moved-cluster", _DELETED, GONE),
    _refused("key-gone", "other-key", _DELETED, GONE),
    _refused("instance-gone", "moved-primary", _DELETED, GONE),
    _refused("instance-gone-early", "moving-primary", _DELETED, GONE, also={"moving-cluster": {"replicationSourceIdentifier": None}}, hop=_hop(moving=_AURORA_ROW), options=("--show-sames",)),
    _refused("instance-gone-unseen", "moved-primary", "--show-sames", GONE, hop=_hop(moved=_AURORA_ROW)),
    _refused("instance-gone-in-another-hop", "moved-primary", _DELETED, GONE, hop=_hop(core=_AURORA_ROW), options=("--show-sames",)),
    _refused("instance-gone-too-soon", "moved-primary", _DELETED, GONE, hop=_hop(moved={"instance": _RDS_ROW, "cluster": _AURORA_ROW, "writer": "cluster"}), options=("--show-sames",)),
    _refused("replica-gone", "main-replica-1", "its readers are without it", GONE),
    _refused("member-gone", "core-member-1", "its readers are without it", GONE),
    _refused("instance-unprotected", "main-primary", _PROTECT, _UNPROTECTED),
    _refused("table-unprotected", "events-table", _PROTECT, _UNPROTECTED),
    _refused("password-unprotected", "app-password", _PROTECT, _UNPROTECTED),
    _refused("secret-unprotected-in-another-hop", "app-secret", _PROTECT, _UNPROTECTED, hop=_hop(app={"instanceClass": "db.t4g.large"})),
]

WEAKER: Final = [
    _refused("instance-deletable", "main-primary", "no longer refuse to delete", {"deletionProtection": False}),
    _refused("cluster-deletable", "core-cluster", "no longer refuse to delete", {"deletionProtection": False}),
    _refused("table-deletable", "events-table", "no longer refuse to delete", {"deletionProtectionEnabled": False}),
    _refused("instance-fewer-backups", "main-primary", "backups older than that", {"backupRetentionPeriod": 3}),
    _refused("cluster-fewer-backups", "core-cluster", "backups older than that", {"backupRetentionPeriod": 1}),
    _refused("table-no-recovery", "events-table", "can no longer be restored", {"pointInTimeRecovery": {"enabled": False}}),
    _refused("table-less-recovery", "events-table", "can no longer be restored", {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}}),
    _refused("table-weaker-key", "events-table", "a key that the account controls", {"serverSideEncryption": {"enabled": False}}),
    _refused("cache-fewer-snapshots", "cache-group", "older snapshots are deleted", {"snapshotRetentionLimit": 1}),
    _refused("cache-no-final-snapshot", "cache-group", "no final snapshot", {"finalSnapshotIdentifier": None}),
    _refused("cache-no-failover", "cache-group", "nothing would take over", {"automaticFailoverEnabled": False, "multiAzEnabled": False}),
    _refused("cache-plain-text", "cache-group", "without TLS", {"transitEncryptionMode": "preferred"}),
    _refused("serverless-fewer-snapshots", "sessions-serverless", "older snapshots are deleted", {"snapshotRetentionLimit": 1}),
    _refused("instance-no-final-snapshot", "main-primary", "leave nothing behind", {"skipFinalSnapshot": True, "finalSnapshotIdentifier": None}),
    _refused("instance-no-standby", "standby-primary", "nothing would take over", {"multiAz": False}),
    _refused("key-shorter-window", "data-key", "for fewer days", {"deletionWindowInDays": 7}),
    _refused("key-no-rotation", "data-key", "stay the same for ever", {"enableKeyRotation": False}),
    _refused("secret-no-window", "app-secret", "for fewer days", {"recoveryWindowInDays": 7}),
    _refused("vault-forced", "backups", "every backup in it", {"forceDestroy": True}),
    _refused("bucket-forced", "archive-bucket", "every object in it", {"forceDestroy": True}),
]

IMPOSSIBLE: Final = [
    _refused("instance-smaller", "standby-primary", "RDS cannot shrink a volume", {"allocatedStorage": 30}),
    _refused("instance-older", "standby-primary", "no way back to an older version", {"engineVersion": "15"}),
    _refused("instance-major-unasked", "standby-primary", "RDS refuses it", {"engineVersion": "17"}),
    _refused("cluster-older", "core-cluster", "no way back to an older version", {"engineVersion": "15"}),
    _refused("table-another-index-key", "orders-table", "queries of it fail meanwhile", {"globalSecondaryIndexes": [{**_INDEX, "rangeKey": "day"}]}),
    _refused("table-index-exchanged", "orders-table", "cannot move to the other in between", {"globalSecondaryIndexes": [{**_INDEX, "name": "by-owner-2", "projectionType": "ALL"}]}),
    _refused("table-another-projection", "orders-table", "queries of it fail meanwhile", {"globalSecondaryIndexes": [{**_INDEX, "projectionType": "ALL"}]}),
    _refused("table-another-stream", "events-table", "its consumers lose their place", {"streamViewType": "KEYS_ONLY"}),
    _refused("table-no-stream", "events-table", "its consumers lose their place", {"streamEnabled": False, "streamViewType": None}),
    _refused("table-another-expiry", "events-table", "switched off before", {"ttl": {"enabled": True, "attributeName": "until"}}),
    _refused("cache-tiered", "cache-group", "nothing moves between r6gd", {"nodeType": "cache.r6gd.xlarge"}),
]

OUTAGES: Final = [
    _refused("instance-class", "main-primary", _OUTAGE, {"instanceClass": "db.t4g.large"}),
    _refused("standby-class", "standby-primary", "it means a failover", {"instanceClass": "db.t4g.large"}),
    _refused("replica-class", "main-replica-1", _OUTAGE, {"instanceClass": "db.t4g.large"}),
    _refused("member-class", "core-member-0", _OUTAGE, {"instanceClass": "db.r7g.xlarge"}),
    _refused("cache-node", "cache-group", "it means a failover", {"nodeType": "cache.m7g.large"}),
    _refused("queue-node", "queue-group", "it means a reboot", {"nodeType": "cache.m7g.large"}),
    _refused("instance-port", "main-primary", "no size decides it", {"port": 5433}, hop=_hop(main=_RDS_ROW)),
    _refused("instance-class-beside-the-hop", "main-primary", _OUTAGE, {"instanceClass": "db.t4g.large"}, hop=_hop(core=_AURORA_ROW)),
    _refused("instance-class-of-no-size", "main-primary", _OUTAGE, {"instanceClass": "db.r7g.large"}, hop=_hop(main=_RDS_ROW)),
    _refused("table-class-beside-the-hop", "events-table", "changes nothing else that holds data", {"tableClass": "STANDARD_INFREQUENT_ACCESS"}, hop=_hop(main=_RDS_ROW)),
    _refused("moving-promoted", "moving-cluster", _OUTAGE, {"replicationSourceIdentifier": None}),
    _refused("drifted-class", "standby-primary", "outside of Pulumi", {}, hop=_hop(standby=_RDS_ROW), options=("--refresh",), drift=_class_by_hand),
]

SAFE: Final = [
    _passes("nothing", "main-primary", {}),
    _passes("instance-more-backups", "main-primary", {"backupRetentionPeriod": 14}),
    _passes("instance-larger", "main-primary", {"allocatedStorage": 80}),
    _passes("instance-standby", "main-primary", {"multiAz": True}),
    _passes("instance-class-in-its-hop", "main-primary", {"instanceClass": "db.t4g.large"}, hop=_hop(main=_RDS_ROW)),
    _passes("replica-class-in-its-hop", "main-replica-1", {"instanceClass": "db.t4g.large"}, hop=_hop(main=_RDS_ROW)),
    _passes("member-class-in-its-hop", "core-member-0", {"instanceClass": "db.r7g.xlarge"}, hop=_hop(core={**_AURORA_ROW, "capacity": {"instanceClass": "db.r7g.xlarge"}})),
    _passes("instance-tags-beside-the-hop", "main-primary", {"tags": {"phase": "growth"}}, hop=_hop(core=_AURORA_ROW)),
    _passes("instance-gone-in-its-hop", "moved-primary", GONE, hop=_hop(moved=_AURORA_ROW), options=("--show-sames",)),
    _passes("moving-promoted-in-its-hop", "moving-cluster", {"replicationSourceIdentifier": None}, hop=_hop(moving={"instance": _RDS_ROW, "cluster": _AURORA_ROW, "writer": "cluster"})),
    _passes("cluster-io-optimized", "core-cluster", {"storageType": "aurora-iopt1"}),
    _passes("table-index-added", "orders-table", {"globalSecondaryIndexes": [_INDEX, {**_INDEX, "name": "by-day", "hashKey": "day"}]}),
    _passes("table-more-units", "orders-table", {"readCapacity": 20, "writeCapacity": 20}),
    _passes("table-on-demand", "orders-table", {"billingMode": "PAY_PER_REQUEST", "readCapacity": None, "writeCapacity": None, "globalSecondaryIndexes": [{key: _INDEX[key] for key in ("name", "hashKey", "projectionType")}]}),
    _passes("table-class", "events-table", {"tableClass": "STANDARD_INFREQUENT_ACCESS"}),
    _passes("table-tags", "events-table", {"tags": {"phase": "growth"}}),
    _passes("cache-more-replicas", "cache-group", {"numCacheClusters": 3}),
    _passes("cache-node-in-its-hop", "cache-group", {"nodeType": "cache.m7g.large"}, hop=_hop(cache={"nodeType": "cache.m7g.large"})),
    _passes("serverless-larger", "sessions-serverless", {"cacheUsageLimits": {"dataStorage": {"maximum": 20, "unit": "GB"}, "ecpuPerSeconds": [{"maximum": 9000}]}}),
    _passes("table-ignored-units", "orders-table", {"readCapacity": 20, "ignore": ["readCapacity"]}),
]

ATLAS: Final = [
    _refused("atlas-name", "documents-cluster", _REPLACED, {"name": "papers", **_UNPROTECTED}, **_DEVORA),
    _refused("atlas-gone", "scaled-cluster", _DELETED, GONE, **_DEVORA),
    _refused("atlas-unprotected", "documents-cluster", _PROTECT, _UNPROTECTED, **_DEVORA),
    _refused("atlas-deletable", "documents-cluster", "no longer refuse to delete", {"terminationProtectionEnabled": False}, **_DEVORA),
    _refused("atlas-no-recovery", "documents-cluster", "backups would end", {"pitEnabled": False}, **_DEVORA),
    _refused("atlas-no-backups", "documents-cluster", "backups would end", {"backupEnabled": False, "pitEnabled": False}, **_DEVORA),
    _refused("atlas-older", "documents-cluster", "no way back", {"mongoDbMajorVersion": "6.0"}, **_DEVORA),
    _refused("atlas-larger", "documents-cluster", "it means a failover", {"replicationSpecs": cluster(region("M30"))}, **_DEVORA),
    _refused("atlas-newer", "documents-cluster", "it means a failover", {"mongoDbMajorVersion": "8.0"}, **_DEVORA),
    _refused("atlas-against-autoscaling", "scaled-cluster", "undo what autoscaling chose", {"replicationSpecs": cluster(region("M30", **SCALED))}, hop=_hop(scaled={"tier": "M30"}), **_DEVORA),
    _refused("atlas-another-region", "documents-cluster", "the old region's nodes go", {"replicationSpecs": cluster({**region("M20"), "regionName": "EU_WEST_1"})}, **_DEVORA),
    _refused("atlas-paused", "documents-cluster", "takes no connections", {"paused": True}, **_DEVORA),
]

ATLAS_SAFE: Final = [
    _passes("atlas-larger-in-its-hop", "documents-cluster", {"replicationSpecs": cluster(region("M30"))}, hop=_hop(documents={"tier": "M30"}), **_DEVORA),
    _passes("atlas-tags", "documents-cluster", {"tags": {"phase": "growth"}}, **_DEVORA),
    _passes("atlas-effective-size", "scaled-cluster", {"useEffectiveFields": True, "replicationSpecs": cluster(region("M30", **SCALED))}, **_DEVORA),
]
# fmt: on

SCENARIOS: Final = [*REPLACED, *DELETED, *WEAKER, *IMPOSSIBLE, *OUTAGES, *SAFE, *ATLAS, *ATLAS_SAFE]
