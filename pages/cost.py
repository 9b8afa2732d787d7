"""What each phase of an application costs, for the README's table and for the curves."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from costs.amount import cents
from costs.curve import Curve, curves
from costs.estimate import End, Estimate, estimate
from costs.loads import declared
from costs.measure import measure
from costs.price import HOME
from costs.snapshot import load
from costs.stack import Resource, Stack
from costs.usage import Usage
from stacks.application import Application
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings

AWAY: Final = "us-west-2"
"""Where copies go: the region whose prices are those of HOME."""


def costs(application: str, phase: Phase) -> str:
    """Give the cost of a phase in prod: the figure that is expected, and how far it may be off."""
    found = _estimate(application, phase)
    low, expected, high = (f"{cents(found.subtotal(end)):,.0f}" for end in (End.LOW, End.EXPECTED, End.HIGH))
    return f"{'at least ' if found.unpriced else ''}**{expected}** ({low} to {high})"


def priced() -> str:
    """Say what the costs of the table are."""
    return (
        f"Costs are those of prod in {HOME} on demand, with the prices of {load().generated} and the loads of each "
        "application, without tax: expected, and with half and twice the load. `at least`: something in it has no "
        "public price. What they are made of, for your region and your load: [costs](docs/costs.md)."
    )


def drawn(application: Application) -> Sequence[Curve]:
    """Give what each phase costs at any load, in prod."""
    deployed = {phase: rendered(application.name, phase) for phase in Phase}
    return curves(application, measure(application), deployed, HOME, load())


@cache
def rendered(application: str, phase: Phase) -> Sequence[Resource]:
    """Give what a phase deploys in prod."""
    return render(_settings(application, phase))


def _settings(application: str, phase: Phase) -> Settings:
    return Settings.read(f"{application}-prod", phase=phase, overrides={"aws:region": HOME, "drRegion": AWAY})


@cache
def _estimate(application: str, phase: Phase) -> Estimate:
    settings = _settings(application, phase)
    book = load()
    stack = Stack(
        resources=rendered(application, phase),
        region=settings.region,
        stores=tuple(store.name for store in settings.application.stores),
        usage=Usage(declared=declared(settings.application, phase)),
        # Not today: the page says the same until the prices change.
        on=book.generated,
    )
    return estimate(stack, book)
