"""S3 buckets by what they get, and how long they keep it; schedules."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from costs import assumed
from costs.amount import DAYS, Amount
from costs.charge import Gap, Item, Kind
from costs.estimators.postgres import Home, home_of
from costs.hours import SCHEDULE
from costs.stack import Resource, Stack, block, blocks

BUCKET: Final = "aws:s3/bucket:Bucket"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
SKUS: Final = {"GLACIER_IR": "glacier-ir"}
INVOCATIONS: Final = DAYS
"""Of a schedule a month: once a day at most."""


def bucket(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge what a bucket holds once it is full: what it gets a month, as long as its rules keep it."""
    home = home_of(one, stack, "s3")
    added = stack.usage.of(home.store, "addedGib")
    if added is None:
        yield Gap(store=home.store, resource=home.resource, needs="declared use: addedGib")
        return
    rules = [rule for found in stack.of(LIFECYCLE, home.store) for rule in blocks(found["inputs"], "rules")]
    kept = next((_days(block(rule, "expiration")) for rule in rules if block(rule, "expiration")), None)
    if kept is None:
        yield Gap(
            store=home.store,
            resource=home.resource,
            needs="a rule that says when objects expire: without one it grows for ever",
        )
        return
    moves = sorted(
        (_days(move), str(move.get("storageClass", ""))) for rule in rules for move in blocks(rule, "transitions")
    )
    yield from _classes(home, added.amount, [*moves, (kept, "")], added)
    objects = added.amount * (1 / assumed.OBJECT_GIB / 1_000)
    yield home.charge(Kind.REQUESTS, "objects written", "put", objects, added)
    for _, class_ in moves:
        yield home.charge(Kind.REQUESTS, f"objects moved to {class_}", f"transition-{_sku(class_)}", objects, added)


def _classes(home: Home, added: Amount, ends: list[tuple[Decimal, str]], *inputs: Any) -> Iterator[Item]:
    """Charge each storage class for the days that an object is in it."""
    begin, class_ = Decimal(0), "STANDARD"
    for end, next_ in ends:
        if end > begin:
            held = added * ((end - begin) / DAYS)
            yield home.charge(Kind.STORAGE, f"held in {class_}", _sku(class_), held, *inputs)
        begin, class_ = end, next_


def _sku(class_: str) -> str:
    return SKUS.get(class_, class_.lower().replace("_", "-"))


def _days(rule: Any) -> Decimal:
    return Decimal(str(rule.get("days") or 0))


def schedule(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge the invocations of a schedule."""
    home = home_of(one, stack, "scheduler")
    quantity = Amount.of(INVOCATIONS / 1_000_000)
    yield home.charge(Kind.REQUESTS, "schedules", "invocation", quantity, merges=True)


ESTIMATORS: Final = {BUCKET: bucket, SCHEDULE: schedule}
