"""Usage files: what they may say, and where a quantity is taken from."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from costs.amount import Amount, figure, usd
from costs.charge import Origin
from costs.usage import Usage, read_usage
from stacks.mistakes import SettingsError

STORES = ("main", "presence")


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ([], "must be an object with a key for each store, got a list"),
        ({"presense": {}}, "presense is not a store: did you mean 'presence'?"),
        ({"main": 5}, "main must be an object, got 5"),
        ({"main": {"dataGb": 5}}, "main.dataGb is not a quantity: did you mean 'dataGib'?"),
        ({"main": {"dataGib": -1}}, "main.dataGib must be 0 to 1,000,000,000,000, got -1"),
        ({"main": {"dataGib": 1e15}}, "main.dataGib must be 0 to 1,000,000,000,000, got "),
        ({"main": {"dataGib": "5"}}, "main.dataGib must be a number, got '5'"),
        ({"main": {"dataGib": True}}, "main.dataGib must be a number, got true"),
        ({"main": {"dataGib": None}}, "main.dataGib must be a number, got nothing"),
        ({"presence": {"strongShare": 2}}, "presence.strongShare must be 0 to 1, got 2"),
        ({"main": {"dataGib": {"low": 1}}}, "main.dataGib must be a number, or low, expected and high, got low"),
        ({"main": {"dataGib": {"low": 1, "\ud800\n": 2}}}, "low, expected and high, got low, '\\ud800\\n'"),
        (
            {"main": {"dataGib": {"low": {"low": 1}, "expected": 1, "high": 1}}},
            "must be a number, got a mapping",
        ),
        ({"main": {"dataGib": 10**40}}, "main.dataGib must have at most 40 digits, got '1000000"),
        ({"k" * 100: {}}, f"{'k' * 60}… is not a store"),
        (
            {"main": {"dataGib": {"low": 3, "expected": 2, "high": 4}}},
            "main.dataGib must have low <= expected <= high, got 3, 2, 4",
        ),
    ],
)
def test_a_mistake_in_a_usage_file_is_told(tmp_path: Path, document: object, what: str):
    file = tmp_path / "usage.json"
    file.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(SettingsError, match=re.escape(what)):
        read_usage(file, STORES)


@pytest.mark.parametrize("text", ["{", "NaN", '{"main": {"dataGib": Infinity}}'])
def test_what_is_no_json_is_no_usage_file(tmp_path: Path, text: str):
    file = tmp_path / "usage.json"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsError, match="has 1 mistake"):
        read_usage(file, STORES)


@pytest.mark.parametrize("written", ["1e99999999999999999999", "1e-99999999999999999999", "1e-40", "0." + "1" * 40])
def test_a_number_that_nobody_could_compute_with_is_refused(tmp_path: Path, written: str):
    file = tmp_path / "usage.json"
    file.write_text(f'{{"main": {{"dataGib": {written}}}}}', encoding="utf-8")

    with pytest.raises(SettingsError, match=rf"main\.dataGib must have at most 40 digits, got '{re.escape(written)}'"):
        read_usage(file, STORES)


@pytest.mark.parametrize("written", ["1e-39", "0." + "1" * 39, "5e-7", "-0"])
def test_a_number_of_forty_digits_is_read(tmp_path: Path, written: str):
    file = tmp_path / "usage.json"
    file.write_text(f'{{"main": {{"dataGib": {written}}}}}', encoding="utf-8")

    assert read_usage(file, STORES)["main"]["dataGib"].low == Decimal(written)


def test_what_is_said_twice_is_refused(tmp_path: Path):
    file = tmp_path / "usage.json"
    file.write_text('{"main": {"dataGib": 1, "dataGib": 2}}', encoding="utf-8")

    with pytest.raises(SettingsError, match="says 'dataGib' twice in one object: keep one"):
        read_usage(file, STORES)


def test_all_mistakes_of_a_usage_file_are_told_at_once(tmp_path: Path):
    file = tmp_path / "usage.json"
    file.write_text(json.dumps({"main": {"dataGib": -1, "x": 1}, "other": {}}), encoding="utf-8")

    with pytest.raises(SettingsError, match="has 3 mistakes"):
        read_usage(file, STORES)


def test_a_range_is_read(tmp_path: Path):
    file = tmp_path / "usage.json"
    file.write_text('{"main": {"dataGib": {"low": 1, "expected": 2.5, "high": 4}}}', encoding="utf-8")

    assert read_usage(file, STORES)["main"]["dataGib"] == Amount(
        low=Decimal(1), expected=Decimal("2.5"), high=Decimal(4)
    )


ONE, TWO, THREE = (Amount.of(number) for number in (1, 2, 3))


@pytest.mark.parametrize(
    ("usage", "origin", "amount"),
    [
        (Usage(told={"main": {"dataGib": ONE}}, declared={"main": {"dataGib": TWO}}), Origin.USAGE, ONE),
        (Usage(declared={"main": {"dataGib": TWO}}), Origin.DECLARED, TWO),
        (Usage(declared={"other": {"dataGib": TWO}}), Origin.DEFAULT, THREE),
    ],
)
def test_the_nearest_word_counts(usage: Usage, origin: Origin, amount: Amount):
    found = usage.or_assumed("main", "dataGib", THREE, "because")

    assert (found.origin, found.amount) == (origin, amount)


@pytest.mark.parametrize(("low", "expected", "high"), [(1, 0, 2), (0, 2, 1), (-1, 0, 0)])
def test_an_amount_is_a_range(low: int, expected: int, high: int):
    with pytest.raises(ValueError, match="must be 0 <= low <= expected <= high"):
        Amount(low=Decimal(low), expected=Decimal(expected), high=Decimal(high))


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("730", "730"), ("1234567.5", "1,234,567.5"), ("0.00001234", "0.00001234"), ("0.33333333", "0.3333")],
)
def test_a_quantity_is_written_without_empty_zeros(value: str, text: str):
    assert figure(Decimal(value)) == text


@pytest.mark.parametrize(
    ("exact", "text"), [("0", "0.00"), ("0.001", "<0.01"), ("0.005", "0.01"), ("1234.565", "1,234.57")]
)
def test_what_costs_something_never_prints_as_nothing(exact: str, text: str):
    value = Decimal(exact)

    assert usd(Decimal(0) if value < Decimal("0.005") else value, exact=value) == text
