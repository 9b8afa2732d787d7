"""What DynamoDB's types have in common: how capacity, keys, expiry and tags are written and read."""

from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

ON_DEMAND: Final = "PAY_PER_REQUEST"
PROVISIONED: Final = "PROVISIONED"


def describe_table(cloud: Cloud, name: str) -> dict[str, Any] | None:
    """Describe a table; None for one that does not exist."""
    aws = cloud.aws("dynamodb")
    try:
        return aws.describe_table(TableName=name)["Table"]
    except aws.exceptions.ResourceNotFoundException:
        return None


def billing_of(table: dict[str, Any]) -> str:
    """Give the billing mode of a described table."""
    return table.get("BillingModeSummary", {}).get("BillingMode", PROVISIONED)


def capacity(inputs: Props) -> Props:
    """Write provisioned capacity; the provider takes 1 for what is not said when a table leaves on-demand."""
    return {"ReadCapacityUnits": inputs.get("readCapacity", 1), "WriteCapacityUnits": inputs.get("writeCapacity", 1)}


def theirs(block: Props) -> Props:
    """Write a block of figures as AWS does: `maxReadRequestUnits` -> `MaxReadRequestUnits`."""
    return {key[0].upper() + key[1:]: value for key, value in block.items()}


def caps_of(described: dict[str, Any]) -> Props:
    """Read the caps of an on-demand table or index; -1 is no cap."""
    caps = described.get("OnDemandThroughput", {})
    return {
        "maxReadRequestUnits": caps.get("MaxReadRequestUnits", -1),
        "maxWriteRequestUnits": caps.get("MaxWriteRequestUnits", -1),
    }


def warmth_of(described: dict[str, Any]) -> Props:
    """Read the warm throughput of a table or index."""
    warm = described["WarmThroughput"]
    return {"readUnitsPerSecond": warm["ReadUnitsPerSecond"], "writeUnitsPerSecond": warm["WriteUnitsPerSecond"]}


def refuse_no_cap(inputs: Props) -> None:
    """Refuse -1 in a creation: only an update takes it, to mean that a cap is over."""
    for key, units in inputs.get("onDemandThroughput", {}).items():
        if units < 1:
            name = key[0].upper() + key[1:]
            raise Refused("ValidationException", f"Requested {name}: {units} is outside of valid range, at least 1")


def attribute(name: str, type_: str) -> Props:
    """Write the definition of an attribute."""
    return {"AttributeName": name, "AttributeType": type_}


def same_figures(ours: Props, other: Props) -> bool:
    """Compare two blocks where ours says something: AWS fills in the rest."""
    return all(other.get(key) == value for key, value in ours.items())


def apply_recovery(cloud: Cloud, name: str, recovery: Props) -> None:
    """Switch point-in-time recovery."""
    days = {"RecoveryPeriodInDays": recovery.get("recoveryPeriodInDays", 35)} if recovery["enabled"] else {}
    specification = {"PointInTimeRecoveryEnabled": recovery["enabled"], **days}
    cloud.aws("dynamodb").update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=specification)


def recovery_of(cloud: Cloud, name: str) -> Props:
    """Read point-in-time recovery."""
    backups = cloud.aws("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    enabled = recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    return {
        "enabled": enabled,
        **({"recoveryPeriodInDays": recovery.get("RecoveryPeriodInDays", 35)} if enabled else {}),
    }


def tags_of(cloud: Cloud, arn: str) -> Props:
    """Give the tags of a table: ten a page, as AWS does."""
    pages = cloud.aws("dynamodb").get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    return {key: value for page in pages for key, value in from_aws(page["Tags"]).items()}


def change_tags(cloud: Cloud, arn: str, olds: Props, news: Props) -> None:
    """Bring the tags of a table from the old inputs to the new."""
    aws, tags = cloud.aws("dynamodb"), tag_change(olds, news)
    # The changed ones too: moto puts a second tag of the same key beside the first.
    if changed := [*tags.gone, *(tags.put.keys() & (olds.get("tags") or {}).keys())]:
        aws.untag_resource(ResourceArn=arn, TagKeys=changed)
    if tags.put:
        aws.tag_resource(ResourceArn=arn, Tags=to_aws(tags.put))
