"""What `make up` runs: the engine, the local cloud, and a stack on it."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
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
        if _pulumi(command, environment):
            return FAILED
    out.write(next_steps(stack))
    return 0


def _pulumi(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run our shim, which is first on PATH, and let it end by itself: it has state to write after a Ctrl-C."""
    before = signal.signal(signal.SIGINT, lambda *_: None)  # not SIG_IGN, which it would inherit
    try:
        return subprocess.run(["pulumi", *arguments], env=environment, check=False).returncode  # noqa: S603, S607  # see above
    finally:
        signal.signal(signal.SIGINT, before)


def next_steps(stack: str) -> str:
    """Say what to try next."""
    application, _, environment = stack.rpartition("-")
    return f"""
{stack} is up on the local cloud. To use it with plain pulumi, aws or boto3:

    eval "$(.local/venv/bin/datastores local env)"
    pulumi stack output --stack {stack}
    pulumi preview --stack {stack} --policy-pack policies

Grow it, and see what changes before it does:

    pulumi config set datastores:phase growth --stack {stack}
    pulumi preview --diff --stack {stack}

What {application} would need in {environment}, without any cloud: datastores render {stack} --phase scale
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python -m localcloud.up STACK`."""
    parser = argparse.ArgumentParser(prog="python -m localcloud.up", description=__doc__)
    parser.add_argument("stack", help="as in clubapp-dev")
    return up(here(), parser.parse_args(arguments).stack, out=sys.stdout, err=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
