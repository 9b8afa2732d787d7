"""
What readiness is made of: areas and their weights, what is looked at in each, and what blocks.

Areas, weights, the bound and the blockers are those of devmentor's owners, who gate their beta on them. What is looked
at within an area, and how much each part counts there, is ours.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readiness import proofs, proofs_of_operation
from readiness.proofs import Proof
from readiness.situation import Situation


class Area(StrEnum):
    """What is weighted, in the order of its weight."""

    SCHEMA = "schema"
    MIGRATIONS = "migrations"
    PERFORMANCE = "performance"
    SECURITY = "security"
    OPERATIONS = "operations"


class Kind(StrEnum):
    """What an input may be."""

    YES_OR_NO = "true or false"
    PERCENT = "a number from 0 to 100"


WEIGHTS: Final[Mapping[Area, int]] = {
    Area.SCHEMA: 30,
    Area.MIGRATIONS: 25,
    Area.PERFORMANCE: 20,
    Area.SECURITY: 15,
    Area.OPERATIONS: 10,
}
"""Percent of the score; devmentor's owners'."""
GO: Final = 70
"""The score from which it is a go, where nothing blocks; devmentor's owners'."""
WHOSE: Final = (
    "Areas, weights, the bound and the blockers are those of devmentor's owners; what counts in an area is ours."
)
STALE_AFTER_DAYS: Final = 90
"""Days after which an input counts no more; ours."""


def _always(_: Situation) -> str:
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Criterion:
    """One thing that is looked at."""

    name: str
    """As the file of inputs calls it."""
    area: Area
    points: int
    """Of the 100 of its area; ours."""
    claim: str
    """What holds where it is met; follows its name."""
    proof: Proof | None = None
    """How the stack proves it; None: nothing that it has could."""
    kind: Kind | None = None
    """What its owner says where it is not proved; None: nobody's word stands for the proof."""
    asked: Callable[[Situation], str] = _always
    """Why the application is not asked; empty: it is."""
    blocker: str = ""
    """What there is while it is not met, whatever the score; empty: it blocks nothing."""

    def __post_init__(self) -> None:
        """Reject what nobody could meet, or could meet in part."""
        if self.proof is None and self.kind is None:
            raise ValueError(f"{self.name} must have a proof or an input")
        if self.blocker and self.kind is not Kind.YES_OR_NO:
            raise ValueError(f"{self.name} blocks, so its input must be {Kind.YES_OR_NO}")


CRITERIA: Final[Sequence[Criterion]] = (
    Criterion(
        name="schema-declared",
        area=Area.SCHEMA,
        points=20,
        claim="what migrations build upon is declared: bootstrap SQL, keys of tables",
        proof=proofs.declared,
    ),
    Criterion(
        name="tables-complete",
        area=Area.SCHEMA,
        points=40,
        claim="share of the tables and collections that the design lists which exist",
        kind=Kind.PERCENT,
    ),
    Criterion(
        name="one-authentication-schema",
        area=Area.SCHEMA,
        points=20,
        claim="users and sessions are kept in one schema",
        kind=Kind.YES_OR_NO,
        asked=proofs.has_database,
        blocker="two authentication schemas",
    ),
    Criterion(
        name="memory-in-postgresql",
        area=Area.SCHEMA,
        points=20,
        claim="memory (documents, chunks, embeddings) is kept in PostgreSQL",
        kind=Kind.YES_OR_NO,
        asked=proofs.has_vectors,
        blocker="memory not in PostgreSQL",
    ),
    Criterion(
        name="migrator",
        area=Area.MIGRATIONS,
        points=20,
        claim="migrations have a login of their own",
        proof=proofs.migrator,
    ),
    Criterion(
        name="migration-framework",
        area=Area.MIGRATIONS,
        points=40,
        claim="a migration framework makes every change of the schema",
        kind=Kind.YES_OR_NO,
        blocker="no migration framework",
    ),
    Criterion(
        name="rollbacks-tested",
        area=Area.MIGRATIONS,
        points=40,
        claim="share of the migrations whose rollback was tested",
        kind=Kind.PERCENT,
    ),
    Criterion(
        name="statements-watched",
        area=Area.PERFORMANCE,
        points=20,
        claim="statements are counted, and slow ones raise an alarm",
        proof=proofs.statements,
    ),
    Criterion(
        name="stores-watched",
        area=Area.PERFORMANCE,
        points=20,
        claim="every store that can run out of something has alarms",
        proof=proofs.watched,
    ),
    Criterion(
        name="performance-baseline",
        area=Area.PERFORMANCE,
        points=40,
        claim="latency and throughput were measured, and the figures are kept",
        kind=Kind.YES_OR_NO,
        blocker="no performance baseline",
    ),
    Criterion(
        name="load-tested",
        area=Area.PERFORMANCE,
        points=20,
        claim="a load test carried what the phase is made for",
        kind=Kind.YES_OR_NO,
    ),
    Criterion(
        name="policies-hold",
        area=Area.SECURITY,
        points=40,
        claim="no mandatory control on encryption, network and access is violated or in doubt",
        proof=proofs.policies,
    ),
    Criterion(
        name="logins-apart",
        area=Area.SECURITY,
        points=10,
        claim="every service has a login of its own",
        proof=proofs.logins,
    ),
    Criterion(
        name="audit-trail",
        area=Area.SECURITY,
        points=20,
        claim="what is done to a database is traced: pgaudit and an audit trail, or auditing of Atlas",
        proof=proofs.audited,
    ),
    Criterion(
        name="application-reviewed",
        area=Area.SECURITY,
        points=30,
        claim="share of what a review asks of the application that is done: encrypted columns, rows apart, tokens",
        kind=Kind.PERCENT,
    ),
    Criterion(
        name="backups",
        area=Area.OPERATIONS,
        points=20,
        claim="every store that is more than a cache has backups",
        proof=proofs_of_operation.backed_up,
    ),
    Criterion(
        name="restore-tests-planned",
        area=Area.OPERATIONS,
        points=10,
        claim="AWS Backup restores the newest backup every so often",
        proof=proofs_of_operation.tests_planned,
    ),
    Criterion(
        name="alarms-heard",
        area=Area.OPERATIONS,
        points=20,
        claim="alarms reach somebody",
        proof=proofs_of_operation.heard,
    ),
    Criterion(
        name="restore-tested",
        area=Area.OPERATIONS,
        points=30,
        claim="a backup was restored, and what came back was looked at",
        proof=proofs_of_operation.drilled,
        kind=Kind.YES_OR_NO,
        blocker="backup and restore not tested",
    ),
    Criterion(
        name="runbook",
        area=Area.OPERATIONS,
        points=20,
        claim="whoever is called at night has a runbook",
        kind=Kind.YES_OR_NO,
    ),
)
"""Those of an area add up to 100 points; what an application is not asked is shared out among the others."""
