"""What a store can be restored to, and what is said of all else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from restores.reading import family
from restores.window import Kind, OutsideError, Point, Snapshot, Source, Window, in_words, newest_first, point

EARLIEST = datetime(2026, 11, 20, 2, tzinfo=UTC)
LATEST = datetime(2026, 11, 26, 2, 25, tzinfo=UTC)
SOURCE = Source(
    store="main",
    kind=Kind.INSTANCE,
    id="clubapp-dev-main-0a1b2c3d",
    arn="",
    family=family("clubapp-dev", "main"),
)


def snapshot(name: str, *, of: str = SOURCE.id, status: str = "available", day: int | None = 25) -> Snapshot:
    taken = datetime(2026, 11, day, 3, tzinfo=UTC) if day else None
    return Snapshot(name=name, id=f"arn:{name}", source=of, taken=taken, status=status)


WINDOW = Window(
    source=SOURCE,
    earliest=EARLIEST,
    latest=LATEST,
    snapshots=newest_first([snapshot("old", day=21), snapshot("new"), snapshot("begun", status="creating", day=None)]),
    others=[snapshot("theirs", of="devora-dev-main-9f8e7d6c")],
)
SNAPSHOTS_ONLY = replace(WINDOW, source=replace(SOURCE, kind=Kind.GROUP), earliest=None, latest=None)


@pytest.mark.parametrize("time", [EARLIEST, EARLIEST + timedelta(seconds=1), LATEST])
def test_every_second_of_the_span_can_be_restored(time: datetime):
    assert point(WINDOW, time.isoformat()) == Point(time=time)


def test_a_time_may_be_of_any_zone():
    assert point(WINDOW, "2026-11-26T03:25:00+01:00") == Point(time=LATEST)


@pytest.mark.parametrize("time", ["2026-11-20T01:59:59Z", "2026-11-26T02:25:01Z", "2001-01-01T00:00:00Z"])
def test_a_time_outside_the_span_is_refused_with_the_span(time: str):
    words = (
        f"must be from 2026-11-20T02:00:00Z to 2026-11-26T02:25:00Z, which {SOURCE.id} can be restored to, got {time}"
    )
    with pytest.raises(OutsideError, match=f"^{words}$"):
        point(WINDOW, time)


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("2026-11-26T02:00:00", "must say the zone of the time, as in 2026-11-26T02:00:00Z"),
        ("2026-11-26", "must say the zone of the time"),
        ("2026-11-26T02:00:00.5Z", "must be a whole second"),
        ("2026-13-26T02:00:00Z", "must be a time such as"),
        (
            "theirs",
            r"must be a snapshot of main \(clubapp-dev-main-0a1b2c3d\), got 'theirs', which is of devora-dev-main",
        ),
        ("begun", "must be a snapshot that is complete, got 'begun', which is creating"),
        ("news", "got 'news': did you mean 'new'?"),
        ("quite another", r"got 'quite another': any second from 2026-11-20T02:00:00Z .* or snapshot new \("),
        ("", "must be a time, latest or a snapshot"),
    ],
)
def test_what_cannot_be_restored_is_refused_with_a_way_out(to: str, words: str):
    with pytest.raises(OutsideError, match=words):
        point(WINDOW, to)


@pytest.mark.parametrize("to", ["new", "arn:new"])
def test_a_snapshot_goes_by_its_name_and_by_its_arn(to: str):
    assert point(WINDOW, to).snapshot == snapshot("new")


def test_a_name_that_two_snapshots_have_is_refused():
    twins = replace(WINDOW, snapshots=[snapshot("nightly"), replace(snapshot("nightly"), id="arn:second")])

    with pytest.raises(OutsideError, match="2 are called 'nightly': name one of arn:nightly, arn:second"):
        point(twins, "nightly")


def test_the_latest_of_what_has_snapshots_only_is_the_newest_that_is_complete():
    assert point(SNAPSHOTS_ONLY, "latest").snapshot == snapshot("new")


def test_the_latest_of_what_is_recorded_all_the_time_is_no_snapshot():
    assert point(WINDOW, "latest") == Point()


@pytest.mark.parametrize("to", ["latest", "2026-11-26T02:00:00Z"])
def test_without_recovery_there_is_no_time_to_restore_to(to: str):
    with pytest.raises(OutsideError, match="has no point-in-time recovery"):
        point(replace(WINDOW, earliest=None, latest=None), to)


def test_a_cache_is_restored_to_no_time():
    with pytest.raises(OutsideError, match="a replication group cannot be restored to a time"):
        point(SNAPSHOTS_ONLY, "2026-11-26T02:00:00Z")


def test_a_cache_without_snapshots_has_nothing_to_restore():
    with pytest.raises(OutsideError, match="has no snapshot yet"):
        point(replace(SNAPSHOTS_ONLY, snapshots=[]), "latest")


@pytest.mark.parametrize(
    "id_", ["clubapp-dev-main-2-0a1b2c3d", "clubapp-dev-main-3-cluster-0a1b2c3d", "clubapp-dev-main"]
)
def test_snapshots_of_other_generations_are_of_the_store(id_: str):
    assert SOURCE.owns(id_)


@pytest.mark.parametrize("id_", ["clubapp-dev-main-api-0a1b2c3d", "clubapp-dev-maintenance", "xclubapp-dev-main", ""])
def test_others_are_not(id_: str):
    assert not SOURCE.owns(id_)


def test_what_has_no_backup_says_so():
    assert in_words(replace(SNAPSHOTS_ONLY, snapshots=[])) == "nothing, it has no backup"


@pytest.mark.parametrize(
    ("id_", "number"),
    [
        ("clubapp-dev-main", 1),
        ("clubapp-dev-main-2", 2),
        ("clubapp-dev-main-0a1b2c3d", 1),
        ("clubapp-dev-main-12-0a1b2c3d", 12),
        ("clubapp-dev-main-2-cluster", 2),
        # A random end that happens to have no letter.
        ("clubapp-dev-main-17990094", 1),
        ("clubapp-dev-main-2-17990094", 2),
    ],
)
def test_the_number_of_a_generation_is_none_of_its_random_end(id_: str, number: int):
    assert SOURCE.owns(id_)
    assert SOURCE.number(id_) == number
