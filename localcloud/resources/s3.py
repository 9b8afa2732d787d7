"""S3: buckets; what hangs on them is in the files beside this one."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from botocore.exceptions import ClientError

from localcloud.cloud import PARTITION, Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.tags import from_aws, to_aws
from localcloud.wire import Props

# Amazon S3 User Guide, "General purpose bucket naming rules".
_NAME: Final = re.compile(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ADDRESS: Final = re.compile(r"\d{1,3}(\.\d{1,3}){3}")
_RESERVED_BEGIN: Final = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_END: Final = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_HOME: Final = "us-east-1"
"""The region that no request to create a bucket may name."""
_BATCH: Final = 1_000


def found(look: Callable[..., Any], *codes: str, **params: Any) -> Any:
    """Ask S3; None where it answers with one of *codes*, or that the bucket does not exist."""
    try:
        return look(**params)
    except ClientError as error:
        if error.response["Error"]["Code"] in {*codes, "NoSuchBucket", "404"}:
            return None
        raise


def _create(cloud: Cloud, inputs: Props) -> str:
    name, more = inputs["bucket"], {}
    if cloud.region != _HOME:
        more["CreateBucketConfiguration"] = {"LocationConstraint": cloud.region}
    cloud.aws("s3").create_bucket(
        Bucket=name, ObjectLockEnabledForBucket=inputs.get("objectLockEnabled", False), **more
    )
    return name


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    if tags := inputs.get("tags"):
        cloud.aws("s3").put_bucket_tagging(Bucket=id_, Tagging={"TagSet": to_aws(tags)})


def _read(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("s3")
    head = found(aws.head_bucket, Bucket=id_)
    if head is None:
        return None
    lock = found(aws.get_object_lock_configuration, "ObjectLockConfigurationNotFoundError", Bucket=id_)
    tags = found(aws.get_bucket_tagging, "NoSuchTagSet", Bucket=id_)
    return {
        "arn": f"arn:{PARTITION}:s3:::{id_}",
        "bucket": id_,
        "bucketDomainName": f"{id_}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{id_}.s3.{cloud.region}.amazonaws.com",
        "bucketRegion": cloud.region,
        "objectLockEnabled": bool(lock and lock["ObjectLockConfiguration"].get("ObjectLockEnabled") == "Enabled"),
        "tags": from_aws(tags["TagSet"] if tags else []),
    }


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if olds.get("tags") != news.get("tags"):
        aws = cloud.aws("s3")
        if news.get("tags"):
            aws.put_bucket_tagging(Bucket=id_, Tagging={"TagSet": to_aws(news["tags"])})
        else:
            aws.delete_bucket_tagging(Bucket=id_)


def _delete(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("s3")
    if found(aws.head_bucket, Bucket=id_) is None:
        return
    if state.get("forceDestroy"):
        _empty(aws, id_)
    aws.delete_bucket(Bucket=id_)


def _empty(aws: Any, name: str) -> None:
    """Delete every object, in all its versions."""
    for page in aws.get_paginator("list_object_versions").paginate(Bucket=name):
        going = [
            {"Key": one["Key"], "VersionId": one["VersionId"]}
            for one in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        ]
        for start in range(0, len(going), _BATCH):
            aws.delete_objects(Bucket=name, Delete={"Objects": going[start : start + _BATCH]})


def _rules(inputs: Props) -> Iterator[str]:
    name = inputs["bucket"]
    if not _NAME.fullmatch(name) or _ADDRESS.fullmatch(name):
        yield (
            "InvalidBucketName: the name must have 3 to 63 small letters, digits, dots and hyphens, begin and end with "
            f"a letter or digit, and be no IP address, got {name!r}"
        )
    if name.startswith(_RESERVED_BEGIN) or name.endswith(_RESERVED_END):
        yield f"InvalidBucketName: AWS keeps this beginning or end of a name for itself, got {name!r}"


BUCKET: Final = ResourceType(
    type="aws:s3/bucket:Bucket",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"bucket", "objectLockEnabled", "tags"}),
    remembered=frozenset({"bucketPrefix"}),
    steering=frozenset({"forceDestroy"}),
    outputs=frozenset({"arn", "bucketDomainName", "bucketRegionalDomainName", "bucketRegion", "objectLockEnabled"}),
    replace=frozenset({"bucket", "bucketPrefix", "objectLockEnabled"}),
    sticky=frozenset({"objectLockEnabled"}),
    defaults={"forceDestroy": False},
    name=AutoName(property="bucket", prefix="bucketPrefix", max_length=63, lower=True),
    rules=(_rules,),
    not_imitated="settings inside the bucket (versioning, lifecycleRules, policy and the like, which the provider "
    "calls deprecated): use the resources of their own; objects do not age",
)

TYPES: Final = (BUCKET,)
