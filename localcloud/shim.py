"""
`.local/bin/pulumi`: checks that the local cloud runs and fits the state, says that it is local, becomes the CLI.

It runs before every command, so it imports little.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TextIO

from localcloud import project, record
from localcloud.environment import REHEARSAL, local_mode
from localcloud.errors import SetupError
from localcloud.paths import Paths

BAD_SETUP: Final = 2
_NEEDS_NO_CLOUD: Final = frozenset(
    {"version", "help", "gen-completion", "completion", "__complete", "__completeNoDesc"}
)


def main(arguments: Sequence[str]) -> int:
    """Become the real CLI; return only where that cannot be. The first two arguments are the paths."""
    root, local, *rest = arguments
    paths = Paths(root=Path(root), local=Path(local))
    try:
        environment = _environment(paths, rest, err=sys.stderr)
        sys.stderr.flush()
        os.execve(paths.pulumi, [str(paths.pulumi), *rest], environment)  # noqa: S606  # the point of the shim
    except SetupError as error:
        sys.stderr.write(f"error: {error}\n")
    except FileNotFoundError:
        sys.stderr.write(f"error: there is no pulumi CLI at {paths.pulumi}: get it with `make up`\n")
    return BAD_SETUP


def _environment(paths: Paths, arguments: Sequence[str], *, err: TextIO) -> dict[str, str]:
    if not needs_cloud(arguments):
        return dict(os.environ)
    daemon = record.required(paths)
    said, hold = project.prepare_and_hold(paths, daemon.life)
    # The hold stays with the CLI and its children until the last of them ends.
    os.set_inheritable(hold, True)
    err.writelines(f"{line}\n" for line in said)
    err.write(f"local cloud, not AWS: {daemon.endpoint} (life {daemon.life})\n")
    # The ports are the daemon's of today: the shell may have evaluated `datastores local env` in a former life.
    passphrase = os.environ.get("PULUMI_CONFIG_PASSPHRASE", "")
    kept = {"PULUMI_CONFIG_PASSPHRASE": passphrase}
    if rehearsal := os.environ.get(REHEARSAL):
        kept["PULUMI_BACKEND_URL"] = rehearsal
    return local_mode(paths, daemon, os.environ) | kept


def needs_cloud(arguments: Sequence[str]) -> bool:
    """Say whether a command line does more than to inform about the CLI itself."""
    if not arguments or {"--help", "-h", "--version"} & set(arguments):
        return False
    return next((word for word in arguments if not word.startswith("-")), "") not in _NEEDS_NO_CLOUD
