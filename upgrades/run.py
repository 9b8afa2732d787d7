"""
An upgrade carried out: one update after another, each looked at before it happens and after.

Where it stands is in the stack file (`datastores:hop`), which is written before an update, and in the stack's outputs,
which say what is deployed. So it may end anywhere: whoever goes on repeats the update that the file names.
"""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from localcloud.files import write_atomically
from stacks.aim import Aim
from stacks.exports import HOP, PHASE, said
from stacks.mistakes import Refusal as WrittenError
from stacks.rewriting import rewritten
from stacks.settings import Settings
from stacks.stackfile import config_of
from stacks.stages import Stage
from upgrades import pace
from upgrades.cloud import Cloud, Part
from upgrades.duties import ASKED, Duty
from upgrades.engine import Engine
from upgrades.gate import judge
from upgrades.meant import without_meant
from upgrades.plan import Plan, Up
from upgrades.plan_report import title
from upgrades.preview import PreviewError, read_preview
from upgrades.report import text as verdict_text
from upgrades.stack_file import changes

LONGEST_WAIT: Final = timedelta(minutes=10)
"""A longer wait ends the run, unless it is asked to stay."""
_POLL_SECONDS: Final = 5.0

Place = tuple[str | None, Any]
"""The outputs of a stack that say where it stands: its phase, its hop; None: there is none."""
Identities = Mapping[str, tuple[str, str, str]]


class StopError(Exception):
    """The upgrade goes no further; the text says why, and what to do."""


class LaterError(StopError):
    """It goes on later, by itself or with `--resume`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What an upgrade works with."""

    engine: Engine
    cloud: Cloud
    file: Path
    """The stack file."""
    plan: Plan
    aim: Aim
    confirm: Callable[[str], bool]
    """Asks a person; answers for one with `--yes`."""
    say: Callable[[str], None]
    stay: bool
    """Wait however long it takes."""
    clock: Callable[[], datetime] = pace.clock
    sleep: Callable[[float], None] = time.sleep

    @property
    def count(self) -> int:
        """How many updates the upgrade has, with those that were made before."""
        return self.plan.ups[-1].number


def carry_out(run: Run, known: Place) -> None:
    """
    Make every update of a plan, where *known* is what the stack's outputs must say before the first.

    Raises StopError where it cannot go on: everything up to the last update that was said to be done is done.
    """
    for up in run.plan.ups:
        _expect(run, known)
        _make(run, up)
        known = place(up.settings)
        run.say(f"[{up.number}/{run.count}] done: {title(up)}")


def place(settings: Settings) -> Place:
    """Give where a stack stands, as its outputs say it."""
    return str(settings.phase), _plain(said(settings.hop))


def standing(engine: Engine) -> Place:
    """Give where the deployed stack stands; raises EngineError."""
    outputs = engine.outputs()
    return outputs.get(PHASE), _plain(outputs.get(HOP))


def _plain(value: Any) -> Any:
    """Leave out what is nothing: outputs do so."""
    match value:
        case dict():
            found = cast("dict[str, Any]", value)
            return {key: _plain(one) for key, one in found.items() if one is not None}
        case list():
            return [_plain(one) for one in cast("list[Any]", value)]
        case _:
            return value


def _expect(run: Run, known: Place) -> None:
    """Refuse to go on from somewhere else than the plan begins at: somebody else has deployed meanwhile."""
    if (found := standing(run.engine)) != known:
        raise StopError(
            f"{run.engine.stack} is deployed at {shown(found)}, and not at {shown(known)} as it was: somebody else "
            "deploys it. Make stack file and deployment agree (pulumi up), then try again"
        )


def shown(at: Place) -> str:
    """Name a place."""
    phase, hop = at
    return f"{phase}, hop {hop['step']} to {hop['to']}" if hop else str(phase)


# One update


def _make(run: Run, up: Up) -> None:
    run.say(f"[{up.number}/{run.count}] {title(up)}")
    resources = run.engine.resources()
    identities = _before(run, up, resources)
    text = run.file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="datastores-upgrade-") as folder:
        plan = Path(folder) / "plan.json"
        _write(run, up, text)
        try:
            _look(run, up, plan)
        except BaseException:
            # Nothing has happened: the file goes back to what is deployed.
            write_atomically(run.file, text)
            raise
        _back_up(run, up, resources)
        if run.engine.up(plan):
            raise LaterError(f"the update failed half-way; {_go_on(run)}, or take it back: {_command(run, '--abort')}")
    _after(run, up, identities)


def _write(run: Run, up: Up, text: str) -> None:
    """Write into the stack file what the update deploys."""
    current, _ = config_of(text)
    try:
        after = rewritten(text, changes(current, up, run.plan, run.aim))
    except WrittenError as error:
        raise StopError(f"{run.file}: {error}") from None
    write_atomically(run.file, after)


def _look(run: Run, up: Up, plan: Path) -> None:
    """Preview with policies, let the gate judge, and ask."""
    status, out, err = run.engine.preview(plan)
    try:
        preview = read_preview(out)
    except PreviewError:
        raise StopError(f"the preview failed: {err.strip() or out.strip()}") from None
    if status:
        raise StopError(f"the preview, or a policy, refuses it: {' '.join(preview.gaps) or err.strip()}")
    verdict = judge(
        preview.edits,
        stack=run.engine.stack,
        environment=up.settings.environment,
        gaps=preview.gaps,
        hop=preview.hop,
        standing=preview.standing,
    )
    verdict = without_meant(verdict, up.steps)
    if verdict.exit_code:
        raise StopError(verdict_text(verdict).strip())
    for warning in verdict.warnings:
        run.say(f"warning: {warning.resource} {warning.what}: {warning.because}")
    run.say(f"policies and gate: {verdict.changed} resources change")
    asked = [f"{check.store}: {check.words}" for check in up.before if check.duty in ASKED]
    question = "; ".join([*(f"is it so that {one}" for one in asked), f"make update {up.number} of {run.count}"])
    if not run.confirm(f"{question[0].upper()}{question[1:]}?"):
        raise StopError("not confirmed (--yes confirms), so this update was not made")


# Before and after


def _before(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> Identities:
    """Wait until all that has to hold before an update does; give which stores there are."""
    for part in _parts(run, up, resources):
        if part.pending:
            run.say(f"pending, and applied at once with the update: {part.name} {dict(part.pending)}")
    limit = pace.earliest(up, run.engine.stack, run.engine.history())
    if limit and limit[0] > run.clock():
        _wait_until(run, *limit)
    _await(run, lambda: _unsettled(run, up, resources))
    moving = [store for store, step in up.steps.items() if step.stage is Stage.PROMOTION]
    _await(run, lambda: [one for store in moving for one in run.cloud.behind(resources, store, moving=True)])
    return {part.name: part.identity for part in _parts(run, up, resources)}


def _after(run: Run, up: Up, identities: Identities) -> None:
    resources = run.engine.resources()
    _await(run, lambda: _unsettled(run, up, resources))
    copied = {check.store for check in up.after if check.duty is Duty.CAUGHT_UP}
    _await(run, lambda: [one for store in sorted(copied) for one in run.cloud.behind(resources, store, moving=False)])
    now = {part.name: part.identity for part in _parts(run, up, resources)}
    if other := [name for name, identity in identities.items() if name in now and now[name] != identity]:
        raise StopError(
            f"{', '.join(other)} is another one than before the update: stop writes, and compare ARN, resource id and "
            f"time of creation with the backup: {[(identities[name], now[name]) for name in other]}"
        )


def _parts(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    for store in up.steps:
        yield from run.cloud.parts(resources, store)


def _unsettled(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{part.name} is {part.status}{f', pending {dict(part.pending)}' if part.pending else ''}"
        for part in _parts(run, up, resources)
        if not part.settled
    ]


def _back_up(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> None:
    """Take a snapshot of what holds the data of a store, before an update that only a backup leads back from."""
    stores = {check.store for check in up.before if check.duty is Duty.BACKED_UP}
    label = f"before-{up.number}-{run.clock():%Y%m%d%H%M%S}"
    names = [
        name
        for store in sorted(stores)
        for part in run.cloud.parts(resources, store)
        if part.name.endswith(("-primary", "-cluster", "-group", "-table")) and (name := run.cloud.back_up(part, label))
    ]
    if names:
        run.say(f"backed up: {', '.join(names)}")
        _await(run, lambda: _unsettled(run, up, resources))


# Waiting


def _await(run: Run, left: Callable[[], Sequence[str]]) -> None:
    """Look again until nothing is left to wait for."""
    end = run.clock() + LONGEST_WAIT
    told: Sequence[str] = ()
    while waiting := left():
        if waiting != told:
            run.say(f"waiting: {'; '.join(waiting)}")
            told = waiting
        if run.clock() >= end and not run.stay:
            raise LaterError(f"still waiting after {LONGEST_WAIT}: {'; '.join(waiting)}; {_go_on(run)}")
        run.sleep(_POLL_SECONDS)


def _wait_until(run: Run, when: datetime, why: str) -> None:
    left = when - run.clock()
    if left > LONGEST_WAIT and not run.stay:
        raise LaterError(f"not before {when:%Y-%m-%d %H:%M} UTC ({why}); from then on, {_go_on(run)}")
    run.say(f"waiting until {when:%Y-%m-%d %H:%M} UTC: {why}")
    while run.clock() < when:
        run.sleep(min(_POLL_SECONDS * 12, max(0.0, (when - run.clock()).total_seconds())))


def _go_on(run: Run) -> str:
    """Name the command that goes on."""
    with contextlib.suppress(WrittenError):
        if config_of(run.file.read_text(encoding="utf-8"))[0].get(f"datastores:{HOP}"):
            return f"go on with {_command(run, '--resume')}"
    also = "".join(f" --set {one}" for one in run.aim.also)
    return f"go on with {_command(run, f'--to {run.plan.target.phase}{also}')}"


def _command(run: Run, option: str) -> str:
    return f"`datastores upgrade {run.engine.stack} {option}`"
