"""The price list is fetched by its API, page by page."""

import json
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber

from costs.pricelist.fetch import fetch
from costs.pricelist.found import Found, find, index
from stacks.mistakes import SettingsError
from tests.costs.pricelist.listed import HOME, OFFERS

MICRO = "TGN7QDJF2AGFU9XA"


def _item(sku: str, offer: str = "AmazonRDS") -> str:
    """Give a product of an offer as the API answers it: a document in a text."""
    document = json.loads((OFFERS / f"{offer}.us-east-1.json").read_text(encoding="utf-8"))
    terms = {kind: listed[sku] for kind, listed in document["terms"].items() if sku in listed}
    facts = {"serviceCode": offer, "version": document["version"], "publicationDate": document["publicationDate"]}
    return json.dumps({"product": document["products"][sku], "terms": terms, **facts})


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    pricing = boto3.client("pricing", region_name=HOME, aws_access_key_id="a", aws_secret_access_key="b")  # noqa: S106  no secret
    with Stubber(pricing) as stubber:
        yield pricing, stubber
        stubber.assert_no_pending_responses()


def _asked(offer: str = "AmazonRDS", **filters: str) -> dict[str, Any]:
    told = filters or {"regionCode": HOME}
    return {"ServiceCode": offer, "Filters": [{"Type": "TERM_MATCH", "Field": key, "Value": told[key]} for key in told]}


def test_all_pages_of_an_offer_are_read(stubbed: tuple[Any, Stubber]):
    pricing, stubber = stubbed
    first = {"FormatVersion": "aws_v1", "PriceList": [_item("MYSQLT3MICROSAZ1")], "NextToken": "more"}
    stubber.add_response("get_products", first, _asked())
    stubber.add_response("get_products", {"PriceList": [_item(MICRO)]}, {**_asked(), "NextToken": "more"})

    products = fetch([("AmazonRDS", HOME)], pricing)

    found = find("rds_postgres", HOME, "db.t3.micro:single-az", index(products))
    assert isinstance(found, Found)
    assert (found.product.sku, found.usd, found.product.published) == (MICRO, Decimal("0.018"), "2026-11-20")


def test_of_the_largest_offer_only_a_family_is_asked_for(stubbed: tuple[Any, Stubber]):
    pricing, stubber = stubbed
    stubber.add_response(
        "get_products", {"PriceList": []}, _asked("AmazonEC2", regionCode=HOME, productFamily="NAT Gateway")
    )

    assert fetch([("AmazonEC2", HOME)], pricing) == []


def test_traffic_is_asked_for_by_where_it_begins(stubbed: tuple[Any, Stubber]):
    pricing, stubber = stubbed
    asked = _asked("AWSDataTransfer", fromRegionCode=HOME, productFamily="Data Transfer")
    stubber.add_response("get_products", {"PriceList": [_item("XFERCROSSAZ00001", "AWSDataTransfer")]}, asked)

    assert [one.region for one in fetch([("AWSDataTransfer", HOME)], pricing)] == [HOME]


def test_a_refusal_of_aws_is_told_with_another_way(stubbed: tuple[Any, Stubber]):
    pricing, stubber = stubbed
    stubber.add_client_error("get_products", "AccessDeniedException", "not authorized")

    with pytest.raises(
        SettingsError, match=r"AmazonRDS of us-east-1 cannot be fetched: .*AccessDenied.*--offers FOLDER"
    ):
        fetch([("AmazonRDS", HOME)], pricing)


@pytest.mark.parametrize("item", ["{", "{}", '{"terms": {"OnDemand": {"a": 5}}}'])
def test_an_answer_that_is_no_product_is_told(stubbed: tuple[Any, Stubber], item: str):
    pricing, stubber = stubbed
    stubber.add_response("get_products", {"PriceList": [item]}, _asked())

    with pytest.raises(SettingsError, match="AmazonRDS of us-east-1 cannot be fetched: an answer is no product"):
        fetch([("AmazonRDS", HOME)], pricing)


class _Nobody:
    """A client without credentials, which asks nobody."""

    def get_paginator(self, _name: str) -> Any:
        raise NoCredentialsError


def test_what_is_read_and_why_it_cannot_be_is_told():
    err = StringIO()

    with pytest.raises(SettingsError, match=r"AmazonRDS of us-east-1 cannot be fetched: Unable to locate credentials"):
        fetch([("AmazonRDS", HOME)], _Nobody(), err=err)

    assert err.getvalue() == "reading AmazonRDS of us-east-1\n"
