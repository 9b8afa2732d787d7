"""What AWS refuses of the settings of an Aurora PostgreSQL cluster, when it is made and when it is changed."""

import re
from collections.abc import Mapping
from typing import Any, Final

from moto.rds.utils import valid_preferred_maintenance_window

from localcloud.moto import rds_facts as facts
from localcloud.moto.rds_state import refuse

Settings = Mapping[str, Any]
"""Arguments of a call, as moto names them."""

_IDENTIFIER: Final = re.compile(r"[A-Za-z](?:-?[A-Za-z0-9])*")
_MAX_IDENTIFIER: Final = 63
_DATABASE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_STEP: Final = 0.5
# moto's own windows overlap with many a window that somebody gives.
_BACKUP_WINDOWS: Final = ("03:10-03:40", "13:14-13:44")
_MAINTENANCE_WINDOWS: Final = ("wed:06:38-wed:07:08", "wed:18:38-wed:19:08")


def require_name(name: str) -> None:
    """Refuse identifiers that RDS cannot have."""
    if len(name) > _MAX_IDENTIFIER or not _IDENTIFIER.fullmatch(name):
        refuse(
            "InvalidParameterValue",
            "The parameter DBClusterIdentifier is not a valid identifier. Identifiers must begin with a letter; must "
            "contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
            "consecutive hyphens.",
        )


def require_version(wanted: str | None) -> str:
    """Give the version that runs, or refuse."""
    found = facts.resolve(wanted)
    if found is None:
        refuse("InvalidParameterCombination", f"Cannot find version {wanted} for {facts.ENGINE}")
    return found


def require_settings(settings: Settings, version: str) -> None:
    """Refuse values that Aurora PostgreSQL does not take; what is absent is not looked at."""
    _require_kind(settings)
    _require_backups(settings, version)
    if scaling := settings.get("serverless_v2_scaling_configuration"):
        require_capacity(scaling, version)


def _require_kind(settings: Settings) -> None:
    mode = settings.get("engine_mode") or "provisioned"
    if mode != "provisioned":
        refuse("InvalidParameterValue", f"The engine mode {mode} you requested is currently unavailable.")
    if settings.get("backtrack_window"):
        refuse("InvalidParameterValue", "Backtrack is not enabled for the postgres engine.")
    kind = settings.get("storage_type")
    if kind and kind not in facts.STORAGE_TYPES:
        refuse("InvalidParameterCombination", f"Invalid storage type for {facts.ENGINE}: {kind}")
    for key, theirs in (("iops", "Iops"), ("allocated_storage", "AllocatedStorage")):
        if settings.get(key):
            refuse("InvalidParameterCombination", f"{theirs} isn't supported for DB engine {facts.ENGINE}.")
    name = settings.get("database_name")
    if name and not _DATABASE.fullmatch(name):
        refuse("InvalidParameterValue", f"DatabaseName must begin with a letter and be alphanumeric, got {name!r}")
    user = (settings.get("master_username") or "app").lower()
    if user in facts.RESERVED_USERS or user.startswith("pg_"):
        message = f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
        refuse("InvalidParameterValue", message)
    port = settings.get("port")
    if port and port not in facts.PORTS:
        message = f"Invalid port: {port}. It must be between {facts.PORTS[0]} and {facts.PORTS[-1]}"
        refuse("InvalidParameterValue", message)


def _require_backups(settings: Settings, version: str) -> None:
    days = settings.get("backup_retention_period")
    if days is not None and days not in facts.BACKUP_DAYS:
        least, most = facts.BACKUP_DAYS[0], facts.BACKUP_DAYS[-1]
        message = f"Invalid backup retention period: {days}. Retention period must be between {least} and {most}"
        refuse("InvalidParameterValue", message)
    logs = [*settings.get("enable_cloudwatch_logs_exports", [])]
    for log in logs:
        if log not in facts.LOGS:
            message = f"You cannot use the log types '{log}' with engine version {facts.ENGINE} {version}."
            refuse("InvalidParameterCombination", f"{message} For supported log types, see the documentation.")


def require_capacity(scaling: Settings, version: str) -> None:
    """Refuse bounds of Serverless v2."""
    least, most = scaling.get("min_capacity"), scaling.get("max_capacity")
    if least is None or most is None:
        message = "Serverless v2 scaling configuration needs both a minimum and a maximum capacity."
        refuse("InvalidParameterCombination", message)
    for name, value, (low, high) in (("minimum", least, facts.MIN_CAPACITY), ("maximum", most, facts.MAX_CAPACITY)):
        if value < low:
            message = f"The {name} capacity must be at least {low}."
            refuse("InvalidParameterValue", f"Serverless v2 {name} capacity {value} isn't valid. {message}")
        if value > high or value % _STEP:
            message = f"Specify a capacity up to {high} in steps of {_STEP}."
            refuse("InvalidParameterValue", f"Serverless v2 {name} capacity {value} isn't valid. {message}")
    if least > most:
        message = f"Serverless v2 minimum capacity {least} isn't valid: it can't exceed the maximum capacity {most}."
        refuse("InvalidParameterValue", message)
    pause = scaling.get("seconds_until_auto_pause")
    if not least and not facts.can_pause(version):
        message = f"Serverless v2 minimum capacity {least} isn't valid for {facts.ENGINE} {version}."
        refuse("InvalidParameterValue", message)
    if pause is not None and (least or pause not in facts.AUTO_PAUSE_SECONDS):
        seconds = f"{facts.AUTO_PAUSE_SECONDS[0]} and {facts.AUTO_PAUSE_SECONDS[-1]}"
        message = f"SecondsUntilAutoPause {pause} isn't valid: it needs a minimum capacity of 0, and to be {seconds}."
        refuse("InvalidParameterCombination", message)


def require_observation(settings: Settings) -> None:
    """Refuse what contradicts itself in enhanced monitoring and insights; *settings* are all that will hold."""
    seconds = settings.get("monitoring_interval") or 0
    if seconds not in facts.MONITORING_SECONDS:
        choice = ", ".join(map(str, facts.MONITORING_SECONDS))
        refuse("InvalidParameterValue", f"Invalid MonitoringInterval {seconds}: use one of {choice}")
    if seconds and not settings.get("monitoring_role_arn"):
        message = "A MonitoringRoleARN value is required if you specify a MonitoringInterval value other than 0."
        refuse("InvalidParameterCombination", message)
    if settings.get("monitoring_role_arn") and not seconds:
        message = "You must specify a MonitoringInterval value other than 0 when you specify a MonitoringRoleARN value."
        refuse("InvalidParameterCombination", message)
    enabled, days = settings.get("performance_insights_enabled"), settings.get("performance_insights_retention_period")
    if days and days not in facts.INSIGHTS_DAYS:
        refuse("InvalidParameterValue", f"Invalid Performance Insights retention period: {days}")
    mode = settings.get("database_insights_mode") or "standard"
    if mode == "advanced" and not (enabled and (days or 0) >= facts.ADVANCED_INSIGHTS_DAYS):
        refuse(
            "InvalidParameterCombination",
            "To enable the Advanced mode of Database Insights, modify your request to enable Performance Insights and "
            f"set the retention period for Performance Insights to at least {facts.ADVANCED_INSIGHTS_DAYS} days.",
        )


def windows(settings: Settings) -> dict[str, str]:
    """Give both windows, choosing those that are not given so that they do not overlap, or refuse."""
    backup, maintenance = settings.get("preferred_backup_window"), settings.get("preferred_maintenance_window")
    pairs = [
        (one, other)
        for one in ([backup] if backup else _BACKUP_WINDOWS)
        for other in ([maintenance.lower()] if maintenance else _MAINTENANCE_WINDOWS)
    ]
    wrong = {pair: valid_preferred_maintenance_window(pair[1], pair[0]) for pair in pairs}
    good = [pair for pair in pairs if not wrong[pair]]
    if not good:
        refuse("InvalidParameterValue", str(wrong[pairs[0]]))
    return {"preferred_backup_window": good[0][0], "preferred_maintenance_window": good[0][1]}


def require_group(backend: Any, name: str | None, version: str) -> None:
    """Refuse a cluster parameter group that does not exist, or is of another version."""
    wanted = facts.family(version)
    if not name or name == f"default.{wanted}":
        return
    group = backend.db_cluster_parameter_groups.get(name)
    if group is None:
        refuse("DBClusterParameterGroupNotFound", f"DBClusterParameterGroup not found: {name}")
    if group.db_parameter_group_family != wanted:
        refuse(
            "InvalidParameterCombination",
            f"The Parameter Group {name} with DBParameterGroupFamily {group.db_parameter_group_family} can't be used "
            f"for this instance. Please use a Parameter Group with DBParameterGroupFamily {wanted}.",
        )


def require_upgrade(now: str, target: str, *, allowed: bool) -> None:
    """Refuse a version that cannot follow another one."""
    if facts.numbers(target) < facts.numbers(now):
        refuse("InvalidParameterCombination", f"Cannot upgrade {facts.ENGINE} from {now} to {target}")
    if facts.numbers(target)[0] > facts.numbers(now)[0] and not allowed:
        message = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        refuse("InvalidParameterCombination", message)
