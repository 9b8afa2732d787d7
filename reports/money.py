"""What a stack costs in a month: an estimate from list prices, with what it rests on and what nobody can price."""

from xml.etree.ElementTree import Element

from costs.amount import figure
from costs.budget import budgeted
from costs.estimate import FULL, OVER_BUDGET, End, estimate
from costs.loads import declared
from costs.price import HOME
from costs.report import Report, headline, prices_sentence
from costs.snapshot import load
from costs.stack import Stack
from costs.usage import Usage
from readiness.situation import Situation
from reports.html import element, listed, section


def priced(situation: Situation) -> Report:
    """Estimate what a stack costs; prices of one region stand in where another has none, which is told."""
    settings = situation.settings
    stack = Stack(
        resources=situation.resources,
        region=settings.region,
        stores=tuple(store.name for store in settings.application.stores),
        usage=Usage(declared=declared(settings.application, situation.phase)),
        on=situation.today,
    )
    found = estimate(stack, load().lending(HOME))
    budget = None if settings.monthly_budget is None else budgeted(found, settings.monthly_budget)
    return Report(stack=settings.stack, phase=str(situation.phase), found=found, on=situation.today, budget=budget)


def tile(report: Report) -> tuple[str, str, str]:
    """Give the figure of a month, and its range."""
    found = report.found
    low, high = found.subtotal(End.LOW), found.subtotal(End.HIGH)
    gaps = ", without what is not priced" if found.unpriced else ""
    return ("Cost a month", f"${found.subtotal():,.0f}", f"${low:,.0f} to ${high:,.0f}{gaps}")


def costs(report: Report) -> Element:
    """Say what each store costs, and where the money goes."""
    gaps = [f"{gap.store}, {gap.resource}: {gap.needs}" for gap in report.found.unpriced]
    return section(
        "costs",
        "Costs",
        element("p", f"{headline(report)}."),
        element("p", _budget(report)),
        *((element("h3", "Not priced"), listed(gaps)) if gaps else ()),
        _by_store(report),
        element("details", element("summary", "Where the money goes"), _dearest(report)),
        element("p", prices_sentence(report), class_="dim"),
    )


def _budget(report: Report) -> str:
    if report.budget is None:
        return "No budget is set (datastores:monthlyBudget)."
    verdict = {FULL: "within", OVER_BUDGET: "over"}.get(report.budget.exit_code, "not known to be within")
    return f"That is {verdict} the budget of {report.budget.budget:,} USD."


def _by_store(report: Report) -> Element:
    rows = [
        element(
            "tr",
            element("th", store, scope="row"),
            element("td", f"{report.of(store=store):,}", class_="figure"),
            element(
                "td",
                f"{report.of(store=store, end=End.LOW):,} to {report.of(store=store, end=End.HIGH):,}",
                class_="figure",
            ),
        )
        for store in report.stores
    ]
    head = element(
        "tr",
        element("th", "store", scope="col"),
        element("th", "expected", scope="col", class_="figure"),
        element("th", "range", scope="col", class_="figure"),
    )
    caption = element("caption", "USD a month, by store")
    return element("table", caption, element("thead", head), element("tbody", *rows))


def _dearest(report: Report) -> Element:
    rows = [
        element(
            "li",
            element("strong", f"{line.usd():,} USD"),
            f": {line.charge.what}, {figure(line.charge.quantity.expected)} at {line.price.usd} USD",
        )
        for line in report.dearest
    ]
    return element("ul", *rows, class_="rows")
