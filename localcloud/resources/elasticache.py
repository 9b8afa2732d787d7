"""ElastiCache: what a replication group stands on: subnet groups, parameter groups, users and user groups."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.resources import elasticache_global, replication_group, serverless_cache
from localcloud.resources.elasticache_tags import tags_of, update_tags
from localcloud.tags import to_aws
from localcloud.wire import Props

_DESCRIPTION: Final = "Managed by Pulumi"
_NAME: Final = re.compile(r"[a-zA-Z](-?[a-zA-Z0-9])*")
_ENGINES: Final = ("redis", "valkey")
_MAX_CHANGES: Final = 20  # Amazon ElastiCache API Reference, ModifyCacheParameterGroup
_PASSWORD_LENGTHS: Final = range(16, 129)
_MAX_PASSWORDS: Final = 2
_MODES: Final = ("password", "no-password-required", "iam")


def _same_word(one: str, other: str) -> bool:
    """AWS keeps these in lower case, whatever the program says."""
    return one.lower() == other.lower()


def _first(cloud: Cloud, call: str, key: str, missing: str, **named: str) -> dict[str, Any] | None:
    """Describe one thing by name; None for what does not exist."""
    aws = cloud.aws("elasticache")
    try:
        return getattr(aws, call)(**named)[key][0]
    except getattr(aws.exceptions, missing):
        return None


def _name_rules(inputs: Props) -> Iterator[str]:
    if not _NAME.fullmatch(inputs["name"]):
        yield f"name must begin with a letter and hold letters, digits and single hyphens only, got {inputs['name']!r}"


# Subnet groups


def _create_subnet_group(cloud: Cloud, inputs: Props) -> str:
    made = cloud.aws("elasticache").create_cache_subnet_group(
        CacheSubnetGroupName=inputs["name"],
        CacheSubnetGroupDescription=inputs["description"],
        SubnetIds=inputs["subnetIds"],
        Tags=to_aws(inputs.get("tags")),
    )
    return made["CacheSubnetGroup"]["CacheSubnetGroupName"]


def _read_subnet_group(cloud: Cloud, id_: str) -> Props | None:
    call, key, missing = "describe_cache_subnet_groups", "CacheSubnetGroups", "CacheSubnetGroupNotFoundFault"
    group = _first(cloud, call, key, missing, CacheSubnetGroupName=id_)
    if group is None:
        return None
    return {
        "arn": group["ARN"],
        "name": group["CacheSubnetGroupName"],
        "description": group["CacheSubnetGroupDescription"],
        "subnetIds": [one["SubnetIdentifier"] for one in group["Subnets"]],
        "vpcId": group["VpcId"],
        "tags": tags_of(cloud, group["ARN"]),
    }


def _update_subnet_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    cloud.aws("elasticache").modify_cache_subnet_group(
        CacheSubnetGroupName=id_, CacheSubnetGroupDescription=news["description"], SubnetIds=news["subnetIds"]
    )
    update_tags(cloud, cloud.arn("elasticache", f"subnetgroup:{id_}"), olds, news)


def _delete_subnet_group(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("elasticache")
    try:
        aws.delete_cache_subnet_group(CacheSubnetGroupName=id_)
    except aws.exceptions.CacheSubnetGroupNotFoundFault:
        return


SUBNET_GROUP: Final = ResourceType(
    type="aws:elasticache/subnetGroup:SubnetGroup",
    create=_create_subnet_group,
    read=_read_subnet_group,
    update=_update_subnet_group,
    delete=_delete_subnet_group,
    applied=frozenset({"name", "description", "subnetIds", "tags"}),
    required=frozenset({"subnetIds"}),
    outputs=frozenset({"arn", "vpcId"}),
    replace=frozenset({"name"}),
    defaults={"description": _DESCRIPTION},
    name=AutoName(property="name", lower=True),
    rules=(_name_rules,),
    same={"name": _same_word},
)


# Parameter groups


def _create_parameter_group(cloud: Cloud, inputs: Props) -> str:
    made = cloud.aws("elasticache").create_cache_parameter_group(
        CacheParameterGroupName=inputs["name"],
        CacheParameterGroupFamily=inputs["family"],
        Description=inputs["description"],
        Tags=to_aws(inputs.get("tags")),
    )
    return made["CacheParameterGroup"]["CacheParameterGroupName"]


def _values(inputs: Props) -> dict[str, str]:
    return {one["name"]: one["value"] for one in inputs.get("parameters") or ()}


def _settle_parameter_group(cloud: Cloud, id_: str, inputs: Props) -> None:
    _set_parameters(cloud, id_, {}, _values(inputs))


def _set_parameters(cloud: Cloud, id_: str, before: dict[str, str], after: dict[str, str]) -> None:
    aws = cloud.aws("elasticache")
    gone = [{"ParameterName": name, "ParameterValue": before[name]} for name in sorted(before.keys() - after.keys())]
    put = [
        {"ParameterName": name, "ParameterValue": value}
        for name, value in sorted(after.items())
        if before.get(name) != value
    ]
    for first in range(0, len(gone), _MAX_CHANGES):
        some = gone[first : first + _MAX_CHANGES]
        aws.reset_cache_parameter_group(CacheParameterGroupName=id_, ParameterNameValues=some)
    for first in range(0, len(put), _MAX_CHANGES):
        some = put[first : first + _MAX_CHANGES]
        aws.modify_cache_parameter_group(CacheParameterGroupName=id_, ParameterNameValues=some)


def _read_parameter_group(cloud: Cloud, id_: str) -> Props | None:
    call, key, missing = "describe_cache_parameter_groups", "CacheParameterGroups", "CacheParameterGroupNotFoundFault"
    group = _first(cloud, call, key, missing, CacheParameterGroupName=id_)
    if group is None:
        return None
    pages = cloud.aws("elasticache").get_paginator("describe_cache_parameters")
    found = pages.paginate(CacheParameterGroupName=id_, Source="user").build_full_result()["Parameters"]
    return {
        "arn": group["ARN"],
        "name": group["CacheParameterGroupName"],
        "family": group["CacheParameterGroupFamily"],
        "description": group["Description"],
        "parameters": [{"name": one["ParameterName"], "value": one["ParameterValue"]} for one in found],
        "tags": tags_of(cloud, group["ARN"]),
    }


def _update_parameter_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    _set_parameters(cloud, id_, _values(olds), _values(news))
    update_tags(cloud, cloud.arn("elasticache", f"parametergroup:{id_}"), olds, news)


def _delete_parameter_group(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("elasticache")
    try:
        aws.delete_cache_parameter_group(CacheParameterGroupName=id_)
    except aws.exceptions.CacheParameterGroupNotFoundFault:
        return


PARAMETER_GROUP: Final = ResourceType(
    type="aws:elasticache/parameterGroup:ParameterGroup",
    create=_create_parameter_group,
    settle=_settle_parameter_group,
    read=_read_parameter_group,
    update=_update_parameter_group,
    delete=_delete_parameter_group,
    applied=frozenset({"name", "family", "description", "parameters", "tags"}),
    required=frozenset({"family"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"name", "family", "description"}),
    defaults={"description": _DESCRIPTION},
    name=AutoName(property="name", lower=True),
    rules=(_name_rules,),
    same={"name": _same_word},
    not_imitated="parameters change nothing; memcached families",
)


# Users


def _login(inputs: Props, keys: set[str]) -> dict[str, Any]:
    """Give the parameters that say how a user logs in, of those inputs that *keys* names."""
    login: dict[str, Any] = {}
    if "authenticationMode" in keys and (mode := inputs.get("authenticationMode")):
        passwords = {"Passwords": mode["passwords"]} if mode.get("passwords") else {}
        login["AuthenticationMode"] = {"Type": mode["type"], **passwords}
    if "noPasswordRequired" in keys and "authenticationMode" not in login:
        login["NoPasswordRequired"] = inputs.get("noPasswordRequired", False)
    if "passwords" in keys and inputs.get("passwords"):
        login["Passwords"] = inputs["passwords"]
    if keys & {"passwordsWo", "passwordsWoVersion"} and "passwordsWo" in inputs:
        login["Passwords"] = [inputs["passwordsWo"]]
    return login


def _create_user(cloud: Cloud, inputs: Props) -> str:
    return cloud.aws("elasticache").create_user(
        UserId=inputs["userId"],
        UserName=inputs["userName"],
        Engine=inputs["engine"],
        AccessString=inputs["accessString"],
        Tags=to_aws(inputs.get("tags")),
        **_login(inputs, {"authenticationMode", "noPasswordRequired", "passwords", "passwordsWo"}),
    )["UserId"]


def _read_user(cloud: Cloud, id_: str) -> Props | None:
    user = _first(cloud, "describe_users", "Users", "UserNotFoundFault", UserId=id_)
    if user is None:
        return None
    login = user["Authentication"]
    # AWS reads `no-password` where it wants `no-password-required` written.
    kind = "no-password-required" if login["Type"] == "no-password" else login["Type"]
    return {
        "arn": user["ARN"],
        "userId": user["UserId"],
        "userName": user["UserName"],
        "engine": user["Engine"],
        "accessString": user["AccessString"],
        "authenticationMode": {"type": kind, "passwordCount": login.get("PasswordCount", 0)},
        "tags": tags_of(cloud, user["ARN"]),
    }


def _update_user(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    changed = {key for key in olds.keys() | news.keys() if olds.get(key) != news.get(key)}
    changed.discard("passwordsWo")  # it counts only with its version
    request = _login(news, changed)
    if "accessString" in changed:
        request["AccessString"] = news["accessString"]
    if "engine" in changed:
        request["Engine"] = news["engine"]
    if request:
        cloud.aws("elasticache").modify_user(UserId=id_, **request)
    update_tags(cloud, cloud.arn("elasticache", f"user:{id_}"), olds, news)


def _delete_user(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("elasticache")
    try:
        aws.delete_user(UserId=id_)
    except aws.exceptions.UserNotFoundFault:
        return


def _user_rules(inputs: Props) -> Iterator[str]:
    if inputs.get("engine", "redis").lower() not in _ENGINES:
        yield f"expected engine to be one of {', '.join(_ENGINES)}, got {inputs['engine']!r}"
    mode = inputs.get("authenticationMode", {})
    if mode and mode.get("type") not in _MODES:
        yield f"expected authenticationMode.type to be one of {', '.join(_MODES)}, got {mode.get('type')!r}"
    if ("passwordsWo" in inputs) != ("passwordsWoVersion" in inputs):
        yield "passwordsWo and passwordsWoVersion must be specified together"
    if "passwordsWo" in inputs and "passwords" in inputs:
        yield "passwords conflicts with passwordsWo"


def _password_rules(inputs: Props) -> Iterator[str]:
    passwords = [*(inputs.get("passwords") or ()), *(inputs.get("authenticationMode", {}).get("passwords") or ())]
    if len(passwords) > _MAX_PASSWORDS:
        yield f"a user can have {_MAX_PASSWORDS} passwords, got {len(passwords)}"
    if any(len(password) not in _PASSWORD_LENGTHS for password in passwords):
        yield "expected length of passwords to be in the range (16 - 128)"


def _same_mode(one: Props, other: Props) -> bool:
    """Compare the way to log in, and the passwords where both name them: AWS tells none."""
    return one.get("type") == other.get("type") and (
        not {"passwords"} <= one.keys() & other.keys() or sorted(one["passwords"]) == sorted(other["passwords"])
    )


USER: Final = ResourceType(
    type="aws:elasticache/user:User",
    create=_create_user,
    read=_read_user,
    update=_update_user,
    delete=_delete_user,
    applied=frozenset({"userId", "userName", "engine", "accessString", "authenticationMode", "tags"}),
    remembered=frozenset({"noPasswordRequired", "passwords", "passwordsWoVersion"}),
    write_only=frozenset({"passwordsWo"}),
    required=frozenset({"userId", "userName", "engine", "accessString"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"userId", "userName"}),
    sticky=frozenset({"authenticationMode"}),
    rules=(_user_rules, _password_rules),
    same={"engine": _same_word, "userId": _same_word, "authenticationMode": _same_mode},
    not_imitated="nobody logs in; access strings are not judged",
)


# User groups


def _create_user_group(cloud: Cloud, inputs: Props) -> str:
    users = {"UserIds": inputs["userIds"]} if inputs.get("userIds") else {}
    return cloud.aws("elasticache").create_user_group(
        UserGroupId=inputs["userGroupId"],
        Engine=inputs["engine"],
        Tags=to_aws(inputs.get("tags")),
        **users,
    )["UserGroupId"]


def _read_user_group(cloud: Cloud, id_: str) -> Props | None:
    group = _first(cloud, "describe_user_groups", "UserGroups", "UserGroupNotFoundFault", UserGroupId=id_)
    if group is None:
        return None
    return {
        "arn": group["ARN"],
        "userGroupId": group["UserGroupId"],
        "engine": group["Engine"],
        "userIds": group["UserIds"],
        "tags": tags_of(cloud, group["ARN"]),
    }


def _update_user_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    before, after = set(olds.get("userIds") or ()), set(news.get("userIds") or ())
    request: dict[str, Any] = {}
    if come := sorted(after - before):
        request["UserIdsToAdd"] = come
    if go := sorted(before - after):
        request["UserIdsToRemove"] = go
    if not _same_word(olds["engine"], news["engine"]):
        request["Engine"] = news["engine"]
    if request:
        cloud.aws("elasticache").modify_user_group(UserGroupId=id_, **request)
    update_tags(cloud, cloud.arn("elasticache", f"usergroup:{id_}"), olds, news)


def _delete_user_group(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("elasticache")
    try:
        aws.delete_user_group(UserGroupId=id_)
    except aws.exceptions.UserGroupNotFoundFault:
        return


USER_GROUP: Final = ResourceType(
    type="aws:elasticache/userGroup:UserGroup",
    create=_create_user_group,
    read=_read_user_group,
    update=_update_user_group,
    delete=_delete_user_group,
    applied=frozenset({"userGroupId", "engine", "userIds", "tags"}),
    required=frozenset({"userGroupId", "engine"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"userGroupId"}),
    rules=(_user_rules,),
    same={"engine": _same_word, "userGroupId": _same_word},
)

TYPES: Final = (
    SUBNET_GROUP,
    PARAMETER_GROUP,
    USER,
    USER_GROUP,
    replication_group.REPLICATION_GROUP,
    elasticache_global.GLOBAL_REPLICATION_GROUP,
    serverless_cache.SERVERLESS_CACHE,
)
