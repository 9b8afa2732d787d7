"""RDS Proxy: many connections of clients share a few of the database's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.access import store_security_group, tcp
from components.logs import log_group
from components.postgres_args import PORT
from components.postgres_shared import Shared
from components.roles import service_role

IDLE_CLIENT_SECONDS: Final = 1_800
"""How long a client may be silent before it is cut off; applications' pools hold idle connections for as long."""
# Of the database's limit; the rest is for those who connect directly.
MAX_CONNECTIONS_PERCENT: Final = 90
MAX_IDLE_PERCENT: Final = 50
BORROW_SECONDS: Final = 120
"""How long a client waits for a connection before it is refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What a proxy leads to."""

    instance: Input[str] | None
    """Identifier of an instance; None: it is a cluster."""
    cluster: Input[str] | None
    members: Sequence[pulumi.Resource]
    """A cluster can be a target once it has members."""
    readers: bool
    """Whether there are readers: only of a cluster can a proxy tell them from the writer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proxy:
    """A proxy and its endpoints."""

    host: Output[str]
    reader_host: Output[str] | None
    resource_id: Output[str]
    """What `rds-db:connect` names: `prx-…`."""


def proxy_part(shared: Shared, secret_arns: Mapping[str, Input[str]], target: Target) -> Proxy:
    """Make a proxy in front of *target* for the logins whose secrets are given, all of which log in by IAM."""
    name, place, child = f"{shared.name}-proxy", shared.args.place, shared.child
    physical = shared.identifier()
    group = _security_group(name, shared)
    role = _role(name, shared, secret_arns)
    proxy = aws.rds.Proxy(
        name,
        name=physical,
        engine_family="POSTGRESQL",
        role_arn=role,
        auths=[
            {
                "auth_scheme": "SECRETS",
                "iam_auth": "REQUIRED",
                "description": f"Login {login}",
                "secret_arn": arn,
            }
            for login, arn in secret_arns.items()
        ],
        require_tls=True,
        debug_logging=False,
        idle_client_timeout=IDLE_CLIENT_SECONDS,
        vpc_subnet_ids=place.subnet_ids,
        vpc_security_group_ids=[group.id],
        opts=ResourceOptions.merge(child, _stays(depends_on=[_logs(name, physical, shared)])),
    )
    defaults = aws.rds.ProxyDefaultTargetGroup(
        f"{name}-pool",
        db_proxy_name=proxy.name,
        connection_pool_config={
            "max_connections_percent": MAX_CONNECTIONS_PERCENT,
            "max_idle_connections_percent": MAX_IDLE_PERCENT,
            "connection_borrow_timeout": BORROW_SECONDS,
            # No session_pinning_filters: who changes a session keeps it, or the next client would act as another
            # tenant.
        },
        opts=child,
    )
    registered = aws.rds.ProxyTarget(
        f"{name}-target",
        db_proxy_name=proxy.name,
        target_group_name=defaults.name,
        db_instance_identifier=target.instance,
        db_cluster_identifier=target.cluster,
        # A proxy has one target: the one before must be gone, and clients wait for the next as long as they borrow.
        opts=ResourceOptions.merge(child, ResourceOptions(delete_before_replace=True, depends_on=[*target.members])),
    )
    readers = _readers(name, shared, proxy, group, registered) if target.readers else None
    return Proxy(
        host=proxy.endpoint,
        reader_host=readers.endpoint if readers else None,
        # arn:aws:rds:REGION:ACCOUNT:db-proxy:prx-0123456789abcdef0
        resource_id=proxy.arn.apply(lambda arn: arn.rpartition(":")[2]),
    )


def _stays(depends_on: Sequence[pulumi.Resource] = ()) -> ResourceOptions:
    """
    Keep a proxy or an endpoint in the subnets that it began in.

    They can only be chosen when it is made: a network that grows by a zone would replace it and change its host. And
    a subnet in a zone without proxies is taken out by AWS, which would replace it on every run.
    """
    return ResourceOptions(ignore_changes=["vpc_subnet_ids"], depends_on=[*depends_on])


def _security_group(name: str, shared: Shared) -> aws.ec2.SecurityGroup:
    """Let clients reach the proxy, and the proxy the database."""
    why, child = f"The pool reaches {shared.name}", shared.child
    group = store_security_group(name, shared.args.place, PORT, child)
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-to-database",
        security_group_id=group.id,
        referenced_security_group_id=shared.group.id,
        **tcp(PORT, why),
        opts=child,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{shared.name}-from-proxy",
        security_group_id=shared.group.id,
        referenced_security_group_id=group.id,
        **tcp(PORT, why),
        opts=child,
    )
    return group


def _role(name: str, shared: Shared, secret_arns: Mapping[str, Input[str]]) -> Output[str]:
    """Make the role that reads the logins' secrets and nothing else; give its ARN once it may."""
    role = service_role(name, "rds.amazonaws.com", "Lets RDS Proxy read the passwords of its logins", shared.child)
    policy = aws.iam.RolePolicy(
        f"{name}-passwords",
        role=role.name,
        policy=Output.json_dumps(_passwords(shared, secret_arns)),
        opts=shared.child,
    )
    return Output.all(role.arn, policy.id).apply(lambda both: both[0])


def _passwords(shared: Shared, secret_arns: Mapping[str, Input[str]]) -> dict[str, Any]:
    account = shared.args.account
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
                "Resource": list(secret_arns.values()),
            },
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": shared.args.key_arn,
                "Condition": {"StringEquals": {"kms:ViaService": f"secretsmanager.{account.region}.amazonaws.com"}},
            },
        ],
    }


def _logs(name: str, physical: Output[str], shared: Shared) -> aws.cloudwatch.LogGroup:
    """Make the group that the proxy would make without a key and without an end."""
    return log_group(f"{name}-logs", Output.format("/aws/rds/proxy/{0}", physical), shared.args.key_arn, shared.child)


def _readers(
    name: str, shared: Shared, proxy: aws.rds.Proxy, group: aws.ec2.SecurityGroup, target: aws.rds.ProxyTarget
) -> aws.rds.ProxyEndpoint:
    """Make the endpoint for those who only read: RDS takes one only for a cluster, so that comes first."""
    return aws.rds.ProxyEndpoint(
        f"{name}-readers",
        db_proxy_name=proxy.name,
        db_proxy_endpoint_name=shared.identifier("readers"),
        target_role="READ_ONLY",
        vpc_subnet_ids=shared.args.place.subnet_ids,
        vpc_security_group_ids=[group.id],
        opts=ResourceOptions.merge(shared.child, _stays(depends_on=[target])),
    )
