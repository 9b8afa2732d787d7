"""Tables: encrypted, restorable, guarded, and with the indexes that the application asks by."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.place import Account, DrPlace
from components.table import Table, TableArgs
from sizes.protection import Protection
from sizes.table import Autoscaled, Index, Key, OnDemand, Provisioned, Schema, TableSize
from stacks.applications.clubapp import DEVICES, PRESENCE, VENUE_COUNTS
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Applied, Program, Registered

TABLE = "aws:dynamodb/table:Table"
INDEX = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
CAPPED = TableSize(billing=OnDemand(max_read_units=400, max_write_units=100), backup_days=7, dr_replica=False)
ACCOUNT = Account(id="123456789012", partition="aws", region="eu-central-1")
DR = DrPlace(region="eu-west-1", key_arn="arn:aws:kms:eu-west-1:123456789012:key/66666666-7777-8888-9999-000000000000")
DEV, PROD = PROTECTION[Environment.DEV], PROTECTION[Environment.PROD]
FIXED = replace(CAPPED, billing=Provisioned(read_units=40, write_units=10))
SCALED = replace(
    CAPPED,
    billing=Autoscaled(
        min_read_units=40, max_read_units=400, min_write_units=10, max_write_units=100, target_percent=70
    ),
)
GLOBAL = replace(CAPPED, dr_replica=True)
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


def on_moto(
    schema: Schema = PRESENCE, size: TableSize = CAPPED, protection: Protection = DEV, name: str = "t"
) -> Program:
    """A table with keys of its own, here and in the other region."""

    def program() -> Table:
        args = TableArgs(
            schema=schema,
            size=size,
            protection=protection,
            table_name=f"clubapp-{name}",
            account=ACCOUNT,
            key_arn=aws.kms.Key("key").arn,
            dr=DrPlace(region=DR.region, key_arn=aws.kms.Key("dr-key", region=DR.region).arn),
        )
        return Table("presence", args)

    return program


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
    applied = apply(on_moto(name="kept"))
    dynamodb = applied.scene.aws("dynamodb")

    found = dynamodb.describe_table(TableName="clubapp-kept")["Table"]
    keys = {key["KeyType"]: key["AttributeName"] for key in found["KeySchema"]}
    ttl = dynamodb.describe_time_to_live(TableName="clubapp-kept")["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName="clubapp-kept")["ContinuousBackupsDescription"]
    assert keys == {"HASH": "userId", "RANGE": "venueId"}
    assert found["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert found["SSEDescription"]["KMSMasterKeyArn"] == applied.made["key"].outputs["arn"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "expiresAt")
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert backups["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 7


def test_who_is_at_a_venue_is_one_query(apply: Apply):
    dynamodb = apply(on_moto(name="query")).scene.aws("dynamodb")
    for user in ("u1", "u2"):
        item = {"userId": {"S": user}, "venueId": {"S": "v1"}, "wantsToBuy": {"BOOL": True}, "mood": {"S": "good"}}
        dynamodb.put_item(TableName="clubapp-query", Item=item)

    there = dynamodb.query(
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

    applied = apply(on_moto(replace(DEVICES, indexes=(*DEVICES.indexes, *more)), name="chain"))

    found = applied.scene.aws("dynamodb").describe_table(TableName="clubapp-chain")["Table"]
    assert {index["IndexName"] for index in found["GlobalSecondaryIndexes"]} == {"by-user", "by-token", "by-kind"}
    assert [name for name in applied.made if "-by-" in name] == [
        "presence-by-user",
        "presence-by-token",
        "presence-by-kind",
    ]


def test_a_table_of_prod_cannot_be_deleted(apply: Apply):
    dynamodb = apply(on_moto(protection=PROD, name="guarded")).scene.aws("dynamodb")

    with pytest.raises(dynamodb.exceptions.ClientError, match="DeletionProtectionEnabled is set to True"):
        dynamodb.delete_table(TableName="clubapp-guarded")


def test_fixed_units_hold_for_the_table_and_for_each_index(apply: Apply):
    dynamodb = apply(on_moto(size=FIXED, name="fixed")).scene.aws("dynamodb")

    found = dynamodb.describe_table(TableName="clubapp-fixed")["Table"]

    for one in (found, *found["GlobalSecondaryIndexes"]):
        units = one["ProvisionedThroughput"]
        assert (units["ReadCapacityUnits"], units["WriteCapacityUnits"]) == (40, 10)


def test_autoscaling_moves_units_of_the_table_and_of_each_index_between_their_bounds(apply: Apply):
    scaling = apply(on_moto(size=SCALED, name="scaled")).scene.aws("application-autoscaling")
    ids = ["table/clubapp-scaled", "table/clubapp-scaled/index/by-venue"]

    targets = scaling.describe_scalable_targets(ServiceNamespace="dynamodb", ResourceIds=ids)["ScalableTargets"]

    assert {
        (one["ResourceId"], one["ScalableDimension"]): (one["MinCapacity"], one["MaxCapacity"]) for one in targets
    } == {
        (ids[0], "dynamodb:table:ReadCapacityUnits"): (40, 400),
        (ids[0], "dynamodb:table:WriteCapacityUnits"): (10, 100),
        (ids[1], "dynamodb:index:ReadCapacityUnits"): (40, 400),
        (ids[1], "dynamodb:index:WriteCapacityUnits"): (10, 100),
    }


def test_each_figure_follows_its_own_metric(apply: Apply):
    scaling = apply(on_moto(VENUE_COUNTS, SCALED, name="followed")).scene.aws("application-autoscaling")

    policies = scaling.describe_scaling_policies(ServiceNamespace="dynamodb", ResourceId="table/clubapp-followed")

    followed = {
        one["ScalableDimension"]: one["TargetTrackingScalingPolicyConfiguration"] for one in policies["ScalingPolicies"]
    }
    assert {
        dimension: (one["PredefinedMetricSpecification"]["PredefinedMetricType"], one["TargetValue"])
        for dimension, one in followed.items()
    } == {
        "dynamodb:table:ReadCapacityUnits": ("DynamoDBReadCapacityUtilization", 70),
        "dynamodb:table:WriteCapacityUnits": ("DynamoDBWriteCapacityUtilization", 70),
    }


def test_a_global_table_has_a_guarded_replica_with_the_key_of_its_region(deploy: Deploy):
    made = deploy(table(size=GLOBAL, protection=PROD)).named(TABLE)["presence-table"]

    assert made["replicas"] == [
        {
            "regionName": "eu-west-1",
            "kmsKeyArn": DR.key_arn,
            "pointInTimeRecovery": True,
            "deletionProtectionEnabled": True,
            "propagateTags": True,
        }
    ]
    assert (made["streamEnabled"], made["streamViewType"]) == (True, "NEW_AND_OLD_IMAGES")


def test_the_replica_is_in_the_other_region(apply: Apply):
    dynamodb = apply(on_moto(VENUE_COUNTS, GLOBAL, name="global")).scene.aws("dynamodb")

    found = dynamodb.describe_table(TableName="clubapp-global")["Table"]["Replicas"]

    assert [one["RegionName"] for one in found] == ["eu-west-1"]


def test_a_replica_needs_a_place(deploy: Deploy):
    args = TableArgs(
        schema=PRESENCE,
        size=GLOBAL,
        protection=DEV,
        table_name="clubapp-t",
        account=ACCOUNT,
        key_arn=KEY,
        dr=None,
    )

    with pytest.raises(pulumi.RunError, match="clubapp-t: a size with dr_replica needs a region and a key"):
        deploy(lambda: Table("presence", args))


@pytest.mark.parametrize(("insights", "status"), [(True, "ENABLED"), (False, "DISABLED")])
def test_keys_are_counted_where_the_size_says_so(apply: Apply, insights: bool, status: str):
    name = f"insights-{status.lower()}"
    dynamodb = apply(on_moto(VENUE_COUNTS, replace(CAPPED, contributor_insights=insights), name=name)).scene.aws(
        "dynamodb"
    )

    found = dynamodb.describe_contributor_insights(TableName=f"clubapp-{name}")

    assert found["ContributorInsightsStatus"] == status


def documents(deploy: Deploy, schema: Schema, size: TableSize = CAPPED) -> dict[str, dict[str, Any]]:
    """Give the policies that a table has for roles."""
    told: dict[str, dict[str, Any]] = {}

    def tell(name: str, text: str) -> None:
        told[name] = json.loads(text)["Statement"][0]

    def program() -> None:
        for name, policy in table(schema, size)().policies.items():
            policy.apply(partial(tell, name))

    deploy(program)
    return told


def test_a_role_that_reads_writes_nothing_and_reaches_the_indexes(deploy: Deploy):
    read = documents(deploy, PRESENCE)["read"]

    assert set(read["Action"]) == {
        f"dynamodb:{action}"
        for action in ("BatchGetItem", "ConditionCheckItem", "DescribeTable", "GetItem", "Query", "Scan")
    }
    assert read["Resource"] == ["arn:presence-table", "arn:presence-table/index/*"]


def test_a_role_that_writes_reads_nothing(deploy: Deploy):
    write = documents(deploy, PRESENCE)["write"]

    assert set(write["Action"]) == {
        f"dynamodb:{action}" for action in ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")
    }
    assert write["Resource"] == ["arn:presence-table"]


@pytest.mark.parametrize(
    ("schema", "size", "expected"),
    [(PRESENCE, CAPPED, False), (PRESENCE, GLOBAL, True), (replace(PRESENCE, stream="KEYS_ONLY"), CAPPED, True)],
    ids=["none", "global", "asked for"],
)
def test_there_is_a_policy_for_a_stream_where_there_is_one(
    deploy: Deploy, schema: Schema, size: TableSize, expected: bool
):
    assert ("stream" in documents(deploy, schema, size)) is expected


def test_principals_of_other_accounts_are_kept_out(apply: Apply):
    dynamodb = apply(on_moto(VENUE_COUNTS, name="closed")).scene.aws("dynamodb")
    arn = "arn:aws:dynamodb:eu-central-1:123456789012:table/clubapp-closed"

    (statement,) = json.loads(dynamodb.get_resource_policy(ResourceArn=arn)["Policy"])["Statement"]

    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "dynamodb:*")
    assert statement["Resource"] == [arn, f"{arn}/index/*"]
    assert statement["Condition"]["StringNotEquals"] == {"aws:PrincipalAccount": "123456789012"}


def test_a_stream_is_there_where_the_application_asks_for_one(apply: Apply):
    dynamodb = apply(on_moto(replace(VENUE_COUNTS, stream="KEYS_ONLY"), name="stream")).scene.aws("dynamodb")

    found = dynamodb.describe_table(TableName="clubapp-stream")["Table"]["StreamSpecification"]

    assert found == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
