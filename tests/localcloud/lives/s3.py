"""Lives of S3's types."""

import json
from typing import Any

from localcloud.resources.s3 import BUCKET
from localcloud.resources.s3_access import BUCKET_POLICY, PUBLIC_ACCESS_BLOCK
from localcloud.resources.s3_lifecycle import LIFECYCLE
from localcloud.resources.s3_settings import ENCRYPTION, OBJECT_LOCK, OWNERSHIP, VERSIONING
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Made, Scene

KEY = "arn:aws:kms:eu-central-1:123456789012:key/archive"


def bucket(scene: Scene, **more: Any) -> Made:
    return scene.make(BUCKET.type, "archive", more)


def name(scene: Scene) -> str:
    return bucket(scene).id


def versioned(scene: Scene) -> str:
    """The name of a bucket that keeps versions."""
    made = name(scene)
    scene.aws("s3").put_bucket_versioning(Bucket=made, VersioningConfiguration={"Status": "Enabled"})
    return made


def policy(bucket_name: str, effect: str = "Deny", **more: Any) -> str:
    statement: Props = {
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket_name}", f"arn:aws:s3:::{bucket_name}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        **more,
    }
    kept = {key: value for key, value in statement.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [kept]})


def _policy(scene: Scene) -> Props:
    made = bucket(scene, bucket=_own(scene)).id
    return {"bucket": made, "policy": policy(made)}


def _own(scene: Scene) -> str:
    """A name that a test has for itself, and knows before there is a bucket of it."""
    return f"own-{scene.stack}"


def encryption(algorithm: str = "aws:kms", **more: Any) -> list[Props]:
    return [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, **more}, "bucketKeyEnabled": True}]


def rule(**more: Any) -> Props:
    return {
        "id": "age",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "transitions": [{"days": 90, "storageClass": "GLACIER_IR"}],
        "expiration": {"days": 365},
        "noncurrentVersionExpiration": {"noncurrentDays": 90},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
        **more,
    }


TAGGED: Props = {
    "id": "tagged",
    "status": "Disabled",
    "filter": {"and": {"prefix": "logs/", "tags": {"kind": "log", "old": "yes"}}},
    "transitions": [{"days": 30, "storageClass": "STANDARD_IA"}, {"days": 60, "storageClass": "DEEP_ARCHIVE"}],
    "noncurrentVersionTransitions": [{"noncurrentDays": 30, "storageClass": "GLACIER"}],
}


def _untag(scene: Scene, id_: str) -> None:
    scene.aws("s3").delete_bucket_tagging(Bucket=id_)


def _suspend(scene: Scene, id_: str) -> None:
    scene.aws("s3").put_bucket_versioning(Bucket=id_, VersioningConfiguration={"Status": "Suspended"})


def _weaken(scene: Scene, id_: str) -> None:
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
    scene.aws("s3").put_bucket_encryption(Bucket=id_, ServerSideEncryptionConfiguration={"Rules": rules})


def _share(scene: Scene, id_: str) -> None:
    rules = [{"ObjectOwnership": "ObjectWriter"}]
    scene.aws("s3").put_bucket_ownership_controls(Bucket=id_, OwnershipControls={"Rules": rules})


def _shorten(scene: Scene, id_: str) -> None:
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    scene.aws("s3").put_object_lock_configuration(Bucket=id_, ObjectLockConfiguration=lock)


def _open_block(scene: Scene, id_: str) -> None:
    flags = ("BlockPublicAcls", "IgnorePublicAcls", "RestrictPublicBuckets")
    scene.aws("s3").put_public_access_block(
        Bucket=id_, PublicAccessBlockConfiguration={**dict.fromkeys(flags, True), "BlockPublicPolicy": False}
    )


def _open_policy(scene: Scene, id_: str) -> None:
    scene.aws("s3").put_bucket_policy(Bucket=id_, Policy=policy(id_, "Allow"))


def _forget(scene: Scene, id_: str) -> None:
    rules = [{"ID": "age", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
    scene.aws("s3").put_bucket_lifecycle_configuration(Bucket=id_, LifecycleConfiguration={"Rules": rules})


BLOCKED = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)

LIVES = (
    Life(
        kind=BUCKET,
        inputs=lambda _: {"tags": {"owner": "clubapp"}},
        changed={"tags": {"owner": "b"}, "forceDestroy": True},
        replaced={"bucket": "other", "bucketPrefix": "other-", "objectLockEnabled": True},
        drift=_untag,
        drifted=frozenset({"tags"}),
    ),
    Life(
        kind=VERSIONING,
        inputs=lambda scene: {"bucket": name(scene), "versioningConfiguration": {"status": "Enabled"}},
        changed={"versioningConfiguration": {"status": "Suspended"}},
        replaced={"bucket": "other", "expectedBucketOwner": "210987654321"},
        drift=_suspend,
        drifted=frozenset({"versioningConfiguration"}),
    ),
    Life(
        kind=ENCRYPTION,
        inputs=lambda scene: {"bucket": name(scene), "rules": encryption(kmsMasterKeyId=KEY)},
        changed={"rules": encryption("AES256")},
        replaced={"bucket": "other", "expectedBucketOwner": "210987654321"},
        drift=_weaken,
        drifted=frozenset({"rules"}),
    ),
    Life(
        kind=OWNERSHIP,
        inputs=lambda scene: {"bucket": name(scene), "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        changed={"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        replaced={"bucket": "other"},
        drift=_share,
        drifted=frozenset({"rule"}),
    ),
    Life(
        kind=OBJECT_LOCK,
        inputs=lambda scene: {
            "bucket": versioned(scene),
            "rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}},
        },
        changed={"rule": {"defaultRetention": {"mode": "COMPLIANCE", "years": 1}}},
        replaced={"bucket": "other", "expectedBucketOwner": "210987654321"},
        drift=_shorten,
        drifted=frozenset({"rule"}),
    ),
    Life(
        kind=PUBLIC_ACCESS_BLOCK,
        inputs=lambda scene: {"bucket": name(scene), **BLOCKED},
        changed={"blockPublicAcls": False},
        replaced={"bucket": "other"},
        drift=_open_block,
        drifted=frozenset({"blockPublicPolicy"}),
    ),
    Life(
        kind=BUCKET_POLICY,
        inputs=_policy,
        changed=lambda scene: {"policy": policy(_own(scene), Sid="TlsOnly")},
        replaced={"bucket": "other"},
        drift=_open_policy,
        drifted=frozenset({"policy"}),
    ),
    Life(
        kind=LIFECYCLE,
        inputs=lambda scene: {"bucket": name(scene), "rules": [rule(), TAGGED]},
        changed={"rules": [rule(expiration={"days": 730}, filter={"tag": {"key": "kind", "value": "log"}})]},
        replaced={"bucket": "other", "expectedBucketOwner": "210987654321"},
        drift=_forget,
        drifted=frozenset({"rules"}),
    ),
)
