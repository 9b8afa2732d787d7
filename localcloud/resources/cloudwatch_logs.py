"""CloudWatch Logs: log groups."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.tags import tag_change
from localcloud.wire import Props

# CloudWatch Logs API Reference: PutRetentionPolicy, CreateLogGroup. 0 is Pulumi's word for "never expires".
_DAYS: Final = (
    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
_NAME: Final = re.compile(r"[._/#A-Za-z0-9-]{1,512}")
_CLASSES: Final = ("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")


def _describe(cloud: Cloud, name: str) -> dict[str, Any] | None:
    pages = cloud.aws("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    groups = (group for page in pages for group in page["logGroups"])
    return next((group for group in groups if group["logGroupName"] == name), None)


def _create(cloud: Cloud, inputs: Props) -> str:
    key = {"kmsKeyId": inputs["kmsKeyId"]} if inputs.get("kmsKeyId") else {}
    cloud.aws("logs").create_log_group(
        logGroupName=inputs["name"],
        logGroupClass=inputs.get("logGroupClass", "STANDARD"),
        tags=inputs.get("tags", {}),
        **key,
    )
    return inputs["name"]


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    if days := inputs.get("retentionInDays", 0):
        cloud.aws("logs").put_retention_policy(logGroupName=id_, retentionInDays=days)


def _read(cloud: Cloud, id_: str) -> Props | None:
    group = _describe(cloud, id_)
    if group is None:
        return None
    arn = cloud.arn("logs", f"log-group:{id_}")
    return {
        "arn": arn,
        "name": id_,
        "retentionInDays": group.get("retentionInDays", 0),
        "kmsKeyId": group.get("kmsKeyId", ""),
        "logGroupClass": "STANDARD",
        "tags": cloud.aws("logs").list_tags_for_resource(resourceArn=arn)["tags"],
    }


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("logs")
    if olds.get("retentionInDays", 0) != news.get("retentionInDays", 0):
        if news.get("retentionInDays", 0):
            _settle(cloud, id_, news)
        else:
            aws.delete_retention_policy(logGroupName=id_)
    if olds.get("kmsKeyId", "") != news.get("kmsKeyId", ""):
        if news.get("kmsKeyId"):
            aws.associate_kms_key(logGroupName=id_, kmsKeyId=news["kmsKeyId"])
        else:
            aws.disassociate_kms_key(logGroupName=id_)
    arn, tags = cloud.arn("logs", f"log-group:{id_}"), tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(resourceArn=arn, tagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(resourceArn=arn, tags=tags.put)


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("logs")
    if state.get("skipDestroy"):
        return
    try:
        aws.delete_log_group(logGroupName=id_)
    except aws.exceptions.ResourceNotFoundException:
        return


def _rules(inputs: Props) -> Iterator[str]:
    if "name" in inputs and not _NAME.fullmatch(inputs["name"]):
        yield f"name must be 1 to 512 letters, digits or any of '_-/.#', got {inputs['name']!r}"
    if (days := inputs.get("retentionInDays", 0)) not in _DAYS:
        yield f"retentionInDays must be one of {', '.join(map(str, _DAYS))}, got {days}"
    if (class_ := inputs.get("logGroupClass", "STANDARD")) not in _CLASSES:
        yield f"logGroupClass must be one of {', '.join(_CLASSES)}, got {class_!r}"


LOG_GROUP: Final = ResourceType(
    type="aws:cloudwatch/logGroup:LogGroup",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"name", "retentionInDays", "kmsKeyId", "tags"}),
    remembered=frozenset({"logGroupClass", "namePrefix"}),
    steering=frozenset({"skipDestroy"}),
    outputs=frozenset({"arn", "logGroupClass"}),
    replace=frozenset({"name", "namePrefix", "logGroupClass"}),
    sticky=frozenset({"logGroupClass"}),
    defaults={"retentionInDays": 0, "skipDestroy": False},
    name=AutoName(property="name", prefix="namePrefix", max_length=512),
    rules=(_rules,),
    not_imitated="nothing ever expires; deletion protection and data protection policies",
)

TYPES: Final = (LOG_GROUP,)
