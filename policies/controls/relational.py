"""What the controls of RDS instances and of Aurora clusters have in common."""

import re
from typing import Final

from policies.values import CannotTellError, Record, Resource

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
CLUSTER_INSTANCE: Final = "aws:rds/clusterInstance:ClusterInstance"

POSTGRES_PORT: Final = 5432
MOST_BACKUP_DAYS: Final = 35
"""RDS keeps automated backups no longer."""
INTERVALS: Final = frozenset({1, 5, 10, 15, 30, 60})
"""Seconds between two figures of enhanced monitoring."""
DEFAULT_ADMINS: Final = frozenset({"admin", "administrator", "postgres", "root"})
_POSTGRES: Final = frozenset({"postgres", "aurora-postgresql"})
_IAM_ENGINES: Final = ("postgres", "mysql", "mariadb", "aurora")
_VERSION: Final = re.compile(r"(?P<major>\d{1,4})(?:\.(?P<minor>\d{1,4}))?(?:[.-].*)?", re.DOTALL)


def is_replica(db: Record) -> bool:
    """Say whether an instance is a read replica, be its source known or not."""
    key = "replicateSourceDb"
    return key in db and (db.is_unknown(key) or bool(db.text(key)))


def is_primary(db: Resource) -> bool:
    """Leave out read replicas: they inherit this from their source."""
    return not is_replica(db)


def is_on_its_own(cluster: Resource) -> bool:
    """Leave out replicas of an RDS instance: Aurora lets them have one member until they are promoted."""
    key = "replicationSourceIdentifier"
    if cluster.is_unknown(key):
        return all(source.type != INSTANCE for source in cluster.references(key))
    return ":db:" not in cluster.text(key)


def is_postgres(db: Resource) -> bool:
    """Leave out engines other than PostgreSQL: the word means something else there, or nothing."""
    return db.is_unknown("engine") or db.text("engine").lower() in {"", *_POSTGRES}


def knows_iam(db: Resource) -> bool:
    """Leave out the engines in which IAM cannot log in: Oracle, SQL Server and Db2."""
    return db.is_unknown("engine") or not db.text("engine") or db.text("engine").lower().startswith(_IAM_ENGINES)


def version_of(db: Record) -> tuple[int, int] | None:
    """
    Give major and minor version of an engine; a major version alone has the minor 0, and what is no version is None.

    Raises:
        CannotTellError: no version is asked for, so that AWS chooses one.

    """
    if "engineVersion" not in db:
        raise CannotTellError("engineVersion")
    parts = _VERSION.fullmatch(db.text("engineVersion"))
    return (int(parts["major"]), int(parts["minor"] or 0)) if parts else None


def is_literal(db: Resource, key: str) -> bool:
    """
    Say whether a property is written out in the program: nothing says that it comes from another resource.

    Raises:
        CannotTellError: it is unknown, and what it comes from is not known either.

    """
    if db.references(key) or db.dependencies.get(key):
        return False
    return db.get(key) not in (None, "")  # of a wrong type it is written out too
