"""S3: who reaches a bucket: its policy, and the block of public access."""

from collections.abc import Mapping
from typing import Final

from localcloud.cloud import Cloud
from localcloud.documents import same_document
from localcloud.resource import ResourceType
from localcloud.resources.policy_rules import document_rule
from localcloud.resources.s3 import found
from localcloud.wire import Props

_BLOCKS: Final[Mapping[str, str]] = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}


# Public access


def _put_block(cloud: Cloud, inputs: Props) -> str:
    said = {theirs: inputs[ours] for ours, theirs in _BLOCKS.items()}
    cloud.aws("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=said)
    return inputs["bucket"]


def _read_block(cloud: Cloud, id_: str) -> Props | None:
    look = cloud.aws("s3").get_public_access_block
    answer = found(look, "NoSuchPublicAccessBlockConfiguration", Bucket=id_)
    if answer is None:
        return None
    block = answer["PublicAccessBlockConfiguration"]
    return {"bucket": id_, **{ours: block.get(theirs, False) for ours, theirs in _BLOCKS.items()}}


def _update_block(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_block(cloud, news)


def _delete_block(cloud: Cloud, id_: str, state: Props) -> None:
    if not state.get("skipDestroy"):
        found(cloud.aws("s3").delete_public_access_block, Bucket=id_)


PUBLIC_ACCESS_BLOCK: Final = ResourceType(
    type="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    create=_put_block,
    read=_read_block,
    update=_update_block,
    delete=_delete_block,
    applied=frozenset({"bucket", *_BLOCKS}),
    steering=frozenset({"skipDestroy"}),
    required=frozenset({"bucket"}),
    replace=frozenset({"bucket"}),
    defaults=dict.fromkeys(_BLOCKS, False),
    not_imitated="only BlockPublicPolicy refuses something here; a new bucket has no block, where AWS blocks all",
)


# Policies


def _put_policy(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])
    return inputs["bucket"]


def _read_policy(cloud: Cloud, id_: str) -> Props | None:
    answer = found(cloud.aws("s3").get_bucket_policy, "NoSuchBucketPolicy", Bucket=id_)
    return None if answer is None else {"bucket": id_, "policy": answer["Policy"]}


def _update_policy(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_policy(cloud, news)


def _delete_policy(cloud: Cloud, id_: str, _: Props) -> None:
    found(cloud.aws("s3").delete_bucket_policy, Bucket=id_)


BUCKET_POLICY: Final = ResourceType(
    type="aws:s3/bucketPolicy:BucketPolicy",
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    applied=frozenset({"bucket", "policy"}),
    required=frozenset({"bucket", "policy"}),
    replace=frozenset({"bucket"}),
    rules=(document_rule("policy"),),
    same={"policy": same_document},
    not_imitated="statements with a condition are not enforced",
)

TYPES: Final = (PUBLIC_ACCESS_BLOCK, BUCKET_POLICY)
