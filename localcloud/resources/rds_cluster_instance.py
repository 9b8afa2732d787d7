"""RDS: instances of Aurora PostgreSQL clusters."""

from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.rds import retag
from localcloud.resources.rds_cluster_rules import MEMBER_RULES
from localcloud.resources.rds_creation import accepted, await_instance
from localcloud.resources.rds_postgres import same_version
from localcloud.tags import from_aws, to_aws
from localcloud.wire import Props

_CALLS: Final = {
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "availabilityZone": "AvailabilityZone",
    "caCertIdentifier": "CACertificateIdentifier",
    "clusterIdentifier": "DBClusterIdentifier",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "dbParameterGroupName": "DBParameterGroupName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "engine": "Engine",
    "engineVersion": "EngineVersion",
    "instanceClass": "DBInstanceClass",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
    "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    "performanceInsightsRetentionPeriod": "PerformanceInsightsRetentionPeriod",
    "preferredBackupWindow": "PreferredBackupWindow",
    "preferredMaintenanceWindow": "PreferredMaintenanceWindow",
    "promotionTier": "PromotionTier",
    "publiclyAccessible": "PubliclyAccessible",
}
# The words of AWS's answers, where they differ from those of its calls.
_ANSWERS: Final = {
    **_CALLS,
    "performanceInsightsEnabled": "PerformanceInsightsEnabled",
    "arn": "DBInstanceArn",
    "dbiResourceId": "DbiResourceId",
    "engineVersionActual": "EngineVersion",
    "identifier": "DBInstanceIdentifier",
    "kmsKeyId": "KmsKeyId",
    "networkType": "NetworkType",
    "storageEncrypted": "StorageEncrypted",
}
_ELSEWHERE: Final = frozenset({"dbParameterGroupName", "dbSubnetGroupName"})
_INSIGHTS: Final = (
    *("performanceInsightsEnabled", "performanceInsightsKmsKeyId", "performanceInsightsRetentionPeriod"),
)


def _create(cloud: Cloud, inputs: Props) -> str:
    arguments: Props = {
        **{theirs: inputs[key] for key, theirs in _CALLS.items() if inputs.get(key) or key == "promotionTier"},
        "DBInstanceIdentifier": inputs["identifier"],
        "Tags": to_aws(inputs.get("tags")),
    }
    answer = cloud.aws("rds").create_db_instance(**arguments)
    await_instance(cloud, answer["DBInstance"])
    return answer["DBInstance"]["DBInstanceIdentifier"]


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        [found] = aws.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"]
    except aws.exceptions.DBInstanceNotFoundFault:
        return None
    if "DBClusterIdentifier" not in found:
        message = (
            f"DBClusterIdentifier is missing from RDS Cluster Instance ({id_}): aws:rds/instance:Instance is for it"
        )
        raise Refused("InvalidParameterCombination", message)
    return found


def _read(cloud: Cloud, id_: str) -> Props | None:
    instance = _find(cloud, id_)
    if instance is None:
        return None
    aws = cloud.aws("rds")
    [cluster] = aws.describe_db_clusters(DBClusterIdentifier=instance["DBClusterIdentifier"])["DBClusters"]
    props: Props = {
        **{key: instance[theirs] for key, theirs in _ANSWERS.items() if key not in _ELSEWHERE and theirs in instance},
        "dbParameterGroupName": instance["DBParameterGroups"][0]["DBParameterGroupName"],
        "dbSubnetGroupName": cluster["DBSubnetGroup"],
        "endpoint": instance["Endpoint"]["Address"],
        "port": instance["Endpoint"]["Port"],
        "tags": from_aws(instance.get("TagList")),
        "writer": any(
            one["IsClusterWriter"]
            for one in cluster["DBClusterMembers"]
            if one["DBInstanceIdentifier"] == instance["DBInstanceIdentifier"]
        ),
    }
    return {"publiclyAccessible": False, **props}


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read(cloud, id_)
    if live is None:
        raise Refused("DBInstanceNotFound", f"DBInstance {id_} not found.")
    changes = {key: news[key] for key in _CALLS if key in news and news[key] != olds.get(key)}
    # The cluster brings its version to its members; the official provider sends it nowhere.
    changes.pop("engineVersion", None)
    if changes.keys() & set(_INSIGHTS):
        changes |= {key: news[key] for key in _INSIGHTS if key in news}
    arguments = accepted(cloud, "modify_db_instance", {_CALLS[key]: value for key, value in changes.items()})
    if arguments:
        answer = cloud.aws("rds").modify_db_instance(
            DBInstanceIdentifier=id_, ApplyImmediately=news.get("applyImmediately", False), **arguments
        )
        await_instance(cloud, answer["DBInstance"])
    retag(cloud, live["arn"], olds, news)


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    instance = _find(cloud, id_)
    if instance is None:
        return
    if state.get("forceDestroy"):
        _promote(cloud, instance["DBClusterIdentifier"])
    cloud.aws("rds").delete_db_instance(DBInstanceIdentifier=id_, SkipFinalSnapshot=True)


def _promote(cloud: Cloud, cluster: str) -> None:
    """Make a replica cluster stand alone: AWS keeps the last instance of a replica."""
    aws = cloud.aws("rds")
    [found] = aws.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
    if found.get("ReplicationSourceIdentifier") and len(found["DBClusterMembers"]) == 1:
        aws.promote_read_replica_db_cluster(DBClusterIdentifier=cluster)


_COMPUTED: Final = frozenset(
    {"availabilityZone", "caCertIdentifier", "dbParameterGroupName", "dbSubnetGroupName", "engineVersion"}
    | {"monitoringRoleArn", "performanceInsightsEnabled", "performanceInsightsKmsKeyId", "publiclyAccessible"}
    | {"performanceInsightsRetentionPeriod", "preferredBackupWindow", "preferredMaintenanceWindow"}
)

CLUSTER_INSTANCE: Final = ResourceType(
    type="aws:rds/clusterInstance:ClusterInstance",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"identifier", "tags", *_CALLS}),
    remembered=frozenset({"identifierPrefix"}),
    steering=frozenset({"applyImmediately", "forceDestroy"}),
    required=frozenset({"clusterIdentifier", "engine", "instanceClass"}),
    outputs=_COMPUTED
    | {"arn", "dbiResourceId", "endpoint", "engineVersionActual", "kmsKeyId", "networkType", "port"}
    | {"storageEncrypted", "writer"},
    replace=frozenset(
        {"availabilityZone", "clusterIdentifier", "dbSubnetGroupName", "engine", "identifier", "identifierPrefix"}
    ),
    sticky=_COMPUTED,
    defaults={
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "forceDestroy": False,
        "monitoringInterval": 0,
        "promotionTier": 0,
    },
    name=AutoName(property="identifier", prefix="identifierPrefix", lower=True, max_length=63),
    rules=MEMBER_RULES,
    same={"engineVersion": same_version},
    not_imitated="no database runs: a change of class reboots nothing, and which instance writes changes at once",
)

TYPES: Final = (CLUSTER_INSTANCE,)
