"""Where a stack is and what its names begin with: what every component is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pulumi
from pulumi import Input


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """The AWS account and region of a stack."""

    id: Input[str]
    """Twelve digits."""
    partition: Input[str]
    """`aws`, `aws-cn` or `aws-us-gov`."""
    region: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The network that stores live in."""

    vpc_id: Input[str]
    subnet_ids: Input[Sequence[Input[str]]]
    """Private subnets in at least two availability zones."""
    clients: Input[str]
    """Id of the security group of those who may reach the stores."""
    clients_are_ours: bool
    """Whether the stack made that group, and so opens it towards each store; one given by id is its owner's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrPlace:
    """Where a stack keeps copies for the day that its region is out of order."""

    region: str
    key_arn: Input[str]
    """Key of that region, for what the store keeps there."""
    place: Place | None = None
    """The network there; None where only backups are kept."""


Transformation = Callable[[pulumi.ResourceTransformationArgs], pulumi.ResourceTransformationResult | None]


def in_region(region: str) -> Transformation:
    """Put the resources of a component, but for those of services without regions, into another region."""

    def put(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if "region" not in args.props:
            return None
        return pulumi.ResourceTransformationResult(props={**args.props, "region": region}, opts=args.opts)

    return put
