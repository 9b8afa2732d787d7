"""A private network: subnets without a way to the internet, and a group for those who may reach the stores."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.access import tcp
from components.logs import LOG_RETENTION_DAYS
from components.place import Account, Place
from components.roles import service_role
from sizes.network import NetworkSize

CIDR: Final = "10.20.0.0/16"
"""65,536 addresses; a network of your own, given by id, may have any."""
DR_CIDR: Final = "10.21.0.0/16"
"""That of the DR region differs, so that the two can be joined."""
HTTPS: Final = 443
_SUBNET_PREFIX: Final = 20  # 4,096 addresses a zone, room for sixteen subnets


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkArgs:
    """What the caller decides about a network."""

    size: NetworkSize
    cidr: str
    """A block of 16 bits, such as `CIDR`."""
    zones: Output[Sequence[str]]
    """Names of the region's availability zones."""
    account: Account
    log_key_arn: Input[str]
    """KMS key for the flow logs."""
    s3: bool = False
    """Whether something in the network writes to a bucket."""


class Network(pulumi.ComponentResource):
    """A VPC with private subnets, an endpoint for DynamoDB, flow logs, and a security group for clients."""

    vpc_id: Output[str]
    place: Place

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Network", name, {}, opts)
        child = ResourceOptions(parent=self)
        vpc = aws.ec2.Vpc(
            f"{name}-vpc", cidr_block=args.cidr, enable_dns_hostnames=True, enable_dns_support=True, opts=child
        )
        # The default group of a VPC lets its members talk to each other; this one takes its rules away.
        aws.ec2.DefaultSecurityGroup(f"{name}-default-closed", vpc_id=vpc.id, opts=child)
        clients = aws.ec2.SecurityGroup(
            f"{name}-clients", vpc_id=vpc.id, description="Those who may reach the data stores", opts=child
        )
        routes = aws.ec2.RouteTable(f"{name}-private", vpc_id=vpc.id, opts=child)
        subnets = [_subnet(name, number, args, routes, child) for number in range(1, args.size.zones + 1)]
        subnet_ids = [subnet.id for subnet in subnets]
        _dynamodb(name, args, routes, clients, child)
        if args.s3:
            _gateway(f"{name}-s3", "s3", args, routes, child)
        if args.size.interface_endpoints:
            _interfaces(name, args, subnet_ids, clients, child)
        _flow_logs(name, args, vpc, child)
        self.vpc_id = vpc.id
        self.place = Place(vpc_id=vpc.id, subnet_ids=subnet_ids, clients=clients.id, clients_are_ours=True)
        self.register_outputs({"vpc_id": self.vpc_id})


def _subnet(
    name: str, number: int, args: NetworkArgs, routes: aws.ec2.RouteTable, child: ResourceOptions
) -> aws.ec2.Subnet:
    """Make the private subnet of zone *number*, counted from 1."""
    blocks = list(ipaddress.ip_network(args.cidr).subnets(new_prefix=_SUBNET_PREFIX))
    subnet = aws.ec2.Subnet(
        f"{name}-private-{number}",
        vpc_id=routes.vpc_id,
        cidr_block=str(blocks[number - 1]),
        availability_zone=args.zones.apply(lambda names: _zone(names, number, args)),
        map_public_ip_on_launch=False,
        # A zone that is out of order for an hour would shift the list, and move subnets that are in use.
        opts=ResourceOptions.merge(child, ResourceOptions(ignore_changes=["availability_zone"])),
    )
    aws.ec2.RouteTableAssociation(
        f"{name}-private-{number}-routes", subnet_id=subnet.id, route_table_id=routes.id, opts=child
    )
    return subnet


def _zone(names: Sequence[str], number: int, args: NetworkArgs) -> str:
    if number > len(names):
        raise pulumi.RunError(
            f"{args.account.region} offers {len(names)} availability zones, the phase needs {args.size.zones}: "
            "choose another region, or give a network by id"
        )
    return names[number - 1]


def _dynamodb(
    name: str,
    args: NetworkArgs,
    routes: aws.ec2.RouteTable,
    clients: aws.ec2.SecurityGroup,
    child: ResourceOptions,
) -> None:
    """Let clients reach DynamoDB without the internet; this kind of endpoint costs nothing."""
    endpoint = _gateway(f"{name}-dynamodb", "dynamodb", args, routes, child)
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-clients-to-dynamodb",
        security_group_id=clients.id,
        prefix_list_id=endpoint.prefix_list_id,
        **tcp(HTTPS, "Clients reach DynamoDB"),
        opts=child,
    )


def _gateway(
    name: str, service: str, args: NetworkArgs, routes: aws.ec2.RouteTable, child: ResourceOptions
) -> aws.ec2.VpcEndpoint:
    return aws.ec2.VpcEndpoint(
        name,
        vpc_id=routes.vpc_id,
        service_name=f"com.amazonaws.{args.account.region}.{service}",
        vpc_endpoint_type="Gateway",
        policy=_for_the_account(args.account),
        route_table_ids=[routes.id],
        opts=child,
    )


def _for_the_account(account: Account) -> Output[str]:
    """Let the account's own principals through an endpoint, so that it carries no data to another one."""
    ours = {"StringEquals": {"aws:PrincipalAccount": account.id}}
    allow = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": ours}
    return Output.json_dumps({"Version": "2012-10-17", "Statement": [{"Sid": "OwnAccount", **allow}]})


def _interfaces(
    name: str,
    args: NetworkArgs,
    subnet_ids: Sequence[Output[str]],
    clients: aws.ec2.SecurityGroup,
    child: ResourceOptions,
) -> None:
    """Let clients reach AWS services, such as the one that keeps their connection secrets, without the internet."""
    group = aws.ec2.SecurityGroup(
        f"{name}-endpoints", vpc_id=clients.vpc_id, description="AWS services inside the network", opts=child
    )
    aws.vpc.SecurityGroupIngressRule(
        f"{name}-endpoints-from-clients",
        security_group_id=group.id,
        referenced_security_group_id=clients.id,
        **tcp(HTTPS, "Clients reach AWS services"),
        opts=child,
    )
    aws.vpc.SecurityGroupEgressRule(
        f"{name}-clients-to-endpoints",
        security_group_id=clients.id,
        referenced_security_group_id=group.id,
        **tcp(HTTPS, "Clients reach AWS services"),
        opts=child,
    )
    for service in args.size.interface_endpoints:
        aws.ec2.VpcEndpoint(
            f"{name}-{service}",
            vpc_id=clients.vpc_id,
            service_name=f"com.amazonaws.{args.account.region}.{service}",
            vpc_endpoint_type="Interface",
            policy=_for_the_account(args.account),
            private_dns_enabled=True,
            subnet_ids=subnet_ids,
            security_group_ids=[group.id],
            opts=child,
        )


def _flow_logs(name: str, args: NetworkArgs, vpc: aws.ec2.Vpc, child: ResourceOptions) -> None:
    logs = aws.cloudwatch.LogGroup(
        f"{name}-flow-logs", retention_in_days=LOG_RETENTION_DAYS, kms_key_id=args.log_key_arn, opts=child
    )
    role = service_role(
        f"{name}-flow-logs-writer",
        "vpc-flow-logs.amazonaws.com",
        "Lets VPC flow logs write to their log group",
        child,
    )
    written = aws.iam.RolePolicy(
        f"{name}-flow-logs-write",
        role=role.name,
        policy=Output.json_dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                        "Resource": Output.format("{0}:*", logs.arn),
                    },
                    {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
                ],
            }
        ),
        opts=child,
    )
    aws.ec2.FlowLog(
        f"{name}-flow-log",
        vpc_id=vpc.id,
        traffic_type="ALL",
        log_destination_type="cloud-watch-logs",
        log_destination=logs.arn,
        iam_role_arn=role.arn,
        opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[written])),
    )
