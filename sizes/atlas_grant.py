"""What a login of a MongoDB Atlas cluster may do, and where."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from sizes.limits import refuse

AtlasRole = Literal["read", "readWrite", "changeStreams", "dbAdmin"]
RESERVED: Final = frozenset({"admin", "config", "local"})
"""Databases of MongoDB's own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AtlasGrant:
    """A role in one database, or in one of its collections only."""

    role: AtlasRole
    """`changeStreams` reads, and follows what changes; `dbAdmin` manages collections and indexes, and reads none."""
    database: str
    collection: str | None = None
    """Null: every collection of the database."""

    def __post_init__(self) -> None:
        """Reject what Atlas would reject or what gives too much, with all that is wrong at once."""
        known = get_args(AtlasRole)
        refuse(
            (
                None if self.role in known else f"role must be one of {', '.join(known)}, got {self.role!r}",
                f"database must be one of the application's, got {self.database!r}"
                if not self.database or self.database in RESERVED
                else None,
                "collection must have a name, or be null for every one, got ''" if self.collection == "" else None,
                f"dbAdmin is of a whole database, got collection {self.collection!r}"
                if self.role == "dbAdmin" and self.collection
                else None,
            )
        )
