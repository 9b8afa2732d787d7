"""The picture of what an application's phases cost at any load, as SVG: the same text for the same prices."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from costs.amount import cents, figure
from costs.curve import Curve, Point
from costs.measure import Measure, measure
from costs.price import HOME
from costs.snapshot import load
from pages.cost import drawn
from stacks.application import Application
from stacks.applications import APPLICATIONS
from stacks.phases import Phase

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER: Final = Path(__file__).parent.parent / "docs" / "applications"
COLOURS: Final[Mapping[Phase, str]] = {
    Phase.MVP: "#0072B2",
    Phase.GROWTH: "#009E73",
    Phase.SCALE: "#E69F00",
    Phase.ENTERPRISE: "#B0588F",
}
"""Of Okabe and Ito's palette, which the colour-blind can tell apart, the last one darker; as in the other pictures."""
MARKS: Final[Mapping[Phase, str]] = {Phase.MVP: "o", Phase.GROWTH: "s", Phase.SCALE: "^", Phase.ENTERPRISE: "D"}
"""So that nobody has to see a colour."""
SETTINGS: Final[dict[Any, Any]] = {
    "svg.hashsalt": "datastores",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans", "Arial", "Helvetica"],
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
"""Text stays text, and no name in the file is of chance or of the day."""
LABEL: Final[dict[str, Any]] = {
    "textcoords": "offset points",
    "fontsize": 8.5,
    "bbox": {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.0},
}
METADATA: Final = {"Date": None, "Creator": None}
KEY: Final = "thick: where a phase fits; thin: a smaller one would do; dotted: it is too small"
GREY: Final = "#555555"
WIDTH, HEIGHT = 9.0, 5.8
"""Inches."""
MARGINS: Final = {"left": 0.085, "right": 0.98, "top": 0.845, "bottom": 0.155}
"""Shares of the sheet, from its left lower corner."""
THOUSAND, MILLION = 1_000, 1_000_000


def files() -> dict[Path, str]:
    """Give every picture that is written, and its text."""
    return {path(name): picture(application) for name, application in APPLICATIONS.items()}


def path(application: str) -> Path:
    """Give the file of an application's picture."""
    return FOLDER / f"{application}.cost.svg"


def picture(application: Application) -> str:
    """Draw an application."""
    told = f"prod in {HOME}, on demand, with the prices of {load().generated}"
    return draw(application.name, measure(application), drawn(application), told)


def draw(name: str, measured: Measure, found: Sequence[Curve], told: str) -> str:
    """Draw curves as SVG; *told* says what they are of."""
    from matplotlib import rc_context, rcdefaults, rcParams  # noqa: PLC0415  takes a second to import
    from matplotlib.figure import Figure  # noqa: PLC0415  likewise

    out = StringIO()
    with rc_context():
        # Nothing of what a user has set, so that everybody draws the same.
        rcdefaults()
        rcParams.update(SETTINGS)
        sheet = Figure(figsize=(WIDTH, HEIGHT), facecolor="white")
        # Fixed, where a layout that is worked out could differ in the last digit from machine to machine.
        sheet.subplots_adjust(**MARGINS)
        sheet.suptitle(f"{name}: what each phase costs, by load", x=MARGINS["left"], ha="left", fontweight="bold")
        axes = sheet.add_subplot()
        _scales(axes, measured)
        axes.set_title(f"{told}\n{KEY}\n{verdict(found)}", loc="left", fontsize=9, color=GREY)
        for number, curve in enumerate(found):
            before = found[number - 1].full if number else None
            after = found[number + 1].full if number + 1 < len(found) else None
            _curve(axes, curve, before, after)
        for this, following in pairwise(found):
            _step(axes, measured, this, following)
        sheet.legend(loc="lower center", ncols=len(found), frameon=False)
        sheet.savefig(out, format="svg", metadata=METADATA)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _scales(axes: "Axes", measured: Measure) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter  # noqa: PLC0415  as above

    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: figure_of(Decimal(repr(float(value))))))
        axis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.set_xlabel(measured.noun)
    axes.set_ylabel("USD a month")
    axes.grid(visible=True, which="major", color="#DDDDDD", linewidth=0.6)


def _curve(axes: "Axes", curve: Curve, before: Decimal | None, after: Decimal | None) -> None:
    """Draw a phase: thin where a smaller one would do, thick where it fits, dotted where it is too small."""
    colour = COLOURS[curve.phase]
    small = [one for one in curve.points if before is not None and one.at <= before]
    fits = [one for one in curve.points if (before is None or one.at >= before) and one.at <= curve.full]
    over = [one for one in curve.points if after is not None and curve.full <= one.at <= after]
    label = f"{curve.phase}{'' if curve.complete else ', at least'}"
    _line(axes, small, color=colour, linewidth=1.0, alpha=0.6)
    _line(axes, over, color=colour, linewidth=1.2, linestyle=":")
    _line(axes, fits, color=colour, linewidth=3.2, marker=MARKS[curve.phase], markevery=[-1], markersize=8, label=label)


def _line(axes: "Axes", points: Sequence[Point], **style: object) -> None:
    axes.plot([float(one.at) for one in points], [float(one.usd) for one in points], **style)  # pyright: ignore[reportArgumentType]  # the styles are matplotlib's


def _step(axes: "Axes", measured: Measure, this: Curve, following: Curve) -> None:
    """Show where a phase is full, what the next one costs more there, and where it is cheaper, if it is."""
    low, high = (next(one.usd for one in curve.points if one.at == this.full) for curve in (this, following))
    at = float(this.full)
    axes.plot([at, at], [float(low), float(high)], color=GREY, linewidth=1.0, linestyle="--")
    more = cents(high - low).to_integral_value()
    told = f"{this.phase} is full: {figure(this.full)} {measured.short}\n{more:+,} USD a month"
    # On a scale of powers the middle of two figures is the root of their product.
    middle = float((low * high).sqrt())
    axes.annotate(told, (at, middle), xytext=(-7, 0), **LABEL, ha="right", va="center")
    if this.cheaper is not None:
        usd = next(float(one.usd) for one in following.points if one.at == this.cheaper)
        told = f"{following.phase} is cheaper from here"
        here = (float(this.cheaper), usd)
        axes.annotate(told, here, xytext=(0, -28), **LABEL, ha="center", arrowprops={"arrowstyle": "->"})


def verdict(found: Sequence[Curve]) -> str:
    """Say in words whether growing before it is necessary saves money."""
    cheaper = [f"{following.phase}" for this, following in pairwise(found) if this.cheaper is not None]
    if not cheaper:
        return "for the same load no phase is cheaper than the one before: each is for what that one no longer carries"
    return f"cheaper for the same load before it is necessary: {', '.join(cheaper)}"


def figure_of(value: Decimal) -> str:
    """Write a quantity on an axis: 10K, 1M."""
    for unit, letter in ((MILLION, "M"), (THOUSAND, "K")):
        if value >= unit:
            return f"{figure(value / unit)}{letter}"
    return figure(value)
