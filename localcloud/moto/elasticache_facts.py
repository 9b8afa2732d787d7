"""Facts of ElastiCache, as data: engines and versions, node types, parameters. Seen 2026-11."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Amazon ElastiCache User Guide, "Supported engines and versions". AWS runs the newest patch of the day.
VERSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "redis": ("4.0.10", "5.0.6", "6.0.5", "6.2.6", "7.0.7", "7.1.0"),
    "valkey": ("7.2.6", "8.0.1", "8.1.0", "8.2.0", "9.0.0"),
}
DEFAULT_VERSION: Final[Mapping[str, str]] = {"redis": "7.1.0", "valkey": "8.2.0"}
FAMILIES: Final = ("redis4.0", "redis5.0", "redis6.x", "redis7", "valkey7", "valkey8", "valkey9")

# The same guide, "Supported node types": sizes -> families.
_NODE_FAMILIES: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("micro", "small", "medium"): ("t2", "t3", "t4g"),
    ("large", "xlarge", "2xlarge", "4xlarge", "10xlarge"): ("m4",),
    ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"): ("r4",),
    ("large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"): ("m5", "r5"),
    ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"): ("m6g", "m7g", "r6g", "r7g", "c7gn"),
    ("xlarge", "2xlarge", "4xlarge", "8xlarge", "16xlarge"): ("r6gd",),
}
NODE_TYPES: Final = frozenset(
    f"cache.{family}.{size}" for sizes, families in _NODE_FAMILIES.items() for family in families for size in sizes
)
TIERED: Final = "cache.r6gd."
"""Node types that keep a part of the data on SSD: data tiering is theirs, and they have nothing else."""

# The same guide, "Quotas" (without an increase) and "Modifying cluster mode"; API reference, ModifyReplicationGroup.
MAX_REPLICAS: Final = 5
MAX_NODES: Final = 90
MAX_SNAPSHOT_DAYS: Final = 35
SLOTS: Final = 16_384
FIRST_COMPATIBLE: Final[Mapping[str, tuple[int, ...]]] = {"redis": (7, 0), "valkey": (7, 2)}
FIRST_TLS_CHANGE: Final = (7, 0, 5)
PASSWORD_LENGTHS: Final = range(16, 129)
MAX_PASSWORDS: Final = 2

# The same guide, "Scaling ElastiCache Serverless"; API reference, DataStorage and ECPUPerSecond.
SERVERLESS_MAJORS: Final[Mapping[str, tuple[str, ...]]] = {"redis": ("7",), "valkey": ("7", "8", "9")}
SERVERLESS_GB: Final = range(1, 5_001)
SERVERLESS_ECPU: Final = range(1_000, 15_000_001)

# The same guide, "Global datastores: prerequisites and limitations".
GLOBAL_NODES: Final = ("m5", "m6g", "m7g", "r5", "r6g", "r6gd", "r7g", "c7gn")
FIRST_GLOBAL: Final = (5, 0, 6)
MAX_SECONDARIES: Final = 2


def numbers(version: str) -> tuple[int, ...]:
    """Give the numbers of a version: `8.0.1` -> (8, 0, 1)."""
    return tuple(int(part) for part in version.split("."))


def resolve(engine: str, wanted: str | None) -> str | None:
    """Give the version that AWS runs for the one asked for (`8.0`, `6.x`, none); None for an unknown one."""
    if not wanted:
        return DEFAULT_VERSION.get(engine)
    parts = wanted.removesuffix(".x").split(".")
    known = [version for version in VERSIONS.get(engine, ()) if version.split(".")[: len(parts)] == parts]
    return known[-1] if known else None


def family(engine: str, version: str) -> str:
    """Give the parameter group family of a version: `8.0.1` of valkey -> `valkey8`."""
    major, minor, *_ = version.split(".")
    if engine == "redis" and major == "6":
        return "redis6.x"
    return f"{engine}{major}.{minor}" if int(major) < 6 else f"{engine}{major}"  # noqa: PLR2004  5 was the last with minors


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameter:
    """One parameter of an engine, with the values that AWS allows."""

    type: str
    allowed: str
    default: str
    modifiable: bool = True
    reboot: bool = False

    def refuses(self, value: str) -> bool:
        """Say whether AWS would refuse *value*."""
        if self.type == "integer" and "," not in self.allowed:
            least, _, most = self.allowed.rpartition("-")
            return not (value.removeprefix("-").isdigit() and int(least) <= int(value) <= int(most))
        return bool(self.allowed) and value not in self.allowed.split(",")


_BOOL: Final = "yes,no"
_NATURAL: Final = "0-4294967295"
_EVICTIONS: Final = (
    "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction"
)

# name, type, allowed values, default, what is special. The same guide, "Valkey and Redis OSS parameters".
_COMMON: Final = f"""
acllog-max-len|integer|1-10000|128
active-defrag-cycle-max|integer|1-75|75
active-defrag-cycle-min|integer|1-75|5
active-defrag-ignore-bytes|integer|1048576-2147483647|104857600
active-defrag-max-scan-fields|integer|1-1000000|1000
active-defrag-threshold-lower|integer|1-100|10
active-defrag-threshold-upper|integer|1-100|100
active-expire-effort|integer|1-10|1
activedefrag|string|{_BOOL}|no
activerehashing|string|{_BOOL}|yes|reboot
appendfsync|string|always,everysec,no|everysec|fixed
appendonly|string|{_BOOL}|no|fixed
client-output-buffer-limit-normal-hard-limit|integer|{_NATURAL}|0
client-output-buffer-limit-normal-soft-limit|integer|{_NATURAL}|0
client-output-buffer-limit-normal-soft-seconds|integer|{_NATURAL}|0
client-output-buffer-limit-pubsub-hard-limit|integer|{_NATURAL}|33554432
client-output-buffer-limit-pubsub-soft-limit|integer|{_NATURAL}|8388608
client-output-buffer-limit-pubsub-soft-seconds|integer|{_NATURAL}|60
client-query-buffer-limit|integer|1048576-1073741824|1073741824
close-on-replica-write|string|{_BOOL}|yes
cluster-allow-reads-when-down|string|{_BOOL}|no
cluster-enabled|string|{_BOOL}|no|reboot
cluster-require-full-coverage|string|{_BOOL}|no
databases|integer|1-1200000|16|reboot
hll-sparse-max-bytes|integer|1-16000|3000
lazyfree-lazy-eviction|string|{_BOOL}|no
lazyfree-lazy-expire|string|{_BOOL}|no
lazyfree-lazy-server-del|string|{_BOOL}|no
lfu-decay-time|integer|0-65535|1
lfu-log-factor|integer|1-1000000|10
list-compress-depth|integer|0-65535|0
lua-time-limit|integer|5000-5000|5000|fixed
maxclients|integer|1-65000|65000|fixed
maxmemory|integer|{_NATURAL}|0|fixed
maxmemory-policy|string|{_EVICTIONS}|volatile-lru
maxmemory-samples|integer|1-2147483647|3
min-replicas-max-lag|integer|{_NATURAL}|10
min-replicas-to-write|integer|{_NATURAL}|0
notify-keyspace-events|string||
proto-max-bulk-len|integer|1048576-536870912|536870912
rename-commands|string||
repl-backlog-size|integer|16384-4294967295|1048576
repl-backlog-ttl|integer|{_NATURAL}|3600
repl-timeout|integer|11-60|60
replica-allow-chaining|string|{_BOOL}|no|fixed
replica-ignore-maxmemory|string|{_BOOL}|yes|fixed
replica-lazy-flush|string|{_BOOL}|no
reserved-memory|integer|{_NATURAL}|0
reserved-memory-percent|integer|0-100|25
set-max-intset-entries|integer|{_NATURAL}|512
slowlog-log-slower-than|integer|-1-2147483647|10000
slowlog-max-len|integer|0-2147483647|128
stream-node-max-bytes|integer|{_NATURAL}|4096
stream-node-max-entries|integer|{_NATURAL}|100
tcp-keepalive|integer|0-2147483647|300
timeout|integer|0-2147483647|0
tracking-table-max-keys|integer|1-100000000|1000000
"""
_OLD: Final = f"""
hash-max-ziplist-entries|integer|{_NATURAL}|512
hash-max-ziplist-value|integer|{_NATURAL}|64
list-max-ziplist-size|integer|-5-2147483647|-2
zset-max-ziplist-entries|integer|{_NATURAL}|128
zset-max-ziplist-value|integer|{_NATURAL}|64
"""
_NEW: Final = f"""
acl-pubsub-default|string|allchannels,resetchannels|allchannels
cluster-allow-pubsubshard-when-down|string|{_BOOL}|yes
hash-max-listpack-entries|integer|{_NATURAL}|512
hash-max-listpack-value|integer|{_NATURAL}|64
latency-tracking|string|{_BOOL}|no
lazyfree-lazy-user-del|string|{_BOOL}|no
list-max-listpack-size|integer|-5-2147483647|-2
set-max-listpack-entries|integer|{_NATURAL}|128
set-max-listpack-value|integer|{_NATURAL}|64
zset-max-listpack-entries|integer|{_NATURAL}|128
zset-max-listpack-value|integer|{_NATURAL}|64
"""


def _table(*texts: str) -> Mapping[str, Parameter]:
    parameters: dict[str, Parameter] = {}
    for line in "".join(texts).split():
        name, type_, allowed, default, *special = line.split("|")
        parameters[name] = Parameter(
            type=type_,
            allowed=allowed,
            default=default,
            modifiable="fixed" not in special,
            reboot="reboot" in special,
        )
    return parameters


_OLD_TABLE: Final = _table(_COMMON, _OLD)
_NEW_TABLE: Final = _table(_COMMON, _NEW)


def parameters(family_: str) -> Mapping[str, Parameter]:
    """Give the parameters of a family by name."""
    return _OLD_TABLE if family_ in ("redis4.0", "redis5.0", "redis6.x") else _NEW_TABLE
