"""A drill on moto: what comes back is like its source, what does not is told, and nothing is left whatever happens."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from drills.removal import leftovers
from drills.report import Outcome, not_covered
from drills.run import remove
from drills.scratch import Scratch
from restores.window import Kind, Source
from tests.drills.staged import (
    aurora,
    cache,
    database,
    drilled,
    put,
    said,
    scratch_of,
    snapped_cache,
    snapped_serverless,
    source,
    table,
    there,
    ticking,
)
from tests.localcloud.lives.dynamodb import key_in
from tests.localcloud.scene import Scene

Make = Callable[[Scene], Source]
MAKES = pytest.mark.parametrize(
    "make",
    [database, aurora, table, snapped_cache, snapped_serverless],
    ids=["instance", "cluster", "table", "group", "serverless"],
)


@MAKES
def test_a_store_comes_back_and_its_copy_is_gone(scene: Scene, make: Make):
    mine = make(scene)
    before = there(scene)

    report = drilled(scene, mine)

    assert {name: found for name, found in said(report).items() if found[0] is not Outcome.PASSED} == {}
    assert (report.outcome, report.leftovers) == (Outcome.PASSED, ())
    assert there(scene) == before


@MAKES
def test_a_copy_is_called_and_tagged_as_a_drills(scene: Scene, make: Make):
    mine = make(scene)
    found: list[tuple[set[str], list[Scratch]]] = []

    def look(line: str) -> None:
        if "looking" in line:
            found.append((scratch_of(scene), leftovers(scene.aws, scene.stack)))

    report = drilled(scene, mine, say=look)

    ((names, marked),) = found
    assert names == {report.stores[0].scratch}
    assert [(one.kind, one.id) for one in marked] == [(mine.kind, report.stores[0].scratch)]


@MAKES
@pytest.mark.parametrize("words", ["restoring", "back after", "looking"])
def test_an_interrupted_drill_leaves_nothing(scene: Scene, make: Make, words: str):
    mine = make(scene)
    before = there(scene)

    def stop(line: str) -> None:
        if words in line:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drilled(scene, mine, say=stop)
    assert there(scene) == before


@MAKES
def test_what_a_killed_drill_has_left_is_found_and_taken_away(scene: Scene, make: Make):
    """It is killed while it takes away: the copy is still there."""
    mine = make(scene)
    before = there(scene)

    class KilledError(BaseException):
        """Nothing is done after it."""

    def client(service: str) -> Any:
        return _Refusing(scene.aws(service), DELETIONS, KilledError())

    with pytest.raises(KilledError):
        drilled(scene, mine, client=client)
    left = leftovers(scene.aws, scene.stack)
    assert {one.id for one in left} == there(scene) - before

    assert remove(left, scene.aws, now=ticking(1), pause=lambda _: None, say=lambda _: None) == []
    assert there(scene) == before


DELETIONS = (
    *("delete_db_instance", "delete_table", "delete_db_cluster"),
    *("delete_replication_group", "delete_serverless_cache"),
)


class _Refusing:
    """A client that raises for some operations."""

    def __init__(self, client: Any, operations: tuple[str, ...], error: BaseException) -> None:
        self._client, self._operations, self._error = client, operations, error

    def __getattr__(self, name: str) -> Any:
        if name not in self._operations:
            return getattr(self._client, name)

        def refuse(**_: Any) -> Any:
            raise self._error

        return refuse


def refusing(scene: Scene, operation: str, code: str) -> Callable[[str], Any]:
    error = ClientError({"Error": {"Code": code, "Message": "no"}}, operation)
    return lambda service: _Refusing(scene.aws(service), (operation,), error)


RESTORE = "restore_table_to_point_in_time"


@pytest.mark.parametrize(
    ("code", "outcome"), [("LimitExceededException", Outcome.FAILED), ("AccessDeniedException", Outcome.UNKNOWN)]
)
def test_what_aws_refuses_is_a_failure_and_what_it_does_not_say_is_unknown(scene: Scene, code: str, outcome: Outcome):
    mine = table(scene)

    report = drilled(scene, mine, client=refusing(scene, RESTORE, code))

    assert said(report)["restore"] == (outcome, f"AWS says {code}: no")
    assert (report.outcome, said(report)["RTO"][0]) == (outcome, Outcome.UNKNOWN)


def test_no_network_is_no_failure_of_the_store(scene: Scene):
    mine = table(scene)
    error = EndpointConnectionError(endpoint_url="https://x")

    report = drilled(scene, mine, client=lambda service: _Refusing(scene.aws(service), (RESTORE,), error))

    assert said(report)["restore"][0] is Outcome.UNKNOWN


def test_one_store_that_fails_does_not_stop_the_others(scene: Scene):
    good, bad = table(scene), source(Kind.TABLE, f"{scene.stack}-gone", "gone")

    report = drilled(scene, bad, good)

    assert [(one.store, one.outcome) for one in report.stores] == [
        ("gone", Outcome.FAILED),
        ("presence", Outcome.PASSED),
    ]
    assert report.outcome is Outcome.FAILED


def test_a_store_without_backups_has_failed(scene: Scene):
    mine = table(scene, pointInTimeRecovery={"enabled": False})

    report = drilled(scene, mine)

    assert said(report)["restore"][0] is Outcome.FAILED
    assert "has no point-in-time recovery" in said(report)["restore"][1]


def test_a_cache_without_a_snapshot_is_unknown(scene: Scene):
    report = drilled(scene, cache(scene))

    assert said(report)["restore"][0] is Outcome.UNKNOWN
    assert "has no snapshot yet" in said(report)["restore"][1]


def test_a_store_that_is_not_covered_leaves_the_drill_unknown(scene: Scene):
    report = drilled(scene, table(scene), told=(not_covered("traces", Kind.ATLAS, "by hand"),))

    assert report.outcome is Outcome.UNKNOWN


def test_a_slow_restore_misses_the_rto(scene: Scene):
    report = drilled(scene, table(scene), now=ticking(61))

    assert (report.outcome, said(report)["RTO"][0]) == (Outcome.FAILED, Outcome.FAILED)


def test_what_is_never_ready_is_given_up(scene: Scene):
    mine = table(scene)

    class Restoring(_Refusing):
        def describe_table(self, **given: Any) -> Any:
            answer = self._client.describe_table(**given)
            if given["TableName"] != mine.id:
                answer["Table"]["TableStatus"] = "CREATING"
            return answer

    report = drilled(
        scene, mine, now=ticking(60), client=lambda service: Restoring(scene.aws(service), (), ValueError())
    )

    assert said(report)["restore"] == (Outcome.FAILED, "not ready after 13 h")
    assert scratch_of(scene) == set()


def test_a_copy_that_cannot_be_deleted_is_told(scene: Scene):
    mine = table(scene)

    report = drilled(scene, mine, client=refusing(scene, "delete_table", "AccessDeniedException"))

    ((left,), (name,)) = report.leftovers, scratch_of(scene)
    assert left.startswith(f"table {name}: ")
    assert "AccessDeniedException" in left
    scene.aws("dynamodb").delete_table(TableName=name)


# Tables


def after_restore(scene: Scene, change: Callable[[str], None]) -> Callable[[str], None]:
    """Change the copy before it is looked at."""

    def say(line: str) -> None:
        if "looking" in line:
            (name,) = scratch_of(scene)
            change(name)

    return say


def lose(scene: Scene, name: str, number: int) -> None:
    key = {"userId": {"S": f"u{number}"}, "venueId": {"S": "v"}}
    scene.aws("dynamodb").delete_item(TableName=name, Key=key)


def test_lost_items_fail(scene: Scene):
    mine = table(scene, items=30)

    report = drilled(scene, mine, say=after_restore(scene, lambda name: lose(scene, name, 7)))

    outcome, words = said(report)["items"]
    assert outcome is Outcome.FAILED
    assert words.startswith("all 30 keys of the source and 29 of the copy: 1 are not in the copy, 0 not in the source")


def test_what_was_written_since_may_differ_up_to_a_bound(scene: Scene):
    mine = table(scene, items=30)

    report = drilled(scene, mine, changed=2, say=after_restore(scene, lambda name: put(scene, name, 77)))

    assert said(report)["items"][0] is Outcome.PASSED


def test_what_a_restore_does_not_bring_back_is_named(scene: Scene):
    report = drilled(scene, table(scene))

    assert report.stores[0].put_back == (
        "TTL on expiresAt",
        "point-in-time recovery",
        "tags",
        "deletion protection",
    )


def test_another_key_is_told(scene: Scene):
    """A copy under a key of AWS's own would be a weaker store."""
    mine = table(scene, serverSideEncryption={"enabled": True, "kmsKeyArn": key_in(scene)})

    class Forgetting(_Refusing):
        def restore_table_to_point_in_time(self, **given: Any) -> Any:
            own = {"SSESpecificationOverride": {"Enabled": False}}
            return self._client.restore_table_to_point_in_time(**{**given, **own})

    report = drilled(scene, mine, client=lambda service: Forgetting(scene.aws(service), (), ValueError()))

    assert said(report)["key"][0] is Outcome.FAILED


# What may be deleted


@pytest.mark.parametrize("name", ["clubapp-prod-main-0a1b2c3d", "drill-clubapp-prod-main", "drill-x-y-0A1B2C"])
def test_nothing_but_a_drills_is_ever_deleted(name: str):
    with pytest.raises(ValueError, match="must be what a drill has made"):
        Scratch(kind=Kind.INSTANCE, id=name)


def test_another_stacks_copies_are_left_alone(scene: Scene):
    mine = table(scene)
    seen: list[Iterator[Scratch]] = []

    def look(line: str) -> None:
        if "looking" in line:
            seen.append(iter(leftovers(scene.aws, "heka-prod")))

    drilled(scene, mine, say=look)

    assert [list(one) for one in seen] == [[]]
