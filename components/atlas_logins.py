"""Logins of a MongoDB Atlas cluster: each with a password, a connection secret, and no more rights than it needs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pulumi_mongodbatlas as atlas
from pulumi import Input, Output
from pulumi_mongodbatlas import CustomDbRoleActionArgs as ActionArgs
from pulumi_mongodbatlas import CustomDbRoleActionResourceArgs as PlaceArgs
from pulumi_mongodbatlas import DatabaseUserRoleArgs as RoleArgs

from components.atlas_shared import Shared
from components.secrets import ConnectionArgs, ConnectionSecret, generated_passwords
from sizes.atlas import AtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.logins import FIRST

READING: Final = ("FIND", "LIST_INDEXES", "COLL_STATS")
# Atlas documentation, "Custom Role Actions".
ACTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "read": READING,
    "readWrite": (*READING, "INSERT", "UPDATE", "REMOVE"),
    "changeStreams": (*READING, "CHANGE_STREAM"),
}
"""What a role may do where none of MongoDB's own is as narrow."""
OPTIONS: Final = "retryWrites=true&w=majority"
ANALYTICS: Final = "readPreference=secondary&readPreferenceTags=nodeType:ANALYTICS"
"""Reports go to nodes that do nothing else."""


def login(shared: Shared, name: str, host: Input[str], clusters: Sequence[atlas.AdvancedCluster]) -> ConnectionSecret:
    """Make a login of the store's clusters, two users during a rotation, and say in a secret how it connects."""
    logical, args = f"{shared.name}-{name}", shared.args
    grants = args.logins[name]
    passwords = generated_passwords(
        logical, name, args.rotations.get(name, FIRST), args.protection, parent=shared.parent
    )
    roles = list(_roles(shared, logical, grants))
    for number in passwords.numbers.all:
        user = passwords.user(number)
        atlas.DatabaseUser(
            f"{logical}-user{user.removeprefix(name).replace('_', '-')}",
            project_id=shared.project_id,
            username=user,
            auth_database_name="admin",
            password_wo=passwords.known[number].result,
            password_wo_version=number,
            roles=roles,
            scopes=[{"name": cluster.name, "type": "CLUSTER"} for cluster in clusters],
            opts=shared.child,
        )
    facts = {
        "engine": "mongodb",
        "scheme": "mongodb+srv",
        "host": host,
        "database": _database(shared, grants),
        "authSource": "admin",
        "tls": True,
        "options": _options(shared, grants),
    }
    return ConnectionSecret(
        logical,
        ConnectionArgs(
            key_arn=args.key_arn,
            account=args.account,
            protection=args.protection,
            facts=facts,
            passwords=passwords,
        ),
        opts=shared.child,
    )


def _database(shared: Shared, grants: tuple[AtlasGrant, ...]) -> str:
    """Give the store's database, or the first that the login may do something in."""
    found = [grant.database for grant in grants]
    return shared.args.database if shared.args.database in found else found[0]


def _roles(shared: Shared, logical: str, grants: tuple[AtlasGrant, ...]) -> Iterator[RoleArgs]:
    """Give MongoDB's own roles for whole databases, and one of ours for what is narrower."""
    narrow = [grant for grant in grants if not _is_own(grant)]
    for grant in grants:
        if _is_own(grant):
            yield RoleArgs(role_name=grant.role, database_name=grant.database)
    if narrow:
        yield RoleArgs(role_name=_custom_role(shared, logical, narrow), database_name="admin")


def _is_own(grant: AtlasGrant) -> bool:
    """Say whether MongoDB has just this role."""
    return grant.role != "changeStreams" and grant.collection is None


def _custom_role(shared: Shared, logical: str, grants: list[AtlasGrant]) -> Output[str]:
    places = {
        action: dict.fromkeys(
            (grant.database, grant.collection or "") for grant in grants if action in ACTIONS[grant.role]
        )
        for action in dict.fromkeys(action for grant in grants for action in ACTIONS[grant.role])
    }
    return atlas.CustomDbRole(
        f"{logical}-role",
        project_id=shared.project_id,
        role_name=logical,
        actions=[
            ActionArgs(
                action=action,
                resources=[PlaceArgs(database_name=database, collection_name=name) for database, name in found],
            )
            for action, found in places.items()
        ],
        opts=shared.child,
    ).role_name


def _options(shared: Shared, grants: tuple[AtlasGrant, ...]) -> str:
    """Send those who only read to the nodes for reports, where there are any."""
    size = shared.args.size
    reports = isinstance(size, AtlasSize) and size.analytics_nodes > 0
    only_reads = all(grant.role in {"read", "changeStreams"} for grant in grants)
    return f"{OPTIONS}&{ANALYTICS}" if reports and only_reads else OPTIONS
