"""Parameters of PostgreSQL on RDS and Aurora: TLS only, audited, slow statements logged."""

import json
import zlib
from collections.abc import Mapping
from typing import Final, TypedDict

import pulumi_aws as aws

from components.postgres_args import PostgresArgs
from components.postgres_shared import Shared
from sizes.postgres import ReplicaPurpose, Version

SLOW_STATEMENT_MS: Final = 1000
_PATIENCE_MS: Final = str(15 * 60 * 1000)
REPLICA_PARAMETERS: Final[Mapping[ReplicaPurpose, Mapping[str, str]]] = {
    # A long report would be cancelled after 30 s when it stands in the way of what the primary did; here it may hold
    # replication up instead.
    ReplicaPurpose.ANALYTICS: {
        "max_standby_archive_delay": _PATIENCE_MS,
        "max_standby_streaming_delay": _PATIENCE_MS,
    },
}
"""What a replica of a purpose has otherwise than its primary; others share the primary's group."""


class Parameter(TypedDict):
    """One parameter of a group; the same for instances and clusters."""

    name: str
    value: str
    apply_method: str


def instance_parameters(shared: Shared, version: Version) -> aws.rds.ParameterGroup:
    """Make the parameter group of a primary and of the replicas that have none of their own."""
    return _instance_group(shared, version, f"{shared.name}-parameters", shared.name, parameters(shared.args))


def replica_parameters(
    shared: Shared, version: Version, purpose: ReplicaPurpose, primary: aws.rds.ParameterGroup
) -> aws.rds.ParameterGroup:
    """Give the parameter group of a replica: the primary's unless its purpose asks for something else."""
    if purpose not in REPLICA_PARAMETERS:
        return primary
    own = parameters(shared.args, REPLICA_PARAMETERS[purpose])
    return _instance_group(shared, version, f"{shared.name}-parameters-{purpose}", f"{shared.name}-{purpose}", own)


def cluster_parameters(
    shared: Shared, version: Version, logical_name: str, *, region: str | None = None
) -> aws.rds.ClusterParameterGroup:
    """Make the parameter group of a cluster; *region* None is the stack's."""
    family, own = f"aurora-postgresql{version}", parameters(shared.args)
    return aws.rds.ClusterParameterGroup(
        logical_name,
        name=_group_name(shared.args, shared.name, family, own),
        family=family,
        description=_description(shared.args, shared.name),
        parameters=[{**one} for one in own],
        region=region,
        opts=shared.child,
    )


def member_parameters(
    shared: Shared, version: Version, logical_name: str, *, region: str | None = None
) -> aws.rds.ParameterGroup:
    """
    Make the parameter group of a cluster's members: one of our own, so that a parameter of it needs no new group.

    It sets nothing by itself, for what both groups know holds for all members in the cluster's.
    """
    family = f"aurora-postgresql{version}"
    return aws.rds.ParameterGroup(
        logical_name,
        name=_group_name(shared.args, f"{shared.name}-member", family, []),
        family=family,
        description=f"Members of {shared.args.prefix} {shared.name}",
        region=region,
        opts=shared.child,
    )


def _instance_group(
    shared: Shared, version: Version, logical_name: str, name: str, own: list[Parameter]
) -> aws.rds.ParameterGroup:
    """Make a parameter group; another content is another name, so that the new one exists before the old one goes."""
    family = f"postgres{version}"
    return aws.rds.ParameterGroup(
        logical_name,
        name=_group_name(shared.args, name, family, own),
        family=family,
        description=_description(shared.args, name),
        parameters=[{**one} for one in own],
        opts=shared.child,
    )


def _group_name(args: PostgresArgs, name: str, family: str, own: list[Parameter]) -> str:
    digest = f"{zlib.crc32(json.dumps([family, own]).encode()):08x}"
    return f"{args.prefix}-{name}-{family}-{digest}"


def _description(args: PostgresArgs, name: str) -> str:
    return f"TLS only, audited, slow statements logged ({args.prefix} {name})"


def parameters(args: PostgresArgs, further: Mapping[str, str] | None = None) -> list[Parameter]:
    """Give the parameters of a database, with *further* ones that hold at once."""
    libraries = ["pg_stat_statements", "pgaudit", *args.preload]
    now = {
        "rds.force_ssl": "1",
        "log_connections": "1",
        "log_disconnections": "1",
        "log_min_duration_statement": str(SLOW_STATEMENT_MS),
        "log_statement": "ddl",
        "pgaudit.log": "ddl,role",
        **(further or {}),
    }
    # Static parameters: they hold from the next start of the instance.
    at_start = {"shared_preload_libraries": ",".join(libraries)}
    if "pg_cron" in libraries:
        at_start["cron.database_name"] = args.database
    return [
        {"name": name, "value": value, "apply_method": method}
        for chosen, method in ((now, "immediate"), (at_start, "pending-reboot"))
        for name, value in chosen.items()
    ]
