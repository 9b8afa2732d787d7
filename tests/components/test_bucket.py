"""Buckets: private, encrypted, versioned, and never older than they must be."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from components.bucket import Bucket, BucketArgs
from sizes.bucket import BucketSize
from sizes.protection import Protection
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Applied, Program, Registered, own_prefix

BUCKET = "aws:s3/bucket:Bucket"
DEV, STAGING, PROD = (PROTECTION[each] for each in Environment)
SIZE = BucketSize(cold_after_days=30, expire_after_days=1_095)

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def bucket(protection: Protection = DEV) -> Program:
    args = BucketArgs(size=SIZE, protection=protection, prefix="workflows-dev", key_arn="arn:key")
    return lambda: Bucket("archive", args)


@pytest.fixture
def archive(apply: Apply) -> tuple[Applied, str]:
    """Make a bucket on moto, and give it with its name."""

    def program() -> Bucket:
        key = aws.kms.Key("key").arn
        return Bucket("archive", BucketArgs(size=SIZE, protection=PROD, prefix=own_prefix(), key_arn=key))

    applied = apply(program)
    return applied, applied.made["archive-bucket"].outputs["bucket"]


def test_plain_http_is_refused_for_the_bucket_and_all_that_is_in_it(archive: tuple[Applied, str]):
    applied, name = archive

    policy = json.loads(applied.scene.aws("s3").get_bucket_policy(Bucket=name)["Policy"])

    assert policy["Statement"] == [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ]


def test_the_public_is_kept_out_in_every_way(archive: tuple[Applied, str]):
    applied, name = archive
    s3 = applied.scene.aws("s3")

    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    owner = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]["Rules"]

    assert set(block.values()) == {True}
    assert len(block) == 4
    assert owner == [{"ObjectOwnership": "BucketOwnerEnforced"}]


def test_objects_are_encrypted_with_the_stacks_key(archive: tuple[Applied, str]):
    applied, name = archive

    (rule,) = applied.scene.aws("s3").get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]

    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": applied.made["key"].outputs["arn"],
    }
    assert rule["BucketKeyEnabled"] is True


def test_what_was_overwritten_can_be_brought_back(archive: tuple[Applied, str]):
    applied, name = archive
    s3 = applied.scene.aws("s3")
    for text in (b"first", b"second"):
        s3.put_object(Bucket=name, Key="january", Body=text)

    versions = s3.list_object_versions(Bucket=name)["Versions"]

    assert len(versions) == 2
    oldest = versions[-1]["VersionId"]
    assert s3.get_object(Bucket=name, Key="january", VersionId=oldest)["Body"].read() == b"first"


def test_objects_get_cold_and_go_when_the_row_says_so(archive: tuple[Applied, str]):
    applied, name = archive

    (rule,) = applied.scene.aws("s3").get_bucket_lifecycle_configuration(Bucket=name)["Rules"]

    assert rule["Status"] == "Enabled"
    assert rule["Transitions"] == [{"Days": 30, "StorageClass": "GLACIER_IR"}]
    assert rule["Expiration"]["Days"] == 1_095
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


@pytest.mark.parametrize(("protection", "expected"), [(DEV, True), (STAGING, False), (PROD, False)])
def test_only_a_bucket_of_dev_goes_with_what_is_in_it(deploy: Deploy, protection: Protection, expected: bool):
    made: dict[str, Any] = deploy(bucket(protection)).named(BUCKET)["archive-bucket"]

    assert made["forceDestroy"] is expected
