"""What a DynamoDB table was asked for, what its caps or units have of it, and what either way to pay would cost."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import Final

from advice.check import SPARE, Check, Told, exact, highest, plain
from costs.amount import HOURS, cents
from costs.assumed import SECONDS
from costs.price import MissingPriceError, PriceBook
from sizes.table import MAX_UNITS, Autoscaled, OnDemand, Provisioned, TableSize

ALARMED: Final = "its alarm (sizes/alarms.py)"
WAYS: Final = ("read", "write")
CAP_STEP: Final = 1_000
MILLION: Final = 1_000_000
TARGET: Final = Decimal("0.7")
"""Of provisioned units, what the load should take where autoscaling follows it: AWS's own default."""


def table_checks(now: TableSize, size: TableSize, told: Told) -> Sequence[Check]:
    """Hold a table against what was measured; each of its indexes has as many units."""
    return [check for way in WAYS for check in _checks(way, now, size, told)]


def table_sizes(now: TableSize, told: Told) -> Iterator[TableSize]:
    """Yield every size that *now* can become in its phase: as much as was asked for, in the way that it is paid for."""
    read, write = (_units_that_fit(way, now, told) for way in WAYS)
    for reads in dict.fromkeys((_units(now, "read"), read)):
        for writes in dict.fromkeys((_units(now, "write"), write)):
            yield replace(now, billing=_with(now.billing, reads, writes))


def _checks(way: str, now: TableSize, size: TableSize, told: Told) -> Iterator[Check]:
    used, units = highest(told, f"{way}Units"), _units(size, way)
    most, source = _most(size, way)
    what = {OnDemand: "cap", Provisioned: "fixed units", Autoscaled: "units at most"}[type(size.billing)]
    capacity = f"{what} {units:,} a second"
    yield Check(
        limit=f"{way}s",
        field=f"{way}Units",
        unit="units a second",
        measured=used,
        then=used,
        most=most,
        room=Decimal(units),
        capacity=capacity,
        source=source,
    )
    refused = highest(told, f"{way}Throttles")
    yield Check(
        limit=f"refused {way}s",
        field=f"{way}Throttles",
        unit="a minute",
        measured=refused,
        then=_refused_then(refused, used, now, size, way),
        most=Decimal(0),
        room=Decimal(units),
        capacity=capacity,
        source=ALARMED,
    )


def _refused_then(
    refused: Decimal | None, used: Decimal | None, now: TableSize, size: TableSize, way: str
) -> Decimal | None:
    """Give what would be refused: nothing with more units, or where a hot key is why, which units do not help."""
    if refused is None or refused == 0:
        return refused
    return Decimal(0) if is_hot(refused, used, now, way) or _units(size, way) > _units(now, way) else refused


def is_hot(refused: Decimal | None, used: Decimal | None, now: TableSize, way: str) -> bool:
    """Say whether requests are refused while the table as a whole has units to spare: one key is too hot."""
    return bool(refused) and used is not None and used <= _most(now, way)[0]


def _units(size: TableSize, way: str) -> int:
    match size.billing:
        case OnDemand() as one:
            return one.max_read_units if way == "read" else one.max_write_units
        case Provisioned() as one:
            return one.read_units if way == "read" else one.write_units
        case Autoscaled() as one:
            return one.max_read_units if way == "read" else one.max_write_units


def _most(size: TableSize, way: str) -> tuple[Decimal, str]:
    """Give the units a second from which on there are too few, and who says so."""
    units = Decimal(_units(size, way))
    match size.billing:
        case OnDemand():
            # The alarm counts units of a minute, as a whole number.
            return exact(round(float(units) * 60 * 0.8)) / 60, ALARMED
        case Provisioned():
            return units * SPARE, "the units of the table, less a fifth"
        case Autoscaled(target_percent=target):
            return units * target / 100, "the units at most, at the share that autoscaling aims at"


def _units_that_fit(way: str, now: TableSize, told: Told) -> int:
    """Give the fewest units that fit, in whole thousands where they are a cap; never fewer than there are."""
    used, units = highest(told, f"{way}Units"), _units(now, way)
    most, _ = _most(now, way)
    refused = highest(told, f"{way}Throttles")
    if used is not None and used > most:
        return _stepped(used * units / most, now)
    return _stepped(Decimal(units + 1), now) if refused and not is_hot(refused, used, now, way) else units


def _stepped(units: Decimal, now: TableSize) -> int:
    step = CAP_STEP if isinstance(now.billing, OnDemand) else 1
    return min(int((units / step).to_integral_value(ROUND_CEILING)) * step, MAX_UNITS)


def _with(billing: OnDemand | Provisioned | Autoscaled, reads: int, writes: int) -> OnDemand | Provisioned | Autoscaled:
    match billing:
        case OnDemand():
            return OnDemand(max_read_units=reads, max_write_units=writes)
        case Provisioned():
            return Provisioned(read_units=reads, write_units=writes)
        case Autoscaled():
            return replace(billing, max_read_units=reads, max_write_units=writes)


# Which way to pay


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakEven:
    """What the same requests cost by the request, and by units that are always there."""

    way: str
    """`read` or `write`."""
    average: Decimal
    """Units a second over the month, of table and indexes together."""
    peak: Decimal
    """Units a second at the highest, of table and indexes together, as far as the busiest part tells."""
    on_demand: Decimal
    """USD a month by the request."""
    fixed: Decimal
    """USD a month with units for the peak, all of the time: at the least, as only the busiest part's peak is known."""
    autoscaled: Decimal
    """USD a month with units that follow the load perfectly, at AWS's usual target: never less than that."""
    break_even: Decimal
    """Of units that are paid for, the share that must be used so that they cost what requests do."""

    @property
    def used(self) -> Decimal:
        """Of units for the peak, the share that is used."""
        return self.average / self.peak * SPARE if self.peak else Decimal(0)

    def __str__(self) -> str:
        """Say it in a sentence."""
        less = self.fixed < self.on_demand
        cheaper = "fixed units may cost less than on demand" if less else "on demand costs less than fixed units"
        return (
            f"{self.way}s: {self.on_demand:,} USD a month on demand, {self.fixed:,} at the least with fixed units for "
            f"the peak, {self.autoscaled:,} if autoscaling followed at once, which it does not; units pay from "
            f"{plain(self.break_even * 100)} % use on, here it is {plain(self.used * 100)} %: {cheaper}"
        )


def break_evens(told: Told, book: PriceBook, region: str) -> Iterator[BreakEven | str]:
    """Yield the break-even of reads and of writes, or why nobody can tell."""
    for way in WAYS:
        millions, peak = told.get(f"{way}UnitsMillions"), highest(told, f"{way}Units")
        missing = [
            field for field, known in ((f"{way}UnitsMillions", millions), (f"{way}Units", peak)) if known is None
        ]
        if millions is None or peak is None:
            yield f"{way}s: what provisioned units would cost is unknown without {' and '.join(missing)}"
            continue
        try:
            requests = book.find("dynamodb", region, f"on-demand-{way}").usd
            hour = book.find("dynamodb", region, f"provisioned-{way[0]}cu").usd
        except MissingPriceError as error:
            yield f"{way}s: what provisioned units would cost is unknown: {error}"
            continue
        average = millions.expected * MILLION / SECONDS
        # All parts together have at least what they have on average, and what the busiest one has at its peak.
        highest_ = max(peak, average)
        unit = hour * HOURS
        yield BreakEven(
            way=way,
            average=average,
            peak=highest_,
            on_demand=cents(millions.expected * requests),
            fixed=cents((highest_ / SPARE).to_integral_value(ROUND_CEILING) * unit),
            autoscaled=cents(average / TARGET * unit),
            break_even=unit / (SECONDS / MILLION * requests),
        )
