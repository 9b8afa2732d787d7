"""Mends moto 5.2's Secrets Manager: a replica has a key of its region."""

from typing import Any

from moto.secretsmanager.models import FakeSecret, ReplicaSecret

_create_of_moto = FakeSecret.create_replicas
_shown_by_moto = ReplicaSecret.to_dict


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (FakeSecret, "create_replicas", _create),
        (ReplicaSecret, "to_dict", _shown),
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
