"""Backups of AWS Backup on demand: they end at once, and a vault holds their recovery points."""

from collections.abc import Mapping
from typing import Any, Final

from moto.core.utils import unix_time
from moto.moto_api._internal import mock_random

from localcloud.moto.backup_state import INVALID_PARAMETER, INVALID_REQUEST, refuse_missing, state, vault_of
from localcloud.moto.operation import Call, Operation, refuse
from localcloud.resources.backup_rules import lifecycle_problems
from localcloud.resources.backup_shape import lifecycle_from_aws

_NAMES: Final[Mapping[str, str]] = {"dynamodb": "DynamoDB", "rds": "RDS", "s3": "S3", "ec2": "EC2", "efs": "EFS"}
"""What AWS Backup calls the services whose ARNs it takes."""


def _start(call: Call) -> dict[str, Any]:
    """StartBackupJob: a job that breaks the vault's lock fails, as on AWS, and leaves nothing."""
    vault, arn, lifecycle = vault_of(call), call.text("ResourceArn"), call.get("Lifecycle", {})
    for problem in lifecycle_problems(lifecycle_from_aws(lifecycle)):
        refuse(INVALID_PARAMETER, problem)
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[2] not in _NAMES:  # noqa: PLR2004  an ARN has six parts
        refuse(INVALID_PARAMETER, f"Unsupported resource type: {arn}")
    id_, now = str(mock_random.uuid4()).upper(), unix_time()
    job = {
        "AccountId": call.account,
        "BackupJobId": id_,
        "BackupVaultName": vault.backup_vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "ResourceArn": arn,
        "ResourceType": "Aurora" if ":cluster:" in arn else _NAMES[parts[2]],
        "IamRoleArn": call.text("IamRoleArn"),
        "CreationDate": now,
        "CompletionDate": now,
        "State": "COMPLETED",
        "PercentDone": "100.0",
    }
    state(call).jobs[id_] = job
    answer = {"BackupJobId": id_, "CreationDate": now}
    if reason := _against_lock(vault, lifecycle.get("DeleteAfterDays")):
        job.update({"State": "FAILED", "StatusMessage": reason})
        return answer
    point = f"arn:aws:backup:{call.region}:{call.account}:recovery-point:{id_}"
    job["RecoveryPointArn"] = point
    kept = state(call).recovery_points.setdefault(vault.backup_vault_name, {})
    kept[point] = {
        **{key: job[key] for key in ("BackupVaultName", "BackupVaultArn", "ResourceArn", "ResourceType")},
        **{key: job[key] for key in ("IamRoleArn", "CreationDate", "CompletionDate")},
        "RecoveryPointArn": point,
        "Status": "COMPLETED",
        "Lifecycle": lifecycle,
        "EncryptionKeyArn": vault.encryption_key_arn,
        "IsEncrypted": True,
    }
    return {**answer, "RecoveryPointArn": point}


def _against_lock(vault: Any, days: int | None) -> str | None:
    """Say why the vault's lock lets a backup of so many days fail; None keeps it for ever."""
    least, most = vault.min_retention_days, vault.max_retention_days
    if least and days and days < least:
        return f"The backup's retention of {days} days is shorter than the vault's minimum of {least}"
    if most and (days is None or days > most):
        return f"The backup's retention of {days or 'unlimited'} days is longer than the vault's maximum of {most}"
    return None


def _describe_job(call: Call) -> dict[str, Any]:
    found = state(call).jobs.get(call.text("BackupJobId"))
    return found or refuse_missing(f"Backup job {call.text('BackupJobId')} cannot be found")


def _points(call: Call) -> dict[str, Any]:
    found = state(call).recovery_points.get(vault_of(call).backup_vault_name, {})
    wanted = call.get("ByResourceArn")
    return {"RecoveryPoints": [one for one in found.values() if wanted in (None, one["ResourceArn"])]}


def _point(call: Call) -> dict[str, Any]:
    found = state(call).recovery_points.get(vault_of(call).backup_vault_name, {})
    arn = call.text("RecoveryPointArn")
    return found.get(arn) or refuse_missing(f"Recovery point {arn} cannot be found")


def _delete_point(call: Call) -> None:
    point, vault = _point(call), vault_of(call)
    if vault.locked:
        refuse(INVALID_REQUEST, f"Recovery point cannot be deleted: Backup Vault {vault.backup_vault_name} is locked")
    del state(call).recovery_points[vault.backup_vault_name][point["RecoveryPointArn"]]


OPERATIONS: Final[Mapping[str, Operation]] = {
    "start_backup_job": _start,
    "describe_backup_job": _describe_job,
    "list_recovery_points_by_backup_vault": _points,
    "describe_recovery_point": _point,
    "delete_recovery_point": _delete_point,
}
