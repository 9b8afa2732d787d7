"""Tables: encrypted, restorable, guarded, and with the indexes that the application asks by."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from components.place import Account, DrPlace
from components.table import Table, TableArgs
from sizes.protection import Protection
from sizes.table import Index, Key, OnDemand, Schema, TableSize
from stacks.applications.clubapp import DEVICES, PRESENCE, VENUE_COUNTS
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Applied, Program, Registered

TABLE = "aws:dynamodb/table:Table"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
CAPPED = TableSize(billing=OnDemand(max_read_units=400, max_write_units=100), backup_days=7, dr_replica=False)
ACCOUNT = Account(id="123456789012", partition="aws", region="eu-central-1")
DR = DrPlace(region="eu-west-1", key_arn="arn:aws:kms:eu-west-1:123456789012:key/66666666-7777-8888-9999-000000000000")
DEV, PROD = PROTECTION[Environment.DEV], PROTECTION[Environment.PROD]
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def table(
    schema: Schema = PRESENCE, size: TableSize = CAPPED, protection: Protection = DEV, name: str = "t"
) -> Program:
    args = TableArgs(
        schema=schema,
        size=size,
        protection=protection,
        table_name=f"clubapp-{name}",
        account=ACCOUNT,
        key_arn=KEY,
        dr=DR,
    )
    return lambda: Table("presence", args)


def test_a_table_is_encrypted_with_the_stacks_key(deploy: Deploy):
    made = deploy(table()).named(TABLE)["presence-table"]

    assert made["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEY}


def test_a_table_without_backups_says_so(deploy: Deploy):
    made = deploy(table(size=replace(CAPPED, backup_days=0))).named(TABLE)["presence-table"]

    assert made["pointInTimeRecovery"] == {"enabled": False}


def test_a_table_that_must_not_expire_switches_ttl_off(deploy: Deploy):
    """An absent block would leave an old TTL on."""
    made = deploy(table(VENUE_COUNTS)).named(TABLE)["presence-table"]

    assert made["ttl"] == {"enabled": False}


def test_the_cap_on_cost_holds_for_the_table_and_for_each_index(deploy: Deploy):
    made = deploy(table())

    cap = {"maxReadRequestUnits": 400, "maxWriteRequestUnits": 100}
    assert made.named(TABLE)["presence-table"]["onDemandThroughput"] == cap
    assert made.named(INDEX)["presence-by-venue"]["onDemandThroughput"] == cap


@pytest.mark.parametrize(("protection", "expected"), [(DEV, False), (PROD, True)])
def test_deletion_protection_follows_the_environment(deploy: Deploy, protection: Protection, expected: bool):
    made = deploy(table(protection=protection)).named(TABLE)["presence-table"]

    assert made["deletionProtectionEnabled"] is expected


def test_dynamodb_keeps_what_the_application_asked_for(apply: Apply):
    aws = apply(table(name="kept")).scene.aws("dynamodb")

    found = aws.describe_table(TableName="clubapp-kept")["Table"]
    keys = {key["KeyType"]: key["AttributeName"] for key in found["KeySchema"]}
    ttl = aws.describe_time_to_live(TableName="clubapp-kept")["TimeToLiveDescription"]
    backups = aws.describe_continuous_backups(TableName="clubapp-kept")["ContinuousBackupsDescription"]
    assert keys == {"HASH": "userId", "RANGE": "venueId"}
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["SSEDescription"]["KMSMasterKeyArn"] == KEY
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expiresAt")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 7


def test_who_is_at_a_venue_is_one_query(apply: Apply):
    aws = apply(table(name="query")).scene.aws("dynamodb")
    for user in ("u1", "u2"):
        item = {"userId": {"S": user}, "venueId": {"S": "v1"}, "wantsToBuy": {"BOOL": True}, "mood": {"S": "good"}}
        aws.put_item(TableName="clubapp-query", Item=item)

    there = aws.query(
        TableName="clubapp-query",
        IndexName="by-venue",
        KeyConditionExpression="venueId = :v",
        ExpressionAttributeValues={":v": {"S": "v1"}},
    )["Items"]

    assert sorted(item["userId"]["S"] for item in there) == ["u1", "u2"]
    assert set(there[0]) == {"userId", "venueId", "wantsToBuy"}


def test_indexes_are_built_one_after_another(apply: Apply):
    """DynamoDB builds one index of a table at a time."""
    more = tuple(
        Index(name=f"by-{name}", partition_key=Key(name=name, type="S"), sort_key=None, attributes=())
        for name in ("token", "kind")
    )

    applied = apply(table(replace(DEVICES, indexes=(*DEVICES.indexes, *more)), name="chain"))

    found = applied.scene.aws("dynamodb").describe_table(TableName="clubapp-chain")["Table"]
    assert {index["IndexName"] for index in found["GlobalSecondaryIndexes"]} == {"by-user", "by-token", "by-kind"}
    assert [name for name in applied.made if "-by-" in name] == [
        "presence-by-user",
        "presence-by-token",
        "presence-by-kind",
    ]


def test_a_table_of_prod_cannot_be_deleted(apply: Apply):
    aws = apply(table(protection=PROD, name="guarded")).scene.aws("dynamodb")

    with pytest.raises(aws.exceptions.ClientError, match="DeletionProtectionEnabled is set to True"):
        aws.delete_table(TableName="clubapp-guarded")
