"""Who reaches a store over the network: the clients' group, on the store's port, and nobody else."""

from typing import TypedDict

import pulumi_aws as aws
from pulumi import ResourceOptions

from components.place import Place


class OnePort(TypedDict):
    """What a rule of either direction lets through."""

    ip_protocol: str
    from_port: int
    to_port: int
    description: str


def tcp(port: int, why: str) -> OnePort:
    """Give the part of a rule that lets TCP *port* through, and says why."""
    return {"ip_protocol": "tcp", "from_port": port, "to_port": port, "description": why}


def store_security_group(
    name: str, place: Place, port: int, child: ResourceOptions, *, region: str | None = None
) -> aws.ec2.SecurityGroup:
    """
    Make the security group of the store *name*: TCP *port* from the clients' group, nothing out.

    A group made by Pulumi has no way out either, so that of the clients is opened towards the store. The network is in
    *region*; None is the stack's.
    """
    group = aws.ec2.SecurityGroup(
        f"{name}-security-group",
        vpc_id=place.vpc_id,
        description=f"Data store {name}",
        region=region,
        opts=child,
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-from-clients",
        security_group_id=group.id,
        referenced_security_group_id=place.clients,
        **tcp(port, f"Clients reach {name}"),
        region=region,
        opts=child,
    )
    if place.clients_are_ours:
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-of-clients",
            security_group_id=place.clients,
            referenced_security_group_id=group.id,
            **tcp(port, f"Clients reach {name}"),
            region=region,
            opts=child,
        )
    return group
