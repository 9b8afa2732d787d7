"""Mends moto's S3 where it is laxer or stricter than AWS about buckets."""

import json
from typing import Any, Final

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import InvalidBucketState, S3ClientError
from moto.s3.models import FakeBucket, S3Backend

from localcloud.documents import members, parse, statements

_POLICY_BYTES: Final = 20_480
"""Amazon S3 User Guide, "Bucket policies"."""
_versioning_of_moto = S3Backend.put_bucket_versioning


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (FakeBucket, "get_permission", _permission),
        (S3Backend, "put_bucket_policy", _put_policy),
        (S3Backend, "put_bucket_versioning", _put_versioning),
        (S3Backend, "put_object_lock_configuration", _put_lock),
    ):
        setattr(owner, name, mended)


def _permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Judge by statements without conditions only: moto takes a Deny for insecure requests for one of all requests."""
    document = parse(bucket.policy.decode()) if bucket.policy else None
    plain = [one for one in statements(document or {}) if not one.get("Condition")]
    if not plain:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({**(document or {}), "Statement": plain})).is_action_permitted(action, resource)


class _MalformedPolicyError(S3ClientError):
    code = 400

    def __init__(self, message: str) -> None:
        super().__init__("MalformedPolicy", message)


class _AccessDeniedError(S3ClientError):
    code = 403

    def __init__(self, message: str) -> None:
        super().__init__("AccessDenied", message)


def _put_policy(backend: S3Backend, bucket_name: str, policy: bytes) -> None:
    """Refuse a policy that is none, is about another bucket, or that the bucket's public access block forbids."""
    bucket: Any = backend.get_bucket(bucket_name)
    document = parse(policy.decode())
    if document is None or not statements(document):
        raise _MalformedPolicyError("Policies must be valid JSON and the first byte must be '{'")
    if len(policy) > _POLICY_BYTES:
        raise _MalformedPolicyError(f"a bucket policy must have at most {_POLICY_BYTES} bytes, got {len(policy)}")
    ours = f"arn:{bucket.partition}:s3:::{bucket_name}"
    for statement in statements(document):
        for resource in members(statement.get("Resource", [])):
            if resource != ours and not resource.startswith((f"{ours}/", f"{ours}*")):
                raise _MalformedPolicyError(f"Policy has invalid resource: {resource} is not of {ours}")
    block = bucket.public_access_block
    if block and _is_true(block.block_public_policy) and any(map(_public, statements(document))):
        raise _AccessDeniedError(
            f"User: arn:aws:iam::{bucket.account_id}:user/local is not authorized to perform: s3:PutBucketPolicy "
            "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access"
        )
    bucket.policy = policy


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _public(statement: dict[str, Any]) -> bool:
    """Say whether a statement lets everybody in; a condition counts as a bound, as most of AWS's do."""
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and "*" in members(principal.get("AWS", [])))
    return statement.get("Effect") == "Allow" and everybody and not statement.get("Condition")


def _put_versioning(backend: S3Backend, bucket_name: str, status: str) -> None:
    if status != "Enabled" and backend.get_bucket(bucket_name).object_lock_enabled:
        raise InvalidBucketState(
            "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        )
    _versioning_of_moto(backend, bucket_name, status)


def _put_lock(backend: S3Backend, bucket_name: str, lock_enabled: bool, *default: Any) -> None:
    """Lock a bucket that has objects too, as AWS does since 2023."""
    bucket = backend.get_bucket(bucket_name)
    if not bucket.is_versioned:
        raise InvalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
    bucket.object_lock_enabled = bucket.object_lock_enabled or lock_enabled
    mode, days, years = (*default, None, None, None)[:3]
    bucket.default_lock_mode, bucket.default_lock_days, bucket.default_lock_years = mode, days, years
