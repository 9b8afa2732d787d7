"""DynamoDB: tables, and their global secondary indexes as resources of their own."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

# Amazon DynamoDB Developer Guide, "Service quotas" and "Naming rules".
_MAX_INDEXES: Final = 20
_NAME: Final = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
_MAX_RECOVERY_DAYS: Final = 35
_TABLE_CLASSES: Final = ("STANDARD", "STANDARD_INFREQUENT_ACCESS")


def _describe(cloud: Cloud, name: str) -> dict[str, Any] | None:
    aws = cloud.aws("dynamodb")
    try:
        return aws.describe_table(TableName=name)["Table"]
    except aws.exceptions.ResourceNotFoundException:
        return None


def _throughput(inputs: Props) -> Props:
    return {"ReadCapacityUnits": inputs.get("readCapacity", 1), "WriteCapacityUnits": inputs.get("writeCapacity", 1)}


def _stream(inputs: Props) -> Props:
    enabled = inputs.get("streamEnabled", False)
    view = {"StreamViewType": inputs["streamViewType"]} if enabled else {}
    return {"StreamEnabled": enabled, **view}


def _refuse_no_cap(inputs: Props) -> None:
    """Refuse -1 in a creation: only an update takes it, to mean that a cap is over."""
    for key, units in inputs.get("onDemandThroughput", {}).items():
        if units < 1:
            name = key[0].upper() + key[1:]
            raise Refused("ValidationException", f"Requested {name}: {units} is outside of valid range, at least 1")


# Tables


def _create_table(cloud: Cloud, inputs: Props) -> str:
    _refuse_no_cap(inputs)
    keys = [{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}]
    if "rangeKey" in inputs:
        keys.append({"AttributeName": inputs["rangeKey"], "KeyType": "RANGE"})
    more: dict[str, Any] = {}
    if inputs["billingMode"] == "PROVISIONED":
        more["ProvisionedThroughput"] = _throughput(inputs)
    if encryption := inputs.get("serverSideEncryption"):
        key = {"KMSMasterKeyId": encryption["kmsKeyArn"]} if "kmsKeyArn" in encryption else {}
        more["SSESpecification"] = {"Enabled": encryption["enabled"], "SSEType": "KMS", **key}
    if inputs.get("streamEnabled"):
        more["StreamSpecification"] = _stream(inputs)
    cloud.aws("dynamodb").create_table(
        TableName=inputs["name"],
        KeySchema=keys,
        AttributeDefinitions=[_attribute(one["name"], one["type"]) for one in inputs["attributes"]],
        BillingMode=inputs["billingMode"],
        DeletionProtectionEnabled=inputs.get("deletionProtectionEnabled", False),
        Tags=to_aws(inputs.get("tags")),
        **more,
    )
    return inputs["name"]


def _attribute(name: str, type_: str) -> Props:
    return {"AttributeName": name, "AttributeType": type_}


def _settle_table(cloud: Cloud, id_: str, inputs: Props) -> None:
    _apply_recovery(cloud, id_, inputs)
    _apply_ttl(cloud, id_, inputs)


def _apply_recovery(cloud: Cloud, id_: str, inputs: Props) -> None:
    if recovery := inputs.get("pointInTimeRecovery"):
        days = {"RecoveryPeriodInDays": recovery.get("recoveryPeriodInDays", 35)} if recovery["enabled"] else {}
        specification = {"PointInTimeRecoveryEnabled": recovery["enabled"], **days}
        cloud.aws("dynamodb").update_continuous_backups(TableName=id_, PointInTimeRecoverySpecification=specification)


def _apply_ttl(cloud: Cloud, id_: str, inputs: Props) -> None:
    aws = cloud.aws("dynamodb")
    wanted = inputs.get("ttl")
    now = aws.describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
    enabled = now["TimeToLiveStatus"] == "ENABLED"
    if wanted is None or (not wanted.get("enabled", False) and not enabled):
        return
    if wanted.get("enabled", False) and enabled:
        if wanted["attributeName"] == now["AttributeName"]:
            return
        raise Refused(
            "ValidationException", f"TimeToLive is active on a different AttributeName: {now['AttributeName']}"
        )
    attribute = wanted.get("attributeName") or now["AttributeName"]
    specification = {"Enabled": wanted.get("enabled", False), "AttributeName": attribute}
    aws.update_time_to_live(TableName=id_, TimeToLiveSpecification=specification)


def _read_table(cloud: Cloud, id_: str) -> Props | None:
    table = _describe(cloud, id_)
    if table is None:
        return None
    aws = cloud.aws("dynamodb")
    keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
    backups = aws.describe_continuous_backups(TableName=id_)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    enabled = recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    ttl = aws.describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
    billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
    stream = table.get("StreamSpecification", {})
    props: Props = {
        "name": table["TableName"],
        "arn": table["TableArn"],
        "hashKey": keys["HASH"],
        # The keys of standalone indexes are theirs, not the table's.
        "attributes": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in table["AttributeDefinitions"]
            if one["AttributeName"] in keys.values()
        ],
        "billingMode": billing,
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "pointInTimeRecovery": {
            "enabled": enabled,
            **({"recoveryPeriodInDays": recovery.get("RecoveryPeriodInDays", 35)} if enabled else {}),
        },
        "ttl": {
            "enabled": ttl["TimeToLiveStatus"] == "ENABLED",
            **({"attributeName": ttl["AttributeName"]} if "AttributeName" in ttl else {}),
        },
        "tags": _tags(aws, table["TableArn"]),
        "streamEnabled": stream.get("StreamEnabled", False),
        "streamArn": table.get("LatestStreamArn", ""),
        "streamLabel": table.get("LatestStreamLabel", ""),
    }
    if "RANGE" in keys:
        props["rangeKey"] = keys["RANGE"]
    if "StreamViewType" in stream:
        props["streamViewType"] = stream["StreamViewType"]
    if encryption := table.get("SSEDescription"):
        props["serverSideEncryption"] = {"enabled": True, "kmsKeyArn": encryption["KMSMasterKeyArn"]}
    if billing == "PROVISIONED":
        capacity = table["ProvisionedThroughput"]
        props |= {"readCapacity": capacity["ReadCapacityUnits"], "writeCapacity": capacity["WriteCapacityUnits"]}
    return props


def _update_table(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    for keys, apply in _TABLE_UPDATES:
        if any(olds.get(key) != news.get(key) for key in keys):
            apply(cloud, id_, olds, news)


def _update_protection(cloud: Cloud, id_: str, _: Props, news: Props) -> None:
    protected = news.get("deletionProtectionEnabled", False)
    cloud.aws("dynamodb").update_table(TableName=id_, DeletionProtectionEnabled=protected)


def _update_billing(cloud: Cloud, id_: str, _: Props, news: Props) -> None:
    capacity = {"ProvisionedThroughput": _throughput(news)} if news["billingMode"] == "PROVISIONED" else {}
    cloud.aws("dynamodb").update_table(TableName=id_, BillingMode=news["billingMode"], **capacity)


def _update_stream(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("dynamodb")
    if olds.get("streamEnabled") and news.get("streamEnabled"):  # another view is another stream
        aws.update_table(TableName=id_, StreamSpecification={"StreamEnabled": False})
    aws.update_table(TableName=id_, StreamSpecification=_stream(news))


def _tags(aws: Any, arn: str) -> Props:
    """Give the tags of a table: ten a page, as AWS does."""
    pages = aws.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    return {key: value for page in pages for key, value in from_aws(page["Tags"]).items()}


def _update_tags(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws, arn, tags = cloud.aws("dynamodb"), cloud.arn("dynamodb", f"table/{id_}"), tag_change(olds, news)
    # The changed ones too: moto puts a second tag of the same key beside the first.
    if changed := [*tags.gone, *(tags.put.keys() & (olds.get("tags") or {}).keys())]:
        aws.untag_resource(ResourceArn=arn, TagKeys=changed)
    if tags.put:
        aws.tag_resource(ResourceArn=arn, Tags=to_aws(tags.put))


_TABLE_UPDATES: Final[tuple[tuple[tuple[str, ...], Callable[[Cloud, str, Props, Props], None]], ...]] = (
    (("deletionProtectionEnabled",), _update_protection),
    (("billingMode", "readCapacity", "writeCapacity"), _update_billing),
    (("streamEnabled", "streamViewType"), _update_stream),
    (("pointInTimeRecovery",), lambda cloud, id_, _, news: _apply_recovery(cloud, id_, news)),
    (("ttl",), lambda cloud, id_, _, news: _apply_ttl(cloud, id_, news)),
    (("tags",), _update_tags),
)
"""What each changed input asks for, in this order."""


def _delete_table(cloud: Cloud, id_: str, _: Props) -> None:
    aws = cloud.aws("dynamodb")
    try:
        aws.delete_table(TableName=id_)
    except aws.exceptions.ResourceNotFoundException:
        return


def _table_rules(inputs: Props) -> Iterator[str]:
    if "name" in inputs and not _NAME.fullmatch(inputs["name"]):
        yield f"TableName must be 3 to 255 letters, digits, '_', '-' or '.', got {inputs['name']!r}"
    if inputs.get("tableClass", "STANDARD") not in _TABLE_CLASSES:
        yield f"TableClass must be one of {', '.join(_TABLE_CLASSES)}, got {inputs['tableClass']!r}"
    if (mode := inputs.get("billingMode")) not in ("PROVISIONED", "PAY_PER_REQUEST"):
        yield f"BillingMode must be PROVISIONED or PAY_PER_REQUEST, got {mode!r}"


def _key_rules(inputs: Props) -> Iterator[str]:
    keys = {inputs[key] for key in ("hashKey", "rangeKey") if key in inputs}
    named = {one["name"] for one in inputs.get("attributes", ())}
    if missing := sorted(keys - named):
        yield f"attributes must define the type of every key, {', '.join(missing)} is missing"
    if unused := sorted(named - keys):
        yield f"all attributes must be keys of the table, {', '.join(unused)} is not (an index brings its own)"


def _capacity_rules(inputs: Props) -> Iterator[str]:
    on_demand = inputs.get("billingMode") == "PAY_PER_REQUEST"
    if on_demand and ("readCapacity" in inputs or "writeCapacity" in inputs):
        yield "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
    if "onDemandThroughput" in inputs and not on_demand:
        yield "OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST"


def _recovery_rules(inputs: Props) -> Iterator[str]:
    recovery = inputs.get("pointInTimeRecovery", {})
    days = recovery.get("recoveryPeriodInDays", _MAX_RECOVERY_DAYS)
    if not 1 <= days <= _MAX_RECOVERY_DAYS:
        yield f"RecoveryPeriodInDays must be between 1 and {_MAX_RECOVERY_DAYS}, got {days}"
    ttl = inputs.get("ttl", {})
    if ttl.get("enabled") and not ttl.get("attributeName"):
        yield "ttl needs attributeName when it is enabled"


TABLE: Final = ResourceType(
    type="aws:dynamodb/table:Table",
    create=_create_table,
    settle=_settle_table,
    read=_read_table,
    update=_update_table,
    delete=_delete_table,
    applied=frozenset(
        {"name", "attributes", "hashKey", "rangeKey", "billingMode", "readCapacity", "writeCapacity", "tags", "ttl"}
        | {"deletionProtectionEnabled", "pointInTimeRecovery", "streamEnabled", "streamViewType"}
    ),
    remembered=frozenset({"onDemandThroughput", "serverSideEncryption", "tableClass"}),
    required=frozenset({"attributes", "hashKey"}),
    outputs=frozenset({"arn", "streamArn", "streamLabel"}),
    replace=frozenset({"name", "hashKey", "rangeKey"}),
    sticky=frozenset({"ttl", "pointInTimeRecovery", "serverSideEncryption"}),
    defaults={"billingMode": "PROVISIONED"},
    name=AutoName(property="name"),
    rules=(_table_rules, _key_rules, _capacity_rules, _recovery_rules),
    not_imitated="items never expire; maximum throughput is not enforced; a changed KMS key is not seen by boto3; "
    "inline indexes, global tables and restores",
)


# Indexes


def _index(cloud: Cloud, id_: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    name, _, index = id_.partition(",")
    table = _describe(cloud, name)
    for found in (table or {}).get("GlobalSecondaryIndexes", []):
        if table and found["IndexName"] == index:
            return table, found
    return None


def _create_index(cloud: Cloud, inputs: Props) -> str:
    _refuse_no_cap(inputs)
    table = _describe(cloud, inputs["tableName"])
    if table is None:
        raise Refused(
            "ResourceNotFoundException", f"Requested resource not found: Table: {inputs['tableName']} not found"
        )
    if len(table.get("GlobalSecondaryIndexes", [])) >= _MAX_INDEXES:
        raise Refused(
            "LimitExceededException", f"GlobalSecondaryIndex count exceeds the per-table limit of {_MAX_INDEXES}"
        )
    keys, projection = inputs["keySchemas"], inputs["projection"]
    create: Props = {
        "IndexName": inputs["indexName"],
        "KeySchema": [{"AttributeName": key["attributeName"], "KeyType": key["keyType"]} for key in keys],
        "Projection": {"ProjectionType": projection["projectionType"]},
    }
    if "nonKeyAttributes" in projection:
        create["Projection"]["NonKeyAttributes"] = projection["nonKeyAttributes"]
    if capacity := inputs.get("provisionedThroughput"):
        units = {
            "ReadCapacityUnits": capacity["readCapacityUnits"],
            "WriteCapacityUnits": capacity["writeCapacityUnits"],
        }
        create["ProvisionedThroughput"] = units
    # moto takes the definitions given for all that there are, so those of the table and of other indexes go along.
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    types |= {key["attributeName"]: key["attributeType"] for key in keys}
    cloud.aws("dynamodb").update_table(
        TableName=inputs["tableName"],
        AttributeDefinitions=[_attribute(name, type_) for name, type_ in types.items()],
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    return f"{inputs['tableName']},{inputs['indexName']}"


def _read_index(cloud: Cloud, id_: str) -> Props | None:
    found = _index(cloud, id_)
    if found is None:
        return None
    table, index = found
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    projection: Props = {"projectionType": index["Projection"]["ProjectionType"]}
    if names := index["Projection"].get("NonKeyAttributes"):
        projection["nonKeyAttributes"] = names
    props: Props = {
        "arn": f"{table['TableArn']}/index/{index['IndexName']}",
        "indexName": index["IndexName"],
        "tableName": table["TableName"],
        "keySchemas": [
            {
                "attributeName": key["AttributeName"],
                "attributeType": types[key["AttributeName"]],
                "keyType": key["KeyType"],
            }
            for key in index["KeySchema"]
        ],
        "projection": projection,
    }
    capacity = index.get("ProvisionedThroughput", {})
    if capacity.get("ReadCapacityUnits"):
        props["provisionedThroughput"] = {
            "readCapacityUnits": capacity["ReadCapacityUnits"],
            "writeCapacityUnits": capacity["WriteCapacityUnits"],
        }
    return props


def _update_index(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    capacity = news.get("provisionedThroughput")
    if capacity and capacity != olds.get("provisionedThroughput"):
        name, _, index = id_.partition(",")
        units = {
            "ReadCapacityUnits": capacity["readCapacityUnits"],
            "WriteCapacityUnits": capacity["writeCapacityUnits"],
        }
        update = {"Update": {"IndexName": index, "ProvisionedThroughput": units}}
        cloud.aws("dynamodb").update_table(TableName=name, GlobalSecondaryIndexUpdates=[update])


def _delete_index(cloud: Cloud, id_: str, _: Props) -> None:
    if _index(cloud, id_) is None:  # moto answers 500 for an index that is gone
        return
    name, index = id_.split(",")
    cloud.aws("dynamodb").update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index}}])


def _index_rules(inputs: Props) -> Iterator[str]:
    projection = inputs.get("projection", {})
    if (kind := projection.get("projectionType")) not in ("ALL", "KEYS_ONLY", "INCLUDE"):
        yield f"ProjectionType must be ALL, KEYS_ONLY or INCLUDE, got {kind!r}"
    if (kind == "INCLUDE") != bool(projection.get("nonKeyAttributes")):
        yield "NonKeyAttributes must be specified with ProjectionType INCLUDE, and only with it"
    kinds = [key["keyType"] for key in inputs.get("keySchemas", ())]
    if "HASH" not in kinds:
        yield "keySchemas must have one HASH key"


INDEX: Final = ResourceType(
    type="aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex",
    create=_create_index,
    read=_read_index,
    update=_update_index,
    delete=_delete_index,
    applied=frozenset({"indexName", "tableName", "keySchemas", "projection", "provisionedThroughput"}),
    remembered=frozenset({"onDemandThroughput", "warmThroughput"}),
    required=frozenset({"indexName", "tableName", "keySchemas", "projection"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"indexName", "tableName", "keySchemas", "projection"}),
    sticky=frozenset({"onDemandThroughput", "warmThroughput", "provisionedThroughput"}),
    rules=(_index_rules,),
    not_imitated="backfilling takes no time",
)

TYPES: Final = (TABLE, INDEX)
