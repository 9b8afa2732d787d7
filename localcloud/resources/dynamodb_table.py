"""DynamoDB's tables."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources import dynamodb_inline as indexes
from localcloud.resources.dynamodb_calls import (
    ON_DEMAND,
    PROVISIONED,
    apply_recovery,
    attribute,
    billing_of,
    capacity,
    caps_of,
    describe_table,
    recovery_of,
    refuse_no_cap,
    same_figures,
    tags_of,
    theirs,
    warmth_of,
)
from localcloud.resources.dynamodb_changes import apply_ttl, encryption, stream, update_table
from localcloud.resources.dynamodb_replicas import apply_replicas, remove_replicas, replicas_of, same_replicas
from localcloud.resources.dynamodb_rules import (
    capacity_rules,
    key_rules,
    recovery_rules,
    replica_rules,
    restore_rules,
    table_rules,
)
from localcloud.resources.foresight import on_demand_indexes
from localcloud.resources.kms import same_key
from localcloud.tags import to_aws
from localcloud.wire import Props

_SOURCES: Final = {"restoreSourceName": "SourceTableName", "restoreSourceTableArn": "SourceTableArn"}


def _create(cloud: Cloud, inputs: Props) -> str:
    _refuse_capacity(inputs)
    if inputs.keys() & _SOURCES.keys():
        _restore(cloud, inputs)
    else:
        _make(cloud, inputs)
    return inputs["name"]


def _refuse_capacity(inputs: Props) -> None:
    """Refuse what the provider's plan does; a table that leaves provisioned may still have it in its inputs."""
    restored = bool(inputs.keys() & _SOURCES.keys())
    for key in ("readCapacity", "writeCapacity"):
        if inputs["billingMode"] == ON_DEMAND and key in inputs:
            raise Refused("InvalidParameter", f"{key} can not be set when billing_mode is {ON_DEMAND!r}")
        if inputs["billingMode"] == PROVISIONED and key not in inputs and not restored:
            raise Refused("InvalidParameter", f"{key} must be at least 1 when billing_mode is {PROVISIONED!r}")


def _make(cloud: Cloud, inputs: Props) -> None:
    refuse_no_cap(inputs)
    mode = inputs["billingMode"]
    more: dict[str, Any] = {}
    if mode == PROVISIONED:
        more["ProvisionedThroughput"] = capacity(inputs)
    if (wanted := inputs.get("serverSideEncryption")) and wanted["enabled"]:
        more["SSESpecification"] = encryption(wanted)
    if inputs.get("streamEnabled"):
        more["StreamSpecification"] = stream(inputs)
    if found := inputs.get("globalSecondaryIndexes"):
        more["GlobalSecondaryIndexes"] = [indexes.global_index(one, mode) for one in found]
    if found := inputs.get("localSecondaryIndexes"):
        more["LocalSecondaryIndexes"] = [indexes.local_index(one, inputs["hashKey"]) for one in found]
    for key, name in (("onDemandThroughput", "OnDemandThroughput"), ("warmThroughput", "WarmThroughput")):
        if key in inputs:
            more[name] = theirs(inputs[key])
    cloud.aws("dynamodb").create_table(
        TableName=inputs["name"],
        KeySchema=indexes.keys(inputs),
        AttributeDefinitions=[attribute(one["name"], one["type"]) for one in inputs["attributes"]],
        BillingMode=mode,
        DeletionProtectionEnabled=inputs.get("deletionProtectionEnabled", False),
        TableClass=inputs["tableClass"],
        Tags=to_aws(inputs.get("tags")),
        **more,
    )


def _restore(cloud: Cloud, inputs: Props) -> None:
    """
    Restore the table as the official provider does.

    It asks for billing, capacity, indexes and encryption, and then sets expiry, recovery and replicas. The rest of the
    program comes with the next run that begins with a refresh: tags, stream, deletion protection, class, caps.
    """
    mode = inputs["billingMode"]
    more: dict[str, Any] = {name: inputs[key] for key, name in _SOURCES.items() if key in inputs}
    if "restoreDateTime" in inputs:
        more["RestoreDateTime"] = datetime.fromisoformat(inputs["restoreDateTime"])
    if "restoreToLatestTime" in inputs:
        more["UseLatestRestorableTime"] = inputs["restoreToLatestTime"]
    # The provider has no billing mode to override; capacity says it.
    if mode == PROVISIONED and {"readCapacity", "writeCapacity"} <= inputs.keys():
        more["ProvisionedThroughputOverride"] = capacity(inputs)
    if found := inputs.get("globalSecondaryIndexes"):
        more["GlobalSecondaryIndexOverride"] = [indexes.global_index(one, mode) for one in found]
    if found := inputs.get("localSecondaryIndexes"):
        more["LocalSecondaryIndexOverride"] = [indexes.local_index(one, inputs["hashKey"]) for one in found]
    if "serverSideEncryption" in inputs:
        more["SSESpecificationOverride"] = encryption(inputs["serverSideEncryption"])
    cloud.aws("dynamodb").restore_table_to_point_in_time(TargetTableName=inputs["name"], **more)


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    apply_ttl(cloud, id_, inputs.get("ttl"))
    if inputs.get("pointInTimeRecovery", {}).get("enabled"):
        apply_recovery(cloud, id_, inputs["pointInTimeRecovery"])
    apply_replicas(cloud, id_, {}, inputs)


def _read(cloud: Cloud, id_: str) -> Props | None:
    table = describe_table(cloud, id_)
    if table is None:
        return None
    mode, running = billing_of(table), table.get("StreamSpecification", {})
    keys = {key["KeyType"]: key["AttributeName"] for key in table["KeySchema"]}
    ttl = cloud.aws("dynamodb").describe_time_to_live(TableName=id_)["TimeToLiveDescription"]
    props: Props = {
        "name": table["TableName"],
        "arn": table["TableArn"],
        "hashKey": keys["HASH"],
        "attributes": [
            {"name": one["AttributeName"], "type": one["AttributeType"]} for one in table["AttributeDefinitions"]
        ],
        "billingMode": mode,
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "globalSecondaryIndexes": [indexes.read_global(one, mode) for one in table["GlobalSecondaryIndexes"]],
        "localSecondaryIndexes": [indexes.read_local(one) for one in table["LocalSecondaryIndexes"]],
        "onDemandThroughput": caps_of(table),
        "pointInTimeRecovery": recovery_of(cloud, id_),
        "replicas": replicas_of(cloud, table),
        "serverSideEncryption": _encryption_of(table),
        "tableClass": table["TableClassSummary"]["TableClass"],
        "ttl": {
            "enabled": ttl["TimeToLiveStatus"] == "ENABLED",
            **({"attributeName": ttl["AttributeName"]} if "AttributeName" in ttl else {}),
        },
        "tags": tags_of(cloud, table["TableArn"]),
        "streamEnabled": running.get("StreamEnabled", False),
        "streamArn": table.get("LatestStreamArn", ""),
        "streamLabel": table.get("LatestStreamLabel", ""),
        "warmThroughput": warmth_of(table),
    }
    if "RANGE" in keys:
        props["rangeKey"] = keys["RANGE"]
    if "StreamViewType" in running:
        props["streamViewType"] = running["StreamViewType"]
    if mode == PROVISIONED:
        units = table["ProvisionedThroughput"]
        props |= {"readCapacity": units["ReadCapacityUnits"], "writeCapacity": units["WriteCapacityUnits"]}
    return props


def _encryption_of(table: dict[str, Any]) -> Props:
    found = table.get("SSEDescription")
    return {"enabled": True, "kmsKeyArn": found["KMSMasterKeyArn"]} if found else {"enabled": False}


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    """Delete the table, after the replicas that are its program's."""
    aws = cloud.aws("dynamodb")
    try:
        remove_replicas(cloud, id_, state)
        aws.delete_table(TableName=id_)
    except aws.exceptions.ResourceNotFoundException:
        return


def _replaces(olds: Props, news: Props) -> Iterator[str]:
    """Name what cannot be changed in place, for the values it has: less warm throughput, another restore."""
    before, after = olds.get("warmThroughput") or {}, news.get("warmThroughput") or {}
    for key in ("readUnitsPerSecond", "writeUnitsPerSecond"):
        old, new = before.get(key), after.get(key)
        if isinstance(old, int) and isinstance(new, int) and 0 < new < old:
            yield f"warmThroughput.{key}"
    for key in _SOURCES:
        if news.get(key) and news[key] != olds.get(key):
            yield key


def _same_attributes(ours: list[Props], other: list[Props]) -> bool:
    """Compare the definitions that we have: those of standalone indexes are theirs, and unused ones do not matter."""
    return all(one in other for one in ours)


def _same_encryption(ours: Props, other: Props) -> bool:
    keys = [one.get("kmsKeyArn") for one in (ours, other)]
    return ours["enabled"] == other["enabled"] and (None in keys or same_key(str(keys[0]), str(keys[1])))


def _renewed(olds: Props, news: Props) -> Iterator[str]:
    """Name what the provider plans anew: of a stream its ARN, and not its label."""
    view = news.get("streamViewType")
    if bool(olds.get("streamEnabled")) != bool(news.get("streamEnabled")) or (
        view and view != olds.get("streamViewType")
    ):
        yield "streamArn"


TABLE: Final = ResourceType(
    type="aws:dynamodb/table:Table",
    create=_create,
    settle=_settle,
    read=_read,
    update=update_table,
    delete=_delete,
    applied=frozenset(
        {"name", "attributes", "hashKey", "rangeKey", "billingMode", "readCapacity", "writeCapacity", "tags", "ttl"}
        | {"deletionProtectionEnabled", "pointInTimeRecovery", "streamEnabled", "streamViewType", "tableClass"}
        | {"globalSecondaryIndexes", "localSecondaryIndexes", "onDemandThroughput", "replicas", "warmThroughput"}
        | {"serverSideEncryption"}
    ),
    steering=frozenset({*_SOURCES, "restoreDateTime", "restoreToLatestTime"}),
    required=frozenset({"attributes", "hashKey"}),
    outputs=frozenset({"arn", "streamArn", "streamLabel"}),
    replace=frozenset(
        {"name", "hashKey", "rangeKey", "localSecondaryIndexes", "restoreDateTime", "restoreToLatestTime"}
    ),
    replaces=_replaces,
    renewed=_renewed,
    sticky=frozenset(
        {"ttl", "pointInTimeRecovery", "serverSideEncryption", "globalSecondaryIndexes", "onDemandThroughput"}
        | {"readCapacity", "writeCapacity", "warmThroughput"}
    ),
    defaults={"billingMode": PROVISIONED, "tableClass": "STANDARD"},
    name=AutoName(property="name"),
    rules=(
        *(table_rules, key_rules, capacity_rules, recovery_rules, replica_rules, restore_rules),
        on_demand_indexes,
    ),
    same={
        "attributes": _same_attributes,
        "globalSecondaryIndexes": indexes.same_indexes,
        "localSecondaryIndexes": indexes.same_local_indexes,
        "onDemandThroughput": same_figures,
        "replicas": same_replicas,
        "serverSideEncryption": _same_encryption,
        "warmThroughput": same_figures,
    },
    not_imitated="items never expire; throughput and its maximum are not enforced; the latest time that can be "
    "restored is now, not five minutes ago; on AWS a replica made by TableReplica is drift of a table that does not "
    "ignore it; imports from S3, witnesses of strong consistency, restores from AWS Backup",
)
