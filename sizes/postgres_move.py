"""A PostgreSQL database on its way from RDS to Aurora, and the steps that a database takes from one size to another."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from sizes.aurora import AuroraSize
from sizes.limits import SizeError, refuse
from sizes.postgres import PostgresSize

Writer = Literal["instance", "cluster"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresMove:
    """
    An instance and a cluster at once: the way from RDS to Aurora.

    While the writer is the instance, the cluster is an Aurora replica of it: one reader, with the instance's name of
    the administrator, password and database. Once the writer is the cluster, it is no replica any more: the update that
    drops the source promotes it (the provider calls PromoteReadReplicaDBCluster and waits; it does so since 5.80, and
    reports that it did not are older), and only then are its readers added and the connection secrets written anew. So
    nobody may promote by hand before: the provider would promote a second time and fail.

    Who runs that update has to stop writes and to wait until the metric `RDSToAuroraPostgreSQLReplicaLag` is 0 first:
    what the instance takes after the promotion never reaches the cluster. Until then the way back is to drop the
    cluster. The instance stays as it was, protected, until it is left out of the size; its protection is lifted by
    whoever does that (`pulumi state unprotect`, and RDS's deletion protection), and it leaves a final snapshot.

    Source: Amazon Aurora User Guide, "Migrating data from an RDS for PostgreSQL DB instance to an Aurora PostgreSQL DB
    cluster using an Aurora read replica"; hashicorp/terraform-provider-aws, pull request 40337.
    """

    instance: PostgresSize
    """What was there before, unchanged."""
    cluster: AuroraSize
    """What comes."""
    writer: Writer
    """Which of them the connection secrets name."""

    def __post_init__(self) -> None:
        """Reject what AWS would reject, with all that is wrong at once."""
        refuse(
            (
                f"instance and cluster must have the same version, got {self.instance.version} and "
                f"{self.cluster.version}"
                if self.instance.version != self.cluster.version
                else None,
                "instance must have backups to be copied: set backup_days to 1 or more, got 0"
                if not self.instance.backup_days
                else None,
                # A pool that comes or goes in the middle would change the host of every login a second time.
                f"instance and cluster must both have a proxy or none, got {self.instance.proxy} and "
                f"{self.cluster.proxy}"
                if self.instance.proxy is not self.cluster.proxy
                else None,
                # AWS: creating a secondary of a cluster that is a replica times out.
                f"cluster must have no dr_readers during a move, got {self.cluster.dr_readers}: add them after"
                if self.cluster.dr_readers
                else None,
                f"cluster must have no readers while it is a replica, got {self.cluster.readers}: add them with the "
                "change of writer"
                if self.writer == "instance" and (self.cluster.readers or self.cluster.max_readers)
                else None,
            )
        )


AnySize = PostgresSize | AuroraSize | PostgresMove
SizeT = TypeVar("SizeT", PostgresSize, AuroraSize)


def steps(now: AnySize, target: PostgresSize | AuroraSize) -> list[AnySize]:
    """
    Give the sizes from *now* (left out) to *target* (the last), each one update after the one before.

    Waits (storage that is being optimised, a replica that has to catch up) are the business of who carries them out.
    Raises SizeError where a database cannot go: storage and versions never shrink, and no replication leads from Aurora
    back to RDS.
    """
    match now, target:
        case PostgresSize(), PostgresSize():
            return list(_on_rds(now, target))
        case AuroraSize(), AuroraSize():
            return list(_on_aurora(now, target))
        case PostgresSize(), AuroraSize():
            return list(_to_aurora(now, target))
        case PostgresMove(), AuroraSize():
            return list(_onward(now, target))
        case PostgresMove(writer="instance"), PostgresSize():
            return [now.instance, *_on_rds(now.instance, target)]
        case _:
            raise SizeError(["Aurora cannot be left for RDS: dump it, and restore the dump into a new instance"])


def _on_rds(now: PostgresSize, target: PostgresSize) -> Iterator[PostgresSize]:
    refuse(
        (
            _shrinking("storage_gib", now.storage_gib, target.storage_gib),
            _shrinking("version", int(now.version), int(target.version)),
        )
    )
    if not now.backup_days and (target.replicas or target.dr_backups):
        # Both are made of a first backup, which must have been taken.
        now = replace(now, backup_days=target.backup_days)
        yield now
    yield from _version_last(now, target)


def _on_aurora(now: AuroraSize, target: AuroraSize) -> Iterator[AuroraSize]:
    refuse((_shrinking("version", int(now.version), int(target.version)),))
    yield from _version_last(now, target)


def _version_last(now: SizeT, target: SizeT) -> Iterator[SizeT]:
    """Yield everything but a new major version, and then that: it is an update of its own."""
    grown = replace(target, version=now.version)
    if grown != now:
        yield grown
    if grown != target:
        yield target


def _to_aurora(now: PostgresSize, target: AuroraSize) -> Iterator[AnySize]:
    refuse((_shrinking("version", int(now.version), int(target.version)),))
    if not now.backup_days:
        now = replace(now, backup_days=target.backup_days)
        yield now
    alike = replace(target, version=now.version, proxy=now.proxy, dr_readers=0)
    move = PostgresMove(instance=now, cluster=replace(alike, readers=0, max_readers=0), writer="instance")
    yield move
    yield from _onward(move, target)


def _onward(move: PostgresMove, target: AuroraSize) -> Iterator[AnySize]:
    alike = replace(target, version=move.instance.version, proxy=move.instance.proxy, dr_readers=0)
    if move.writer == "instance":
        move = replace(move, cluster=alike, writer="cluster")
        yield move
    # The instance goes in an update of its own: it is the only one that deletes a database.
    yield move.cluster
    yield from _on_aurora(move.cluster, target)


def _shrinking(field: str, now: int, target: int) -> str | None:
    return f"{field} never shrinks: it is {now}, got {target}" if target < now else None
