"""Instances of Aurora PostgreSQL clusters: what a cluster decides for its members, and what members may not."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from localcloud.moto import rds_cluster_rules as rules
from localcloud.moto import rds_facts as facts
from localcloud.moto.rds_state import refuse

# Arguments of calls for instances that are a cluster's to decide.
_OF_CLUSTER: Final = {
    "allocated_storage": "allocated storage",
    "backup_retention_period": "backup retention period",
    "deletion_protection": "deletion protection",
    "enable_cloudwatch_logs_exports": "log exports",
    "cloudwatch_logs_export_configuration": "log exports",
    "engine_version": "engine version",
    "db_port_number": "port",
    "kms_key_id": "KMS key",
    "manage_master_user_password": "master user password",
    "master_user_password": "master user password",
    "preferred_backup_window": "backup window",
    "storage_encrypted": "encryption",
    "storage_type": "storage type",
    "vpc_security_group_ids": "security groups",
}
# Amazon Aurora User Guide, "Configuration requirements of an Amazon Aurora global database".
_BURSTABLE: Final = "db.t"
_AUTHORITY: Final = "rds-ca-rsa2048-g1"
_OBSERVED: Final = (
    "monitoring_interval",
    "monitoring_role_arn",
    "performance_insights_enabled",
    "performance_insights_kms_key_id",
    "performance_insights_retention_period",
)


def to_create(backend: Any, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse what a member cannot be; give its settings, with what the cluster says where nothing else is said."""
    given = {key: value for key, value in kwargs.items() if value is not None}
    cluster = backend.clusters.get(given["db_cluster_identifier"])
    if cluster is None or cluster.engine != facts.ENGINE or given.get("engine") != facts.ENGINE:
        return given  # moto refuses
    if cluster.status == "stopped":
        refuse("InvalidDBClusterStateFault", f"DbCluster {cluster.resource_id} is stopped: start it first.")
    _require_class(cluster, given["db_instance_class"])
    wanted = given.pop("engine_version", None)
    if wanted and facts.resolve(wanted) != cluster.engine_version:
        refuse(
            "InvalidParameterCombination",
            f"The engine version that you requested for your DB instance ({wanted}) does not match the engine version "
            f"of your DB cluster ({cluster.engine_version}).",
        )
    for key in ("allocated_storage", "master_user_password", "storage_encrypted", "vpc_security_group_ids"):
        if given.get(key):
            message = f"The requested DB Instance will be a member of a DB Cluster. Set {_OF_CLUSTER[key]} for the"
            refuse("InvalidParameterCombination", f"{message} DB Cluster.")
    if len(cluster.members) >= facts.MAX_MEMBERS:
        message = f"The DB cluster already has {facts.MAX_MEMBERS} DB instances."
        refuse("InstanceQuotaExceeded", message)
    _require_tier(given)
    _require_family(backend, cluster, given.get("db_parameter_group_name"))
    group = given.pop("db_subnet_group_name", None) or cluster.db_subnet_group_name
    if group != cluster.db_subnet_group_name:
        message = f"The DB subnet group {group} differs from the DB cluster's, {cluster.db_subnet_group_name}."
        refuse("InvalidDBSubnetGroupFault", message)
    if group in backend.subnet_groups:
        given["db_subnet_group_name"] = group
    given.setdefault("availability_zone", _emptiest_zone(cluster, backend.subnet_groups.get(group)))
    given.setdefault("ca_certificate_identifier", _AUTHORITY)
    given["port"] = cluster.port
    given["preferred_maintenance_window"] = _window(cluster, given)
    for key in ("monitoring_interval", "monitoring_role_arn"):
        given.setdefault(key, getattr(cluster, key))
    given.pop("preferred_backup_window", None)
    return given


def created(instance: Any, given: Mapping[str, Any]) -> None:
    """Give a new member what its cluster says of insights, where its own call said nothing."""
    cluster = instance.cluster
    if cluster.engine == facts.ENGINE:
        instance.enabled_cloudwatch_logs_exports = []
        instance.database_insights_mode = cluster.database_insights_mode
        if given.get("enable_performance_insights") is None:
            for key in _OBSERVED[2:]:
                setattr(instance, key, getattr(cluster, key))


def refuse_small(instance_class: str) -> None:
    """Refuse burstable classes: a global database wants those that are optimized for memory."""
    if instance_class.startswith(_BURSTABLE):
        message = f"The DB instance class {instance_class} isn't supported for DB clusters in a global database."
        refuse("InvalidParameterCombination", message)


def _require_class(cluster: Any, name: str) -> None:
    if name not in facts.CLASSES:
        refuse("InvalidParameterValue", f"Invalid DB Instance class: {name}")
    if cluster.global_cluster_identifier:
        refuse_small(name)
    if name == facts.SERVERLESS and not cluster.serverless_v2_scaling_configuration:
        refuse(
            "InvalidDBClusterStateFault",
            "Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB "
            "instance.",
        )


def _require_tier(given: Mapping[str, Any]) -> None:
    if (tier := given.get("promotion_tier", 1)) not in facts.PROMOTION_TIERS:
        last = facts.PROMOTION_TIERS[-1]
        refuse("InvalidParameterValue", f"Invalid promotion tier: {tier}. It must be between 0 and {last}")


def _require_family(backend: Any, cluster: Any, name: str | None) -> None:
    """Refuse a parameter group that does not exist, or is of another version."""
    wanted = facts.family(cluster.engine_version)
    if not name or name == f"default.{wanted}":
        return
    group = backend.db_parameter_groups.get(name)
    if group is None:
        refuse("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
    if group.family != wanted:
        refuse(
            "InvalidParameterCombination",
            f"The Parameter Group {name} with DBParameterGroupFamily {group.family} can't be used for this instance. "
            f"Please use a Parameter Group with DBParameterGroupFamily {wanted}.",
        )


def _emptiest_zone(cluster: Any, group: Any) -> str:
    """Spread members over the zones that the cluster has subnets in."""
    zones = cluster.availability_zones
    if group is not None:
        reached = {one["SubnetAvailabilityZone"]["Name"] for one in group.subnets}
        zones = [zone for zone in zones if zone in reached] or sorted(reached)
    taken = Counter(one.availability_zone for one in cluster.members)
    return min(zones, key=lambda zone: (taken[zone], zone))


def _window(cluster: Any, given: Mapping[str, Any]) -> str:
    own = {"preferred_maintenance_window": given.get("preferred_maintenance_window")}
    return rules.windows({"preferred_backup_window": cluster.preferred_backup_window, **own})[
        "preferred_maintenance_window"
    ]


# Changes


def to_modify(instance: Any, given: Mapping[str, Any]) -> None:
    """Refuse to change of a member what is its cluster's."""
    for key, name in _OF_CLUSTER.items():
        if given.get(key) is not None:
            refuse(
                "InvalidParameterCombination",
                f"The specified DB Instance is a member of a cluster. Modify the {name} for the DB Cluster using the "
                "ModifyDbCluster API",
            )
    if instance.cluster.engine == facts.ENGINE:
        _require_family(instance.backend, instance.cluster, given.get("db_parameter_group_name"))
        _require_class(instance.cluster, given.get("db_instance_class") or instance.db_instance_class)
        _require_tier(given)


def to_delete(instance: Any, final_snapshot: str | None) -> None:
    """Refuse to delete a member that AWS keeps, or to make a snapshot of it."""
    if final_snapshot:
        message = "FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance"
        refuse("InvalidParameterCombination", message)
    if instance.cluster.replication_source_identifier and len(instance.cluster.members) == 1:
        refuse(
            "InvalidDBClusterStateFault",
            "Cannot delete the last instance of the read replica DB cluster. Perform an action to promote the read "
            "replica DB cluster to a standalone DB cluster or delete the DB cluster.",
        )


def observe(cluster: Any, changes: Mapping[str, Any]) -> None:
    """Tell the members what the cluster changed in monitoring and insights."""
    for member in cluster.members:
        for key in (*_OBSERVED, "database_insights_mode"):
            if key in changes:
                setattr(member, key, changes[key])


def upgrade(backend: Any, cluster: Any, given: Mapping[str, Any], target: str) -> dict[str, Any]:
    """Give what changes with another version or parameter group; members follow their cluster."""
    rules.require_upgrade(cluster.engine_version, target, allowed=bool(given.get("allow_major_version_upgrade")))
    major = facts.numbers(target)[0] != facts.numbers(cluster.engine_version)[0]
    of_members = given.get("db_instance_parameter_group_name")
    if of_members and not major:
        message = "The db-instance-parameter-group-name can only be specified for a major engine version upgrade."
        refuse("InvalidParameterCombination", message)
    group = given.get("db_cluster_parameter_group_name") or cluster.parameter_group
    if major and "db_cluster_parameter_group_name" not in given and group.startswith("default."):
        group = f"default.{facts.family(target)}"
    rules.require_group(backend, group, target)
    if major and cluster.global_cluster_identifier:
        message = "Upgrade the major engine version of a member of a global cluster by modifying the global cluster."
        refuse("InvalidParameterCombination", message)
    if major:
        _follow(backend, cluster, of_members, target)
    return {"engine_version": target, "parameter_group": group}


def _follow(backend: Any, cluster: Any, group: str | None, target: str) -> None:
    """Give the members a parameter group of the new family."""
    wanted = f"default.{facts.family(target)}"
    for member in cluster.members:
        name = member.db_parameter_group_name
        if name and not name.startswith("default.") and not group:
            refuse(
                "InvalidParameterCombination",
                f"The current DB instance parameter group {name} is custom. You must explicitly specify a new DB "
                "instance parameter group, either default or custom, for the engine version upgrade.",
            )
    if group and group != wanted:
        found = backend.db_parameter_groups.get(group)
        if found is None or found.family != facts.family(target):
            message = f"The Parameter Group {group} isn't of the DBParameterGroupFamily {facts.family(target)}."
            refuse("InvalidParameterCombination", message)
    for member in cluster.members:
        member.db_parameter_group_name = group


def rename(backend: Any, cluster: Any, name: str) -> None:
    """Give a cluster another name, which its members follow."""
    rules.require_name(name)
    if name in backend.clusters:
        refuse("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    members = cluster.members
    del backend.clusters[cluster.db_cluster_identifier]
    cluster.db_cluster_identifier = name
    backend.clusters[name] = cluster
    for member in members:
        member.db_cluster_identifier = cluster.db_cluster_identifier
