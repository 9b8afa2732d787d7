"""The snapshot of prices: what holds in it, and what is said of one that is broken."""

import csv
import json
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from costs.price import Age, Confidence, MissingPriceError
from costs.snapshot import COLUMNS, FOLDER, META, load, read_overrides
from stacks.mistakes import SettingsError
from tests.costs.built import AWAY, HOME, TODAY, priced, prices, table, used

EUROPE = "eu-west-1"
ALL = prices().prices


def test_a_price_that_is_known_to_be_unknown_is_never_zero():
    with pytest.raises(MissingPriceError, match=r"^mongodb_atlas/us-east-1/cloud-backup has no known price$"):
        prices().find("mongodb_atlas", HOME, "cloud-backup")


def test_what_is_alike_takes_the_lower_confidence():
    found = prices().find("kms", AWAY, "key")

    assert (found.usd, found.region, found.confidence) == (Decimal(1), AWAY, Confidence.LOW)


def test_every_source_is_used():
    used = {source for one in ALL.values() for source in one.sources}

    assert set(prices().sources) - used == {"AWSDOC-GENERAL"} - used


@pytest.mark.parametrize(
    ("days", "age"), [(0, Age.FRESH), (90, Age.FRESH), (91, Age.OLD), (365, Age.OLD), (366, Age.STALE)]
)
def test_a_snapshot_grows_old(days: int, age: Age):
    book = prices()

    assert book.age(book.generated + timedelta(days=days)) is age


def test_a_stale_snapshot_gives_no_full_answer():
    resources, usage = (
        table("presence"),
        {"presence": used(1)},
    )

    fresh, stale = (priced(resources, usage, on=on) for on in (TODAY, date(2028, 1, 1)))

    assert (fresh.exit_code, stale.exit_code) == (0, 3)
    assert fresh.total() == stale.total()


# Broken


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "prices"))


def _cut(folder: Path) -> None:
    file = folder / "kms.csv"
    file.write_text(file.read_text(encoding="utf-8").rpartition("us-west-2")[0], encoding="utf-8")


def _cell(column: str, value: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        file = folder / "kms.csv"
        with file.open(encoding="utf-8", newline="") as opened:
            rows: list[dict[str, str]] = list(csv.DictReader(opened))
        rows[0][column] = value
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer: csv.DictWriter[str] = csv.DictWriter(opened, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change


def _replaced(name: str, content: bytes) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return change


@pytest.mark.parametrize(
    ("breaks", "what"),
    [
        (_cut, "snapshot.json says 420 rows, the tables have 419"),
        (_cell("usd", "-1"), "kms.csv[2] usd must be a price of 0 to 1,000,000, got '-1'"),
        (_cell("usd", "NaN"), "kms.csv[2] usd must be a price of 0 to 1,000,000, got 'NaN'"),
        (_cell("usd", "9999999"), "kms.csv[2] usd must be a price of 0 to 1,000,000, got '9999999'"),
        (_cell("usd", "one"), "kms.csv[2] usd must be a price of 0 to 1,000,000, got 'one'"),
        (_cell("confidence", "sure"), "kms.csv[2] confidence must be high, medium, low, got 'sure'"),
        (_cell("date", "yesterday"), "kms.csv[2] date must be like 2026-11-20, 2026-11 or 2026, got 'yesterday'"),
        (_cell("sources", "HEARSAY"), "kms.csv[2] source 'HEARSAY' is not in sources.csv"),
        (_cell("sku", "requests"), "kms.csv[3] kms/us-east-1/requests is there twice"),
        (_cell("region", ""), "kms.csv[2] region must not be empty"),
        (_cell("sku", "*"), "kms.csv[2] * must have the unit same-as, in another region than us-east-1"),
        (_replaced("kms.csv", b"region,sku\n"), f"kms.csv must have the columns {', '.join(COLUMNS)}"),
        (_replaced("kms.csv", ",".join(COLUMNS).encode() + b"\nus-east-1,key\n"), "kms.csv[2] must have 8 cells"),
        (_replaced("kms.csv", b"\xff\xfe"), "kms.csv cannot be read: "),
        (_replaced(META, b"{"), 'snapshot.json must be like {"generated": "2026-11-20", "rows": 400}'),
    ],
)
def test_a_broken_snapshot_says_where(copied: Path, breaks: Callable[[Path], None], what: str):
    breaks(copied)

    with pytest.raises(SettingsError, match=re.escape(f"\n  {what}")):
        load(copied)


# Prices of one's own

OWN = {
    "service": "mongodb_atlas",
    "region": HOME,
    "sku": "cloud-backup",
    "unit": "GB-month",
    "usd": 0.2,
    "source": "an offer",
    "date": "2026-11-01",
}


@pytest.fixture
def own(tmp_path: Path) -> Callable[[object], Path]:
    def write(document: object) -> Path:
        file = tmp_path / "own.json"
        file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
        return file

    return write


def test_an_own_price_is_marked_and_exact(own: Callable[[object], Path]):
    (found,) = read_overrides(own({"prices": [OWN]}), prices())

    assert (found.usd, found.override, found.sources, found.date) == (Decimal("0.2"), True, ("an offer",), "2026-11-01")


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ("{", "is not JSON: "),
        ([], "prices must be a list of prices, got nothing"),
        ({"prices": {}}, "prices must be a list of prices, got a mapping"),
        ({"prices": [5]}, "prices[0] must be an object, got 5"),
        ({"prices": [{**OWN, "usd": -1}]}, "prices[0].usd must be a price of 0 to 1,000,000, got -1"),
        ({"prices": [{**OWN, "usd": True}]}, "prices[0].usd must be a price of 0 to 1,000,000, got true"),
        ({"prices": [{**OWN, "usd": "1_0"}]}, "prices[0].usd must be a price of 0 to 1,000,000, got '1_0'"),
        ({"prices": [{**OWN, "usd": "1e-999999"}]}, "prices[0].usd must be a price of 0 to 1,000,000, got '1e-999999'"),
        ('{"prices": [{"usd": 1e999999999999999999999}]}', "prices[0].usd must be a price of 0 to 1,000,000, got '1e9"),
        ({"prices": [OWN, OWN]}, "prices[1] is there twice: keep one price of mongodb_atlas/"),
        ({"prices": [{**OWN, "source": "a\n\ud800"}]}, "prices[0].source must be one line of at most 200 characters"),
        ({"prices": [{**OWN, "source": "a" * 201}]}, "prices[0].source must be one line of at most 200 characters"),
        ({"prices": [{**OWN, "date": "2026-02-30"}]}, "prices[0].date must be like 2026-11-20, 2026-11 or 2026, got "),
        ({"prices": [{**OWN, "date": "2026-13"}]}, "prices[0].date must be like 2026-11-20, 2026-11 or 2026, got "),
        ({"prices": [{**OWN, "source": ""}]}, "prices[0].source must be a text, got nothing"),
        ({"prices": [{**OWN, "date": "soon"}]}, "prices[0].date must be like 2026-11-20, 2026-11 or 2026, got 'soon'"),
        ({"prices": [{**OWN, "volume": 1}]}, "prices[0].volume is not a key: allowed are service, region"),
        (
            {"prices": [{**OWN, "unit": "GB"}]},
            "prices[0].unit must be GB-month, as mongodb_atlas/cloud-backup is counted, got 'GB'",
        ),
        ({"prices": [{**OWN, "service": "kmss"}]}, "prices[0].service is not a service: did you mean 'kms'?"),
        (
            {"prices": [{**OWN, "sku": "cloud-backups"}]},
            "prices[0].sku is not asked for by any estimate: did you mean 'cloud-backup'?",
        ),
        (
            {"prices": [{**OWN, "service": "dynamodb", "sku": "on-demand-backup"}]},
            "prices[0].sku is not asked for by any estimate: did you mean 'on-demand-",
        ),
        (
            {"prices": [{**OWN, "region": "us-gov-wst-1"}]},
            "prices[0].region is not a region: did you mean 'us-gov-west-1'?",
        ),
        (
            {"prices": [{**OWN, "service": "kms", "region": "eu-central-1", "sku": "key", "unit": "hour"}]},
            "prices[0].unit must be key-month, as kms/key is counted, got 'hour'",
        ),
    ],
)
def test_a_mistake_in_own_prices_is_told(own: Callable[[object], Path], document: object, what: str):
    with pytest.raises(SettingsError, match=re.escape(what)):
        read_overrides(own(document), prices())


def test_all_mistakes_in_own_prices_are_told_at_once(own: Callable[[object], Path]):
    with pytest.raises(SettingsError, match="has 4 mistakes:"):
        read_overrides(own({"prices": [{**OWN, "usd": -1, "source": 3}, 5, {**OWN, "sku": "cloud"}]}), prices())


def test_own_prices_that_are_not_there_are_told(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_overrides(tmp_path / "none.json", prices())
