"""Which logins a rotation is about, and which password each of them gets."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sizes.aurora import AuroraSize
from sizes.logins import ADMIN, DIRECT_LOGINS, user_of
from sizes.postgres import PostgresSize
from stacks.application import AtlasStore, PostgresStore, RedisStore, Store
from stacks.exports import export_name
from stacks.mistakes import Mistake, near, unknown
from stacks.rotating import PerLogin, logins_of
from stacks.settings import Settings

Kind = Literal["postgres", "redis", "atlas"]
SECRET: Final = "secretArn"  # noqa: S105  the name of an output
LOGIN_SECRETS: Final = "loginSecretArns"


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One login that gets another password."""

    store: str
    login: str
    kind: Kind
    old: int
    """Number of the password in use."""
    new: int
    two_users: bool
    """Whether the new password is another user's; else one user has one after the other."""

    @property
    def old_user(self) -> str:
        """Who has the password in use."""
        return user_of(self.login, self.old) if self.two_users else self._only_user

    @property
    def new_user(self) -> str:
        """Who has the new one."""
        return user_of(self.login, self.new) if self.two_users else self._only_user

    @property
    def administers(self) -> bool:
        """Whether it owns a database: AWS sets its password, SQL that of the others."""
        return self.kind == "postgres" and self.login == ADMIN

    @property
    def pooled(self) -> bool:
        """Whether its clients go through a pool, which knows it by one name."""
        return not self.two_users and not self.administers

    @property
    def output(self) -> tuple[str, str | None]:
        """Give the output of the stack that names its connection secret, and the key in it."""
        if self.kind == "redis" or self.administers:
            return export_name(self.store, SECRET), None
        return export_name(self.store, LOGIN_SECRETS), self.login

    @property
    def _only_user(self) -> str:
        return ADMIN if self.administers else user_of(self.login, self.old)

    def __str__(self) -> str:
        return f"{self.store} {self.login}"


def mistakes(settings: Settings, store: str | None, login: str | None) -> Iterator[Mistake]:
    """Say what is wrong with the store and the login that are asked for."""
    known = {one.name: one for one in settings.application.stores if logins_of(one)}
    stores = list(known.values())
    if store is not None:
        if store in {one.name for one in settings.application.stores} - known.keys():
            yield Mistake(where=("STORE",), what=f"{store!r} has no passwords: it is reached by IAM")
        elif store not in known:
            yield Mistake(where=("STORE",), what=f"{store!r} {unknown(store, 'a store with passwords', list(known))}")
        elif settings.size(known[store]) is None:
            what = f"{store!r} does not exist in {settings.phase}: it comes in a later phase"
            yield Mistake(where=("STORE",), what=what)
        stores = [known[store]] if store in known else stores
    if login is not None:
        having = [one.name for one in stores if login in logins_of(one)]
        names = list(dict.fromkeys(name for one in stores for name in logins_of(one)))
        if not having:
            hint = near(login, names) or f": they are {', '.join(names)}"
            yield Mistake(where=("--login",), what=f"must be a login of {store or settings.stack}, got {login!r}{hint}")
        elif len(having) > 1:
            yield Mistake(where=("STORE",), what=f"must be said: {', '.join(having)} have a login {login}")


def chosen(settings: Settings, store: str | None, login: str | None) -> Sequence[Target]:
    """Give the logins that are asked for, each with its next password; all of them where nothing is asked."""
    return [
        _target(one, name, _current(settings, one, name), _next(settings, one, name))
        for one in settings.application.stores
        if store in (None, one.name) and settings.size(one) is not None
        for name in logins_of(one)
        if login in (None, name)
    ]


def under_way(settings: Settings, before: PerLogin, goes_to: PerLogin) -> Sequence[Target]:
    """Give the logins of a rotation that has begun, where *before* are the numbers that it began with."""
    stores = {one.name: one for one in settings.application.stores}
    return [
        _target(stores[store], login, before.get(store, {}).get(login, 1), number)
        for store, logins in goes_to.items()
        for login, number in logins.items()
    ]


def to(targets: Sequence[Target]) -> PerLogin:
    """Give the new numbers as the stack file has them."""
    found: dict[str, dict[str, int]] = {}
    for one in targets:
        found.setdefault(one.store, {})[one.login] = one.new
    return found


def merged(rotations: PerLogin, more: PerLogin) -> PerLogin:
    """Give the numbers in use when a rotation has ended."""
    return {store: {**rotations.get(store, {}), **more.get(store, {})} for store in dict.fromkeys([*rotations, *more])}


def _current(settings: Settings, store: Store, login: str) -> int:
    return settings.rotations.get(store.name, {}).get(login, 1)


def _next(settings: Settings, store: Store, login: str) -> int:
    # A pool knows a login by one name, so its user stays: the next number that is the same user's.
    return _current(settings, store, login) + (2 if _pooled(settings, store, login) else 1)


def _target(store: Store, login: str, old: int, new: int) -> Target:
    kinds: Mapping[type, Kind] = {PostgresStore: "postgres", RedisStore: "redis", AtlasStore: "atlas"}
    kind = kinds[type(store)]
    two_users = not (kind == "postgres" and login == ADMIN) and (new - old) % 2 == 1
    return Target(store=store.name, login=login, kind=kind, old=old, new=new, two_users=two_users)


def _pooled(settings: Settings, store: Store, login: str) -> bool:
    if not isinstance(store, PostgresStore) or login in DIRECT_LOGINS or login == ADMIN:
        return False
    size = settings.size(store)
    return isinstance(size, PostgresSize | AuroraSize) and size.proxy
