"""Claims about how far apart the runs of a schedule are."""

import pytest

from policies.controls.schedule import longest_days


@pytest.mark.parametrize(
    ("expression", "days"),
    [
        ("rate(90 days)", 90),
        ("rate(1 day)", 1),
        ("rate(12 hours)", 0.5),
        ("cron(0 4/12 * * ? *)", 1),
        ("cron(0 8 ? * 2-6 *)", 3),  # Friday to Monday
        ("cron(0 8 ? * MON,THU *)", 4),
        ("cron(0 8 1,15 * ? *)", 17),
        ("cron(0 8 1 * ? *)", 31),
        ("cron(0 8 L * ? *)", 31),
        ("cron(0 8 ? * 2#1 *)", 35),
        ("cron(0 8 ? * 6L *)", 35),
        ("cron(0 8 ? * L *)", 7),
        ("cron(0 8 1 JAN,APR,JUL,OCT ? *)", 92),
        ("cron(0 8 1 */2 ? *)", 62),
        ("cron(0 8 29 FEB ? *)", 1461),
    ],
)
def test_the_longest_wait_is_found(expression: str, days: float) -> None:
    assert longest_days(expression) == days


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "daily",
        "rate(0 days)",
        "rate(1 week)",
        "cron(0 8 1 * ?)",
        "cron(0 8 31 2 ? *)",
        "cron(0 8 32 * ? *)",
        "cron(0 8 1 FOO ? *)",
        "cron(0 8 1/0 * ? *)",
        "cron(0 8 ? * 2#x *)",
        "cron(0 8 1 * ? 2027)",
    ],
)
def test_what_does_not_repeat_is_no_schedule(expression: str) -> None:
    assert longest_days(expression) is None
