"""A new snapshot: what it takes over, what it keeps, and what it refuses."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cli.prices import renew
from costs.price import Confidence, Price, PriceBook
from costs.pricelist.found import Reason
from costs.pricelist.laws import broken
from costs.pricelist.refresh import Refreshed, refresh, wanted, write
from costs.snapshot import COLUMNS, FOLDER, load
from stacks.mistakes import SettingsError
from tests.costs.built import prices
from tests.costs.pricelist.listed import EUROPE, HOME, OFFERS, changed, key, product, recorded

ROWS = """us-east-1,key,key-month,1.0,high,2026-09-21,OLD,each rotated version costs as much again
us-east-1,requests,10k-requests,0.03,low,2026-11-19,DERIVED,
us-west-2,*,same-as,,low,2026-09-21,OLD,
"""
REQUESTS = product("us-east-1-KMS-Requests", "0.000003", unit="Requests")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A snapshot that has prices of one offer only."""
    folder = tmp_path / "prices"
    folder.mkdir()
    (folder / "kms.csv").write_text(f"{','.join(COLUMNS)}\n{ROWS}", encoding="utf-8")
    sources = "source,date,what\nOLD,2026-09-21,somebody\nDERIVED,2026-11-19,worked out\n"
    (folder / "sources.csv").write_text(sources, encoding="utf-8")
    meta = {"generated": "2026-11-01", "currency": "USD", "rows": 3}
    (folder / "snapshot.json").write_text(json.dumps(meta), encoding="utf-8")
    return folder


def _kept(found: Refreshed) -> Mapping[str, Reason]:
    return {one.key: one.reason for one in found.kept}


def _price(found: Refreshed, sku: str) -> Price:
    return found.after.find("kms", HOME, sku)


def test_a_price_that_is_found_has_its_date_its_source_and_full_confidence(small: Path):
    found = _price(refresh(small, [key("1.10"), REQUESTS]), "key")

    source = "AWS-awskms-us-east-1-20261120000000"
    assert (found.usd, found.date, found.sources) == (Decimal("1.1"), "2026-11-20", (source,))
    assert found.confidence is Confidence.HIGH


def test_a_price_that_is_not_found_keeps_its_date_and_is_named(small: Path):
    found = refresh(small, [key("1.10")])

    assert _kept(found) == {"kms/us-east-1/requests": Reason.NONE}
    assert (_price(found, "requests").usd, _price(found, "requests").date) == (Decimal("0.03"), "2026-11-19")


def test_an_offer_that_is_older_than_a_price_does_not_replace_it(small: Path):
    found = refresh(small, [key("0.9", published="2026-08-31"), REQUESTS])

    assert _kept(found) == {"kms/us-east-1/key": Reason.OLDER}
    assert _price(found, "key").usd == 1


def test_what_was_worked_out_gives_way_to_an_older_offer(small: Path):
    found = refresh(small, [key("1"), replace(REQUESTS, published="2026-08-31")])

    assert _price(found, "requests").date == "2026-08-31"


def test_a_snapshot_is_of_the_day_of_the_newest_offer(small: Path):
    found = refresh(small, [key("1"), REQUESTS])

    assert found.after.generated == date(2026, 11, 20)


def test_a_snapshot_stays_of_its_day_while_an_offer_is_missing():
    found = refresh(FOLDER, recorded())

    assert Reason.UNREAD in _kept(found).values()
    assert found.after.generated == prices().generated


def test_a_source_that_nothing_is_from_any_more_is_left_out(small: Path):
    assert set(refresh(small, [key("1"), REQUESTS]).after.sources) == {"OLD", "AWS-awskms-us-east-1-20261120000000"}


def test_what_another_region_lacks_is_added_from_the_list():
    found = refresh(FOLDER, recorded())

    added = found.after.find("rds_postgres", EUROPE, "db.m7g.large:single-az")
    assert (added.usd, added.unit, added.date) == (Decimal("0.186"), "instance-hour", "2026-11-20")


def test_nothing_else_changes():
    """The recorded offers say what the snapshot says: only dates, sources and one new price differ."""
    assert [str(move) for move in refresh(FOLDER, recorded()).moves] == [
        "rds_postgres/eu-west-1/db.m7g.large:single-az: no price -> 0.186 (new)"
    ]


def test_a_row_that_is_kept_is_the_same_to_the_letter():
    found = refresh(FOLDER, recorded())

    for name in ("mongodb_atlas.csv", "sns.csv", "scheduler.csv"):
        assert found.files[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_a_written_snapshot_can_be_read(small: Path, tmp_path: Path):
    found = refresh(small, [key("1.10"), REQUESTS])

    write(found.files, tmp_path / "new")

    assert load(tmp_path / "new") == found.after
    assert {path.name for path in (tmp_path / "new").iterdir()} == set(found.files)


def test_a_list_without_any_price_of_the_snapshot_is_refused(small: Path):
    with pytest.raises(SettingsError, match="must have products that the snapshot has prices of, got none"):
        refresh(small, [product("BoxUsage:m5.large", "0.096", offer="AmazonEC2")])


def test_every_offer_is_wanted_of_every_region():
    asked = wanted(prices())

    assert ("AmazonRDS", EUROPE) in asked
    assert ("awskms", "us-west-2") in asked
    assert len(asked) == len(set(asked))


# Refused


@pytest.mark.parametrize(
    ("usd", "what"),
    [
        ("1.26", "kms/us-east-1/key: 1.0 -> 1.26, +26.0% (moved far)"),
        ("0.74", "kms/us-east-1/key: 1.0 -> 0.74, -26.0% (moved far)"),
        ("0", "kms/us-east-1/key: 1.0 -> 0, -100.0% (became 0)"),
    ],
)
def test_a_price_that_a_person_must_look_at_is_refused_by_name(small: Path, usd: str, what: str):
    found = refresh(small, [key(usd), REQUESTS])

    assert what in [str(one) for one in found.refused([])]
    assert found.refused(["kms/us-east-1/key"]) == []


def _dear(document: dict[str, Any]) -> None:
    for sku, usd in (("PGT3MICROMULTIAZ", "0.0380000000"), ("AURORAR6GLARGE01", "0.5000000000")):
        (term,) = document["terms"]["OnDemand"][sku].values()
        for one in term["priceDimensions"].values():
            one["pricePerUnit"]["USD"] = usd


def _renewed(offers: Path, target: Path, *accepted: str, as_json: bool = False) -> tuple[int, str]:
    out = StringIO()
    code = renew(target, offers, accepted=accepted, as_json=as_json, to=out)
    return code, out.getvalue()


def test_nothing_is_written_while_something_is_refused_and_all_of_it_is_told(tmp_path: Path):
    offers = changed(tmp_path, "AmazonRDS.us-east-1.json", _dear)

    code, told = _renewed(offers, tmp_path / "new")

    assert (code, (tmp_path / "new").exists()) == (1, False)
    refused = [line.split(": ") for line in told.splitlines() if line.startswith("refused: ")]
    assert [keys for _, keys, *_ in refused] == [
        "aurora_postgres/us-east-1/db.r6g.large:standard",
        "rds_postgres/us-east-1/db.t3.micro:single-az and rds_postgres/us-east-1/db.t3.micro:multi-az",
        "aurora_postgres/us-east-1/db.r6g.large:io-optimized and aurora_postgres/us-east-1/db.r6g.large:standard",
        "aurora_postgres/eu-west-1/db.r6g.large:standard and aurora_postgres/us-east-1/db.r6g.large:standard",
    ]
    assert told.endswith("nothing is written: 4 to look at and accept by --accept\n")


def test_what_is_accepted_is_written(tmp_path: Path):
    offers = changed(tmp_path, "AmazonRDS.us-east-1.json", _dear)

    code, _ = _renewed(
        offers,
        tmp_path / "new",
        "aurora_postgres/us-east-1/db.r6g.large:standard",
        "rds_postgres/us-east-1/db.t3.micro:multi-az",
    )

    assert code == 0
    assert load(tmp_path / "new").find("aurora_postgres", HOME, "db.r6g.large:standard").usd == Decimal("0.5")


def test_the_json_says_the_same(tmp_path: Path):
    code, told = _renewed(OFFERS, tmp_path / "new", as_json=True)

    document = json.loads(told)
    assert (code, document["written"], document["refused"]) == (0, True, [])
    assert document["found"] + len(document["kept"]) > 400


def test_a_place_that_cannot_be_written_is_told_before(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    for target in (tmp_path / "file", tmp_path / "none" / "new"):
        with pytest.raises(SettingsError, match="--out cannot write"):
            _renewed(OFFERS, target)


# Laws


def test_the_snapshot_breaks_no_law():
    assert broken(prices()) == []


def _with(service: str, region: str, sku: str, usd: str) -> PriceBook:
    book = prices()
    price = replace(book.find(service, HOME, sku), region=region, usd=Decimal(usd))
    return replace(book, prices={**book.prices, (service, region, sku): price})


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        (("rds_postgres", HOME, "db.r7g.large:multi-az", "0.479"), "Multi-AZ of a size must cost as much as Single-AZ"),
        (
            ("rds_postgres", HOME, "db.t3.micro:multi-az", "0.040"),
            "Multi-AZ must cost about twice Single-AZ, got 0.018",
        ),
        (("elasticache", HOME, "redis:cache.t3.micro", "0.034"), "a bigger one must cost more, got 0.034, 0.034"),
        (("elasticache", HOME, "valkey:cache.r7g.large", "0.175"), "Valkey must cost 0.8 times Redis OSS, got 0.175"),
        (("aurora_postgres", HOME, "db.r7g.large:io-optimized", "0.365"), "I/O-Optimized must cost 1.3 times Standard"),
        (("dynamodb", EUROPE, "pitr", "0.19"), "eu-west-1 must not be below us-east-1, got 0.19, 0.2"),
        (("dynamodb", EUROPE, "streams-read", "0.0000002"), "must be at most 3 times as much as in us-east-1"),
        (("kms", HOME, "key", "0"), "must not be free, got 0"),
    ],
)
def test_a_law_that_is_broken_names_the_prices(changed: tuple[str, str, str, str], what: str):
    service, region, sku, _ = changed

    told = [str(one) for one in broken(_with(*changed)) if f"{service}/{region}/{sku}" in one.keys]

    assert any(what in one for one in told), told


def test_a_price_without_a_figure_breaks_a_law():
    unknown = {**prices().unknown, ("kms", HOME, "key"): "key-month"}

    assert [str(one) for one in broken(replace(prices(), unknown=unknown))] == ["kms/us-east-1/key: must have a figure"]
