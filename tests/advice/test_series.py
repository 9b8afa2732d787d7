"""Figures over time become what alarms see of them."""

from datetime import UTC, datetime, timedelta

import pytest

from advice.series import Spread, daily, days_of, falling, grown, held, rising, together, worst

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)
FIVE = timedelta(minutes=5)


def every(minutes: int, *values: float | None) -> dict[datetime, float]:
    """Give one value after the other; None: there is no figure."""
    step = timedelta(minutes=minutes)
    return {BEGIN + number * step: value for number, value in enumerate(values) if value is not None}


@pytest.mark.parametrize(
    ("values", "minutes", "found"),
    [
        ([10, 90, 10], 5, [10, 90, 10]),
        # A peak of five minutes is none that an alarm of fifteen sees.
        ([10, 90, 10], 15, [10]),
        ([90, 85, 95, 20], 15, [85, 20]),
        ([90, None, 95, 90, 91], 15, [90]),
        ([90, None, 95], 15, []),
        ([], 5, []),
    ],
)
def test_a_figure_is_as_high_as_it_was_held(values: list[float | None], minutes: int, found: list[float]):
    assert held(every(5, *values), FIVE, minutes) == found


def test_an_hour_is_never_shorter_than_an_alarm_waits():
    assert held(every(60, 10, 90), timedelta(hours=1), 15) == [10, 90]


@pytest.mark.parametrize(
    ("values", "spread"),
    [
        (range(1, 101), Spread(low=50.5, expected=95, high=100)),
        ([5], Spread(low=5, expected=5, high=5)),
        ([1, 1, 1, 9], Spread(low=1, expected=9, high=9)),
    ],
)
def test_a_spread_has_the_middle_the_95_and_the_highest(values: list[float], spread: Spread):
    assert rising(every(5, *values), FIVE, 5) == spread


def test_of_what_is_free_the_lowest_counts():
    """A minute's dip is none."""
    assert falling(every(5, 9, 9, 9, 1, 9, 4, 4, 4), FIVE, 15) == Spread(low=4, expected=4, high=9)


def test_a_day_is_an_average():
    values = [*[10] * 288, *[30] * 288]

    assert daily(every(5, *values)) == Spread(low=10, expected=20, high=30)


def test_growth_is_the_middle_of_what_days_add():
    """The jump of the third day, when storage was added, does not count; a month has 30.4 days."""
    assert grown(every(24 * 60, 10, 11, 12, 60, 61, 62)) == pytest.approx(730 / 24)


@pytest.mark.parametrize(("values", "found"), [([5], None), ([], None), ([9, 8, 7], 0)])
def test_growth_needs_two_days_and_is_never_less_than_none(values: list[float], found: float | None):
    assert grown(every(24 * 60, *values)) == found


def test_the_part_that_is_worst_off_counts():
    low, high = (Spread(low=value, expected=value, high=value) for value in (1, 9))

    assert (worst([low, high], falls=False), worst([low, high], falls=True)) == (high, low)
    assert worst([], falls=True) is None


def test_days_are_counted_from_the_first_figure_of_any_to_the_last():
    later = {BEGIN + timedelta(days=3) - FIVE: 1.0}

    assert days_of([every(5, 1), later], FIVE) == 3
    assert days_of([{}], FIVE) == 0


def test_figures_are_added_up_by_period():
    assert together([every(5, 1, 2), every(5, 10, None, 30)]) == every(5, 11, 2, 30)
