"""A drill, from the first restore to the last deletion."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from drills import scratch
from drills.atlas import AtlasCopy, LostError
from drills.caches import GroupCopy, ServerlessCopy
from drills.caches import Look as LookAtCache
from drills.databases import ClusterCopy, InstanceCopy
from drills.databases import Look as LookAtDatabase
from drills.objectives import back_in_time, shown, young_enough
from drills.removal import code_of, gone
from drills.report import RESTORED, SETTINGS, BackupTest, Check, Outcome, Report, StoreDrill
from drills.scratch import Copy, Order, Scratch
from drills.tables import TableCopy
from restores.reading import window_of
from restores.window import LATEST, TO_A_TIME, Kind, OutsideError, Source, point
from sizes.recovery import Recovery
from upgrades.stopping import StopError

POLL_SECONDS: Final = 15
GIVE_UP: Final = timedelta(hours=12)
"""After which a copy that does not answer is given up, and one that does not go is left to `--clean`."""
# What AWS says where it was not asked in earnest: nothing is known of the backup.
_NO_ANSWER: Final = ("AccessDenied", "Unauthorized", "Throttling", "RequestLimit", "Expired", "Service", "Internal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """How what came back is looked at."""

    database: LookAtDatabase
    cache: LookAtCache


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A store that must come back."""

    source: Source
    looks: Looks


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a drill runs, and for whom."""

    stack: str
    phase: str
    account: str
    region: str
    local: bool
    recovery: Recovery
    tags: Mapping[str, str]
    """Whose bill it is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Drill:
    """What is drilled, and with what."""

    place: Place
    asked: Sequence[Asked]
    told: Sequence[StoreDrill]
    """What is known of the others without a restore."""
    tests: Sequence[BackupTest]
    changed: int
    """Percent of a table's keys that may have come or gone since the time that is restored."""
    client: Callable[[str], Any]
    now: Callable[[], datetime]
    pause: Callable[[float], None]
    say: Callable[[str], None]


@dataclass(kw_only=True, slots=True)
class _Attempt:
    """One store on its way back."""

    asked: Asked
    scratch: Scratch
    order: Order | None = None
    copy: Copy | None = None
    begun: datetime | None = None
    took: timedelta | None = None
    checks: list[Check] = field(default_factory=list[Check])
    put_back: Sequence[str] = ()
    over: bool = False
    """It is ready, or will not be."""


def drill(wanted: Drill) -> Report:
    """Restore, measure, look, and take away again, whatever happens; raises KeyboardInterrupt after taking away."""
    begun = wanted.now()
    attempts = [_Attempt(asked=one, scratch=scratch.named(wanted.place.stack, one.source)) for one in wanted.asked]
    left: list[str] = []
    try:
        for attempt in attempts:
            _begin(wanted, attempt)
        _wait(wanted, attempts)
        for attempt in attempts:
            _look(wanted, attempt)
    finally:
        made = [one.scratch for one in attempts if one.begun]
        left += remove(made, wanted.client, now=wanted.now, pause=wanted.pause, say=wanted.say)
    return Report(
        stack=wanted.place.stack,
        phase=wanted.place.phase,
        account=wanted.place.account,
        region=wanted.place.region,
        local=wanted.place.local,
        begun=begun,
        ended=wanted.now(),
        rpo_minutes=wanted.place.recovery.rpo_minutes,
        rto_minutes=wanted.place.recovery.rto_minutes,
        stores=(*(_told(wanted, one) for one in attempts), *wanted.told),
        tests=tuple(wanted.tests),
        leftovers=tuple(left),
    )


# Restoring


def _begin(wanted: Drill, attempt: _Attempt) -> None:
    source = attempt.asked.source
    with _judging(attempt):
        window = window_of(wanted.client, source)
        found = point(window, LATEST)
        at = found.snapshot.taken if found.snapshot else window.latest
        if at is None:
            raise OutsideError(f"nobody knows which time {found} is")
        tags = scratch.tags_of(wanted.place.stack, wanted.place.tags)
        order = Order(source=source, at=at, snapshot=found.snapshot, scratch=attempt.scratch, tags=tags)
        copy = _copy(wanted, attempt, order)
        wanted.say(f"{source.store}: restoring {source.id} as of {at:%Y-%m-%d %H:%M:%S} UTC to {attempt.scratch.id}")
        attempt.order, attempt.copy, attempt.begun = order, copy, wanted.now()
        copy.begin()


def _copy(wanted: Drill, attempt: _Attempt, order: Order) -> Copy:
    looks = attempt.asked.looks
    match order.source.kind:
        case Kind.INSTANCE:
            return InstanceCopy(wanted.client, order, looks.database)
        case Kind.CLUSTER:
            return ClusterCopy(wanted.client, order, looks.database)
        case Kind.TABLE:
            return TableCopy(wanted.client, order, wanted.changed)
        case Kind.GROUP:
            return GroupCopy(wanted.client, order, looks.cache)
        case Kind.SERVERLESS:
            return ServerlessCopy(wanted.client, order, looks.cache)
        case Kind.ATLAS:
            return AtlasCopy(wanted.client, order)


def _wait(wanted: Drill, attempts: Sequence[_Attempt]) -> None:
    """Look at all in turn until each is ready or will not be."""
    while True:
        for attempt in attempts:
            if not attempt.over:
                _look_whether_ready(wanted, attempt)
        if all(attempt.over for attempt in attempts):
            return
        wanted.pause(POLL_SECONDS)


def _look_whether_ready(wanted: Drill, attempt: _Attempt) -> None:
    with _judging(attempt):
        if attempt.copy is None or attempt.begun is None:
            attempt.over = True
            return
        is_ready, took = attempt.copy.ready(), wanted.now() - attempt.begun
        if is_ready:
            attempt.took, attempt.over = took, True
            attempt.checks.append(
                Check(aspect=RESTORED, name="restore", outcome=Outcome.PASSED, said=f"ready after {shown(took)}")
            )
            wanted.say(f"{attempt.asked.source.store}: back after {shown(took)}")
        elif took > GIVE_UP:
            attempt.over = True
            said = f"not ready after {shown(took)}"
            attempt.checks.append(Check(aspect=RESTORED, name="restore", outcome=Outcome.FAILED, said=said))


def _look(wanted: Drill, attempt: _Attempt) -> None:
    copy = attempt.copy
    if copy is None or attempt.took is None:
        return
    wanted.say(f"{attempt.asked.source.store}: looking at what came back")
    with _judging(attempt, aspect=SETTINGS):
        attempt.checks += copy.checks()
        attempt.put_back = copy.put_back()


@contextmanager
def _judging(attempt: _Attempt, *, aspect: str = RESTORED) -> Generator[None]:
    """Take what AWS refuses for a failure of the store, and no answer for none; the other stores go on."""
    try:
        yield
    except OutsideError as error:
        # What has snapshots only has none before its first night.
        outcome = Outcome.FAILED if attempt.asked.source.kind in TO_A_TIME else Outcome.UNKNOWN
        said = f"there is nothing to restore from: {str(error).removeprefix(f'{LATEST}: ')}"
    except ClientError as error:
        outcome = Outcome.UNKNOWN if code_of(error).startswith(_NO_ANSWER) else Outcome.FAILED
        said = f"AWS says {code_of(error)}: {error.response.get('Error', {}).get('Message', '')}"
    except BotoCoreError as error:
        outcome, said = Outcome.UNKNOWN, f"AWS does not answer: {error}"
    except LostError as error:
        outcome, said = Outcome.FAILED, str(error)
    except StopError as error:
        # No keys, no answer, or a cluster that Atlas does not make: none of it is the backup's doing.
        outcome, said = Outcome.UNKNOWN, str(error)
    else:
        return
    attempt.over = True
    attempt.checks.append(Check(aspect=aspect, name="restore", outcome=outcome, said=said))


def _told(wanted: Drill, attempt: _Attempt) -> StoreDrill:
    source, order, recovery = attempt.asked.source, attempt.order, wanted.place.recovery
    age = attempt.begun - order.at if order and attempt.begun else None
    return StoreDrill(
        store=source.store,
        kind=source.kind,
        source=source.id,
        scratch=attempt.scratch.id if attempt.begun else "",
        restored_to=order.at if order else None,
        age=None if age is None else max(age, timedelta()),
        took=attempt.took,
        checks=(
            *attempt.checks,
            back_in_time(attempt.took, recovery.rto_minutes),
            young_enough(age, recovery.rpo_minutes, snapshots_only=source.kind not in TO_A_TIME),
        ),
        put_back=tuple(attempt.put_back),
    )


# Taking away


def remove(
    made: Sequence[Scratch],
    client: Callable[[str], Any],
    *,
    now: Callable[[], datetime],
    pause: Callable[[float], None],
    say: Callable[[str], None],
) -> list[str]:
    """Delete what was made, and wait until it is gone; say what is left, and why."""
    left, begun = dict.fromkeys(made), now()
    problems: dict[Scratch, str] = {}
    while left:
        for one in [*left]:
            try:
                if gone(client, one):
                    del left[one]
                    say(f"{one} is gone")
            except (ClientError, BotoCoreError, StopError) as error:
                del left[one]
                problems[one] = f"{one}: {error}"
        if left and now() - begun > GIVE_UP:
            problems |= {one: f"{one}: not gone after {shown(GIVE_UP)}" for one in left}
            break
        if left:
            pause(POLL_SECONDS)
    return list(problems.values())
