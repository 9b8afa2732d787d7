"""
Controls of drills: whether somebody has shown that a store comes back.

What they judge is no resource of a program: each store of a stack that owes a drill, with what the reports in
`drills/<stack>/` say of it. `datastores check STACK`, `pr`, `readiness` and `report` add them; where only a program is
seen, as by the engine, there are none, so that no update of a stack waits for a drill.
"""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.lacks import Lack, Lacks
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
DRILLED: Final = "datastores:drills:Store"
"""The type of a store that owes a drill; `allowedDays`, and the days since it came back and since it last failed to."""


@control(
    DRILLED,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    good=[{"allowedDays": 90, "passedDaysAgo": 90}, {"allowedDays": 90, "passedDaysAgo": 0}],
    bad=[
        {"allowedDays": 90},
        {"allowedDays": 90, "passedDaysAgo": 91},
        {"allowedDays": 90, "failedDaysAgo": 1},
        {"allowedDays": 90, "passedDaysAgo": 3, "failedDaysAgo": 2},
        {"allowedDays": 90, "passedDaysAgo": "3"},
        {"allowedDays": 90, "passedDaysAgo": -1},
        {"passedDaysAgo": 3},
    ],
)
def restore_drill_recent(store: Resource) -> Lacks:
    """Databases, tables and queues must have come back in a drill: run `datastores drill STACK`, commit its report."""
    allowed, passed = store.number("allowedDays"), store.number("passedDaysAgo")
    if passed is None or allowed is None:
        return Lacks([Lack(id="never", what="no drill is recorded that it came back in")])
    if "failedDaysAgo" in store:
        return Lacks([Lack(id="failed", what="it has not come back in a drill since")])
    if not 0 <= passed <= allowed:
        return Lacks([Lack(id="old", what=f"it came back {passed:g} days ago, the phase allows {allowed:g}")])
    return Lacks()
