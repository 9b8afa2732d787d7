"""Whom a policy document lets in: everybody, another account, or only those that a condition leaves."""

import re
from collections.abc import Iterable
from typing import Final

from policies.controls.relations import is_any
from policies.controls.statement import EVERYBODY, OWN_ACCOUNT, UNTOLD, Condition, Principal, Statement, told
from policies.values import CannotTellError

# IAM User Guide, "AWS global condition context keys"; and those of S3's and KMS's meaning of "public".
_IDS: Final = frozenset(
    {
        "aws:principalaccount",
        "aws:principalorgid",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "kms:calleraccount",
    }
)
_PATHS: Final = frozenset({"aws:principalorgpaths", "aws:sourceorgpaths", "aws:userid", "aws:vpceorgpaths"})
_ARNS: Final = frozenset({"aws:principalarn", "aws:sourcearn", "aws:sourcevpcarn"})
_ADDRESSES: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
_KEYS: Final = _IDS | _PATHS | _ARNS | _ADDRESSES
PRINCIPAL_KEYS: Final = frozenset(
    {"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:userid"}
)
"""Condition keys that say who asks."""

# Not …IfExists and not ForAllValues: those hold, too, for a request without the key.
_LIMITING: Final = re.compile(
    r"(ForAnyValue:)?(String(Equals|EqualsIgnoreCase|Like)|Arn(Equals|Like)|IpAddress)", re.IGNORECASE
)
_EXCEPTING: Final = re.compile(
    r"(ForAnyValue:|ForAllValues:)?(StringNot(Equals|EqualsIgnoreCase|Like)|ArnNot(Equals|Like))(IfExists)?",
    re.IGNORECASE,
)
_ANY: Final = re.compile(r"[*?]")
_ARN: Final = re.compile(r"arn:[^:]*:(?P<service>[^:]*):[^:]*:(?P<account>[^:]*):(?P<resource>.*)", re.DOTALL)
_ACCOUNT: Final = re.compile(r"\d{12}|" + re.escape(OWN_ACCOUNT))


def is_public(statements: Iterable[Statement]) -> bool:
    """
    Say whether a statement allows something to everybody, without a condition that says where they come from.

    Whoever is allowed by not being excepted is everybody: AWS lets anonymous callers in by NotPrincipal.
    """
    return is_any(statements, _is_public)


def is_foreign(statements: Iterable[Statement], account: str) -> bool:
    """
    Say whether a statement allows something to another account, without a condition that says where they come from.

    *account* is the own one, empty when it is not known; then two accounts tell that one of them is another.
    """
    open_ = [one for one in statements if one.allows and not _is_limited(one)]
    if is_any(open_, lambda one: one.not_principals is not None):
        return True
    named = {name for one in open_ for principal in one.principals if (name := account_of(principal))}
    others = named - {UNTOLD, OWN_ACCOUNT, account}
    if EVERYBODY in others or len(others) > 1 or (others and account):
        return True
    if others or UNTOLD in named:
        raise CannotTellError("the account of the stack")
    return False


def excepts_some(statement: Statement) -> bool:
    """Say whether a Deny is about everybody but those that a condition on who asks, or NotPrincipal, leaves out."""
    if statement.allows:
        return False
    if statement.not_principals:
        return True
    return statement.is_about_everybody() and is_any(statement.conditions, _excepts)


def account_of(principal: Principal) -> str:
    """Give the account of a principal, EVERYBODY for one of any, UNTOLD for an unknown one, "" for a service."""
    if principal.kind in {"Service", "Federated"}:
        return EVERYBODY if principal.name == EVERYBODY else ""
    arn = _ARN.fullmatch(principal.name)
    account = arn["account"] if arn else principal.name
    if UNTOLD in account:
        return UNTOLD
    # What is no account is not ours: a canonical user, or the id of a principal that was deleted.
    return account if _ACCOUNT.fullmatch(account) else EVERYBODY


def _is_public(statement: Statement) -> bool:
    if not statement.allows or _is_limited(statement):
        return False
    return statement.not_principals is not None or is_any(statement.principals, _is_anybody)


def _is_anybody(principal: Principal) -> bool:
    arn = _ARN.fullmatch(principal.name)
    return bool(_ANY.search(told(arn["account"] if arn else principal.name)))


def _is_limited(statement: Statement) -> bool:
    return is_any(statement.conditions, _limits)


def _limits(condition: Condition) -> bool:
    """Say whether a condition restricts the account, organisation, network or source of a request."""
    if condition.key not in _KEYS or not _LIMITING.fullmatch(condition.operator):
        return False
    return bool(condition.values) and not is_any(condition.values, lambda value: _is_wide(condition.key, value))


def _excepts(condition: Condition) -> bool:
    if condition.key not in PRINCIPAL_KEYS or not _EXCEPTING.fullmatch(condition.operator):
        return False
    return bool(condition.values) and not is_any(condition.values, lambda value: _is_wide(condition.key, value))


def _is_wide(key: str, value: str) -> bool:
    """Say whether a value lets in whoever asks: `*`, another's `vpc-*`, an ARN of any account, every address."""
    told(value)
    if key in _IDS:
        return bool(_ANY.search(value))
    if key in _ADDRESSES:
        return value.endswith("/0")
    if key in _ARNS and (arn := _ARN.fullmatch(value)):
        # The name of a bucket is the only one that is taken once in the whole of AWS.
        named = arn["service"] == "s3" and not _ANY.match(arn["resource"])
        return not named and (bool(_ANY.search(arn["account"])) or not arn["account"])
    return bool(_ANY.match(value)) or value == "o-*"
