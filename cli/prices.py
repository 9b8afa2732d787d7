"""`datastores prices`: a new snapshot of prices from AWS's price list, and what lies between two of them."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer

REFUSED: Final = 1

app = typer.Typer(
    no_args_is_help=True,
    help="Prices: a new snapshot of them, and what lies between two.",
    epilog="Example: datastores prices diff costs/prices new-prices",
)

AcceptOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="KEY", help="A price that may be lost, become 0, move far or break a law; may be given several times."
    ),
]


@app.command(epilog="Example: datastores prices refresh --offers offers --out new-prices")
def refresh(
    out: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the new snapshot goes; without it, over the one in costs/prices."),
    ] = None,
    offers: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Offer files of AWS; without it, they are fetched with your credentials."),
    ] = None,
    accept: AcceptOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """
    Look every price up in AWS's price list, and write a new snapshot.

    What is not found keeps its price and its date, and is named. Ends with 1, and nothing is written, where a price is
    lost, becomes 0, moves by more than a quarter or does not fit the others, and is not accepted.
    """
    raise typer.Exit(renew(out, offers, accepted=accept or [], as_json=as_json, to=sys.stdout))


@app.command(epilog="Example: datastores prices diff costs/prices new-prices --accept kms/us-east-1/key")
def diff(
    before: Annotated[Path, typer.Argument(help="A folder with a snapshot, such as costs/prices.", metavar="OLD")],
    after: Annotated[Path, typer.Argument(help="Another one.", metavar="NEW")],
    accept: AcceptOption = None,
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


def renew(target: Path | None, offers: Path | None, *, accepted: Sequence[str], as_json: bool, to: TextIO) -> int:
    """
    Make a new snapshot, and write it where nothing speaks against it; return the exit status.

    Raises SettingsError for offers, a snapshot or a folder that cannot be used.
    """
    from costs.pricelist.fetch import client, fetch  # noqa: PLC0415  the room is imported only when it is used
    from costs.pricelist.offers import read_offers  # noqa: PLC0415  likewise
    from costs.pricelist.refresh import refresh as refreshed  # noqa: PLC0415  likewise
    from costs.pricelist.refresh import wanted, write  # noqa: PLC0415  likewise
    from costs.pricelist.told import document, lines  # noqa: PLC0415  likewise
    from costs.snapshot import FOLDER, load  # noqa: PLC0415  likewise
    from stacks.mistakes import Mistake, SettingsError  # noqa: PLC0415  likewise

    folder = target or FOLDER
    if not folder.parent.is_dir() or (folder.exists() and not folder.is_dir()):
        what = f"cannot write {folder}: it is a file, or there is no folder {folder.parent}"
        raise SettingsError("the command line", [Mistake(where=("--out",), what=what)])
    notes: Sequence[str] = ()
    if offers is None:
        products = fetch(wanted(load()), client(), err=sys.stderr)
    else:
        read = read_offers(offers)
        products, notes = read.products, read.notes
    found = refreshed(FOLDER, products)
    stopping = found.refused(accepted)
    if not stopping:
        try:
            write(found.files, folder)
        except OSError as error:
            what = f"cannot write {folder}: {error.strerror}"
            raise SettingsError("the command line", [Mistake(where=("--out",), what=what)]) from None
    if as_json:
        json.dump(document(found, stopping), to, indent=2)
        to.write("\n")
    else:
        to.writelines(f"{line}\n" for line in (*notes, *lines(found, stopping, folder)))
    return REFUSED if stopping else 0
