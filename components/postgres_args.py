"""What the caller of `Postgres` decides, and what its parts agree on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pulumi import Input

from components.generations import Beside
from components.place import Account, DrPlace, Place
from sizes.aurora import AuroraSize
from sizes.logins import ADMIN, FIRST, UNROTATED, Numbers
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove, Writer
from sizes.protection import Protection

PORT: Final = 5432
# UTC; the backup comes first and the two do not overlap, which RDS would refuse.
BACKUP_WINDOW: Final = "02:00-03:00"
MAINTENANCE_WINDOW: Final = "sun:04:00-sun:05:00"
ENHANCED_MONITORING_SECONDS: Final = 60
INSIGHTS_DAYS: Final = 7
"""Retention of Performance Insights that costs nothing."""
CERTIFICATE: Final = "rds-ca-rsa2048-g1"
NO_EXTENDED_SUPPORT: Final = "open-source-rds-extended-support-disabled"
"""A version that has come to its end is upgraded, not paid for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RestoreToTime:
    """Make the database as another one was at a moment."""

    source: Input[str]
    """Identifier of the instance or cluster, which must be of the kind that the size asks for."""
    time: str | None
    """In UTC, such as `2026-11-26T02:00:00Z`; None: the latest that can be restored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FromSnapshot:
    """Make the database of a snapshot."""

    snapshot: Input[str]
    """Identifier or ARN of a snapshot of an instance or a cluster, as the size asks for."""


Restore = RestoreToTime | FromSnapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresArgs:
    """What the caller decides. Everything else is the component's opinion."""

    size: PostgresSize | AuroraSize | PostgresMove
    protection: Protection
    database: str
    preload: Sequence[str]
    """Further libraries that PostgreSQL loads at its start, such as `pg_cron`."""
    prefix: str
    """What physical names begin with, such as `clubapp-dev`."""
    account: Account
    place: Place
    key_arn: Input[str]
    """Encrypts secrets, logs and Performance Insights, and the data where `data_key_arn` says nothing else."""
    data_key_arn: Input[str] | None = None
    """Another key for the data: storage, and with it snapshots, backups in the region and replicas."""
    logins: Sequence[str] = ()
    """Roles that log in, each with a password and a connection secret of its own; the bootstrap SQL makes them."""
    rotations: Mapping[str, Numbers] = field(default_factory=lambda: UNROTATED)
    """The passwords of those logins, or of the administrator, that were rotated."""
    dr: DrPlace | None = None
    """Needed by `dr_backups`, and by `dr_readers` with a network in it."""
    restore: Restore | None = None
    """
    What the database is made of, in place of nothing.

    It counts when the database is made and never again: adding, changing or removing it later replaces nothing (the
    provider alone would make a new database of each of these).
    """

    leaving: Protection | None = None
    """How hard to lose the one of an instance and a cluster is that takes no writes; None: as the rest."""
    generation: int = 1
    """Which one in a row the database is: names have the number from the second on."""
    beside: Beside | None = None
    """A second one, made of a backup of this one."""

    def __post_init__(self) -> None:
        """Reject a size that asks for another region without one, with all that is wrong at once."""
        if problems := list(self._problems()):
            raise ValueError("; ".join(problems))

    @property
    def instance(self) -> PostgresSize | None:
        """The instance, where there is one."""
        match self.size:
            case PostgresSize():
                return self.size
            case PostgresMove():
                return self.size.instance
            case AuroraSize():
                return None

    @property
    def cluster(self) -> AuroraSize | None:
        """The cluster, where there is one."""
        match self.size:
            case PostgresSize():
                return None
            case PostgresMove():
                return self.size.cluster
            case AuroraSize():
                return self.size

    @property
    def writer(self) -> Writer:
        """Which of the two the connection secrets name."""
        match self.size:
            case PostgresSize():
                return "instance"
            case PostgresMove():
                return self.size.writer
            case AuroraSize():
                return "cluster"

    @property
    def data_key(self) -> Input[str]:
        """
        The key of what holds data.

        Logs and Performance Insights stay with `key_arn`: CloudWatch Logs uses no key whose policy does not name it,
        and only that of our own key is ours to write.
        """
        return self.key_arn if self.data_key_arn is None else self.data_key_arn

    @property
    def proxy(self) -> bool:
        """Whether connections are pooled; a move has the same answer on both sides."""
        return self.size.cluster.proxy if isinstance(self.size, PostgresMove) else self.size.proxy

    def numbers(self, login: str) -> Numbers:
        """Give the numbers of a login's passwords."""
        return self.rotations.get(login, FIRST)

    def _problems(self) -> Iterator[str]:
        backups = bool(self.instance and self.instance.dr_backups)
        readers = self.cluster.dr_readers if self.cluster else 0
        if (backups or readers) and self.dr is None:
            yield f"{'dr_backups' if backups else 'dr_readers'} need a DR region: set dr, got None"
        if self.beside and isinstance(self.size, PostgresMove):
            yield "a database on its way to Aurora cannot be restored: end the move, or take it back"
        if self.dr and self.dr.region == self.account.region:
            yield f"dr must be in another region than the database, got {self.dr.region} for both"
        if readers and self.dr and self.dr.place is None:
            yield "dr_readers need a network in the DR region: set dr.place, got None"
        if len(set(self.logins)) != len(self.logins) or ADMIN in self.logins:
            yield f"logins must differ, from each other and from {ADMIN}, got {', '.join(self.logins)}"
        if strangers := self.rotations.keys() - {*self.logins, ADMIN}:
            yield f"rotations must be of logins, got {', '.join(sorted(strangers))}"
