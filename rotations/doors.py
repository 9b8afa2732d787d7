"""The stores of a stack as a rotation reaches them: users let in, tried, counted, shut out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from psycopg import Connection

from rotations import database, redis_login
from rotations.documents import CURRENT, PENDING, PREVIOUS, Document, Documents
from rotations.targets import Target
from sizes.logins import ADMIN
from sql.roles import Login, existing
from sql.server import Server
from upgrades.run import StopError

NO_REDIS: Final = "not tried: behind the ElastiCache of the local cloud is no server to log in to"
NO_ATLAS: Final = "not tried: MongoDB is not spoken here"
LETS_IN: Final = "lets in"
REFUSED: Final = "is refused"
Connect = Callable[[str, str | None], Connection]


@dataclass(frozen=True, kw_only=True, slots=True)
class Doors:
    """How the stores of a stack are reached."""

    documents: Documents
    local: bool
    """Whether this is the local cloud, which has no servers."""
    host: str | None = None
    """The name that a PostgreSQL server's certificate is made out to; None: that of the connection secret."""
    hostaddr: str | None = None
    port: int | None = None
    root_certificate: Path = Path()

    # PostgreSQL

    def let_in(self, targets: Sequence[Target], stage: str = PENDING) -> None:
        """Make sure that the users named in a stage of the secrets are there and have its passwords."""
        for one in _of_databases(targets):
            found = self.documents.read(one, stage)
            with self._administrator(one) as connection:
                database.let_in(connection, self._connect(found), self._login(connection, one, found))

    def look(self, targets: Sequence[Target]) -> None:
        """Make sure that the databases are reached, and have the roles; raises StopError and BootstrapError."""
        missing: list[str] = []
        for one in _of_databases(targets):
            with self._administrator(one) as connection:
                missing += [] if one.login in existing(connection) else [str(one)]
        if missing:
            raise StopError(
                f"there is no role for {', '.join(missing)}: make the database ready first (datastores bootstrap)"
            )

    def change(self, targets: Sequence[Target]) -> None:
        """Give logins behind a pool, one after another, their new password, and the pool the secret that says it."""
        for one in [one for one in targets if one.pooled]:
            found = self.documents.look(one, PENDING) or self.documents.read(one)
            old = self.documents.read(one)
            with self._administrator(one) as connection:
                database.change(connection, self._connect(found), self._login(connection, one, found))
            self.documents.serve(one, PENDING)
            if old.password != found.password:
                self._refuses(one, old)

    def change_back(self, targets: Sequence[Target]) -> None:
        """Undo `change`, where no update has come after it."""
        for one in [one for one in targets if one.pooled]:
            new, old = self.documents.look(one, PENDING), self.documents.look(one, PREVIOUS)
            if new and old and self.documents.read(one).password == new.password:
                with self._administrator(one) as connection:
                    database.change(connection, self._connect(old), self._login(connection, one, old))
                self.documents.serve(one, PREVIOUS)

    def shut_out(self, targets: Sequence[Target], *, new: bool = False) -> Mapping[str, int]:
        """Take the passwords of the old users away (or of the *new*, on the way back); give the sessions that ended."""
        ended: dict[str, int] = {}
        for one in _of_databases(targets):
            if one.two_users:
                with self._administrator(one) as connection:
                    ended[str(one)] = database.shut_out(connection, one.new_user if new else one.old_user)
        return {name: count for name, count in ended.items() if count}

    def still_in_use(self, targets: Sequence[Target]) -> Mapping[str, int]:
        """Count the sessions of old users, by login."""
        found: dict[str, int] = {}
        for one in _of_databases(targets):
            if one.two_users:
                with self._administrator(one) as connection:
                    found[str(one)] = database.sessions(connection, [one.old_user]).get(one.old_user, 0)
        return {name: count for name, count in found.items() if count}

    # All stores

    def verify(self, targets: Sequence[Target], stage: str) -> Mapping[str, str]:
        """Log in with what a stage of the secrets says; what came of it, by login. Raises StopError at a refusal."""
        said: dict[str, str] = {}
        for one in targets:
            if stage == PENDING and not one.two_users:
                said[str(one)] = "not tried: its one user gets it with the switch"
                continue
            said[str(one)] = self._tried(one, self.documents.read(one, stage), wanted=True)
        return said

    def old_ones(self, targets: Sequence[Target]) -> Mapping[str, Document]:
        """Give what secrets said before the switch, of those logins whose old password can be tried."""
        found = {
            str(one): said
            for one in targets
            if not one.pooled and (said := self.documents.look(one, PREVIOUS)) and said.user == one.old_user
        }
        current = {str(one): self.documents.read(one, CURRENT) for one in targets}
        return {name: said for name, said in found.items() if said.password != current[name].password}

    def refuse(self, targets: Sequence[Target], old: Mapping[str, Document]) -> Mapping[str, str]:
        """Try the *old* passwords, which must be refused; what came of it, by login. Raises StopError if one is not."""
        said: dict[str, str] = {}
        for one in targets:
            if one.pooled:
                said[str(one)] = f"{REFUSED} since the switch"
            elif found := old.get(str(one)):
                said[str(one)] = self._tried(one, found, wanted=False)
            else:
                said[str(one)] = "not tried: its secret keeps the old password no more"
        return said

    def _tried(self, target: Target, found: Document, *, wanted: bool) -> str:
        match target.kind:
            case "atlas":
                return NO_ATLAS
            case "redis" if self.local:
                return NO_REDIS
            case "redis":
                try:
                    there = redis_login.gets_in(found.host, int(found.port or 0), found.user, found.password)
                except redis_login.UnreachableError as error:
                    return f"not tried: it cannot be reached from here ({error})"
            case "postgres":
                there = not database.is_refused(self._connect(found), found.user, found.password)
        if there is not wanted:
            what = "refuses the new password" if wanted else "still takes the old password"
            raise StopError(f"{target}: the server {what} of {found.user}")
        return LETS_IN if wanted else REFUSED

    def _refuses(self, target: Target, old: Document) -> None:
        self._tried(target, old, wanted=False)

    # How

    def _administrator(self, target: Target) -> Connection:
        found = self.documents.read(_administrator_of(target))
        return self._connect(found)(found.user, found.password)

    def _connect(self, found: Document) -> Connect:
        return Server(
            host=self.host or found.host,
            hostaddr=self.hostaddr,
            port=self.port or int(found.port or 0),
            database=found.database,
            root_certificate=self.root_certificate,
        ).connect

    def _login(self, connection: Connection, target: Target, found: Document) -> Login:
        second = None if found.user == target.login else found.user
        limit = database.limit_of(connection, target.login)
        return Login(name=target.login, connections=limit, password=found.password, second=second)


def _of_databases(targets: Sequence[Target]) -> Sequence[Target]:
    """Leave the administrator out: AWS sets its password."""
    return [one for one in targets if one.kind == "postgres" and not one.administers]


def _administrator_of(target: Target) -> Target:
    return Target(store=target.store, login=ADMIN, kind="postgres", old=1, new=2, two_users=False)
