"""What owners expect beside list prices, worked out for what they describe, and beside our own stacks."""

from decimal import Decimal

import pytest

from costs.owners import CLAIMS, Claim, Compared, Part, compared
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from tests.costs.built import HOME, Made, atlas, group, instance, priced, replica, table
from tests.costs.ours import of_one_worker, ours
from tests.costs.test_worked_examples import EXAMPLES, QUIET


def _cost(*resources: Made, stores: tuple[str, ...] = ("main", "cache", "projects")) -> Decimal:
    return priced(resources, dict.fromkeys(stores, QUIET)).subtotal()


def _example(name: str) -> Decimal:
    return priced(EXAMPLES[name].resources, EXAMPLES[name].usage).subtotal()


def _tables() -> Decimal:
    found = priced(EXAMPLES["E1"].resources, EXAMPLES["E1"].usage)
    return sum((line.usd() for line in found.lines if line.charge.service == "dynamodb"), Decimal(0))


MICRO = instance("main", "db.t4g.micro", 20)
WORKER = instance("main", "db.m6g.xlarge", 100)

# Claim, what it is for, as worked out from list prices, and how far apart the two are.
WORKED = {
    "clubapp PostgreSQL": (32, lambda: _cost(MICRO), "18.02"),
    "clubapp Redis OSS": (10, lambda: _cost(group("cache", "cache.t4g.micro", engine="redis")), "-1.68"),
    "clubapp Valkey": (10, lambda: _cost(group("cache", "cache.t4g.micro")), "0.66"),
    "clubapp DynamoDB, upper end": (15, _tables, "7.31"),
    "clubapp DynamoDB, lower end": (5, _tables, "-2.69"),
    "clubapp in all, lower end": (47, lambda: _example("E1"), "11.20"),
    "clubapp in all, upper end": (57, lambda: _example("E1"), "21.20"),
    "devora Atlas free": (0, lambda: _cost(atlas("projects", "M0")), "0.00"),
    "devora Atlas M10": (57, lambda: _cost(atlas("projects", "M10")), "-1.40"),
    "devora Atlas M30": (300, lambda: _cost(atlas("projects", "M30")), "-94.20"),
    "devora in all": (500, lambda: _example("E5"), "-18.82"),
    "devora in all, burstable": (500, lambda: _example("E5 on a burstable class"), "3.08"),
    "devmentor in all": (50, lambda: _example("E6"), "-66.73"),
    "devmentor instance and 100 GB": (50, lambda: _cost(instance("main", "db.t4g.large", 100)), "-55.67"),
    "devmentor growth": (200, lambda: _example("E7"), "-297.88"),
    "devmentor scale": (2000, lambda: _example("E8"), "-711.48"),
    "workflows one instance": (311, lambda: _cost(WORKER), "67.36"),
    "workflows with a replica": (601, lambda: _cost(WORKER, replica("main", "db.m6g.xlarge", 100)), "113.72"),
    "workflows Redis": (108, lambda: _cost(group("cache", "cache.m6g.large", engine="redis")), "-0.77"),
    "workflows in all, lower end": (419, lambda: _example("E2"), "66.59"),
    "workflows Atlas": (957, lambda: _cost(atlas("projects", "M30")), "562.80"),
    "heka PostgreSQL, lower end": (20, lambda: _example("E10 mvp"), "4.12"),
}


@pytest.mark.parametrize("name", WORKED)
def test_a_claim_is_as_far_from_list_price_as_it_was_worked_out(name: str):
    claimed, worked, apart = WORKED[name]

    assert claimed - worked() == Decimal(apart)


def test_two_burstable_instances_are_what_200_buys():
    two = _cost(instance("main", "db.t4g.medium", 100), replica("main", "db.t4g.medium", 100))

    assert two == Decimal("117.90")


OURS = [of_one_worker(claim.application, claim) for claim in CLAIMS if claim.application in APPLICATIONS]


@pytest.mark.parametrize(("application", "claim"), OURS, ids=str)
def test_every_claim_stands_beside_a_figure_of_ours(application: str, claim: Claim):
    """But for what is a comparison of theirs, which our stacks do not have."""
    kinds = {store.name: type(store).__name__ for store in APPLICATIONS[claim.application].stores}

    estimate, _ = ours(application, Environment.PROD, claim.phase, HOME)
    found = {one.claim: one for one in compared(estimate, application, claim.phase, kinds)}

    assert (found[claim].ours is None) == (claim.part is Part.ELSEWHERE)


def test_every_application_has_claims():
    assert set(APPLICATIONS) - {claim.application for claim in CLAIMS} == set()


@pytest.mark.parametrize(("ours", "apart"), [("4.00", "-1.00"), ("5.00", "0"), ("15.00", "0"), ("15.01", "0.01")])
def test_within_a_range_is_no_difference(ours: str, apart: str):
    claim = next(claim for claim in CLAIMS if claim.what == "DynamoDB")

    assert Compared(claim=claim, ours=Decimal(ours), complete=True).difference == Decimal(apart)


def test_a_table_that_nobody_declares_use_of_is_at_least_nothing():
    found = priced(table("presence"), stores=["presence"])

    (one,) = [
        one for one in compared(found, "clubapp", Phase.MVP, {"presence": "TableStore"}) if one.claim.part is Part.TABLE
    ]
    assert (one.ours, one.complete) == (0, False)
