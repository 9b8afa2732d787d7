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
from typing import Any, Final

from localcloud.files import write_atomically
from sizes.atlas import AtlasSize
from stacks.aim import HOP, PHASE, Aim
from stacks.mistakes import Refusal
from stacks.phases import Environment
from stacks.stackfile import config_of
from stacks.stages import Stage
from upgrades import pace
from upgrades.cloud import Cloud, Part
from upgrades.duties import ASKED, Duty
from upgrades.engine import Engine, Outcome, State
from upgrades.gate import Verdict, judge
from upgrades.meant import without_meant
from upgrades.place import Place, place, shown, standing
from upgrades.plan import Plan, Up
from upgrades.plan_report import command, title
from upgrades.policed import in_words, violations
from upgrades.preview import Preview, PreviewError, read_preview
from upgrades.report import text as verdict_text
from upgrades.stack_file import changes, looking_at, rewrite, settled
from upgrades.stopping import LaterError, StopError
from upgrades.switching import switch, switches

LONGEST_WAIT: Final = timedelta(minutes=10)
"""A longer wait ends the run, unless it is asked to stay."""
_POLL_SECONDS: Final = 5.0
_FAILED: Final = "preview failed"
"""What the engine says of a preview that policies refuse, and no more."""

Identities = Mapping[str, tuple[str, str, str]]


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
        _make(run, up, _expected(run, known))
        known = place(up.settings)
        run.say(f"[{up.number}/{run.count}] done: {title(up)}")


def _expected(run: Run, known: Place) -> State:
    """Give what is deployed; refuse to go on from somewhere else than the plan begins at."""
    state = run.engine.state()
    if (found := standing(state)) != known:
        raise StopError(
            f"{run.engine.stack} is deployed at {shown(found)}, and not at {shown(known)} as it was: somebody else "
            "deploys it. Make stack file and deployment agree (pulumi up), then try again"
        )
    return state


def _undisturbed(run: Run, state: State, text: str) -> None:
    """Refuse to update what is no longer what was looked at: a person may have taken an hour to confirm it."""
    if run.engine.state().written != state.written:
        write_atomically(run.file, text)
        raise StopError(
            f"somebody else has deployed {run.engine.stack}, or refreshed its state, since this update was looked at: "
            "see what they did, then try again"
        )


def settle(run: Run) -> bool:
    """Let the file say what is deployed, where a plan has no updates; say whether it did not."""
    current, _ = config_of(run.file.read_text(encoding="utf-8"))
    wanted = settled(current, run.plan, run.aim)
    if wanted:
        rewrite(run.file, wanted)
    return bool(wanted)


# One update


def _make(run: Run, up: Up, state: State) -> None:
    run.say(f"[{up.number}/{run.count}] {title(up)}")
    identities = _before(run, up, state.resources)
    current, _ = config_of(run.file.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="datastores-upgrade-") as folder:
        plan = Path(folder) / "plan.json"
        with looking_at(run.file, changes(current, up, run.plan, run.aim)) as text:
            _look(run, up, plan)
        _back_up(run, up, state.resources)
        _undisturbed(run, state, text)
        if _switched(run, up, state.resources):
            _look(run, up, plan, again=True)
        if update(run.engine, plan, lambda: _look_again(run, up, plan)) is not Outcome.DONE:
            on, back = _command(run, "--resume"), _command(run, "--abort")
            raise LaterError(f"the update failed half-way; go on with {on}, or take it back: {back}")
    _after(run, up, identities)


def _switched(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> bool:
    """Switch what the provider cannot, and let the state know; say whether there was any."""
    found = list(switches(up.steps, resources))
    for one in found:
        switch(run.cloud.client("dynamodb"), one, run.say)
    if found:
        _await(run, lambda: _unsettled(run, up, resources))
        run.engine.mend([urn for one in found for urn in one.urns], {})
    return bool(found)


def update(engine: Engine, plan: Path, look_again: Callable[[], object]) -> Outcome:
    """
    Update, and once more where not all came as it was planned.

    Pulumi calls that a failure, and has then not written all of the outputs; *look_again* makes another plan.
    """
    outcome = engine.up(plan)
    if outcome is Outcome.OTHERWISE:
        look_again()
        outcome = engine.up(plan)
    return outcome


def _look_again(run: Run, up: Up, plan: Path) -> None:
    run.say("not all came as it was planned, which Pulumi calls a failure: looking at what is left")
    _look(run, up, plan, again=True)


def _look(run: Run, up: Up, plan: Path, *, again: bool = False) -> None:
    """Preview with policies, let the gate judge, and ask; *again* only where something is left to change."""
    environment = up.settings.environment
    verdict = look(run.engine, environment, plan, lambda found: without_meant(found, up.steps), run.say)
    if again and not verdict.changed:
        return
    asked = [f"{check.store}: {check.words}" for check in up.before if check.duty in ASKED]
    question = "; ".join([*(f"is it so that {one}" for one in asked), f"make update {up.number} of {run.count}"])
    if not run.confirm(f"{question[0].upper()}{question[1:]}?"):
        raise StopError("not confirmed (--yes confirms), so this update was not made")


def look(
    engine: Engine,
    environment: Environment,
    plan: Path,
    excuse: Callable[[Verdict], Verdict],
    say: Callable[[str], None],
) -> Verdict:
    """
    Preview with policies, save what it shows as a plan, and let the gate judge.

    *excuse* takes out of a verdict what the update is about. Raises StopError where anything else is refused.
    """
    preview = previewed(engine, plan)
    verdict = excuse(
        judge(
            preview.edits,
            stack=engine.stack,
            environment=environment,
            gaps=preview.gaps,
            hop=preview.hop,
            standing=preview.standing,
        )
    )
    if verdict.exit_code:
        raise StopError(verdict_text(verdict).strip())
    for warning in verdict.warnings:
        say(f"warning: {warning.resource} {warning.what}: {warning.because}")
    say(f"policies and gate: {verdict.changed} resources change")
    return verdict


def previewed(engine: Engine, plan: Path) -> Preview:
    """Preview with policies, and save what it shows as a plan; raises StopError where that fails, or one refuses it."""
    status, out, err = engine.preview(plan)
    try:
        preview = read_preview(out)
    except PreviewError:
        raise StopError(f"the preview failed: {err.strip() or out.strip()}") from None
    if status:
        raise StopError(_refused(engine, preview, err))
    return preview


def _refused(engine: Engine, preview: Preview, err: str) -> str:
    """Say why a preview failed: what the policies refuse, or else what the engine says of it."""
    if _FAILED in preview.gaps and (found := violations(engine.policed())):
        return in_words(found)
    reasons = [one for one in preview.gaps if one != _FAILED]
    return f"the preview fails: {' '.join(reasons) or err.strip() or _FAILED}"


# Before and after


def _before(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> Identities:
    """Wait until all that has to hold before an update does; give which stores there are."""
    for part in _parts(run, up, resources):
        if part.pending:
            run.say(f"pending, and applied at once with the update: {part.name} {dict(part.pending)}")
    limit = pace.earliest(up, run.engine.stack, pace.history(run.engine.past()))
    if limit and limit[0] > run.clock():
        _wait_until(run, *limit)
    _await(run, lambda: _unsettled(run, up, resources))
    _as_grown(run, up, resources)
    moving = [store for store, step in up.steps.items() if step.stage is Stage.PROMOTION]
    _await(run, lambda: [one for store in moving for one in run.cloud.behind(resources, store, moving=True)])
    return {part.name: part.identity for part in _parts(run, up, resources)}


def _as_grown(run: Run, up: Up, resources: Sequence[Mapping[str, Any]]) -> None:
    """Refuse to make a disk smaller that Atlas has let grow since the upgrade was planned."""
    sizes = {store: step.after for store, step in up.steps.items() if isinstance(step.after, AtlasSize)}
    for store, disk in run.cloud.disks(resources, sizes).items():
        if disk > sizes[store].disk_gib:
            raise LaterError(
                f"the disk of {store} has grown to {disk} GB, and this update would have {sizes[store].disk_gib}: "
                f"planned again it keeps it; {_go_on(run)}"
            )


def _after(run: Run, up: Up, identities: Identities) -> None:
    resources = run.engine.state().resources
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
    with contextlib.suppress(Refusal):
        config, _ = config_of(run.file.read_text(encoding="utf-8"))
        if config.get(HOP) or config.get(PHASE) != run.plan.now.phase:
            return f"go on with {_command(run, '--resume')}"
    return f"go on with `{command(run.plan)}`"


def _command(run: Run, option: str) -> str:
    return f"`datastores upgrade {run.engine.stack} {option}`"
