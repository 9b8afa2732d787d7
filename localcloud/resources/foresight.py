"""
What AWS refuses and the official provider lets through when it plans.

The local cloud says it in a preview already, before any call; what only the deployment knows is left to AWS.
"""

from collections.abc import Iterator

from localcloud.resource import Rule
from localcloud.wire import Props


def windows_apart(backup: str, maintenance: str) -> Rule:
    """Give the rule that the windows in two inputs, `hh:mm-hh:mm` and `ddd:hh:mm-ddd:hh:mm`, share no minute."""

    def rule(inputs: Props) -> Iterator[str]:
        both = inputs.get(backup), inputs.get(maintenance)
        if both[0] and both[1] and overlap(both[0], both[1]):
            yield f"{backup} and {maintenance} must not overlap, got {both[0]} and {both[1]}"

    return rule


def overlap(backup: str, maintenance: str) -> bool:
    """Say whether two windows may share a minute, on whatever day. A malformed one is left to AWS's own check."""

    def minutes(window: str) -> set[int]:
        first, last = (60 * int(one[-5:-3]) + int(one[-2:]) for one in window.split("-"))
        return {minute % 1440 for minute in range(first, last + (1440 if last < first else 0))}

    try:
        return bool(minutes(backup) & minutes(maintenance))
    except ValueError:
        return False


def final_snapshot_named(inputs: Props) -> Iterator[str]:
    """Refuse a database that could never be deleted; a read replica leaves no snapshot."""
    if inputs.get("skipFinalSnapshot") or inputs.get("replicateSourceDb"):
        return
    if not inputs.get("finalSnapshotIdentifier"):
        yield "finalSnapshotIdentifier is required when skipFinalSnapshot is false: the deletion would fail without it"


def secrets_encrypted(inputs: Props) -> Iterator[str]:
    """Refuse a replication group that would let its token or its users' passwords pass in plain text."""
    if inputs.get("transitEncryptionEnabled") or "globalReplicationGroupId" in inputs:
        return
    if given := [key for key in ("authToken", "authTokenWo", "userGroupIds") if inputs.get(key)]:
        yield f"{given[0]} needs transitEncryptionEnabled: AWS takes it with encryption in transit only"


def on_demand_indexes(inputs: Props) -> Iterator[str]:
    """Refuse capacity of an index whose table is paid for by the request."""
    if inputs.get("billingMode") != "PAY_PER_REQUEST":
        return
    for index in inputs.get("globalSecondaryIndexes") or ():
        if given := [key for key in ("readCapacity", "writeCapacity") if index.get(key)]:
            yield f"{given[0]} of index {index['name']} cannot be set when billingMode is PAY_PER_REQUEST"


def bounds_in_order(inputs: Props) -> Iterator[str]:
    """Refuse bounds of scaling that leave nothing between them."""
    least, most = inputs.get("minCapacity"), inputs.get("maxCapacity")
    if least is not None and most is not None and least > most:
        yield f"minCapacity must be at most maxCapacity, got {least} and {most}"


def units_in_order(inputs: Props) -> Iterator[str]:
    """Refuse bounds of Serverless v2 that leave nothing between them."""
    yield from bounds_in_order(inputs.get("serverlessv2ScalingConfiguration") or {})
