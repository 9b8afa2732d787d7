"""AWS's regions, as data: a name is checked without asking AWS."""

from collections.abc import Mapping
from typing import Final

# Partition -> its regions; nothing is copied from one partition to another.
# Source: endpoints.json of botocore 1.44.8, seen 2026-11. China (aws-cn) and the European Sovereign Cloud (aws-eusc)
# are left out: services have other host names there, which key policies and endpoints would have to follow.
PARTITIONS: Final[Mapping[str, frozenset[str]]] = {
    "aws": frozenset(
        (
            "af-south-1",
            *("ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
            *("ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4"),
            *("ap-southeast-5", "ap-southeast-6", "ap-southeast-7"),
            *("ca-central-1", "ca-west-1"),
            *("eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2"),
            *("eu-west-1", "eu-west-2", "eu-west-3"),
            *("il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1"),
            *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        )
    ),
    "aws-us-gov": frozenset(("us-gov-east-1", "us-gov-west-1")),
}

PARTITION: Final[Mapping[str, str]] = {region: name for name, regions in PARTITIONS.items() for region in regions}
"""Region -> partition."""
