"""Keys, secrets, vaults, buckets, passwords."""

from functools import partial
from typing import Final

from upgrades.facts.fact import EffectKind, Fact, facts

_KEY: Final = "terraform-provider-aws, internal/service/kms/key.go"
_REPLICA: Final = "terraform-provider-aws, internal/service/kms/replica_key.go"
_SECRET: Final = "terraform-provider-aws, internal/service/secretsmanager/secret.go"  # noqa: S105  a file, no secret
_VAULT: Final = "terraform-provider-aws, internal/service/backup/vault.go"
_BUCKET: Final = "terraform-provider-aws, internal/service/s3/bucket.go"
_RANDOM: Final = "terraform-provider-random, internal/provider/resource_password.go"

_online = partial(facts, EffectKind.ONLINE)
_two_step = partial(facts, EffectKind.TWO_STEP)
_replace = partial(facts, EffectKind.REPLACE)

# One row a line.
# fmt: off
KEY: Final[tuple[Fact, ...]] = (
    *_replace("customKeyStoreId", "customerMasterKeySpec", "keyUsage", "multiRegion", "xksKeyId", "region", source=_KEY),
    *_online("description", "policy", "tags.*", "bypassPolicyLockoutSafetyCheck", "deletionWindowInDays", source=_KEY),
    *_online("enableKeyRotation", "rotationPeriodInDays", "isEnabled", source=_KEY),
)

REPLICA_KEY: Final[tuple[Fact, ...]] = (
    *_replace("primaryKeyArn", "region", source=_REPLICA),
    *_online("description", "policy", "tags.*", "bypassPolicyLockoutSafetyCheck", "deletionWindowInDays", "enabled", source=_REPLICA),
)

SECRET: Final[tuple[Fact, ...]] = (
    *_replace("name", "namePrefix", "type", "region", source=_SECRET),
    *_online("description", "policy", "tags.*", "kmsKeyId", "recoveryWindowInDays", source=_SECRET),
    *_online("replicas.*", "forceOverwriteReplicaSecret", source=_SECRET),
)

VAULT: Final[tuple[Fact, ...]] = (
    *_replace("name", "kmsKeyArn", "region", source=_VAULT),
    *_online("forceDestroy", "tags.*", source=_VAULT),
)

BUCKET: Final[tuple[Fact, ...]] = (
    *_replace("bucket", "bucketPrefix", "bucketNamespace", "objectLockEnabled", "region", source=_BUCKET),
    *_online("accelerationStatus", "acl", "corsRules.*", "grants.*", "logging.*", "policy", "requestPayer", "website.*", source=_BUCKET),
    *_online("objectLockConfiguration.*", "replicationConfiguration.*", "serverSideEncryptionConfiguration.*", source=_BUCKET),
    *_online("versioning.enabled", "versioning.mfaDelete", source=_BUCKET),
    *_two_step("lifecycleRules.*", source="Amazon S3 User Guide, Expiring objects", note="objects that are older than a new rule are deleted within days", instead="look at what the rule meets first, and write it as aws.s3.BucketLifecycleConfiguration"),
    *_online("forceDestroy", "tags.*", source=_BUCKET),
)

PASSWORD: Final[tuple[Fact, ...]] = (
    *_replace("keepers.*", "length", "lower", "minLower", "minNumeric", "minSpecial", "minUpper", "number", "numeric", source=_RANDOM),
    *_replace("overrideSpecial", "special", "upper", source=_RANDOM),
)
# fmt: on
