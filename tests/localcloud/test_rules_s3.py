"""What S3 refuses, and what a bucket keeps until it may go."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.s3 import BUCKET
from localcloud.resources.s3_access import BUCKET_POLICY, PUBLIC_ACCESS_BLOCK
from localcloud.resources.s3_lifecycle import LIFECYCLE
from localcloud.resources.s3_settings import ENCRYPTION, OBJECT_LOCK, OWNERSHIP, VERSIONING
from localcloud.wire import Props
from tests.localcloud.lives.s3 import BLOCKED, KEY, bucket, encryption, name, policy, rule, versioned
from tests.localcloud.scene import Scene

NAMES = {
    "capital": "Archive",
    "two letters": "ab",
    "64 letters": "a" * 64,
    "underscore": "my_archive",
    "hyphen at the end": "archive-",
    "two dots": "my..archive",
    "address": "192.168.0.1",
    "reserved beginning": "xn--archive",
    "reserved end": "archive-s3alias",
}
LIFECYCLES = {
    "soon infrequent": (
        rule(transitions=[{"days": 29, "storageClass": "STANDARD_IA"}]),
        "greater than or equal to 30 for storageClass 'STANDARD_IA', got 29",
    ),
    "expires first": (rule(expiration={"days": 90}), "must be greater than 'Days' in the Transition action, got 90"),
    "class": (rule(transitions=[{"days": 30, "storageClass": "TAPE"}]), "storageClass must be one of STANDARD_IA"),
    "warms up": (
        rule(
            transitions=[{"days": 60, "storageClass": "GLACIER"}, {"days": 90, "storageClass": "STANDARD_IA"}],
        ),
        "transitions to colder classes must come later",
    ),
    "status": (rule(status="On"), "status must be Enabled or Disabled, got 'On'"),
    "nothing to do": ({"id": "age", "status": "Enabled"}, "at least one action needs to be specified"),
    "two ends": (rule(expiration={"days": 400, "date": "2030-01-01T00:00:00Z"}), "exactly one of days, date"),
    "two filters": (rule(filter={"prefix": "", "tag": {"key": "a", "value": "b"}}), "a filter has one of prefix, tag"),
    "when": (rule(transitions=[{"storageClass": "GLACIER"}]), "the transition to GLACIER needs either days or date"),
    "old for no day": (rule(noncurrentVersionExpiration={"noncurrentDays": 0}), "noncurrentDays must be 1 or more"),
    "old and infrequent": (
        rule(noncurrentVersionTransitions=[{"noncurrentDays": 7, "storageClass": "ONEZONE_IA"}]),
        "noncurrentDays must be 30 or more for storageClass ONEZONE_IA, got 7",
    ),
    "by size": (rule(filter={"objectSizeGreaterThan": 1}), "does not imitate objectSizeGreaterThan"),
}


def _said(failures: list[str], text: str) -> list[str]:
    return [failure for failure in failures if text in failure]


@pytest.mark.parametrize("named", NAMES.values(), ids=NAMES)
def test_a_bucket_has_a_name_that_s3_takes(scene: Scene, named: str):
    _, failures = scene.check(BUCKET.type, "archive", {"bucket": named})

    assert _said(failures, "InvalidBucketName")


def test_a_bucket_without_a_name_gets_one_that_s3_takes(scene: Scene):
    inputs, failures = scene.check(BUCKET.type, "Archive", {})

    assert (inputs["bucket"].startswith("archive-"), failures) == (True, [])


def test_a_name_is_taken_once(scene: Scene):
    made = bucket(scene)

    with pytest.raises(grpc.RpcError, match=r"BucketAlreadyOwnedByYou|BucketAlreadyExists"):
        bucket(scene, bucket=made.id)


def test_a_bucket_with_objects_cannot_be_deleted(scene: Scene):
    made = bucket(scene)
    scene.aws("s3").put_object(Bucket=made.id, Key="a", Body=b"1")

    with pytest.raises(grpc.RpcError, match="BucketNotEmpty"):
        scene.delete(made)


def test_a_bucket_with_old_versions_cannot_be_deleted(scene: Scene):
    made = bucket(scene)
    scene.make(VERSIONING.type, "a", {"bucket": made.id, "versioningConfiguration": {"status": "Enabled"}})
    scene.aws("s3").put_object(Bucket=made.id, Key="a", Body=b"1")
    scene.aws("s3").delete_object(Bucket=made.id, Key="a")

    with pytest.raises(grpc.RpcError, match="BucketNotEmpty"):
        scene.delete(made)


def test_force_destroy_deletes_every_version_first(scene: Scene):
    made = bucket(scene, forceDestroy=True)
    scene.make(VERSIONING.type, "a", {"bucket": made.id, "versioningConfiguration": {"status": "Enabled"}})
    for body in (b"1", b"2"):
        scene.aws("s3").put_object(Bucket=made.id, Key="a", Body=body)
    scene.aws("s3").delete_object(Bucket=made.id, Key="a")
    scene.delete(made)

    assert scene.read(made) is None


def test_a_bucket_may_live_in_another_region(scene: Scene):
    made = bucket(scene, region="eu-west-1")

    where = scene.aws("s3").get_bucket_location(Bucket=made.id)["LocationConstraint"]

    assert (where, scene.read(made)) == ("eu-west-1", made)


# Policies and public access


def test_a_policy_is_about_its_own_bucket(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"MalformedPolicy.*Policy has invalid resource"):
        scene.make(BUCKET_POLICY.type, "a", {"bucket": name(scene), "policy": policy("another")})


def test_a_public_policy_is_refused_where_public_access_is_blocked(scene: Scene):
    made = name(scene)
    scene.make(PUBLIC_ACCESS_BLOCK.type, "a", {"bucket": made, **BLOCKED})

    with pytest.raises(grpc.RpcError, match=r"AccessDenied.*BlockPublicPolicy"):
        scene.make(BUCKET_POLICY.type, "a", {"bucket": made, "policy": policy(made, "Allow", Condition=None)})


def test_a_policy_for_tls_only_leaves_objects_within_reach(scene: Scene):
    made = name(scene)
    scene.make(BUCKET_POLICY.type, "a", {"bucket": made, "policy": policy(made)})
    scene.aws("s3").put_object(Bucket=made, Key="a", Body=b"1")

    assert scene.aws("s3").get_object(Bucket=made, Key="a")["Body"].read() == b"1"


def test_a_policy_without_a_condition_is_enforced(scene: Scene):
    made = name(scene)
    scene.make(BUCKET_POLICY.type, "a", {"bucket": made, "policy": policy(made, Condition=None)})

    with pytest.raises(ClientError, match="403"):
        scene.aws("s3").put_object(Bucket=made, Key="a", Body=b"1")


# Settings


def test_versioning_has_a_status_that_s3_knows(scene: Scene):
    inputs = {"bucket": "b", "versioningConfiguration": {"status": "On"}}

    _, failures = scene.check(VERSIONING.type, "a", inputs)

    assert _said(failures, "must be Enabled, Suspended or Disabled, got 'On'")


def test_versioning_cannot_be_undone(scene: Scene):
    made = scene.make(VERSIONING.type, "a", {"bucket": name(scene), "versioningConfiguration": {"status": "Enabled"}})

    with pytest.raises(grpc.RpcError, match="versioning cannot be disabled once it was enabled"):
        scene.update(made, {**made.inputs, "versioningConfiguration": {"status": "Disabled"}})


def test_a_lock_needs_versions(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"InvalidBucketState.*Versioning must be 'Enabled'"):
        scene.make(OBJECT_LOCK.type, "a", {"bucket": name(scene)})


def test_a_lock_keeps_versions_on(scene: Scene):
    made = versioned(scene)
    scene.make(OBJECT_LOCK.type, "a", {"bucket": made})

    with pytest.raises(ClientError, match=r"InvalidBucketState.*the versioning state cannot be changed"):
        scene.aws("s3").put_bucket_versioning(Bucket=made, VersioningConfiguration={"Status": "Suspended"})


@pytest.mark.parametrize(
    "retention", [{"mode": "FOREVER", "days": 1}, {"mode": "GOVERNANCE"}, {"mode": "COMPLIANCE", "days": 1, "years": 1}]
)
def test_a_lock_has_a_mode_and_one_period(scene: Scene, retention: Props):
    _, failures = scene.check(OBJECT_LOCK.type, "a", {"bucket": "b", "rule": {"defaultRetention": retention}})

    assert len(failures) == 1


def test_a_key_is_for_kms_only(scene: Scene):
    inputs = {"bucket": "b", "rules": encryption("AES256", kmsMasterKeyId=KEY)}

    _, failures = scene.check(ENCRYPTION.type, "a", inputs)

    assert _said(failures, "a KMSMasterKeyID is not applicable")


def test_an_unknown_algorithm_is_refused(scene: Scene):
    _, failures = scene.check(ENCRYPTION.type, "a", {"bucket": "b", "rules": encryption("rot13")})

    assert _said(failures, "sseAlgorithm must be AES256, aws:kms or aws:kms:dsse, got 'rot13'")


def test_an_unknown_ownership_is_refused(scene: Scene):
    _, failures = scene.check(OWNERSHIP.type, "a", {"bucket": "b", "rule": {"objectOwnership": "Everybody"}})

    assert _said(failures, "objectOwnership must be one of BucketOwnerEnforced")


@pytest.mark.parametrize(("one", "said"), LIFECYCLES.values(), ids=LIFECYCLES)
def test_a_lifecycle_that_s3_would_refuse_is_refused(scene: Scene, one: Props, said: str):
    _, failures = scene.check(LIFECYCLE.type, "a", {"bucket": "b", "rules": [one]})

    assert _said(failures, said)


def test_the_ids_of_rules_differ(scene: Scene):
    _, failures = scene.check(LIFECYCLE.type, "a", {"bucket": "b", "rules": [rule(), rule()]})

    assert _said(failures, "Rule ID must be unique")


def test_an_archive_from_the_first_day_is_kept_as_it_is(scene: Scene):
    rules = [rule(transitions=[{"days": 0, "storageClass": "DEEP_ARCHIVE"}])]

    made = scene.make(LIFECYCLE.type, "a", {"bucket": name(scene), "rules": rules})

    assert scene.read(made) == made
