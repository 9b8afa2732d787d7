"""Clusters: what Atlas makes of a request, and what it refuses because of what is there already."""

from typing import Any, Final

from localcloud.atlas.addresses import connection_strings
from localcloud.atlas.specs import (
    Ids,
    Pair,
    advance,
    begin,
    check_disk,
    check_range,
    disk_scales,
    provider,
    shared,
)
from localcloud.atlas.store import CLUSTER, STORE, cluster, new_id, now, project, refuse
from localcloud.atlas.tiers import SHARDING_MEMORY, TIERS, VERSIONS, major
from localcloud.atlas.versions import check_version, pinned
from localcloud.cloud import Cloud
from localcloud.difference import covers
from localcloud.wire import Props

ENCRYPTION: Final = "encryptionAtRest"
COMPLIANCE: Final = "backupCompliancePolicy"
_PREFIX: Final = 23
"""Characters by which hosts of a project's clusters are told apart. Atlas' errors: DUPLICATE_CLUSTER_NAME_PREFIX."""
_ADVANCED: Final[Props] = {
    "changeStreamOptionsPreAndPostImagesExpireAfterSeconds": -1,
    "customOpensslCipherConfigTls12s": [],
    "javascriptEnabled": True,
    "minimumEnabledTlsProtocol": "TLS1_2",
    "noTableScan": False,
    "tlsCipherConfigMode": "DEFAULT",
}
_DEFAULTS: Final[Props] = {
    "backupEnabled": False,
    "biConnectorConfig": {"enabled": False, "readPreference": "secondary"},
    "encryptionAtRestProvider": "NONE",
    "globalClusterSelfManagedSharding": False,
    "paused": False,
    "pitEnabled": False,
    "redactClientLogData": False,
    "replicaSetScalingStrategy": "WORKLOAD_TYPE",
    "rootCertType": "ISRGROOTX1",
    "terminationProtectionEnabled": False,
    "useAwsTimeBasedSnapshotCopyForFastInitialSync": False,
    "versionReleaseSystem": "LTS",
}
SETTINGS: Final = frozenset(_DEFAULTS) | {"clusterType", "labels", "tags"}
"""What an update of a cluster on servers of its own writes as it is given."""
COMPUTED: Final = frozenset(_DEFAULTS) | {"advancedConfiguration", "configServerManagementMode", "mongoDbMajorVersion"}
"""Inputs that Atlas chooses where a program does not say them."""
STEERING: Final = frozenset(
    {"acceptDataRisksAndForceReplicaSetReconfig", "deleteOnCreateTimeout", "retainBackupsEnabled", "timeouts"}
    | {"useEffectiveFields"}
)
"""Inputs that only the provider knows, or sends once."""
OF_FLEX: Final = frozenset({"tags", "terminationProtectionEnabled"})
"""All that changes on a flex cluster. Provider: ErrorNonUpdatableAttributes."""


def create_cluster(_: Cloud, inputs: Props) -> str:
    """Make a cluster; give its id."""
    with STORE.alone():
        project_id, name = inputs["projectId"], inputs["name"]
        project(project_id)
        _check_name(project_id, name)
        id_ = new_id()
        pair = begin(inputs["replicationSpecs"], Ids(project=project_id, cluster=id_))
        record: Props = {
            **_DEFAULTS,
            **{key: inputs[key] for key in SETTINGS if key in inputs},
            "projectId": project_id,
            "name": name,
            "clusterId": id_,
            "createDate": now(),
            "mongoDbMajorVersion": major(inputs.get("mongoDbMajorVersion", VERSIONS[-1])),
            "advancedConfiguration": {**_ADVANCED, **inputs.get("advancedConfiguration", {})},
            "useEffectiveFields": inputs.get("useEffectiveFields", False),
            **_pin(inputs, None),
        }
        if provider(pair.live) == "TENANT" and any(provider(one["live"]) == "TENANT" for one in _others(record)):
            refuse("ATLAS_GENERAL_ERROR", "Reason: a project has one free cluster at most.")
        if provider(pair.live) == "FLEX":
            record["backupEnabled"] = True
        _write(record, pair)
    return f"{project_id}-{name}"


def update_cluster(_: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Change a cluster; from shared servers to others nothing but the move is carried out."""
    with STORE.alone():
        before = STORE.get(CLUSTER, id_) or refuse("CLUSTER_NOT_FOUND", f"No cluster {id_} exists.")
        asked = news["replicationSpecs"]
        old, new = provider(before["live"]), provider(asked)
        if old == new == "FLEX":
            STORE.put(CLUSTER, id_, {**before, **{key: news[key] for key in OF_FLEX if key in news}})
        elif old == new == "TENANT":
            if all(olds.get(key) == news.get(key) for key in (olds.keys() | news.keys()) - STEERING):
                return
            refuse("TENANT_CLUSTER_UPDATE_UNSUPPORTED", "Cannot update a M0/M2/M5 cluster through the public API.")
        elif old not in ("TENANT", "FLEX") and new in ("TENANT", "FLEX"):
            refuse("CLUSTER_CANNOT_CHANGE_PROVIDER_NAME", "Cannot change the cloud provider of a cluster.")
        elif old != new:
            _move(before, news)
        else:
            _change(before, olds, news)


def read_cluster(_: Cloud, id_: str) -> Props | None:
    """Give a cluster as the provider shows it."""
    found = STORE.get(CLUSTER, id_)
    return shown(found) if found else None


def delete_cluster(_: Cloud, id_: str, __: Props) -> None:
    """End a cluster, unless it is protected."""
    with STORE.alone():
        found = STORE.get(CLUSTER, id_)
        if found and found["terminationProtectionEnabled"]:
            message = f"Cannot terminate cluster {found['name']} while termination protection is enabled."
            refuse("CANNOT_TERMINATE_CLUSTER_WHEN_TERMINATION_PROTECTION_ENABLED", message)
        STORE.pop(CLUSTER, id_)


def shown(record: Props) -> Props:
    """Give a record as the provider shows it: what was asked for where it does not scale, or with effective fields."""
    specs = record["said"] if scales_apart(record) else record["live"]
    sharded = record["clusterType"] != "REPLICASET"
    return {
        **{key: value for key, value in record.items() if key not in ("said", "live", "useEffectiveFields")},
        "replicationSpecs": specs,
        "connectionStrings": connection_strings(record),
        "stateName": "IDLE",
        "mongoDbVersion": f"{record['mongoDbMajorVersion']}.4",
        "configServerType": "EMBEDDED" if sharded else "",
        "configServerManagementMode": record.get("configServerManagementMode", "ATLAS_MANAGED") if sharded else "",
        "effectiveDatabaseEdition": "CORE",
    }


def scales_apart(record: Props) -> bool:
    """Whether a program does not see what Atlas has scaled: with effective fields and one spec only."""
    return bool(record["useEffectiveFields"]) and len(record["said"]) == 1


def get_cluster(_: Cloud, args: Props) -> Props:
    """Answer the data source getAdvancedCluster: it shows what runs, too."""
    found = cluster(args["projectId"], args["name"])
    asked = args.get("useEffectiveFields", False)
    props = shown({**found, "useEffectiveFields": asked})
    effective = {
        "electableSpecs": "effectiveElectableSpecs",
        "readOnlySpecs": "effectiveReadOnlySpecs",
        "analyticsSpecs": "effectiveAnalyticsSpecs",
    }
    for spec, live in zip(props["replicationSpecs"], found["live"], strict=True):
        for region, running in zip(spec["regionConfigs"], live["regionConfigs"], strict=True):
            region.update({theirs: running[ours] for ours, theirs in effective.items() if ours in running})
    return {"id": f"{args['projectId']}-{args['name']}", **props, "useEffectiveFields": asked}


def _check_name(project_id: str, name: str) -> None:
    names = [one["name"] for one in STORE.of(CLUSTER, project_id)]
    if name in names:
        refuse("DUPLICATE_CLUSTER_NAME", f"A cluster named {name} is already present in group {project_id}.")
    if any(one[:_PREFIX] == name[:_PREFIX] for one in names):
        message = f"Cluster name {name} cannot have same first {_PREFIX} characters as another cluster name in same"
        refuse("DUPLICATE_CLUSTER_NAME_PREFIX", f"{message} group.")


def _ids(record: Props) -> Ids:
    return Ids(project=record["projectId"], cluster=record["clusterId"])


def _others(record: Props) -> list[Props]:
    return [one for one in STORE.of(CLUSTER, record["projectId"]) if one["name"] != record["name"]]


def _pin(inputs: Props, before: Props | None) -> Props:
    pin = pinned(inputs, before)
    return {"pinnedFcv": pin} if pin else {}


def _write(record: Props, pair: Pair) -> None:
    """Keep a cluster, unless Atlas refuses what it would be."""
    project_id = record["projectId"]
    if record["encryptionAtRestProvider"] == "AWS":
        key = (STORE.get(ENCRYPTION, project_id) or {}).get("awsKmsConfig", {})
        if not key.get("enabled"):
            refuse("ENCRYPTION_AT_REST_NOT_ENABLED", f"Encryption at Rest is not enabled for group {project_id}.")
    if record["pitEnabled"] and not record["backupEnabled"]:
        message = "Continuous Cloud Backup (pitEnabled) needs Cloud Backup (backupEnabled)."
        refuse("INVALID_CLUSTER_CONFIGURATION", f"The specified cluster configuration is not valid. {message}")
    if not shared(pair.live):
        _check_compliance(record)
        check_range(pair.live)
        _check_sharding(record["clusterType"], pair)
    STORE.put(CLUSTER, f"{project_id}-{record['name']}", {**record, "said": pair.said, "live": pair.live})


def _check_sharding(kind: str, pair: Pair) -> None:
    for spec in pair.live:
        for region in spec["regionConfigs"]:
            size = region.get("electableSpecs", {}).get("instanceSize")
            if kind != "REPLICASET" and size and TIERS[size].memory < SHARDING_MEMORY:
                refuse("SHARDING_NOT_SUPPORTED", f"Sharding is not supported for the selected instance size {size}.")


def _check_compliance(record: Props) -> None:
    policy = STORE.get(COMPLIANCE, record["projectId"])
    if policy and not record["backupEnabled"]:
        message = "You can't disable Cloud Backup while you have a Backup Compliance Policy enabled."
        refuse("CANNOT_DISABLE_CLOUD_BACKUP_WITH_BACKUP_COMPLIANCE_POLICY", message)
    if policy and policy.get("pitEnabled") and not record["pitEnabled"]:
        message = "You can't disable Continuous Cloud Backup while your Backup Compliance Policy requires it."
        refuse("CANNOT_DISABLE_PIT_WITH_BACKUP_COMPLIANCE_POLICY", message)


def _move(before: Props, news: Props) -> None:
    """
    Move a cluster off shared servers: where to, and backups; the rest waits for the next run.

    From a flex cluster the replication specs go along whole, from a free one provider, region and tier only. Source:
    the provider's getUpgradeTenantRequest and getUpgradeFlexToDedicatedRequest.
    """
    asked = news["replicationSpecs"]
    if provider(before["live"]) == "TENANT":
        asked = [{"regionConfigs": [_moved(asked[0]["regionConfigs"][0])]}]
    flex = provider(asked) == "FLEX"
    advanced = {} if flex else news.get("advancedConfiguration", {})
    record = {
        **{key: value for key, value in before.items() if key not in ("said", "live")},
        "backupEnabled": flex or before["backupEnabled"] or news.get("backupEnabled", False),
        "advancedConfiguration": {**before["advancedConfiguration"], **advanced},
        "useEffectiveFields": news.get("useEffectiveFields", False),
    }
    _write(record, begin(asked, _ids(before)))


def _moved(region: Props) -> Props:
    """Give the part of a region config that a free cluster takes along."""
    whole = ("backingProviderName", "priority", "providerName", "regionName")
    size = region.get("electableSpecs", {}).get("instanceSize")
    nodes = {"electableSpecs": {"instanceSize": size}} if region["providerName"] != "FLEX" else {}
    return {**{key: region[key] for key in whole if key in region}, **nodes}


def _change(before: Props, olds: Props, news: Props) -> None:
    """Change a cluster on servers of its own."""
    pair = Pair(said=before["said"], live=before["live"])
    _check_type(before["clusterType"], news["clusterType"])
    if "mongoDbMajorVersion" in news:
        check_version(before, news["mongoDbMajorVersion"])
    effective = news.get("useEffectiveFields", False)
    if news["replicationSpecs"] != olds["replicationSpecs"]:
        _check_shards(pair.said, news["replicationSpecs"])
        pair = advance(pair, news["replicationSpecs"], _ids(before), effective=effective)
        check_disk(before["live"], pair.live)
    hours = before["advancedConfiguration"].get("oplogMinRetentionHours", 0)
    # Atlas is asked for the cluster first, and for its process arguments afterwards.
    if hours and disk_scales(before["live"]) and not disk_scales(pair.live):
        _refuse_oplog(hours)
    advanced = {**before["advancedConfiguration"], **news.get("advancedConfiguration", {})}
    if advanced.get("oplogMinRetentionHours") and not disk_scales(pair.live):
        _refuse_oplog(advanced["oplogMinRetentionHours"])
    dropped = {key for key in olds.keys() - news.keys() if key not in COMPUTED}
    record = {
        **{key: value for key, value in before.items() if key not in dropped | {"said", "live", "pinnedFcv"}},
        **{key: news[key] for key in SETTINGS | {"configServerManagementMode"} if key in news},
        "advancedConfiguration": advanced,
        "mongoDbMajorVersion": major(news.get("mongoDbMajorVersion", before["mongoDbMajorVersion"])),
        "useEffectiveFields": effective,
        **_pin(news, before),
    }
    _write(record, pair)


def _refuse_oplog(hours: Any) -> None:
    message = (
        f"oplogMinRetentionHours ({hours}) needs disk auto-scaling: set it to 0, and turn that off in a later run."
    )
    refuse("OPLOG_MIN_RETENTION_HOURS_NO_DISK_AUTO_SCALING", message)


def _check_type(old: str, new: str) -> None:
    match old, new:
        case "GEOSHARDED", "REPLICASET" | "SHARDED":
            message = "A geo sharded cluster cannot be changed to a different cluster type."
            refuse("CANNOT_CHANGE_GEOSHARDED_CLUSTER_TYPE", message)
        case "SHARDED", "REPLICASET":
            refuse("SHARDED_CLUSTER_CANT_BECOME_REPLICA_SET", "A sharded cluster cannot become a replica set.")
        case "SHARDED", "GEOSHARDED":
            message = "The specified cluster configuration is not valid. A sharded cluster cannot become a global one."
            refuse("INVALID_CLUSTER_CONFIGURATION", message)
        case _:
            return


def _check_shards(said: list[Props], news: list[Props]) -> None:
    """Refuse what would take the data of another shard than the program means: they are told apart by their place."""
    if len(news) < len(said) and not all(map(covers, news, said)):
        message = "the provider tells shards apart by their place, so that Atlas would remove the last one and"
        refuse("INVALID_CLUSTER_CONFIGURATION", f"Only the last shards can be removed: {message} change the others.")
