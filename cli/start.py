"""Where `datastores` starts: a check of resources without Typer, which takes longer; all else is in `cli.main`."""

import gc
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from stacks.mistakes import SettingsError

BROKEN_PIPE: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

FLAGS: Final = {"--json": "as_json", "--github": "github"}
VALUES: Final[Mapping[str, tuple[str, Callable[[str], object]]]] = {
    "--resources": ("resources", str),
    "--preview": ("preview", str),
    "--explain": ("explain", str),
    "--phase": ("phase", str),
    "--environment": ("environment", str),
    "--framework": ("framework", str),
    "--sarif": ("sarif", Path),
    "--junit": ("junit", Path),
    "--baseline": ("baseline", Path),
}


def read(arguments: Sequence[str]) -> dict[str, Any] | None:
    """
    Read what follows `datastores check`, as Typer does: the fields of a Request.

    None is for Typer: a mistake or `--help`, which it words, and what takes longer anyway.
    """
    fields: dict[str, Any] = {}
    left = iter(arguments)
    for option in left:
        if option in FLAGS:
            fields[FLAGS[option]] = True
            continue
        value = next(left, None)
        if option not in VALUES or value is None or (value.startswith("-") and value != "-"):
            return None
        field, type_ = VALUES[option]
        fields[field] = type_(value)
    return fields


def ended(run: Callable[[], int | None]) -> int:
    """Run a command, and turn what stops it into an exit code and a sentence."""
    try:
        code = run() or 0
        sys.stdout.flush()  # here it may fail, not when Python ends
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has enough: what is left is not written when Python ends either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code


def main() -> int:
    """Run the command line."""
    fields = read(sys.argv[2:]) if sys.argv[1:2] == ["check"] else None
    if fields is None:
        from cli.main import main as run  # noqa: PLC0415  this is what a check of resources does without

        return run()
    gc.disable()  # it ends soon: what it makes it keeps
    from cli import check  # noqa: PLC0415  the room is imported only when it is used

    return ended(lambda: check.run(check.Request(**fields)))
