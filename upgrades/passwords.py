"""Passwords that a rotation retires: what is a loss of any other resource is what a rotation ends with."""

from collections.abc import Collection
from typing import Final

from upgrades.edits import Edit, Operation

PASSWORD: Final = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type, no password
VERSION: Final = "aws:secretsmanager/secretVersion:SecretVersion"
ROTATION: Final = "rotation"
"""The keeper that a password of a rotation has, and a first one has not."""


def retired(edit: Edit, edits: Collection[Edit]) -> bool:
    """
    Say whether a deleted password is one of a rotation that no client reads any more.

    Clients read it as long as the same update changes what the connection secret says.
    """
    keepers = edit.was.get("keepers") or {}
    if edit.type != PASSWORD or ROTATION not in keepers:
        return False
    secret = f"{edit.name.removesuffix(f'-password-{keepers[ROTATION]}')}-secret-value"
    return not any(
        one.type == VERSION and one.name == secret and one.operation is not Operation.UNTOUCHED for one in edits
    )
