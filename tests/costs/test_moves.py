"""What lies between two snapshots, and what a person has to look at."""

import json
from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest

from cli.prices import compare
from costs.moves import Kind, moves, refused
from costs.price import PriceBook
from costs.snapshot import FOLDER
from stacks.mistakes import SettingsError
from tests.costs.built import HOME, prices

KEY = ("kms", HOME, "key")


def _moved(usd: str) -> PriceBook:
    return replace(prices(), prices={**prices().prices, KEY: replace(prices().prices[KEY], usd=Decimal(usd))})


def _without(book: PriceBook) -> PriceBook:
    return replace(book, prices={key: price for key, price in book.prices.items() if key != KEY})


@pytest.mark.parametrize(
    ("after", "kind", "stops"),
    [
        (_moved("1.25"), Kind.MOVED, False),
        (_moved("0.75"), Kind.MOVED, False),
        (_moved("1.2501"), Kind.FAR, True),
        (_moved("0.7499"), Kind.FAR, True),
        (_moved("0"), Kind.FREE, True),
        (_without(prices()), Kind.LOST, True),
    ],
)
def test_a_price_that_differs_is_told_and_what_is_odd_stops(after: PriceBook, kind: Kind, stops: bool):
    found = moves(prices(), after)

    assert [(move.key, move.kind) for move in found] == [("kms/us-east-1/key", kind)]
    assert bool(refused(found, [])) is stops
    assert refused(found, ["kms/us-east-1/key"]) == []


def test_a_new_price_is_told():
    assert [move.kind for move in moves(_without(prices()), prices())] == [Kind.NEW]


def test_another_unit_stops():
    after = replace(prices(), prices={**prices().prices, KEY: replace(prices().prices[KEY], unit="key-year")})

    assert [move.kind for move in refused(moves(prices(), after), [])] == [Kind.UNIT]


def test_a_region_that_is_no_longer_like_another_stops():
    after = replace(prices(), alike={key: sure for key, sure in prices().alike.items() if key[0] != "kms"})

    assert [move.key for move in refused(moves(prices(), after), [])] == ["kms/us-west-2/*"]


def test_a_move_is_said_on_one_line():
    (move,) = moves(prices(), _moved("1.10"))

    assert str(move) == "kms/us-east-1/key: 1.0 -> 1.10, +10.0% (moved)"


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    """A copy in which a key costs twice as much."""
    for file in FOLDER.iterdir():
        text = file.read_text(encoding="utf-8")
        (tmp_path / file.name).write_text(
            text.replace("us-east-1,key,key-month,1.0", "us-east-1,key,key-month,2.0"), encoding="utf-8"
        )
    return tmp_path


@pytest.mark.parametrize(("accepted", "code", "begins"), [([], 1, "refused: kms"), (["kms/us-east-1/key"], 0, "kms")])
def test_the_command_stops_until_it_is_accepted(dearer: Path, accepted: list[str], code: int, begins: str):
    out = StringIO()

    assert compare(FOLDER, dearer, accepted=accepted, as_json=False, out=out) == code
    assert out.getvalue().startswith(f"{begins}/us-east-1/key: 1.0 -> 2.0, +100.0% (moved far)\n")


def test_the_command_gives_json(dearer: Path):
    out = StringIO()

    compare(FOLDER, dearer, accepted=[], as_json=True, out=out)

    assert json.loads(out.getvalue())["moves"] == [
        {"key": "kms/us-east-1/key", "kind": "moved far", "before": "1.0", "after": "2.0", "refused": True}
    ]


@pytest.mark.parametrize(
    ("after", "accepted", "what"),
    [(Path("nowhere"), [], "nowhere is no folder"), (FOLDER, ["kms/x/key"], "--accept kms/x/key does not differ")],
)
def test_a_mistake_is_told(after: Path, accepted: list[str], what: str):
    with pytest.raises(SettingsError, match=what):
        compare(FOLDER, after, accepted=accepted, as_json=False, out=StringIO())
