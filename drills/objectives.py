"""Whether a store was back in time, with data young enough: held against what its phase promises."""

from datetime import timedelta
from typing import Final

from drills.report import BACK_IN_TIME, YOUNG_ENOUGH, Check, Outcome

SNAPSHOT_RPO: Final = timedelta(hours=25)
"""ElastiCache keeps no log: its last automatic snapshot is a day old at most, and an hour in the making."""
STEP: Final = timedelta(minutes=1)
"""
How much later than promised AWS may move its latest time on: it is 5 minutes back on the average of tables, and of
instances whenever a log of 5 minutes was just uploaded, so that without it a drill would fail by chance.
"""


def back_in_time(took: timedelta | None, rto_minutes: int) -> Check:
    """Judge the time from the first call to the answer."""
    if took is None:
        return Check(aspect=BACK_IN_TIME, name="RTO", outcome=Outcome.UNKNOWN, said="it never answered")
    outcome = Outcome.PASSED if took <= timedelta(minutes=rto_minutes) else Outcome.FAILED
    said = f"it took {shown(took)}, the phase allows {rto_minutes} min"
    return Check(aspect=BACK_IN_TIME, name="RTO", outcome=outcome, said=said)


def young_enough(age: timedelta | None, rpo_minutes: int, *, snapshots_only: bool) -> Check:
    """Judge the age of the data; *snapshots_only*: the service has no point-in-time recovery, whatever the phase."""
    if age is None:
        return Check(aspect=YOUNG_ENOUGH, name="RPO", outcome=Outcome.UNKNOWN, said="nobody knows how old its data are")
    allowed = SNAPSHOT_RPO if snapshots_only else timedelta(minutes=rpo_minutes) + STEP
    because = (
        ", as the service has daily snapshots only" if snapshots_only else f": {rpo_minutes} of the phase, 1 of AWS's"
    )
    said = f"its data were {shown(age)} old, allowed are {shown(allowed)}{because}"
    outcome = Outcome.PASSED if age <= allowed else Outcome.FAILED
    return Check(aspect=YOUNG_ENOUGH, name="RPO", outcome=outcome, said=said)


def shown(time: timedelta) -> str:
    """Write a time for people, rounded up to the second: `4 min 10 s`, `25 h`."""
    seconds = -int(-time.total_seconds() // 1)
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{number} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if number]
    return " ".join(parts) or "0 s"
