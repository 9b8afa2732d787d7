"""What ElastiCache keeps in one account and region, beside what moto keeps."""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NoReturn

from moto.elasticache.exceptions import ElastiCacheException
from moto.elasticache.models import ElastiCacheBackend

from localcloud.moto.elasticache_facts import FAMILIES

_IDENTIFIER: Final = re.compile(r"[a-z](-?[a-z0-9])*")
_PLACE: Final = "localcloud"


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of AWS: its code, as botocore names it, and its message."""
    raise ElastiCacheException(code, message)


@dataclass(frozen=True, kw_only=True, slots=True)
class ParameterGroup:
    """A cache parameter group, with the values that somebody set."""

    name: str
    family: str
    description: str
    values: Mapping[str, str]
    arn: str

    @property
    def clustered(self) -> bool:
        """Whether it makes a cluster of a replication group."""
        return self.values.get("cluster-enabled") == "yes"


@dataclass(frozen=True, kw_only=True, slots=True)
class UserGroup:
    """A group of users, as a replication group takes it."""

    id: str
    engine: str
    users: tuple[str, ...]
    arn: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """A node group: its primary first, then its replicas."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ReplicationGroup:
    """A replication group; moto's own code reads some of it, so the names are moto's where it does."""

    arn: str
    replication_group_id: str
    created: datetime
    description: str
    engine: str
    engine_version: str
    """The version that runs: `8.0.1`."""
    cache_node_type: str
    cluster_mode: str
    shards: tuple[Shard, ...]
    zones: tuple[str, ...]
    cache_parameter_group_name: str
    cache_subnet_group_name: str | None
    security_groups: tuple[str, ...]
    port: int
    failover: bool
    multi_az: bool
    tls_mode: str | None
    """None without encryption in transit, else `preferred` or `required`."""
    at_rest_encryption: bool
    kms_key_id: str | None
    auth_token: str | None
    user_groups: tuple[str, ...]
    logs: tuple[Mapping[str, Any], ...]
    snapshot_retention_limit: int
    snapshot_window: str
    snapshotting_cluster: str | None
    preferred_maintenance_window: str
    notification_topic_arn: str | None
    auto_minor_version_upgrade: bool
    data_tiering: bool
    network_type: str
    ip_discovery: str
    global_group: str | None = None
    """The id of the global datastore that it is a member of."""
    global_role: str | None = None
    """None, PRIMARY or SECONDARY."""

    @property
    def automatic_failover(self) -> str:
        """The status that AWS gives of automatic failover."""
        return "enabled" if self.failover else "disabled"

    @property
    def node_groups(self) -> list[Shard]:
        """The shards, under moto's name: its snapshots count them."""
        return list(self.shards)

    @property
    def members(self) -> list[str]:
        """The ids of all nodes."""
        return [member for shard in self.shards for member in shard.members]

    @property
    def clustered(self) -> bool:
        """Whether it speaks the cluster protocol."""
        return self.cluster_mode != "disabled"


@dataclass(kw_only=True, slots=True)
class State:
    """All of one account and region; it lives in moto's backend, and dies with its reset."""

    parameter_groups: dict[str, ParameterGroup] = field(default_factory=dict)
    user_groups: dict[str, UserGroup] = field(default_factory=dict)
    serverless: dict[str, Any] = field(default_factory=dict)
    """Serverless caches by name."""
    serverless_snapshots: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Snapshots of serverless caches by name, as AWS describes them."""
    datastores: dict[str, Any] = field(default_factory=dict)
    """Global datastores by id, in the region that they were made in."""
    lock: threading.RLock = field(default_factory=threading.RLock)


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request: what it asks for, and where."""

    params: Mapping[str, Any]
    backend: ElastiCacheBackend
    state: State

    def get(self, name: str, default: Any = None) -> Any:
        """Give a parameter of the request."""
        value = self.params.get(name)
        return default if value is None else value

    def text(self, name: str) -> str:
        """Give a parameter that boto3 requires."""
        return str(self.params[name])

    def arn(self, kind: str, name: str) -> str:
        """Give the ARN of a resource of this account and region."""
        return f"arn:aws:elasticache:{self.backend.region_name}:{self.backend.account_id}:{kind}:{name}"

    @property
    def groups(self) -> dict[str, ReplicationGroup]:
        """The replication groups, in moto's own place: its snapshots and tags look there."""
        return self.backend.replication_groups  # pyright: ignore[reportReturnType]  ours stand in the place of moto's

    def group(self, id_: str) -> ReplicationGroup:
        """Give a replication group; AWS makes no difference between upper and lower case."""
        if id_.lower() not in self.groups:
            refuse("ReplicationGroupNotFoundFault", f"ReplicationGroup {id_} not found.")
        return self.groups[id_.lower()]

    def parameter_group(self, name: str) -> ParameterGroup:
        """Give a parameter group, one of AWS's own too."""
        found = self.state.parameter_groups.get(name.lower()) or self.default_parameter_groups().get(name.lower())
        return found or refuse("CacheParameterGroupNotFound", f"CacheParameterGroup not found: {name}")

    def default_parameter_groups(self) -> dict[str, ParameterGroup]:
        """Give the groups that every account has: two a family."""
        groups = [
            ParameterGroup(
                name=(name := f"default.{family}{'.cluster.on' if clustered else ''}"),
                family=family,
                description=f"Default parameter group for {family}{' with cluster mode on' if clustered else ''}",
                values={"cluster-enabled": "yes"} if clustered else {},
                arn=self.arn("parametergroup", name),
            )
            for family in FAMILIES
            for clustered in (False, True)
        ]
        return {group.name: group for group in groups}

    def user_group(self, id_: str) -> UserGroup:
        """Give a user group."""
        if id_.lower() not in self.state.user_groups:
            refuse("UserGroupNotFound", f"User Group {id_} not found.")
        return self.state.user_groups[id_.lower()]

    def tag(self, arn: str) -> None:
        """Keep the tags of a request that makes something."""
        if tags := self.get("Tags", []):
            self.backend.tagging_service.tag_resource(arn, tags)


def state_of(backend: ElastiCacheBackend) -> State:
    """Give the state that belongs to *backend*."""
    return vars(backend).setdefault(_PLACE, State())


def identifier(name: str, value: str, longest: int) -> str:
    """Give an identifier in lower case, as AWS keeps it, or refuse it."""
    if not _IDENTIFIER.fullmatch(value.lower()) or len(value) > longest:
        refuse(
            "InvalidParameterValue",
            f"The parameter {name} is not a valid identifier, got {value!r}. Identifiers must begin with a letter; "
            "must contain only ASCII letters, digits, and hyphens; must not end with a hyphen or contain two "
            f"consecutive hyphens; and have at most {longest} characters.",
        )
    return value.lower()
