"""A new snapshot of prices from the former one and AWS's price list: nothing is lost, and nothing is guessed."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from costs.moves import Move, moves, refused
from costs.price import EVERY, HOME, Confidence, PriceBook
from costs.pricelist.found import Found, Index, Kept, Reason, find, index
from costs.pricelist.laws import Breach, broken
from costs.pricelist.product import Product
from costs.pricelist.table import offers
from costs.snapshot import COLUMNS, META, SOURCES, load
from stacks.mistakes import Mistake, SettingsError

SOURCE_COLUMNS: Final = ("source", "date", "what")
DERIVED: Final = "DERIVED"
"""The source of what was worked out: any product of the list is better."""
CURRENCY: Final = "USD"
Cells = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """A new snapshot, before anybody accepted it."""

    before: PriceBook
    after: PriceBook
    files: Mapping[str, str]
    """Its files, by name."""
    kept: Sequence[Kept]
    """The prices that stay as they were."""
    count: int
    """How many were found."""

    @property
    def moves(self) -> Sequence[Move]:
        """What differs from the former one."""
        return moves(self.before, self.after)

    def refused(self, accepted: Sequence[str]) -> list[Move | Breach]:
        """Give what a person has to look at first and has not accepted by `service/region/sku`."""
        breaches = [one for one in broken(self.after) if not set(one.keys) & set(accepted)]
        return [*refused(self.moves, accepted), *breaches]


def refresh(folder: Path, products: Sequence[Product]) -> Refreshed:
    """
    Look every price of a snapshot up in the price list.

    Raises SettingsError for a snapshot that is none, and for a price list that has nothing of it.
    """
    before = load(folder)
    found = index(products)
    tables = {path.stem: _read(path) for path in sorted(folder.glob("*.csv")) if path.name != SOURCES}
    sources = {row["source"]: row for row in _read(folder / SOURCES)}
    kept: list[Kept] = []
    used: list[Product] = []
    for service, rows in tables.items():
        for row in rows:
            if row["sku"] != EVERY:
                _renew(service, row, found, kept, used)
        for row in list(_added(service, rows, before.regions, found, used)):
            rows.append(row)
    if not used:
        what = "must have products that the snapshot has prices of, got none"
        raise SettingsError("AWS's price list", [Mistake(where=(), what=what)])
    sources |= {_source(one): _cells(_source(one), one) for one in used}
    day = _day(before, used, kept)
    files = _texts(tables, sources, day)
    return Refreshed(before=before, after=_loaded(files), files=files, kept=kept, count=len(used))


def _renew(service: str, row: Cells, found: Index, kept: list[Kept], used: list[Product]) -> None:
    """Take over what the price list says of a row, or say why not."""
    told = find(service, row["region"], row["sku"], found)
    if isinstance(told, Found) and _older(told.product, row):
        why = f"{told.product.offer} of {told.product.published} says {_plain(told)}, the row is of {row['date']}"
        told = Kept(key=f"{service}/{row['region']}/{row['sku']}", reason=Reason.OLDER, why=why)
    if isinstance(told, Kept):
        kept.append(told)
        return
    used.append(told.product)
    row.update(_price(told))


def _older(product: Product, row: Cells) -> bool:
    """Say whether a product is older than the row; what was derived has the day on which it was worked out."""
    return product.published[: len(row["date"])] < row["date"] and DERIVED not in row["sources"].split()


def _added(
    service: str, rows: Sequence[Cells], regions: Sequence[str], found: Index, used: list[Product]
) -> Iterator[Cells]:
    """Give rows for what HOME has a price of, and another region of the snapshot has in the price list only."""
    there = {(row["region"], row["sku"]) for row in rows}
    for region in regions:
        for home in [row for row in rows if row["region"] == HOME and (region, row["sku"]) not in there]:
            told = find(service, region, home["sku"], found)
            if isinstance(told, Found):
                used.append(told.product)
                yield {**home, "region": region, **_price(told)}


def _price(told: Found) -> Cells:
    return {
        "usd": _plain(told),
        "confidence": str(Confidence.HIGH),
        "date": told.product.published,
        "sources": _source(told.product),
        "note": told.note,
    }


def _plain(told: Found) -> str:
    return f"{told.usd.normalize():f}"


def _source(product: Product) -> str:
    return f"AWS-{product.offer}-{product.region}-{product.version}"


def _cells(source: str, product: Product) -> Cells:
    what = f"{product.offer} price list of AWS for {product.region}, version {product.version}"
    return {"source": source, "date": product.published, "what": what}


def _day(before: PriceBook, used: Sequence[Product], kept: Sequence[Kept]) -> date:
    """
    Give the day that the snapshot is of: that of the newest offer, once every offer was read.

    While one is missing it stays the former one: a few fresh prices do not make the others fresh.
    """
    needed = any(one.reason is Reason.UNREAD for one in kept)
    newest = max((date.fromisoformat(one.published) for one in used), default=before.generated)
    return before.generated if needed else max(newest, before.generated)


def wanted(book: PriceBook) -> Sequence[tuple[str, str]]:
    """Give the offers and regions in which the prices of a snapshot may be found."""
    return [(offer, region) for offer in offers() for region in book.regions]


# Files


def _read(path: Path) -> list[Cells]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def _texts(tables: Mapping[str, Sequence[Cells]], sources: Mapping[str, Cells], day: date) -> Mapping[str, str]:
    """Write a snapshot as its files; a source that no row names is left out."""
    named = {source for rows in tables.values() for row in rows for source in row["sources"].split()}
    count = sum(map(len, tables.values()))
    meta = {"generated": day.isoformat(), "currency": CURRENCY, "rows": count}
    return {
        **{f"{service}.csv": _text(COLUMNS, rows) for service, rows in tables.items()},
        SOURCES: _text(SOURCE_COLUMNS, [row for source, row in sources.items() if source in named]),
        META: json.dumps(meta, indent=2) + "\n",
    }


def _text(columns: Sequence[str], rows: Sequence[Cells]) -> str:
    out = StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _loaded(files: Mapping[str, str]) -> PriceBook:
    """Read what would be written, as everybody will."""
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return load(Path(folder))


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write a snapshot, file by file and each at once; the tables of another one go. Raises OSError."""
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        part = folder / f".{name}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(folder / name)
    for path in folder.glob("*.csv"):
        if path.name not in files:
            path.unlink()
