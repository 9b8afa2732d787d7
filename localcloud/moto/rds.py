"""Mends what moto 5.2 does wrongly in RDS and the local cloud needs right, for whoever asks it by boto3 too."""

import copy
import secrets
import string
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.rds.exceptions import (
    DBInstanceAlreadyExists,
    DBInstanceNotFoundError,
    DBParameterGroupNotFoundError,
    DBSnapshotAlreadyExistsError,
    DBSubnetGroupNotFoundError,
    RDSClientError,
)
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto import rds_members
from localcloud.moto.rds_state import is_member, refuse
from localcloud.moto.rds_transitions import begin, require_available

_RESOURCE_ID: Final = string.ascii_uppercase + string.digits
# What moto drops when an instance is made, and what AWS has where nothing is said.
_DROPPED: Final = {
    "database_insights_mode": "standard",
    "dedicated_log_volume": False,
    "engine_lifecycle_support": "open-source-rds-extended-support",
    "network_type": "IPV4",
    "performance_insights_kms_key_id": None,
    "performance_insights_retention_period": None,
}
# What a replica does not take over from its source. Amazon RDS API Reference, CreateDBInstanceReadReplica.
_REPLICA: Final = {
    "backup_retention_period": 0,
    "copy_tags_to_snapshot": False,
    "deletion_protection": False,
    "enable_iam_database_authentication": False,
    "monitoring_interval": 0,
    "monitoring_role_arn": None,
    "multi_az": False,
    "performance_insights_kms_key_id": None,
    "performance_insights_retention_period": None,
    "tags": [],
}

# Amazon RDS User Guide, "Restoring a DB instance to a specified time".
_UPLOAD_MINUTES: Final = 5
_JOINING: Final = threading.Lock()

_init_of_moto = DBInstance.__init__
_update_of_moto = DBInstance.update
_backup_of_moto = DBInstance.save_automated_backup
_create_of_moto = RDSBackend.create_db_instance
_snapshot_of_moto = RDSBackend.create_db_snapshot
_create_replica_of_moto = RDSBackend.create_db_instance_read_replica
_modify_of_moto = RDSBackend.modify_db_instance
_delete_of_moto = RDSBackend.delete_db_instance
_stop_of_moto = RDSBackend.stop_db_instance
_delete_parameter_group_of_moto = RDSBackend.delete_db_parameter_group
_delete_subnet_group_of_moto = RDSBackend.delete_subnet_group


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (DBInstance, "__init__", _init),
        (DBInstance, "update", _update),
        (DBInstance, "save_automated_backup", _save_backup),
        (DBInstance, "latest_restorable_time", property(_latest_restorable_time)),
        (DBInstance, "remove_replica", _remove_replica),
        (RDSBackend, "create_db_instance", _create),
        (RDSBackend, "create_db_snapshot", _create_snapshot),
        (RDSBackend, "create_db_instance_read_replica", _create_replica),
        (RDSBackend, "promote_read_replica", _promote),
        (RDSBackend, "modify_db_instance", _modify),
        (RDSBackend, "delete_db_instance", _delete),
        (RDSBackend, "stop_db_instance", _stop),
        (RDSBackend, "modify_db_subnet_group", _modify_subnet_group),
        (RDSBackend, "delete_subnet_group", _delete_subnet_group),
        (RDSBackend, "delete_db_parameter_group", _delete_parameter_group),
        (RDSResponse, "reset_db_parameter_group", _reset_parameter_group),  # moto has none
    ):
        setattr(owner, name, mended)


def _new_resource_id() -> str:
    """Give every instance a DbiResourceId of its own; moto's is the same for all."""
    return f"db-{''.join(secrets.choice(_RESOURCE_ID) for _ in range(26))}"


def _init(instance: Any, *args: Any, **kwargs: Any) -> None:
    _init_of_moto(instance, *args, **kwargs)
    instance.dbi_resource_id = _new_resource_id()
    instance.performance_insights_enabled = bool(kwargs.get("enable_performance_insights", False))
    for name, default in _DROPPED.items():
        given = kwargs.get(name)
        setattr(instance, name, default if given is None else given)
    instance.enabled_cloudwatch_logs_exports = sorted(set(instance.enabled_cloudwatch_logs_exports))


def _create(backend: Any, db_kwargs: Any) -> Any:
    """Make an instance; a member of a cluster has what its cluster decides."""
    if db_kwargs.get("db_cluster_identifier") is None:
        made = _create_of_moto(backend, db_kwargs)
    else:
        # Of members that come at once one writes, and they go to different zones.
        with _JOINING:
            given = rds_members.to_create(backend, db_kwargs)
            made = _create_of_moto(backend, given)
            rds_members.created(made, given)
    begin(made, "creating")
    return made


def _update(instance: Any, **kwargs: Any) -> None:
    """Apply also what moto keeps under other names; it adds enabled logs twice and ignores disabled ones."""
    exports = kwargs.pop("cloudwatch_logs_export_configuration", None) or {}
    if kwargs.get("enable_performance_insights") is not None:
        instance.performance_insights_enabled = kwargs["enable_performance_insights"]
    if kwargs.get("db_port_number"):
        instance.port = kwargs["db_port_number"]
    _update_of_moto(instance, **kwargs)
    kept = set(instance.enabled_cloudwatch_logs_exports) - set(exports.get("DisableLogTypes", []))
    instance.enabled_cloudwatch_logs_exports = sorted(kept | set(exports.get("EnableLogTypes", [])))


def _save_backup(instance: Any) -> None:
    """Keep the backup of this minute that an instance of the same name left behind; a cluster makes its members'."""
    if is_member(instance):
        return
    try:
        _backup_of_moto(instance)
    except DBSnapshotAlreadyExistsError:
        return


def _latest_restorable_time(instance: Any) -> datetime:
    """Give the last time that was backed up: RDS uploads logs every five minutes, moto's time never stands still."""
    now = utcnow()
    uploaded = now - timedelta(minutes=now.minute % _UPLOAD_MINUTES, seconds=now.second, microseconds=now.microsecond)
    return max(instance.created, uploaded)


def _create_snapshot(backend: Any, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
    instance = backend.databases.get(db_instance_identifier)
    if instance is not None and is_member(instance):
        message = "The specified instance is a member of a cluster and a snapshot cannot be created directly."
        refuse("InvalidParameterValue", f"{message} Please use the CreateDBClusterSnapshot API instead.")
    return _snapshot_of_moto(backend, db_instance_identifier, *args, **kwargs)


# Replicas


def _is_of(reference: str, instance: Any) -> bool:
    """Say whether a name or ARN is an instance's."""
    return reference in (instance.db_instance_identifier, instance.db_instance_arn)


def _remove_replica(primary: Any, replica: Any) -> None:
    primary.replicas = [one for one in primary.replicas if not _is_of(one, replica)]


def _unlink(replica: Any) -> None:
    replica.is_replica = False
    replica.source_db_instance_identifier = None


def _create_replica(backend: Any, kwargs: dict[str, Any]) -> Any:
    """Make a replica that is an instance of its own; moto's shares lists, resource id and settings with its source."""
    primary = backend.find_db_from_id(kwargs["source_db_instance_identifier"])
    if kwargs["db_instance_identifier"] in backend.databases:
        raise DBInstanceAlreadyExists
    if not primary.backup_retention_period:
        message = (
            "Automated backups are not enabled for this database instance. To enable automated backups, use "
            "ModifyDBInstance to set the backup retention period to a non-zero value."
        )
        raise RDSClientError("InvalidDBInstanceState", message)
    if getattr(primary, "manage_master_user_password", False):
        message = "You can't create a read replica of a DB instance whose master password is managed in Secrets Manager"
        raise RDSClientError("InvalidParameterCombination", message)
    settings = {key: value for key, value in kwargs.items() if key not in ("tags", "enable_cloudwatch_logs_exports")}
    replica: Any = _create_replica_of_moto(backend, settings)
    replica.dbi_resource_id = _new_resource_id()
    replica.created = replica.instance_create_time = utcnow()
    replica.vpc_security_group_ids = list(replica.vpc_security_group_ids)
    replica.enabled_cloudwatch_logs_exports = sorted(kwargs.get("enable_cloudwatch_logs_exports") or [])
    replica.performance_insights_enabled = bool(kwargs.get("enable_performance_insights", False))
    for name, default in _REPLICA.items():
        given = kwargs.get(name)
        setattr(replica, name, copy.copy(default) if given is None else given)
    begin(replica, "creating")
    return replica


def _promote(backend: Any, kwargs: dict[str, Any]) -> Any:
    """Cut the link on both sides; moto leaves it."""
    replica = backend.describe_db_instances(kwargs["db_instance_identifier"])[0]
    if not replica.source_db_instance_identifier:
        raise RDSClientError("InvalidDBInstanceState", "DB Instance is not a read replica.")
    _remove_replica(backend.find_db_from_id(replica.source_db_instance_identifier), replica)
    _unlink(replica)
    replica.update(**{"backup_retention_period": 1, **kwargs})
    return replica


def _modify(backend: Any, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Any:
    """Let the other side of a replication follow when an instance is renamed."""
    instance = backend.describe_db_instances(db_instance_identifier)[0]
    require_available(instance, "Database instance is not in available state.")
    if is_member(instance):
        rds_members.to_modify(instance, db_kwargs)
    old = instance.db_instance_identifier
    modified = _modify_of_moto(backend, db_instance_identifier, db_kwargs)
    begin(instance, "modifying", dict(db_kwargs))
    new = instance.db_instance_identifier
    if new != old:
        for other in backend.databases.values():
            other.replicas = [new if one == old else one for one in other.replicas]
            if other.source_db_instance_identifier == old:
                other.source_db_instance_identifier = new
    return modified


def _delete(backend: Any, db_instance_identifier: str, *args: Any, **kwargs: Any) -> Any:
    """Promote the replicas of an instance that is deleted, as AWS does with those of its region."""
    if db_instance_identifier not in backend.databases:
        raise DBInstanceNotFoundError(db_instance_identifier)
    instance = backend.databases[db_instance_identifier]
    if is_member(instance):
        rds_members.to_delete(instance, kwargs.get("final_db_snapshot_identifier"))
    replicas = list(instance.replicas)
    deleted = _delete_of_moto(backend, db_instance_identifier, *args, **kwargs)
    for one in replicas:
        try:
            _unlink(backend.find_db_from_id(one))
        except DBInstanceNotFoundError:
            continue
    for cluster in backend.clusters.values():
        if cluster.replication_source_identifier == deleted.db_instance_arn:
            cluster.replication_source_identifier = None
    return deleted


def _stop(backend: Any, db_instance_identifier: str, db_snapshot_identifier: str | None = None) -> Any:
    """Refuse to stop what AWS keeps running: sides of a replication, and members of clusters."""
    instance = backend.describe_db_instances(db_instance_identifier)[0]
    if is_member(instance):
        message = f"{db_instance_identifier} is a member of a DB cluster: stop the cluster."
        refuse("InvalidDBClusterStateFault", message)
    if instance.replicas or instance.source_db_instance_identifier:
        message = "Cannot stop a DB instance that has a read replica, or that is a read replica."
        refuse("InvalidDBInstanceState", message)
    return _stop_of_moto(backend, db_instance_identifier, db_snapshot_identifier)


# Groups


def _members(backend: Any, belongs: Callable[[Any], bool]) -> list[str]:
    return [one.db_instance_identifier for one in backend.databases.values() if belongs(one)]


def _modify_subnet_group(backend: Any, subnet_name: str, description: str | None, subnets: Any) -> Any:
    """Change the group; moto's loses it on the way."""
    if subnet_name not in backend.subnet_groups:
        raise DBSubnetGroupNotFoundError(subnet_name)
    group = backend.subnet_groups[subnet_name]
    group.subnets = subnets
    if description is not None:
        group.description = description
    return group


def _delete_subnet_group(backend: Any, subnet_name: str) -> Any:
    group = backend.subnet_groups.get(subnet_name)
    members = _members(backend, lambda one: group is not None and getattr(one, "db_subnet_group", None) is group)
    if members:
        message = (
            f"Cannot delete the subnet group '{subnet_name}' because at least one database instance: "
            f"{members[0]} is still using it."
        )
        raise RDSClientError("InvalidDBSubnetGroupStateFault", message)
    clusters = [name for name, one in backend.clusters.items() if one.db_subnet_group_name == subnet_name]
    if clusters:
        message = (
            f"Cannot delete the subnet group '{subnet_name}' because at least one database cluster: "
            f"{clusters[0]} is still using it."
        )
        raise RDSClientError("InvalidDBSubnetGroupStateFault", message)
    return _delete_subnet_group_of_moto(backend, subnet_name)


def _delete_parameter_group(backend: Any, db_parameter_group_name: str) -> Any:
    """Refuse what AWS refuses; in moto every look at instances would fail from then on."""
    members = _members(backend, lambda one: one.db_parameter_group_name == db_parameter_group_name)
    if members:
        message = (
            "One or more database instances are still members of this parameter group "
            f"{db_parameter_group_name}, so the group cannot be deleted ({', '.join(members)})"
        )
        raise RDSClientError("InvalidDBParameterGroupState", message)
    return _delete_parameter_group_of_moto(backend, db_parameter_group_name)


def _reset_parameter_group(self: Any) -> ActionResult:
    name = self.params["DBParameterGroupName"]
    if name not in self.backend.db_parameter_groups:
        raise DBParameterGroupNotFoundError(name)
    parameters = self.backend.db_parameter_groups[name].parameters
    gone = [one["ParameterName"] for one in self.params.get("Parameters", [])]
    for parameter in list(parameters) if self.params.get("ResetAllParameters") else gone:
        parameters.pop(parameter, None)
    return ActionResult({"DBParameterGroupName": name})
