# ruff: noqa: INP001  scripts are run by their path
"""
What `datastores plan` costs beyond its start, for each pair of phases of an application.

Times, in one warm process, the path alone (sizes, order, waits), and the whole plan, which renders the stack once for
each update, with its cost. Exit code 1 where a whole plan takes more than half a second of CPU.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import combinations
from statistics import median
from typing import Any, Final

from rounds import machine

from costs.price import HOME
from costs.snapshot import load
from stacks.aim import aim
from stacks.deploy import collecting_garbage_later
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings
from upgrades.plan import plan
from upgrades.plan_cost import cost_of

BOUND: Final = 0.5
TODAY: Final = datetime.now(tz=UTC).date()


def _nothing(_: Settings) -> Sequence[Mapping[str, Any]]:
    return []


def _seconds(stack: str, start: Phase, to: Phase, how: Callable[[Settings], Sequence[Mapping[str, Any]]]) -> float:
    begin = time.process_time()
    now, aimed = aim(stack, to=to, start=start)
    with collecting_garbage_later():
        found = plan(now, aimed, how)
        if how is render:
            cost_of(found, load().lending(HOME), TODAY)
    return time.process_time() - begin


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/plan.py --stack devmentor-prod --rounds 5 --json",
    )
    parser.add_argument("--stack", default="clubapp-prod", help="what is planned (default: clubapp-prod)")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run (default: 3)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    render(Settings.read(options.stack))  # what is imported once is the start
    found = {
        f"{start} to {to}": {
            name: round(median(_seconds(options.stack, start, to, how) for _ in range(options.rounds)), 3)
            for name, how in (("path", _nothing), ("plan", render))
        }
        for start, to in combinations(Phase, 2)
    }
    if options.json:
        sys.stdout.write(json.dumps({"seconds": found, "bound": BOUND, "machine": machine()}, indent=2) + "\n")
    else:
        lines = [
            f"{pair:<22} path {one['path']:6.3f} s   whole plan {one['plan']:6.3f} s" for pair, one in found.items()
        ]
        sys.stdout.write("\n".join([*lines, f"seconds of CPU; a whole plan may take {BOUND} s"]) + "\n")
    return int(any(one["plan"] > BOUND for one in found.values()))


if __name__ == "__main__":
    sys.exit(main())
