"""What to do instead of an import that would replace: a sentence by type and property."""

from collections.abc import Mapping, Sequence
from typing import Final

from imports.expected import ATLAS_CLUSTER, GROUP, INDEX, INSTANCE, TABLE
from upgrades.edits import Edit

_COPY: Final = "make a copy under the stack's key and name, and import that: docs/importing.md has the commands"
_KEYS: Final = (
    "if the table is right, correct the store's schema in stacks/applications/; else let `pulumi up` make a table of "
    "another name beside it, copy the items, and switch the application"
)
_INDEX: Final = (
    "if the index is right, correct the store's schema in stacks/applications/; else give the new index another name, "
    "move its readers, and delete the old one last"
)
_WAYS: Final[Mapping[tuple[str, str], str]] = {
    **{(INSTANCE, path): _COPY for path in ("kmsKeyId", "storageEncrypted")},
    (INSTANCE, "dbName"): "the database has another name than the store's: correct it in stacks/applications/",
    **{
        (GROUP, path): f"{_COPY}; a cache needs none: let `pulumi up` make a new one, and switch the application"
        for path in ("replicationGroupId", "kmsKeyId", "atRestEncryptionEnabled", "subnetGroupName", "port")
    },
    **{(TABLE, path): _KEYS for path in ("hashKey", "rangeKey", "attributes", "localSecondaryIndexes")},
    (TABLE, "name"): "a table cannot be renamed: restore it to the store's name, and import that",
    (
        ATLAS_CLUSTER,
        "name",
    ): "a cluster cannot be renamed: say what it is called in the stack file, datastores:atlas.clusterName",
}
_SHUT_OUT: Final = "clients outside the clients' security group are shut out"
CLIENTS: Final[Mapping[tuple[str, str], str]] = {
    (INSTANCE, "passwordWoVersion"): "the administrator's password changes: who logs in with it reads the secret",
    (INSTANCE, "vpcSecurityGroupIds"): _SHUT_OUT,
    (GROUP, "securityGroupIds"): _SHUT_OUT,
    (INSTANCE, "parameterGroupName"): "ours takes TLS only",
    (GROUP, "userGroupIds"): "clients log in as the connection secret says",
}
"""What clients notice of a change that is none to the store."""
_OTHERWISE: Final = "make another one beside it, copy over, switch the application, and retire the old one last"


def way(reasons: Sequence[Edit]) -> str:
    """Say what to do instead of a replacement for these *reasons*."""
    ways = dict.fromkeys(_way(edit) for edit in reasons)
    return "; ".join(ways) or _OTHERWISE


def _way(edit: Edit) -> str:
    first = edit.path.partition(".")[0].partition("[")[0]
    return _WAYS.get((edit.type, first), _INDEX if edit.type == INDEX else _OTHERWISE)
