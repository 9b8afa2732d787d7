"""Controls of KMS keys."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
KEY: Final = "aws:kms/key:Key"


def can_rotate(key: Resource) -> bool:
    """Leave out what KMS does not rotate: asymmetric and HMAC keys, and those of a custom key store."""
    return (
        key.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        and key.get("keyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
        and not key.get("customKeyStoreId")
    )


@control(
    KEY,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    when=can_rotate,
    good=[{"enableKeyRotation": True}],
    bad=[{}, {"enableKeyRotation": False}],
    skipped=[{"customerMasterKeySpec": "RSA_2048"}, {"keyUsage": "GENERATE_VERIFY_MAC"}, {"customKeyStoreId": "cks-1"}],
)
def kms_rotation(key: Resource) -> bool:
    """KMS keys must rotate: set enable_key_rotation=True."""
    return key.get("enableKeyRotation") is True
