# ruff: noqa: INP001  scripts are run by their path
"""
What the local cloud costs: its start, a `pulumi up` from nothing, one without a change, and the daemon's memory.

Every round has a daemon of its own, in a temporary folder: the checkout's local cloud is left alone. The last round's
daemon then sees no-change ups and refreshes, to show whether its memory grows.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from rounds import Seconds, machine, table, timed

from localcloud import record
from localcloud.environment import local_mode
from localcloud.paths import CODE, Paths, here
from localcloud.status import memory_mib

BAD_SETUP: Final = 2
START, UP, AGAIN, REFRESH = "start of the daemon", "up from nothing", "up without a change", "refresh"


@dataclass(kw_only=True)
class Seen:
    """What the rounds took, and the daemon's resident memory in MiB."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in (START, UP, AGAIN, REFRESH)})
    fresh: list[int] = field(default_factory=list[int])
    after_up: list[int] = field(default_factory=list[int])
    repeated: list[int] = field(default_factory=list[int])
    """After each no-change up and refresh of the last round."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One stack on a local cloud of its own."""

    paths: Paths
    stack: str
    seen: Seen

    def local(self, verb: str) -> float:
        """Run `datastores local …`."""
        command = [str(Path(sys.executable).with_name("datastores")), "local", verb]
        return timed(command, {**os.environ, "DATASTORES_LOCAL": str(self.paths.local)})

    def pulumi(self, *arguments: str) -> float:
        """Run plain pulumi, shim, engine and program included."""
        environment = local_mode(self.paths, record.required(self.paths), os.environ)
        return timed([str(self.paths.bin / "pulumi"), *arguments], environment)

    def memory(self) -> int:
        """Give the daemon's resident memory, in MiB."""
        return memory_mib(record.required(self.paths).pid)

    def run(self, repeats: int) -> None:
        """Start, bring the stack up, and again without a change; then repeat the latter."""
        run, seconds = ("--yes", "--skip-preview", "--stack", self.stack), self.seen.seconds
        seconds[START].append(self.local("start"))
        try:
            self.seen.fresh.append(self.memory())
            self.pulumi("stack", "init", self.stack)
            seconds[UP].append(self.pulumi("up", *run))
            self.seen.after_up.append(self.memory())
            seconds[AGAIN].append(self.pulumi("up", *run))
            seconds[REFRESH].append(self.pulumi("refresh", *run))
            for _ in range(repeats):
                self.pulumi("up", *run)
                self.pulumi("refresh", *run)
                self.seen.repeated.append(self.memory())
        finally:
            self.local("stop")


def measure(stack: str, rounds: int, repeats: int) -> Seen:
    """Run all rounds."""
    seen = Seen()
    for number in range(1, rounds + 1):
        with tempfile.TemporaryDirectory(prefix="datastores-benchmark-") as folder:
            paths = Paths(root=CODE, local=Path(folder, ".local"))
            paths.engine.mkdir(parents=True)
            paths.pulumi.symlink_to(here().pulumi)
            Trial(paths=paths, stack=stack, seen=seen).run(repeats if number == rounds else 0)
    return seen


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/local_cloud.py --rounds 3 --json",
    )
    parser.add_argument("--stack", default="clubapp-dev", help="what is brought up (default: clubapp-dev)")
    parser.add_argument("--rounds", type=int, default=3, help="how many daemons are tried (default: 3)")
    parser.add_argument("--repeats", type=int, default=10, help="no-change ups at the end (default: 10)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    if not here().pulumi.exists():
        sys.stderr.write(f"error: there is no pulumi CLI at {here().pulumi}: get it with `make up`\n")
        return BAD_SETUP
    seen = measure(options.stack, options.rounds, options.repeats)
    found = {name: Seconds(all=tuple(times)) for name, times in seen.seconds.items()}
    memory: dict[str, Any] = {"fresh": seen.fresh, "afterUp": seen.after_up, "afterEachRepeat": seen.repeated}
    said = {
        "stack": options.stack,
        "seconds": {name: one.plain() for name, one in found.items()},
        "memoryMib": memory,
        "machine": machine(),
    }
    lines = [
        f"{options.stack} on the local cloud, medians of {options.rounds} rounds",
        *table(found),
        f"memory of the daemon, MiB: fresh {seen.fresh}, after the up {seen.after_up},",
        f"  after each further up and refresh {seen.repeated}",
    ]
    sys.stdout.write(json.dumps(said, indent=2) + "\n" if options.json else "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
