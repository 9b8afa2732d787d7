"""Who reaches a MongoDB Atlas cluster: the network of the stack by PrivateLink, or the addresses of a list."""

import re
from collections.abc import Sequence
from typing import Final, TypedDict

import pulumi_aws as aws
import pulumi_mongodbatlas as atlas

from components.atlas_shared import Shared
from sizes.atlas import AtlasSize

# Atlas documentation, "Port Ranges Used for Private Endpoints": each node has a port of its own, which Atlas chooses.
FIRST_PORT: Final = 1_024
LAST_PORT: Final = 65_535
_NO_NAME: Final = re.compile(r"[^0-9a-f]+")


def access_list(shared: Shared) -> None:
    """Let in the addresses of the list."""
    for cidr in shared.args.allowed_cidrs:
        atlas.ProjectIpAccessList(
            f"{shared.name}-access-{_NO_NAME.sub('-', cidr)}",
            project_id=shared.project_id,
            cidr_block=cidr,
            comment=f"May reach {shared.physical}",
            opts=shared.child,
        )


def private_links(shared: Shared, size: AtlasSize) -> Sequence[atlas.PrivateLinkEndpointService]:
    """
    Open a private way from the stack's network to each region that the cluster has nodes in.

    Atlas names no private hosts before all of its regions have one. The way to the DR region begins in the home
    network too, so that clients stay connected when the primary moves there.
    """
    group = _security_group(shared)
    links = [_link(shared, shared.name, group)]
    if size.several_regions:
        links.append(_link(shared, f"{shared.name}-dr", group, away=True))
    return links


def _link(
    shared: Shared, name: str, group: aws.ec2.SecurityGroup, *, away: bool = False
) -> atlas.PrivateLinkEndpointService:
    place = shared.place
    service = atlas.PrivateLinkEndpoint(
        f"{name}-private-link",
        project_id=shared.project_id,
        provider_name="AWS",
        region=shared.away if away else shared.home,
        supported_remote_regions=[shared.home] if away else None,
        opts=shared.child,
    )
    endpoint = aws.ec2.VpcEndpoint(
        f"{name}-endpoint",
        vpc_id=place.vpc_id,
        service_name=service.endpoint_service_name,
        service_region=shared.args.dr_region if away else None,
        vpc_endpoint_type="Interface",
        subnet_ids=place.subnet_ids,
        security_group_ids=[group.id],
        opts=shared.child,
    )
    return atlas.PrivateLinkEndpointService(
        f"{name}-private-link-service",
        project_id=shared.project_id,
        private_link_id=service.private_link_id,
        endpoint_service_id=endpoint.id,
        provider_name="AWS",
        opts=shared.child,
    )


def _security_group(shared: Shared) -> aws.ec2.SecurityGroup:
    """Let the clients' group reach the endpoints, and nothing out."""
    name, place, child = shared.name, shared.place, shared.child
    group = aws.ec2.SecurityGroup(
        f"{name}-security-group", vpc_id=place.vpc_id, description=f"Data store {name}", opts=child
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-from-clients",
        security_group_id=group.id,
        referenced_security_group_id=place.clients,
        **_every_node(name),
        opts=child,
    )
    if place.clients_are_ours:
        aws.vpc.SecurityGroupEgressRule(
            f"{name}-of-clients",
            security_group_id=place.clients,
            referenced_security_group_id=group.id,
            **_every_node(name),
            opts=child,
        )
    return group


class _Ports(TypedDict):
    """What a rule of either direction lets through."""

    ip_protocol: str
    from_port: int
    to_port: int
    description: str


def _every_node(name: str) -> _Ports:
    why = f"Clients reach every node of {name}"
    return {"ip_protocol": "tcp", "from_port": FIRST_PORT, "to_port": LAST_PORT, "description": why}
