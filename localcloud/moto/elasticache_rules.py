"""What ElastiCache refuses about a replication group: as it would be, and on the way from one to another."""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from localcloud.moto.elasticache_facts import (
    FIRST_COMPATIBLE,
    FIRST_TLS_CHANGE,
    MAX_NODES,
    MAX_REPLICAS,
    MAX_SNAPSHOT_DAYS,
    NODE_TYPES,
    PASSWORD_LENGTHS,
    TIERED,
    family,
    numbers,
)
from localcloud.moto.elasticache_state import Call, ReplicationGroup, refuse
from localcloud.moto.elasticache_users import refuse_group_engine

_VALUE: Final = "InvalidParameterValue"
_COMBINATION: Final = "InvalidParameterCombination"
_MODES: Final = ("disabled", "compatible", "enabled")
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAILY: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_WEEKLY: Final = re.compile(
    rf"({'|'.join(_DAYS)}):([01]\d|2[0-3]):([0-5]\d)-({'|'.join(_DAYS)}):([01]\d|2[0-3]):([0-5]\d)"
)
_WITH_MODE: Final = frozenset({"ReplicationGroupId", "ApplyImmediately", "ClusterMode", "CacheParameterGroupName"})
"""What one modification may hold beside the cluster mode."""


def refuse_group(call: Call, group: ReplicationGroup) -> None:
    """Refuse a group that AWS would not have, however it came to be."""
    for rule in _RULES:
        rule(call, group)


def _refuse_nodes(_: Call, group: ReplicationGroup) -> None:
    if group.cache_node_type not in NODE_TYPES:
        refuse(_VALUE, f"Specified cache node type {group.cache_node_type} is not a valid one.")
    if group.data_tiering != group.cache_node_type.startswith(TIERED):
        refuse(
            _COMBINATION,
            f"Data tiering must be enabled with r6gd nodes, and only with them, not {group.cache_node_type}",
        )
    replicas = max(len(shard.members) for shard in group.shards) - 1
    if replicas > MAX_REPLICAS:
        refuse(_VALUE, f"The number of replicas per node group must be within 0 and {MAX_REPLICAS}, got {replicas}")
    if len(group.members) > MAX_NODES:
        refuse(
            "NodeQuotaForClusterExceeded",
            f"The request would exceed the quota of {MAX_NODES} nodes per cluster, it asks for {len(group.members)}",
        )


def _refuse_parameter_group(call: Call, group: ReplicationGroup) -> None:
    found = call.parameter_group(group.cache_parameter_group_name)
    wanted = family(group.engine, group.engine_version)
    if found.family != wanted:
        if not found.family.startswith(group.engine):
            engine = found.family.rstrip("0123456789.x")
            refuse(_COMBINATION, f"{engine} parameter group is not applicable to engine {group.engine}")
        refuse(_COMBINATION, f"Expected a parameter group of family {wanted} but found one of family {found.family}")
    if found.clustered and not group.clustered:
        refuse(_COMBINATION, "Cluster mode should be disabled in parameter group, but found it is enabled.")
    if group.clustered and not found.clustered:
        refuse(_COMBINATION, "Cluster mode should be enabled in parameter group, but found it is disabled.")


def _refuse_mode(_: Call, group: ReplicationGroup) -> None:
    if group.cluster_mode not in _MODES:
        refuse(_VALUE, f"ClusterMode must be one of {', '.join(_MODES)}, got {group.cluster_mode}")
    if group.cluster_mode != "enabled" and len(group.shards) > 1:
        refuse(_COMBINATION, f"More than one node group needs cluster mode enabled, it is {group.cluster_mode}")
    if group.cluster_mode == "enabled" and not group.failover:
        refuse(_COMBINATION, "Redis with cluster mode enabled cannot be created with auto failover turned off.")
    if group.cluster_mode == "compatible":
        if numbers(group.engine_version) < FIRST_COMPATIBLE[group.engine]:
            first = ".".join(map(str, FIRST_COMPATIBLE[group.engine]))
            refuse(
                _COMBINATION,
                f"Cluster mode compatible needs {group.engine} {first} or later, it is {group.engine_version}",
            )
        if not group.failover or len(group.members) < 2:  # noqa: PLR2004  a primary and its replica
            refuse(_COMBINATION, "Cluster mode compatible needs automatic failover and at least 1 replica.")


def _refuse_failover(_: Call, group: ReplicationGroup) -> None:
    if group.failover and group.cluster_mode != "enabled" and len(group.members) == 1:
        refuse(
            _COMBINATION,
            "When using automatic failover, there must be at least 2 cache clusters in the replication group.",
        )
    if group.multi_az and not group.failover:
        refuse(_COMBINATION, "Must enable automatic failover to enable Multi-AZ.")
    if group.multi_az and min(len(shard.members) for shard in group.shards) == 1:
        refuse(_COMBINATION, "Multi-AZ needs at least 1 replica in every node group.")


def _refuse_access(call: Call, group: ReplicationGroup) -> None:
    if group.auth_token is not None:
        if group.tls_mode is None:
            refuse(_COMBINATION, "The AUTH token is only supported when encryption-in-transit is enabled.")
        if len(group.auth_token) not in PASSWORD_LENGTHS or set('/"@% ') & set(group.auth_token):
            refuse(
                _VALUE,
                "Invalid AuthToken provided: it must have 16 to 128 printable characters, none of '/', '\"', '@', '%'.",
            )
        if group.user_groups:
            refuse(_COMBINATION, "An AUTH token and user groups cannot be used together.")
    if not group.user_groups:
        return
    if group.tls_mode != "required":
        refuse(
            _COMBINATION,
            "User group based access control requires encryption-in-transit to be enabled on the replication group.",
        )
    if len(group.user_groups) > 1:
        refuse(_VALUE, f"Only one user group can be associated with a replication group, got {len(group.user_groups)}")
    for id_ in group.user_groups:
        refuse_group_engine(id_, call.user_group(id_).engine, group.engine)


def _refuse_network(call: Call, group: ReplicationGroup) -> None:
    name = group.cache_subnet_group_name
    if name and name not in call.backend.cache_subnet_groups:
        refuse("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.")
    refuse_security_groups(call, group.security_groups)


def refuse_security_groups(call: Call, groups: Iterable[str]) -> None:
    """Refuse security groups that do not exist."""
    ec2 = ec2_backends[call.backend.account_id][call.backend.region_name]
    known = {id_ for groups in ec2.groups.values() for id_ in groups}
    if strangers := sorted(set(groups) - known):
        refuse(_VALUE, f"Some security groups are invalid: {', '.join(strangers)}")


def _refuse_key(call: Call, group: ReplicationGroup) -> None:
    if group.kms_key_id is None:
        return
    if not group.at_rest_encryption:
        refuse(_COMBINATION, "KmsKeyId can only be given when at-rest encryption is enabled.")
    refuse_key_use(call, group.kms_key_id)


def refuse_key_use(call: Call, wanted: str | None) -> None:
    """Refuse a key that does not exist or cannot be used."""
    if wanted is None:
        return
    kms = kms_backends[call.backend.account_id][call.backend.region_name]
    key = kms.keys.get(str(kms.get_key_id(wanted)))
    if key is None or key.key_state != "Enabled":
        refuse("InvalidKMSKeyFault", f"The KMS key {wanted} does not exist, is not enabled or is not usable.")


def _refuse_windows(_: Call, group: ReplicationGroup) -> None:
    if group.snapshot_retention_limit not in range(MAX_SNAPSHOT_DAYS + 1):
        days = group.snapshot_retention_limit
        refuse(_VALUE, f"SnapshotRetentionLimit must be within 0 and {MAX_SNAPSHOT_DAYS}, got {days}")
    daily = _DAILY.fullmatch(group.snapshot_window)
    if daily is None or _daily_minutes(daily) < 60:  # noqa: PLR2004  an hour
        refuse(
            _VALUE, f"The snapshot window must be hh24:mi-hh24:mi and 60 minutes at least, got {group.snapshot_window}"
        )
    window = group.preferred_maintenance_window
    weekly = _WEEKLY.fullmatch(window)
    if weekly is None or _weekly_minutes(weekly) < 60:  # noqa: PLR2004  an hour
        refuse(_VALUE, f"The maintenance window must be ddd:hh24:mi-ddd:hh24:mi and 60 minutes at least, got {window}")


def _daily_minutes(window: re.Match[str]) -> int:
    start, start_minute, end, end_minute = map(int, window.groups())
    return ((end - start) * 60 + end_minute - start_minute) % 1440


def _weekly_minutes(window: re.Match[str]) -> int:
    day, start, start_minute, other, end, end_minute = window.groups()
    days = _DAYS.index(other) - _DAYS.index(day)
    return (days * 1440 + (int(end) - int(start)) * 60 + int(end_minute) - int(start_minute)) % (7 * 1440)


def _refuse_logs(_: Call, group: ReplicationGroup) -> None:
    types = [one.get("LogType") for one in group.logs]
    for one in group.logs:
        for key, allowed in _LOG_VALUES.items():
            if one.get(key) not in allowed:
                refuse(_VALUE, f"{key} of a log delivery must be one of {', '.join(allowed)}, got {one.get(key)}")
    if len(set(types)) < len(types):
        refuse(_VALUE, f"Each log type can be delivered once, got {', '.join(map(str, types))}")


_LOG_VALUES: Final = {
    "LogType": ("slow-log", "engine-log"),
    "DestinationType": ("cloudwatch-logs", "kinesis-firehose"),
    "LogFormat": ("text", "json"),
}
_RULES: Final[tuple[Callable[[Call, ReplicationGroup], None], ...]] = (
    _refuse_nodes,
    _refuse_mode,
    _refuse_parameter_group,
    _refuse_failover,
    _refuse_access,
    _refuse_network,
    _refuse_key,
    _refuse_windows,
    _refuse_logs,
)


# On the way from one to another


def refuse_change(call: Call, before: ReplicationGroup, after: ReplicationGroup) -> None:
    """Refuse a modification that AWS cannot make, though it would have the group that results."""
    if not call.params.keys() - {"ReplicationGroupId", "ApplyImmediately"}:
        refuse(_COMBINATION, "No modifications were requested")
    _refuse_engine_change(before, after)
    _refuse_mode_change(call, before, after)
    _refuse_tls_change(call, before, after)
    _refuse_snapshotting(call, before)
    if before.cluster_mode == "enabled" and not after.failover:
        refuse(
            _COMBINATION,
            "Turning off automatic failover for replication group with cluster mode enabled is not supported.",
        )


def _refuse_engine_change(before: ReplicationGroup, after: ReplicationGroup) -> None:
    if before.engine == "valkey" and after.engine != "valkey":
        refuse(_COMBINATION, f"Engine modification from {before.engine} to {after.engine} is not supported.")
    if before.engine == after.engine and numbers(after.engine_version) < numbers(before.engine_version):
        refuse(
            _COMBINATION,
            f"Engine version downgrade from {before.engine_version} to {after.engine_version} is not supported.",
        )


def _refuse_mode_change(call: Call, before: ReplicationGroup, after: ReplicationGroup) -> None:
    if after.cluster_mode == before.cluster_mode:
        old, new = (call.parameter_group(one.cache_parameter_group_name) for one in (before, after))
        if old.clustered != new.clustered:
            refuse(
                _COMBINATION,
                "The parameter cluster-enabled has a different value in the requested parameter group than the current "
                "parameter group. This parameter value cannot be changed for a cache cluster.",
            )
        return
    if (before.cluster_mode, after.cluster_mode) not in (("disabled", "compatible"), ("compatible", "enabled")):
        refuse(
            _COMBINATION,
            f"Cluster mode cannot be changed from {before.cluster_mode} to {after.cluster_mode}: it goes from disabled "
            "to compatible to enabled, one modification each, and never back.",
        )
    if others := sorted(call.params.keys() - _WITH_MODE):
        refuse(_COMBINATION, f"Cluster mode cannot be changed together with other modifications: {', '.join(others)}")


def _refuse_tls_change(call: Call, before: ReplicationGroup, after: ReplicationGroup) -> None:
    asked = {"TransitEncryptionEnabled", "TransitEncryptionMode"} & call.params.keys()
    if not asked:
        return
    if before.user_groups:
        refuse(_COMBINATION, "Modification of transit encryption is not supported for access control enabled clusters.")
    if numbers(before.engine_version) < FIRST_TLS_CHANGE:
        refuse(
            _COMBINATION, f"Modification of transit encryption is not supported for version {before.engine_version}."
        )
    way = (before.tls_mode, after.tls_mode)
    if way == (None, "required"):
        refuse(_COMBINATION, "Set TransitEncryptionMode to preferred first, then to required.")
    if way == ("required", None):
        refuse(_COMBINATION, "Set TransitEncryptionMode to preferred before encryption-in-transit is disabled.")


def _refuse_snapshotting(call: Call, before: ReplicationGroup) -> None:
    member = call.get("SnapshottingClusterId")
    if member is None:
        return
    if before.cluster_mode == "enabled":
        refuse(_COMBINATION, "Cannot set snapshotting cluster for cluster mode enabled replication group")
    if member not in before.members:
        refuse(_VALUE, f"Snapshotting cluster {member} is not in the replication group {before.replication_group_id}")


def refuse_both(call: Call, one: str, others: Iterable[str]) -> None:
    """Refuse a request that says the same thing in two ways."""
    if one in call.params and (given := sorted({*others} & call.params.keys())):
        refuse(_COMBINATION, f"{one} cannot be used together with {', '.join(given)}")


def known_log(one: dict[str, Any]) -> dict[str, Any]:
    """Give a log delivery as AWS keeps it."""
    return {key: one[key] for key in ("LogType", "DestinationType", "DestinationDetails", "LogFormat") if key in one}
