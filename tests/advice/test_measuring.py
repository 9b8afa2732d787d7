"""Measuring, on moto: what is put into CloudWatch comes out as a usage file."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from advice.check import FEWEST_DAYS
from advice.measure import Meter, Part, parts_of, window
from advice.metrics import METRICS, Kind
from costs.measured import MEASURED
from costs.usage import FIELDS, usage_of

REGION = "eu-central-1"
NOW = datetime(2026, 11, 26, 12, 3, 20, tzinfo=UTC)
GIB = 1024**3
STORES = ("main", "presence", "presence-log", "cache")


def one(type_: str, name: str, /, **outputs: Any) -> Mapping[str, Any]:
    return {"urn": f"urn:pulumi:clubapp-prod::datastores::{type_}::{name}", "type": type_, "outputs": outputs}


STATE = [
    one("aws:rds/instance:Instance", "main-primary", identifier="db-1"),
    one("aws:rds/instance:Instance", "main-replica-api", identifier="db-2"),
    one("aws:rds/cluster:Cluster", "main-dr-cluster", clusterIdentifier="far"),
    one("aws:dynamodb/table:Table", "presence-table", name="presence"),
    one(
        "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex",
        "presence-by-venue",
        tableName="presence",
        indexName="by-venue",
    ),
    one("aws:dynamodb/table:Table", "presence-log-table", name="presence-log"),
    one("aws:elasticache/replicationGroup:ReplicationGroup", "cache-group", memberClusters=["n-1", "n-2"]),
    one("aws:sns/topic:Topic", "main-topic"),
]


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Imitate AWS in this process, whatever endpoint and keys there are."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(key, "none")
    with mock_aws():
        yield


def put(namespace: str, metric: str, value: float, /, *, hours: float, **dimensions: str) -> None:
    """Put a figure, so many hours before NOW."""
    data = {
        "MetricName": metric,
        "Dimensions": [{"Name": key, "Value": text} for key, text in dimensions.items()],
        "Timestamp": NOW - timedelta(hours=hours),
        "Value": value,
    }
    boto3.client("cloudwatch", region_name=REGION).put_metric_data(Namespace=namespace, MetricData=[data])


def held(namespace: str, metric: str, value: float, /, *, hours: float, **dimensions: str) -> None:
    """Put a figure for a quarter of an hour: so long most alarms wait."""
    for number in range(3):
        put(namespace, metric, value, hours=hours - number / 12, **dimensions)


def measured(days: int = 2) -> Mapping[str, Mapping[str, Any]]:
    return Meter(REGION).usage(parts_of(STATE, STORES), window(NOW, days))


def test_parts_are_found_in_the_state_and_belong_to_the_store_with_the_longest_name():
    assert [(part.store, part.kind, part.dimensions[-1][1]) for part in parts_of(STATE, STORES)] == [
        ("main", Kind.INSTANCE, "db-1"),
        ("main", Kind.INSTANCE, "db-2"),
        ("presence", Kind.TABLE, "presence"),
        ("presence", Kind.TABLE, "by-venue"),
        ("presence-log", Kind.TABLE, "presence-log"),
        ("cache", Kind.NODE, "n-1"),
        ("cache", Kind.NODE, "n-2"),
    ]


@pytest.mark.usefixtures("aws")
def test_nothing_is_said_of_what_has_no_figures():
    assert measured() == {}


@pytest.mark.usefixtures("aws")
def test_the_busiest_instance_counts_and_a_peak_that_is_short_does_not():
    for identifier, value in (("db-1", 30), ("db-2", 60)):
        held("AWS/RDS", "CPUUtilization", value, hours=20, DBInstanceIdentifier=identifier)
    put("AWS/RDS", "CPUUtilization", 99, hours=3, DBInstanceIdentifier="db-1")

    found = measured()["main"]

    assert found["cpuPercent"] == {"low": 60, "expected": 60, "high": 60}
    assert found["cpuDayPercent"]["high"] == 99


@pytest.mark.usefixtures("aws")
def test_readers_of_a_cluster_are_told_apart_from_its_writer():
    state = [one("aws:rds/cluster:Cluster", "main-cluster", clusterIdentifier="c")]
    for role, value in (("WRITER", 30), ("READER", 70)):
        for metric in ("CPUUtilization", "DatabaseConnections"):
            held("AWS/RDS", metric, value, hours=20, DBClusterIdentifier="c", Role=role)

    found = Meter(REGION).usage(parts_of(state, STORES), window(NOW, 2))["main"]

    assert {field: figure["high"] for field, figure in found.items() if isinstance(figure, dict)} == {
        "cpuPercent": 30,
        "connections": 30,
        "readerCpuPercent": 70,
        "readerConnections": 70,
    }


@pytest.mark.usefixtures("aws")
def test_bytes_become_gib_and_the_least_that_is_free_counts():
    for hours, gib in ((30, 4), (10, 1.5)):
        held("AWS/RDS", "FreeableMemory", gib * GIB, hours=hours, DBInstanceIdentifier="db-2")

    found = measured()["main"]

    assert (found["freeMemoryGib"]["low"], found["freeMemoryGib"]["high"]) == (1.5, 2.75)
    assert "cpuPercent" not in found


@pytest.mark.usefixtures("aws")
def test_reads_and_writes_of_storage_are_added_up():
    held("AWS/RDS", "ReadIOPS", 100, hours=5, DBInstanceIdentifier="db-1")
    held("AWS/RDS", "WriteIOPS", 40, hours=5, DBInstanceIdentifier="db-1")

    assert measured()["main"]["iops"]["high"] == 140


@pytest.mark.usefixtures("aws")
def test_what_a_database_holds_is_its_storage_less_what_is_free():
    client = boto3.client("rds", region_name=REGION)
    client.create_db_instance(
        DBInstanceIdentifier="db-1", Engine="postgres", DBInstanceClass="db.t4g.micro", AllocatedStorage=50
    )
    for hours, gib in ((47, 40), (23, 38)):
        held("AWS/RDS", "FreeStorageSpace", gib * GIB, hours=hours, DBInstanceIdentifier="db-1")

    found = measured()["main"]

    assert (found["dataGib"], found["freeStorageGib"]["low"]) == (12, 38)
    assert found["growthGib"] == pytest.approx(2 * 730 / 24)


@pytest.mark.usefixtures("aws")
def test_units_are_those_of_a_second_for_the_busiest_part_and_those_of_a_month_for_all():
    client = boto3.client("dynamodb", region_name=REGION)
    client.create_table(
        TableName="presence",
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for hours in (48, 0.1):
        put("AWS/DynamoDB", "ConsumedWriteCapacityUnits", 300_000, hours=hours, TableName="presence")
    put(
        "AWS/DynamoDB",
        "ConsumedWriteCapacityUnits",
        600_000,
        hours=20,
        TableName="presence",
        GlobalSecondaryIndexName="by-venue",
    )

    found = measured()["presence"]

    assert found["writeUnits"]["high"] == 2_000
    assert found["writeUnitsMillions"] == pytest.approx(1.2 / 2 * 730 / 24, rel=0.01)
    # CloudWatch has these only where something was refused, and a table that was just made has no size yet.
    assert (found["writeThrottles"], "readUnits" in found, "dataGib" in found) == (0, False, False)


@pytest.mark.usefixtures("aws")
def test_evictions_are_those_of_a_minute():
    for number in range(3):
        put("AWS/ElastiCache", "Evictions", 5_000, hours=5 - number / 12, CacheClusterId="n-2")

    assert measured()["cache"]["evictionsPerMinute"]["high"] == 1_000


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("days", "period"), [(63, 5), (64, 60)])
def test_figures_are_as_fine_as_they_are_kept(days: int, period: int):
    asked = window(NOW, days)

    assert asked.period == timedelta(minutes=period)
    assert (asked.end, asked.end - asked.begin) == (NOW.replace(minute=0, second=0), timedelta(days=days))


@pytest.mark.usefixtures("aws")
def test_days_are_those_that_have_figures():
    for hours in (60, 1):
        held("AWS/ElastiCache", "CurrConnections", 7, hours=hours, CacheClusterId="n-1")

    assert measured(14)["cache"]["days"] == pytest.approx(59 / 24, abs=0.1)
    assert measured(14)["cache"]["days"] < FEWEST_DAYS


@pytest.mark.usefixtures("aws")
def test_what_is_measured_is_a_usage_file():
    held("AWS/ElastiCache", "CPUUtilization", 12.5, hours=5, CacheClusterId="n-1")

    found = usage_of(
        {
            store: {
                name: {key: Decimal(str(number)) for key, number in value.items()}
                if isinstance(value, dict)
                else Decimal(str(value))
                for name, value in fields.items()
            }
            for store, fields in measured().items()
        },
        "usage.json",
        STORES,
    )

    assert found["cache"]["cpuPercent"].high == Decimal("12.5")


def test_all_that_is_measured_has_a_name_in_usage_files():
    fields = {metric.field for metrics in METRICS.values() for metric in metrics}

    assert fields - set(FIELDS) == set()
    # The rest is Atlas', which tells it itself, and how long was measured.
    assert set(MEASURED) - fields == {"days", "diskPercent", "stealPercent"}


def test_figures_may_come_on_several_pages():
    client = boto3.client("cloudwatch", region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106  # no secret
    part = Part(store="cache", kind=Kind.NODE, dimensions=(("CacheClusterId", "n-1"),), name="cache-group")
    times = [NOW.replace(second=0) - timedelta(minutes=5 * number) for number in (3, 2, 1)]
    with Stubber(client) as stub:
        for number, when in enumerate(times):
            result = {"Id": "q0", "Timestamps": [when], "Values": [10.0 * (number + 1)], "StatusCode": "PartialData"}
            more = {"NextToken": f"page-{number + 1}"} if when is not times[-1] else {}
            stub.add_response("get_metric_data", {"MetricDataResults": [result], **more})

        found = Meter(REGION, lambda service, region_name: client).usage([part], window(NOW, 1))  # noqa: ARG005  # as boto3's

        stub.assert_no_pending_responses()
    assert found["cache"]["cpuPercent"] == {"low": 10, "expected": 10, "high": 10}
    assert re.fullmatch(r"0\.\d", str(found["cache"]["days"])) or found["cache"]["days"] == 0
