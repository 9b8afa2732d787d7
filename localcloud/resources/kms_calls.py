"""What the types of KMS have in common: how a key, its policy and its tags are looked up and written."""

import json
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.documents import ROOT
from localcloud.tags import tag_change
from localcloud.wire import Props

DELETION_DAYS: Final = range(7, 31)
"""How long a key may wait for its deletion. AWS KMS API Reference, ScheduleKeyDeletion."""
DEFAULT_POLICY: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Id": "key-default-1",
        "Statement": [
            {
                "Sid": "Enable IAM User Permissions",
                "Effect": "Allow",
                "Principal": {"AWS": ROOT},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
)
"""What AWS gives a key that brings no policy. AWS KMS Developer Guide, "Default key policy"."""


def describe_key(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    """Look a key up; one that waits for its deletion counts as gone, as it does for the official provider."""
    aws = cloud.aws("kms")
    try:
        key = aws.describe_key(KeyId=id_)["KeyMetadata"]
    except aws.exceptions.NotFoundException:
        return None
    return None if key["KeyState"] in ("PendingDeletion", "PendingReplicaDeletion") else key


def policy_of(cloud: Cloud, id_: str) -> str:
    """Give the policy of a key."""
    return cloud.aws("kms").get_key_policy(KeyId=id_, PolicyName="default")["Policy"]


def put_policy(cloud: Cloud, id_: str, inputs: Props) -> None:
    """Write the policy of a key: its program's, or AWS's own."""
    bypass = inputs.get("bypassPolicyLockoutSafetyCheck", False)
    policy = inputs.get("policy", DEFAULT_POLICY)
    aws = cloud.aws("kms")
    aws.put_key_policy(KeyId=id_, PolicyName="default", Policy=policy, BypassPolicyLockoutSafetyCheck=bypass)


def key_tags(tags: dict[str, str]) -> list[Props]:
    """Write tags as KMS wants them."""
    return [{"TagKey": key, "TagValue": value} for key, value in sorted(tags.items())]


def tags_of(cloud: Cloud, id_: str) -> Props:
    """Give the tags of a key."""
    return {tag["TagKey"]: tag["TagValue"] for tag in cloud.aws("kms").list_resource_tags(KeyId=id_)["Tags"]}


def change_tags(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Bring the tags of a key from the old inputs to the new."""
    aws, tags = cloud.aws("kms"), tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(KeyId=id_, TagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(KeyId=id_, Tags=key_tags(tags.put))


def delete_key(cloud: Cloud, id_: str, state: Props) -> None:
    """Let a key wait for its deletion."""
    if describe_key(cloud, id_) is None:
        return
    days = state.get("deletionWindowInDays", DELETION_DAYS[-1])
    cloud.aws("kms").schedule_key_deletion(KeyId=id_, PendingWindowInDays=days)
