"""Fetches products by the API of AWS's price list; it needs `pricing:GetProducts` and nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TextIO

from costs.pricelist.offers import of_item
from costs.pricelist.product import Product
from stacks.mistakes import Mistake, SettingsError

API_REGION: Final = "us-east-1"
"""Where the API is; it tells the prices of every region."""
REGION: Final = "regionCode"
FILTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "AmazonEC2": {"productFamily": "NAT Gateway"},
    "AWSDataTransfer": {"productFamily": "Data Transfer"},
}
"""Offers of which only a part is wanted: AmazonEC2 has half a million products in a region."""
BEGINS: Final[Mapping[str, str]] = {"AWSDataTransfer": "fromRegionCode"}
"""Offers that name the region of a product otherwise."""


def client() -> Any:
    """Give a client of the API, with the credentials that are there."""
    import boto3  # noqa: PLC0415  takes half a second to import, and only this way needs it

    return boto3.client("pricing", region_name=API_REGION)


def fetch(wanted: Iterable[tuple[str, str]], pricing: Any, *, err: TextIO | None = None) -> Sequence[Product]:
    """
    Get the products of offers in regions; *err* is told of each, as the largest take minutes.

    Raises SettingsError where AWS refuses or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  as above

    found: list[Product] = []
    for offer, region in wanted:
        told = {BEGINS.get(offer, REGION): region, **FILTERS.get(offer, {})}
        filters = [{"Type": "TERM_MATCH", "Field": field, "Value": value} for field, value in told.items()]
        if err is not None:
            err.write(f"reading {offer} of {region}\n")
        try:
            pages = pricing.get_paginator("get_products").paginate(ServiceCode=offer, Filters=filters)
            found += [product for page in pages for item in page["PriceList"] for product in of_item(item)]
        except (BotoCoreError, ClientError) as error:
            raise _unread(f"{offer} of {region}", str(error)) from None
        except (ValueError, KeyError, TypeError) as error:
            raise _unread(f"{offer} of {region}", f"an answer is no product: {error!r}") from None
    return found


def _unread(what: str, why: str) -> SettingsError:
    """Say why the list cannot be read, and how else it can."""
    way = "give credentials that may do pricing:GetProducts, or --offers FOLDER with offer files"
    return SettingsError("AWS's price list", [Mistake(where=(what,), what=f"cannot be fetched: {why}: {way}")])
