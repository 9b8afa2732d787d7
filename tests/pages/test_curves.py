"""Pictures of costs are what the prices say, and the same wherever they are drawn."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from costs.curve import Curve, Point, between, curves
from costs.loads import declared
from costs.measure import Measure, measure
from costs.price import HOME
from pages.curve import draw, path, picture, verdict
from stacks.application import Application, TableStore
from stacks.applications import APPLICATIONS
from stacks.phases import Phase
from tests.costs.built import Made, instance, prices, table

NAMES = sorted(APPLICATIONS)
FULL = dict(zip(Phase, map(Decimal, (1, 10, 100, 1_000)), strict=True))
MADE_UP = Measure(noun="guests", short="guests", full=FULL)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_what_the_prices_say(name: str):
    """What to do when it fails: `python -m pages`."""
    assert path(name).read_text(encoding="utf-8") == picture(APPLICATIONS[name])


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_picture_names_all_that_is_in_it(name: str):
    text = "".join(ET.fromstring(path(name).read_text(encoding="utf-8")).itertext())  # noqa: S314  our own file

    for said in (f"{name}: what each phase costs", "USD a month", measure(APPLICATIONS[name]).noun, *map(str, Phase)):
        assert said in text


@pytest.mark.parametrize("name", NAMES)
def test_what_an_application_is_measured_by_grows(name: str):
    assert all(less < more for less, more in pairwise(measure(APPLICATIONS[name]).full.values()))


def test_a_measure_that_does_not_grow_is_refused():
    with pytest.raises(ValueError, match="guests must grow from phase to phase, got 1, 10, 10, 1000"):
        Measure(noun="guests", short="guests", full={**FULL, Phase.SCALE: Decimal(10)})


@pytest.mark.parametrize("name", NAMES)
def test_a_full_phase_has_the_load_of_its_application(name: str):
    application = APPLICATIONS[name]
    measured = measure(application)

    loads = dict(between(application, measured))

    for phase in Phase:
        told = loads[measured.full[phase]]
        for store, fields in declared(application, phase).items():
            assert {field: told[store, field] for field in fields} == {
                field: amount.expected for field, amount in fields.items()
            }


@pytest.mark.parametrize("name", NAMES)
def test_loads_grow_with_the_measure(name: str):
    loads = between(APPLICATIONS[name], measure(APPLICATIONS[name]))

    for (low, less), (high, more) in pairwise(loads):
        assert low < high
        assert [key for key in less if less[key] > more[key]] == []


# A made-up application, so that figures can be worked out by hand: a table, and a database that costs the same always.


def _drawn(sizes: Mapping[Phase, Sequence[Made]]) -> Sequence[Curve]:
    clubapp = APPLICATIONS["clubapp"]
    presence = next(store for store in clubapp.stores if isinstance(store, TableStore))
    application = Application(name="made-up", data_class="none", stores=(presence,))
    return curves(application, measure(application), sizes, HOME, prices())


CHEAP, DEAR = (instance("presence", f"db.{size}", 20) for size in ("t4g.micro", "r7g.xlarge"))


def test_a_phase_costs_what_its_load_costs():
    (mvp, *_) = _drawn(dict.fromkeys(Phase, table("presence", 1)))

    # 6 million reads, eventually consistent, of half a KiB; 2 million writes, as many to the index; 1 GiB with backups.
    full = next(point for point in mvp.points if point.at == mvp.full)
    least = mvp.points[0]
    assert full.usd > 6 * Decimal("0.0625") + 4 * Decimal("0.625")
    assert (mvp.full, mvp.complete) == (6, True)
    assert least.at * 10 == full.at
    assert least.usd < full.usd


def test_where_the_next_phase_is_cheaper_is_found():
    sizes = {phase: [DEAR if phase is Phase.MVP else CHEAP] for phase in Phase}

    found = _drawn(sizes)

    assert [curve.cheaper for curve in found[:2]] == [found[0].points[0].at, found[1].points[0].at]
    assert verdict(found) == "cheaper for the same load before it is necessary: growth, scale, enterprise"


def test_where_no_phase_is_cheaper_it_is_said():
    found = [
        Curve(phase=phase, points=(Point(at=full, usd=full),), full=full, complete=True, cheaper=None)
        for phase, full in FULL.items()
    ]

    assert verdict(found).startswith("for the same load no phase is cheaper than the one before")


def _straight(cheaper: Decimal | None) -> list[Curve]:
    ats = [Decimal("0.1"), *FULL.values()]
    return [
        Curve(
            phase=phase,
            points=tuple(Point(at=at, usd=10 * full + at) for at in ats),
            full=full,
            complete=phase is not Phase.SCALE,
            cheaper=cheaper if phase is Phase.MVP else None,
        )
        for phase, full in FULL.items()
    ]


def test_a_picture_is_the_same_each_time_and_has_no_date():
    once, again = (draw("made-up", MADE_UP, _straight(None), "of a test") for _ in range(2))

    assert once == again
    assert re.search(r"<dc:date>|\d{4}-\d\d-\d\dT", once) is None


def test_a_picture_says_what_is_full_what_is_missing_and_what_is_cheaper():
    text = "".join(
        ET.fromstring(draw("made-up", MADE_UP, _straight(Decimal("0.1")), "of a test")).itertext()  # noqa: S314  our own
    )

    for said in ("mvp is full: 1 guests", "+90 USD a month", "scale, at least", "growth is cheaper from here"):
        assert said in text
