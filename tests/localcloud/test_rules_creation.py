"""What AWS takes in one call and refuses in another: found on AWS, and invisible to moto."""

import grpc
import pytest

from localcloud.resources.dynamodb import INDEX, TABLE
from localcloud.resources.rds_instance import INSTANCE
from tests.localcloud.lives.dynamodb import TABLE_INPUTS
from tests.localcloud.lives.rds import KEY, MINIMAL
from tests.localcloud.scene import Scene

UNCAPPED = {"maxReadRequestUnits": -1, "maxWriteRequestUnits": 100}
INDEX_INPUTS = {
    "indexName": "by-venue",
    "keySchemas": [{"attributeName": "venueId", "attributeType": "S", "keyType": "HASH"}],
    "projection": {"projectionType": "KEYS_ONLY"},
}


def test_a_table_is_not_made_without_a_cap_by_minus_one(scene: Scene):
    with pytest.raises(grpc.RpcError, match="MaxReadRequestUnits: -1 is outside of valid range"):
        scene.make(TABLE.type, "presence", {**TABLE_INPUTS, "onDemandThroughput": UNCAPPED})


def test_an_index_is_not_made_without_a_cap_by_minus_one(scene: Scene):
    table = scene.make(TABLE.type, "presence", TABLE_INPUTS)

    with pytest.raises(grpc.RpcError, match="MaxReadRequestUnits: -1 is outside of valid range"):
        scene.make(INDEX.type, "by-venue", {**INDEX_INPUTS, "tableName": table.id, "onDemandThroughput": UNCAPPED})


def test_a_replica_in_the_region_of_its_source_takes_no_key(scene: Scene):
    source = scene.make(INSTANCE.type, "source", {**MINIMAL, "backupRetentionPeriod": 1})
    replica = {
        "instanceClass": "db.t4g.micro",
        "replicateSourceDb": source.outputs["identifier"],
        "skipFinalSnapshot": True,
        "storageEncrypted": True,
        "kmsKeyId": KEY,
    }

    with pytest.raises(grpc.RpcError, match="Your request does not require the KMS key parameter"):
        scene.make(INSTANCE.type, "replica", replica)


def test_storage_that_grows_over_400_gib_names_its_iops(scene: Scene):
    """RDS stripes from there on: the 3,000 of before, which the provider sends along, are too few."""
    made = scene.make(INSTANCE.type, "orders", {**MINIMAL, "storageType": "gp3", "allocatedStorage": 200})
    plain = {**made.inputs, "allocatedStorage": 500}

    with pytest.raises(grpc.RpcError, match="Invalid iops value for engine name postgres and storage type gp3: 3000"):
        scene.update(made, plain)

    grown = scene.update(made, {**plain, "iops": 12000, "storageThroughput": 500})
    assert grown.outputs["allocatedStorage"] == 500
