# ruff: noqa: INP001  scripts are run by their path
"""
What `datastores upgrade` takes on the local cloud: wall time and CPU of one upgrade, update by update.

The daemon is its own, in a temporary folder: the checkout's local cloud is left alone. The wall time is of a machine
that does nothing else; the load says whether it did.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from rounds import machine, run

from localcloud import control
from localcloud.environment import local_mode
from localcloud.paths import CODE, Paths, here
from stacks.phases import Phase

BAD_SETUP: Final = 2


def measured(stack: str, start: Phase, to: Phase) -> dict[str, Any]:
    """Bring a stack up in a phase, upgrade it, and give what that took."""
    with tempfile.TemporaryDirectory(prefix="datastores-benchmark-") as folder:
        paths = Paths(root=CODE, local=Path(folder) / ".local")
        paths.engine.mkdir(parents=True)
        paths.pulumi.symlink_to(here().pulumi)
        try:
            daemon = control.start(paths).daemon
            environment = {**local_mode(paths, daemon, os.environ), "DATASTORES_LOCAL": str(paths.local)}
            pulumi = str(paths.bin / "pulumi")
            run([pulumi, "stack", "init", stack], environment)
            run([pulumi, "config", "set", "datastores:phase", start, "--stack", stack], environment)
            up = run([pulumi, "up", "--yes", "--skip-preview", "--stack", stack], environment)
            command = [str(Path(sys.executable).with_name("datastores")), "upgrade", stack, "--to", to, "--yes"]
            begin = time.perf_counter()
            upgrade = run(command, environment)
            return {
                "stack": stack,
                "from": start,
                "to": to,
                "upFromNothing": round(up.wall, 1),
                "upgrade": round(time.perf_counter() - begin, 1),
                "cpu": round(upgrade.cpu, 1),
                "printed": upgrade.printed.strip(),
            }
        finally:
            control.stop(paths)


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Example: python benchmarks/upgrade.py --stack devmentor-dev --from growth --to scale --json",
    )
    parser.add_argument("--stack", default="clubapp-dev", help="what is upgraded (default: clubapp-dev)")
    parser.add_argument("--from", dest="start", type=Phase, default=Phase.MVP, help="where it begins (default: mvp)")
    parser.add_argument("--to", type=Phase, default=Phase.ENTERPRISE, help="where it ends (default: enterprise)")
    parser.add_argument("--json", action="store_true", help="the same as JSON")
    options = parser.parse_args()
    if not here().pulumi.exists():
        sys.stderr.write("error: there is no pulumi CLI here: get it with `make up`\n")
        return BAD_SETUP
    found = {**measured(options.stack, options.start, options.to), "machine": machine()}
    if options.json:
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
    else:
        sys.stdout.write(
            f"{found['stack']} up in {found['from']} from nothing: {found['upFromNothing']} s\n"
            f"{found['from']} to {found['to']}: {found['upgrade']} s, {found['cpu']} s of CPU without the daemon's; "
            f"load {found['machine']['load']}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
