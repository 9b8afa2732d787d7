# ruff: noqa: INP001  scripts are run by their path
"""
What estimating 5,000 resources takes beyond start-up, in seconds of CPU.

Renders clubapp-prod in its biggest phase, repeats its resources under other names until there are enough, and times the
estimate alone, in this process, with the prices read anew each time. Exit code 1 where the median is above the bound.
"""

import argparse
import gc
import json
import sys
import time
from typing import Final

from rounds import Seconds, machine, table

from costs.estimate import estimate
from costs.loads import declared
from costs.snapshot import load
from costs.stack import Stack
from costs.usage import Usage
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings

BOUND: Final = 0.5
"""Seconds of CPU: on a quiet machine as many as on the clock."""
HOME: Final = "us-east-1"


def stack_of(count: int) -> Stack:
    """Make a stack of so many resources; each copy has stores of its own, backed up by one plan."""
    overrides = {"aws:region": HOME, "drRegion": "us-west-2"}
    settings = Settings.read("clubapp-prod", phase=Phase.ENTERPRISE, overrides=overrides)
    resources = render(settings)
    loads = declared(settings.application, settings.phase)
    copies = range(count // len(resources) + 2)
    # One plan keeps backups of all stores, as in a stack.
    once = [one for one in resources if one["type"].startswith("aws:backup/")]
    often = [one for one in resources if one not in once]
    many = once + [{**one, "name": f"copy{copy}-{one['name']}"} for copy in copies for one in often]
    usage = {f"copy{copy}-{store}": fields for copy in copies for store, fields in loads.items()}
    return Stack(
        resources=many[:count], region=HOME, stores=tuple(usage), usage=Usage(declared=usage), on=load().generated
    )


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/estimates.py --rounds 9 --json",
    )
    parser.add_argument("--resources", type=int, default=5_000, help="how many are estimated (default: 5000)")
    parser.add_argument("--rounds", type=int, default=7, help="how often (default: 7)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    times: list[float] = []
    lines = 0
    for _ in range(options.rounds):
        stack = stack_of(options.resources)
        gc.collect()
        begin = time.process_time()
        lines = len(estimate(stack, load()).lines)
        times.append(time.process_time() - begin)
    found = Seconds(all=tuple(times))
    said = {
        "resources": options.resources,
        "lines": lines,
        "seconds": found.plain(),
        "bound": BOUND,
        "machine": machine(),
    }
    told = [
        f"{options.resources} resources, {lines} lines, median of {options.rounds} rounds",
        *table({"reading prices, estimating": found}),
        f"at most {BOUND} s is wanted",
    ]
    sys.stdout.write(json.dumps(said, indent=2) + "\n" if options.json else "\n".join(told) + "\n")
    return int(found.median > BOUND)


if __name__ == "__main__":
    sys.exit(main())
