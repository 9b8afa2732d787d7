"""Rows of a stack file: any size can be written and read back, and a deviation may change its kind of part."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sizes.atlas import TIERS, AtlasSize, SharedAtlasSize
from sizes.aurora import AURORA_CLASSES, AuroraSize, Instances, Serverless
from sizes.bucket import BucketSize
from sizes.limits import SizeError
from sizes.postgres import INSTANCE_CLASSES, PostgresSize, ReplicaPurpose
from sizes.redis import NODE_TYPES, ClusterMode, RedisSize, ServerlessRedisSize
from sizes.table import Autoscaled, OnDemand, Provisioned, TableSize
from stacks.application import Application, Size
from stacks.applications.clubapp import CACHE, CLUBAPP
from stacks.applications.devmentor import DEVMENTOR
from stacks.applications.devmentor import MAIN as MENTORED
from stacks.applications.devora import DEVORA
from stacks.applications.workflows import WORKFLOWS
from stacks.phases import Environment, Phase
from stacks.rows import full_rows, written
from stacks.stackfile import canonical, config_of
from tests.components.databases import PROMOTED, REPLICATING
from tests.stacks.written import Lines, Read, changed

KEY = "datastores:sizes"
UNITS = st.integers(1, 39_999)
BOOL = st.booleans()


def optional(values: st.SearchStrategy[int]) -> st.SearchStrategy[int | None]:
    return st.none() | values


def valid(kind: type, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Give sizes of a kind that may be written: those that it refuses itself are left out."""

    def made(values: Mapping[str, Any]) -> Any:
        try:
            return kind(**values)
        except SizeError:
            return None

    return st.fixed_dictionaries(fields).map(made).filter(lambda size: size is not None)


ACU = st.integers(2, 512).map(lambda halves: halves / 2)
CAPACITY = valid(Instances, instance_class=st.sampled_from(sorted(AURORA_CLASSES))) | st.tuples(ACU, ACU).map(
    lambda both: Serverless(min_acu=min(both), max_acu=max(both))
)
INSTANCES = valid(
    PostgresSize,
    instance_class=st.sampled_from(sorted(INSTANCE_CLASSES)),
    storage_gib=st.integers(400, 10_000),
    max_storage_gib=st.integers(20_000, 60_000),
    multi_az=BOOL,
    replicas=st.lists(st.sampled_from(ReplicaPurpose), unique=True).map(tuple),
    proxy=BOOL,
    backup_days=st.integers(1, 35),
    dr_backups=BOOL,
    iops=optional(st.just(12_000)),
    throughput_mibps=optional(st.just(500)),
)
CLUSTERS = valid(
    AuroraSize,
    capacity=CAPACITY,
    readers=st.integers(1, 5),
    max_readers=st.integers(5, 14),
    io_optimized=BOOL,
    proxy=BOOL,
    backup_days=st.integers(1, 35),
    dr_readers=st.integers(0, 2),
)
TABLES = valid(
    TableSize,
    billing=st.builds(OnDemand, max_read_units=UNITS, max_write_units=UNITS)
    | st.builds(Provisioned, read_units=UNITS, write_units=UNITS)
    | st.builds(
        Autoscaled,
        min_read_units=st.integers(1, 9),
        max_read_units=st.integers(9, 99),
        min_write_units=st.integers(1, 9),
        max_write_units=st.integers(9, 99),
        target_percent=st.integers(20, 90),
    ),
    backup_days=st.integers(0, 35),
    dr_replica=BOOL,
    table_class=st.sampled_from(["STANDARD", "STANDARD_INFREQUENT_ACCESS"]),
    contributor_insights=BOOL,
)
GROUPS = valid(
    RedisSize,
    node_type=st.sampled_from(sorted(NODE_TYPES)),
    cluster_mode=st.sampled_from(ClusterMode),
    shards=st.just(1),
    replicas_per_shard=st.integers(1, 5),
    snapshot_days=st.integers(1, 35),
    engine=st.sampled_from(["valkey", "redis"]),
    max_shards=optional(st.integers(1, 9)),
    max_replicas_per_shard=optional(st.integers(1, 5)),
)
CACHES = valid(
    ServerlessRedisSize,
    max_data_gib=st.integers(1, 5_000),
    max_ecpu_per_second=st.integers(1_000, 15_000_000),
    snapshot_days=st.integers(0, 35),
)
BUCKETS = valid(BucketSize, cold_after_days=st.integers(1, 99), expire_after_days=st.integers(189, 36_500))
CLASSES = {"M": [tier for tier in TIERS if tier[0] == "M"], "R": [tier for tier in TIERS if tier[0] == "R"]}
ATLAS = st.sampled_from(["M", "R"]).flatmap(
    lambda class_: valid(
        AtlasSize,
        tier=st.sampled_from(CLASSES[class_][:4]),
        max_tier=st.none() | st.sampled_from(CLASSES[class_][4:]),
        disk_gib=st.integers(10, 100),
        sharded=BOOL,
        shards=st.integers(1, 3),
        zones=st.integers(0, 2),
        dr_nodes=st.sampled_from([0, 2]),
        analytics_nodes=st.integers(0, 3),
        read_only_nodes=st.integers(0, 3),
        continuous_days=st.none() | st.integers(0, 35),
        dr_copies=BOOL,
        export=BOOL,
    )
)
SHARED = valid(SharedAtlasSize, tier=st.sampled_from(["M0", "FLEX"]))
MOVES = st.sampled_from([REPLICATING, PROMOTED])

KINDS: list[tuple[Application, str, st.SearchStrategy[Size]]] = [
    (CLUBAPP, "main", INSTANCES),
    (DEVMENTOR, "main", CLUSTERS),
    (DEVMENTOR, "main", MOVES),
    (CLUBAPP, "presence", TABLES),
    (CLUBAPP, "cache", GROUPS),
    (CLUBAPP, "cache", CACHES),
    (WORKFLOWS, "archive", BUCKETS),
    (DEVORA, "documents", ATLAS),
    (DEVORA.within(Environment.DEV), "documents", ATLAS),
    (DEVORA.within(Environment.DEV), "documents", SHARED),
]


@pytest.mark.parametrize(("application", "store", "sizes"), KINDS, ids=[f"{kind}" for kind in range(len(KINDS))])
@settings(max_examples=40)
@given(data=st.data())
def test_any_size_is_read_back_from_the_yaml_that_it_is_written_as(
    application: Application, store: str, sizes: st.SearchStrategy[Size], data: st.DataObject
):
    size = data.draw(sizes)
    text = yaml.safe_dump({"config": {KEY: {store: written(size)}}})

    config, _ = config_of(text)

    assert full_rows(application, canonical(config[KEY])) == {store: size}


def hop(**fields: object) -> str:
    row = {**written(CACHE[Phase.SCALE]), **fields}
    return changed(f"datastores:hop: {json.dumps({'to': 'growth', 'step': 1, 'sizes': {'cache': row}})}")


@pytest.mark.parametrize("nothing", [None, "null", ""], ids=["YAML", "config set --path null", "config set --path ''"])
def test_no_bound_can_be_written_in_a_file_and_by_the_command(read: Read, nothing: str | None):
    """`pulumi config set --path` knows no null and writes a text."""
    found = read(hop(maxShards=nothing, maxReplicasPerShard=nothing))

    assert found.hop is not None
    assert found.hop.sizes == {"cache": CACHE[Phase.SCALE]}


def test_a_text_that_is_no_null_is_no_number_either(mistakes: Lines):
    assert mistakes(hop(maxShards="none")) == [
        "datastores:hop.sizes.cache.maxShards must be a whole number or null, got 'none'"
    ]


@pytest.mark.parametrize("least", ["0.5", "'0.5'"], ids=["YAML", "config set --path"])
def test_a_fraction_can_be_written_in_a_file_and_by_the_command(read: Read, least: str):
    text = changed(f"{KEY}: {{main: {{capacity: {{minAcu: {least}, maxAcu: 4}}}}}}").replace(
        "phase: mvp", "phase: scale"
    )

    found = read(text, "devmentor-dev")

    assert found.sizes == {
        "main": replace(MENTORED[Phase.SCALE], capacity=Serverless(min_acu=0.5, max_acu=4)),
    }


def test_a_part_of_another_kind_is_written_whole(read: Read):
    found = read(changed(f"{KEY}: {{presence: {{billing: {{readUnits: 5, writeUnits: 6}}}}}}"))

    (size,) = found.sizes.values()
    assert isinstance(size, TableSize)
    assert size.billing == Provisioned(read_units=5, write_units=6)


@pytest.mark.parametrize(
    ("stack", "written_", "told"),
    [
        (
            "clubapp-dev",
            "presence: {billing: {readUnits: 5}}",
            ["presence.billing.writeUnits is required: a whole number"],
        ),
        (
            "clubapp-dev",
            "presence: {billing: {maxReadUnits: 5, readUnits: 5}}",
            ["presence.billing.readUnits is not a key: did you mean 'maxReadUnits'?"],
        ),
        (
            "clubapp-dev",
            "presence: {billing: 5}",
            [
                (
                    "presence.billing must be a mapping of maxReadUnits, maxWriteUnits or readUnits, writeUnits or "
                    "minReadUnits, maxReadUnits, minWriteUnits, maxWriteUnits, targetPercent, got 5"
                )
            ],
        ),
        ("devmentor-dev", "main: {capacity: {minAcu: 2}}", ["main.capacity.maxAcu is required: a number"]),
        (
            "devmentor-dev",
            "main: {capacity: {minAcu: 2, maxAcu: 0.75}}",
            [
                "main.capacity.maxAcu must be between 1 and 256 in steps of 0.5, got 0.75",
                "main.capacity.maxAcu must be minAcu (2) or more, got 0.75",
            ],
        ),
        (
            "devmentor-dev",
            "main: {capacity: {instanceClass: db.r7g.lrge}}",
            [
                (
                    "main.capacity.instanceClass must be one Aurora has for PostgreSQL (db.t4g.medium … "
                    "db.r8g.16xlarge), got 'db.r7g.lrge': did you mean 'db.r7g.large'?"
                )
            ],
        ),
    ],
)
def test_half_a_part_is_refused_with_what_it_lacks(mistakes: Lines, stack: str, written_: str, told: list[str]):
    text = changed(f"{KEY}: {{{written_}}}")
    text = text.replace("phase: mvp", "phase: scale") if stack == "devmentor-dev" else text

    assert mistakes(text, stack) == [f"{KEY}.{line}" for line in told]
