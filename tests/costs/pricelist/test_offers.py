"""Offers of AWS's price list are read as they are published, and each price is found among its neighbours."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from costs.pricelist.found import Found, Kept, Reason, find, index
from costs.pricelist.offers import read_offers
from costs.pricelist.table import BY_HAND, ROWS
from costs.snapshot import FOLDER
from stacks.mistakes import SettingsError
from tests.costs.built import prices
from tests.costs.pricelist.listed import EUROPE, HOME, OFFERS, changed, indexed, key, product, recorded

LISTED = [
    # Beside it: a reserved term, MySQL, two readable standbys, an Outpost.
    ("rds_postgres", HOME, "db.t3.micro:single-az", "0.018"),
    ("rds_postgres", HOME, "db.t3.micro:multi-az", "0.036"),
    ("rds_postgres", EUROPE, "db.t3.micro:single-az", "0.02"),
    # Beside it: Oracle, RDS Custom, another number of zones.
    ("rds_postgres", HOME, "storage-gp3:single-az", "0.115"),
    ("rds_postgres", HOME, "storage-gp3:multi-az", "0.23"),
    ("rds_postgres", HOME, "storage-gp3:multi-az-cluster", "0.345"),
    ("rds_postgres", HOME, "backup-storage", "0.095"),
    ("rds_postgres", HOME, "rds-proxy", "0.015"),
    # Of no engine of its own.
    ("rds_postgres", HOME, "storage-io2:single-az", "0.125"),
    # Two products at one price.
    ("rds_postgres", HOME, "extended-support-y1-y2", "0.1"),
    ("rds_postgres", HOME, "cpu-credits-t3-t4g", "0.075"),
    ("aurora_postgres", HOME, "db.r6g.large:standard", "0.26"),
    ("aurora_postgres", HOME, "db.r6g.large:io-optimized", "0.338"),
    ("aurora_postgres", HOME, "serverless-v2:standard", "0.12"),
    # Sold by one, priced by the million.
    ("aurora_postgres", HOME, "io-requests:standard", "0.2"),
    ("dynamodb", HOME, "on-demand-write", "0.625"),
    ("dynamodb", HOME, "on-demand-write-ia", "0.78"),
    ("dynamodb", HOME, "global-table-rwru", "0.625"),
    # The first tier is free.
    ("dynamodb", HOME, "storage-standard", "0.25"),
    ("dynamodb", HOME, "provisioned-rcu", "0.00013"),
    ("dynamodb", HOME, "streams-read", "0.2"),
    ("kms", HOME, "requests", "0.03"),
    # Later tiers are cheaper.
    ("data_transfer", HOME, "internet-out-first-10TB", "0.09"),
    # Beside it: a near region.
    ("data_transfer", HOME, "cross-region", "0.02"),
    ("rds_postgres", HOME, "cross-region-snapshot-transfer", "0.02"),
    # Beside it: extended support, synchronous durability, an Outpost.
    ("elasticache", HOME, "redis:cache.m6g.large", "0.149"),
    ("elasticache", HOME, "valkey:cache.m6g.large", "0.1192"),
    ("elasticache", HOME, "serverless-valkey:ecpu", "0.0023"),
    # From a table.
    ("vpc", HOME, "nat-gateway", "0.045"),
]


@pytest.mark.parametrize(("service", "region", "sku", "usd"), LISTED)
def test_a_price_is_found_among_its_neighbours(service: str, region: str, sku: str, usd: str):
    found = find(service, region, sku, indexed())

    assert isinstance(found, Found)
    assert found.usd == Decimal(usd)


def test_a_table_is_read_for_what_has_a_price_only():
    assert [one.sku for one in recorded() if one.offer == "AmazonEC2"] == ["M2YSHUBETB3JX4M4", "NATGATEWAYBYTES1"]


def test_the_first_tier_that_is_not_free_counts():
    (storage,) = (one for one in recorded() if one.sku == "DDBSTORAGEFREE25")

    first = storage.first_paid()

    assert first is not None
    assert (first.begins, first.usd, first.unit) == (Decimal(25), Decimal("0.25"), "GB-Mo")


def test_an_index_of_offers_is_told():
    assert read_offers(OFFERS).notes == ["region_index.json is an index of offers: it has no prices"]


SNAPSHOT = sorted({*prices().prices, *prices().unknown})


def test_every_price_has_one_place_where_it_is_looked_up():
    places = {
        (service, region, sku): [row.offer for row in ROWS if row.parts(service, region, sku) is not None]
        + [one.why for one in BY_HAND if one.holds(service, sku)]
        for service, region, sku in SNAPSHOT
    }

    assert {key: found for key, found in places.items() if len(found) != 1} == {}


def test_every_row_of_the_table_is_of_a_price():
    unused = [
        row.sku
        for row in ROWS
        if not any(row.parts(service, region, sku) is not None for service, region, sku in SNAPSHOT)
    ]

    assert unused == []


# Kept


@pytest.mark.parametrize(
    ("products", "reason", "why"),
    [
        ([], Reason.UNREAD, "awskms of us-east-1"),
        ([product("us-east-1-KMS-Requests", "1")], Reason.NONE, "in awskms by a usage type like KMS-Keys"),
        (
            [key("1", sku="A"), key("2", sku="B")],
            Reason.MANY,
            "A (us-east-1-KMS-Keys) at 1, B (us-east-1-KMS-Keys) at 2",
        ),
        (
            [key("1", sku="A"), key("1", sku="B")],
            Reason.MANY,
            "A (us-east-1-KMS-Keys) at 1, B (us-east-1-KMS-Keys) at 1",
        ),
    ],
)
def test_a_price_that_is_not_sure_is_kept(products: list[Any], reason: Reason, why: str):
    assert find("kms", HOME, "key", index(products)) == Kept(key="kms/us-east-1/key", reason=reason, why=why)


def test_a_price_that_is_counted_otherwise_is_kept():
    sold = product("PublicIPv4:InUseAddress", "3.65", offer="AmazonVPC", unit="Months", sku="A")

    kept = find("vpc", HOME, "public-ipv4", index([sold]))

    assert isinstance(kept, Kept)
    assert (kept.reason, kept.why) == (Reason.UNIT, "A is in 'Months', not in hrs?|hours?")


def test_a_product_without_a_usage_type_is_none_of_ours():
    nameless = key("5", sku="A")
    bare = {name: value for name, value in nameless.attributes.items() if name != "usagetype"}

    found = find("kms", HOME, "key", index([replace(nameless, attributes=bare), key("1", sku="B")]))

    assert isinstance(found, Found)
    assert found.product.sku == "B"


# Broken


def _lose_terms(document: dict[str, Any]) -> None:
    del document["terms"]


def _lose_price(document: dict[str, Any]) -> None:
    term = document["terms"]["OnDemand"]["XFERCROSSAZ00001"]["XFERCROSSAZ00001.JRTCKXETXF"]
    for one in term["priceDimensions"].values():
        one["pricePerUnit"]["USD"] = "free"


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (_lose_terms, "AWSDataTransfer.us-east-1.json is no offer of AWS's price list: it has no terms"),
        (_lose_price, "AWSDataTransfer.us-east-1.json is no offer of AWS's price list: must have prices, got 'free'"),
    ],
)
def test_an_offer_that_is_none_is_told(change: Any, what: str, tmp_path: Path):
    folder = changed(tmp_path, "AWSDataTransfer.us-east-1.json", change)

    with pytest.raises(SettingsError, match=re.escape(what)):
        read_offers(folder)


def test_all_files_that_are_no_offers_are_told_at_once(tmp_path: Path):
    (tmp_path / "a.json").write_text("[]", encoding="utf-8")
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    (tmp_path / "c.csv").write_text("region,sku\n", encoding="utf-8")
    (tmp_path / "d.json").write_text(json.dumps({"offerCode": "AmazonRDS"}), encoding="utf-8")

    with pytest.raises(SettingsError, match="has 4 mistakes:"):
        read_offers(tmp_path)


def test_a_folder_without_offers_is_told(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"--offers .* has no \.json or \.csv file"):
        read_offers(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(SettingsError, match="is no folder"):
        read_offers(tmp_path / "none")


def test_a_snapshot_is_no_offer():
    with pytest.raises(SettingsError, match="it has no line that begins with SKU"):
        read_offers(FOLDER)
