"""How many connections a server takes follows from its memory, as AWS's own figures say."""

import pytest

from sizes.aurora import AURORA_CLASSES, AuroraSize, Instances, Serverless
from sizes.connections import (
    MAX_CONNECTIONS,
    RESERVED,
    connections_of,
    max_connections,
    max_connections_serverless,
    memory_gib,
)
from sizes.postgres import INSTANCE_CLASSES, PostgresSize
from sizes.postgres_move import PostgresMove
from tests.sizes.test_aurora_size import TWO
from tests.sizes.test_postgres_size import SMALL


@pytest.mark.parametrize(
    ("acu", "connections"), [(1, 189), (4, 823), (8, 1_669), (16, 3_360), (32, 5_000), (256, 5_000)]
)
def test_serverless_takes_what_aws_publishes(acu: float, connections: int):
    """Amazon Aurora User Guide, "Maximum connections for Aurora Serverless v2"."""
    assert max_connections_serverless(1, acu) == connections


@pytest.mark.parametrize("least", [0, 0.5])
def test_serverless_that_may_idle_takes_less(least: float):
    assert max_connections_serverless(least, 16) == 2_000


@pytest.mark.parametrize(
    ("name", "gib"),
    [
        ("db.t4g.micro", 1),
        ("db.t4g.medium", 4),
        ("db.t4g.2xlarge", 32),
        ("db.m7g.large", 8),
        ("db.m6g.xlarge", 16),
        ("db.r7g.large", 16),
        ("db.r8g.16xlarge", 512),
    ],
)
def test_classes_have_the_memory_that_aws_lists(name: str, gib: float):
    assert memory_gib(name) == gib


@pytest.mark.parametrize("name", sorted(INSTANCE_CLASSES | AURORA_CLASSES))
def test_every_class_takes_some_connections_and_never_more_than_the_formula(name: str):
    """AWS keeps some of the memory, so that the formula on all of it is never reached."""
    formula = int(memory_gib(name) * 1024**3 / 9_531_392)

    assert RESERVED < max_connections(name) <= min(formula, MAX_CONNECTIONS)


MOVE = PostgresMove(
    instance=SMALL,
    cluster=AuroraSize(
        capacity=Serverless(min_acu=1, max_acu=8),
        readers=0,
        max_readers=0,
        io_optimized=False,
        proxy=False,
        backup_days=7,
        dr_readers=0,
    ),
    writer="instance",
)


@pytest.mark.parametrize(
    ("size", "connections"),
    [
        (SMALL, max_connections("db.t4g.micro")),
        (TWO, max_connections("db.r7g.large")),
        (MOVE.cluster, 1_669),
        (MOVE, max_connections("db.t4g.micro")),
    ],
)
def test_a_store_takes_what_its_writer_takes(size: PostgresSize | AuroraSize | PostgresMove, connections: int):
    assert connections_of(size) == connections


def test_aurora_and_rds_take_alike_of_one_class():
    assert connections_of(TWO) == max_connections(Instances(instance_class="db.r7g.large").instance_class)
