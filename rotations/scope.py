"""What a rotation may change, and what somebody else's change in the same preview is."""

from collections.abc import Collection, Iterable
from typing import Final

from upgrades.edits import Edit, Operation
from upgrades.passwords import PASSWORD, VERSION

_OF_LOGINS: Final = frozenset(
    {
        PASSWORD,
        VERSION,
        "aws:elasticache/user:User",
        "aws:elasticache/userGroup:UserGroup",
        "mongodbatlas:index/databaseUser:DatabaseUser",
    }
)
_OF_DATABASES: Final = frozenset({"passwordWo", "passwordWoVersion", "masterPasswordWo", "masterPasswordWoVersion"})


def beyond(edits: Iterable[Edit], stores: Collection[str]) -> list[str]:
    """Name the resources that a preview changes, and a rotation of the logins of *stores* does not."""
    return list(dict.fromkeys(edit.resource for edit in edits if not _ours(edit, stores)))


def _ours(edit: Edit, stores: Collection[str]) -> bool:
    if edit.operation is Operation.UNTOUCHED:
        return True
    of_store = any(edit.name.startswith(f"{store}-") for store in stores)
    return of_store and (edit.type in _OF_LOGINS or edit.path in _OF_DATABASES)
