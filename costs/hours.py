"""How many hours of a month a store's databases run: all, or those of its office hours."""

import re
from decimal import Decimal
from typing import Final

from costs.amount import HOURS, Amount
from costs.stack import Stack

SCHEDULE: Final = "aws:scheduler/schedule:Schedule"
_CRON: Final = re.compile(r"cron\((\d+) (\d+) \? \* (MON-FRI|\*) \*\)")
WORKING_DAYS: Final = Decimal(5) / 7


def running(stack: Stack, store: str) -> Amount:
    """
    Give the hours a month: between start and stop on working days, where schedules say so.

    At most it runs all the time: somebody may start it by hand. AWS starts a database again after seven days.
    """
    times = {
        verb: found
        for one in stack.of(SCHEDULE)
        for verb in ("start", "stop")
        if one["name"].endswith(f"-{store}-{verb}")
        and (found := _CRON.fullmatch(str(one["inputs"].get("scheduleExpression", ""))))
    }
    if set(times) != {"start", "stop"}:
        return Amount.of(HOURS)
    start, stop = (Decimal(times[verb][2]) + Decimal(times[verb][1]) / 60 for verb in ("start", "stop"))
    share = ((stop - start) % 24) / 24 * WORKING_DAYS
    return Amount(low=HOURS * share, expected=HOURS * share, high=HOURS)
