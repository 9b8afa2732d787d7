"""Controls of ElastiCache replication groups."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
REPLICATION_GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[{"atRestEncryptionEnabled": True}],
    bad=[{}, {"atRestEncryptionEnabled": False}],
)
def elasticache_at_rest_encryption(cache: Resource) -> bool:
    """Replication groups must encrypt what they store: set at_rest_encryption_enabled=True."""
    return cache.get("atRestEncryptionEnabled") is True


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::redis::arn"}, {"kmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"}],
    bad=[{}, {"kmsKeyId": "alias/aws/elasticache"}],
)
def elasticache_cmk(cache: Resource) -> bool:
    """Replication groups must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(cache, "kmsKeyId")


@control(
    REPLICATION_GROUP,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[{"transitEncryptionEnabled": True}],
    bad=[{}, {"transitEncryptionEnabled": False}],
)
def elasticache_transit_encryption(cache: Resource) -> bool:
    """Replication groups must encrypt connections: set transit_encryption_enabled=True."""
    return cache.get("transitEncryptionEnabled") is True
