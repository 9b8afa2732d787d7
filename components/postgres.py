"""PostgreSQL on RDS or Aurora, with its credentials, its pool, and the way from one to the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.aurora import ClusterPart, cluster_part
from components.aurora_global import global_part
from components.generations import called
from components.logins import Hosts, Login, admin_secret, connect_policy, make_logins, write_login
from components.postgres_args import PORT, FromSnapshot, PostgresArgs, RestoreToTime
from components.postgres_instance import InstancePart, instance_part
from components.postgres_shared import Shared, shared_parts
from components.proxy import Proxy, Target, proxy_part
from sizes.logins import ADMIN, DIRECT_LOGINS
from sizes.postgres import ReplicaPurpose
from sizes.postgres_move import Writer

__all__ = ["ADMIN", "PORT", "FromSnapshot", "Postgres", "PostgresArgs", "RestoreToTime"]


class Postgres(pulumi.ComponentResource):
    """
    A PostgreSQL database that is encrypted, private, backed up, and reached over TLS only.

    It is an instance, a cluster, or both while it moves; password, secrets and network are the same in all three.
    """

    endpoint: Output[str]
    """Host and port of the writer itself."""
    reader_endpoints: Mapping[str, Output[str]]
    """Host and port of those who only read, by purpose; on Aurora all purposes share the cluster's readers."""
    proxy_endpoint: Output[str] | None
    """Host and port of the pool."""
    secret_arn: Output[str]
    """The administrator's connection secret."""
    login_secret_arns: Mapping[str, Output[str]]
    """The connection secret of each login."""
    connect_policies: Mapping[str, Output[str]]
    """For each login a policy document that lets its holder log in by IAM as this login only."""
    secondary_endpoint: Output[str] | None
    """Host and port of the readers in the DR region."""
    spare_endpoint: Output[str] | None
    """Host and port of the one that is not used: one that was restored, or the one before it."""
    host: Input[str]
    """Where applications connect to, without a port: the pool where there is one, else the writer."""
    security_group_id: Output[str]
    watched: "Identified"
    generations: "Mapping[str, Identified]"
    """All that is there, by name: of two after a restore, both."""

    def __init__(self, name: str, args: PostgresArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Postgres", name, {}, opts)
        shared = shared_parts(name, args, parent=self)
        both = _both(args, shared)
        parts = both.used
        logins = make_logins(name, args, parent=self)
        admin = admin_secret(name, args, shared.passwords, parts.hosts, shared.child)
        proxy = _pool(shared, parts, logins) if args.proxy else None
        for login in logins:
            write_login(args, login, direct=parts.hosts, pooled=_pooled(login, parts, proxy))

        self.endpoint = _address(parts.hosts.host)
        self.reader_endpoints = {purpose: _address(host) for purpose, host in parts.hosts.readers.items()}
        self.proxy_endpoint = _address(proxy.host) if proxy else None
        self.secret_arn = admin.arn
        self.login_secret_arns = {login.name: login.secret.arn for login in logins}
        ids = [*both.resource_ids, *([proxy.resource_id] if proxy else [])]
        self.connect_policies = {login: connect_policy(args, login, ids) for login in args.logins}
        self.secondary_endpoint = parts.secondary
        self.spare_endpoint = _address(both.spare.hosts.host) if both.spare else None
        self.host, self.watched = proxy.host if proxy else parts.hosts.host, parts.watched
        self.generations = {called(name, number): one.watched for number, one in both.by_number.items()}
        self.security_group_id = shared.group.id
        self.register_outputs(
            {
                "endpoint": self.endpoint,
                "reader_endpoints": self.reader_endpoints,
                "proxy_endpoint": self.proxy_endpoint,
                "secret_arn": self.secret_arn,
                "login_secret_arns": self.login_secret_arns,
                "connect_policies": self.connect_policies,
                "secondary_endpoint": self.secondary_endpoint,
                "spare_endpoint": self.spare_endpoint,
            }
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Identified:
    """What metrics, events and schedules call the parts of a database by."""

    instances: Mapping[str, Output[str]]
    """Identifiers of instances on RDS: `primary`, and `replica-<purpose>`."""
    members: Sequence[Output[str]]
    """Identifiers of the cluster's members that are ours."""
    cluster: Output[str] | None
    """Identifier of the cluster on Aurora."""
    secondary: Output[str] | None
    """Identifier of the cluster in the DR region."""
    parameter_groups: Sequence[Output[str]]
    """Names of the parameter groups of instances."""
    log_group: Output[str]
    """Where the one that takes writes logs its statements."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Parts:
    """What the rest has to know of the instance, the cluster, or both."""

    hosts: Hosts
    """Of the one that takes writes."""
    target: Target
    """The one that takes writes, for a pool."""
    resource_ids: Sequence[Input[str]]
    """What `rds-db:connect` names, of all that is there."""
    secondary: Output[str] | None
    watched: Identified


@dataclass(frozen=True, kw_only=True, slots=True)
class _Both:
    """The databases of a store: the one that clients are told of, and one that was made of a backup, or was before."""

    used: _Parts
    spare: _Parts | None
    by_number: Mapping[int, _Parts]

    @property
    def resource_ids(self) -> Sequence[Input[str]]:
        return [one for parts in self.by_number.values() for one in parts.resource_ids]


def _both(args: PostgresArgs, shared: Shared) -> _Both:
    beside = args.beside
    if beside is None:
        alone = _parts(args, shared.of(args.generation, args))
        return _Both(used=alone, spare=None, by_number={args.generation: alone})
    first = replace(args, beside=None, protection=beside.spare if beside.writer else args.protection)
    there = _parts(first, shared.of(args.generation, first))
    source = there.watched.cluster or there.watched.instances["primary"]
    restore = (
        FromSnapshot(snapshot=beside.snapshot) if beside.snapshot else RestoreToTime(source=source, time=beside.time)
    )
    second = replace(
        args,
        beside=None,
        restore=restore,
        protection=args.protection if beside.writer else beside.spare,
        data_key_arn=beside.key_arn,
    )
    made = _parts(second, shared.of(beside.generation, second))
    used, spare = (made, there) if beside.writer else (there, made)
    return _Both(used=used, spare=spare, by_number={args.generation: there, beside.generation: made})


def _parts(args: PostgresArgs, shared: Shared) -> _Parts:
    spare = replace(shared, args=replace(args, protection=args.leaving or args.protection))
    of_instance, of_cluster = (spare, shared) if args.writer == "cluster" else (shared, spare)
    instance = instance_part(args.instance, of_instance) if args.instance else None
    source = instance.primary if instance and args.writer == "instance" else None
    cluster = cluster_part(args.cluster, of_cluster, source) if args.cluster else None
    secondary: aws.rds.Cluster | None = None
    if args.cluster and cluster and args.cluster.dr_readers:
        secondary = global_part(args.cluster, shared, cluster.cluster).secondary
    ids = [*_instance_ids(instance), *([cluster.cluster.cluster_resource_id] if cluster else [])]
    if args.writer == "cluster" and args.cluster and cluster:
        readers = args.cluster.max_readers > 0
        hosts, target = _cluster_hosts(cluster, readers=readers), _cluster_target(cluster, readers=readers)
    elif instance:
        hosts, target = _instance_hosts(instance), _instance_target(instance)
    else:
        raise AssertionError("a database is an instance, a cluster, or both")
    return _Parts(
        hosts=hosts,
        target=target,
        resource_ids=ids,
        secondary=_address(secondary.reader_endpoint) if secondary else None,
        watched=_identified(instance, cluster, secondary, args.writer),
    )


def _identified(
    instance: InstancePart | None, cluster: ClusterPart | None, secondary: aws.rds.Cluster | None, writer: Writer
) -> Identified:
    instances = (
        {"primary": instance.primary, **{f"replica-{purpose}": one for purpose, one in instance.replicas.items()}}
        if instance
        else {}
    )
    members = [*instances.values(), *(cluster.members if cluster else ())]
    groups = [
        one.parameter_group_name if isinstance(one, aws.rds.Instance) else one.db_parameter_group_name
        for one in members
    ]
    if cluster and writer == "cluster":
        log_group = Output.format("/aws/rds/cluster/{0}/postgresql", cluster.cluster.cluster_identifier)
    else:
        log_group = Output.format("/aws/rds/instance/{0}/postgresql", instances["primary"].identifier)
    return Identified(
        instances={part: one.identifier for part, one in instances.items()},
        members=[one.identifier for one in cluster.members] if cluster else [],
        cluster=cluster.cluster.cluster_identifier if cluster else None,
        secondary=secondary.cluster_identifier if secondary else None,
        parameter_groups=groups,
        log_group=log_group,
    )


def _instance_ids(instance: InstancePart | None) -> list[Output[str]]:
    if instance is None:
        return []
    return [instance.primary.resource_id, *(replica.resource_id for replica in instance.replicas.values())]


def _instance_hosts(instance: InstancePart) -> Hosts:
    readers: dict[str, Input[str]] = {purpose: replica.address for purpose, replica in instance.replicas.items()}
    return Hosts(host=instance.primary.address, readers=readers)


def _instance_target(instance: InstancePart) -> Target:
    return Target(instance=instance.primary.identifier, cluster=None, members=[], readers=False)


def _cluster_hosts(part: ClusterPart, *, readers: bool) -> Hosts:
    # Every purpose has a host, so that what an application looked up on RDS is there on Aurora too.
    purposes = list(ReplicaPurpose) if readers else []
    return Hosts(host=part.cluster.endpoint, readers=dict.fromkeys(purposes, part.cluster.reader_endpoint))


def _cluster_target(part: ClusterPart, *, readers: bool) -> Target:
    return Target(instance=None, cluster=part.cluster.cluster_identifier, members=part.members, readers=readers)


def _pool(shared: Shared, parts: _Parts, logins: Sequence[Login]) -> Proxy:
    secrets = {login.name: login.secret.arn for login in logins if login.name not in DIRECT_LOGINS}
    return proxy_part(shared, secrets, parts.target)


def _pooled(login: Login, parts: _Parts, proxy: Proxy | None) -> Hosts | None:
    """Give the hosts of a login that goes through the pool; replicas of an instance have none."""
    if proxy is None or login.name in DIRECT_LOGINS:
        return None
    readers = parts.hosts.readers
    if proxy.reader_host is not None:
        readers = dict.fromkeys(readers, proxy.reader_host)
    return Hosts(host=proxy.host, readers=readers)


def _address(host: Input[str]) -> Output[str]:
    return Output.format("{0}:{1}", host, PORT)
