"""What an estimate may ask a price of: a price of one's own for anything else is a mistake."""

import ast
import re
from pathlib import Path

import pytest

from costs import estimators
from costs.asked import ASKED, is_asked, nearest
from costs.estimate import Estimate
from stacks.phases import Environment, Phase
from tests.costs import built
from tests.costs.built import HOME, prices
from tests.costs.ours import APPLICATION_NAMES, IRELAND, ours
from tests.costs.test_worked_examples import EXAMPLES

MAGNETIC = [built.instance("main", "db.t3.micro", 20, storageType="standard")]
PIECES = Path(estimators.__file__).parent
ONLY_TOLD = {
    "aurora_postgres": {"backtrack", "snapshot-export-s3"},
    "data_transfer": {"internet-out-first-10TB"},
    "dynamodb": {"global-table-rwcu", "on-demand-backup", "restore"},
    "rds_postgres": {
        "performance-insights-api",
        "performance-insights-ltr-m5",
        "performance-insights-ltr-t3",
        "snapshot-export-s3",
        "storage-gp3:multi-az-cluster",
    },
    "sns": {"http"},
}
"""What the snapshot has a price of, and no estimator asks for."""


def asked_by(found: Estimate) -> set[tuple[str, str]]:
    """Give what an estimate asked a price of, found or missing."""
    gaps = [re.match(r"(\w+)/[\w-]+/(\S+) has no ", gap.needs) for gap in found.unpriced]
    return {(line.charge.service, line.charge.sku) for line in found.lines} | {(gap[1], gap[2]) for gap in gaps if gap}


@pytest.mark.parametrize("name", APPLICATION_NAMES)
@pytest.mark.parametrize("region", [HOME, IRELAND])
def test_whatever_a_stack_of_ours_asks_for_may_have_a_price_of_ones_own(name: str, region: str):
    asked = {one for phase in Phase for one in asked_by(ours(name, Environment.PROD, phase, region)[0])}

    assert [one for one in sorted(asked) if not is_asked(*one)] == []


def test_whatever_the_snapshot_has_a_price_of_is_asked_for_or_only_told():
    told: dict[str, set[str]] = {}
    for service, _, sku in {**prices().prices, **prices().unknown}:
        if not is_asked(service, sku):
            told.setdefault(service, set()).add(sku)

    assert told == ONLY_TOLD


def test_no_service_of_the_snapshot_is_forgotten():
    assert set(ASKED) == {service for service, _, _ in prices().prices}


@pytest.mark.parametrize("name", EXAMPLES)
def test_whatever_an_example_asks_for_may_have_a_price_of_ones_own(name: str):
    example = EXAMPLES[name]

    asked = asked_by(built.priced(example.resources, example.usage))

    assert [one for one in sorted(asked) if not is_asked(*one)] == []


def test_storage_of_the_oldest_kind_may_have_a_price_of_ones_own():
    asked = asked_by(built.priced(MAGNETIC, {"main": {}}))

    assert ("rds_postgres", "storage-magnetic:single-az") in asked
    assert [one for one in sorted(asked) if not is_asked(*one)] == []


def test_every_sku_that_an_estimator_writes_in_full_is_asked_for():
    names = {sku for piece in PIECES.glob("*.py") for sku in _written(ast.parse(piece.read_text(encoding="utf-8")))}

    assert len(names) > 20
    assert [name for name in sorted(names) if not any(is_asked(service, name) for service in ASKED)] == []


def _written(tree: ast.Module) -> list[str]:
    """Give the skus that calls of `charge` have as a text: the third of what they are given."""
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and len(one.args) > 2]
    skus = [one.args[2] for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "charge"]
    return [one.value for one in skus if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@pytest.mark.parametrize(
    ("service", "sku", "said"),
    [
        ("mongodb_atlas", "cloud-backups", ": did you mean 'cloud-backup'?"),
        ("kms", "keys", ": did you mean 'key'?"),
        ("rds_postgres", "db.t4g.mirco:single-az", ": did you mean 'db.t4g.micro:single-az'?"),
        ("elasticache", "valkey:cache.m7g.huge", ": did you mean 'valkey:cache.m7g.large'?"),
        ("sns", "carrier pigeons", ": allowed are publish, email"),
    ],
)
def test_what_nothing_asks_for_is_told_with_the_nearest_that_is(service: str, sku: str, said: str):
    assert not is_asked(service, sku)
    assert nearest(service, sku, [one for name, _, one in prices().prices if name == service]) == said
