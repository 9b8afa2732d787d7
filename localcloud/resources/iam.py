"""IAM: roles, their inline policies, managed policies and what they are attached to."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.documents import parse, same_document
from localcloud.resource import AutoName, ResourceType
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

# IAM User Guide, "IAM and AWS STS quotas" and "IAM identifiers".
_ROLE_NAME: Final = re.compile(r"[\w+=,.@-]{1,64}")
_POLICY_NAME: Final = re.compile(r"[\w+=,.@-]{1,128}")
_SESSION_SECONDS: Final = range(3600, 43201)
_MAX_DESCRIPTION: Final = 1000
_MAX_VERSIONS: Final = 5


def _document_rule(inputs: Props, key: str) -> Iterator[str]:
    if key in inputs and parse(inputs[key]) is None:
        yield f"{key} contains an invalid JSON policy: it must be a JSON object"


def _name_rules(inputs: Props, allowed: re.Pattern[str], longest: int) -> Iterator[str]:
    if "name" in inputs and not allowed.fullmatch(inputs["name"]):
        yield f"name must be 1 to {longest} letters, digits or any of '+=,.@-_', got {inputs['name']!r}"
    path = inputs.get("path", "/")
    if not (path.startswith("/") and path.endswith("/")):
        yield f"path must begin and end with '/', got {path!r}"
    if len(inputs.get("description", "")) > _MAX_DESCRIPTION:
        yield f"description must be at most {_MAX_DESCRIPTION} characters"


# Roles


def _create_role(cloud: Cloud, inputs: Props) -> str:
    more = {
        theirs: inputs[key]
        for key, theirs in (("description", "Description"), ("permissionsBoundary", "PermissionsBoundary"))
        if inputs.get(key)
    }
    cloud.aws("iam").create_role(
        RoleName=inputs["name"],
        Path=inputs["path"],
        AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
        MaxSessionDuration=inputs["maxSessionDuration"],
        Tags=to_aws(inputs.get("tags")),
        **more,
    )
    return inputs["name"]


def _settle_role(cloud: Cloud, id_: str, inputs: Props) -> None:
    for arn in inputs.get("managedPolicyArns", []):
        cloud.aws("iam").attach_role_policy(RoleName=id_, PolicyArn=arn)


def _attached(cloud: Cloud, role: str) -> list[str]:
    aws = cloud.aws("iam")
    try:
        pages = list(aws.get_paginator("list_attached_role_policies").paginate(RoleName=role))
    except aws.exceptions.NoSuchEntityException:
        return []
    return [one["PolicyArn"] for page in pages for one in page["AttachedPolicies"]]


def _read_role(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("iam")
    try:
        role = aws.get_role(RoleName=id_)["Role"]
    except aws.exceptions.NoSuchEntityException:
        return None
    return {
        "arn": role["Arn"],
        "name": role["RoleName"],
        "path": role["Path"],
        "description": role.get("Description", ""),
        "assumeRolePolicy": json.dumps(role["AssumeRolePolicyDocument"]),
        "maxSessionDuration": role["MaxSessionDuration"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "managedPolicyArns": _attached(cloud, id_),
        "createDate": f"{role['CreateDate']:%Y-%m-%dT%H:%M:%SZ}",
        "uniqueId": role["RoleId"],
        "tags": from_aws(role.get("Tags")),
    }


def _update_role(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("iam")

    def changed(key: str) -> bool:
        return olds.get(key) != news.get(key)

    if changed("assumeRolePolicy"):
        aws.update_assume_role_policy(RoleName=id_, PolicyDocument=news["assumeRolePolicy"])
    if changed("description") or changed("maxSessionDuration"):
        aws.update_role(
            RoleName=id_, Description=news.get("description", ""), MaxSessionDuration=news["maxSessionDuration"]
        )
    if changed("permissionsBoundary"):
        if news.get("permissionsBoundary"):
            aws.put_role_permissions_boundary(RoleName=id_, PermissionsBoundary=news["permissionsBoundary"])
        else:
            aws.delete_role_permissions_boundary(RoleName=id_)
    if "managedPolicyArns" in news:
        now, wanted = set(_attached(cloud, id_)), set(news["managedPolicyArns"])
        for arn in sorted(now - wanted):
            aws.detach_role_policy(RoleName=id_, PolicyArn=arn)
        _settle_role(cloud, id_, {"managedPolicyArns": sorted(wanted - now)})
    tags = tag_change(olds, news)
    if tags.gone:
        aws.untag_role(RoleName=id_, TagKeys=tags.gone)
    if tags.put:
        aws.tag_role(RoleName=id_, Tags=to_aws(tags.put))


def _delete_role(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("iam")
    # Policies that the role brought itself go with it; others only by force, or else AWS answers DeleteConflict.
    own = _attached(cloud, id_) if state.get("forceDetachPolicies") else state.get("managedPolicyArns", [])
    try:
        for arn in set(own) & set(_attached(cloud, id_)):
            aws.detach_role_policy(RoleName=id_, PolicyArn=arn)
        if state.get("forceDetachPolicies"):
            for name in aws.list_role_policies(RoleName=id_)["PolicyNames"]:
                aws.delete_role_policy(RoleName=id_, PolicyName=name)
        aws.delete_role(RoleName=id_)
    except aws.exceptions.NoSuchEntityException:
        return


def _role_rules(inputs: Props) -> Iterator[str]:
    yield from _name_rules(inputs, _ROLE_NAME, 64)
    if (seconds := inputs.get("maxSessionDuration", 3600)) not in _SESSION_SECONDS:
        yield f"maxSessionDuration must be between 3600 and 43200 seconds, got {seconds}"


def _trust_rule(inputs: Props) -> Iterator[str]:
    yield from _document_rule(inputs, "assumeRolePolicy")


ROLE: Final = ResourceType(
    type="aws:iam/role:Role",
    create=_create_role,
    settle=_settle_role,
    read=_read_role,
    update=_update_role,
    delete=_delete_role,
    applied=frozenset(
        {"name", "path", "description", "assumeRolePolicy", "maxSessionDuration", "permissionsBoundary"}
        | {"managedPolicyArns", "tags"}
    ),
    remembered=frozenset({"namePrefix"}),
    steering=frozenset({"forceDetachPolicies"}),
    required=frozenset({"assumeRolePolicy"}),
    outputs=frozenset({"arn", "createDate", "uniqueId", "managedPolicyArns"}),
    replace=frozenset({"name", "namePrefix", "path"}),
    sticky=frozenset({"managedPolicyArns"}),
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    name=AutoName(property="name", prefix="namePrefix", max_length=64),
    rules=(_role_rules, _trust_rule),
    same={"assumeRolePolicy": same_document},
    global_=True,
    not_imitated="nobody is ever denied anything; inline policies are resources of their own",
)


# Inline policies of a role


def _put_role_policy(cloud: Cloud, inputs: Props) -> str:
    document = {"PolicyName": inputs["name"], "PolicyDocument": inputs["policy"]}
    cloud.aws("iam").put_role_policy(RoleName=inputs["role"], **document)
    return f"{inputs['role']}:{inputs['name']}"


def _read_role_policy(cloud: Cloud, id_: str) -> Props | None:
    aws, (role, _, name) = cloud.aws("iam"), id_.partition(":")
    try:
        found = aws.get_role_policy(RoleName=role, PolicyName=name)
    except aws.exceptions.NoSuchEntityException:
        return None
    return {"role": role, "name": name, "policy": json.dumps(found["PolicyDocument"])}


def _update_role_policy(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_role_policy(cloud, news)


def _delete_role_policy(cloud: Cloud, id_: str, _: Props) -> None:
    aws, (role, name) = cloud.aws("iam"), id_.split(":", 1)
    try:
        aws.delete_role_policy(RoleName=role, PolicyName=name)
    except aws.exceptions.NoSuchEntityException:
        return


def _inline_rules(inputs: Props) -> Iterator[str]:
    yield from _name_rules(inputs, _POLICY_NAME, 128)


def _policy_rule(inputs: Props) -> Iterator[str]:
    yield from _document_rule(inputs, "policy")


ROLE_POLICY: Final = ResourceType(
    type="aws:iam/rolePolicy:RolePolicy",
    create=_put_role_policy,
    read=_read_role_policy,
    update=_update_role_policy,
    delete=_delete_role_policy,
    applied=frozenset({"name", "policy", "role"}),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"policy", "role"}),
    replace=frozenset({"name", "namePrefix", "role"}),
    name=AutoName(property="name", prefix="namePrefix", max_length=128),
    rules=(_inline_rules, _policy_rule),
    same={"policy": same_document},
    global_=True,
)


# Managed policies


def _create_policy(cloud: Cloud, inputs: Props) -> str:
    described = {"Description": inputs["description"]} if inputs.get("description") else {}
    answer = cloud.aws("iam").create_policy(
        PolicyName=inputs["name"],
        Path=inputs["path"],
        PolicyDocument=inputs["policy"],
        Tags=to_aws(inputs.get("tags")),
        **described,
    )
    return answer["Policy"]["Arn"]


def _read_policy(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("iam")
    try:
        policy = aws.get_policy(PolicyArn=id_)["Policy"]
    except aws.exceptions.NoSuchEntityException:
        return None
    version = aws.get_policy_version(PolicyArn=id_, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    return {
        "arn": policy["Arn"],
        "attachmentCount": policy["AttachmentCount"],
        "description": policy.get("Description", ""),
        "name": policy["PolicyName"],
        "path": policy["Path"],
        "policy": json.dumps(version["Document"]),
        "policyId": policy["PolicyId"],
        "tags": from_aws(policy.get("Tags")),
    }


def _update_policy(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("iam")
    if olds.get("policy") != news["policy"]:
        versions = _other_versions(cloud, id_)
        if len(versions) == _MAX_VERSIONS - 1:
            aws.delete_policy_version(PolicyArn=id_, VersionId=versions[0])
        aws.create_policy_version(PolicyArn=id_, PolicyDocument=news["policy"], SetAsDefault=True)
    tags = tag_change(olds, news)
    if tags.gone:
        aws.untag_policy(PolicyArn=id_, TagKeys=tags.gone)
    if tags.put:
        aws.tag_policy(PolicyArn=id_, Tags=to_aws(tags.put))


def _other_versions(cloud: Cloud, id_: str) -> list[str]:
    """Give the versions that are not in force, oldest first."""
    versions: list[dict[str, Any]] = cloud.aws("iam").list_policy_versions(PolicyArn=id_)["Versions"]
    return sorted((one["VersionId"] for one in versions if not one["IsDefaultVersion"]), key=lambda v: int(v[1:]))


def _delete_policy(cloud: Cloud, id_: str, _: Props) -> None:
    found = _read_policy(cloud, id_)
    if found is None:
        return
    if found["attachmentCount"]:
        raise Refused("DeleteConflict", "Cannot delete a policy attached to entities.")
    for version in _other_versions(cloud, id_):
        cloud.aws("iam").delete_policy_version(PolicyArn=id_, VersionId=version)
    cloud.aws("iam").delete_policy(PolicyArn=id_)


POLICY: Final = ResourceType(
    type="aws:iam/policy:Policy",
    create=_create_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    applied=frozenset({"name", "path", "description", "policy", "tags"}),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"policy"}),
    outputs=frozenset({"arn", "attachmentCount", "policyId"}),
    replace=frozenset({"name", "namePrefix", "path", "description"}),
    defaults={"path": "/"},
    name=AutoName(property="name", prefix="namePrefix", max_length=128),
    rules=(_inline_rules, _policy_rule),
    same={"policy": same_document},
    global_=True,
)


# Attachments


def _attach(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("iam").attach_role_policy(RoleName=inputs["role"], PolicyArn=inputs["policyArn"])
    return f"{inputs['role']}/{inputs['policyArn']}"


def _read_attachment(cloud: Cloud, id_: str) -> Props | None:
    role, _, arn = id_.partition("/")
    return {"role": role, "policyArn": arn} if arn in _attached(cloud, role) else None


def _detach(cloud: Cloud, id_: str, _: Props) -> None:
    if found := _read_attachment(cloud, id_):
        cloud.aws("iam").detach_role_policy(RoleName=found["role"], PolicyArn=found["policyArn"])


ROLE_POLICY_ATTACHMENT: Final = ResourceType(
    type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    create=_attach,
    read=_read_attachment,
    delete=_detach,
    applied=frozenset({"policyArn", "role"}),
    required=frozenset({"policyArn", "role"}),
    global_=True,
)

TYPES: Final = (ROLE, ROLE_POLICY, POLICY, ROLE_POLICY_ATTACHMENT)
