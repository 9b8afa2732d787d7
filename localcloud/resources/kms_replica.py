"""KMS: the replica of a multi-region key in another region."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.documents import same_document
from localcloud.resource import ResourceType
from localcloud.resources.kms import policy_rules
from localcloud.resources.kms_calls import (
    DELETION_DAYS,
    change_tags,
    delete_key,
    describe_key,
    key_tags,
    policy_of,
    put_policy,
    tags_of,
)
from localcloud.wire import Props


def _create(cloud: Cloud, inputs: Props) -> str:
    """Ask the primary's region for the replica, as the official provider does."""
    primary = inputs["primaryKeyArn"]
    more: dict[str, Any] = {"Policy": inputs["policy"]} if "policy" in inputs else {}
    home = replace(cloud, region=primary.split(":")[3])
    return home.aws("kms").replicate_key(
        KeyId=primary.rpartition("/")[2],
        ReplicaRegion=cloud.region,
        Description=inputs.get("description", ""),
        BypassPolicyLockoutSafetyCheck=inputs.get("bypassPolicyLockoutSafetyCheck", False),
        Tags=key_tags(inputs.get("tags") or {}),
        **more,
    )["ReplicaKeyMetadata"]["KeyId"]


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    if not inputs["enabled"]:
        cloud.aws("kms").disable_key(KeyId=id_)


def _read(cloud: Cloud, id_: str) -> Props | None:
    key = describe_key(cloud, id_)
    if key is None or key.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") != "REPLICA":
        return None
    return {
        "arn": key["Arn"],
        "keyId": key["KeyId"],
        "keySpec": key["KeySpec"],
        "keyUsage": key["KeyUsage"],
        "keyRotationEnabled": cloud.aws("kms").get_key_rotation_status(KeyId=id_)["KeyRotationEnabled"],
        "description": key["Description"],
        "enabled": key["Enabled"],
        "policy": policy_of(cloud, id_),
        "primaryKeyArn": key["MultiRegionConfiguration"]["PrimaryKey"]["Arn"],
        "tags": tags_of(cloud, id_),
    }


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("kms")
    switched = olds.get("enabled") != news["enabled"]
    # A disabled key takes no changes: it is enabled first and disabled last, as the official provider does.
    if news["enabled"] and switched:
        aws.enable_key(KeyId=id_)
    if "description" in news and olds.get("description") != news["description"]:
        aws.update_key_description(KeyId=id_, Description=news["description"])
    if "policy" in news and olds.get("policy") != news["policy"]:
        put_policy(cloud, id_, news)
    if not news["enabled"] and switched:
        aws.disable_key(KeyId=id_)
    change_tags(cloud, id_, olds, news)


def _rules(inputs: Props) -> Iterator[str]:
    if (days := inputs.get("deletionWindowInDays", 30)) not in DELETION_DAYS:
        yield f"expected deletionWindowInDays to be in the range (7 - 30), got {days}"


REPLICA_KEY: Final = ResourceType(
    type="aws:kms/replicaKey:ReplicaKey",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=delete_key,
    applied=frozenset({"description", "enabled", "policy", "primaryKeyArn", "tags"}),
    steering=frozenset({"deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"}),
    required=frozenset({"primaryKeyArn"}),
    outputs=frozenset({"arn", "keyId", "keyRotationEnabled", "keySpec", "keyUsage"}),
    replace=frozenset({"primaryKeyArn"}),
    sticky=frozenset({"description", "policy"}),
    defaults={"enabled": True},
    rules=(_rules, policy_rules),
    same={"policy": same_document},
    not_imitated="rotation is the primary's when the replica is made; policies are not enforced",
)

TYPES: Final = (REPLICA_KEY,)
