"""Backups of RDS instances: what snapshots tell, copies of automated backups in another region, restores of those."""

import copy
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBInstanceNotFoundError
from moto.rds.models import DBInstance, DBSnapshot, RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto.rds_state import home_of, is_member, name_of, refuse, regions

_DAYS: Final = range(1, 36)
_LETTERS: Final = string.ascii_lowercase + string.digits

_snapshot_of_moto = DBSnapshot.__init__
_restore_of_moto = RDSBackend.restore_db_instance_to_point_in_time


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (DBSnapshot, "__init__", _init_snapshot),
        (DBInstance, "db_instance_automated_backups_replications", property(_replications)),
        (RDSResponse, "start_db_instance_automated_backups_replication", _start),  # moto has neither of these two
        (RDSResponse, "stop_db_instance_automated_backups_replication", _stop),
        (RDSResponse, "describe_db_instance_automated_backups", _describe),
        (RDSResponse, "restore_db_instance_to_point_in_time", _restore),
    ):
        setattr(owner, name, mended)


def _init_snapshot(snapshot: Any, *args: Any, **kwargs: Any) -> None:
    """Keep what moto drops of the instance."""
    _snapshot_of_moto(snapshot, *args, **kwargs)
    database = snapshot.database
    snapshot.tags = list(snapshot.tags)
    for name in ("availability_zone", "iops", "license_model", "option_group_name", "storage_throughput"):
        setattr(snapshot, name, getattr(database, name, None))
    snapshot.storage_type = database.storage_type
    snapshot.percent_progress = 100
    group = getattr(database, "db_subnet_group", None)
    snapshot.vpc_id = group.vpc_id if group else None


# Copies in another region


@dataclass(kw_only=True, slots=True)
class Replication:
    """The automated backups of an instance of another region."""

    arn: str
    source: Any
    """The instance, which outlives its deletion here."""
    days: int
    kms_key_id: str | None

    @property
    def deleted(self) -> bool:
        """Whether the instance is gone, and its backups only remain."""
        return self.source.backend.databases.get(self.source.db_instance_identifier) is not self.source


def _replicated(backend: Any) -> dict[str, Replication]:
    """Give the copies in a region, by ARN; they end with moto's own data."""
    return backend.__dict__.setdefault("automated_backup_replications", {})


def _replications(instance: Any) -> list[dict[str, str]]:
    found = [one for backend in regions(instance.backend) for one in _replicated(backend).values()]
    return [{"DBInstanceAutomatedBackupsArn": one.arn} for one in found if one.source is instance]


def _start(self: Any) -> ActionResult:
    given, backend = self.params, self.backend
    arn = given["SourceDBInstanceArn"]
    days = given.get("BackupRetentionPeriod", 7)
    source = _source(backend, arn)
    if days not in _DAYS:
        message = f"Invalid backup retention period: {days}. It must be between {_DAYS[0]} and {_DAYS[-1]}"
        refuse("InvalidParameterValue", message)
    if source.storage_encrypted and not given.get("KmsKeyId"):
        message = "A KMS key of this Region must be specified to replicate the backups of an encrypted DB instance."
        refuse("InvalidParameterCombination", message)
    if any(one.source is source for one in _replicated(backend).values()):
        message = f"The automated backups of {name_of(arn)} are replicated to the current region already."
        refuse("InvalidDBInstanceState", message)
    made = Replication(
        arn=f"arn:aws:rds:{backend.region_name}:{backend.account_id}:auto-backup:ab-{_letters()}",
        source=source,
        days=days,
        kms_key_id=given.get("KmsKeyId"),
    )
    _replicated(backend)[made.arn] = made
    return ActionResult({"DBInstanceAutomatedBackup": _told(backend, made)})


def _letters() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(24))


def _source(backend: Any, arn: str) -> Any:
    home = home_of(backend, arn)
    source = home.databases.get(name_of(arn))
    if source is None:
        raise DBInstanceNotFoundError(name_of(arn))
    if home is backend:
        message = "Automated backups are replicated to another Region than that of the DB instance."
        refuse("InvalidParameterValue", message)
    if is_member(source):
        refuse("InvalidParameterValue", "Automated backups of DB clusters can't be replicated; use a global cluster.")
    if not source.backup_retention_period:
        refuse("InvalidDBInstanceState", f"Automated backups are not enabled for the DB instance {name_of(arn)}.")
    return source


def _stop(self: Any) -> ActionResult:
    arn, backend = self.params["SourceDBInstanceArn"], self.backend
    found = [one for one in _replicated(backend).values() if one.source.db_instance_arn == arn and not one.deleted]
    if not found:
        message = f"The automated backups of {name_of(arn)} are not replicating to the current region."
        refuse("InvalidDBInstanceState", message)
    del _replicated(backend)[found[0].arn]
    return ActionResult({"DBInstanceAutomatedBackup": {**_told(backend, found[0]), "Status": "deleting"}})


def _told(backend: Any, one: Replication) -> dict[str, Any]:
    return {
        **_of_instance(one.source),
        "Status": "retained" if one.deleted else "replicating",
        "Region": one.source.region,
        "BackupRetentionPeriod": one.days,
        "DBInstanceAutomatedBackupsArn": one.arn,
        "KmsKeyId": one.kms_key_id,
        "AvailabilityZone": f"{backend.region_name}a",
    }


def _of_instance(instance: Any) -> dict[str, Any]:
    return {
        "DBInstanceArn": instance.db_instance_arn,
        "DbiResourceId": instance.dbi_resource_id,
        "Region": instance.region,
        "DBInstanceIdentifier": instance.db_instance_identifier,
        "RestoreWindow": {"EarliestTime": instance.created, "LatestTime": instance.latest_restorable_time},
        "AllocatedStorage": instance.allocated_storage,
        "Status": "active",
        "Port": instance.port,
        "AvailabilityZone": instance.availability_zone,
        "InstanceCreateTime": instance.created,
        "MasterUsername": instance.master_username,
        "Engine": instance.engine,
        "EngineVersion": instance.engine_version,
        "LicenseModel": instance.license_model,
        "Encrypted": bool(instance.storage_encrypted),
        "StorageType": instance.storage_type,
        "KmsKeyId": instance.kms_key_id,
        "BackupRetentionPeriod": instance.backup_retention_period,
        "DBInstanceAutomatedBackupsReplications": _replications(instance),
    }


def _describe(self: Any) -> ActionResult:
    """Give the backups of instances, those that outlive theirs, and those of other regions."""
    given, backend = self.params, self.backend
    name, arn = given.get("DBInstanceIdentifier"), given.get("DBInstanceAutomatedBackupsArn")
    here = [one for one in backend.databases.values() if one.backup_retention_period and not is_member(one)]
    kept = [one for one in backend.describe_db_instance_automated_backups(name) if one.status == "retained"]
    found = [
        *(_of_instance(one) for one in here),
        *({"DBInstanceIdentifier": one.db_instance_identifier, "Status": "retained"} for one in kept),
        *(_told(backend, one) for one in _replicated(backend).values()),
    ]
    for key, wanted in (
        ("DBInstanceIdentifier", name),
        ("DBInstanceAutomatedBackupsArn", arn),
        ("DbiResourceId", given.get("DbiResourceId")),
    ):
        if wanted:
            found = [one for one in found if one.get(key) == wanted]
    if arn and not found:
        refuse("DBInstanceAutomatedBackupNotFound", f"DBInstanceAutomatedBackup not found: {arn}")
    return ActionResult({"DBInstanceAutomatedBackups": found})


# Restores


def _restore(self: Any) -> ActionResult:
    """Restore to a time also by resource id, and from backups of another region, whose instance may be gone."""
    given, backend = self.params, self.backend
    source, more = _restored(backend, given)
    if not source.backup_retention_period:
        refuse("PointInTimeRestoreNotEnabled", "Point in time recovery is not enabled for this instance")
    _require_time(source, given)
    # moto's function looks its source up by name, in this region only.
    stage: Any = SimpleNamespace(
        describe_db_instances=lambda **_: [source], create_db_instance=backend.create_db_instance
    )
    target = given["TargetDBInstanceIdentifier"]
    made: Any = _restore_of_moto(stage, target, target, {**given, **more})
    # Not the source's: Amazon RDS API Reference, RestoreDBInstanceToPointInTime.
    made.deletion_protection = bool(given.get("DeletionProtection"))
    # moto takes what it was restored from for what it replicates.
    made.is_replica, made.source_db_instance_identifier, made.replicas = False, None, []
    return ActionResult({"DBInstance": made})


def _require_time(source: Any, given: Mapping[str, Any]) -> None:
    """Refuse a time that there are no backups of; moto restores to any."""
    time, latest = given.get("RestoreTime"), given.get("UseLatestRestorableTime")
    if bool(time) == bool(latest):
        refuse("InvalidParameterCombination", "Specify one of RestoreTime and UseLatestRestorableTime")
    first, last = source.created, source.latest_restorable_time
    if time and not first <= time.replace(tzinfo=first.tzinfo) <= last:
        message = f"The specified time is not between {first:%Y-%m-%dT%H:%M:%SZ} and {last:%Y-%m-%dT%H:%M:%SZ}"
        refuse("InvalidRestoreFault", message)


def _restored(backend: Any, given: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    if name := given.get("SourceDBInstanceIdentifier"):
        return backend.describe_db_instances(name)[0], {}
    if resource := given.get("SourceDbiResourceId"):
        found = [one for one in backend.databases.values() if one.dbi_resource_id == resource]
        if not found:
            raise DBInstanceNotFoundError(resource)
        return found[0], {}
    arn = given.get("SourceDBInstanceAutomatedBackupsArn")
    replication = _replicated(backend).get(arn or "")
    if replication is None:
        refuse("DBInstanceAutomatedBackupNotFound", f"DBInstanceAutomatedBackup not found: {arn}")
    source = copy.copy(replication.source)
    # What exists in the other region only.
    source.db_parameter_group_name, source.vpc_security_group_ids = None, []
    source.availability_zone, source.__dict__["_db_subnet_group_name"] = None, None
    source.__dict__.pop("db_subnet_group", None)
    return source, {"kms_key_id": given.get("KmsKeyId") or replication.kms_key_id}
