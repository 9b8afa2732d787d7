"""Users and user groups, as ElastiCache's API has them."""

from dataclasses import replace
from typing import Any, Final

from moto.elasticache.models import User

from localcloud.moto.elasticache_facts import MAX_PASSWORDS, PASSWORD_LENGTHS, VERSIONS
from localcloud.moto.elasticache_state import Call, UserGroup, identifier, refuse

_DEFAULT: Final = "default"
_NO_PASSWORD: Final = "no-password-required"  # noqa: S105  a way to log in
_MODES: Final = ("password", _NO_PASSWORD, "iam")


def _engine(call: Call, default: str = "") -> str:
    engine = str(call.get("Engine", default)).lower()
    if engine not in VERSIONS:
        refuse(
            "InvalidParameterValue", f"Unknown parameter for Engine: {engine!r}, must be one of: {', '.join(VERSIONS)}"
        )
    return engine


def _user(call: Call, id_: str) -> User:
    if id_.lower() not in call.backend.users:
        refuse("UserNotFound", f"User {id_} not found.")
    return call.backend.users[id_.lower()]


def _describe_user(call: Call, user: User) -> dict[str, Any]:
    mode = _NO_PASSWORD if user.no_password_required else user.authentication_type or "password"
    count = {"PasswordCount": len(user.passwords)} if mode == "password" else {}
    return {
        "UserId": user.id,
        "UserName": user.name,
        "Status": "active",
        "Engine": user.engine,
        "MinimumEngineVersion": "7.2" if user.engine == "valkey" else "6.0",
        "AccessString": user.access_string,
        "UserGroupIds": _groups_of(call, user.id),
        "Authentication": {"Type": "no-password" if mode == _NO_PASSWORD else mode, **count},
        "ARN": user.arn,
    }


def _groups_of(call: Call, user_id: str) -> list[str]:
    return sorted(group.id for group in call.state.user_groups.values() if user_id in group.users)


def _login(call: Call, user: User | None) -> tuple[str, list[str]]:
    """Give the way to log in that a request asks for, and its passwords; nothing asked for stays as it is."""
    mode = call.get("AuthenticationMode", {})
    flag = call.get("NoPasswordRequired")
    passwords = [*call.get("Passwords", []), *mode.get("Passwords", [])]
    if call.get("Passwords") and mode.get("Passwords"):
        refuse("InvalidParameterCombination", "Passwords provided via multiple arguments. Use only one argument")
    if mode and mode.get("Type") not in _MODES:
        refuse(
            "InvalidParameterValue",
            f"Input Authentication type: {mode.get('Type')} is not in the allowed list: [{','.join(_MODES)}]",
        )
    asked = mode.get("Type") or (_NO_PASSWORD if flag else "password" if passwords or flag is False else None)
    if flag and asked != _NO_PASSWORD:
        refuse(
            "InvalidParameterCombination",
            f"No password required flag is true but provided authentication type is {asked}",
        )
    if user and asked is None:
        return (_NO_PASSWORD if user.no_password_required else user.authentication_type or "password"), user.passwords
    if asked == "password" and not passwords and user and user.passwords and flag is None:
        passwords = user.passwords
    _refuse_passwords(asked, passwords)
    return str(asked), passwords


def _refuse_passwords(mode: str | None, passwords: list[str]) -> None:
    if mode is None or (mode == "password" and not passwords):
        refuse(
            "InvalidParameterValue",
            "No password was provided. If you want to create/update the user without password, please use the "
            "NoPasswordRequired flag.",
        )
    if passwords and mode != "password":
        refuse("InvalidParameterCombination", f"Password field is not allowed with authentication type: {mode}")
    if any(len(password) not in PASSWORD_LENGTHS for password in passwords):
        refuse("InvalidParameterValue", "Passwords length must be between 16-128 characters.")
    if len(passwords) > MAX_PASSWORDS:
        refuse("InvalidParameterValue", f"A user can have at most {MAX_PASSWORDS} passwords, got {len(passwords)}")


def _refuse_user(user_id: str, name: str, engine: str, mode: str) -> None:
    if mode == "iam" and user_id != name:
        refuse("InvalidParameterCombination", "User Id and User name must be same for authentication type: iam")
    if mode == _NO_PASSWORD and engine == "valkey":
        refuse("InvalidParameterCombination", "A user of engine valkey must use authentication type password or iam")


def create_user(call: Call) -> dict[str, Any]:
    """CreateUser."""
    id_ = identifier("UserId", call.text("UserId"), 40)
    if id_ in call.backend.users:
        refuse("UserAlreadyExists", f"User {id_} already exists.")
    engine = _engine(call)
    mode, passwords = _login(call, None)
    _refuse_user(id_, call.text("UserName"), engine, mode)
    user: Any = User(
        account_id=call.backend.account_id,
        region=call.backend.region_name,
        user_id=id_,
        user_name=call.text("UserName"),
        access_string=call.text("AccessString"),
        engine=engine,
        no_password_required=mode == _NO_PASSWORD,
        passwords=passwords,
        authentication_type=mode,
    )
    call.backend.users[id_] = user
    call.tag(user.arn)
    return _describe_user(call, user)


def describe_users(call: Call) -> dict[str, Any]:
    """DescribeUsers."""
    named, engine = call.get("UserId"), call.get("Engine")
    users = [_user(call, named)] if named else list(call.backend.users.values())
    return {"Users": [_describe_user(call, user) for user in users if engine in (None, user.engine)]}


def modify_user(call: Call) -> dict[str, Any]:
    """ModifyUser: access string, the way to log in, engine."""
    user = _user(call, call.text("UserId"))
    if user.id == _DEFAULT:
        refuse("InvalidParameterValue", "User with user ID default cannot be modified.")
    engine = _engine(call, user.engine)
    mode, passwords = _login(call, user)
    _refuse_user(user.id, user.name, engine, mode)
    for id_ in _groups_of(call, user.id):
        _refuse_member(call.state.user_groups[id_].engine, user.id, engine, mode)
    more = f" {call.get('AppendAccessString')}" if call.get("AppendAccessString") else ""
    user.access_string = f"{call.get('AccessString', user.access_string)}{more}"
    user.engine, user.authentication_type, user.passwords = engine, mode, passwords
    user.no_password_required = mode == _NO_PASSWORD
    return _describe_user(call, user)


def delete_user(call: Call) -> dict[str, Any]:
    """DeleteUser: it leaves its groups, but none of them may lose its default user."""
    user = _user(call, call.text("UserId"))
    groups = _groups_of(call, user.id)
    if user.id == _DEFAULT:
        refuse("InvalidParameterValue", "User with user ID default cannot be deleted.")
    if user.name == _DEFAULT and groups:
        refuse(
            "DefaultUserAssociatedToUserGroup",
            f"User {user.id} is the default user of the user group {', '.join(groups)}, so it cannot be deleted.",
        )
    described = {**_describe_user(call, user), "Status": "deleting"}
    for id_ in groups:
        group = call.state.user_groups[id_]
        call.state.user_groups[id_] = replace(group, users=tuple(one for one in group.users if one != user.id))
    del call.backend.users[user.id]
    call.backend.tagging_service.delete_all_tags_for_resource(user.arn)
    return described


# User groups


def _refuse_member(group_engine: str, user_id: str, user_engine: str, mode: str) -> None:
    if group_engine == "redis" and user_engine != "redis":
        refuse(
            "InvalidParameterValue", f"User {user_id} of engine {user_engine} cannot be in a user group of engine redis"
        )
    if group_engine == "valkey" and mode == _NO_PASSWORD:
        refuse(
            "InvalidParameterValue",
            f"A user group of engine valkey takes only users that log in by password or iam, {user_id} does not",
        )


def _refuse_members(call: Call, engine: str, ids: tuple[str, ...]) -> None:
    users = [_user(call, id_) for id_ in ids]
    names = [user.name for user in users]
    if engine == "redis" and _DEFAULT not in names:
        refuse("DefaultUserRequired", "User group needs to contain a user with the user name default.")
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        refuse("DuplicateUserName", f"The user name {doubled[0]} is used by more than one user of the group.")
    for user in users:
        mode = _NO_PASSWORD if user.no_password_required else user.authentication_type or "password"
        _refuse_member(engine, user.id, user.engine, mode)


def _describe_group(call: Call, group: UserGroup) -> dict[str, Any]:
    return {
        "UserGroupId": group.id,
        "Status": "active",
        "Engine": group.engine,
        "UserIds": list(group.users),
        "MinimumEngineVersion": "7.2" if group.engine == "valkey" else "6.0",
        "ReplicationGroups": _replication_groups(call, group.id),
        "ServerlessCaches": [],
        "ARN": group.arn,
    }


def _replication_groups(call: Call, id_: str) -> list[str]:
    return sorted(one.replication_group_id for one in call.groups.values() if id_ in one.user_groups)


def create_group(call: Call) -> dict[str, Any]:
    """CreateUserGroup."""
    id_ = identifier("UserGroupId", call.text("UserGroupId"), 40)
    if id_ in call.state.user_groups:
        refuse("UserGroupAlreadyExists", f"User Group {id_} already exists.")
    engine = _engine(call)
    users = tuple(dict.fromkeys(one.lower() for one in call.get("UserIds", [])))
    _refuse_members(call, engine, users)
    group = UserGroup(id=id_, engine=engine, users=users, arn=call.arn("usergroup", id_))
    call.state.user_groups[id_] = group
    call.tag(group.arn)
    return _describe_group(call, group)


def describe_groups(call: Call) -> dict[str, Any]:
    """DescribeUserGroups."""
    named = call.get("UserGroupId")
    groups = [call.user_group(named)] if named else list(call.state.user_groups.values())
    return {"UserGroups": [_describe_group(call, group) for group in groups]}


def modify_group(call: Call) -> dict[str, Any]:
    """ModifyUserGroup: users that come and go, engine."""
    group = call.user_group(call.text("UserGroupId"))
    come = [one.lower() for one in call.get("UserIdsToAdd", [])]
    go = [one.lower() for one in call.get("UserIdsToRemove", [])]
    if not come and not go and call.get("Engine", group.engine).lower() == group.engine:
        refuse("InvalidParameterCombination", "No modifications were requested")
    if strangers := sorted(set(go) - set(group.users)):
        refuse("InvalidParameterValue", f"User {strangers[0]} is not a member of user group {group.id}.")
    if members := sorted(set(come) & set(group.users)):
        refuse("InvalidParameterValue", f"User {members[0]} is already a member of user group {group.id}.")
    engine = _engine(call, group.engine)
    users = tuple(dict.fromkeys([*(one for one in group.users if one not in go), *come]))
    _refuse_members(call, engine, users)
    for id_ in _replication_groups(call, group.id):
        refuse_group_engine(group.id, engine, call.groups[id_].engine)
    after = replace(group, engine=engine, users=users)
    call.state.user_groups[group.id] = after
    return _describe_group(call, after)


def refuse_group_engine(id_: str, group_engine: str, cache_engine: str) -> None:
    """Refuse a group of valkey users for a cache of redis; the other way round is fine."""
    if group_engine == "valkey" and cache_engine != "valkey":
        refuse(
            "InvalidParameterCombination",
            f"User group {id_} of engine {group_engine} cannot be used with a cache of engine {cache_engine}",
        )


def delete_group(call: Call) -> dict[str, Any]:
    """DeleteUserGroup."""
    group = call.user_group(call.text("UserGroupId"))
    if users := _replication_groups(call, group.id):
        refuse(
            "InvalidUserGroupState",
            f"User group {group.id} is associated with replication groups, so it cannot be deleted: {', '.join(users)}",
        )
    del call.state.user_groups[group.id]
    call.backend.tagging_service.delete_all_tags_for_resource(group.arn)
    return {**_describe_group(call, group), "Status": "deleting"}
