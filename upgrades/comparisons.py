"""How a property can get weaker: comparisons of the value before with the one after."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from upgrades.edits import unknown

FULL_RECOVERY_DAYS: Final = 35
"""DynamoDB API Reference, PointInTimeRecoverySpecification: the default of RecoveryPeriodInDays."""


class CannotTellError(Exception):
    """A value is needed that only the deployment will know, or that is of no type we can compare."""


def switched_off(before: Any, after: Any) -> bool:
    """Say whether a truth value went from true to false."""
    return truth(before) and not truth(after)


def switched_on(before: Any, after: Any) -> bool:
    """Say whether a truth value went from false to true."""
    return not truth(before) and truth(after)


def fewer(before: Any, after: Any) -> bool:
    """Say whether a number went down."""
    return number(after) < number(before)


def dropped(before: Any, after: Any) -> bool:
    """Say whether a text that was there is no longer."""
    return bool(before) and not text_of(after)


def less_recovery(before: Any, after: Any) -> bool:
    """Say whether a table's `pointInTimeRecovery` reaches less far back."""
    days = _recovery_days(before)
    return days > 0 and _recovery_days(after) < days


def weaker_key(before: Any, after: Any) -> bool:
    """Say whether a table's `serverSideEncryption` falls back from one's own key to AWS's."""
    strength = _key_strength(before)
    return strength > 0 and _key_strength(after) < strength


def down(order: Sequence[str]) -> Callable[[Any, Any], bool]:
    """Give a comparison that finds a value before the old one in *order*."""
    return lambda before, after: _position(order, after) < _position(order, before)


def truth(value: Any) -> bool:
    """Read a truth value; raises CannotTellError for what is none or not known."""
    if not isinstance(value, bool):
        raise CannotTellError
    return value


def number(value: Any) -> float:
    """Read a number; raises CannotTellError for what is none or not known."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CannotTellError
    return value


def text_of(value: Any) -> str:
    """Read a text, nothing as an empty one; raises CannotTellError for what is no text or not known."""
    if value is None:
        return ""
    if not isinstance(value, str) or unknown(value):
        raise CannotTellError
    return value


def _position(order: Sequence[str], value: Any) -> int:
    if value not in order:
        raise CannotTellError
    return order.index(value)


def block(value: Any) -> Mapping[str, Any]:
    """Read a block, nothing as an empty one; raises CannotTellError for what is none or not known."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise CannotTellError
    return cast("Mapping[str, Any]", value)


def entries(value: Any) -> list[Any]:
    """Read a list, nothing as an empty one; raises CannotTellError for what is none or not known."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise CannotTellError
    return cast("list[Any]", value)


def _recovery_days(value: Any) -> float:
    found = block(value)
    if not truth(found.get("enabled", False)):
        return 0
    days = found.get("recoveryPeriodInDays")
    return FULL_RECOVERY_DAYS if days is None else number(days)


def _key_strength(value: Any) -> int:
    """Give 0 for a key that AWS owns, 1 for one that it manages in the account, 2 for a key of one's own."""
    found = block(value)
    if not truth(found.get("enabled", False)):
        return 0
    return 2 if text_of(found.get("kmsKeyArn")) else 1
