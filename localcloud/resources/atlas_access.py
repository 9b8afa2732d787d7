"""MongoDB Atlas: roles in the user's AWS account that Atlas assumes, and the key that it encrypts with by one."""

import uuid
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import ClientError

from localcloud.atlas.clusters import ENCRYPTION
from localcloud.atlas.kept import Kept
from localcloud.atlas.store import CLUSTER, STORE, new_id, now, refuse
from localcloud.atlas.tiers import to_atlas, to_aws
from localcloud.cloud import Cloud
from localcloud.difference import covers
from localcloud.documents import members, parse, principals, statements
from localcloud.resource import ResourceType
from localcloud.wire import Props

ROLE: Final = "cloudProviderAccess"
BUCKET: Final = "exportBucket"
_AUTHORIZATION: Final = "cloudProviderAuthorization"
_ATLAS: Final = "arn:aws:iam::536727724300:root"
"""MongoDB's own AWS account. Atlas documentation: Set Up Unified AWS Access."""


def anywhere(cloud: Cloud) -> Cloud:
    """Give a place to ask AWS of what is in no region: Atlas itself is in none."""
    return replace(cloud, region="us-east-1")


def authorized(project_id: str, role_id: str) -> str:
    """Give the ARN of a role that Atlas may assume; Atlas' error where there is none."""
    found = STORE.get(_AUTHORIZATION, f"{project_id}-{role_id}")
    if found is None:
        message = f"role {role_id} is not set up and authorized in project {project_id}"
        refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}: authorize it first.")
    return found["aws"]["iamAssumedRoleArn"]


def _used_by(project_id: str, role_id: str) -> str | None:
    """Say what needs a role."""
    key = (STORE.get(ENCRYPTION, project_id) or {}).get("awsKmsConfig", {})
    if key.get("enabled") and key.get("roleId") == role_id:
        return "encryption at rest"
    if any(role_id in (one.get("iamRoleId"), one.get("roleId")) for one in STORE.of(BUCKET, project_id)):
        return "an export bucket"
    return None


def _check_unused(_: Cloud, record: Props) -> None:
    if user := _used_by(record["projectId"], record["roleId"]):
        message = f"role {record['roleId']} is used by {user}"
        refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}: take it away there first.")


# Setting a role up: Atlas says who it is

_SETUPS: Final = Kept(
    kind=ROLE,
    id=lambda record: f"{record['projectId']}-{record['providerName']}-{record['roleId']}",
    made=lambda _, __: {
        "awsConfigs": [{"atlasAssumedRoleExternalId": str(uuid.uuid4()), "atlasAwsAccountArn": _ATLAS}],
        "createdDate": now(),
        "roleId": new_id(),
    },
    leaving=_check_unused,
    hidden=frozenset({"deleteOnCreateTimeout"}),
)


def _setup_rules(inputs: Props) -> Iterator[str]:
    if inputs["providerName"] != "AWS":
        yield f"providerName must be AWS in the local cloud, got {inputs['providerName']!r}"


ACCESS_SETUP: Final = ResourceType(
    type="mongodbatlas:index/cloudProviderAccessSetup:CloudProviderAccessSetup",
    create=_SETUPS.create,
    read=_SETUPS.read,
    delete=_SETUPS.delete,
    applied=frozenset({"projectId", "providerName"}),
    steering=frozenset({"deleteOnCreateTimeout"}),
    required=frozenset({"projectId", "providerName"}),
    outputs=frozenset({"awsConfigs", "createdDate", "roleId"}),
    sticky=frozenset({"deleteOnCreateTimeout"}),
    rules=(_setup_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="Azure and Google Cloud",
)

# Authorizing it: Atlas tries to assume it


def _assumed(cloud: Cloud, inputs: Props) -> Props:
    setup = next(
        (one for one in STORE.of(ROLE, inputs["projectId"]) if one["roleId"] == inputs["roleId"]),
        None,
    )
    if setup is None:
        message = f"no cloud provider access role with ID {inputs['roleId']} exists"
        refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}.")
    arn = inputs["aws"]["iamAssumedRoleArn"]
    config = setup["awsConfigs"][0]
    if not _trusts(cloud, arn, config["atlasAwsAccountArn"], config["atlasAssumedRoleExternalId"]):
        message = (
            f"Cannot assume role {arn}: it must let {config['atlasAwsAccountArn']} assume it, with the external id"
        )
        refuse("CANNOT_ASSUME_ROLE", f"{message} {config['atlasAssumedRoleExternalId']}.")
    return {"authorizedDate": now()}


def _trusts(cloud: Cloud, arn: str, who: str, external_id: str) -> bool:
    aws = anywhere(cloud).aws("iam")
    try:
        document = aws.get_role(RoleName=arn.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
    except aws.exceptions.NoSuchEntityException:
        return False
    trust: Any = document if isinstance(document, dict) else parse(document) or {}
    for one in statements(trust):
        wanted = one.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId", external_id)
        if one.get("Effect") == "Allow" and who in principals(one) and external_id in members(wanted):
            return True
    return False


_AUTHORIZATIONS: Final = Kept(
    kind=_AUTHORIZATION,
    id=lambda record: f"{record['projectId']}-{record['roleId']}",
    made=_assumed,
    changed=lambda cloud, _, inputs: _assumed(cloud, inputs),
    leaving=_check_unused,
)


def _read_authorization(cloud: Cloud, id_: str) -> Props | None:
    found = _AUTHORIZATIONS.read(cloud, id_)
    if found is None:
        return None
    key = (STORE.get(ENCRYPTION, found["projectId"]) or {}).get("awsKmsConfig", {})
    used = [{"featureType": "ENCRYPTION_AT_REST", "featureId": {}}] if key.get("roleId") == found["roleId"] else []
    return {**found, "featureUsages": used}


def _authorization_rules(inputs: Props) -> Iterator[str]:
    if "aws" not in inputs:
        yield "aws with iamAssumedRoleArn is needed in the local cloud"


ACCESS_AUTHORIZATION: Final = ResourceType(
    type="mongodbatlas:index/cloudProviderAccessAuthorization:CloudProviderAccessAuthorization",
    create=_AUTHORIZATIONS.create,
    read=_read_authorization,
    update=_AUTHORIZATIONS.update,
    delete=_AUTHORIZATIONS.delete,
    applied=frozenset({"aws", "projectId", "roleId"}),
    required=frozenset({"projectId", "roleId"}),
    outputs=frozenset({"authorizedDate", "featureUsages"}),
    replace=frozenset({"projectId", "roleId"}),
    rules=(_authorization_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="the role's own permissions are not tried; Azure and Google Cloud",
)

# The customer's key


def _encrypted(cloud: Cloud, inputs: Props) -> Props:
    key = inputs["awsKmsConfig"]
    if not key.get("enabled"):
        _check_no_cluster(inputs["projectId"])
        return {"awsKmsConfig": {**key, "valid": False}}
    authorized(inputs["projectId"], key["roleId"])
    aws = replace(cloud, region=to_aws(key["region"])).aws("kms")
    with _kms_explained():
        state = aws.describe_key(KeyId=key["customerMasterKeyId"])["KeyMetadata"]["KeyState"]
    if state == "PendingDeletion":
        message = "AWS KMS Customer Master Key is pending deletion."
        refuse("AWS_KMS_CUSTOMER_MASTER_KEY_PENDING_DELETION", message)
    if state != "Enabled":
        refuse("AWS_KMS_CUSTOMER_MASTER_KEY_NOT_ENABLED", "AWS KMS Customer Master Key is not enabled.")
    return {"awsKmsConfig": {"requirePrivateNetworking": False, **key, "valid": True}}


@contextmanager
def _kms_explained() -> Generator[None]:
    try:
        yield
    except ClientError as error:
        message = "The provided credentials do not have permission to encrypt or decrypt with the key."
        refuse("NO_PERMISSION_TO_ENCRYPT_DECRYPT", f"{message} {error}")


def _check_no_cluster(project_id: str) -> None:
    using = [one["name"] for one in STORE.of(CLUSTER, project_id) if one["encryptionAtRestProvider"] == "AWS"]
    if using:
        message = f"clusters use encryption at rest: {', '.join(sorted(using))}"
        refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}; change their encryptionAtRestProvider first.")


_KEYS: Final = Kept(
    kind=ENCRYPTION,
    id=lambda record: record["projectId"],
    made=_encrypted,
    changed=lambda cloud, _, inputs: _encrypted(cloud, inputs),
    leaving=lambda _, record: _check_no_cluster(record["projectId"]),
    stays=frozenset({"enabledForSearchNodes"}),
)


def _key_rules(inputs: Props) -> Iterator[str]:
    key = inputs["awsKmsConfig"]
    if key.get("enabled") and (
        lacking := [one for one in ("customerMasterKeyId", "region", "roleId") if one not in key]
    ):
        yield f"awsKmsConfig needs {', '.join(lacking)} when it is enabled"
    if given := [one for one in ("accessKeyId", "secretAccessKey") if one in key]:
        yield f"{given[0]}: the local cloud takes a role (roleId) only"


def _same_key(one: Props, other: Props) -> bool:
    both = [{**said, "region": to_atlas(said["region"])} if "region" in said else said for said in (one, other)]
    return covers(*both)


ENCRYPTION_AT_REST: Final = ResourceType(
    type="mongodbatlas:index/encryptionAtRest:EncryptionAtRest",
    create=_KEYS.create,
    read=_KEYS.read,
    update=_KEYS.update,
    delete=_KEYS.delete,
    applied=frozenset({"awsKmsConfig", "enabledForSearchNodes", "projectId"}),
    required=frozenset({"awsKmsConfig", "projectId"}),
    replace=frozenset({"projectId"}),
    sticky=frozenset({"enabledForSearchNodes"}),
    rules=(_key_rules,),
    same={"awsKmsConfig": _same_key},
    told={"awsKmsConfig": lambda key: {name: value for name, value in key.items() if name != "valid"}},
    judged_by_state=True,
    global_=True,
    not_imitated="nothing is encrypted, and a cluster outlives its key; private endpoints to KMS, Azure and Google "
    "Cloud; beside shared clusters only it is accepted, and does nothing there",
)

TYPES: Final = (ACCESS_SETUP, ACCESS_AUTHORIZATION, ENCRYPTION_AT_REST)
