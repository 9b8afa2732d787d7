# ruff: noqa: INP001  scripts are run by their path
"""
What the policy pack costs on the real engine: a preview of many cheap resources with it and without, in turns.

A program that only makes resources, `many_resources.py`, stands in for the project's, on a local cloud of its own; the
pack has nothing mandatory against it. Exit code 1 where the preview with the pack takes more than the bound, by the
clock.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from rounds import compiling, costs, machine, run, table

from localcloud import control, record
from localcloud.environment import local_mode
from localcloud.paths import CODE, Paths, here

BAD_SETUP: Final = 2
BOUND: Final = 1.3
STACK: Final = "clubapp-prod"
PHASE: Final = ("datastores:phase", "growth")
WITHOUT, WITH = "preview without the pack", "preview with the pack"
_FOLDERS: Final = ("cli", "components", "localcloud", "policies", "sizes", "stacks", "upgrades", "writing")


def project(root: Path) -> None:
    """Copy the project, with a program that makes many resources."""
    for name in _FOLDERS:
        shutil.copytree(CODE / name, root / name)
    shutil.copy2(CODE / "Pulumi.yaml", root)
    shutil.copy2(CODE / "benchmarks" / "many_resources.py", root / "__main__.py")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/policy_pack.py --rounds 5 --json",
    )
    parser.add_argument("--resources", type=int, default=1000, help="how many are previewed (default: 1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is run (default: 5)")
    parser.add_argument("--quick", action="store_true", help="100 resources, one round, and no bound")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    count, rounds = (100, 1) if options.quick else (options.resources, options.rounds)
    if not here().pulumi.exists():
        sys.stderr.write(f"error: there is no pulumi CLI at {here().pulumi}: get it with `make up`\n")
        return BAD_SETUP
    with tempfile.TemporaryDirectory(prefix="datastores-benchmark-") as folder:
        root = Path(folder, "project")
        root.mkdir()
        project(root)
        paths = Paths(root=root, local=Path(folder, ".local"))
        paths.engine.mkdir(parents=True)
        paths.pulumi.symlink_to(here().pulumi)
        control.start(paths)
        try:
            # From the project's folder: there `--policy-pack policies` is the pack.
            os.chdir(root)
            told = {**compiling(), "MADE_RESOURCES": str(count)}
            environment = local_mode(paths, record.required(paths), told)
            pulumi = str(paths.bin / "pulumi")
            run([pulumi, "stack", "init", STACK], environment)
            run([pulumi, "config", "set", "--stack", STACK, *PHASE], environment)
            preview = [pulumi, "preview", "--stack", STACK]
            steps = {
                WITHOUT: lambda: run(preview, environment),
                WITH: lambda: run([*preview, "--policy-pack", "policies"], environment),
            }
            costs(steps, 1)  # compiles
            found = costs(steps, rounds)
        finally:
            os.chdir(CODE)
            control.stop(paths)
    wall, cpu = found[WITH].wall.over(found[WITHOUT].wall), found[WITH].cpu.over(found[WITHOUT].cpu)
    said = {
        "resources": count,
        "seconds": {name: one.plain() for name, one in found.items()},
        "ratios": {"wall": round(wall, 2), "cpu": round(cpu, 2)},
        "bound": BOUND,
        "machine": machine(),
    }
    lines = [
        f"preview of {count} resources, medians of {rounds} rounds, seconds of the clock",
        *table({name: one.wall for name, one in found.items()}),
        "seconds of CPU, without the provider's",
        *table({name: one.cpu for name, one in found.items()}),
        f"ratio {wall:.2f} by the clock, at most {BOUND} is wanted; {cpu:.2f} of CPU",
    ]
    sys.stdout.write((json.dumps(said, indent=2) if options.json else "\n".join(lines)) + "\n")
    return int(not options.quick and wall > BOUND)


if __name__ == "__main__":
    sys.exit(main())
