"""Controls of DynamoDB tables."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
TABLE: Final = "aws:dynamodb/table:Table"
NOTHING: Final = Record({})


def declares_ttl(table: Resource) -> bool:
    """Leave out tables that declare no TTL: no attribute is named, nothing is switched on."""
    # `{"enabled": False}` alone is how a table says that its items never expire: leaving the block out changes nothing.
    ttl = table.get("ttl", NOTHING)
    return bool(ttl.get("attributeName")) or ttl.get("enabled") is True


@control(
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    good=[{"pointInTimeRecovery": {"enabled": True}}],
    bad=[{}, {"pointInTimeRecovery": {"enabled": False}}],
)
def dynamodb_pitr(table: Resource) -> bool:
    """DynamoDB tables must have point-in-time recovery: set point_in_time_recovery.enabled=True."""
    return table.get("pointInTimeRecovery", NOTHING).get("enabled") is True


@control(
    TABLE,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "ref:aws:kms/key:Key::tables::arn"}},
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k"}},
    ],
    bad=[
        {},
        {"serverSideEncryption": {"enabled": True}},
        {"serverSideEncryption": {"enabled": False, "kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k"}},
        {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:aws:kms:eu-west-1:1:alias/aws/dynamodb"}},
    ],
)
def dynamodb_cmk(table: Resource) -> bool:
    """DynamoDB tables must be encrypted with a customer key: set server_side_encryption.enabled and its kms_key_arn."""
    encryption = table.get("serverSideEncryption", NOTHING)
    return encryption.get("enabled") is True and is_customer_key(encryption, "kmsKeyArn")


@control(
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    good=[{"deletionProtectionEnabled": True}],
    bad=[{}, {"deletionProtectionEnabled": False}],
)
def dynamodb_deletion_protection(table: Resource) -> bool:
    """DynamoDB tables must be protected from deletion: set deletion_protection_enabled=True."""
    return table.get("deletionProtectionEnabled") is True


@control(
    TABLE,
    group=Group.COST,
    severity=Severity.MEDIUM,
    when=declares_ttl,
    good=[{"ttl": {"enabled": True, "attributeName": "expiresAt"}}],
    bad=[
        {"ttl": {"attributeName": "expiresAt"}},
        {"ttl": {"attributeName": "expiresAt", "enabled": False}},
        {"ttl": {"enabled": True}},
    ],
    skipped=[{}, {"ttl": {"enabled": False}}],
)
def dynamodb_ttl_when_declared(table: Resource) -> bool:
    """DynamoDB tables that declare a TTL must expire by it: set ttl.enabled=True and ttl.attribute_name."""
    ttl = table["ttl"]
    return ttl.get("enabled") is True and bool(ttl.get("attributeName"))
