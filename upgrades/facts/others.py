"""Keys, secrets, vaults, buckets, passwords."""

from typing import Final

from upgrades.facts.fact import Fact, online, replace, two_step

_KEY: Final = "terraform-provider-aws, internal/service/kms/key.go"
_REPLICA: Final = "terraform-provider-aws, internal/service/kms/replica_key.go"
_SECRET: Final = "terraform-provider-aws, internal/service/secretsmanager/secret.go"  # noqa: S105  a file, no secret
_VAULT: Final = "terraform-provider-aws, internal/service/backup/vault.go"
_BUCKET: Final = "terraform-provider-aws, internal/service/s3/bucket.go"
_RANDOM: Final = "terraform-provider-random, internal/provider/resource_password.go"

# One row a line.
# fmt: off
KEY: Final[tuple[Fact, ...]] = (
    *replace("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId", "region", source=_KEY),
    *online("description", "policy", "tags.*", "bypassPolicyLockoutSafetyCheck", "deletionWindowInDays", source=_KEY),
    *online("enableKeyRotation", "rotationPeriodInDays", "isEnabled", source=_KEY),
)

REPLICA_KEY: Final[tuple[Fact, ...]] = (
    *replace("primaryKeyArn", "region", source=_REPLICA),
    *online("description", "policy", "tags.*", "bypassPolicyLockoutSafetyCheck", "deletionWindowInDays", "enabled", source=_REPLICA),
)

SECRET: Final[tuple[Fact, ...]] = (
    *replace("name", "namePrefix", "type", "region", source=_SECRET),
    *online("description", "policy", "tags.*", "kmsKeyId", "recoveryWindowInDays", source=_SECRET),
    *online("replicas.*", "forceOverwriteReplicaSecret", source=_SECRET),
)

VAULT: Final[tuple[Fact, ...]] = (
    *replace("name", "kmsKeyArn", "region", source=_VAULT),
    *online("forceDestroy", "tags.*", source=_VAULT),
)

BUCKET: Final[tuple[Fact, ...]] = (
    *replace("bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled", "region", source=_BUCKET),
    *online("accelerationStatus", "acl", "corsRules.*", "grants.*", "logging.*", "policy", "requestPayer", "website.*", source=_BUCKET),
    *online("objectLockConfiguration.*", "replicationConfiguration.*", "serverSideEncryptionConfiguration.*", source=_BUCKET),
    *online("versioning.enabled", "versioning.mfaDelete", source=_BUCKET),
    *two_step("lifecycleRules.*", source="Amazon S3 User Guide, Expiring objects", note="objects that are older than a new rule are deleted within days", instead="look at what the rule meets first, and write it as aws.s3.BucketLifecycleConfiguration"),
    *online("forceDestroy", "tags.*", source=_BUCKET),
)

PASSWORD: Final[tuple[Fact, ...]] = (
    *replace("keepers.*", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "number", "numeric", source=_RANDOM),
    *replace("overrideSpecial", "special", "upper", source=_RANDOM),
)
# fmt: on
