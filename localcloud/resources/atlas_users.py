"""MongoDB Atlas: database users and their roles."""

import re
from collections.abc import Iterator
from typing import Final

from localcloud.atlas.kept import Kept
from localcloud.atlas.store import STORE, refuse
from localcloud.cloud import Cloud
from localcloud.resource import ResourceType
from localcloud.wire import Props

_ROLE: Final = "customDbRole"
_USER: Final = "databaseUser"
_EXTERNAL: Final = "$external"
_NO: Final = "NONE"
_KINDS: Final = ("awsIamType", "ldapAuthType", "oidcAuthType", "x509Type")
_OF_ADMIN: Final = frozenset(
    {"atlasAdmin", "backup", "clusterMonitor", "dbAdminAnyDatabase", "enableSharding", "readAnyDatabase"}
    | {"readWriteAnyDatabase", "killOpSession"}
)
_OF_ANY: Final = frozenset({"dbAdmin", "read", "readWrite"})
"""Built-in roles. Atlas documentation: Configure Database Users, built-in roles."""

# Roles

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def _new_role(_: Cloud, inputs: Props) -> Props:
    if STORE.get(_ROLE, f"{inputs['projectId']}-{inputs['roleName']}"):
        refuse("ATLAS_GENERAL_ERROR", f"Reason: a custom role named {inputs['roleName']} exists already.")
    return _checked_inheritance(inputs)


def _checked_inheritance(inputs: Props) -> Props:
    for one in inputs.get("inheritedRoles", ()):
        if not _exists(inputs["projectId"], one["roleName"]):
            message = "One or more of the specified inherited roles do not exist."
            refuse("ATLAS_INVALID_CUSTOM_ROLE_INHERITANCE", f"{message} ({one['roleName']})")
    return {}


def _check_unused(record: Props) -> None:
    for user in STORE.of(_USER, record["projectId"]):
        if any(one["roleName"] == record["roleName"] for one in user.get("roles", ())):
            message = f"custom role {record['roleName']} is assigned to user {user['username']}"
            refuse("ATLAS_GENERAL_ERROR", f"Reason: {message}.")


def _exists(project_id: str, name: str) -> bool:
    return name in _OF_ADMIN | _OF_ANY or STORE.get(_ROLE, f"{project_id}-{name}") is not None


_ROLES: Final = Kept(
    kind=_ROLE,
    id=lambda record: f"{record['projectId']}-{record['roleName']}",
    made=_new_role,
    changed=lambda _, __, inputs: _checked_inheritance(inputs),
    leaving=lambda _, record: _check_unused(record),
)


def _role_rules(inputs: Props) -> Iterator[str]:
    name = inputs["roleName"]
    if not _NAME.fullmatch(name):
        yield (
            "ATLAS_CUSTOM_ROLE_INVALID_NAME: roleName must be letters, numbers, hyphens and underscores and begin with "
            f"a letter or number, got {name!r}"
        )
    if name in _OF_ADMIN | _OF_ANY:
        yield f"ATLAS_INVALID_CUSTOM_ROLE_RESTRICTED: a built-in role with the name {name} exists"
    if name.startswith("xgen-"):
        yield 'ATLAS_RESERVED_CUSTOM_ROLE_RESTRICTED: the prefix "xgen-" is reserved for built-in roles'
    if not inputs.get("actions") and not inputs.get("inheritedRoles"):
        yield "ATLAS_CUSTOM_ROLE_HAS_NO_PERMISSIONS: a custom role needs actions or inheritedRoles"
    for one in inputs.get("actions", ()):
        if not one.get("resources"):
            yield f"action {one['action']} needs resources"
        for where in one.get("resources", ()):
            if bool(where.get("cluster")) == ("databaseName" in where):
                yield f"a resource of {one['action']} is either the cluster or a databaseName (which may be empty: all)"


CUSTOM_DB_ROLE: Final = ResourceType(
    type="mongodbatlas:index/customDbRole:CustomDbRole",
    create=_ROLES.create,
    read=_ROLES.read,
    update=_ROLES.update,
    delete=_ROLES.delete,
    applied=frozenset({"actions", "inheritedRoles", "projectId", "roleName"}),
    required=frozenset({"projectId", "roleName"}),
    replace=frozenset({"projectId", "roleName"}),
    rules=(_role_rules,),
    judged_by_state=True,
    global_=True,
    not_imitated="names of actions are not checked, and nobody acts by them",
)

# Users


def _new_user(_: Cloud, inputs: Props) -> Props:
    name, database = inputs["username"], inputs["authDatabaseName"]
    if STORE.get(_USER, f"{inputs['projectId']}-{name}-{database}"):
        refuse("USER_ALREADY_EXISTS", f"A user with username {name} already exists.")
    _checked_roles(inputs)
    return {**dict.fromkeys(_KINDS, _NO), **{key: inputs[key] for key in _KINDS if key in inputs}}


def _checked_roles(inputs: Props) -> Props:
    for one in inputs["roles"]:
        name, database = one["roleName"], one["databaseName"]
        if not _exists(inputs["projectId"], name):
            refuse("ATLAS_INVALID_ROLE", f"The specified role {name}@{database} does not exist.")
    return {}


_USERS: Final = Kept(
    kind=_USER,
    id=lambda record: f"{record['projectId']}-{record['username']}-{record['authDatabaseName']}",
    made=_new_user,
    changed=lambda _, __, inputs: _checked_roles(inputs),
    hidden=frozenset({"password", "passwordWo", "passwordWoVersion"}),
    stays=frozenset(_KINDS),
    # An import may write slashes where a name has hyphens.
    written=lambda id_: id_.replace("/", "-"),
)


def _user_rules(inputs: Props) -> Iterator[str]:
    kinds = [key for key in _KINDS if inputs.get(key, _NO) != _NO]
    passwords = [key for key in ("password", "passwordWo") if key in inputs]
    if len(kinds) > 1:
        yield f"a user has one way to authenticate, got {', '.join(kinds)}"
    if kinds and passwords:
        yield f"{passwords[0]} conflicts with {kinds[0]}"
    if not kinds and len(passwords) != 1:
        yield "exactly one of password and passwordWo must be given for a user without another way to authenticate"
    wanted = _EXTERNAL if kinds and inputs.get("oidcAuthType", _NO) != "IDP_GROUP" else "admin"
    if inputs["authDatabaseName"] != wanted:
        yield f"authDatabaseName must be {wanted} for this user, got {inputs['authDatabaseName']!r}"
    if ("passwordWo" in inputs) != ("passwordWoVersion" in inputs):
        yield "passwordWo and passwordWoVersion must be specified together"


def _grant_rules(inputs: Props) -> Iterator[str]:
    if not inputs["roles"]:
        yield "roles must name one role or more"
    seen: list[Props] = []
    for one in inputs["roles"]:
        if one["roleName"] in _OF_ADMIN and one["databaseName"] != "admin":
            yield f"ATLAS_INVALID_ROLE_DATABASE: the specified role {one['roleName']} only exists for database admin"
        if one in seen:
            yield f"DUPLICATE_DATABASE_ROLES: {one['roleName']}@{one['databaseName']} is given twice"
        seen.append(one)
    for one in inputs.get("scopes", ()):
        if one["type"] not in ("CLUSTER", "DATA_LAKE", "STREAM"):
            yield f"the type of a scope must be CLUSTER, DATA_LAKE or STREAM, got {one['type']!r}"


DATABASE_USER: Final = ResourceType(
    type="mongodbatlas:index/databaseUser:DatabaseUser",
    create=_USERS.create,
    read=_USERS.read,
    update=_USERS.update,
    delete=_USERS.delete,
    applied=frozenset(
        {"authDatabaseName", "description", "labels", "projectId", "roles", "scopes", "username", *_KINDS}
    ),
    steering=frozenset({"password", "passwordWoVersion"}),
    write_only=frozenset({"passwordWo"}),
    required=frozenset({"authDatabaseName", "projectId", "roles", "username"}),
    outputs=frozenset(_KINDS),
    replace=frozenset({"authDatabaseName", "projectId", "username", *_KINDS}),
    sticky=frozenset(_KINDS),
    rules=(_user_rules, _grant_rules),
    judged_by_state=True,
    global_=True,
    not_imitated="nobody logs in; weak passwords are not refused; X.509 certificates, LDAP and identity providers",
)

TYPES: Final = (CUSTOM_DB_ROLE, DATABASE_USER)
