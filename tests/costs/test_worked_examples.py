"""Stacks that were worked out by hand, to the cent: every figure is a line."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from costs.price import Confidence, Price
from tests.costs import built

QUIET = {"crossAzGib": 0}
SHARED = {"keyRequestsThousands": 0, "secretCallsThousands": 0, "endpointGib": 0}


@dataclass(frozen=True, kw_only=True)
class Worked:
    """An example."""

    resources: list[built.Made]
    usage: built.Told
    lines: str
    """USD of every line that is not 0.00, in any order."""
    total: str


def strong(reads: float, writes: float, data: float, index: float) -> dict[str, float]:
    """Small items, read strongly: a read is a unit."""
    return {
        "readsMillions": reads,
        "writesMillions": writes,
        "itemKib": 1,
        "dataGib": data,
        "indexGib": index,
        "strongShare": 1,
    }


def clubapp(engine: str) -> Worked:
    cache = "11.68" if engine == "redis" else "9.34"
    return Worked(
        resources=[
            built.instance("main", "db.t4g.micro", 20),
            *built.table("presence", 1),
            *built.table("venue-counts"),
            *built.table("devices", 1),
            *built.table("idempotency"),
            built.group("cache", "cache.t4g.micro", engine=engine),
            *built.keys(),
            *built.secrets("main", 1),
            *built.alarms(8),
        ],
        usage={
            "main": {**QUIET, "backupGib": 6},
            "presence": strong(6, 2, 1, 1),
            "venue-counts": strong(12, 2, 0.1, 0),
            "devices": strong(1, 0.2, 0.2, 0.2),
            "idempotency": strong(0.5, 0.5, 0.1, 0),
            "cache": QUIET,
            "shared": {"keyRequestsThousands": 50, "secretCallsThousands": 20},
        },
        lines=f"11.68 2.30 2.50 0.75 0.50 0.20 1.25 1.50 0.03 0.02 0.25 0.13 0.10 0.04 0.31 0.06 0.03 0.02 {cache} "
        "1.00 0.15 0.40 0.10 0.80",
        total="35.80" if engine == "redis" else "33.46",
    )


def devora(*tier: built.Made, class_: str, gib: int, watched: int, lines: str, total: str) -> Worked:
    return Worked(
        resources=[
            *tier,
            built.instance("memory", class_, gib),
            *built.keys(),
            *built.secrets("memory", 2),
            *built.alarms(watched),
        ],
        usage={"memory": QUIET, "projects": {}, "shared": SHARED},
        lines=f"{lines} 1.00 0.80",
        total=total,
    )


def endpoint(number: int) -> built.Made:
    return built.made(
        "aws:ec2/vpcEndpoint:VpcEndpoint", f"endpoint-{number}", vpcEndpointType="Interface", subnetIds=built.SUBNETS
    )


def shard(number: int, inputs: Mapping[str, Any] | None = None) -> list[built.Made]:
    store, class_ = f"shard-{number}", "db.r6g.xlarge"
    return [
        built.instance(store, class_, 500, multiAz=True, **(inputs or {})),
        built.replica(store, class_, 500),
        built.proxy(store),
    ]


def logs(name: str) -> built.Made:
    return built.made("aws:cloudwatch/logGroup:LogGroup", name, retentionInDays=30)


def heka(*mongo: built.Made, total: str, **usage: int) -> Worked:
    return Worked(
        resources=[
            built.instance("main", "db.t4g.micro", 20),
            *mongo,
            *built.keys(),
            *built.secrets("main", 1),
            *built.alarms(5),
        ],
        usage={"main": QUIET, "insights": usage, "shared": SHARED},
        lines=f"11.68 2.30 1.00 0.40 0.50 {total}",
        total=str(Decimal("15.88") + Decimal(total)),
    )


INSIGHTS = {"databaseInsightsMode": "advanced"}
FLEX = {
    **built.atlas("insights", "FLEX"),
    "inputs": {
        "clusterType": "REPLICASET",
        "replicationSpecs": [{"regionConfigs": [{"providerName": "FLEX", "regionName": "US_EAST_1"}]}],
    },
}
GLOBAL = {"storageType": "aurora-iopt1", "backupRetentionPeriod": 35}
AURORA = {"ioMillions": 3000, "replicatedWritesMillions": 500, "drBackupGib": 0, **QUIET}


def global_(**storage: object) -> list[built.Made]:
    class_ = "db.r7g.2xlarge"
    return [
        built.cluster("main", "cluster", **storage),
        built.member("main", "member-1", class_),
        built.member("main", "member-2", class_),
        built.cluster("main", "dr-cluster", region=built.AWAY, globalClusterIdentifier="main-global", **storage),
        built.member("main", "dr-member-1", class_, region=built.AWAY),
    ]


EXAMPLES = {
    "E1": clubapp("redis"),
    "E1 with Valkey": clubapp("valkey"),
    "E2": Worked(
        resources=[
            built.instance("main", "db.m6g.xlarge", 100),
            built.group("cache", "cache.m6g.large", engine="redis"),
        ],
        usage={"main": {**QUIET, "backupGib": 100}, "cache": QUIET},
        lines="232.14 11.50 108.77",
        total="352.41",
    ),
    "E3": Worked(
        resources=[
            built.instance("main", "db.m6g.xlarge", 100, monitoringInterval=60, **INSIGHTS),
            built.replica("main", "db.m6g.xlarge", 100, monitoringInterval=60, **INSIGHTS),
            built.made(
                "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
                "main-dr-backups",
                region=built.AWAY,
                retentionPeriod=30,
            ),
            built.group("cache", "cache.m6g.large", engine="redis", replicas=1),
            *built.keys(built.HOME, built.AWAY),
            *built.secrets("main", 3),
            *built.alarms(20),
            endpoint(1),
            endpoint(2),
        ],
        usage={
            "main": {**QUIET, "backupGib": 160, "sentGib": 90, "heldGib": 160, "monitoringGib": 1},
            "cache": {"crossAzGib": 300},
            "shared": {**SHARED, "endpointGib": 10},
        },
        lines="232.14 11.50 5.70 232.14 11.50 1.80 15.20 36.50 36.50 1.00 2.00 217.54 3.00 1.00 1.00 1.20 29.20 0.20",
        total="839.12",
    ),
    "E5": devora(
        built.atlas("projects", "M30", gib=40),
        class_="db.m6g.large",
        gib=50,
        watched=10,
        lines="394.20 116.07 5.75 1.00",
        total="518.82",
    ),
    "E5 on a burstable class": devora(
        built.atlas("projects", "M30"),
        class_="db.t4g.large",
        gib=50,
        watched=10,
        lines="394.20 94.17 5.75 1.00",
        total="496.92",
    ),
    "E6": Worked(
        resources=[
            built.instance("main", "db.t4g.large", 50),
            built.group("cache", "cache.t4g.micro"),
            *built.keys(),
            *built.secrets("main", 6),
            *built.alarms(12),
            logs("main-logs"),
        ],
        usage={
            "main": {**QUIET, "backupGib": 20, "creditHours": 10, "logGib": 4, "logHeldGib": 4},
            "cache": QUIET,
            "shared": SHARED,
        },
        lines="94.17 5.75 0.75 9.34 1.00 2.40 1.20 2.00 0.12",
        total="116.73",
    ),
    "E7": Worked(
        resources=[
            built.instance("main", "db.m6g.large", 100, multiAz=True, monitoringInterval=60, **INSIGHTS),
            built.replica("main", "db.m6g.large", 100, monitoringInterval=60, **INSIGHTS),
            built.proxy("main"),
            built.group("cache", "cache.t4g.small", replicas=1),
            *built.keys(),
            *built.secrets("main", 6),
            *built.alarms(20),
            built.made("aws:cloudwatch/compositeAlarm:CompositeAlarm", "all"),
            built.made("aws:cloudwatch/dashboard:Dashboard", "all"),
            logs("main-logs"),
        ],
        usage={
            "main": {**QUIET, "backupGib": 150, "monitoringGib": 1, "logGib": 8, "logHeldGib": 8},
            "cache": QUIET,
            "shared": {**SHARED, "secretCallsThousands": Decimal(100) / 6},
        },
        lines="232.14 23.00 4.75 116.07 11.50 21.90 18.25 18.25 1.00 37.38 1.00 2.40 0.50 2.00 0.50 3.00 4.00 0.24",
        total="497.88",
    ),
    "E8": Worked(
        resources=[
            *shard(1),
            *shard(2, {"iops": 14_000, "storageThroughput": 600}),
            built.group("cache", "cache.m7g.large", replicas=1),
            *built.keys(),
            *built.secrets("cache", 12),
            *built.alarms(40),
        ],
        usage={
            "shard-1": {**QUIET, "backupGib": 600},
            "shard-2": {**QUIET, "backupGib": 600},
            "cache": QUIET,
            "shared": SHARED,
        },
        lines="656.27 115.00 328.50 57.50 43.80 656.27 115.00 328.50 57.50 43.80 80.00 16.00 19.00 184.54 1.00 4.80 "
        "4.00",
        total="2711.48",
    ),
    "E9": Worked(
        resources=[
            *global_(**GLOBAL),
            built.proxy("main"),
            *built.keys(built.HOME, built.AWAY),
            *built.secrets("main", 6),
            *built.alarms(30),
        ],
        usage={"main": {**AURORA, "dataGib": 800, "backupGib": 1000}, "shared": SHARED},
        lines="1049.74 1049.74 180.00 4.20 175.20 1049.74 180.00 100.00 1.00 1.00 2.40 3.00",
        total="3796.02",
    ),
    "E10 mvp": heka(total="0"),
    "E10 mvp with Flex": heka(FLEX, total="8.00"),
    "E10 mvp with Flex at its cap": heka(FLEX, total="30.00", operationsPerSecond=450),
    "E10 growth": Worked(
        resources=[
            built.instance("main", "db.t4g.small", 20, multiAz=True),
            built.atlas("insights", "M10"),
            *built.keys(),
            *built.secrets("main", 2),
            *built.alarms(10),
        ],
        usage={"main": QUIET, "insights": {}, "shared": SHARED},
        lines="47.45 4.60 58.40 1.00 0.80 1.00",
        total="113.25",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_worked_example_comes_out_line_by_line(name: str):
    example = EXAMPLES[name]

    found = built.priced(example.resources, example.usage)

    wanted = [Decimal(line) for line in example.lines.split() if Decimal(line)]
    assert Counter(line.usd() for line in found.lines if line.usd()) == Counter(wanted)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_total_of_a_worked_example_comes_out(name: str):
    example = EXAMPLES[name]

    assert built.priced(example.resources, example.usage).total() == Decimal(example.total)


E4 = devora(
    built.atlas("projects", "M10", backupEnabled=True),
    class_="db.t4g.small",
    gib=20,
    watched=6,
    lines="58.40 23.36 2.30 0.60",
    total="86.46",
)
E4_USAGE = {**E4.usage, "projects": {"backupGib": 10}}


def test_backups_on_atlas_have_no_price_and_so_the_example_has_no_total():
    found = built.priced(E4.resources, E4_USAGE)

    assert [gap.needs for gap in found.unpriced] == ["mongodb_atlas/us-east-1/cloud-backup has no known price"]
    assert (found.subtotal(), found.total()) == (Decimal("86.46"), None)


def test_a_price_of_ones_own_fills_the_gap_of_the_example():
    own = Price(
        service="mongodb_atlas",
        region=built.HOME,
        sku="cloud-backup",
        unit="GB-month",
        usd=Decimal("0.20"),
        confidence=Confidence.HIGH,
        date="2026-11-01",
        sources=("an offer",),
        override=True,
    )

    assert built.priced(E4.resources, E4_USAGE, book=built.prices().with_overrides([own])).total() == Decimal("88.46")


def test_two_shards_cost_twice_and_their_config_servers_have_no_price():
    found = built.priced([built.atlas("projects", "M30", shards=2)], {"projects": {}})

    assert found.subtotal() == Decimal("788.40")
    assert [gap.needs for gap in found.unpriced] == ["mongodb_atlas/us-east-1/config-server has no known price"]


def test_the_example_with_two_regions_says_how_much_stands_on_unsure_prices():
    example = EXAMPLES["E9"]

    assert built.priced(example.resources, example.usage).unsure() == Decimal("3430.22")


def test_io_optimized_storage_costs_more_than_standard_with_the_io_of_the_example():
    usage = {"main": {**AURORA, "dataGib": 800, "backupGib": 800, "replicatedWritesMillions": 500}}

    standard, optimized = (built.priced(global_(**storage), usage).subtotal() for storage in ({}, GLOBAL))

    assert (standard, optimized) == (Decimal("3382.14"), Decimal("3609.22"))


def test_growing_in_the_last_example_costs_the_difference_of_the_totals():
    before, after = (
        built.priced(EXAMPLES[name].resources, EXAMPLES[name].usage).total() for name in ("E10 mvp", "E10 growth")
    )

    assert (after or 0) - (before or 0) == Decimal("97.37")
