"""Laws of estimates, on made-up stacks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costs.difference import Difference
from costs.estimate import End, Estimate
from costs.loads import of_load
from costs.price import MissingPriceError, PriceBook
from sizes.load import AtlasLoad
from tests.costs import built

SIZES = ("large", "xlarge", "2xlarge", "4xlarge")
BURSTABLE = ("db.t4g.micro", "db.t4g.small", "db.t4g.medium", "db.t4g.large")
NODES = ("cache.t4g.micro", "cache.t4g.small", "cache.t4g.medium", "cache.m7g.large", "cache.r7g.large")
Usage = dict[str, dict[str, Any]]

figures = st.decimals(min_value=0, max_value=10_000, places=3, allow_nan=False, allow_infinity=False)
stores = st.fixed_dictionaries(
    {
        "readsMillions": figures,
        "writesMillions": figures,
        "itemKib": st.decimals(min_value=0, max_value=400, places=1, allow_nan=False, allow_infinity=False),
        "dataGib": figures,
    }
)
databases = st.fixed_dictionaries({"dataGib": figures, "crossAzGib": figures, "backupGib": figures})
caches = st.fixed_dictionaries({"dataGib": figures, "commandsPerSecond": figures})


@st.composite
def stacks(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[list[built.Made], Usage]:
    """A database, some tables and a cache, used as may be."""
    class_ = draw(st.sampled_from([*BURSTABLE, *(f"db.r7g.{size}" for size in SIZES)]))
    resources = [
        built.instance("main", class_, draw(st.integers(20, 400)), multiAz=draw(st.booleans())),
        built.group("cache", draw(st.sampled_from(NODES)), replicas=draw(st.integers(0, 3))),
        *built.keys(),
        *built.secrets("main", draw(st.integers(0, 3))),
        *built.alarms(draw(st.integers(0, 9))),
    ]
    usage: Usage = {"main": draw(databases), "cache": draw(caches)}
    for number in range(draw(st.integers(0, 3))):
        resources += built.table(f"table-{number}", draw(st.integers(0, 2)))
        usage[f"table-{number}"] = draw(stores)
    return resources, usage


few = settings(max_examples=25)


@few
@given(stacks(), st.randoms(use_true_random=False))
def test_the_order_of_resources_means_nothing(stack: tuple[list[built.Made], Usage], random: Any):
    resources, usage = stack
    shuffled = random.sample(resources, len(resources))

    assert built.priced(shuffled, usage).lines == built.priced(resources, usage).lines


@few
@given(stacks())
def test_the_parts_add_up_to_the_total(stack: tuple[list[built.Made], Usage]):
    found = built.priced(*stack)

    for end in End:
        assert sum((line.usd(end) for line in found.lines), Decimal(0)) == found.total(end)


@few
@given(stacks())
def test_less_is_not_more(stack: tuple[list[built.Made], Usage]):
    found = built.priced(*stack)

    assert found.subtotal(End.LOW) <= found.subtotal() <= found.subtotal(End.HIGH)


@few
@given(stacks())
def test_money_is_decimal(stack: tuple[list[built.Made], Usage]):
    found = built.priced(*stack)

    assert {type(value) for line in found.lines for value in (line.exact(), line.usd(), line.price.usd)} == {Decimal}


@few
@given(stacks(), stacks())
def test_a_difference_is_after_without_before(
    before: tuple[list[built.Made], Usage], after: tuple[list[built.Made], Usage]
):
    one, other = built.priced(*before), built.priced(*after)

    there, back = Difference(before=one, after=other), Difference(before=other, after=one)

    assert there.whole.more == other.subtotal() - one.subtotal() == -back.whole.more
    for steps in (there.stores, there.kinds, there.lines):
        assert sum((step.more for step in steps), Decimal(0)) == there.whole.more


@few
@given(stacks())
def test_nothing_lies_between_a_stack_and_itself(stack: tuple[list[built.Made], Usage]):
    found = built.priced(*stack)

    assert (Difference(before=found, after=found).lines, Difference(before=found, after=found).whole.more) == ([], 0)


@few
@given(stacks(), st.data())
def test_more_use_never_costs_less(stack: tuple[list[built.Made], Usage], data: st.DataObject):
    resources, usage = stack
    store = data.draw(st.sampled_from(sorted(usage)))
    field = data.draw(st.sampled_from(sorted(usage[store])))
    more = {**usage, store: {**usage[store], field: usage[store][field] + data.draw(figures)}}
    # Allowances grow with the data, so that more data alone may need less of what is above them.
    if field == "dataGib":
        more[store]["backupGib"] = usage[store].get("backupGib", 0)

    assert built.priced(resources, more).subtotal() >= built.priced(resources, usage).subtotal()


@few
@given(stacks())
def test_two_stacks_cost_the_sum_of_both(stack: tuple[list[built.Made], Usage]):
    resources, usage = stack
    moved = [{**one, "name": f"other-{one['name']}"} for one in resources]
    other = {f"other-{store}": fields for store, fields in usage.items()}
    # Backups above the storage are counted over a region, so both have none.
    quiet = [{**fields, "backupGib": 0} for fields in (usage["main"], other["other-main"])]
    usage, other = {**usage, "main": quiet[0]}, {**other, "other-main": quiet[1]}

    both = built.priced([*resources, *moved], {**usage, **other}).subtotal()

    assert both == built.priced(resources, usage).subtotal() + built.priced(moved, other).subtotal()


@few
@given(stacks(), st.data())
def test_a_price_that_is_taken_away_is_named(stack: tuple[list[built.Made], Usage], data: st.DataObject):
    found = built.priced(*stack)
    line = data.draw(st.sampled_from(found.lines))
    key = (line.charge.service, line.charge.region, line.charge.sku)
    book = replace(built.prices(), prices={name: price for name, price in built.prices().prices.items() if name != key})

    poorer = built.priced(*stack, book=book)

    assert poorer.total() is None
    assert {gap.needs.partition(" ")[0] for gap in poorer.unpriced} == {"/".join(key)}
    assert poorer.exit_code == 3


# What is bigger


@pytest.mark.parametrize("multi", [True, False])
@pytest.mark.parametrize("family", ["db.m6g", "db.m7g", "db.r6g", "db.r7g"])
def test_a_bigger_class_costs_more(family: str, multi: bool):
    usage = {"main": {"dataGib": 1, "crossAzGib": 0}}
    sums = [
        built.priced([built.instance("main", f"{family}.{size}", 100, multiAz=multi)], usage).subtotal()
        for size in SIZES
    ]

    assert [later > sooner for sooner, later in pairwise(sums)] == [True] * 3


SINGLES = [
    sku
    for service, region, sku in built.prices().prices
    if service == "rds_postgres" and region == built.HOME and ":single-az" in sku
]


@pytest.mark.parametrize("sku", SINGLES)
def test_two_zones_never_cost_less_than_one(sku: str):
    book = built.prices()

    one, two = (
        book.find("rds_postgres", built.HOME, sku.replace("single", zones)).usd for zones in ("single", "multi")
    )

    assert two >= one


@given(st.integers(0, 5), st.integers(0, 5))
def test_a_group_costs_by_its_nodes(replicas: int, more: int):
    few_, many = (
        built.priced([built.group("cache", "cache.m7g.large", replicas=count)], {"cache": {"crossAzGib": 0}}).subtotal()
        for count in (replicas, replicas + more)
    )

    assert many - few_ == Decimal("92.27") * more or abs(many - few_ - Decimal("92.272") * more) <= Decimal("0.01")


@pytest.mark.parametrize("gib", [400, 500, 1_000])
def test_iops_cost_only_above_what_gp3_has(gib: int):
    usage = {"main": {"dataGib": 1, "crossAzGib": 0}}

    within, above = (
        built.priced([built.instance("main", "db.m7g.large", gib, iops=iops)], usage).subtotal()
        for iops in (12_000, 12_001)
    )

    assert above - within == Decimal("0.02")


def test_iops_below_the_stripe_are_a_mistake_and_not_free():
    found = built.priced(
        [built.instance("main", "db.m7g.large", 100, iops=6_000)], {"main": {"dataGib": 1, "crossAzGib": 0}}
    )

    assert [gap.needs for gap in found.unpriced] == ["iops cannot be set below 400 GiB, got 6000"]


def test_io_optimized_storage_has_no_line_for_io():
    resources = [
        built.cluster("main", "cluster", storageType="aurora-iopt1"),
        built.member("main", "m", "db.r7g.large"),
    ]

    skus = {line.charge.sku for line in built.priced(resources, {"main": {"dataGib": 10}}).lines}

    assert "io-requests:standard" not in skus
    assert "storage:io-optimized" in skus


def test_nothing_of_something_is_a_line_all_the_same():
    found = built.priced(built.table("presence"), {"presence": built.used(0)})

    assert found.lines
    assert found.total() == 0


def test_a_region_that_is_like_another_has_its_prices():
    resources = [built.instance("main", "db.m7g.large", 100), *built.secrets("main", 2), *built.keys(built.AWAY)]
    usage = {"main": {"dataGib": 1, "crossAzGib": 0}}

    away, home = (
        built.priced(resources, usage, region=built.AWAY),
        built.priced([*resources[:-1], *built.keys(built.HOME)], usage),
    )

    assert away.total() == home.total()


def _aurora(**usage: int) -> Estimate:
    bounds = {"minCapacity": 2, "maxCapacity": 16}
    resources = [
        built.cluster("main", "cluster", serverlessv2ScalingConfiguration=bounds),
        built.member("main", "member-1", "db.serverless"),
        built.proxy("main"),
    ]
    return built.priced(resources, {"main": {"dataGib": 10, **usage}})


def test_a_serverless_instance_costs_its_lowest_bound_at_least():
    compute = [line for line in _aurora(averageAcu=1).lines if line.charge.sku == "serverless-v2:standard"]

    assert [line.charge.quantity.expected for line in compute] == [1460]


def test_a_proxy_in_front_of_a_serverless_cluster_has_no_price():
    assert [gap.needs for gap in _aurora().unpriced] == [
        "what a proxy costs for each ACU: only one for each vCPU is known"
    ]


def test_a_proxy_counts_two_cores_at_least_and_no_standby():
    resources = [
        built.instance("main", "db.t4g.micro", 20, multiAz=True),
        built.replica("main", "db.r7g.xlarge", 20),
        built.proxy("main"),
    ]

    lines = built.priced(resources, {"main": {"dataGib": 1}}).lines

    assert [line.usd() for line in lines if line.charge.sku == "rds-proxy"] == [Decimal("21.90")]


@pytest.mark.parametrize(
    ("type_", "inputs", "needs"),
    [
        ("aws:ec2/instance:Instance", {}, "what aws:ec2/instance:Instance costs"),
        ("aws:rds/instance:Instance", {"engine": "mysql"}, "prices of the engine mysql: there are those of PostgreSQL"),
        (
            "aws:rds/instance:Instance",
            {"instanceClass": "db.m8g.large"},
            "rds_postgres/us-east-1/db.m8g.large:single-az has no price",
        ),
        (
            "aws:rds/instance:Instance",
            {"instanceClass": "unknown:class"},
            "instanceClass is not known before the deployment",
        ),
        ("aws:cloudwatch/logGroup:LogGroup", {}, "a number of days that it keeps: without one it grows for ever"),
        ("aws:dynamodb/table:Table", {}, "declared use: readsMillions, writesMillions, itemKib, dataGib"),
    ],
)
def test_what_nobody_can_tell_is_a_gap_that_says_what_it_needs(type_: str, inputs: Mapping[str, Any], needs: str):
    found = built.priced([built.made(type_, "main-x", **{"allocatedStorage": 20, **inputs})], stores=["main"])

    assert needs in {gap.needs for gap in found.unpriced}
    assert found.total() is None


def test_a_missing_price_says_what_is_near():
    with pytest.raises(MissingPriceError, match=r"^kms/us-east-1/keys has no price: did you mean 'key'\?$"):
        built.prices().find("kms", built.HOME, "keys")


def test_a_region_without_prices_names_those_with():
    with pytest.raises(MissingPriceError, match=r"has no price: there are prices for eu-west-1, us-east-1, us-west-2$"):
        built.prices().find("kms", "eu-north-1", "key")


def test_another_region_stands_in_only_where_it_is_asked_to_and_says_so():
    book: PriceBook = replace(built.prices(), at=built.HOME)

    found = book.find("kms", "eu-north-1", "key")

    assert (found.usd, found.region, found.stands_in) == (1, built.HOME, True)


def test_nodes_beyond_three_are_charged_by_a_price_of_ones_own():
    cluster_ = built.atlas("projects", "M30")
    region = cluster_["inputs"]["replicationSpecs"][0]["regionConfigs"][0]
    region |= {"analyticsSpecs": {"nodeCount": 1}, "electableSpecs": {"instanceSize": "M30", "nodeCount": 5}}
    own = replace(
        built.prices().find("mongodb_atlas", built.HOME, "M30"), sku="node", unit="node-hour", usd=Decimal("0.2")
    )

    without = built.priced([cluster_], {"projects": {}})
    found = built.priced([cluster_], {"projects": {}}, book=built.prices().with_overrides([own]))

    assert {gap.needs for gap in without.unpriced} == {"mongodb_atlas/us-east-1/node has no known price"}
    assert found.total() == Decimal("394.20") + 3 * 730 * Decimal("0.2")


def test_data_beyond_what_a_tier_has_is_charged():
    found = built.priced([built.atlas("projects", "M10", gib=25)], {"projects": {}})

    assert found.total() == Decimal("58.40") + 15 * Decimal("0.5")


def test_what_a_load_says_of_a_cluster_on_atlas_is_used():
    load = AtlasLoad(data_gib=2, reads_per_second=90, writes_per_second=60, connections={})

    told = of_load(load)

    assert (told["dataGib"].expected, told["operationsPerSecond"].expected) == (2, 150)
