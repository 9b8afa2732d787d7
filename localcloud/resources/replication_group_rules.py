"""What the official provider refuses of a replication group before it asks AWS."""

import re
from collections.abc import Iterator
from typing import Final

from localcloud.moto.elasticache_facts import MAX_SNAPSHOT_DAYS
from localcloud.resource import Rule
from localcloud.wire import Props

_ID: Final = re.compile(r"[A-Za-z](-?[0-9A-Za-z])*")
MAX_ID: Final = 40
# The official provider's: a patch level only up to version 5, `6.x` for the newest 6.
_VERSION: Final = re.compile(r"[1-5]\.\d+\.\d+|6\.x|[6-9]\.\d+")
_COUNTS: Final = ("numNodeGroups", "replicasPerNodeGroup")
_THE_PRIMARYS: Final = (
    *("atRestEncryptionEnabled", "authToken", "engine", "engineVersion", "nodeType", "numNodeGroups"),
    *("parameterGroupName", "snapshotArns", "snapshotName", "transitEncryptionEnabled"),
)
"""What a secondary of a global datastore has from its primary, and must not say itself."""


def _name_rules(inputs: Props) -> Iterator[str]:
    id_ = inputs["replicationGroupId"]
    if len(id_) > MAX_ID or not _ID.fullmatch(id_):
        yield (
            f"replicationGroupId must begin with a letter, hold letters, digits and single hyphens only, and have at "
            f"most {MAX_ID} characters, got {id_!r}"
        )


def _engine_rules(inputs: Props) -> Iterator[str]:
    version = inputs.get("engineVersion", "8.0")
    if not _VERSION.fullmatch(version):
        yield f"engineVersion: {version} is invalid. For Valkey, and Redis 6 or higher, use <major>.<minor>."
    if (engine := inputs.get("engine", "redis")) not in ("redis", "valkey"):
        yield f"expected engine to be one of redis, valkey, got {engine!r}"
    if not inputs.get("nodeType") and "globalReplicationGroupId" not in inputs:
        yield "nodeType is required"


def _count_rules(inputs: Props) -> Iterator[str]:
    if "numCacheClusters" in inputs and (given := [count for count in _COUNTS if count in inputs]):
        yield f"numCacheClusters conflicts with {', '.join(given)}"
    if inputs.get("replicasPerNodeGroup", 0) < 0:
        yield f"expected replicasPerNodeGroup to be at least (0), got {inputs['replicasPerNodeGroup']}"
    if (days := inputs.get("snapshotRetentionLimit", 0)) not in range(MAX_SNAPSHOT_DAYS + 1):
        yield f"expected snapshotRetentionLimit to be at most ({MAX_SNAPSHOT_DAYS}), got {days}"


def _failover_rules(inputs: Props) -> Iterator[str]:
    failover = inputs.get("automaticFailoverEnabled", False)
    if inputs.get("multiAzEnabled") and not failover:
        yield "automaticFailoverEnabled must be true if multiAzEnabled is true"
    if failover and inputs.get("numCacheClusters", 2) < 2:  # noqa: PLR2004  a primary and its replica
        yield "numCacheClusters must be at least 2 if automaticFailoverEnabled is true"


def _access_rules(inputs: Props) -> Iterator[str]:
    tokens = [key for key in ("authToken", "authTokenWo") if key in inputs]
    if len(tokens) > 1 or (tokens and inputs.get("userGroupIds")):
        yield f"{tokens[0]} conflicts with {'userGroupIds' if len(tokens) == 1 else tokens[1]}"
    if ("authTokenWo" in inputs) != ("authTokenWoVersion" in inputs):
        yield "authTokenWo and authTokenWoVersion must be specified together"
    strategy = inputs.get("authTokenUpdateStrategy")
    if strategy == "DELETE" and tokens:
        yield 'authToken must not be specified when authTokenUpdateStrategy is "DELETE"'
    if strategy in ("SET", "ROTATE") and not tokens:
        yield "authTokenUpdateStrategy: authToken must be specified"


def _member_rules(inputs: Props) -> Iterator[str]:
    if "globalReplicationGroupId" in inputs and (given := [key for key in _THE_PRIMARYS if key in inputs]):
        yield f"globalReplicationGroupId conflicts with {', '.join(given)}"


RULES: Final[tuple[Rule, ...]] = (
    _name_rules,
    _engine_rules,
    _count_rules,
    _failover_rules,
    _access_rules,
    _member_rules,
)
