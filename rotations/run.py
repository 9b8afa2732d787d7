"""
A rotation carried out: three updates, each looked at before it happens, and what is done to databases between them.

Where it stands is in the stack file (`datastores:rotation`), which is written before an update, and in the stack's
outputs. So it may end anywhere: whoever goes on repeats the update that the file names, and what belongs to it.
"""

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from rotations.documents import CURRENT, PENDING, Document
from rotations.doors import Doors
from rotations.scope import beyond
from rotations.standing import ROTATION_KEY, ROTATIONS_KEY, UPDATES, Standing, Step
from rotations.targets import Target
from stacks.settings import Settings
from stacks.stackfile import config_of
from upgrades import pace
from upgrades.engine import Engine, Outcome
from upgrades.gate import judge
from upgrades.report import text as verdict_text
from upgrades.run import previewed, update
from upgrades.stack_file import looking_at
from upgrades.stopping import LaterError, StopError

_POLL_SECONDS: Final = 5.0
TITLES: Final = {
    Step.ADD: "add the new passwords beside those in use",
    Step.SWITCH: "switch the connection secrets to the new ones",
    Step.END: "retire the old ones",
    Step.START: "take the new passwords back",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What a rotation works with."""

    settings: Settings
    engine: Engine
    file: Path
    """The stack file."""
    standing: Standing
    targets: Sequence[Target]
    doors: Doors
    confirm: Callable[[str], bool]
    say: Callable[[str], None]
    yes: bool
    """Nobody is asked."""
    settle: timedelta | None
    """How long clients have to read the new passwords; None: a person says when they have."""
    clock: Callable[[], datetime] = pace.clock
    sleep: Callable[[float], None] = time.sleep
    tried: dict[Step, Mapping[str, str]] = field(default_factory=dict[Step, Mapping[str, str]])
    """What came of the logins after each update."""


def carry_out(run: Run) -> None:
    """Make what is left of a rotation; raises StopError and BootstrapError where it cannot go on."""
    first = Step.ADD if run.standing.file is Step.START else run.standing.file
    if run.standing.deployed is Step.START:
        run.doors.look(run.targets)
    for step in UPDATES[UPDATES.index(first) :]:
        title = f"[{UPDATES.index(step) + 1}/{len(UPDATES)}] {TITLES[step]}"
        old: Mapping[str, Document] = {}
        if step is first and run.standing.deployed is step:
            run.say(f"{title}: it was done before")
        else:
            run.say(title)
            old = run.doors.old_ones(run.targets) if step is Step.END else {}
            _update(run, step, lambda step=step, old=old: _meanwhile(run, step, old))
        _after(run, step, old)


def take_back(run: Run) -> None:
    """Go back to the passwords before a rotation; raises StopError and BootstrapError."""
    at = run.standing
    if Step.END in (at.file, at.deployed):
        raise StopError(
            f"the old passwords are being retired: go on with {_command(run, '--resume')}, and rotate again if need be"
        )
    if Step.SWITCH in (at.file, at.deployed):
        run.say("switch the connection secrets back to the old passwords")
        # What was done before the update that nobody saw the end of, and then what that update may have done.
        run.doors.change_back(run.targets)
        if pooled := [str(one) for one in run.targets if one.pooled]:
            run.say(f"until this update has ended, the pool cannot open new connections for {', '.join(pooled)}")
        _update(run, Step.ADD, lambda: None)
    run.doors.let_in([one for one in run.targets if one.pooled], CURRENT)
    run.tried[Step.START] = run.doors.verify(run.targets, CURRENT)
    run.say(TITLES[Step.START])
    _update(run, Step.START, lambda: _shut_out(run, new=True))


# One update


def _update(run: Run, step: Step, meanwhile: Callable[[], None]) -> None:
    """Write the stack file, look, ask, do what comes *meanwhile*, and update."""
    with tempfile.TemporaryDirectory(prefix="datastores-rotate-") as folder:
        plan = Path(folder) / "plan.json"
        with looking_at(run.file, _changes(run, step)):
            _look(run, step, plan)
        meanwhile()
        if update(run.engine, plan, lambda: _judged(run, plan)) is not Outcome.DONE:
            also = f", or take it back: {_command(run, '--abort')}" if step is not Step.END else ""
            raise LaterError(f"the update failed half-way; go on with {_command(run, '--resume')}{also}")


def _changes(run: Run, step: Step) -> Mapping[str, object]:
    """Give what an update changes in the stack file."""
    current, _ = config_of(run.file.read_text(encoding="utf-8"))
    wanted = run.standing.keys(step)
    return {key: wanted[key] for key in (ROTATIONS_KEY, ROTATION_KEY) if wanted[key] != current.get(key)}


def _look(run: Run, step: Step, plan: Path) -> None:
    """Preview with policies, let the gate judge, and ask."""
    _judged(run, plan)
    if not run.confirm(f"{TITLES[step][0].upper()}{TITLES[step][1:]}?"):
        raise StopError("not confirmed (--yes confirms), so this update was not made")


def _judged(run: Run, plan: Path) -> None:
    """Preview with policies, and let the gate judge; raises StopError where more than passwords would change."""
    preview = previewed(run.engine, plan)
    if others := beyond(preview.edits, run.standing.to.keys()):
        raise StopError(
            f"the update would change more than passwords: {', '.join(others)}; deploy that by itself first (pulumi up)"
        )
    verdict = judge(preview.edits, stack=run.engine.stack, environment=run.settings.environment, gaps=preview.gaps)
    if verdict.exit_code:
        raise StopError(verdict_text(verdict).strip())
    run.say(f"policies and gate: {verdict.changed} resources change")


# Around it


def _meanwhile(run: Run, step: Step, old: Mapping[str, Document]) -> None:
    """Do what has to come right before an update, in databases that no update reaches."""
    if step is Step.SWITCH:
        run.doors.change(run.targets)
    elif step is Step.END:
        _shut_out(run)
        run.doors.refuse([one for one in run.targets if one.kind == "postgres" and one.two_users], old)


def _shut_out(run: Run, *, new: bool = False) -> None:
    for name, count in run.doors.shut_out(run.targets, new=new).items():
        run.say(f"{name}: {count} sessions of the user without a password have ended")


def _after(run: Run, step: Step, old: Mapping[str, Document]) -> None:
    """Do in databases what an update has made possible, and try the logins."""
    match step:
        case Step.ADD:
            run.doors.let_in([one for one in run.targets if not one.pooled])
            # On the way back and forth again, a pool may have been told the old one.
            run.doors.let_in([one for one in run.targets if one.pooled], CURRENT)
            run.tried[step] = run.doors.verify(run.targets, PENDING)
        case Step.SWITCH:
            run.tried[step] = run.doors.verify(run.targets, CURRENT)
        case _:
            run.tried[step] = run.doors.refuse(run.targets, old)
    for name, said in run.tried[step].items():
        run.say(f"{name}: {'old' if step is Step.END else 'new'} password {said}")
    if step is Step.SWITCH:
        _settle(run)


def _settle(run: Run) -> None:
    """Give clients time to read the new passwords."""
    later = f"when all clients have read the new passwords: {_command(run, '--resume')}"
    if run.settle is None:
        if run.yes:
            raise LaterError(
                f"the old passwords still let in, and --yes does not say since when nobody uses them; {later}"
            )
        used = _used(run.doors.still_in_use(run.targets))
        if not run.confirm(f"Have all clients read the new passwords{f' ({used}, which would end)' if used else ''}?"):
            raise LaterError(f"the old passwords still let in; {later}")
        return
    end = run.clock() + run.settle
    run.say(f"clients have until {end:%H:%M:%S} UTC to read the new passwords")
    while (left := (end - run.clock()).total_seconds()) > 0:
        run.sleep(min(_POLL_SECONDS, left))
    if used := _used(run.doors.still_in_use(run.targets)):
        raise LaterError(
            f"{used}: let those clients read their secret again, then {_command(run, '--resume')}; without --settle "
            "you may end their sessions"
        )


def _used(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} sessions still use the old user of {name}" for name, count in counts.items())


def _command(run: Run, option: str) -> str:
    return f"`datastores rotate {run.engine.stack} {option}`"
