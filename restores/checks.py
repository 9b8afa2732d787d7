"""What is verified of a store that was restored: it is one of its own, and its settings are those of the old one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from restores import clusters
from restores.window import Kind, Source
from upgrades.atlas import project_and_name
from upgrades.cloud import Cloud

_KEY: Final = "encryption key"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One thing that was looked at."""

    words: str
    """What is so: `point-in-time recovery is 7 days`, or what is not."""
    same: bool


def identity(cloud: Cloud, source: Source) -> tuple[str, str, str]:
    """Give ARN, resource id and time of creation: another one is another store."""
    found = _FACTS[source.kind](cloud, source.id)
    return tuple(str(found.get(key, "")) for key in ("ARN", "resource id", "created"))  # pyright: ignore[reportReturnType]  three keys are three texts


def key_of(cloud: Cloud, source: Source) -> str | None:
    """Give the ARN of the key that a store is encrypted with, as AWS says it; None: it has none of its own."""
    return _FACTS[source.kind](cloud, source.id).get(_KEY)


def compared(cloud: Cloud, old: Source, new: Source, *, key: str | None = None) -> list[Check]:
    """
    Compare the settings of a restored store with those of the one that it was made of.

    *key* is the ARN of the key that it must have in place of the old one's.
    """
    wanted = _FACTS[old.kind](cloud, old.id)
    return list(_compared({**wanted, _KEY: key} if key else wanted, _FACTS[new.kind](cloud, new.id)))


def _compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Check]:
    yield Check(words=f"{new['status']}", same=new["status"] in ("available", "ACTIVE"))
    for key in ("ARN", "resource id"):
        if key in old and old[key] == new.get(key):
            yield Check(words=f"its {key} is that of the old one, {old[key]}", same=False)
    for key in old.keys() - {"ARN", "resource id", "created", "status"}:
        same = old[key] == new.get(key)
        words = f"{key} {_shown(new.get(key))}" if same else f"{key} is {_shown(new.get(key))}, not {_shown(old[key])}"
        yield Check(words=words, same=same)


def _shown(value: Any) -> str:
    return "on" if value is True else "off" if value in (False, None) else str(value)


# What AWS tells, in words that two of a kind are compared by


def _instance(cloud: Cloud, id_: str) -> dict[str, Any]:
    (found,) = cloud.client("rds").describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"]
    return {
        "ARN": found["DBInstanceArn"],
        "resource id": found["DbiResourceId"],
        "created": found["InstanceCreateTime"],
        "status": found["DBInstanceStatus"],
        "class": found["DBInstanceClass"],
        "standby": found["MultiAZ"],
        "days of backups": found["BackupRetentionPeriod"],
        "deletion protection": found["DeletionProtection"],
        _KEY: found.get("KmsKeyId"),
        "IAM logins": found.get("IAMDatabaseAuthenticationEnabled"),
        "security groups": sorted(one["VpcSecurityGroupId"] for one in found["VpcSecurityGroups"]),
        "logs": sorted(found.get("EnabledCloudwatchLogsExports", ())),
        "parameters": _parameters(cloud, found["DBParameterGroups"][0]["DBParameterGroupName"]),
        "tags": _tags(found.get("TagList")),
    }


def _parameters(cloud: Cloud, name: str) -> dict[str, str]:
    """Give the parameters that somebody set; the groups are two, and say the same."""
    pages = (
        cloud.client("rds").get_paginator("describe_db_parameters").paginate(DBParameterGroupName=name, Source="user")
    )
    return {one["ParameterName"]: one.get("ParameterValue", "") for page in pages for one in page["Parameters"]}


def _cluster_parameters(cloud: Cloud, name: str) -> dict[str, str]:
    pages = cloud.client("rds").get_paginator("describe_db_cluster_parameters")
    found = pages.paginate(DBClusterParameterGroupName=name, Source="user")
    return {one["ParameterName"]: one.get("ParameterValue", "") for page in found for one in page["Parameters"]}


def _cluster(cloud: Cloud, id_: str) -> dict[str, Any]:
    (found,) = cloud.client("rds").describe_db_clusters(DBClusterIdentifier=id_)["DBClusters"]
    return {
        "ARN": found["DBClusterArn"],
        "resource id": found["DbClusterResourceId"],
        "created": found["ClusterCreateTime"],
        "status": found["Status"],
        "members": len(found["DBClusterMembers"]),
        "days of backups": found["BackupRetentionPeriod"],
        "deletion protection": found["DeletionProtection"],
        _KEY: found.get("KmsKeyId"),
        "IAM logins": found.get("IAMDatabaseAuthenticationEnabled"),
        "security groups": sorted(one["VpcSecurityGroupId"] for one in found["VpcSecurityGroups"]),
        "logs": sorted(found.get("EnabledCloudwatchLogsExports", ())),
        "capacity": found.get("ServerlessV2ScalingConfiguration"),
        "parameters": _cluster_parameters(cloud, found["DBClusterParameterGroup"]),
        "tags": _tags(found.get("TagList")),
    }


def _table(cloud: Cloud, id_: str) -> dict[str, Any]:
    client = cloud.client("dynamodb")
    table = client.describe_table(TableName=id_)["Table"]
    recovery = client.describe_continuous_backups(TableName=id_)["ContinuousBackupsDescription"]
    described = recovery.get("PointInTimeRecoveryDescription", {})
    ttl = client.describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=table["TableArn"])
    on = ttl.get("TimeToLiveStatus") in ("ENABLED", "ENABLING")
    return {
        "ARN": table["TableArn"],
        "resource id": table.get("TableId"),
        "created": table["CreationDateTime"],
        "status": table["TableStatus"],
        "point-in-time recovery": described.get("PointInTimeRecoveryStatus"),
        "days of backups": described.get("RecoveryPeriodInDays"),
        "expiry by": ttl.get("AttributeName") if on else None,
        "stream": table.get("StreamSpecification", {}).get("StreamViewType"),
        "deletion protection": table.get("DeletionProtectionEnabled"),
        _KEY: table.get("SSEDescription", {}).get("KMSMasterKeyArn"),
        "billing": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "caps": table.get("OnDemandThroughput"),
        "indexes": sorted(one["IndexName"] for one in table.get("GlobalSecondaryIndexes", ())),
        "replicas": sorted(one["RegionName"] for one in table.get("Replicas", ())),
        "tags": _tags(tag for page in pages for tag in page["Tags"]),
    }


def _group(cloud: Cloud, id_: str) -> dict[str, Any]:
    client = cloud.client("elasticache")
    (found,) = client.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"]
    return {
        "ARN": found["ARN"],
        "created": found.get("ReplicationGroupCreateTime"),
        "status": found["Status"],
        "nodes": len(found["MemberClusters"]),
        "shards": len(found["NodeGroups"]),
        "failover": found["AutomaticFailover"],
        "days of snapshots": found.get("SnapshotRetentionLimit"),
        "TLS": found.get("TransitEncryptionEnabled"),
        _KEY: found.get("KmsKeyId"),
        "users": found.get("UserGroupIds"),
        "tags": _tags(client.list_tags_for_resource(ResourceName=found["ARN"])["TagList"]),
    }


def _serverless(cloud: Cloud, id_: str) -> dict[str, Any]:
    client = cloud.client("elasticache")
    (found,) = client.describe_serverless_caches(ServerlessCacheName=id_)["ServerlessCaches"]
    return {
        "ARN": found["ARN"],
        "created": found["CreateTime"],
        "status": found["Status"].lower(),
        "days of snapshots": found.get("SnapshotRetentionLimit"),
        "limits": found.get("CacheUsageLimits"),
        _KEY: found.get("KmsKeyId"),
        "users": found.get("UserGroupId"),
        "tags": _tags(client.list_tags_for_resource(ResourceName=found["ARN"])["TagList"]),
    }


def _atlas(cloud: Cloud, id_: str) -> dict[str, Any]:
    found = cloud.atlas.cluster(*project_and_name(id_), flex=False)
    return {
        "resource id": found["id"],
        "created": found["createDate"],
        "status": "available" if found["stateName"] == clusters.IDLE else found["stateName"],
        "kind": found["clusterType"],
        "version": found["mongoDBMajorVersion"],
        "backups": found["backupEnabled"],
        "point-in-time recovery": found["pitEnabled"],
        "deletion protection": found["terminationProtectionEnabled"],
        "encryption": found.get("encryptionAtRestProvider"),
        "servers": [_servers(region) for spec in found["replicationSpecs"] for region in spec["regionConfigs"]],
        "tags": {tag["key"]: tag["value"] for tag in found.get("tags") or ()},
    }


def _servers(region: Mapping[str, Any]) -> str:
    kinds = [(key, region.get(f"{key}Specs") or {}) for key in ("electable", "readOnly", "analytics")]
    nodes = [f"{one['nodeCount']} {key} {one['instanceSize']}" for key, one in kinds if one.get("nodeCount")]
    return f"{region['regionName']}: {', '.join(nodes)}, {kinds[0][1].get('diskSizeGB')} GB"


def _tags(tags: Any) -> dict[str, str]:
    return dict(sorted((tag["Key"], tag.get("Value", "")) for tag in tags or ()))


_FACTS: Final[Mapping[Kind, Callable[[Cloud, str], dict[str, Any]]]] = {
    Kind.INSTANCE: _instance,
    Kind.CLUSTER: _cluster,
    Kind.TABLE: _table,
    Kind.GROUP: _group,
    Kind.SERVERLESS: _serverless,
    Kind.ATLAS: _atlas,
}
