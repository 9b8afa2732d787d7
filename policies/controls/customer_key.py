"""When a property names a key of ours."""

from typing import Final

from policies.values import Record, Unknown, opened

_OURS: Final = frozenset(
    {
        "aws:kms/alias:Alias",
        "aws:kms/externalKey:ExternalKey",
        "aws:kms/key:Key",
        "aws:kms/replicaExternalKey:ReplicaExternalKey",
        "aws:kms/replicaKey:ReplicaKey",
    }
)


def is_customer_key(properties: Record, name: str) -> bool:
    """
    Say whether a property names a customer's key: set, and no alias that AWS manages.

    What comes from a key of the same stack is one although its ARN is not known yet.
    """
    origin = opened(properties.raw(name))
    if isinstance(origin, Unknown) and any(reference.type in _OURS for reference in origin.references):
        return True
    key = properties.text(name)
    return bool(key) and "alias/aws/" not in key
