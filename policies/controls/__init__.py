"""All controls, registered by hand: a test holds the list to the files."""

from typing import Final

from policies.control import Control
from policies.controls import dynamodb, elasticache, kms, rds, secretsmanager

CONTROLS: Final[tuple[Control, ...]] = (
    *kms.CONTROLS,
    *secretsmanager.CONTROLS,
    *rds.CONTROLS,
    *dynamodb.CONTROLS,
    *elasticache.CONTROLS,
)
