"""What a change of a table takes, in the official provider's order: one request at a time, most of it in one."""

from collections.abc import Iterator
from typing import Any

from localcloud.cloud import Cloud, Refused
from localcloud.resources import dynamodb_inline as indexes
from localcloud.resources.dynamodb_calls import (
    PROVISIONED,
    apply_recovery,
    attribute,
    change_tags,
    describe_table,
    theirs,
)
from localcloud.resources.dynamodb_replicas import apply_replicas
from localcloud.wire import Props


def update_table(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Change a table in place."""
    aws = cloud.aws("dynamodb")
    for request in _requests(cloud, id_, olds, news):
        aws.update_table(TableName=id_, **request)
    if _said_anew(olds, news, "ttl"):
        apply_ttl(cloud, id_, news["ttl"])
    apply_replicas(cloud, id_, olds, news)
    if _said_anew(olds, news, "pointInTimeRecovery"):
        apply_recovery(cloud, id_, news["pointInTimeRecovery"])
    if _said_anew(olds, news, "warmThroughput"):
        aws.update_table(TableName=id_, WarmThroughput=theirs(news["warmThroughput"]))
    change_tags(cloud, cloud.arn("dynamodb", f"table/{id_}"), olds, news)


def _said_anew(olds: Props, news: Props, key: str) -> bool:
    """Whether the program says something new; what it no longer says stays."""
    return key in news and olds.get(key) != news[key]


def _requests(cloud: Cloud, id_: str, olds: Props, news: Props) -> Iterator[dict[str, Any]]:
    """Give the requests to change the table itself, each made when those before it are carried out."""
    for one in indexes.gone(olds, news):
        yield {"GlobalSecondaryIndexUpdates": [one]}
    if olds.get("tableClass") != news["tableClass"]:
        yield {"TableClass": news["tableClass"]}
    if olds.get("streamEnabled") and news.get("streamEnabled") and _said_anew(olds, news, "streamViewType"):
        yield {"StreamSpecification": {"StreamEnabled": False}}  # another view is another stream
        yield {"StreamSpecification": stream(news)}
    if request := _main_request(cloud, id_, olds, news):
        yield request
    for one in indexes.warmed(olds, news):
        yield {"GlobalSecondaryIndexUpdates": [one]}
    for one in indexes.come(olds, news, news["billingMode"]):
        definitions = [attribute(each["name"], each["type"]) for each in _all_attributes(cloud, id_, news)]
        yield {"AttributeDefinitions": definitions, "GlobalSecondaryIndexUpdates": [one]}
    if _said_anew(olds, news, "serverSideEncryption"):
        yield {"SSESpecification": encryption(news["serverSideEncryption"])}


def _main_request(cloud: Cloud, id_: str, olds: Props, news: Props) -> dict[str, Any]:
    """Give what one request changes: billing and capacity of table and indexes, protection, caps, the stream."""
    request: dict[str, Any] = {}
    mode = news["billingMode"]
    capacity = {key for key in ("readCapacity", "writeCapacity") if key in news and olds.get(key) != news[key]}
    if olds.get("billingMode") != mode or (capacity and mode == PROVISIONED):
        request["BillingMode"] = mode
        if mode == PROVISIONED:
            request["ProvisionedThroughput"] = _units(cloud, id_, news)
    if olds.get("deletionProtectionEnabled", False) != news.get("deletionProtectionEnabled", False):
        request["DeletionProtectionEnabled"] = news.get("deletionProtectionEnabled", False)
    if "onDemandThroughput" in news and olds.get("onDemandThroughput") != news["onDemandThroughput"]:
        request["OnDemandThroughput"] = theirs(news["onDemandThroughput"])
    if olds.get("streamEnabled", False) != news.get("streamEnabled", False):
        request["StreamSpecification"] = stream(news)
    if updates := list(indexes.changed(olds, news, mode)):
        request["GlobalSecondaryIndexUpdates"] = updates
    return request


def _units(cloud: Cloud, id_: str, news: Props) -> Props:
    """Give the capacity asked for; what the program leaves open stays as it is, and is 1 after on-demand."""
    table = describe_table(cloud, id_) or {}
    present = table.get("ProvisionedThroughput", {})
    return {
        name: news.get(key) or present.get(name) or 1
        for key, name in (("readCapacity", "ReadCapacityUnits"), ("writeCapacity", "WriteCapacityUnits"))
    }


def _all_attributes(cloud: Cloud, id_: str, news: Props) -> list[Props]:
    """Give the program's definitions, and those of indexes that are resources of their own."""
    ours = {one["name"]: one for one in news["attributes"]}
    table = describe_table(cloud, id_) or {}
    theirs_ = [
        {"name": one["AttributeName"], "type": one["AttributeType"]} for one in table.get("AttributeDefinitions", [])
    ]
    return [*ours.values(), *(one for one in theirs_ if one["name"] not in ours)]


def stream(inputs: Props) -> Props:
    """Write the stream's specification."""
    enabled = inputs.get("streamEnabled", False)
    view = {"StreamViewType": inputs["streamViewType"]} if enabled else {}
    return {"StreamEnabled": enabled, **view}


def encryption(wanted: Props) -> Props:
    """Write the specification of encryption at rest."""
    if not wanted["enabled"]:
        return {"Enabled": False}
    key = {"KMSMasterKeyId": wanted["kmsKeyArn"]} if wanted.get("kmsKeyArn") else {}
    return {"Enabled": True, "SSEType": "KMS", **key}


def apply_ttl(cloud: Cloud, name: str, wanted: Props | None) -> None:
    """Switch expiry on or off; AWS does not change the attribute of one that is on."""
    aws = cloud.aws("dynamodb")
    now = aws.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    enabled = now["TimeToLiveStatus"] == "ENABLED"
    if wanted is None or (not wanted.get("enabled", False) and not enabled):
        return
    if wanted.get("enabled", False) and enabled:
        if wanted["attributeName"] == now["AttributeName"]:
            return
        raise Refused(
            "ValidationException", f"TimeToLive is active on a different AttributeName: {now['AttributeName']}"
        )
    attribute_name = wanted.get("attributeName") or now["AttributeName"]
    specification = {"Enabled": wanted.get("enabled", False), "AttributeName": attribute_name}
    aws.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)
