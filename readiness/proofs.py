"""What a stack proves of its readiness: each proof names the resources, files and controls that it rests on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from policies.control import Group, Level
from readiness.situation import Resource, Situation
from sql.manifest import SCRIPTS
from stacks.application import MIGRATOR, AtlasStore, BucketStore, PostgresStore, TableStore

ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
ATLAS_ALERT: Final = "mongodbatlas:index/alertConfiguration:AlertConfiguration"
CLUSTER: Final = "aws:rds/cluster:Cluster"
INSTANCE: Final = "aws:rds/instance:Instance"
PARAMETERS: Final = ("aws:rds/parameterGroup:ParameterGroup", "aws:rds/clusterParameterGroup:ClusterParameterGroup")
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 # the type of a resource
TABLE: Final = "aws:dynamodb/table:Table"
ATLAS_AUDITING: Final = "mongodbatlas:index/auditing:Auditing"
ATLAS_USER: Final = "mongodbatlas:index/databaseUser:DatabaseUser"
ATLAS_CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
AUDIT_TRAIL: Final = "shared/60-audit"
VECTORS: Final = "shared/35-vector"
DR: Final = "-dr-"
"""In the names of what is in the DR region: it repeats what the home region has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """Something that proves a part, and where to look at it."""

    what: str
    where: str
    """A resource as `type::name`, a file of the repository, or a command."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a proof found."""

    evidence: Sequence[Evidence] = ()
    lacking: Sequence[str] = ()
    """What is missing; nothing: it is proved."""
    not_asked: str = ""
    """Why the stack is not asked; empty: it is."""
    refuted: bool = False
    """It is shown not to hold, so that nobody's word counts."""


Proof = Callable[[Situation], Answer]


def place_of(resource: Resource) -> str:
    """Name a resource as people look for it."""
    return f"{resource['type']}::{resource['name']}"


def _answer(found: Iterator[Evidence | str], *, nothing: str) -> Answer:
    """Tell evidence from what is missing; *nothing* says why nobody was asked."""
    parts = list(found)
    if not parts:
        return Answer(not_asked=nothing)
    return Answer(
        evidence=[part for part in parts if isinstance(part, Evidence)],
        lacking=[part for part in parts if isinstance(part, str)],
    )


def _databases(situation: Situation) -> list[PostgresStore]:
    return [store for store in situation.stores if isinstance(store, PostgresStore)]


def _scripts(situation: Situation, store: PostgresStore) -> tuple[str, ...]:
    return SCRIPTS.get((situation.settings.application.name, store.name), ())


NO_DATABASE: Final = "the stack has no PostgreSQL"


def has_database(situation: Situation) -> str:
    """Say why a criterion about PostgreSQL is not asked; empty: it is."""
    return "" if _databases(situation) else NO_DATABASE


def has_vectors(situation: Situation) -> str:
    """Say why a criterion about memory is not asked: only what bootstrap SQL gives vectors to has any."""
    if any(VECTORS in _scripts(situation, store) for store in _databases(situation)):
        return ""
    return "no bootstrap SQL of the application has vectors, so it has no memory to keep"


# Schema and migrations


def declared(situation: Situation) -> Answer:
    """Databases have bootstrap SQL, and tables of DynamoDB their keys."""

    def found() -> Iterator[Evidence | str]:
        for store in situation.stores:
            if isinstance(store, TableStore):
                yield from (Evidence(what="keys and indexes", where=place_of(one)) for one in _of(TABLE, store.name))
            elif isinstance(store, PostgresStore):
                scripts = _scripts(situation, store)
                yield from (Evidence(what="schemas, roles and jobs", where=f"sql/{one}.sql") for one in scripts)
                if not scripts:
                    yield f"{store.name} has no bootstrap SQL (sql/manifest.py)"

    def _of(type_: str, store: str) -> list[Resource]:
        return situation.of(type_, store)

    return _answer(found(), nothing="no store of the stack has a schema that it could declare")


def migrator(situation: Situation) -> Answer:
    """Every database has a login that changes tables, and nobody else does."""
    return _answer(_logins(situation, lambda _: (MIGRATOR,)), nothing=NO_LOGINS)


def logins(situation: Situation) -> Answer:
    """Every service has a login of its own."""
    return _answer(_logins(situation, lambda store: tuple(store.logins)), nothing=NO_LOGINS)


NO_LOGINS: Final = "the stack has no database that anybody logs in to by name"


def _logins(
    situation: Situation, names: Callable[[PostgresStore | AtlasStore], Sequence[str]]
) -> Iterator[Evidence | str]:
    for store in situation.stores:
        if not isinstance(store, PostgresStore | AtlasStore):
            continue
        type_, ending = (SECRET, "secret") if isinstance(store, PostgresStore) else (ATLAS_USER, "user")
        there = {one["name"]: one for one in situation.of(type_, store.name)}
        for login in names(store):
            found = there.get(f"{store.name}-{login}-{ending}")
            if found is None:
                yield f"{store.name} has no login {login}"
            else:
                yield Evidence(what=f"login {login}", where=place_of(found))


# Performance


def statements(situation: Situation) -> Answer:
    """Statements are counted, and slow ones raise an alarm."""

    def found() -> Iterator[Evidence | str]:
        for store in _databases(situation):
            yield _preloaded(situation, store, "pg_stat_statements")
            slow = [one for one in situation.of(ALARM, store.name) if one["name"].endswith("-slow-statements-alarm")]
            if not slow:
                yield f"{store.name} has no alarm on slow statements"
            yield from (Evidence(what="slow statements", where=place_of(one)) for one in slow)

    return _answer(found(), nothing=NO_DATABASE)


def _preloaded(situation: Situation, store: PostgresStore, library: str) -> Evidence | str:
    for type_ in PARAMETERS:
        for group in situation.of(type_, store.name):
            for parameter in group["inputs"].get("parameters", ()):
                loads = parameter.get("name") == "shared_preload_libraries"
                if loads and library in str(parameter.get("value")).split(","):
                    return Evidence(what=f"loads {library}", where=place_of(group))
    return f"{store.name} does not load {library}"


def watched(situation: Situation) -> Answer:
    """Every store that can run out of something has alarms."""

    def found() -> Iterator[Evidence | str]:
        for store in situation.stores:
            if isinstance(store, BucketStore):
                continue  # it has no bound
            alarms = [*situation.of(ALARM, store.name), *situation.of(ATLAS_ALERT, store.name)]
            if not alarms:
                yield f"{store.name} has no alarm"
            else:
                first = place_of(alarms[0])
                more = f" and {len(alarms) - 1} more" if len(alarms) > 1 else ""
                yield Evidence(what=f"alarms of {store.name}", where=f"{first}{more}")

    return _answer(found(), nothing="the stack has no store that can run out of anything")


# Security


def policies(situation: Situation) -> Answer:
    """No mandatory control on encryption, network and access is violated or in doubt."""
    groups = {Group.ENCRYPTION, Group.NETWORK, Group.ACCESS}
    report = situation.report
    lacking = [
        f"{one.finding.called} on {one.finding.name}: {one.finding.message}"
        for one in (*report.violations, *report.cannot_tell)
        if one.level is Level.MANDATORY and one.finding.control.group in groups
    ]
    held = sum(one.control.group in groups for one in report.passed)
    exempted = sum(one.finding.control.group in groups for one in report.exempted)
    what = f"{held} verdicts on encryption, network and access hold" + (f", {exempted} exempted" if exempted else "")
    return Answer(evidence=[Evidence(what=what, where=f"datastores check {situation.settings.stack}")], lacking=lacking)


def audited(situation: Situation) -> Answer:
    """Trace what is done to a database: by pgaudit and the audit trail of its bootstrap SQL, or by Atlas."""

    def found() -> Iterator[Evidence | str]:
        for store in _databases(situation):
            yield _preloaded(situation, store, "pgaudit")
            if AUDIT_TRAIL in _scripts(situation, store):
                yield Evidence(what="audit trail", where=f"sql/{AUDIT_TRAIL}.sql")
            else:
                yield f"the bootstrap SQL of {store.name} has no audit trail"
        for store in situation.stores:
            if isinstance(store, AtlasStore):
                auditing = situation.of(ATLAS_AUDITING, store.name)
                yield from (Evidence(what="auditing of Atlas", where=place_of(one)) for one in auditing)
                if not auditing:
                    yield f"{store.name} is not audited: its tier has no auditing"

    return _answer(found(), nothing="the stack has no database that could be audited")
