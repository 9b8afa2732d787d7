"""
Reads the snapshot of prices in `prices/`, and a user's own prices that go over it.

Every service has a table of its own; `sources.csv` says what was read, `snapshot.json` when, and how many rows there
are, so that a table that was cut off is noticed.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from costs.asked import ASKED, is_asked, nearest
from costs.price import EVERY, HOME, Confidence, Key, Price, PriceBook
from costs.reading import decimal_of, read_document
from stacks.mistakes import Mistake, SettingsError, shown, unknown
from stacks.regions import PARTITION

FOLDER: Final = Path(__file__).parent / "prices"
META: Final = "snapshot.json"
SOURCES: Final = "sources.csv"
COLUMNS: Final = ("region", "sku", "unit", "usd", "confidence", "date", "sources", "note")
SAME: Final = "same-as"
"""The unit of a row that says: as in HOME."""
DEAREST: Final = Decimal(1_000_000)
"""No unit costs more: a figure above is a slip of the pen."""
_DATE: Final = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
LONGEST: Final = 200
"""Of a text of a user's own price: it stands in a line of a report."""
_FIRST: Final = "0000-01-01"
"""The end of it makes a day of a year or a month."""
_KEY: Final = ("service", "region", "sku")
_OWN: Final = ("service", "region", "sku", "unit", "usd", "source", "date")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A row of a table, and where it stands."""

    where: tuple[str | int, ...]
    service: str
    cells: Mapping[str, str]


def load(folder: Path = FOLDER) -> PriceBook:
    """Read the snapshot; raises SettingsError with all that is wrong with its files."""
    mistakes: list[Mistake] = []
    generated, count = _meta(folder, mistakes)
    sources = {
        row.cells["source"]: row.cells["what"] for row in _rows(folder / SOURCES, mistakes, ("source", "date", "what"))
    }
    tables = sorted(path for path in folder.glob("*.csv") if path.name != SOURCES)
    rows = [row for table in tables for row in _rows(table, mistakes, COLUMNS)]
    if not mistakes:
        mistakes += [mistake for row in rows for mistake in _wrong(row, sources)]
        seen: set[Key] = set()
        for row in rows:
            key = _key(row)
            if key in seen:
                mistakes.append(Mistake(where=row.where, what=f"{'/'.join(key)} is there twice"))
            seen.add(key)
        if len(rows) != count:
            mistakes.append(Mistake(where=(META,), what=f"says {count} rows, the tables have {len(rows)}"))
    if mistakes:
        raise SettingsError(f"the snapshot of prices in {folder.name}/", mistakes)
    return PriceBook(
        generated=generated,
        sources=sources,
        prices={_key(row): _price(row) for row in rows if row.cells["usd"]},
        unknown={_key(row): row.cells["unit"] for row in rows if not row.cells["usd"] and row.cells["sku"] != EVERY},
        alike={
            (row.service, row.cells["region"]): Confidence(row.cells["confidence"])
            for row in rows
            if row.cells["sku"] == EVERY
        },
    )


def _meta(folder: Path, mistakes: list[Mistake]) -> tuple[date, int]:
    try:
        told = json.loads((folder / META).read_text(encoding="utf-8"))
        return date.fromisoformat(told["generated"]), int(told["rows"])
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
    except (ValueError, KeyError, TypeError):
        what = 'must be like {"generated": "2026-11-20", "rows": 400}'
    mistakes.append(Mistake(where=(META,), what=what))
    return date.min, 0


def _rows(path: Path, mistakes: list[Mistake], columns: Sequence[str]) -> list[_Row]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if tuple(reader.fieldnames or ()) != tuple(columns):
                mistakes.append(Mistake(where=(path.name,), what=f"must have the columns {', '.join(columns)}"))
                return []
            rows = [
                _Row(where=(path.name, number), service=path.stem, cells=cells)
                for number, cells in enumerate(cast("Iterator[dict[str, Any]]", reader), start=2)
            ]
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        mistakes.append(Mistake(where=(path.name,), what=f"cannot be read: {error}"))
        return []
    broken = [row for row in rows if None in row.cells or None in row.cells.values()]
    mistakes += [Mistake(where=row.where, what=f"must have {len(columns)} cells") for row in broken]
    return [row for row in rows if row not in broken]


def _wrong(row: _Row, sources: Mapping[str, str]) -> Iterator[Mistake]:
    cells = row.cells
    for column in ("region", "sku", "unit"):
        if not cells[column]:
            yield Mistake(where=row.where, what=f"{column} must not be empty")
    if cells["usd"] and _money(cells["usd"]) is None:
        yield Mistake(where=row.where, what=f"usd must be a price of 0 to {DEAREST:,}, got {shown(cells['usd'])}")
    if cells["confidence"] not in tuple(Confidence):
        yield Mistake(
            where=row.where, what=f"confidence must be {', '.join(Confidence)}, got {shown(cells['confidence'])}"
        )
    if cells["date"] and not _is_date(cells["date"]):
        yield Mistake(
            where=row.where, what=f"date must be like 2026-11-20, 2026-11 or 2026, got {shown(cells['date'])}"
        )
    for source in cells["sources"].split() or [""]:
        if source not in sources:
            yield Mistake(where=row.where, what=f"source {shown(source)} is not in {SOURCES}")
    if cells["sku"] == EVERY and (cells["unit"] != SAME or cells["region"] == HOME):
        yield Mistake(where=row.where, what=f"{EVERY} must have the unit {SAME}, in another region than {HOME}")


def _is_date(text: str) -> bool:
    """Say whether it is a day, a month or a year that there is."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text + _FIRST[len(text) :])
    except ValueError:
        return False
    return True


def _money(text: str) -> Decimal | None:
    value = decimal_of(text)
    return value if value is not None and 0 <= value <= DEAREST else None


def _key(row: _Row) -> Key:
    return row.service, row.cells["region"], row.cells["sku"]


def _price(row: _Row) -> Price:
    cells = row.cells
    return Price(
        service=row.service,
        region=cells["region"],
        sku=cells["sku"],
        unit=cells["unit"],
        usd=Decimal(cells["usd"]),
        confidence=Confidence(cells["confidence"]),
        date=cells["date"],
        sources=tuple(cells["sources"].split()),
        note=cells["note"],
    )


def read_overrides(path: Path, book: PriceBook) -> list[Price]:
    """
    Read a user's own prices: `{"prices": [{"service", "region", "sku", "unit", "usd", "source", "date"}, …]}`.

    *book* is what they go over: a sku that it knows keeps its unit, and one that no estimate asks for is a mistake.
    Raises SettingsError with all mistakes.
    """
    title, document = str(path), read_document(path)
    listed = cast("dict[str, Any]", document).get("prices") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise SettingsError(title, [Mistake(where=("prices",), what=f"must be a list of prices, got {shown(listed)}")])
    mistakes: list[Mistake] = []
    seen: set[tuple[object, ...]] = set()
    for number, one in enumerate(cast("list[object]", listed)):
        wrong = list(_wrong_own(one, book))
        key = () if wrong else tuple(cast("dict[str, object]", one)[part] for part in _KEY)
        if key in seen:
            wrong.append(Mistake(where=(), what=f"is there twice: keep one price of {'/'.join(map(str, key))}"))
        seen.update([key] if key else [])
        mistakes += [mistake.below("prices", number) for mistake in wrong]
    if mistakes:
        raise SettingsError(title, mistakes)
    return [_own(one) for one in cast("list[dict[str, Any]]", listed)]


def _wrong_own(one: object, book: PriceBook) -> Iterator[Mistake]:
    if not isinstance(one, dict):
        yield Mistake(where=(), what=f"must be an object, got {shown(one)}")
        return
    told = cast("dict[str, object]", one)
    for key in told:
        if key not in _OWN:
            yield Mistake(where=(key,), what=unknown(key, "a key", _OWN))
    for key in _OWN:
        value = told.get(key)
        if key == "usd":
            if not isinstance(value, Decimal | str) or _money(str(value)) is None:
                yield Mistake(where=(key,), what=f"must be a price of 0 to {DEAREST:,}, got {shown(value)}")
        elif not isinstance(value, str) or not value:
            yield Mistake(where=(key,), what=f"must be a text, got {shown(value)}")
        elif len(value) > LONGEST or not value.isprintable():
            yield Mistake(where=(key,), what=f"must be one line of at most {LONGEST} characters, got {shown(value)}")
    if isinstance(when := told.get("date"), str) and when and not _is_date(when):
        yield Mistake(where=("date",), what=f"must be like 2026-11-20, 2026-11 or 2026, got {shown(when)}")
    yield from _unasked(told, book)
    yield from _unlike(told, book)


def _unasked(told: Mapping[str, object], book: PriceBook) -> Iterator[Mistake]:
    """Find a price of what no estimate is made of, anywhere: it would change nothing."""
    service, region, sku = (told.get(key) for key in _KEY)
    if isinstance(region, str) and region and region not in PARTITION:
        yield Mistake(where=("region",), what=unknown(region, "a region", sorted(PARTITION)))
    if not isinstance(service, str) or not service:
        return
    if service not in ASKED:
        yield Mistake(where=("service",), what=unknown(service, "a service", list(ASKED)))
    elif isinstance(sku, str) and sku and not is_asked(service, sku):
        priced = sorted({one for name, _, one in book.prices if name == service})
        yield Mistake(where=("sku",), what=f"is not asked for by any estimate{nearest(service, sku, priced)}")


def _unlike(told: Mapping[str, object], book: PriceBook) -> Iterator[Mistake]:
    """Find a price in another unit than its sku is counted in: it would be multiplied by a wrong quantity."""
    service, region, sku, unit = (told.get(key) for key in ("service", "region", "sku", "unit"))
    counted = book.unit(str(service), str(region), str(sku))
    if counted is not None and isinstance(unit, str) and unit and unit != counted:
        yield Mistake(where=("unit",), what=f"must be {counted}, as {service}/{sku} is counted, got {shown(unit)}")


def _own(one: Mapping[str, Any]) -> Price:
    return Price(
        service=one["service"],
        region=one["region"],
        sku=one["sku"],
        unit=one["unit"],
        usd=Decimal(one["usd"]),
        confidence=Confidence.HIGH,
        date=one["date"],
        sources=(one["source"],),
        override=True,
    )
