"""Aurora PostgreSQL clusters: mends what moto 5.2 does wrongly, for whoever asks it by boto3 too."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.rds.exceptions import DBClusterSnapshotAlreadyExistsError
from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, MasterUserSecret, RDSBackend
from moto.rds.responses import RDSResponse
from moto.rds.utils import FilterDef

from localcloud.moto import rds_cluster_rules as rules
from localcloud.moto import rds_facts as facts
from localcloud.moto import rds_global, rds_members
from localcloud.moto.rds_state import cluster_of, home_of, is_arn, name_of, network, refuse
from localcloud.moto.rds_transitions import begin, require_available

INHERITED: Final = "inherited-from-the-source"
"""Stands for a password that nobody gives: a replica or a restored cluster has its source's."""

# What moto drops when a cluster is made, and what AWS has where nothing is said.
_DROPPED: Final = {
    "cluster_scalability_type": "standard",
    "database_insights_mode": "standard",
    "engine_lifecycle_support": "open-source-rds-extended-support",
    "monitoring_interval": 0,
    "monitoring_role_arn": None,
    "performance_insights_kms_key_id": None,
    "performance_insights_retention_period": None,
}
# Arguments of ModifyDBCluster, and what moto calls what they change.
_CHANGES: Final = {
    **{key: key for key in _DROPPED},
    **{key: key for key in ("auto_minor_version_upgrade", "backup_retention_period", "copy_tags_to_snapshot")},
    **{key: key for key in ("deletion_protection", "master_user_password", "network_type", "port")},
    **{key: key for key in ("serverless_v2_scaling_configuration", "vpc_security_group_ids")},
    "db_cluster_parameter_group_name": "parameter_group",
    "enable_http_endpoint": "http_endpoint_enabled",
    "enable_iam_database_authentication": "iam_auth",
    "enable_performance_insights": "performance_insights_enabled",
}
_ZONES: Final = 3
# Amazon RDS API Reference, ModifyDBCluster: to aurora-iopt1 once in 30 days, back at any time.
_BETWEEN_OPTIMIZATIONS: Final = timedelta(days=30)
_INSIGHTS_DAYS: Final = 7

_init_of_moto = DBCluster.__init__
_create_of_moto = RDSBackend.create_db_cluster
_modify_of_moto = RDSBackend.modify_db_cluster
_backup_of_moto = DBCluster.save_automated_backup


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    DBCluster.SUPPORTED_FILTERS["db-cluster-resource-id"] = FilterDef(["db_cluster_resource_id"], "Resource Ids")
    for owner, name, mended in (
        (DBCluster, "__init__", _init),
        (DBCluster, "save_automated_backup", _save_backup),
        (DBCluster, "http_endpoint_enabled", False),
        (DBCluster, "global_write_forwarding_requested", False),
        (DBCluster, "performance_insights_enabled", False),
        (DBInstance, "read_replica_db_cluster_identifiers", property(_replica_clusters)),
        (DBInstanceClustered, "storage_type", property(_storage_type)),
        (RDSBackend, "create_db_cluster", create),
        (RDSBackend, "modify_db_cluster", _modify),
        (RDSBackend, "promote_read_replica_db_cluster", _promote),
        (RDSResponse, "enable_http_endpoint", lambda self: _switch_data_api(self, on=True)),  # moto has none
        (RDSResponse, "disable_http_endpoint", lambda self: _switch_data_api(self, on=False)),
    ):
        setattr(owner, name, mended)


# Creation


def create(backend: Any, kwargs: Mapping[str, Any]) -> Any:
    """Make a cluster; one of Aurora PostgreSQL as AWS does, others as moto does."""
    if kwargs.get("engine") != facts.ENGINE:
        return _create_of_moto(backend, dict(kwargs))
    given = {key: value for key, value in kwargs.items() if value is not None}
    rules.require_name(given["db_cluster_identifier"])
    if given["db_cluster_identifier"] in backend.clusters:
        refuse("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    source = _source(backend, given)
    world = rds_global.to_join(backend, given)
    inherited = _of_source(source, given) if source else rds_global.inherited(world, given) if world else {}
    given = {**inherited, **given}
    given["engine_version"] = rules.require_version(given.get("engine_version"))
    rules.require_settings(given, given["engine_version"])
    given["performance_insights_enabled"] = bool(given.pop("enable_performance_insights", False))
    rules.require_observation(given)
    rules.require_group(backend, given.get("db_cluster_parameter_group_name"), given["engine_version"])
    given |= rules.windows(given)
    if given.get("kms_key_id") and not given.get("storage_encrypted"):
        refuse("InvalidParameterCombination", "KmsKeyId can't be specified for an unencrypted DB cluster.")
    given.pop("global_cluster_identifier", None)
    given.pop("replication_source_identifier", None)
    cluster: Any = DBCluster(backend, **given)
    cluster.replication_source_identifier = source.db_instance_arn if source else None
    backend.clusters[given["db_cluster_identifier"]] = cluster
    if world:
        rds_global.join(world, cluster, forwarding=bool(given.get("enable_global_write_forwarding")))
    cluster.save_automated_backup()
    begin(cluster, "creating")
    return cluster


def _init(cluster: Any, backend: Any, **kwargs: Any) -> None:
    if kwargs.get("engine") != facts.ENGINE:
        _init_of_moto(cluster, backend, **kwargs)
        return
    kind = kwargs.pop("storage_type", None)  # moto knows none of Aurora's
    _init_of_moto(cluster, backend, **kwargs)
    for name, default in _DROPPED.items():
        given = kwargs.get(name)
        setattr(cluster, name, default if given is None else given)
    cluster.performance_insights_enabled = kwargs.get("performance_insights_enabled", False)
    cluster.http_endpoint_enabled = bool(kwargs.get("enable_http_endpoint", False))
    cluster.storage_type = _told(kind)
    cluster.license_model = "postgresql-license"
    cluster.local_write_forwarding_status = _forwarding(kwargs.get("enable_local_write_forwarding"))
    if not kwargs.get("db_cluster_parameter_group_name"):
        cluster.parameter_group = f"default.{facts.family(cluster.engine_version)}"
    _place(cluster, kwargs)
    cluster.kms_key_id = kwargs.get("kms_key_id")
    if cluster.storage_encrypted and not cluster.kms_key_id:
        cluster.kms_key_id = backend.kms.describe_key("alias/aws/rds").arn


def _told(kind: str | None) -> str | None:
    """Give the storage type as AWS tells it: it says nothing of the ordinary one."""
    return None if kind == "aurora" else kind


def _forwarding(wanted: bool | None) -> str | None:
    """Give the status of write forwarding; AWS says nothing where it was never on."""
    return "enabled" if wanted else None


def _place(cluster: Any, kwargs: Mapping[str, Any]) -> None:
    """Find zones, always three, and security groups."""
    group = cluster.backend.subnet_groups.get(cluster.db_subnet_group_name)
    if group is None and kwargs.get("db_subnet_group_name"):
        message = f"DB subnet group '{cluster.db_subnet_group_name}' does not exist."
        refuse("DBSubnetGroupNotFoundFault", message)
    ec2 = network(cluster.backend)
    zones = [*(kwargs.get("availability_zones") or [])]
    zones += [one["SubnetAvailabilityZone"]["Name"] for one in (group.subnets if group else [])]
    zones += [f"{cluster.region}{letter}" for letter in "abc"]
    cluster.availability_zones = sorted(list(dict.fromkeys(zones))[:_ZONES])
    if not cluster.vpc_security_group_ids:
        vpc = group.vpc_id if group else ec2.default_vpc.id
        cluster.vpc_security_group_ids = [ec2.get_default_security_group(vpc).id]


def _save_backup(cluster: Any) -> None:
    """Keep the backup of this minute that a cluster of the same name left behind."""
    try:
        _backup_of_moto(cluster)
    except DBClusterSnapshotAlreadyExistsError:
        return


# Replicas of an RDS instance


def _source(backend: Any, given: Mapping[str, Any]) -> Any:
    """Find the instance that a cluster is to replicate."""
    reference = given.get("replication_source_identifier")
    if not reference:
        return None
    if not is_arn(reference) or ":db:" not in reference or home_of(backend, reference) is not backend:
        refuse(
            "InvalidParameterCombination",
            "Aurora PostgreSQL replicates from an RDS for PostgreSQL DB instance of the same account and region, named "
            f"by its ARN, got {reference}. Use a global cluster to replicate to another region.",
        )
    found = backend.databases.get(name_of(reference))
    if found is None:
        refuse("DBInstanceNotFound", f"DBInstance {name_of(reference)} not found.")
    if found.engine != "postgres":
        message = f"The engine {found.engine} of the source is not compatible with {facts.ENGINE}."
        refuse("InvalidParameterCombination", message)
    if not found.backup_retention_period:
        message = "Automated backups are not enabled for this database instance."
        refuse("InvalidDBInstanceState", f"{message} To enable automated backups, set the backup retention period.")
    if found.read_replica_db_cluster_identifiers:
        message = f"The DB instance {name_of(reference)} already has an Aurora read replica."
        refuse("InvalidDBInstanceState", message)
    return found


def _of_source(source: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a replica takes over. Aurora runs the source's version, or a later minor one."""
    for key, theirs in (("master_username", "MasterUsername"), ("database_name", "DatabaseName")):
        if given.get(key):
            refuse("InvalidParameterCombination", f"{theirs} can't be specified for a read replica cluster.")
    if given.get("manage_master_user_password"):
        refuse("InvalidParameterCombination", "ManageMasterUserPassword can't be specified for a read replica cluster.")
    if source.storage_encrypted and not given.get("storage_encrypted", True):
        refuse("InvalidParameterCombination", "Cannot create an unencrypted read replica of an encrypted source.")
    major, minor = facts.numbers(source.engine_version)
    later = [one for one in facts.VERSIONS if facts.numbers(one)[0] == major and facts.numbers(one)[1] >= minor]
    version = rules.require_version(given.get("engine_version") or (later[0] if later else source.engine_version))
    if version not in later:
        message = f"{facts.ENGINE} {version} can't replicate from postgres {source.engine_version}."
        refuse("InvalidParameterCombination", message)
    return {
        "engine_version": version,
        "master_username": source.master_username,
        "master_user_password": INHERITED,
        "database_name": source.db_name,
        "storage_encrypted": source.storage_encrypted,
        **({"kms_key_id": source.kms_key_id} if source.storage_encrypted else {}),
    }


def _replica_clusters(instance: Any) -> list[str]:
    clusters = instance.backend.clusters.values()
    return [one.db_cluster_identifier for one in clusters if one.replication_source_identifier == instance.arn]


def _promote(backend: Any, db_cluster_identifier: str) -> Any:
    cluster = cluster_of(backend, db_cluster_identifier)
    if not cluster.replication_source_identifier:
        message = f"DB cluster {cluster.db_cluster_identifier} is not a read replica cluster."
        refuse("InvalidDBClusterStateFault", message)
    cluster.replication_source_identifier = None
    return cluster


# Changes


def _modify(backend: Any, kwargs: Mapping[str, Any]) -> Any:
    """Apply every change at once; refuse all of them if one is refused."""
    cluster = cluster_of(backend, kwargs["db_cluster_identifier"])
    if cluster.engine != facts.ENGINE:
        return _modify_of_moto(backend, dict(kwargs))
    require_available(cluster, f"DB cluster isn't available for modification with status {cluster.status}.")
    given = {key: value for key, value in kwargs.items() if value is not None}
    target = rules.require_version(given.get("engine_version") or cluster.engine_version)
    exports = given.pop("cloudwatch_logs_export_configuration", None) or {}
    rules.require_settings({**given, "enable_cloudwatch_logs_exports": exports.get("EnableLogTypes", [])}, target)
    changes = {_CHANGES[key]: value for key, value in given.items() if key in _CHANGES}
    if changes.get("performance_insights_enabled") is False:
        changes |= {"performance_insights_kms_key_id": None, "performance_insights_retention_period": None}
    observed = ("performance_insights_enabled", *_DROPPED)
    rules.require_observation({**{key: getattr(cluster, key) for key in observed}, **changes})
    changes |= _windows(cluster, given)
    changes |= _storage(cluster, given)
    if (wanted := given.get("enable_local_write_forwarding")) is not None:
        changes["local_write_forwarding_status"] = _forwarding(wanted)
    if (wanted := given.get("enable_global_write_forwarding")) is not None:
        changes["global_write_forwarding_requested"] = wanted
        if cluster.global_cluster_identifier and not cluster.is_writer:
            changes["global_write_forwarding_status"] = _forwarding(wanted) or "disabled"
    changes |= rds_members.upgrade(backend, cluster, given, target)
    _change_password(cluster, given, changes)
    for key, value in changes.items():
        setattr(cluster, key, value)
    kept = {*cluster.enabled_cloudwatch_logs_exports, *exports.get("EnableLogTypes", [])}
    cluster.enabled_cloudwatch_logs_exports = sorted(kept - set(exports.get("DisableLogTypes", [])))
    rds_members.observe(cluster, changes)
    rds_global.follow(cluster)
    begin(cluster, "modifying", given)
    if renamed := given.get("new_db_cluster_identifier"):
        rds_members.rename(backend, cluster, renamed)
    return cluster


def _windows(cluster: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    names = ("preferred_backup_window", "preferred_maintenance_window")
    if not any(name in given for name in names):
        return {}
    return rules.windows({name: given.get(name, getattr(cluster, name)) for name in names})


def _storage(cluster: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    if "storage_type" not in given or _told(given["storage_type"]) == cluster.storage_type:
        return {}
    if given["storage_type"] == "aurora":
        return {"storage_type": None}
    name, now = "io_optimized_next_allowed_modification_time", utcnow()
    allowed = getattr(cluster, name, None)
    if allowed and now < allowed:
        message = f"The storage type can't be changed to aurora-iopt1 before {allowed:%Y-%m-%dT%H:%M:%SZ}."
        refuse("InvalidDBClusterStateFault", message)
    return {"storage_type": given["storage_type"], name: now + _BETWEEN_OPTIMIZATIONS}


def _change_password(cluster: Any, given: Mapping[str, Any], changes: dict[str, Any]) -> None:
    """Begin or end to manage the password, or rotate it."""
    if given.get("rotate_master_user_password"):
        if not given.get("apply_immediately"):
            message = "You must specify apply immediately when rotating the master user password."
            refuse("InvalidParameterCombination", message)
        cluster.master_user_secret.rotate_secret()
    managed = given.get("manage_master_user_password")
    if managed and not cluster.manage_master_user_password:
        if cluster.global_cluster_identifier:
            rds_global.refuse_managed_password()
        cluster.master_user_secret = MasterUserSecret(cluster, given.get("master_user_secret_kms_key_id"))
    elif managed is False and cluster.manage_master_user_password:
        if "master_user_password" not in changes:
            message = "You must specify MasterUserPassword when you turn off ManageMasterUserPassword"
            refuse("InvalidParameterCombination", message)
        cluster.master_user_secret.delete_secret()
        del cluster.master_user_secret
    if managed is not None:
        cluster.manage_master_user_password = managed


def _switch_data_api(self: Any, *, on: bool) -> ActionResult:
    arn = self.params["ResourceArn"]
    cluster_of(self.backend, arn).http_endpoint_enabled = on
    return ActionResult({"ResourceArn": arn, "HttpEndpointEnabled": on})


def _storage_type(instance: Any) -> str:
    return instance.cluster.storage_type or "aurora"
