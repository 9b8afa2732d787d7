"""Secrets Manager: secrets, and the versions of their values."""

import base64
import re
from collections.abc import Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from localcloud.cloud import Cloud, Refused
from localcloud.documents import parse, same_document
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.kms import same_key
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

_VERSION: Final = "aws:secretsmanager/secretVersion:SecretVersion"
_DELETED: Final = f"{_VERSION}#deleted"
"""Where the memory keeps which versions were given up: AWS keeps the current one as long as its secret."""

# AWS Secrets Manager API Reference: CreateSecret, DeleteSecret, PutSecretValue.
_NAME: Final = re.compile(r"[A-Za-z0-9/_+=.@-]{1,512}")
_RECOVERY_DAYS: Final = range(7, 31)
_MAX_BYTES: Final = 65_536
_CURRENT: Final = "AWSCURRENT"
_VALUES: Final = ("secretString", "secretStringWo", "secretBinary")
_IN_DELETION: Final = "currently marked deleted"


def _describe(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """Look a secret up; one that waits for its deletion counts as gone, as it does for the official provider."""
    aws = cloud.aws("secretsmanager")
    try:
        secret = aws.describe_secret(SecretId=id_)
    except aws.exceptions.ResourceNotFoundException:
        return None
    # moto finds a new secret of the same name by the ARN of an old one.
    return None if "DeletedDate" in secret or secret["ARN"] != id_ else secret


# Secrets


def _replicas(said: list[Props]) -> list[Props]:
    return [{"Region": one["region"], **({"KmsKeyId": one["kmsKeyId"]} if "kmsKeyId" in one else {})} for one in said]


def _create_secret(cloud: Cloud, inputs: Props) -> str:
    aws = cloud.aws("secretsmanager")
    _refuse_name_in_deletion(cloud, inputs["name"])
    more: dict[str, Any] = {}
    if "kmsKeyId" in inputs:
        more["KmsKeyId"] = inputs["kmsKeyId"]
    if "replicas" in inputs:
        more["AddReplicaRegions"] = _replicas(inputs["replicas"])
        more["ForceOverwriteReplicaSecret"] = inputs.get("forceOverwriteReplicaSecret", False)
    return aws.create_secret(
        Name=inputs["name"], Description=inputs.get("description", ""), Tags=to_aws(inputs.get("tags")), **more
    )["ARN"]


def _refuse_name_in_deletion(cloud: Cloud, name: str) -> None:
    """Say what AWS says of a name whose secret waits for its deletion; moto calls it an existing one."""
    aws = cloud.aws("secretsmanager")
    try:
        waiting = "DeletedDate" in aws.describe_secret(SecretId=name)
    except aws.exceptions.ResourceNotFoundException:
        return
    if waiting:
        raise Refused(
            "InvalidRequestException",
            "You can't create this secret because a secret with this name is already scheduled for deletion.",
        )


def _settle_secret(cloud: Cloud, id_: str, inputs: Props) -> None:
    if inputs.get("policy", "{}") not in ("", "{}"):
        cloud.aws("secretsmanager").put_resource_policy(SecretId=id_, ResourcePolicy=inputs["policy"])


def _read_secret(cloud: Cloud, id_: str) -> Props | None:
    secret = _describe(cloud, id_)
    if secret is None:
        return None
    policy = cloud.aws("secretsmanager").get_resource_policy(SecretId=id_).get("ResourcePolicy", "")
    props: Props = {
        "arn": secret["ARN"],
        "name": secret["Name"],
        "description": secret.get("Description", ""),
        "policy": policy,
        "replicas": [
            {
                "region": one["Region"],
                "kmsKeyId": one["KmsKeyId"],
                "status": one["Status"],
                "statusMessage": one.get("StatusMessage", ""),
            }
            for one in secret.get("ReplicationStatus", [])
        ],
        "tags": from_aws(secret.get("Tags")),
    }
    if "KmsKeyId" in secret:
        props["kmsKeyId"] = secret["KmsKeyId"]
    return props


def _update_secret(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("secretsmanager")

    def changed(*keys: str) -> bool:
        return any(olds.get(key) != news.get(key) for key in keys)

    if changed("replicas"):
        _change_replicas(cloud, id_, olds, news)
    if changed("description", "kmsKeyId"):
        key = {"KmsKeyId": news["kmsKeyId"]} if "kmsKeyId" in news else {}
        aws.update_secret(SecretId=id_, Description=news.get("description", ""), **key)
    if changed("policy"):
        if news.get("policy", "{}") in ("", "{}"):
            aws.delete_resource_policy(SecretId=id_)
        else:
            aws.put_resource_policy(SecretId=id_, ResourcePolicy=news["policy"])
    tags = tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(SecretId=id_, TagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(SecretId=id_, Tags=to_aws(tags.put))


def _change_replicas(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("secretsmanager")
    before, after = _replicas(olds.get("replicas") or []), _replicas(news.get("replicas") or [])
    if gone := [one["Region"] for one in before if one not in after]:
        aws.remove_regions_from_replication(SecretId=id_, RemoveReplicaRegions=gone)
    if put := [one for one in after if one not in before]:
        overwrite = news.get("forceOverwriteReplicaSecret", False)
        aws.replicate_secret_to_regions(SecretId=id_, AddReplicaRegions=put, ForceOverwriteReplicaSecret=overwrite)


def _delete_secret(cloud: Cloud, id_: str, state: Props) -> None:
    secret = _describe(cloud, id_)
    if secret is None:
        return
    aws = cloud.aws("secretsmanager")
    if regions := [one["Region"] for one in secret.get("ReplicationStatus", [])]:
        aws.remove_regions_from_replication(SecretId=id_, RemoveReplicaRegions=regions)
    days = state.get("recoveryWindowInDays", _RECOVERY_DAYS[-1])
    how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
    aws.delete_secret(SecretId=id_, **how)


def _secret_rules(inputs: Props) -> Iterator[str]:
    if not _NAME.fullmatch(inputs["name"]):
        yield (
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: "
            f"-/_+=.@!, got {inputs['name']!r}"
        )
    days = inputs.get("recoveryWindowInDays", 30)
    if days and days not in _RECOVERY_DAYS:
        yield f"expected recoveryWindowInDays to be 0 or in the range (7 - 30), got {days}"
    if inputs.get("policy") and parse(inputs["policy"]) is None:
        yield f"MalformedPolicyDocumentException: the policy is no JSON object, got {inputs['policy'][:40]!r}"


def _same_replicas(one: list[Props], other: list[Props]) -> bool:
    """Compare the regions, and the keys where both name one."""
    first, second = ({replica["region"]: replica.get("kmsKeyId") for replica in some} for some in (one, other))
    return first.keys() == second.keys() and all(
        None in (key, second[region]) or key == second[region] for region, key in first.items()
    )


SECRET: Final = ResourceType(
    type="aws:secretsmanager/secret:Secret",
    create=_create_secret,
    settle=_settle_secret,
    read=_read_secret,
    update=_update_secret,
    delete=_delete_secret,
    applied=frozenset({"name", "description", "kmsKeyId", "policy", "replicas", "tags"}),
    remembered=frozenset({"namePrefix"}),
    steering=frozenset({"recoveryWindowInDays", "forceOverwriteReplicaSecret"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"name", "namePrefix"}),
    sticky=frozenset({"policy", "replicas"}),
    name=AutoName(property="name", max_length=512, prefix="namePrefix"),
    rules=(_secret_rules,),
    same={"policy": same_document, "kmsKeyId": same_key, "replicas": _same_replicas},
    not_imitated="values are not really encrypted; policies are not enforced; an emptied description stays; "
    "rotation by schedule",
)


# Versions


def _two_parts(id_: str) -> tuple[str, str]:
    secret, _, version = id_.partition("|")
    return secret, version


def _value(inputs: Props) -> Props:
    if "secretBinary" in inputs:
        return {"SecretBinary": base64.b64decode(inputs["secretBinary"])}
    return {"SecretString": inputs.get("secretStringWo", inputs.get("secretString", ""))}


def _create_version(cloud: Cloud, inputs: Props) -> str:
    secret = inputs["secretId"]
    aws = cloud.aws("secretsmanager")
    if "DeletedDate" in aws.describe_secret(SecretId=secret):  # moto writes to it all the same
        raise Refused(
            "InvalidRequestException",
            "You can't perform this operation on the secret because it was marked for deletion.",
        )
    stages = {"VersionStages": inputs["versionStages"]} if inputs.get("versionStages") else {}
    made = aws.put_secret_value(SecretId=secret, **_value(inputs), **stages)
    return f"{secret}|{made['VersionId']}"


def _get_version(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("secretsmanager")
    secret, version = _two_parts(id_)
    try:
        return aws.get_secret_value(SecretId=secret, VersionId=version)
    except aws.exceptions.ResourceNotFoundException:
        return None
    except ClientError as error:
        if _IN_DELETION in str(error):
            return None
        raise


def _read_version(cloud: Cloud, id_: str) -> Props | None:
    if cloud.memory.of(cloud.region, _DELETED, id_):
        return None
    found = _get_version(cloud, id_)
    if found is None:
        return None
    write_only = "secretStringWoVersion" in cloud.memory.of(cloud.region, _VERSION, id_)
    props: Props = {
        "arn": found["ARN"],
        "secretId": _two_parts(id_)[0],
        "versionId": found["VersionId"],
        "versionStages": found["VersionStages"],
        "hasSecretStringWo": write_only,
    }
    if "SecretBinary" in found:
        props["secretBinary"] = base64.b64encode(found["SecretBinary"]).decode()
    elif not write_only:
        props["secretString"] = found["SecretString"]
    return props


def _update_version(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("secretsmanager")
    secret, version = _two_parts(id_)
    found = _get_version(cloud, id_)
    present, wanted = set(found["VersionStages"] if found else ()), set(news.get("versionStages") or ())
    for stage in sorted(wanted - present):
        holders = aws.describe_secret(SecretId=secret)["VersionIdsToStages"]
        holder = next((one for one, stages in holders.items() if stage in stages), None)
        taken = {"RemoveFromVersionId": holder} if holder else {}
        aws.update_secret_version_stage(SecretId=secret, VersionStage=stage, MoveToVersionId=version, **taken)
    for stage in sorted(set(olds.get("versionStages") or ()) & present - wanted - {_CURRENT}):
        aws.update_secret_version_stage(SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)


def _delete_version(cloud: Cloud, id_: str, state: Props) -> None:
    """Take the labels away; AWS lets nobody remove AWSCURRENT, so the current value stays until its secret goes."""
    found = _get_version(cloud, id_)
    secret, version = _two_parts(id_)
    for stage in sorted(set(state.get("versionStages") or ()) - {_CURRENT}):
        if found and stage in found["VersionStages"]:
            aws = cloud.aws("secretsmanager")
            aws.update_secret_version_stage(SecretId=secret, VersionStage=stage, RemoveFromVersionId=version)
    cloud.memory.keep(cloud.region, _DELETED, id_, {"deleted": True})


def _version_rules(inputs: Props) -> Iterator[str]:
    if len(given := [key for key in _VALUES if key in inputs]) != 1:
        yield f"one of {', '.join(_VALUES)} must be specified, got {', '.join(given) or 'none'}"
    if ("secretStringWo" in inputs) != ("secretStringWoVersion" in inputs):
        yield "secretStringWo and secretStringWoVersion must be specified together"


def _size_rules(inputs: Props) -> Iterator[str]:
    for key in _VALUES:
        if len(str(inputs.get(key, "")).encode()) > _MAX_BYTES:
            yield f"{key} must be at most {_MAX_BYTES} bytes, got more"


SECRET_VERSION: Final = ResourceType(
    type=_VERSION,
    create=_create_version,
    read=_read_version,
    update=_update_version,
    delete=_delete_version,
    applied=frozenset({"secretId", "secretString", "secretBinary", "versionStages"}),
    remembered=frozenset({"secretStringWoVersion"}),
    write_only=frozenset({"secretStringWo"}),
    required=frozenset({"secretId"}),
    outputs=frozenset({"arn", "versionId", "hasSecretStringWo"}),
    replace=frozenset({"secretId", "secretString", "secretBinary", "secretStringWoVersion"}),
    sticky=frozenset({"versionStages"}),
    rules=(_version_rules, _size_rules),
    not_imitated="values are not really encrypted",
)

TYPES: Final = (SECRET, SECRET_VERSION)
