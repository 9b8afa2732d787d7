"""Where a stack is and what its names begin with: what every component is told."""

from collections.abc import Sequence
from dataclasses import dataclass

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
