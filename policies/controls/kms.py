"""Controls of KMS keys, and of who may decrypt with them."""

import json
import re
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.exposure import is_public
from policies.controls.relations import any_naming, is_any
from policies.controls.statement import UNTOLD, Statement, statements, told
from policies.stack import Stack
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
KEY: Final = "aws:kms/key:Key"
KEY_POLICY: Final = "aws:kms/keyPolicy:KeyPolicy"
IDENTITY_POLICIES: Final = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/userPolicy:UserPolicy",
)
LONGEST_WINDOW: Final = 30
"""Days; KMS's default too."""
SHORTEST_DESCRIPTION: Final = 6
"""Characters that say something."""
_EVERY_KEY: Final = re.compile(r"\*+|arn:[^:]*:(?:kms|\*)(?::\*+|:[^:]*:\*+|:[^:]*:[^:]*:(?:\*+|key/\*+))")
_ANY_KEYS_ARN: Final = re.compile(r"arn:[^:]*:(?:kms|[^:]*[*?][^:]*):.*", re.DOTALL)


def can_rotate(key: Resource) -> bool:
    """Leave out what KMS does not rotate: asymmetric and HMAC keys, and those of a custom key store."""
    return (
        key.get("customerMasterKeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
        and key.get("keyUsage", "ENCRYPT_DECRYPT") == "ENCRYPT_DECRYPT"
        and not key.get("customKeyStoreId")
    )


def allowed(principal: Any, **more: Any) -> str:
    """Write a policy that allows a principal everything."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


_ROOT: Final = {"AWS": "arn:aws:iam::111111111111:root"}
_CALLERS: Final = {
    "StringEquals": {"kms:CallerAccount": "111111111111", "kms:ViaService": "rds.eu-west-1.amazonaws.com"}
}
_ANY_CALLER: Final = {"StringLike": {"kms:CallerAccount": "*"}}
_VIA: Final = {"StringEquals": {"kms:ViaService": "rds.eu-west-1.amazonaws.com"}}


@control(
    KEY,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    when=can_rotate,
    good=[{"enableKeyRotation": True}],
    bad=[{}, {"enableKeyRotation": False}, {"enableKeyRotation": "true"}],
    skipped=[{"customerMasterKeySpec": "RSA_2048"}, {"keyUsage": "GENERATE_VERIFY_MAC"}, {"customKeyStoreId": "cks-1"}],
)
def kms_rotation(key: Resource) -> bool:
    """KMS keys must rotate: set enable_key_rotation=True."""
    return key.get("enableKeyRotation") is True


@control(
    KEY,
    KEY_POLICY,
    group=Group.ACCESS,
    severity=Severity.CRITICAL,
    good=[
        {},
        {"policy": None},
        {"policy": allowed(_ROOT)},
        {"policy": allowed({"AWS": "*"}, Condition=_CALLERS)},
        {"policy": allowed({"AWS": "*"}, Effect="Deny")},
        {"policy": allowed({"Service": "logs.eu-west-1.amazonaws.com"})},
        {"policy": {"Statement": {"Effect": "Allow", "Principal": _ROOT, "Action": "kms:*", "Resource": "*"}}},
        [{"type": KEY_POLICY, "name": "p", "inputs": {"keyId": "k", "policy": allowed(_ROOT)}}],
    ],
    bad=[
        {"policy": allowed("*")},
        {"policy": allowed({"AWS": ["arn:aws:iam::111111111111:root", "*"]})},
        {"policy": allowed({"AWS": "arn:aws:iam::*:root"})},
        # Whoever comes by RDS, of any account; and whoever is in one, of any.
        {"policy": allowed({"AWS": "*"}, Condition=_VIA)},
        {"policy": allowed({"AWS": "*"}, Condition=_ANY_CALLER)},
        {"policy": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}}},
        {"policy": "{"},
        {"policy": 7},
        [{"type": KEY_POLICY, "name": "p", "inputs": {"keyId": "k", "policy": allowed("*")}}],
    ],
)
def kms_no_wildcard_principal(key: Resource) -> bool:
    """Key policies must not let everybody in: name principals, or restrict the account by a Condition."""
    return not is_public(statements(key, "policy"))


@control(
    KEY,
    group=Group.ACCESS,
    severity=Severity.LOW,
    scope=Scope.STACK,
    good=[
        {"policy": allowed(_ROOT)},
        [
            {"type": KEY, "name": "k", "inputs": {}},
            {"type": KEY_POLICY, "name": "p", "inputs": {"keyId": f"ref:{KEY}::k::keyId", "policy": allowed(_ROOT)}},
        ],
    ],
    bad=[
        {},
        {"policy": None},
        {"policy": ""},
        [
            {"type": KEY, "name": "k", "inputs": {}},
            {"type": KEY_POLICY, "name": "p", "inputs": {"keyId": f"ref:{KEY}::other::keyId"}},
        ],
    ],
)
def kms_policy_defined(key: Resource, stack: Stack) -> bool:
    """KMS keys must say who may use them: set policy, or make a KeyPolicy for the key."""
    return key.is_set("policy") or any_naming(stack, KEY_POLICY, "keyId", key)


@control(
    KEY,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    good=[{}, {"isEnabled": None}, {"isEnabled": True}],
    bad=[{"isEnabled": False}, {"isEnabled": "false"}],
)
def kms_enabled(key: Resource) -> bool:
    """KMS keys must be enabled, or what they encrypt cannot be read: leave out is_enabled."""
    return key.get("isEnabled", True) is True


@control(
    KEY,
    group=Group.TAGGING,
    severity=Severity.LOW,
    good=[{"description": "Encrypts the postgres of clubapp"}, {"description": "Orders"}],
    bad=[{}, {"description": None}, {"description": ""}, {"description": "order"}, {"description": "key   "}],
)
def kms_description(key: Resource) -> bool:
    """KMS keys must say what they are for: set description to six characters or more."""
    return len(key.text("description").strip()) >= SHORTEST_DESCRIPTION


@control(
    KEY,
    group=Group.ACCESS,
    severity=Severity.CRITICAL,
    good=[{}, {"bypassPolicyLockoutSafetyCheck": None}, {"bypassPolicyLockoutSafetyCheck": False}],
    bad=[{"bypassPolicyLockoutSafetyCheck": True}, {"bypassPolicyLockoutSafetyCheck": "true"}],
)
def kms_no_lockout_bypass(key: Resource) -> bool:
    """KMS must refuse a key policy that locks everybody out: leave out bypass_policy_lockout_safety_check."""
    return key.get("bypassPolicyLockoutSafetyCheck", False) is False


@control(
    KEY,
    group=Group.BACKUPS,
    severity=Severity.CRITICAL,
    settings={"days": {"type": "integer", "minimum": 7, "maximum": LONGEST_WINDOW, "default": LONGEST_WINDOW}},
    good=[{}, {"deletionWindowInDays": None}, {"deletionWindowInDays": 30}],
    bad=[{"deletionWindowInDays": 29}, {"deletionWindowInDays": 7}, {"deletionWindowInDays": "30"}],
)
def kms_deletion_window(key: Resource, *, days: int) -> bool:
    """KMS keys must be recoverable for {days} days after they are deleted: set deletion_window_in_days={days}."""
    window = key.number("deletionWindowInDays") if "deletionWindowInDays" in key else LONGEST_WINDOW
    return window is not None and window >= days


@control(
    KEY,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{}, {"multiRegion": None}, {"multiRegion": False}],
    bad=[{"multiRegion": True}, {"multiRegion": "true"}],
)
def kms_single_region(key: Resource) -> bool:
    """KMS keys must stay in one region unless another one takes over in a disaster: leave out multi_region."""
    return key.get("multiRegion", False) is False


def decrypting(resource: Any, action: Any = "kms:Decrypt", **more: Any) -> str:
    """Write a policy that allows decryption with some keys."""
    return json.dumps({"Statement": [{"Effect": "Allow", "Action": action, "Resource": resource, **more}]})


_ONE_KEY: Final = "arn:aws:kms:eu-west-1:111111111111:key/1234"


# As in AWS's KMS.1 and KMS.2 a Condition does not help. They also count what names every key by an ARN.
@control(
    *IDENTITY_POLICIES,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[
        {},
        {"policy": decrypting(_ONE_KEY)},
        {"policy": decrypting(f"ref:{KEY}::k::arn")},
        {"policy": decrypting("*", "kms:Encrypt")},
        {"policy": decrypting("*", ["s3:GetObject", "kms:DescribeKey"])},
        {"policy": decrypting("*", Effect="Deny")},
        {"policy": decrypting("arn:aws:s3:::*", "*")},
        {"policy": json.dumps({"Statement": [{"Effect": "Allow", "NotAction": "kms:*", "Resource": "*"}]})},
    ],
    bad=[
        {"policy": decrypting("*")},
        {"policy": decrypting([_ONE_KEY, "*"])},
        {"policy": decrypting("*", "kms:*")},
        {"policy": decrypting("*", "*")},
        {"policy": decrypting("*", ["kms:ReEncryptFrom"])},
        {"policy": decrypting("*", "KMS:ReEncrypt*")},
        {"policy": decrypting("arn:aws:kms:*:111111111111:key/*")},
        {"policy": decrypting("*", Condition=_VIA)},
        {"policy": json.dumps({"Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}})},
        {"policy": json.dumps({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "NotResource": _ONE_KEY}})},
        {"policy": "no document"},
    ],
)
def iam_no_decrypt_all_keys(policy: Resource) -> bool:
    """IAM policies must not allow decryption with every key: name the keys in Resource."""
    return not is_any(statements(policy, "policy"), _decrypts_with_every_key)


def _decrypts_with_every_key(statement: Statement) -> bool:
    if not statement.allows or not is_any(("kms:Decrypt", "kms:ReEncryptFrom"), statement.acts):
        return False
    return statement.not_resources is not None or is_any(statement.resources, _is_every_key)


def _is_every_key(resource: str) -> bool:
    known, untold, _ = resource.partition(UNTOLD)
    if untold and known.count(":") > len(("arn", "partition", "service")) - 1 and not _ANY_KEYS_ARN.fullmatch(known):
        return False  # an ARN of another service, whatever follows
    return bool(_EVERY_KEY.fullmatch(told(resource)))
