"""Every resource type that the local cloud imitates, by type: a new one is an entry in its service's file."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from localcloud.resource import ResourceType
from localcloud.resources import dynamodb, kms, random, secretsmanager

TYPES: Final[Mapping[str, ResourceType]] = {
    kind.type: kind for kind in chain(dynamodb.TYPES, kms.TYPES, random.TYPES, secretsmanager.TYPES)
}
