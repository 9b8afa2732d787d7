"""Which stores a drill tries: those that were asked for, or all that must come back; and how each is looked at."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

from drills import caching, postgres, questions
from drills.duty import is_cache, stores_of
from drills.questions import Question
from drills.report import Check, StoreDrill, not_covered
from drills.run import Asked, Looks
from restores.reading import source_of
from restores.window import Kind
from sizes.atlas import SharedAtlasSize
from sql.errors import BootstrapError
from sql.server import Server
from sql.stack import database
from stacks.application import BucketStore, PostgresStore, Store
from stacks.generations import FIRST, called
from stacks.mistakes import Mistake, unknown
from stacks.places import prefix
from stacks.settings import Settings

CACHE: Final = "a cache: what it holds can be computed again (name it to have it restored all the same)"
SHARED: Final = "it is on servers that Atlas shares between customers, and has no log of changes: by hand"
BUCKET: Final = "S3 keeps the versions of objects: get one back by hand"
LOCAL_DATABASE: Final = "the local cloud has no PostgreSQL behind its RDS"
LOCAL_CACHE: Final = "the local cloud has no Redis behind its ElastiCache"
NO_CERTIFICATE: Final = "--root-certificate FILE says whom to trust"

State = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Means:
    """What a drill has to look with."""

    local: bool
    root_certificate: Path | None
    checks: Path | None
    """Another file than the application's own in `sql/`."""
    client: Callable[[str], Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """What a drill tries, and what is known of the rest without trying."""

    asked: Sequence[Asked]
    told: Sequence[StoreDrill]


def mistakes(settings: Settings, names: Sequence[str]) -> Iterator[Mistake]:
    """Say which names are no stores of the stack."""
    there = sorted(store.name for store in stores_of(settings))
    for name in names:
        if name not in there:
            yield Mistake(where=("STORE",), what=f"{name!r} {unknown(name, f'a store of {settings.stack}', there)}")
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Mistake(where=("STORE",), what=f"names {name} twice")


def planned(settings: Settings, names: Sequence[str], resources: Sequence[State], means: Means) -> Planned:
    """Sort stores into those to try and those that are told of; raises SettingsError for a file that is no checks."""
    asked: list[Asked] = []
    told: list[StoreDrill] = []
    for store in stores_of(settings):
        if names and store.name not in names:
            continue
        one = _planned(settings, store, resources, means, named=bool(names))
        (asked if isinstance(one, Asked) else told).append(one)  # pyright: ignore[reportArgumentType]  # each into its own
    return Planned(asked=asked, told=told)


def _planned(
    settings: Settings, store: Store, resources: Sequence[State], means: Means, *, named: bool
) -> Asked | StoreDrill:
    if isinstance(settings.size(store), SharedAtlasSize):
        return not_covered(store.name, Kind.ATLAS, SHARED)
    if isinstance(store, BucketStore):
        return not_covered(store.name, "bucket", BUCKET)
    used = settings.restores.get(store.name, FIRST).used
    source = source_of(resources, called(store.name, used), prefix=prefix(settings))
    kind = source.kind if source else "store"
    if is_cache(store) and not named:
        return StoreDrill(store=store.name, kind=kind, source=source.id if source else "", not_asked=CACHE)
    if source is None:
        return not_covered(store.name, kind, "it is not deployed (pulumi up)")
    return Asked(source=replace(source, store=store.name), looks=_looks(settings, store, resources, means))


def _looks(settings: Settings, store: Store, resources: Sequence[State], means: Means) -> Looks:
    return Looks(
        database=lambda host: _look_at_database(settings, store, means, host),
        cache=lambda host, port: _look_at_cache(store, resources, means, host, port),
    )


def _look_at_database(settings: Settings, store: Store, means: Means, host: str) -> Iterator[Check]:
    """Connect as the administrator, whose password a restored database has kept."""
    if not isinstance(store, PostgresStore):
        raise TypeError(f"{store.name} is no database")
    if means.local:
        return iter((postgres.no_connection(LOCAL_DATABASE),))
    if means.root_certificate is None:
        return iter((postgres.no_connection(NO_CERTIFICATE),))
    try:
        secret = database(settings, store).administrator
    except BootstrapError as error:
        return iter((postgres.no_connection(str(error)),))

    def connect(at: str) -> Callable[[], Connection]:
        server = Server(host=at, hostaddr=None, port=secret.port, database=secret.dbname, root_certificate=certificate)
        return lambda: server.connect(secret.username, secret.password)

    certificate = means.root_certificate
    return postgres.looked_at(connect(secret.host), connect(host), asked_of(settings, store, means))


def asked_of(settings: Settings, store: Store, means: Means) -> tuple[Question, ...]:
    """Give the application's questions about a database: those of a file that was named, or of its own."""
    file = means.checks or questions.file_of(settings.application.name, store.name)
    return questions.read(file) if means.checks or file.is_file() else ()


def _look_at_cache(store: Store, resources: Sequence[State], means: Means, host: str, port: int) -> Iterator[Check]:
    if means.local:
        return iter((caching.no_connection(LOCAL_CACHE),))
    try:
        secret = caching.login_of(means.client, resources, store.name)
    except caching.NoLoginError as error:
        return iter((caching.no_connection(str(error)),))
    return caching.looked_at(secret, host, port, ssl.create_default_context())
