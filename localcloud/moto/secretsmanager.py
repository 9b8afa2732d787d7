"""Mends moto 5.2's Secrets Manager: a replica has a key of its region, and a label is on one version at a time."""

from typing import Any, Final

from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend

_create_of_moto = FakeSecret.create_replicas
_shown_by_moto = ReplicaSecret.to_dict
_move_of_moto = SecretsManagerBackend.update_secret_version_stage
_CURRENT: Final = "AWSCURRENT"
_PREVIOUS: Final = "AWSPREVIOUS"


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (FakeSecret, "create_replicas", _create),
        (FakeSecret, "reset_default_version", _becomes_current),
        (ReplicaSecret, "to_dict", _shown),
        (SecretsManagerBackend, "update_secret_version_stage", _move),
    ):
        setattr(owner, name, mended)


def _create(secret: Any, replica_regions: list[dict[str, str]], force_overwrite: bool) -> list[Any]:
    replicas = _create_of_moto(secret, replica_regions, force_overwrite)
    for replica, asked in zip(replicas, replica_regions, strict=True):
        if asked.get("KmsKeyId"):
            replica.config["KmsKeyId"] = asked["KmsKeyId"]
    return replicas


def _shown(replica: Any) -> dict[str, Any]:
    """Show the replica with its own key, not with that of its source."""
    return {**_shown_by_moto(replica), "KmsKeyId": replica.config["KmsKeyId"]}


def _becomes_current(secret: Any, secret_version: dict[str, Any], version_id: str) -> None:
    """Label a new version as the current one; the one before keeps the labels that somebody gave it."""
    for old in secret.versions.values():
        held = [stage for stage in old["version_stages"] if stage not in (_CURRENT, _PREVIOUS)]
        old["version_stages"] = [*held, _PREVIOUS] if _CURRENT in old["version_stages"] else held
    secret.versions[version_id] = secret_version
    secret.default_version_id = version_id


def _move(
    backend: Any, secret_id: str, version_stage: str, remove_from_version_id: str, move_to_version_id: str
) -> tuple[str, str]:
    """Move a label; moto forgets which version is the current one."""
    told = _move_of_moto(backend, secret_id, version_stage, remove_from_version_id, move_to_version_id)
    if version_stage == _CURRENT and move_to_version_id:
        backend.secrets[secret_id].default_version_id = move_to_version_id
    return told
