"""What RDS offers for PostgreSQL: versions, instance classes, storage and their limits, and what it refuses of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from localcloud.wire import Props

MINORS: Final[Mapping[int, int]] = {14: 20, 15: 15, 16: 11, 17: 7, 18: 1}
"""The newest minor version of each major one. Amazon RDS for PostgreSQL release calendar, December 2025."""

FAMILIES: Final = tuple(f"postgres{major}" for major in MINORS)

STATIC_PARAMETERS: Final = frozenset(
    {"autovacuum_freeze_max_age", "autovacuum_max_workers", "autovacuum_multixact_freeze_max_age", "huge_pages"}
    | {"max_connections", "max_files_per_process", "max_locks_per_transaction", "max_logical_replication_workers"}
    | {"max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots", "max_wal_senders"}
    | {"max_worker_processes", "pg_stat_statements.max", "rds.logical_replication", "shared_buffers"}
    | {"shared_preload_libraries", "superuser_reserved_connections", "track_activity_query_size"}
    | {"track_commit_timestamp", "wal_buffers"}
)
"""Parameters that PostgreSQL reads when it starts (context "postmaster" in pg_settings) and RDS lets one set."""

# Amazon RDS User Guide, "Hardware specifications for DB instance classes", December 2025.
_BURSTABLE: Final = ("micro", "small", "medium", "large", "xlarge", "2xlarge")
_SIZES: Final = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("t3", "t4g"), _BURSTABLE),
    **dict.fromkeys(("m6g", "m6gd", "m7g", "r6g", "r6gd", "r7g"), _SIZES),
    **dict.fromkeys(("m5", "m5d", "r5", "r5b", "r5d"), (*_SIZES, "24xlarge")),
    **dict.fromkeys(("m6i", "m6id", "r6i", "r6id"), (*_SIZES, "24xlarge", "32xlarge")),
    **dict.fromkeys(("m7i", "r7i"), (*_SIZES, "24xlarge", "48xlarge")),
    **dict.fromkeys(("m8g", "m8gd", "r8g", "r8gd"), (*_SIZES, "24xlarge", "48xlarge")),
    "x2g": _SIZES,
    "x2iedn": ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge", "24xlarge", "32xlarge"),
}

# Amazon RDS User Guide, "Amazon RDS DB instance storage": GiB, IOPS and MiB/s for PostgreSQL.
_STORAGE: Final[Mapping[str, range]] = {
    "gp2": range(20, 65537),
    "gp3": range(20, 65537),
    "io1": range(100, 65537),
    "io2": range(100, 65537),
    "standard": range(5, 3073),
}
STRIPED_GIB: Final = 400
"""From here on gp3 volumes are striped: IOPS and throughput may be chosen, and the baseline is four times as high."""
_GP3_IOPS: Final = range(12_000, 64_001)
_GP3_THROUGHPUT: Final = range(500, 4001)
_PROVISIONED_IOPS: Final = range(1000, 256_001)

# The same guide: IOPS a GiB, and MiB/s an IOPS.
_RATIOS: Final = {"gp3": (0.0, 500.0), "io1": (0.5, 50.0), "io2": (0.5, 1000.0)}
_THROUGHPUT_RATIO: Final = 0.25
_PROVISIONED: Final = ("io1", "io2")

POINT_SOURCES: Final = {
    "sourceDbInstanceAutomatedBackupsArn": "SourceDBInstanceAutomatedBackupsArn",
    "sourceDbInstanceIdentifier": "SourceDBInstanceIdentifier",
    "sourceDbiResourceId": "SourceDbiResourceId",
}
"""What an instance may be restored to a time from, and the words of AWS's call for it."""

_MONITORING_SECONDS: Final = (0, 1, 5, 10, 15, 30, 60)
_INSIGHTS_DAYS: Final = frozenset({7, 731, *(31 * months for months in range(1, 24))})
_ADVANCED_INSIGHTS_DAYS: Final = 465
_BACKUP_DAYS: Final = range(36)
_PORTS: Final = range(1150, 65536)
_LOGS: Final = ("iam-db-auth-error", "postgresql", "upgrade")
_LIFECYCLES: Final = ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled")
_IDENTIFIER: Final = re.compile(r"[a-z](?:-?[a-z0-9])*")
_MAX_IDENTIFIER: Final = 63
_USER: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_DATABASE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_PASSWORD: Final = re.compile(r"[!#-.0-?A-~]{8,128}")
_RESERVED_USERS: Final = frozenset(
    {"admin", "rdsadmin", "rdsrepladmin", "rds_superuser", "rds_replication", "user", "public"}
)


def split_version(version: str) -> tuple[int, int | None]:
    """Take "17" or "17.7" apart. Raises ValueError for anything else."""
    major, dot, minor = version.partition(".")
    return int(major), int(minor) if dot else None


def full_version(version: str | None) -> str:
    """Give the version that RDS runs where a program says *version*: the newest minor of a major, 17 by default."""
    major, minor = split_version(version or "17")
    return f"{major}.{MINORS.get(major, 0) if minor is None else minor}"


def family(version: str) -> str:
    """Give the parameter group family of a version."""
    return f"postgres{split_version(version)[0]}"


def same_version(ours: object, live: object) -> bool:
    """Say whether what a program says, often the major version only, is the version that runs."""
    return live == ours or str(live).startswith(f"{ours}.")


def _is_source(inputs: Props) -> bool:
    """Say whether engine, storage and credentials come from elsewhere."""
    return any(key in inputs for key in ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime"))


def identity_rules(inputs: Props) -> Iterator[str]:
    """Refuse names."""
    name = inputs.get("identifier", "a")
    if len(name) > _MAX_IDENTIFIER or not _IDENTIFIER.fullmatch(name):
        yield (
            f"identifier must be 1 to {_MAX_IDENTIFIER} lowercase letters, digits or single hyphens, beginning with a "
            f"letter and not ending with a hyphen, got {name!r}"
        )
    if "dbName" in inputs and not _DATABASE.fullmatch(inputs["dbName"]):
        yield f"DBName must begin with a letter and be alphanumeric, got {inputs['dbName']!r}"
    if (port := inputs.get("port", _PORTS[0])) not in _PORTS:
        yield f"port must be between {_PORTS[0]} and {_PORTS[-1]}, got {port}"


def credential_rules(inputs: Props) -> Iterator[str]:
    """Refuse user names and passwords, without repeating a password."""
    managed = inputs.get("manageMasterUserPassword", False)
    if managed and ("password" in inputs or "passwordWo" in inputs):
        yield "You can't specify MasterUserPassword if ManageMasterUserPassword is specified."
    if "password" in inputs and "passwordWo" in inputs:
        yield '"password": conflicts with passwordWo'
    if "masterUserSecretKmsKeyId" in inputs and not managed:
        yield "You can't specify MasterUserSecretKmsKeyId unless ManageMasterUserPassword is true."
    user = inputs.get("username", "app")
    if user.lower() in _RESERVED_USERS or user.lower().startswith("pg_"):
        yield f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
    elif not _USER.fullmatch(user):
        yield f"MasterUsername must be 1 to 63 letters, digits or underscores, beginning with a letter, got {user!r}"


def password_rules(inputs: Props) -> Iterator[str]:
    """Refuse weak or impossible passwords; a rule of its own, as a password is often not known yet."""
    for key in ("password", "passwordWo"):
        if key in inputs and not _PASSWORD.fullmatch(inputs[key]):
            yield (
                f"The parameter MasterUserPassword is not a valid password ({key}): it must be 8 to 128 printable "
                "ASCII characters besides '/', '@', '\"', ' '."
            )


def version_rules(inputs: Props) -> Iterator[str]:
    """Refuse engines and versions that RDS, or the local cloud, does not have."""
    if inputs.get("engine", "postgres") != "postgres":
        yield f"the local cloud imitates the engine postgres only, got {inputs['engine']!r}"
        return
    version = inputs.get("engineVersion", "17")
    try:
        major, minor = split_version(version)
    except ValueError:
        major, minor = 0, None
    if major not in MINORS or not 0 < (minor or 1) <= MINORS[major]:
        newest = ", ".join(f"{one}.{MINORS[one]}" for one in MINORS)
        yield f"Cannot find version {version} for postgres: the newest of each major version are {newest}"


def class_rules(inputs: Props) -> Iterator[str]:
    """Refuse instance classes."""
    db, family_, size = (*inputs.get("instanceClass", "").split("."), "", "", "")[:3]
    if db != "db" or size not in _CLASSES.get(family_, ()):
        yield f"Invalid DB Instance class: {inputs.get('instanceClass')}"
    if inputs.get("multiAz") and "availabilityZone" in inputs:
        yield "Requesting a specific availability zone is not valid for Multi-AZ instances."


def storage_rules(inputs: Props) -> Iterator[str]:
    """Refuse storage types, sizes and performance."""
    kind = inputs.get("storageType") or ("io1" if "iops" in inputs else "gp3")
    if kind not in _STORAGE:
        yield f"Invalid storage type: {kind}; use one of {', '.join(_STORAGE)}"
        return
    if inputs.get("dedicatedLogVolume") and kind not in _PROVISIONED:
        yield f"A dedicated log volume needs the storage type {' or '.join(_PROVISIONED)}, got {kind}"
    size = inputs.get("allocatedStorage")
    if size is None:
        return
    if size not in _STORAGE[kind]:
        yield f"Invalid storage size for engine name postgres and storage type {kind}: {size}"
    if inputs.get("maxAllocatedStorage") and inputs["maxAllocatedStorage"] <= size:
        yield f"Max storage size must be greater than storage size {size}, got {inputs['maxAllocatedStorage']}"
    yield from _performance(kind, size, inputs)


def _performance(kind: str, size: int, inputs: Props) -> Iterator[str]:
    iops, throughput = inputs.get("iops"), inputs.get("storageThroughput")
    if kind == "gp3" and size < STRIPED_GIB and (iops or throughput):
        yield (
            "You can't specify IOPS or storage throughput for engine postgres and a storage size less than "
            f"{STRIPED_GIB}."
        )
    elif kind == "gp3":
        if iops and iops not in _GP3_IOPS:
            yield f"Invalid iops for gp3 of {size} GiB: {iops} is not between {_GP3_IOPS[0]} and {_GP3_IOPS[-1]}"
        if throughput and throughput not in _GP3_THROUGHPUT:
            least, most = _GP3_THROUGHPUT[0], _GP3_THROUGHPUT[-1]
            yield f"Invalid storage throughput for gp3 of {size} GiB: {throughput} is not between {least} and {most}"
        yield from _ratios(kind, size, iops, throughput)
    elif throughput:
        yield f"You can't specify storage throughput for storage type {kind}"
    elif kind in _PROVISIONED and iops not in _PROVISIONED_IOPS:
        yield f"storage type {kind} needs iops between {_PROVISIONED_IOPS[0]} and {_PROVISIONED_IOPS[-1]}, got {iops}"
    elif kind in _PROVISIONED:
        yield from _ratios(kind, size, iops, None)
    elif iops:
        yield f"You can't specify IOPS for storage type {kind}"


def _ratios(kind: str, size: int, iops: int | None, throughput: int | None) -> Iterator[str]:
    least, most = _RATIOS[kind]
    if iops and not least <= iops / size <= most:
        yield f"The IOPS to GiB ratio must be between {least} and {most}, got {iops} IOPS for {size} GiB"
    if throughput and throughput / (iops or _GP3_IOPS[0]) > _THROUGHPUT_RATIO:
        yield (
            f"The storage throughput to IOPS ratio must not exceed {_THROUGHPUT_RATIO}, got {throughput} MiB/s for "
            f"{iops or _GP3_IOPS[0]} IOPS"
        )


def encryption_rules(inputs: Props) -> Iterator[str]:
    """Refuse a key for what is not encrypted."""
    if "kmsKeyId" in inputs and not inputs.get("storageEncrypted") and not _is_source(inputs):
        yield "KmsKeyId can't be specified for an unencrypted DB instance: set storageEncrypted"


def source_rules(inputs: Props) -> Iterator[str]:
    """Refuse what contradicts the source of a replica or a restored instance."""
    sources = [key for key in ("replicateSourceDb", "snapshotIdentifier", "restoreToPointInTime") if key in inputs]
    if len(sources) > 1:
        yield f"{' and '.join(sources)} conflict with each other"
    if "replicateSourceDb" in inputs:
        for key in ("username", "dbName", "manageMasterUserPassword"):
            if inputs.get(key):
                yield f"{key} can't be specified for a read replica: it is the source's"
    if point := inputs.get("restoreToPointInTime"):
        if unknown := sorted(point.keys() - {*POINT_SOURCES, "restoreTime", "useLatestRestorableTime"}):
            yield f"the local cloud does not imitate {', '.join(unknown)} of restoreToPointInTime"
        if sum(bool(point.get(key)) for key in POINT_SOURCES) != 1:
            yield f"restoreToPointInTime needs one of {', '.join(POINT_SOURCES)}"
        if bool(point.get("restoreTime")) == bool(point.get("useLatestRestorableTime")):
            yield "restoreToPointInTime needs one of restoreTime and useLatestRestorableTime"


def operation_rules(inputs: Props) -> Iterator[str]:
    """Refuse backups, monitoring and logs."""
    if (days := inputs.get("backupRetentionPeriod", 0)) not in _BACKUP_DAYS:
        yield f"Invalid backup retention period: {days}. It must be between 0 and {_BACKUP_DAYS[-1]}"
    if (seconds := inputs.get("monitoringInterval", 0)) not in _MONITORING_SECONDS:
        yield f"monitoringInterval must be one of {', '.join(map(str, _MONITORING_SECONDS))}, got {seconds}"
    elif seconds and "monitoringRoleArn" not in inputs:
        yield "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
    elif "monitoringRoleArn" in inputs and not seconds:
        yield "You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value."
    for log in inputs.get("enabledCloudwatchLogsExports", []):
        if log not in _LOGS:
            yield f"You cannot use the log types '{log}' with engine version postgres; use {', '.join(_LOGS)}"
    if inputs.get("engineLifecycleSupport", _LIFECYCLES[0]) not in _LIFECYCLES:
        yield f"engineLifecycleSupport must be one of {', '.join(_LIFECYCLES)}"
    if inputs.get("networkType", "IPV4") not in ("IPV4", "DUAL"):
        yield f"networkType must be IPV4 or DUAL, got {inputs['networkType']!r}"


def insights_rules(inputs: Props) -> Iterable[str]:
    """Refuse settings of Performance Insights and Database Insights."""
    enabled = inputs.get("performanceInsightsEnabled", False)
    days = inputs.get("performanceInsightsRetentionPeriod")
    if days is not None and days not in _INSIGHTS_DAYS:
        yield f"Invalid Performance Insights retention period: {days} is neither 7, 731 nor a multiple of 31 up to 713"
    if not enabled and (days or "performanceInsightsKmsKeyId" in inputs):
        yield "performanceInsightsRetentionPeriod and performanceInsightsKmsKeyId need performanceInsightsEnabled"
    mode = inputs.get("databaseInsightsMode", "standard")
    if mode not in ("standard", "advanced"):
        yield f"databaseInsightsMode must be standard or advanced, got {mode!r}"
    if mode == "advanced" and not (enabled and (days or 0) >= _ADVANCED_INSIGHTS_DAYS):
        yield (
            "To enable the Advanced mode of Database Insights, modify your request to enable Performance Insights and "
            f"set the retention period for Performance Insights to at least {_ADVANCED_INSIGHTS_DAYS} days."
        )


RULES: Final = (
    identity_rules,
    credential_rules,
    password_rules,
    version_rules,
    class_rules,
    storage_rules,
    encryption_rules,
    source_rules,
    operation_rules,
    insights_rules,
)
"""All of them; they are apart because one that reads a value that is not known yet ends without a word."""
