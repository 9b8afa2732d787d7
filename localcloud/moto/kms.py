"""Mends moto 5.2's KMS: what a key is for, keys by ARN, keys in several regions, which share their material only."""

import json
import re
from copy import copy
from typing import Any, Final

from moto.core.exceptions import JsonRESTError
from moto.core.utils import utcnow
from moto.kms import models
from moto.kms.exceptions import AlreadyExistsException
from moto.kms.models import KmsBackend, kms_backends
from moto.kms.responses import KmsResponse
from moto.moto_api._internal import mock_random

_WAITING: Final = ("PendingDeletion", "PendingReplicaDeletion")

_FAMILY: Final = re.compile(r"mrk-[0-9a-f]{32}")

_validate_of_moto = getattr(KmsResponse, "_validate_cmk_id")  # noqa: B009  it is private to moto
_create_of_moto = KmsBackend.create_key
_schedule_of_moto = KmsBackend.schedule_key_deletion
_switches_of_moto = {name: getattr(KmsBackend, name) for name in ("enable_key", "disable_key")}


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (models, "generate_key_id", _new_id),
        (KmsBackend, "create_key", _create),
        *((KmsBackend, name, _by_arn(of_moto)) for name, of_moto in _switches_of_moto.items()),
        (KmsBackend, "replicate_key", _replicate),
        (KmsBackend, "schedule_key_deletion", _schedule),
        (KmsResponse, "replicate_key", _replicate_key),
        (KmsResponse, "_validate_cmk_id", _validate),
    ):
        setattr(owner, name, mended)


def _create(backend: Any, policy: str | None, key_usage: str | None, *args: Any, **kwargs: Any) -> Any:
    """Say what a key is for where the request does not: moto forgets AWS's default."""
    return _create_of_moto(backend, policy, key_usage or "ENCRYPT_DECRYPT", *args, **kwargs)


def _by_arn(of_moto: Any) -> Any:
    """Let a key be switched on and off by its ARN too, which moto looks for among ids."""
    return lambda backend, key_id: of_moto(backend, backend.get_key_id(key_id))


def _new_id(multi_region: bool = False) -> str:
    """Give an id as long as AWS's; what moto encrypts with a longer one cannot be decrypted."""
    return f"mrk-{mock_random.uuid4().hex}" if multi_region else str(mock_random.uuid4())


def _validate(self: Any, key_id: str) -> None:
    """Let pass the ids that we give."""
    if not (_FAMILY.fullmatch(key_id) and key_id in self.kms_backend.keys):
        _validate_of_moto(self, key_id)


def _replicate(backend: Any, key_id: str, replica_region: str) -> Any:
    key = backend.keys[backend.get_key_id(key_id)]
    if not key.multi_region or key.multi_region_configuration["PrimaryKey"]["Arn"] != key.arn:
        raise JsonRESTError("UnsupportedOperationException", f"{key.arn} is not a multi-region primary key.")
    if key.key_state != "Enabled":
        raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is {key.key_state.lower()}.")
    target = kms_backends[backend.account_id][replica_region]
    if replica_region == backend.region_name or key.id in target.keys:
        raise AlreadyExistsException(f"Key {key.id} already exists in {replica_region}")
    replica = copy(key)
    replica.region = replica_region
    replica.arn = key.arn.replace(f":{backend.region_name}:", f":{replica_region}:")
    replica.grants, replica.aliases, replica.rotations = {}, {}, []
    replica.creation_date = utcnow().timestamp()
    # The list of replicas is one for the whole family.
    family = key.multi_region_configuration
    family["ReplicaKeys"].append({"Arn": replica.arn, "Region": replica_region})
    replica.multi_region_configuration = {**family, "MultiRegionKeyType": "REPLICA"}
    target.keys[replica.id] = replica
    return replica


def _replicate_key(self: Any) -> str:
    """Give the replica what the request says of it: it takes nothing over from the primary."""
    backend = self.kms_backend
    self._validate_key_id(self._get_param("KeyId"))
    region = self._get_param("ReplicaRegion")
    replica = _replicate(backend, self._get_param("KeyId"), region)
    replica.description = self._get_param("Description") or ""
    replica.policy = self._get_param("Policy") or replica.generate_default_policy()
    tags = self._get_param("Tags") or []
    if tags:
        kms_backends[backend.account_id][region].tagger.tag_resource(replica.id, tags)
    return json.dumps(
        {
            "ReplicaKeyMetadata": replica.to_dict()["KeyMetadata"],
            "ReplicaPolicy": replica.policy,
            "ReplicaTags": tags,
        }
    )


def _schedule(backend: Any, key_id: str, pending_window_in_days: int) -> Any:
    """Let a primary wait for its replicas, and go once the last of them does."""
    key = backend.keys[backend.get_key_id(key_id)]
    when = _schedule_of_moto(backend, key.id, pending_window_in_days)
    if not key.multi_region:
        return when
    family = key.multi_region_configuration
    if family["MultiRegionKeyType"] == "PRIMARY":
        if family["ReplicaKeys"]:
            key.key_state = "PendingReplicaDeletion"
        return when
    family["ReplicaKeys"][:] = [one for one in family["ReplicaKeys"] if one["Arn"] != key.arn]
    primary = kms_backends[backend.account_id][family["PrimaryKey"]["Region"]].keys.get(key.id)
    if primary is not None and primary.key_state in _WAITING and not family["ReplicaKeys"]:
        primary.key_state = "PendingDeletion"
    return when
