"""What `make up` runs: the engine, the local cloud, and a stack on it."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Final, TextIO

from localcloud import control
from localcloud.engine.obtain import obtain
from localcloud.environment import local_mode
from localcloud.errors import SetupError
from localcloud.paths import Paths, here

BAD_SETUP: Final = 2
FAILED: Final = 1


def up(paths: Paths, stack: str, *, out: TextIO, err: TextIO) -> int:
    """Bring a stack up on the local cloud; give 0, 1 where pulumi failed, 2 where the set-up is wrong."""
    try:
        obtain(paths, err=err)
        started = control.start(paths)
    except SetupError as error:
        err.write(f"error: {error}\n")
        return BAD_SETUP
    err.writelines(f"{line}\n" for line in started.said)
    environment = local_mode(paths, started.daemon, os.environ)
    # No preview before: on an empty cloud it would only say everything twice.
    for command in (
        ("stack", "select", "--create", stack),
        ("up", "--yes", "--skip-preview", "--stack", stack),
    ):
        err.flush()
        out.flush()
        ended = subprocess.run(["pulumi", *command], env=environment, check=False)  # noqa: S603, S607  # our shim, first on PATH
        if ended.returncode:
            return FAILED
    out.write(next_steps(stack))
    return 0


def next_steps(stack: str) -> str:
    """Say what to try next."""
    return f"""
{stack} is up on the local cloud. To use it with plain pulumi:

    eval "$(datastores local env)"
    pulumi stack output --stack {stack}
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python -m localcloud.up STACK`."""
    parser = argparse.ArgumentParser(prog="python -m localcloud.up", description=__doc__)
    parser.add_argument("stack", help="as in clubapp-dev")
    return up(here(), parser.parse_args(arguments).stack, out=sys.stdout, err=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
