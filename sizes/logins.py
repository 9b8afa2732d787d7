"""Logins of stores, and the numbers of their passwords."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sizes.limits import refuse

ADMIN: Final = "datastores"
"""The login that owns a PostgreSQL database; applications get logins of their own."""
APPLICATION: Final = "application"
"""The one login of a Redis store."""
SECOND: Final = "_b"
"""
What the name of a login's second user ends in.

PostgreSQL, Atlas and write-only arguments have one password for a user, so that a new password is another user's, and
the two take turns.
"""


DIRECT_LOGINS: Final = frozenset({"migrator", "monitoring"})
"""
Logins that go to the database itself.

Migrations take locks and settings for a session, which a pool would pin or share; monitoring must see the database when
the pool does not work.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """Which passwords of a login there are, from 1 on; an odd one is its first user's, an even one its second's."""

    current: int = 1
    """What the connection secret says."""
    pending: int | None = None
    """Made, and not in use yet."""
    former: int | None = None
    """In use no longer, and valid until it is retired."""

    def __post_init__(self) -> None:
        """Reject numbers that no rotation goes through."""
        refuse(
            (
                f"current must be 1 or more, got {self.current}" if self.current < 1 else None,
                f"pending must be more than {self.current}, got {self.pending}"
                if self.pending is not None and self.pending <= self.current
                else None,
                f"former must be less than {self.current}, got {self.former}"
                if self.former is not None and not 0 < self.former < self.current
                else None,
            )
        )

    @property
    def all(self) -> tuple[int, ...]:
        """The numbers of the passwords that there are, in order."""
        return tuple(sorted(one for one in (self.current, self.pending, self.former) if one is not None))


FIRST: Final = Numbers()
"""A login that was never rotated."""
UNROTATED: Final[Mapping[str, Numbers]] = {}


def user_of(login: str, number: int) -> str:
    """Give the user that has a login's password of this number."""
    return login if number % 2 else f"{login}{SECOND}"


def users_of(login: str) -> tuple[str, str]:
    """Give both users of a login."""
    return (user_of(login, 1), user_of(login, 2))
