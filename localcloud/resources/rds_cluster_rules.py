"""What the official provider refuses of Aurora clusters in a preview; what AWS refuses, it says when it is asked."""

import re
from collections.abc import Iterator
from typing import Final

from localcloud.wire import Props

_ENGINE: Final = "aurora-postgresql"
_IDENTIFIER: Final = re.compile(r"[a-z](?:-?[a-z0-9])*")
_MAX_IDENTIFIER: Final = 63
_SNAPSHOT: Final = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_PASSWORD: Final = re.compile(r"[!#-.0-?A-~]{8,128}")
_MAX_BACKUP_DAYS: Final = 35
_BACKTRACK: Final = range(259_201)
_CAPACITIES: Final = {"minCapacity": (0, 256), "maxCapacity": (1, 256)}
_PAUSES: Final = range(300, 86_401)
_INSIGHTS_DAYS: Final = frozenset({7, 731, *(31 * months for months in range(1, 24))})
_CHOICES: Final = {
    "clusterScalabilityType": ("standard",),
    "databaseInsightsMode": ("advanced", "standard"),
    "engineLifecycleSupport": ("open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
    "engineMode": ("global", "multimaster", "parallelquery", "provisioned", "serverless"),
    "networkType": ("DUAL", "IPV4"),
}
_LOGS: Final = ("audit", "error", "general", "iam-db-auth-error", "instance", "postgresql", "slowquery", "upgrade")


def engine_rules(inputs: Props) -> Iterator[str]:
    """Refuse engines that the local cloud does not imitate."""
    if inputs.get("engine", _ENGINE) != _ENGINE:
        yield f"the local cloud imitates the engine {_ENGINE} only, got {inputs['engine']!r}"


def name_rules(inputs: Props) -> Iterator[str]:
    """Refuse names of clusters, of their instances and of final snapshots."""
    for key in ("clusterIdentifier", "identifier", "globalClusterIdentifier"):
        name = inputs.get(key, "a")
        if len(name) > _MAX_IDENTIFIER or not _IDENTIFIER.fullmatch(name):
            yield (
                f"{key} must be 1 to {_MAX_IDENTIFIER} lowercase letters, digits or single hyphens, beginning with a "
                f"letter and not ending with a hyphen, got {name!r}"
            )
    name = inputs.get("finalSnapshotIdentifier", "a")
    if not _SNAPSHOT.fullmatch(name):
        yield f"finalSnapshotIdentifier must be letters, digits and single hyphens between them, got {name!r}"
    for one, other in (("clusterIdentifier", "clusterIdentifierPrefix"), ("identifier", "identifierPrefix")):
        if other in inputs and "__defaults" not in inputs and one in inputs:
            yield f'"{one}": conflicts with {other}'


def choice_rules(inputs: Props) -> Iterator[str]:
    """Refuse words that are not among those there are."""
    for key, choices in _CHOICES.items():
        if key in inputs and inputs[key] not in choices:
            yield f"{key} must be one of {', '.join(choices)}, got {inputs[key]!r}"
    for log in inputs.get("enabledCloudwatchLogsExports", []):
        if log not in _LOGS:
            yield f"enabledCloudwatchLogsExports must be of {', '.join(_LOGS)}, got {log!r}"


def number_rules(inputs: Props) -> Iterator[str]:
    """Refuse numbers that are out of range."""
    if (days := inputs.get("backupRetentionPeriod", 1)) > _MAX_BACKUP_DAYS:
        yield f"expected backupRetentionPeriod to be at most ({_MAX_BACKUP_DAYS}), got {days}"
    if (window := inputs.get("backtrackWindow", 0)) not in _BACKTRACK:
        yield f"expected backtrackWindow to be in the range (0 - {_BACKTRACK[-1]}), got {window}"


def insights_rules(inputs: Props) -> Iterator[str]:
    """Refuse retentions of Performance Insights that there are not; the provider checks those of instances."""
    if (days := inputs.get("performanceInsightsRetentionPeriod", 7)) not in _INSIGHTS_DAYS:
        yield f"performanceInsightsRetentionPeriod must be 7, 731 or a multiple of 31 up to 713, got {days}"


def scaling_rules(inputs: Props) -> Iterator[str]:
    """Refuse bounds of Serverless v2 that there are not."""
    scaling = inputs.get("serverlessv2ScalingConfiguration")
    if scaling is None:
        return
    for key, (least, most) in _CAPACITIES.items():
        if key not in scaling:
            yield f"serverlessv2ScalingConfiguration needs {key}"
        elif not least <= scaling[key] <= most:
            yield f"expected {key} to be in the range ({least} - {most}), got {scaling[key]}"
    if (pause := scaling.get("secondsUntilAutoPause", _PAUSES[0])) not in _PAUSES:
        yield f"expected secondsUntilAutoPause to be in the range ({_PAUSES[0]} - {_PAUSES[-1]}), got {pause}"


def credential_rules(inputs: Props) -> Iterator[str]:
    """Refuse credentials that contradict each other, without repeating a password."""
    ways = [key for key in ("manageMasterUserPassword", "masterPassword", "masterPasswordWo") if inputs.get(key)]
    if len(ways) > 1:
        yield f"{' and '.join(ways)} conflict with each other"
    if ("masterPasswordWo" in inputs) != ("masterPasswordWoVersion" in inputs):
        yield "masterPasswordWo and masterPasswordWoVersion need each other"


def password_rules(inputs: Props) -> Iterator[str]:
    """Refuse weak or impossible passwords; a rule of its own, as a password is often not known yet."""
    for key in ("masterPassword", "masterPasswordWo"):
        if key in inputs and not _PASSWORD.fullmatch(inputs[key]):
            yield (
                f"The parameter MasterUserPassword is not a valid password ({key}): it must be 8 to 128 printable "
                "ASCII characters besides '/', '@', '\"', ' '."
            )


def source_rules(inputs: Props) -> Iterator[str]:
    """Refuse what contradicts itself in where a cluster comes from."""
    for one, other in (
        ("restoreToPointInTime", "snapshotIdentifier"),
        ("globalClusterIdentifier", "snapshotIdentifier"),
    ):
        if one in inputs and other in inputs:
            yield f'"{other}": conflicts with {one}'
    point = inputs.get("restoreToPointInTime")
    if point is None:
        return
    for keys in (
        ("sourceClusterIdentifier", "sourceClusterResourceId"),
        ("restoreToTime", "useLatestRestorableTime"),
    ):
        if sum(bool(point.get(key)) for key in keys) != 1:
            yield f"restoreToPointInTime needs one of {' and '.join(keys)}"
    if (kind := point.get("restoreType", "full-copy")) not in ("copy-on-write", "full-copy"):
        yield f"restoreType must be copy-on-write or full-copy, got {kind!r}"


CLUSTER_RULES: Final = (
    engine_rules,
    name_rules,
    choice_rules,
    number_rules,
    scaling_rules,
    credential_rules,
    password_rules,
    source_rules,
)
"""All of a cluster's; they are apart because one that reads a value that is not known yet ends without a word."""
MEMBER_RULES: Final = (engine_rules, name_rules, insights_rules)
"""All of a cluster instance's."""
