"""Controls of Secrets Manager."""

import json
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.exposure import excepts_some, is_public
from policies.controls.relations import any_naming, is_any
from policies.controls.schedule import longest_days
from policies.controls.statement import Statement, statements
from policies.stack import Stack
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105  a resource type
SECRET_POLICY: Final = "aws:secretsmanager/secretPolicy:SecretPolicy"  # noqa: S105  a resource type
ROTATION: Final = "aws:secretsmanager/secretRotation:SecretRotation"
SHORTEST_DESCRIPTION: Final = 6
"""Characters that say something."""
READ: Final = "secretsmanager:GetSecretValue"


@control(
    SECRET,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    good=[{"kmsKeyId": "ref:aws:kms/key:Key::secrets::arn"}, {"kmsKeyId": "alias/clubapp"}],
    bad=[{}, {"kmsKeyId": "alias/aws/secretsmanager"}, {"kmsKeyId": 7}],
)
def secret_cmk(secret: Resource) -> bool:
    """Secrets must be encrypted with a customer key: set kms_key_id to a key of this stack."""
    return is_customer_key(secret, "kmsKeyId")


_SECRET: Final = {"type": SECRET, "name": "s", "inputs": {"name": "clubapp/main"}}
_OWN: Final = f"ref:{SECRET}::s::id"


@control(
    SECRET,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        [_SECRET, {"type": ROTATION, "name": "r", "inputs": {"secretId": _OWN}}],
        [_SECRET, {"type": ROTATION, "name": "r", "inputs": {"secretId": "clubapp/main"}}],
    ],
    bad=[
        {},
        [_SECRET, {"type": ROTATION, "name": "r", "inputs": {"secretId": f"ref:{SECRET}::other::id"}}],
        [_SECRET, {"type": ROTATION, "name": "r", "inputs": {"secretId": "clubapp/cache"}}],
        [_SECRET, {"type": ROTATION, "name": "r", "inputs": {}}],
    ],
)
def secret_rotation(secret: Resource, stack: Stack) -> bool:
    """Secrets must rotate by themselves: make a SecretRotation with the secret_id of the secret."""
    return any_naming(stack, ROTATION, "secretId", secret)


@control(
    ROTATION,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    settings={"days": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 90}},
    good=[
        {"rotationRules": {"automaticallyAfterDays": 90}},
        {"rotationRules": {"automaticallyAfterDays": 1, "duration": "3h"}},
        {"rotationRules": {"scheduleExpression": "rate(90 days)"}},
        {"rotationRules": {"scheduleExpression": "rate(4 hours)"}},
        {"rotationRules": {"scheduleExpression": "cron(0 8 1 * ? *)"}},
        {"rotationRules": {"scheduleExpression": "cron(0 0 ? 1/2 2#1 *)"}},
    ],
    bad=[
        {},
        {"rotationRules": None},
        {"rotationRules": {}},
        {"rotationRules": {"automaticallyAfterDays": 91}},
        {"rotationRules": {"automaticallyAfterDays": 0}},
        {"rotationRules": {"automaticallyAfterDays": "90"}},
        {"rotationRules": {"scheduleExpression": "rate(91 days)"}},
        # From July to October are 92 days.
        {"rotationRules": {"scheduleExpression": "cron(0 8 1 1,4,7,10 ? *)"}},
        {"rotationRules": {"scheduleExpression": "every day"}},
        {"rotationRules": [30]},
    ],
)
def secret_rotation_max_days(rotation: Resource, *, days: int) -> bool:
    """Secrets must rotate at least every {days} days: set rotation_rules.automatically_after_days={days} or fewer."""
    return _is_within(rotation.record("rotationRules"), days)


def _is_within(rules: Record, days: int) -> bool:
    """Say whether what is written of interval and schedule keeps the limit; one of them must be."""
    longest: list[float | None] = []
    if "automaticallyAfterDays" in rules:
        longest.append(rules.number("automaticallyAfterDays"))
    if "scheduleExpression" in rules:
        longest.append(longest_days(rules.text("scheduleExpression")))
    return bool(longest) and all(one is not None and 0 < one <= days for one in longest)


@control(
    SECRET,
    group=Group.TAGGING,
    severity=Severity.LOW,
    good=[{"description": "How to connect to main"}, {"description": "Orders"}],
    bad=[{}, {"description": None}, {"description": ""}, {"description": "order"}, {"description": 1234567}],
)
def secret_description(secret: Resource) -> bool:
    """Secrets must say what they are for: set description to six characters or more."""
    return len(secret.text("description").strip()) >= SHORTEST_DESCRIPTION


def policy(principal: Any, **more: Any) -> str:
    """Write a policy of one statement about reading a secret."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": READ, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _attached(document: Any, **more: Any) -> list[dict[str, Any]]:
    """Give a SecretPolicy alone."""
    return [{"type": SECRET_POLICY, "name": "p", "inputs": {"secretArn": _OWN, "policy": document, **more}}]


_ROLE: Final = {"AWS": "arn:aws:iam::111111111111:role/api"}
_ORGANISATION: Final = {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
_OUTSIDE: Final = {"StringNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/api"}}


@control(
    SECRET,
    SECRET_POLICY,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[
        {},
        {"policy": policy(_ROLE)},
        {"policy": policy("*", Condition=_ORGANISATION)},
        {"policy": policy("*", Effect="Deny")},
        _attached(policy(_ROLE), blockPublicPolicy=True),
    ],
    bad=[
        {"policy": policy("*")},
        {"policy": policy({"AWS": "*"})},
        {"policy": policy({"AWS": "arn:aws:iam::*:role/api"})},
        {"policy": policy("*", Condition={"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}})},
        {"policy": policy("*", Condition={"StringLike": {"aws:PrincipalOrgID": "*"}})},
        {"policy": policy("*", Condition={"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}})},
        {"policy": []},
        _attached(policy("*"), blockPublicPolicy=True),
        _attached(policy(_ROLE), blockPublicPolicy=False),
        _attached(policy(_ROLE)),
    ],
)
def secret_policy_not_public(secret: Resource) -> bool:
    """Secrets must not be open to everybody: name principals in policy, and set block_public_policy=True."""
    blocks = secret.type == SECRET or secret.get("blockPublicPolicy") is True
    return blocks and not is_public(statements(secret, "policy"))


@control(
    SECRET,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        {"policy": policy("*", Effect="Deny", Condition=_OUTSIDE)},
        {"policy": policy("*", Effect="Deny", Action="secretsmanager:*", Condition=_OUTSIDE)},
        {"policy": policy(None, Effect="Deny", NotPrincipal=_ROLE)},
        [_SECRET, *_attached(policy("*", Effect="Deny", Condition=_OUTSIDE))],
    ],
    bad=[
        {},
        {"policy": policy(_ROLE)},
        {"policy": policy("*", Effect="Deny")},
        {"policy": policy(_ROLE, Effect="Deny", Condition=_OUTSIDE)},
        {"policy": policy("*", Effect="Deny", Action="secretsmanager:DeleteSecret", Condition=_OUTSIDE)},
        {"policy": policy("*", Effect="Deny", Condition={"StringNotLike": {"aws:PrincipalArn": "*"}})},
        {"policy": policy("*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})},
        [_SECRET, *_attached(policy(_ROLE))],
    ],
)
def secret_policy_restrictive(secret: Resource, stack: Stack) -> bool:
    """Secrets must refuse whoever is not meant to read them: add a Deny with StringNotEquals aws:PrincipalArn."""
    return _refuses(secret) or any_naming(stack, SECRET_POLICY, "secretArn", secret, _refuses)


def _refuses(properties: Record) -> bool:
    return is_any(statements(properties, "policy"), _refuses_readers)


def _refuses_readers(statement: Statement) -> bool:
    return excepts_some(statement) and statement.acts(READ)


@control(
    SECRET,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    good=[{}, {"recoveryWindowInDays": None}, {"recoveryWindowInDays": 30}, {"recoveryWindowInDays": 7}],
    bad=[{"recoveryWindowInDays": 0}, {"recoveryWindowInDays": "30"}],
)
def secret_recovery_window(secret: Resource) -> bool:
    """Secrets must be recoverable after they are deleted: leave out recovery_window_in_days, or set 7 or more."""
    return "recoveryWindowInDays" not in secret or (secret.number("recoveryWindowInDays") or 0) > 0
