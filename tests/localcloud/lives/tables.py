"""Tables of one key, and an index of one: for tests of what changes."""

from localcloud.resources.dynamodb import TABLE
from localcloud.wire import Props
from tests.localcloud.scene import Made, Scene

ON_DEMAND: Props = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}], "billingMode": "PAY_PER_REQUEST"}
CAPACITY: Props = {"readCapacity": 5, "writeCapacity": 5}
PROVISIONED: Props = {**ON_DEMAND, "billingMode": "PROVISIONED", **CAPACITY}
UNITS: Props = {"readCapacityUnits": 5, "writeCapacityUnits": 5}
WITH_MOOD: Props = {"attributes": [{"name": "id", "type": "S"}, {"name": "mood", "type": "S"}]}
BY_MOOD: Props = {
    "name": "by-mood",
    "keySchemas": [{"attributeName": "mood", "keyType": "HASH"}],
    "projectionType": "KEYS_ONLY",
}


def index(table: Made, **more: object) -> Props:
    return {
        "tableName": table.id,
        "indexName": "by-mood",
        "keySchemas": [{"attributeName": "mood", "attributeType": "S", "keyType": "HASH"}],
        "projection": {"projectionType": "ALL"},
        **more,
    }


def changed(scene: Scene, made: Made, change: Props) -> Made:
    """Take one step as one `up` does: it must be in place."""
    news, failures = scene.check(TABLE.type, "orders", {**made.inputs, **change}, made.inputs)
    assert (failures, list(scene.diff(made, news).replaces)) == ([], [])
    return scene.update(made, news)
