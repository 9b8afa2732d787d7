"""
A snapshot of an RDS instance that is copied with another key.

RDS restores an instance, to a time or of a snapshot, under the key of what it is made of: neither call takes another
(Amazon RDS API Reference, RestoreDBInstanceFromDBSnapshot and RestoreDBInstanceToPointInTime). CopyDBSnapshot does.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from restores.window import LATEST, OutsideError, Point, Source
from upgrades.run import LONGEST_WAIT
from upgrades.stopping import LaterError, StopError, UnbegunError

_POLL_SECONDS: Final = 5.0
_ON_ITS_WAY: Final = ("creating", "copying", "pending")


@dataclass(frozen=True, kw_only=True, slots=True)
class Copied:
    """A snapshot that is copied."""

    name: str
    """Of the copy."""
    source: Source
    """The instance."""
    of: str
    """The snapshot that is copied; `latest`: one that is taken now, called as the copy and `-taken`."""
    key: str
    """ARN of the copy's key."""


def needed(origin: Point, *, source: Source, has: str | None, wanted: str) -> bool:
    """
    Say whether an instance can be made of something only by way of a copy: what it is made of has another key.

    *has* is the ARN of the instance's key, *wanted* of that of the next one. Raises OutsideError where there is no way.
    """
    key = origin.snapshot.key if origin.snapshot else has
    if key is None or key == wanted:
        return False
    if origin.time:
        raise OutsideError(
            f"must be latest or a snapshot with another key, as RDS restores to a time under the key of the instance "
            f"only, got {origin}: {source.id} has {key}. Write --to latest, which takes a snapshot now and copies it "
            f"with {wanted}; or restore to the time first, without --key, and then its latest with it"
        )
    return True


def name_of(prefix: str, component: str, now: datetime) -> str:
    """Name a copy by what is made of it and by the time, so that none of an earlier restore is taken for it."""
    return f"{prefix}-{component}-{now.astimezone(UTC):%Y%m%dt%H%M%Sz}"


def copy(rds: Any, one: Copied, say: Callable[[str], None], *, stay: bool) -> None:
    """
    Copy a snapshot, or go on where that was begun, and wait until the copy is there.

    Raises StopError where a snapshot of that name is another one or fails, UnbegunError where RDS refuses to begin,
    such as for a key that it may not use, LaterError where it takes too long.
    """
    end = None if stay else time.monotonic() + LONGEST_WAIT.total_seconds()
    there = _described(rds, one.name)
    if there is None:
        origin = one.of if one.of != LATEST else _taken(rds, one, say, end)
        say(f"copying {origin} with {one.key} into {one.name}")
        arguments = {"SourceDBSnapshotIdentifier": origin, "TargetDBSnapshotIdentifier": one.name}
        _begin(rds.copy_db_snapshot, f"{origin} could not be copied", **arguments, KmsKeyId=one.key, CopyTags=True)
    elif (there["DBInstanceIdentifier"], there.get("KmsKeyId")) != (one.source.id, one.key):
        raise StopError(
            f"there is a snapshot {one.name} that is no copy of {one.source.id} with {one.key}: rename or delete it, "
            "then go on with --resume"
        )
    _wait(rds, one.name, say, end)


def _taken(rds: Any, one: Copied, say: Callable[[str], None], end: float | None) -> str:
    """Take a snapshot now, or find the one that was begun."""
    name = f"{one.name}-taken"
    if _described(rds, name) is None:
        say(f"taking the snapshot {name} of {one.source.id}")
        arguments = {"DBSnapshotIdentifier": name, "DBInstanceIdentifier": one.source.id}
        _begin(rds.create_db_snapshot, f"no snapshot of {one.source.id} could be taken", **arguments)
    _wait(rds, name, say, end)
    return name


def _begin(call: Callable[..., object], refused: str, **arguments: object) -> None:
    try:
        call(**arguments)
    except ClientError as error:
        raise UnbegunError(f"{refused}: {error}") from error


def _described(rds: Any, name: str) -> Mapping[str, Any] | None:
    try:
        return rds.describe_db_snapshots(DBSnapshotIdentifier=name)["DBSnapshots"][0]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "DBSnapshotNotFound":
            return None
        raise


def _wait(rds: Any, name: str, say: Callable[[str], None], end: float | None) -> None:
    told = None
    while (there := _described(rds, name)) is not None and there["Status"] in _ON_ITS_WAY:
        if (percent := there.get("PercentProgress")) != told:
            say(f"{name}: {there['Status']}, {percent}% done")
            told = percent
        if end is not None and time.monotonic() > end:
            raise LaterError(f"{name} is still {there['Status']} after {LONGEST_WAIT}: go on later with --resume")
        time.sleep(_POLL_SECONDS)
    if there is None or there["Status"] != "available":
        raise StopError(f"the snapshot {name} is {there['Status'] if there else 'gone'}: delete it, then --resume")
