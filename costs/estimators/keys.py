"""KMS keys and secrets."""

from collections.abc import Iterator
from typing import Final

from costs import assumed
from costs.amount import ZERO, Amount
from costs.charge import SHARED, Item, Kind
from costs.estimators.postgres import home_of
from costs.stack import Resource, Stack, is_on

KEY: Final = "aws:kms/key:Key"
REPLICA_KEY: Final = "aws:kms/replicaKey:ReplicaKey"
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105  a type, no secret


def key(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a key and the requests to it; each of its first two rotated versions costs as much again."""
    home = home_of(one, stack, "kms")
    most = assumed.ROTATED if is_on(one, "enableKeyRotation") else ZERO
    range_ = Amount(low=ZERO, expected=ZERO, high=most)
    rotated = stack.usage.or_assumed(SHARED, "rotatedKeys", range_, "none in the first year, two later")
    yield home.charge(Kind.SECRETS, "keys", "key", rotated.amount + 1, rotated, merges=True)
    used = stack.usage.or_assumed(
        SHARED,
        "keyRequestsThousands",
        Amount.about(assumed.KEY_REQUESTS_THOUSANDS),
        "stores keep data keys for minutes",
    )
    yield home.charge(Kind.SECRETS, "requests to keys", "requests", _tens(used.amount), used, merges=True)


def secret(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a secret and the calls for it."""
    home = home_of(one, stack, "secretsmanager")
    yield home.charge(Kind.SECRETS, "secrets", "secret", Amount.of(1), merges=True)
    used = stack.usage.or_assumed(
        SHARED, "secretCallsThousands", Amount.about(assumed.SECRET_CALLS_THOUSANDS), "clients keep secrets for minutes"
    )
    yield home.charge(Kind.SECRETS, "calls for secrets", "api", _tens(used.amount), used, merges=True)


def _tens(thousands: Amount) -> Amount:
    """Count in tens of thousands, as prices are."""
    return thousands.each(lambda value: value / 10)


ESTIMATORS: Final = {KEY: key, REPLICA_KEY: key, SECRET: secret}
