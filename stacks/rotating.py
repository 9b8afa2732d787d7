"""Checks of what a stack file says of rotated passwords, and what it means for a store."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast

from pydantic import ValidationInfo

from sizes.logins import ADMIN, APPLICATION, FIRST, Numbers
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Store, TableStore
from stacks.context import application_of
from stacks.mistakes import Mistake, Refusal, near, shown, unknown

Step = Literal["add", "switch"]
ADD: Final = "add"
"""The new passwords are there beside those in use."""
SWITCH: Final = "switch"
"""The connection secrets say the new ones, and the old ones still let in."""
PerLogin = Mapping[str, Mapping[str, int]]
"""Store -> login -> number of a password."""
NEVER: Final[PerLogin] = {}


def logins_of(store: Store) -> tuple[str, ...]:
    """Name the logins of a store that have a password of their own; DynamoDB and S3 have none."""
    match store:
        case PostgresStore():
            return (*store.logins, ADMIN)
        case AtlasStore():
            return tuple(store.logins)
        case RedisStore():
            return (APPLICATION,)
        case TableStore() | BucketStore():
            return ()


def numbers_of(value: object, info: ValidationInfo) -> PerLogin:
    """Check that each login is a store's, and each number one; raises Refusal with all that is wrong."""
    stores = {store.name: logins_of(store) for store in application_of(info).stores}
    known = {name: logins for name, logins in stores.items() if logins}
    if not isinstance(value, dict):
        raise Refusal(f"must be a mapping of {', '.join(known) or 'nothing'}, got {shown(value)}")
    written = cast("dict[str, Any]", value)
    if found := [mistake for store, logins in written.items() for mistake in _wrong(store, logins, stores)]:
        raise Refusal(found)
    return {store: dict(logins) for store, logins in written.items()}


def _wrong(store: str, logins: object, stores: Mapping[str, Sequence[str]]) -> Iterator[Mistake]:
    known = [name for name, names in stores.items() if names]
    if not stores.get(store):
        reason = "has no logins" if store in stores else unknown(store, "a store with logins", known)
        yield Mistake(where=(store,), what=reason)
        return
    if not isinstance(logins, dict):
        yield Mistake(where=(store,), what=f"must be a mapping of {', '.join(stores[store])}, got {shown(logins)}")
        return
    for login, number in cast("dict[str, object]", logins).items():
        if login not in stores[store]:
            what = f"must be a login of {store}, got {shown(login)}{near(login, stores[store])}"
            yield Mistake(where=(store, login), what=what)
        elif not isinstance(number, int) or isinstance(number, bool) or number < 1:
            yield Mistake(where=(store, login), what=f"must be a whole number from 1 on, got {shown(number)}")


def numbers(rotations: PerLogin, step: Step | None, to: PerLogin, store: str) -> Mapping[str, Numbers]:
    """Give the passwords of those logins of a store that were rotated, or are."""
    now, then = rotations.get(store, {}), to.get(store, {})
    found = {login: Numbers(current=number) for login, number in now.items()}
    for login, number in then.items():
        current = found.get(login, FIRST).current
        found[login] = (
            Numbers(current=current, pending=number) if step == ADD else Numbers(current=number, former=current)
        )
    return found


def not_before(to: PerLogin, rotations: PerLogin) -> Iterator[Mistake]:
    """Say which numbers are no later ones than those in use."""
    for store, logins in to.items():
        for login, number in logins.items():
            if number <= (current := rotations.get(store, {}).get(login, 1)):
                what = f"must be more than {current}, the number of the password in use, got {number}"
                yield Mistake(where=("to", store, login), what=what)
