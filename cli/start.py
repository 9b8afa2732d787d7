"""Where `datastores` starts: a check of resources without Typer, which takes longer; all else is in `cli.main`."""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from cli.ending import ended

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


def main() -> int:
    """Run the command line."""
    fields = read(sys.argv[2:]) if sys.argv[1:2] == ["check"] else None
    if fields is None:
        from cli.main import main as run  # noqa: PLC0415  this is what a check of resources does without

        return run()
    gc.disable()  # it ends soon: what it makes it keeps
    from cli import check  # noqa: PLC0415  the room is imported only when it is used

    return ended(lambda: check.run(check.Request(**fields)))
