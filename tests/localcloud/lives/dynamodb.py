"""Lives of DynamoDB's types."""

import json

from localcloud.documents import ROOT
from localcloud.resources.dynamodb import CONTRIBUTOR_INSIGHTS, INDEX, RESOURCE_POLICY, TABLE, TABLE_REPLICA
from localcloud.resources.kms import KEY
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

TABLE_INPUTS: Props = {
    "hashKey": "userId",
    "rangeKey": "venueId",
    "attributes": [{"name": "userId", "type": "S"}, {"name": "venueId", "type": "S"}],
    "billingMode": "PAY_PER_REQUEST",
    "onDemandThroughput": {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 50},
    "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7},
    "ttl": {"enabled": True, "attributeName": "expiresAt"},
    "tableClass": "STANDARD",
    "tags": {"owner": "clubapp"},
}
GLOBAL: Props = {**TABLE_INPUTS, "streamEnabled": True, "streamViewType": "NEW_AND_OLD_IMAGES"}
"""A table that may have replicas."""
DR_REGION = "eu-west-1"


def key_in(scene: Scene, region: str = "") -> str:
    """A new key, of the stack's region or of another."""
    return scene.make(KEY.type, "tables", {"region": region} if region else {}).outputs["arn"]


def _changes(scene: Scene) -> Props:
    return {
        "deletionProtectionEnabled": False,
        "onDemandThroughput": {"maxReadRequestUnits": 200, "maxWriteRequestUnits": 50},
        "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
        "replicas": [{"regionName": DR_REGION, "kmsKeyArn": key_in(scene, DR_REGION), "pointInTimeRecovery": True}],
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": key_in(scene)},
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "tableClass": "STANDARD_INFREQUENT_ACCESS",
        "tags": {"phase": "growth"},
        "warmThroughput": {"readUnitsPerSecond": 15_000, "writeUnitsPerSecond": 5_000},
    }


def index_inputs(scene: Scene) -> Props:
    table = scene.make(TABLE.type, "presence", TABLE_INPUTS)
    return {
        "tableName": table.id,
        "indexName": "by-venue",
        "keySchemas": [{"attributeName": "venueId", "attributeType": "S", "keyType": "HASH"}],
        "projection": {"projectionType": "INCLUDE", "nonKeyAttributes": ["wantsToBuy"]},
    }


def replica_inputs(scene: Scene) -> Props:
    return {
        "globalTableArn": scene.make(TABLE.type, "presence", GLOBAL).outputs["arn"],
        "region": DR_REGION,
        "kmsKeyArn": key_in(scene, DR_REGION),
        "tags": {"owner": "clubapp"},
    }


def policy(action: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _forget_ttl(scene: Scene, id_: str) -> None:
    off = {"Enabled": False, "AttributeName": "expiresAt"}
    scene.aws("dynamodb").update_time_to_live(TableName=id_, TimeToLiveSpecification=off)


LIVES = (
    Life(
        kind=TABLE,
        inputs=lambda _: TABLE_INPUTS,
        changed=_changes,
        replaced={
            "hashKey": "venueId",
            "rangeKey": "userId",
            "name": "presence-2",
            "localSecondaryIndexes": [{"name": "by-mood", "rangeKey": "mood", "projectionType": "ALL"}],
            "restoreDateTime": "2026-01-01T00:00:00Z",
            "restoreSourceName": "presence-0",
        },
        drift=_forget_ttl,
        drifted=frozenset({"ttl"}),
    ),
    Life(
        kind=INDEX,
        inputs=index_inputs,
        changed={
            "onDemandThroughput": {"maxReadRequestUnits": 200},
            "warmThroughput": {"readUnitsPerSecond": 15_000, "writeUnitsPerSecond": 5_000},
        },
        replaced={"projection": {"projectionType": "ALL"}, "indexName": "venue", "tableName": "devices"},
    ),
    Life(
        kind=TABLE_REPLICA,
        inputs=replica_inputs,
        changed={"deletionProtectionEnabled": False, "pointInTimeRecovery": True, "tags": {"phase": "growth"}},
        replaced={"globalTableArn": "other", "kmsKeyArn": "other", "tableClassOverride": "STANDARD_INFREQUENT_ACCESS"},
        importable=False,  # an import names the stack's region only
    ),
    Life(
        kind=CONTRIBUTOR_INSIGHTS,
        inputs=lambda scene: {"tableName": scene.make(TABLE.type, "presence", TABLE_INPUTS).id},
        changed=None,
        replaced={"tableName": "other", "indexName": "by-venue", "mode": "THROTTLED_KEYS"},
    ),
    Life(
        kind=RESOURCE_POLICY,
        inputs=lambda scene: {
            "resourceArn": scene.make(TABLE.type, "presence", TABLE_INPUTS).outputs["arn"],
            "policy": policy("dynamodb:GetItem"),
        },
        changed={"policy": policy("dynamodb:Query")},
        replaced={"resourceArn": "other"},
    ),
)
