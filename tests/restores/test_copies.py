"""Snapshots of an instance that are copied with another key: when that is needed, and how it is taken up again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localcloud.resources.rds_instance import INSTANCE
from restores import copies
from restores.copies import Copied, copy, name_of, needed
from restores.window import LATEST, Kind, OutsideError, Point, Snapshot, Source
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.scene import Scene
from upgrades.stopping import LaterError, StopError, UnbegunError

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)
MAIN = Source(store="main", kind=Kind.INSTANCE, id="clubapp-dev-main", arn="", family="clubapp-dev-main")


def snapshot(key: str) -> Point:
    return Point(snapshot=Snapshot(name="mine", id="mine", source=MAIN.id, taken=NOW, status="available", key=key))


@pytest.mark.parametrize(
    ("origin", "wanted", "copied"),
    [
        (Point(), "old", False),
        (Point(), "new", True),
        (Point(time=NOW), "old", False),
        (snapshot("old"), "old", False),
        (snapshot("old"), "new", True),
        # One from before the store had this key: restored as it is, it would have its own.
        (snapshot("former"), "old", True),
        (snapshot("new"), "new", False),
    ],
)
def test_a_copy_is_made_where_what_is_restored_has_another_key(origin: Point, wanted: str, copied: bool):
    assert needed(origin, source=MAIN, has="old", wanted=wanted) is copied


def test_a_time_with_another_key_is_refused_with_what_to_write():
    with pytest.raises(OutsideError, match=r"must be latest or a snapshot with another key.*Write --to latest"):
        needed(Point(time=NOW), source=MAIN, has="old", wanted="new")


def test_the_copy_of_another_restore_has_another_name():
    first, second = (name_of("clubapp-dev", "main-2", NOW + timedelta(seconds=number)) for number in (0, 1))

    assert (first, second) == ("clubapp-dev-main-2-20261126t020000z", "clubapp-dev-main-2-20261126t020001z")


# On moto


def keys(scene: Scene) -> tuple[str, str]:
    one, other = (scene.aws("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    return one, other


def instance(scene: Scene, key: str) -> Source:
    made = scene.make(INSTANCE.type, "main", {**MINIMAL, "storageEncrypted": True, "kmsKeyId": key})
    name = made.outputs["identifier"]
    return Source(store="main", kind=Kind.INSTANCE, id=name, arn="", family=name)


def asked(source: Source, key: str, of: str = LATEST) -> Copied:
    return Copied(name=f"{source.id}-copy", source=source, of=of, key=key)


def restored_key(scene: Scene, snapshot: str) -> str:
    """Restore an instance of a snapshot as the program does, and give its key."""
    inputs = {"snapshotIdentifier": snapshot, "skipFinalSnapshot": True, "instanceClass": "db.m7g.large"}
    made = scene.make(INSTANCE.type, f"of-{snapshot}", {**inputs, "storageEncrypted": True})
    (found,) = scene.aws("rds").describe_db_instances(DBInstanceIdentifier=made.outputs["identifier"])["DBInstances"]
    return found["KmsKeyId"]


def test_the_latest_is_taken_now_and_what_is_made_of_the_copy_has_its_key(scene: Scene):
    old, new = keys(scene)
    source = instance(scene, old)
    said: list[str] = []

    copy(scene.aws("rds"), asked(source, new), said.append, stay=False)

    assert said[0] == f"taking the snapshot {source.id}-copy-taken of {source.id}"
    assert restored_key(scene, f"{source.id}-copy-taken") == old
    assert restored_key(scene, f"{source.id}-copy") == new


def test_a_snapshot_that_is_named_is_copied_and_none_is_taken(scene: Scene):
    old, new = keys(scene)
    source, rds = instance(scene, old), scene.aws("rds")
    rds.create_db_snapshot(DBSnapshotIdentifier=f"{source.id}-mine", DBInstanceIdentifier=source.id)
    said: list[str] = []

    copy(rds, asked(source, new, of=f"{source.id}-mine"), said.append, stay=False)

    assert said == [f"copying {source.id}-mine with {new} into {source.id}-copy"]
    assert restored_key(scene, f"{source.id}-copy") == new


def test_what_was_begun_is_found_again_by_its_name(scene: Scene):
    old, new = keys(scene)
    source, rds = instance(scene, old), scene.aws("rds")
    rds.create_db_snapshot(DBSnapshotIdentifier=f"{source.id}-copy-taken", DBInstanceIdentifier=source.id)
    said: list[str] = []

    copy(rds, asked(source, new), said.append, stay=False)
    copy(rds, asked(source, new), said.append, stay=False)

    assert said == [f"copying {source.id}-copy-taken with {new} into {source.id}-copy"]


def test_a_snapshot_of_that_name_with_another_key_is_not_taken_for_the_copy(scene: Scene):
    old, new = keys(scene)
    source, rds = instance(scene, old), scene.aws("rds")
    rds.create_db_snapshot(DBSnapshotIdentifier=f"{source.id}-copy", DBInstanceIdentifier=source.id)

    with pytest.raises(StopError, match=f"that is no copy of {source.id} with {new}: rename or delete it"):
        copy(rds, asked(source, new), [].append, stay=False)


def test_a_key_that_rds_may_not_use_leaves_nothing_begun(scene: Scene):
    old, _ = keys(scene)
    source = instance(scene, old)

    with pytest.raises(UnbegunError, match=r"could not be copied: .*KMSKeyNotAccessible"):
        copy(scene.aws("rds"), asked(source, f"{old[:-4]}0000"), [].append, stay=False)


# As time goes by


class Slow:
    """RDS, where a copy is there and takes its time."""

    def __init__(self, *statuses: tuple[str, int]) -> None:
        self.statuses = list(statuses)

    def describe_db_snapshots(self, **_: str) -> dict[str, list[dict[str, Any]]]:
        status, percent = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        told = {"Status": status, "PercentProgress": percent, "DBInstanceIdentifier": MAIN.id, "KmsKeyId": "new"}
        return {"DBSnapshots": [told]}


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds that were waited for; none passes."""
    waited: list[float] = [0]
    monkeypatch.setattr(copies.time, "sleep", waited.append)
    monkeypatch.setattr(copies.time, "monotonic", lambda: sum(waited))
    return waited


@pytest.mark.usefixtures("seconds")
def test_progress_is_told_once_for_each_figure():
    said: list[str] = []

    copy(
        Slow(("copying", 0), ("copying", 0), ("copying", 0), ("copying", 40), ("available", 100)),
        ONE,
        said.append,
        stay=False,
    )

    assert said == [f"{ONE.name}: copying, 0% done", f"{ONE.name}: copying, 40% done"]


@pytest.mark.usefixtures("seconds")
def test_a_copy_that_takes_too_long_goes_on_later():
    with pytest.raises(LaterError, match=r"copied is still copying after .*: go on later with --resume"):
        copy(Slow(("copying", 7)), ONE, [].append, stay=False)


@pytest.mark.usefixtures("seconds")
@pytest.mark.parametrize("status", ["failed", "incompatible-restore"])
def test_a_copy_that_fails_is_told(status: str):
    with pytest.raises(StopError, match=f"the snapshot copied is {status}: delete it, then --resume"):
        copy(Slow(("copying", 7), (status, 7)), ONE, [].append, stay=False)


ONE = Copied(name="copied", source=MAIN, of=LATEST, key="new")
