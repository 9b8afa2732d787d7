"""S3: what hangs on a bucket and says how objects are kept: versions, encryption, locks, owners."""

from collections.abc import Iterator
from typing import Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import ResourceType
from localcloud.resources.s3 import found
from localcloud.wire import Props

_BUCKET: Final = frozenset({"bucket"})
_OWNER: Final = frozenset({"expectedBucketOwner"})


# Versions

_VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
_VERSIONING_GONE: Final = f"{_VERSIONING}#deleted"
"""Where the memory keeps that versions were given up: a bucket that had them cannot be without a status again."""


def _status(inputs: Props) -> str:
    return inputs["versioningConfiguration"]["status"]


def _create_versioning(cloud: Cloud, inputs: Props) -> str:
    name = inputs["bucket"]
    if _status(inputs) != "Disabled":
        _put_versioning(cloud, name, _status(inputs))
    elif cloud.aws("s3").get_bucket_versioning(Bucket=name).get("Status"):
        raise Refused("InvalidBucketState", "versioning cannot be disabled once it was enabled: write Suspended")
    cloud.memory.forget(cloud.region, _VERSIONING_GONE, name)
    return name


def _put_versioning(cloud: Cloud, name: str, status: str) -> None:
    cloud.aws("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": status})


def _read_versioning(cloud: Cloud, id_: str) -> Props | None:
    answer = found(cloud.aws("s3").get_bucket_versioning, Bucket=id_)
    if answer is None or cloud.memory.of(cloud.region, _VERSIONING_GONE, id_):
        return None
    return {"bucket": id_, "versioningConfiguration": {"status": answer.get("Status", "Disabled")}}


def _update_versioning(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if _status(news) == "Disabled" != _status(olds):
        raise Refused("InvalidBucketState", "versioning cannot be disabled once it was enabled: write Suspended")
    _put_versioning(cloud, id_, _status(news))


def _delete_versioning(cloud: Cloud, id_: str, _: Props) -> None:
    present = _read_versioning(cloud, id_)
    if present is None:
        return
    aws = cloud.aws("s3")
    locked = found(aws.get_object_lock_configuration, "ObjectLockConfigurationNotFoundError", Bucket=id_)
    # As the official provider does it: a lock keeps versions on, and the resource goes all the same.
    if _status(present) == "Enabled" and not locked:
        _put_versioning(cloud, id_, "Suspended")
    cloud.memory.keep(cloud.region, _VERSIONING_GONE, id_, {"deleted": True})


def _versioning_rules(inputs: Props) -> Iterator[str]:
    if (status := _status(inputs)) not in ("Enabled", "Suspended", "Disabled"):
        yield f"status of versioningConfiguration must be Enabled, Suspended or Disabled, got {status!r}"
    if inputs["versioningConfiguration"].get("mfaDelete"):
        yield "the local cloud does not imitate mfaDelete of versioningConfiguration"


VERSIONING: Final = ResourceType(
    type=_VERSIONING,
    create=_create_versioning,
    read=_read_versioning,
    update=_update_versioning,
    delete=_delete_versioning,
    applied=_BUCKET | {"versioningConfiguration"},
    steering=_OWNER,
    required=_BUCKET | {"versioningConfiguration"},
    replace=_BUCKET | _OWNER,
    rules=(_versioning_rules,),
    not_imitated="deletion with a second factor",
)


# Encryption


def _put_encryption(cloud: Cloud, inputs: Props) -> str:
    rules: list[Props] = []
    for said in inputs["rules"]:
        rule: Props = {"BucketKeyEnabled": said.get("bucketKeyEnabled", False)}
        if default := said.get("applyServerSideEncryptionByDefault"):
            key = {"KMSMasterKeyID": default["kmsMasterKeyId"]} if default.get("kmsMasterKeyId") else {}
            rule["ApplyServerSideEncryptionByDefault"] = {"SSEAlgorithm": default["sseAlgorithm"], **key}
        rules.append(rule)
    cloud.aws("s3").put_bucket_encryption(Bucket=inputs["bucket"], ServerSideEncryptionConfiguration={"Rules": rules})
    return inputs["bucket"]


def _read_encryption(cloud: Cloud, id_: str) -> Props | None:
    code = "ServerSideEncryptionConfigurationNotFoundError"
    answer = found(cloud.aws("s3").get_bucket_encryption, code, Bucket=id_)
    if answer is None:
        return None
    rules: list[Props] = []
    for one in answer["ServerSideEncryptionConfiguration"]["Rules"]:
        rule: Props = {"bucketKeyEnabled": one.get("BucketKeyEnabled", False)}
        if default := one.get("ApplyServerSideEncryptionByDefault"):
            key = {"kmsMasterKeyId": default["KMSMasterKeyID"]} if default.get("KMSMasterKeyID") else {}
            rule["applyServerSideEncryptionByDefault"] = {"sseAlgorithm": default["SSEAlgorithm"], **key}
        rules.append(rule)
    return {"bucket": id_, "rules": rules}


def _update_encryption(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_encryption(cloud, news)


def _delete_encryption(cloud: Cloud, id_: str, _: Props) -> None:
    found(cloud.aws("s3").delete_bucket_encryption, Bucket=id_)


def _encryption_rules(inputs: Props) -> Iterator[str]:
    if len(inputs["rules"]) != 1:
        yield f"encryption of a bucket has exactly one rule, got {len(inputs['rules'])}"
    for rule in inputs["rules"]:
        default = rule.get("applyServerSideEncryptionByDefault", {})
        algorithm = default.get("sseAlgorithm", "AES256")
        if algorithm not in ("AES256", "aws:kms", "aws:kms:dsse"):
            yield f"sseAlgorithm must be AES256, aws:kms or aws:kms:dsse, got {algorithm!r}"
        if algorithm == "AES256" and "kmsMasterKeyId" in default:
            yield "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"


def _same_encryption(one: list[Props], other: list[Props]) -> bool:
    first, second = ([{"bucketKeyEnabled": False, **rule} for rule in rules] for rules in (one, other))
    return first == second


ENCRYPTION: Final = ResourceType(
    type="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    create=_put_encryption,
    read=_read_encryption,
    update=_update_encryption,
    delete=_delete_encryption,
    applied=_BUCKET | {"rules"},
    steering=_OWNER,
    required=_BUCKET | {"rules"},
    replace=_BUCKET | _OWNER,
    rules=(_encryption_rules,),
    same={"rules": _same_encryption},
    not_imitated="objects are not really encrypted; blocked types of encryption",
)


# Owners


def _put_ownership(cloud: Cloud, inputs: Props) -> str:
    rules = [{"ObjectOwnership": inputs["rule"]["objectOwnership"]}]
    cloud.aws("s3").put_bucket_ownership_controls(Bucket=inputs["bucket"], OwnershipControls={"Rules": rules})
    return inputs["bucket"]


def _read_ownership(cloud: Cloud, id_: str) -> Props | None:
    look = cloud.aws("s3").get_bucket_ownership_controls
    answer = found(look, "OwnershipControlsNotFoundError", Bucket=id_)
    if answer is None:
        return None
    return {"bucket": id_, "rule": {"objectOwnership": answer["OwnershipControls"]["Rules"][0]["ObjectOwnership"]}}


def _update_ownership(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_ownership(cloud, news)


def _delete_ownership(cloud: Cloud, id_: str, _: Props) -> None:
    found(cloud.aws("s3").delete_bucket_ownership_controls, Bucket=id_)


def _ownership_rules(inputs: Props) -> Iterator[str]:
    allowed = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
    if (said := inputs["rule"]["objectOwnership"]) not in allowed:
        yield f"objectOwnership must be one of {', '.join(allowed)}, got {said!r}"


OWNERSHIP: Final = ResourceType(
    type="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    create=_put_ownership,
    read=_read_ownership,
    update=_update_ownership,
    delete=_delete_ownership,
    applied=_BUCKET | {"rule"},
    required=_BUCKET | {"rule"},
    replace=_BUCKET,
    rules=(_ownership_rules,),
)


# Locks

_LOCK: Final = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
_LOCK_GONE: Final = f"{_LOCK}#deleted"
"""Where the memory keeps that a lock was given up: on AWS a bucket stays able to lock."""


def _put_lock(cloud: Cloud, inputs: Props) -> str:
    name, lock = inputs["bucket"], {"ObjectLockEnabled": "Enabled"}
    rule = {}
    if retention := (inputs.get("rule") or {}).get("defaultRetention"):
        said = {"Mode": retention["mode"], "Days": retention.get("days"), "Years": retention.get("years")}
        rule = {"Rule": {"DefaultRetention": {key: value for key, value in said.items() if value}}}
    cloud.aws("s3").put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={**lock, **rule})
    cloud.memory.forget(cloud.region, _LOCK_GONE, name)
    return name


def _read_lock(cloud: Cloud, id_: str) -> Props | None:
    look = cloud.aws("s3").get_object_lock_configuration
    answer = found(look, "ObjectLockConfigurationNotFoundError", Bucket=id_)
    if answer is None or cloud.memory.of(cloud.region, _LOCK_GONE, id_):
        return None
    lock: Props = {"bucket": id_, "objectLockEnabled": "Enabled"}
    retention = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
    if retention.get("Mode"):
        said = {"mode": retention["Mode"], "days": retention.get("Days"), "years": retention.get("Years")}
        lock["rule"] = {"defaultRetention": {key: value for key, value in said.items() if value}}
    return lock


def _update_lock(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_lock(cloud, news)


def _delete_lock(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_lock(cloud, id_):
        _put_lock(cloud, {"bucket": id_})
        cloud.memory.keep(cloud.region, _LOCK_GONE, id_, {"deleted": True})


def _lock_rules(inputs: Props) -> Iterator[str]:
    if (enabled := inputs.get("objectLockEnabled", "Enabled")) != "Enabled":
        yield f"objectLockEnabled must be Enabled, got {enabled!r}"
    retention = (inputs.get("rule") or {}).get("defaultRetention")
    if retention:
        if (mode := retention.get("mode")) not in ("GOVERNANCE", "COMPLIANCE"):
            yield f"mode of defaultRetention must be GOVERNANCE or COMPLIANCE, got {mode!r}"
        periods = [retention[key] for key in ("days", "years") if retention.get(key)]
        if len(periods) != 1 or periods[0] < 1:
            yield "defaultRetention needs either days or years, of 1 or more"


OBJECT_LOCK: Final = ResourceType(
    type=_LOCK,
    create=_put_lock,
    read=_read_lock,
    update=_update_lock,
    delete=_delete_lock,
    applied=_BUCKET | {"objectLockEnabled", "rule"},
    steering=_OWNER,
    required=_BUCKET,
    replace=_BUCKET | _OWNER | {"objectLockEnabled"},
    defaults={"objectLockEnabled": "Enabled"},
    rules=(_lock_rules,),
)

TYPES: Final = (VERSIONING, ENCRYPTION, OWNERSHIP, OBJECT_LOCK)
