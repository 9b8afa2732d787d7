"""S3: a bucket that old data goes to, private, encrypted and versioned."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions

from sizes.bucket import BucketSize
from sizes.protection import Protection

OLD_VERSION_DAYS: Final = 90
"""How long what was overwritten or deleted can be brought back."""
UNFINISHED_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketArgs:
    """What the caller decides. Everything else is this component's opinion."""

    size: BucketSize
    protection: Protection
    prefix: str
    """What physical names begin with, such as `workflows-dev`."""
    key_arn: Input[str]


class Bucket(pulumi.ComponentResource):
    """A bucket that nobody outside the account reaches, and only over TLS."""

    bucket_name: Output[str]
    arn: Output[str]

    def __init__(self, name: str, args: BucketArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Bucket", name, {}, opts)
        child = ResourceOptions(parent=self)
        suffix = random.RandomId(f"{name}-suffix", byte_length=4, opts=child)
        bucket = aws.s3.Bucket(
            f"{name}-bucket",
            bucket=Output.format("{0}-{1}-{2}", args.prefix, name, suffix.hex),
            force_destroy=not args.protection.deletion,
            opts=ResourceOptions(parent=self, protect=args.protection.protect),
        )
        _guard(name, bucket, args, child)
        _keep(name, bucket, args.size, child)
        self.bucket_name, self.arn = bucket.bucket, bucket.arn
        self.register_outputs({"bucket_name": self.bucket_name, "arn": self.arn})


def _guard(name: str, bucket: aws.s3.Bucket, args: BucketArgs, child: ResourceOptions) -> None:
    """Encrypt what comes, and keep the public out, twice."""
    aws.s3.BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.bucket,
        rules=[
            {
                "apply_server_side_encryption_by_default": {
                    "sse_algorithm": "aws:kms",
                    "kms_master_key_id": args.key_arn,
                },
                # One request to KMS for many objects.
                "bucket_key_enabled": True,
            }
        ],
        opts=child,
    )
    aws.s3.BucketOwnershipControls(
        f"{name}-ownership", bucket=bucket.bucket, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child
    )
    private = aws.s3.BucketPublicAccessBlock(
        f"{name}-private",
        bucket=bucket.bucket,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=child,
    )
    aws.s3.BucketPolicy(
        f"{name}-policy",
        bucket=bucket.bucket,
        policy=Output.json_dumps(_tls_only(bucket)),
        # AWS refuses two changes of a bucket's access at a time.
        opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[private])),
    )


def _tls_only(bucket: aws.s3.Bucket) -> dict[str, Any]:
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*"}
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    everything = [bucket.arn, Output.format("{0}/*", bucket.arn)]
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "TlsOnly", **deny, "Resource": everything, "Condition": insecure}],
    }


def _keep(name: str, bucket: aws.s3.Bucket, size: BucketSize, child: ResourceOptions) -> None:
    """Keep versions, make old objects cheap, and let the oldest go."""
    versioned = aws.s3.BucketVersioning(
        f"{name}-versioning", bucket=bucket.bucket, versioning_configuration={"status": "Enabled"}, opts=child
    )
    aws.s3.BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        bucket=bucket.bucket,
        rules=[
            {
                "id": "age",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "transitions": [{"days": size.cold_after_days, "storage_class": "GLACIER_IR"}],
                "expiration": {"days": size.expire_after_days},
                "noncurrent_version_expiration": {"noncurrent_days": OLD_VERSION_DAYS},
                "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_DAYS},
            }
        ],
        opts=ResourceOptions.merge(child, ResourceOptions(depends_on=[versioned])),
    )
