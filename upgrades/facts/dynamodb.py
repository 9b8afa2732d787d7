"""DynamoDB: tables, their replicas and indexes, and what scales them."""

from typing import Final

from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import Fact, forbidden, online, replace, two_step

_TABLE: Final = "terraform-provider-aws, internal/service/dynamodb/table.go"
_REPLICA: Final = "terraform-provider-aws, internal/service/dynamodb/table_replica.go"
_INDEX: Final = "terraform-provider-aws, internal/service/dynamodb/global_secondary_index.go"
_GUIDE: Final = "Amazon DynamoDB Developer Guide, Considerations when switching capacity modes"
_API: Final = "DynamoDB API Reference, UpdateTable"
_INDEXES: Final = "Amazon DynamoDB Developer Guide, Managing global secondary indexes"
_GLOBAL: Final = "Amazon DynamoDB Developer Guide, Global tables"
_SCALING: Final = "Application Auto Scaling API Reference, RegisterScalableTarget"

_NEW_INDEX: Final = "add an index of another name, move its readers, then take this one away"
_NO_INDEX: Final = "the index is deleted and made again, and queries of it fail meanwhile"
_STREAM: Final = "its consumers lose their place, and the stream has another ARN"
_DRAIN: Final = "let the consumers finish first, and give them the new ARN after"

# One row a line.
# fmt: off
TABLE: Final[tuple[Fact, ...]] = (
    # Identity, keys and origin
    *replace("name", "hashKey", "rangeKey", "region", source=_TABLE),
    *replace("localSecondaryIndexes.*", source=_TABLE, note="they exist from the creation on, or never"),
    *online("attributes[]", source=_TABLE, note="it follows the keys"),
    *replace("attributes[].type", source=_TABLE),
    *replace("importTable.*", "restoreBackupArn", "restoreDateTime", "restoreToLatestTime", source=_TABLE, note="when it is left out, too"),
    *replace("restoreSourceName", "restoreSourceTableArn", when=when.SET, source=_TABLE),
    *online("restoreSourceName", "restoreSourceTableArn", when=when.REMOVED, source=_TABLE, note="the provider keeps the old value"),
    # Capacity
    *online("billingMode", when=when.becomes("PAY_PER_REQUEST"), waits=(limits.ON_DEMAND,), field="billing", source=_GUIDE),
    *online("billingMode", when=when.becomes_other("PAY_PER_REQUEST"), field="billing", source=_GUIDE, note="with units for the table and every index in one call, which `datastores upgrade` makes; autoscaling comes in a later update (#22784)"),
    *online("readCapacity", "writeCapacity", when=when.grows(), field="billing", source=_API),
    *online("readCapacity", "writeCapacity", when=when.shrinks(), waits=(limits.CAPACITY_DOWN,), field="billing", source=_API),
    *online("onDemandThroughput.*", field="billing", source=_API),
    *online("warmThroughput.readUnitsPerSecond", "warmThroughput.writeUnitsPerSecond", when=when.WARMER, source=_TABLE),
    *replace("warmThroughput.readUnitsPerSecond", "warmThroughput.writeUnitsPerSecond", when=when.COLDER, source=_TABLE, instead="keep the figure: a table never gets colder"),
    *online("tableClass", waits=(limits.TABLE_CLASS,), field="table_class", source="DynamoDB Developer Guide, Considerations when choosing a table class"),
    # Indexes
    *online("globalSecondaryIndexes[]", source=_INDEXES, note="one that is new is filled for hours or days; one that goes is gone for its readers"),
    *two_step("globalSecondaryIndexes[].hashKey", "globalSecondaryIndexes[].rangeKey", "globalSecondaryIndexes[].keySchemas.*", "globalSecondaryIndexes[].projectionType", "globalSecondaryIndexes[].nonKeyAttributes.*", source=_INDEXES, note=_NO_INDEX, instead=_NEW_INDEX),
    *online("globalSecondaryIndexes[].readCapacity", "globalSecondaryIndexes[].writeCapacity", when=when.grows(), field="billing", source=_API),
    *online("globalSecondaryIndexes[].readCapacity", "globalSecondaryIndexes[].writeCapacity", when=when.shrinks(), waits=(limits.CAPACITY_DOWN,), field="billing", source=_API),
    *online("globalSecondaryIndexes[].onDemandThroughput.*", field="billing", source=_API),
    *online("globalSecondaryIndexes[].warmThroughput.readUnitsPerSecond", "globalSecondaryIndexes[].warmThroughput.writeUnitsPerSecond", when=when.WARMER, source=_TABLE),
    *two_step("globalSecondaryIndexes[].warmThroughput.readUnitsPerSecond", "globalSecondaryIndexes[].warmThroughput.writeUnitsPerSecond", when=when.COLDER, source=_TABLE, note=_NO_INDEX, instead="keep the figure"),
    # Copies
    *online("replicas[]", when=when.SET, source=_GLOBAL, note="filled for minutes to hours"),
    *replace("replicas[]", when=when.REMOVED, source=_GLOBAL, note="the copy in that region is deleted"),
    *replace("replicas[].kmsKeyArn", source="terraform-provider-aws #21726", note="the copy is deleted and made again"),
    *forbidden("replicas[].consistencyMode", "globalTableWitness.*", source=_GLOBAL, note="consistency is chosen while the table is empty", instead="a table with the other consistency is a new one that the data is copied into"),
    *online("replicas[].pointInTimeRecovery", "replicas[].propagateTags", "replicas[].deletionProtectionEnabled", source=_TABLE),
    *online("replicas[].arn", "replicas[].streamArn", "replicas[].streamLabel", source=_TABLE, note="what AWS gives: the provider does not send it"),
    # Streams
    *online("streamEnabled", when=when.ON, source=_API),
    *two_step("streamEnabled", when=when.OFF, source=_TABLE, note=_STREAM, instead=_DRAIN),
    *online("streamViewType", when=when.ADDED, source=_API),
    *two_step("streamViewType", when=when.ANOTHER, source=_TABLE, note=_STREAM, instead=_DRAIN),
    *online("streamViewType", when=when.REMOVED, source=_TABLE, note="with the stream"),
    # Recovery, encryption, expiry
    *online("pointInTimeRecovery.*", field="backup_days", source="DynamoDB API Reference, UpdateContinuousBackups"),
    *online("serverSideEncryption.*", source="DynamoDB API Reference, SSESpecification"),
    *online("ttl.enabled", waits=(limits.TTL,), source="DynamoDB API Reference, UpdateTimeToLive"),
    *online("ttl.attributeName", when=when.ADDED, waits=(limits.TTL,), source="DynamoDB API Reference, UpdateTimeToLive"),
    *two_step("ttl.attributeName", when=when.ANOTHER, source="DynamoDB API Reference, UpdateTimeToLive", note="it is switched off before it goes to another attribute", instead="set ttl.enabled to false, wait an hour, then switch it on for the other attribute"),
    *online("ttl.attributeName", when=when.REMOVED, source=_TABLE, note="left out, it stays as it was"),
    *online("deletionProtectionEnabled", "tags.*", source=_API),
)

REPLICA: Final[tuple[Fact, ...]] = (
    *replace("globalTableArn", "kmsKeyArn", "region", "tableClassOverride", source=_REPLICA),
    *online("pointInTimeRecovery", "deletionProtectionEnabled", "tags.*", source=_REPLICA),
)

INDEX: Final[tuple[Fact, ...]] = (
    *two_step("indexName", "tableName", "keySchemas.*", "projection.*", "region", source=_INDEX, note=_NO_INDEX, instead=_NEW_INDEX),
    *online("onDemandThroughput.*", "provisionedThroughput.*", "warmThroughput.*", field="billing", source=_INDEX),
    *online("timeouts.*", source=_INDEX),
)

SCALING_TARGET: Final[tuple[Fact, ...]] = (
    *online("maxCapacity", "minCapacity", "roleArn", "suspendedState.*", "tags.*", source=_SCALING),
    *online("resourceId", "scalableDimension", "serviceNamespace", "region", source=_SCALING, note="registered anew: it scales nothing for a moment"),
)

SCALING_POLICY: Final[tuple[Fact, ...]] = (
    *online("policyType", "stepScalingPolicyConfiguration.*", "targetTrackingScalingPolicyConfiguration.*", "predictiveScalingPolicyConfiguration.*", source=_SCALING),
    *online("name", "resourceId", "scalableDimension", "serviceNamespace", "region", source=_SCALING, note="made anew: it scales nothing for a moment"),
)
# fmt: on
