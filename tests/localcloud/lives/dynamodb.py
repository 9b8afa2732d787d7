"""Lives of DynamoDB's types."""

from localcloud.resources.dynamodb import INDEX, TABLE
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


def _index_inputs(scene: Scene) -> Props:
    table = scene.make(TABLE.type, "presence", TABLE_INPUTS)
    return {
        "tableName": table.id,
        "indexName": "by-venue",
        "keySchemas": [{"attributeName": "venueId", "attributeType": "S", "keyType": "HASH"}],
        "projection": {"projectionType": "INCLUDE", "nonKeyAttributes": ["wantsToBuy"]},
    }


def _forget_ttl(scene: Scene, id_: str) -> None:
    off = {"Enabled": False, "AttributeName": "expiresAt"}
    scene.aws("dynamodb").update_time_to_live(TableName=id_, TimeToLiveSpecification=off)


LIVES = (
    Life(
        kind=TABLE,
        inputs=lambda _: TABLE_INPUTS,
        changed={
            "deletionProtectionEnabled": False,
            "onDemandThroughput": {"maxReadRequestUnits": 200, "maxWriteRequestUnits": 50},
            "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/k"},
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
            "tableClass": "STANDARD_INFREQUENT_ACCESS",
            "tags": {"phase": "growth"},
        },
        replaced={"hashKey": "venueId", "rangeKey": "userId", "name": "presence-2"},
        drift=_forget_ttl,
        drifted=frozenset({"ttl"}),
    ),
    Life(
        kind=INDEX,
        inputs=_index_inputs,
        changed={"onDemandThroughput": {"maxReadRequestUnits": 200}},
        replaced={"projection": {"projectionType": "ALL"}, "indexName": "venue", "tableName": "devices"},
    ),
)
