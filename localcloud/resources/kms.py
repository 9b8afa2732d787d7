"""KMS: keys, their aliases, and a key's policy as a resource of its own."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from localcloud.cloud import ACCOUNT, PARTITION, Cloud
from localcloud.documents import ROOT, members, parse, principals, same_document, statements
from localcloud.resource import AutoName, ResourceType
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

_KEY: Final = "aws:kms/key:Key"
_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
_DELETED: Final = f"{_POLICY}#deleted"
"""Where the memory keeps which policies were given up: a key is never without one, so AWS cannot tell."""

# AWS KMS API Reference: ScheduleKeyDeletion, EnableKeyRotation, CreateKey.
_ROTATION_DAYS: Final = range(90, 2561)
_USAGES: Final = ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC")
_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
_ALIAS: Final = re.compile(r"alias/[a-zA-Z0-9/_-]{1,250}")
_CALLER: Final = f"arn:{PARTITION}:iam::{ACCOUNT}:user/local"


# Keys


def _create_key(cloud: Cloud, inputs: Props) -> str:
    policy = {"Policy": inputs["policy"]} if "policy" in inputs else {}
    return cloud.aws("kms").create_key(
        Description=inputs.get("description", ""),
        KeyUsage=inputs["keyUsage"],
        KeySpec=inputs["customerMasterKeySpec"],
        MultiRegion=inputs.get("multiRegion", False),
        BypassPolicyLockoutSafetyCheck=inputs.get("bypassPolicyLockoutSafetyCheck", False),
        Tags=key_tags(inputs.get("tags") or {}),
        **policy,
    )["KeyMetadata"]["KeyId"]


def _settle_key(cloud: Cloud, id_: str, inputs: Props) -> None:
    if inputs.get("enableKeyRotation"):
        _apply_rotation(cloud, id_, inputs)
    if not inputs["isEnabled"]:
        cloud.aws("kms").disable_key(KeyId=id_)


def _apply_rotation(cloud: Cloud, id_: str, inputs: Props) -> None:
    aws = cloud.aws("kms")
    if not inputs.get("enableKeyRotation"):
        aws.disable_key_rotation(KeyId=id_)
        return
    days = {"RotationPeriodInDays": inputs["rotationPeriodInDays"]} if "rotationPeriodInDays" in inputs else {}
    aws.enable_key_rotation(KeyId=id_, **days)


def _read_key(cloud: Cloud, id_: str) -> Props | None:
    key = describe_key(cloud, id_)
    if key is None:
        return None
    aws = cloud.aws("kms")
    symmetric = key["KeySpec"] == _SYMMETRIC
    return {
        "arn": key["Arn"],
        "keyId": key["KeyId"],
        "description": key["Description"],
        "keyUsage": key.get("KeyUsage", "ENCRYPT_DECRYPT"),
        "customerMasterKeySpec": key["KeySpec"],
        "multiRegion": key.get("MultiRegion", False),
        "isEnabled": key["Enabled"],
        "enableKeyRotation": symmetric and aws.get_key_rotation_status(KeyId=id_)["KeyRotationEnabled"],
        "policy": policy_of(cloud, id_),
        "tags": tags_of(cloud, id_),
    }


def _update_key(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("kms")

    def changed(*keys: str) -> bool:
        return any(olds.get(key) != news.get(key) for key in keys)

    # A disabled key takes no changes: it is enabled first and disabled last, as the official provider does.
    if news["isEnabled"] and changed("isEnabled"):
        aws.enable_key(KeyId=id_)
    if changed("enableKeyRotation", "rotationPeriodInDays"):
        _apply_rotation(cloud, id_, news)
    if changed("description"):
        aws.update_key_description(KeyId=id_, Description=news.get("description", ""))
    if "policy" in news and changed("policy", "bypassPolicyLockoutSafetyCheck"):
        put_policy(cloud, id_, news)
    if not news["isEnabled"] and changed("isEnabled"):
        aws.disable_key(KeyId=id_)
    change_tags(cloud, id_, olds, news)


def _key_rules(inputs: Props) -> Iterator[str]:
    if (days := inputs.get("deletionWindowInDays", 30)) not in DELETION_DAYS:
        yield f"expected deletionWindowInDays to be in the range (7 - 30), got {days}"
    if (days := inputs.get("rotationPeriodInDays", 365)) not in _ROTATION_DAYS:
        yield f"expected rotationPeriodInDays to be in the range (90 - 2560), got {days}"
    if (usage := inputs.get("keyUsage")) not in _USAGES:
        yield f"expected keyUsage to be one of {', '.join(_USAGES)}, got {usage!r}"
    spec = inputs.get("customerMasterKeySpec")
    if inputs.get("enableKeyRotation") and spec != _SYMMETRIC:
        yield f"UnsupportedOperationException: automatic rotation is for symmetric keys only, got {spec}"


def policy_rules(inputs: Props) -> Iterator[str]:
    """Say what KMS refuses about a key's policy: what is no document, and one that nobody could change again."""
    if "policy" not in inputs:
        return
    document = parse(inputs["policy"])
    if document is None:
        yield f"MalformedPolicyDocumentException: the key policy is no JSON object, got {inputs['policy'][:40]!r}"
        return
    if problem := _malformed(document):
        yield f"MalformedPolicyDocumentException: {problem}"
    elif not inputs.get("bypassPolicyLockoutSafetyCheck") and not _caller_can_change(document):
        yield (
            "MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy "
            f"in the future (allow kms:PutKeyPolicy to {ROOT})"
        )


def _malformed(document: dict[str, Any]) -> str:
    found = statements(document)
    if not found:
        return "a key policy must have a Statement"
    for statement in found:
        if not isinstance(statement, dict) or statement.get("Effect") not in ("Allow", "Deny"):
            return f"the Effect of a statement must be Allow or Deny, got {statement}"
        for one, other in (("Action", "NotAction"), ("Principal", "NotPrincipal"), ("Resource", "NotResource")):
            if (one in statement) == (other in statement):
                return f"a statement of a key policy must have {one} or {other}, got {sorted(statement)}"
    return ""


def _caller_can_change(document: dict[str, Any]) -> bool:
    concerned = [one for one in statements(document) if _concerns_caller(one) and "Condition" not in one]
    return any(one["Effect"] == "Allow" for one in concerned) and all(one["Effect"] == "Allow" for one in concerned)


def _concerns_caller(statement: dict[str, Any]) -> bool:
    ours = {"*", ROOT, _CALLER} & set(principals(statement))
    actions = members(statement.get("Action", []))
    return bool(ours) and any(fnmatchcase("kms:putkeypolicy", action.lower()) for action in actions)


KEY: Final = ResourceType(
    type=_KEY,
    create=_create_key,
    settle=_settle_key,
    read=_read_key,
    update=_update_key,
    delete=delete_key,
    applied=frozenset(
        {"description", "enableKeyRotation", "keyUsage", "customerMasterKeySpec", "multiRegion", "isEnabled"}
        | {"policy", "tags"}
    ),
    remembered=frozenset({"rotationPeriodInDays"}),
    steering=frozenset({"deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"}),
    outputs=frozenset({"arn", "keyId"}),
    replace=frozenset({"customerMasterKeySpec", "keyUsage", "multiRegion"}),
    sticky=frozenset({"description", "policy", "rotationPeriodInDays", "multiRegion"}),
    defaults={"customerMasterKeySpec": _SYMMETRIC, "keyUsage": "ENCRYPT_DECRYPT", "isEnabled": True},
    rules=(_key_rules, policy_rules),
    same={"policy": same_document},
    not_imitated="keys never rotate; policies are not enforced; a deleted key can be restored even after its waiting "
    "period",
)


# Aliases


def _find_alias(cloud: Cloud, name: str) -> dict[str, Any] | None:
    for page in cloud.aws("kms").get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == name and "TargetKeyId" in alias:
                return alias
    return None


def _create_alias(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("kms").create_alias(AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"])
    return inputs["name"]


def _read_alias(cloud: Cloud, id_: str) -> Props | None:
    alias = _find_alias(cloud, id_)
    if alias is None:
        return None
    return {
        "arn": alias["AliasArn"],
        "name": alias["AliasName"],
        "targetKeyId": alias["TargetKeyId"],
        "targetKeyArn": cloud.arn("kms", f"key/{alias['TargetKeyId']}"),
    }


def _update_alias(cloud: Cloud, id_: str, _: Props, news: Props) -> None:
    cloud.aws("kms").update_alias(AliasName=id_, TargetKeyId=news["targetKeyId"])


def _delete_alias(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("kms")
    try:
        aws.delete_alias(AliasName=id_)
    except aws.exceptions.NotFoundException:
        return


def _alias_rules(inputs: Props) -> Iterator[str]:
    name = inputs["name"]
    if not _ALIAS.fullmatch(name):
        yield f"name must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-], got {name!r}"
    elif name.startswith("alias/aws/"):
        yield f"NotAuthorizedException: the prefix alias/aws/ is reserved for AWS managed keys, got {name!r}"


def same_key(one: str, other: str) -> bool:
    """Say whether two names of a key, each an id or an ARN, name the same key."""
    return one.rpartition(":key/")[2] == other.rpartition(":key/")[2]


ALIAS: Final = ResourceType(
    type="aws:kms/alias:Alias",
    create=_create_alias,
    read=_read_alias,
    update=_update_alias,
    delete=_delete_alias,
    applied=frozenset({"name", "targetKeyId"}),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"targetKeyId"}),
    outputs=frozenset({"arn", "targetKeyArn"}),
    replace=frozenset({"name", "namePrefix"}),
    name=AutoName(property="name", max_length=256, begins="alias/", prefix="namePrefix"),
    rules=(_alias_rules,),
    same={"targetKeyId": same_key},
)


# Policies


def _create_policy(cloud: Cloud, inputs: Props) -> str:
    id_ = inputs["keyId"]
    put_policy(cloud, id_, inputs)
    cloud.memory.forget(cloud.region, _DELETED, id_)
    return id_


def _read_policy(cloud: Cloud, id_: str) -> Props | None:
    if describe_key(cloud, id_) is None or cloud.memory.of(cloud.region, _DELETED, id_):
        return None
    return {"keyId": id_, "policy": policy_of(cloud, id_)}


def _delete_policy(cloud: Cloud, id_: str, state: Props) -> None:
    if not state.get("bypassPolicyLockoutSafetyCheck") and describe_key(cloud, id_) is not None:
        put_policy(cloud, id_, {})
    cloud.memory.keep(cloud.region, _DELETED, id_, {"deleted": True})


KEY_POLICY: Final = ResourceType(
    type=_POLICY,
    create=_create_policy,
    read=_read_policy,
    update=lambda cloud, id_, _, news: put_policy(cloud, id_, news),
    delete=_delete_policy,
    applied=frozenset({"keyId", "policy"}),
    steering=frozenset({"bypassPolicyLockoutSafetyCheck"}),
    required=frozenset({"keyId", "policy"}),
    replace=frozenset({"keyId"}),
    rules=(policy_rules,),
    same={"policy": same_document},
    not_imitated="policies are not enforced",
)

TYPES: Final = (KEY, ALIAS, KEY_POLICY)
