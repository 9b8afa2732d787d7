"""DynamoDB: every type of it that the local cloud imitates."""

from typing import Final

from localcloud.resources.dynamodb_index import INDEX
from localcloud.resources.dynamodb_insights import CONTRIBUTOR_INSIGHTS
from localcloud.resources.dynamodb_policy import RESOURCE_POLICY
from localcloud.resources.dynamodb_replica import TABLE_REPLICA
from localcloud.resources.dynamodb_table import TABLE

__all__ = ["CONTRIBUTOR_INSIGHTS", "INDEX", "RESOURCE_POLICY", "TABLE", "TABLE_REPLICA", "TYPES"]

TYPES: Final = (TABLE, INDEX, TABLE_REPLICA, CONTRIBUTOR_INSIGHTS, RESOURCE_POLICY)
