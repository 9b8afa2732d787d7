"""CloudWatch Contributor Insights for DynamoDB: which keys are asked for most, or throttled."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import ACCOUNT, Cloud
from localcloud.moto.dynamodb_limits import INSIGHTS
from localcloud.resource import ResourceType
from localcloud.wire import Props


def _watched(id_: str) -> dict[str, str]:
    """`name:orders/index:by-venue/123456789012` -> what AWS wants to know."""
    table, _, rest = id_.removeprefix("name:").partition("/")
    index = rest.removeprefix("index:").partition("/")[0]
    return {"TableName": table, **({"IndexName": index} if index else {})}


def _create(cloud: Cloud, inputs: Props) -> str:
    id_ = f"name:{inputs['tableName']}/index:{inputs.get('indexName', '')}/{ACCOUNT}"
    mode: dict[str, Any] = {"ContributorInsightsMode": inputs["mode"]} if "mode" in inputs else {}
    cloud.aws("dynamodb").update_contributor_insights(**_watched(id_), ContributorInsightsAction="ENABLE", **mode)
    return id_


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("dynamodb")
    try:
        found = aws.describe_contributor_insights(**_watched(id_))
    except aws.exceptions.ResourceNotFoundException:
        return None
    if found["ContributorInsightsStatus"] == "DISABLED":
        return None
    index = {"indexName": found["IndexName"]} if "IndexName" in found else {}
    return {"tableName": found["TableName"], "mode": found["ContributorInsightsMode"], **index}


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("dynamodb")
    try:
        aws.update_contributor_insights(**_watched(id_), ContributorInsightsAction="DISABLE")
    except aws.exceptions.ResourceNotFoundException:
        return


def _rules(inputs: Props) -> Iterator[str]:
    if (mode := inputs.get("mode", INSIGHTS[0])) not in INSIGHTS:
        yield f"mode must be one of {', '.join(INSIGHTS)}, got {mode!r}"


CONTRIBUTOR_INSIGHTS: Final = ResourceType(
    type="aws:dynamodb/contributorInsights:ContributorInsights",
    create=_create,
    read=_read,
    delete=_delete,
    applied=frozenset({"tableName", "indexName", "mode"}),
    required=frozenset({"tableName"}),
    sticky=frozenset({"mode"}),
    rules=(_rules,),
    not_imitated="there are no rules and no figures in CloudWatch",
)
