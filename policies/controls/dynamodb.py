"""Controls of a DynamoDB table or replica by itself; those that look around it are in dynamodb_stack."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.values import Items, Record, Resource
from stacks.leaving import Lifted

CONTROLS: Final = Controls()
control = CONTROLS.add
TABLE: Final = "aws:dynamodb/table:Table"
REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
MOST_RECOVERY_DAYS: Final = 35
"""DynamoDB's longest window, and what it takes when none is written."""


def declares_ttl(table: Resource) -> bool:
    """Leave out tables that declare no TTL: no attribute is named, nothing is switched on."""
    # `{"enabled": False}` alone is how a table says that its items never expire: leaving the block out changes nothing.
    ttl = table.record("ttl")
    return ttl.is_set("attributeName") or ttl.get("enabled") is True


def recovers(table: Resource) -> bool:
    """Leave out tables without point-in-time recovery: dynamodb-pitr judges that."""
    return table.record("pointInTimeRecovery").get("enabled") is True


def has_replicas(resource: Resource) -> bool:
    """Leave out tables that list no replicas."""
    replicas = resource.get("replicas")
    return resource.type == REPLICA or bool(replicas if isinstance(replicas, Items) else replicas is not None)


@control(
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    good=[{"pointInTimeRecovery": {"enabled": True}}],
    bad=[
        {},
        {"pointInTimeRecovery": None},
        {"pointInTimeRecovery": {"recoveryPeriodInDays": 35}},
        {"pointInTimeRecovery": {"enabled": False}},
        {"pointInTimeRecovery": {"enabled": "yes"}},
        {"pointInTimeRecovery": True},
    ],
)
def dynamodb_pitr(table: Resource) -> bool:
    """DynamoDB tables must have point-in-time recovery: set point_in_time_recovery.enabled=True."""
    return recovers(table)


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
    encryption = table.record("serverSideEncryption")
    return encryption.get("enabled") is True and is_customer_key(encryption, "kmsKeyArn")


@control(
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    lifted=Lifted.PROTECTION,
    good=[{"deletionProtectionEnabled": True}],
    bad=[{}, {"deletionProtectionEnabled": False}, {"deletionProtectionEnabled": None}],
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
    ttl = table.record("ttl")
    return ttl.get("enabled") is True and ttl.is_set("attributeName")


@control(
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    when=recovers,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": MOST_RECOVERY_DAYS, "default": 7}},
    good=[
        {"pointInTimeRecovery": {"enabled": True}},
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 7}},
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35}},
    ],
    bad=[
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 6}},
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 0}},
        {"pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": "35"}},
    ],
    skipped=[{}, {"pointInTimeRecovery": {"enabled": False, "recoveryPeriodInDays": 1}}],
)
def dynamodb_pitr_window(table: Resource, *, days: int) -> bool:
    """DynamoDB tables must be recoverable for {days} days: set point_in_time_recovery.recovery_period_in_days so."""
    recovery = table.record("pointInTimeRecovery")
    # AWS: a window that is not written is the longest one.
    window = recovery.number("recoveryPeriodInDays") if "recoveryPeriodInDays" in recovery else MOST_RECOVERY_DAYS
    return window is not None and window >= days


@control(
    TABLE,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{"serverSideEncryption": {"enabled": True}}],
    bad=[{}, {"serverSideEncryption": {}}, {"serverSideEncryption": {"enabled": False}}, {"serverSideEncryption": []}],
)
def dynamodb_sse_enabled(table: Resource) -> bool:
    """DynamoDB tables must be encrypted by KMS: set server_side_encryption.enabled=True."""
    return table.record("serverSideEncryption").get("enabled") is True


@control(
    TABLE,
    group=Group.COST,
    severity=Severity.LOW,
    good=[{"billingMode": "PAY_PER_REQUEST"}, {"billingMode": "PROVISIONED"}],
    bad=[{}, {"billingMode": None}, {"billingMode": "ON_DEMAND"}, {"billingMode": 1}],
)
def dynamodb_billing_mode_explicit(table: Resource) -> bool:
    """DynamoDB tables must say how they are paid for: set billing_mode to PAY_PER_REQUEST or PROVISIONED."""
    return table.text("billingMode") in {"PAY_PER_REQUEST", "PROVISIONED"}


@control(
    REPLICA,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[
        {"kmsKeyArn": "ref:aws:kms/replicaKey:ReplicaKey::tables::arn"},
        {"kmsKeyArn": "arn:aws:kms:eu-west-1:1:key/k"},
    ],
    bad=[{}, {"kmsKeyArn": ""}, {"kmsKeyArn": "arn:aws:kms:eu-west-1:1:alias/aws/dynamodb"}],
)
def dynamodb_replica_cmk(replica: Resource) -> bool:
    """Replicas of DynamoDB tables must be encrypted with a customer key: set kms_key_arn to a key of their region."""
    return is_customer_key(replica, "kmsKeyArn")


_COPIES = {"regionName": "eu-west-1", "pointInTimeRecovery": True}


@control(
    REPLICA,
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    when=has_replicas,
    good=[
        {"pointInTimeRecovery": True},
        [{"type": TABLE, "name": "orders", "inputs": {"replicas": [_COPIES]}}],
    ],
    bad=[
        {},
        {"pointInTimeRecovery": False},
        {"pointInTimeRecovery": {"enabled": True}},
        [{"type": TABLE, "name": "orders", "inputs": {"replicas": [_COPIES, {"regionName": "eu-west-2"}]}}],
        [{"type": TABLE, "name": "orders", "inputs": {"replicas": ["eu-west-1"]}}],
    ],
    skipped=[
        [{"type": TABLE, "name": "orders", "inputs": {}}],
        [{"type": TABLE, "name": "orders", "inputs": {"replicas": []}}],
    ],
)
def dynamodb_replica_pitr(resource: Resource) -> bool:
    """Replicas of DynamoDB tables must have point-in-time recovery: set point_in_time_recovery=True on each."""
    if resource.type == REPLICA:
        return resource.get("pointInTimeRecovery") is True
    replicas = resource.get("replicas")
    return isinstance(replicas, Items) and all(
        isinstance(one, Record) and one.get("pointInTimeRecovery") is True for one in replicas
    )
