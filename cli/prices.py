"""`datastores prices`: what lies between two snapshots of prices."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

REFUSED: Final = 1

app = typer.Typer(
    no_args_is_help=True,
    help="Prices: what lies between two snapshots of them.",
    epilog="Example: datastores prices diff costs/prices new-prices",
)


@app.callback()
def _group() -> None:
    """Keep the name of the only command: there is more to come."""


@app.command(epilog="Example: datastores prices diff costs/prices new-prices --accept kms/us-east-1/key")
def diff(
    before: Annotated[Path, typer.Argument(help="A folder with a snapshot, such as costs/prices.", metavar="OLD")],
    after: Annotated[Path, typer.Argument(help="Another one.", metavar="NEW")],
    accept: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY", help="A price that may be lost, become 0 or move far; may be given several times."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """
    Say which prices differ.

    Ends with 1 where one is lost, becomes 0, is counted otherwise or moves by more than a quarter and is not accepted.
    """
    raise typer.Exit(compare(before, after, accepted=accept or [], as_json=as_json, out=sys.stdout))


def compare(before: Path, after: Path, *, accepted: Sequence[str], as_json: bool, out: TextIO) -> int:
    """Print what differs; return the exit status. Raises SettingsError for a snapshot that is none."""
    from costs.moves import moves, refused  # noqa: PLC0415  the room is imported only when it is used
    from costs.snapshot import load  # noqa: PLC0415  likewise
    from stacks.mistakes import Mistake, SettingsError  # noqa: PLC0415  likewise

    if missing := [folder for folder in (before, after) if not folder.is_dir()]:
        raise SettingsError("the command line", [Mistake(where=(), what=f"{one} is no folder") for one in missing])
    found = moves(load(before), load(after))
    keys = {move.key for move in found}
    if unused := [key for key in accepted if key not in keys]:
        raise SettingsError(
            "the command line", [Mistake(where=("--accept",), what=f"{key} does not differ") for key in unused]
        )
    stopping = refused(found, accepted)
    if as_json:
        rows = [
            {
                "key": move.key,
                "kind": str(move.kind),
                "before": None if move.before is None else str(move.before),
                "after": None if move.after is None else str(move.after),
                "refused": move in stopping,
            }
            for move in found
        ]
        json.dump({"moves": rows}, out, indent=2)
        out.write("\n")
    else:
        out.writelines(f"{'refused: ' if move in stopping else ''}{move}\n" for move in found)
        out.write(f"{len(found)} of the prices differ, {len(stopping)} to look at and accept by --accept\n")
    return REFUSED if stopping else 0
