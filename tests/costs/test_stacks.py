"""Every stack of ours in every phase and in two regions: what has no price is what is known to have none."""

import re

import pytest

from costs.budget import budgeted
from costs.estimate import FULL, End
from costs.estimators import ESTIMATORS
from costs.free import FREE
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.settings import FOLDER, Settings
from tests.costs.built import HOME
from tests.costs.ours import APPLICATION_NAMES, IRELAND, of_one_worker, ours

# What the vendors publish no figure for, or nobody has collected: by region, what a gap may name.
KNOWN = {
    HOME: r"backup/.*/s3-warm |mongodb_atlas/|backup/us-west-2/restore-test ",
    IRELAND: r"backup/.*/s3-warm |backup/eu-west-1/(dynamodb-(warm|restore)|restore-test) |sns/eu-west-1/|s3/eu-west-1/"
    r"|(rds_postgres|aurora_postgres)/eu-west-1/db\.[mr][78]g\.|elasticache/eu-west-1/valkey:cache\.[mr]7g\."
    r"|aurora_postgres/eu-west-1/.*io-optimized |mongodb_atlas/",
}
ALL = [
    of_one_worker(application, environment, phase, region)
    for application in sorted(APPLICATIONS)
    for environment, region in ((Environment.DEV, HOME), (Environment.PROD, HOME), (Environment.PROD, IRELAND))
    for phase in Phase
]


@pytest.mark.parametrize(("name", "environment", "phase", "region"), ALL)
def test_only_what_is_known_to_have_no_price_is_unpriced(
    name: str, environment: Environment, phase: Phase, region: str
):
    found, _ = ours(name, environment, phase, region)

    assert [gap.needs for gap in found.unpriced if not re.match(KNOWN[region], gap.needs)] == []


@pytest.mark.parametrize(("name", "environment", "phase", "region"), ALL)
def test_every_type_is_priced_or_free_by_name(name: str, environment: Environment, phase: Phase, region: str):
    _, types = ours(name, environment, phase, region)

    assert types - set(ESTIMATORS) - set(FREE) == set()


@pytest.mark.parametrize("name", APPLICATION_NAMES)
@pytest.mark.parametrize("end", End)
def test_a_later_phase_costs_more(name: str, end: End):
    sums = [ours(name, Environment.PROD, phase, HOME)[0].subtotal(end) for phase in Phase]

    assert sums == sorted(sums)
    assert len(set(sums)) == len(sums)


@pytest.mark.parametrize("name", APPLICATION_NAMES)
def test_prod_never_costs_less_than_dev(name: str):
    dev, prod = (
        [ours(name, environment, phase, HOME)[0].subtotal() for phase in Phase]
        for environment in (Environment.DEV, Environment.PROD)
    )

    assert [less <= more for less, more in zip(dev, prod, strict=True)] == [True] * len(Phase)


FILES = sorted(one.stem.partition(".")[2] for one in FOLDER.glob("Pulumi.*.yaml"))


@pytest.mark.parametrize("stack", [name for name in FILES if not name.endswith("-dev")])
def test_a_stack_file_has_a_budget_for_its_phase(stack: str):
    settings = Settings.read(stack)
    name, _, environment = stack.rpartition("-")
    found, _ = ours(name, Environment(environment), settings.phase, HOME)

    assert settings.monthly_budget is not None
    assert budgeted(found, settings.monthly_budget).exit_code == FULL


def test_no_type_is_both_priced_and_free():
    assert set(ESTIMATORS) & set(FREE) == set()
