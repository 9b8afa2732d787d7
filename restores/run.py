"""
A restore carried out: one update after another, each looked at before it happens and after.

Where it stands is in the stack file (`datastores:restores`), which is written before an update, and in the stack's
outputs, which say what is deployed. So it may end anywhere: whoever goes on repeats the update that the file names.
"""

import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from localcloud.files import write_atomically
from restores import checks, clusters, copies, tables
from restores.allowed import without_meant
from restores.encryption import arn_of
from restores.reading import family, source_of
from restores.steps import Change, Step
from restores.window import Kind, Source
from sizes.atlas import AtlasSize
from stacks.application import Store
from stacks.exports import RESTORES
from stacks.generations import FIRST, Generation, called, said
from stacks.places import prefix
from stacks.settings import Settings
from stacks.stackfile import PROJECT, config_of
from upgrades.cloud import Cloud
from upgrades.engine import Engine, Outcome
from upgrades.run import look, update
from upgrades.stack_file import rewrite
from upgrades.stopping import LaterError, StopError, UnbegunError

KEY: Final = f"{PROJECT}:{RESTORES}"
State = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """What a restore works with."""

    engine: Engine
    cloud: Cloud
    folder: Path
    """Of the stack files."""
    stack: str
    store: str
    confirm: Callable[[str], bool]
    say: Callable[[str], None]
    stay: bool
    """Wait however long it takes."""

    @property
    def file(self) -> Path:
        """The stack file."""
        return self.folder / f"Pulumi.{self.stack}.yaml"

    def settings(self) -> Settings:
        """Read the stack file as it is now."""
        return Settings.read(self.stack, folder=self.folder)


def carry_out(run: Run, steps: Sequence[Step]) -> None:
    """
    Make every update; what was said to be done is done.

    Raises StopError where it cannot go on, and LaterError where `--resume` goes on.
    """
    for number, step in enumerate(steps, start=1):
        run.say(f"[{number}/{len(steps)}] {run.store}: {step.change}")
        _make(run, step)
        run.say(f"[{number}/{len(steps)}] done")


def deployed(outputs: Mapping[str, Any], store: str) -> Generation:
    """Give which generation of a store is deployed, as the stack's outputs say it."""
    found = (outputs.get(RESTORES) or {}).get(store)
    return Generation.model_validate(found) if found else FIRST


def source(settings: Settings, resources: Sequence[State], store: str, generation: int) -> Source | None:
    """Give what holds the data of one generation; None: it is not deployed."""
    found = source_of(resources, called(store, generation), prefix=prefix(settings))
    if found is None:
        return None
    if found.kind is Kind.ATLAS:
        family_ = rf"{re.escape(name_on_atlas(settings, store, FIRST.generation))}(-\d+)?"
    else:
        family_ = family(prefix(settings), store)
    return replace(found, store=store, family=family_)


def name_on_atlas(settings: Settings, store: str, generation: int) -> str:
    """Give the name of a generation of a cluster, in Atlas."""
    named = settings.atlas and settings.atlas.cluster_name
    return called(named or f"{prefix(settings)}-{store}", generation)


# One update


def _make(run: Run, step: Step) -> None:
    settings = run.settings()
    resources = run.engine.state().resources
    used = source(settings, resources, run.store, step.before.used)
    if used is None:
        raise StopError(f"{run.store} is not deployed: pulumi up --stack {run.stack}, then try again")
    if step.change is Change.MAKE and used.kind is Kind.ATLAS:
        _fits(run, resources, settings)
    before = checks.identity(run.cloud, used)
    text = _write(run, step.after)
    begun = False
    with tempfile.TemporaryDirectory(prefix="datastores-restore-") as folder:
        plan = Path(folder) / "plan.json"
        try:
            _ask(run, step, used)
            if (call := _call(step, used)) is not None:
                begun = True
                call(run, step, used)
            excuse = _excuse(run, step, settings)
            look(run.engine, settings.environment, plan, excuse, run.say)
        except LaterError:
            raise
        except BaseException as error:
            # Nothing was changed, but for what stands beside: the file goes back to what is deployed.
            if not begun or isinstance(error, UnbegunError):
                write_atomically(run.file, text)
            if isinstance(error, UnbegunError):
                # Taken up again, it was in the file before.
                _write(run, step.before)
            raise
        again = partial(look, run.engine, settings.environment, plan, excuse, run.say)
        if update(run.engine, plan, again) is not Outcome.DONE:
            raise LaterError(
                f"the update failed half-way; go on with `datastores restore {run.stack} {run.store} --resume`"
            )
    _after(run, step, before)


def _fits(run: Run, resources: Sequence[State], settings: Settings) -> None:
    """Refuse to make a cluster whose disk the next update would make smaller, as Atlas has let the old one's grow."""
    size = settings.size(_store(run, settings))
    disk = run.cloud.disks(resources, [run.store]).get(run.store, 0)
    if isinstance(size, AtlasSize) and disk > size.disk_gib:
        raise StopError(
            f"the disk of {run.store} has grown to {disk} GB, and the stack file has {size.disk_gib}: write "
            f"datastores:sizes.{run.store}.diskGib: {disk} there and deploy it (pulumi up), then try again"
        )


def _store(run: Run, settings: Settings) -> Store:
    return next(store for store in settings.application.stores if store.name == run.store)


def _excuse(run: Run, step: Step, settings: Settings) -> Any:
    stores = [store.name for store in settings.application.stores]
    return lambda verdict: without_meant(verdict, run.store, step, stores)


def _write(run: Run, one: Generation) -> str:
    """Write into the stack file which generation is deployed next, and give what it said."""
    current: Any = config_of(run.file.read_text(encoding="utf-8"))[0].get(KEY) or {}
    others = {store: each for store, each in current.items() if store != run.store}
    own = {} if one == FIRST else {run.store: said(one)}
    return rewrite(run.file, {KEY: {**others, **own} or None})


def _ask(run: Run, step: Step, used: Source) -> None:
    number = step.before.spare or step.after.generation
    what = {
        Change.MAKE: f"Restore {used.id} ({step.after.from_}) into generation {step.after.generation} beside it"
        f"{_under(step.after)}",
        Change.SWITCH: f"Have writes stopped, and shall clients of {run.store} be told of generation {step.after.used}",
        Change.SWITCH_BACK: f"Have writes stopped, and shall clients of {run.store} be told of generation "
        f"{step.after.used} again, without what was written since the switch",
        Change.UNLOCK: f"Lift the protection of generation {number} of {run.store}",
        Change.RETIRE: f"Delete generation {number} of {run.store}, which is no longer used",
        Change.DROP: f"Delete generation {number} of {run.store}, which was restored and is not used",
    }[step.change]
    if not run.confirm(f"{what}?"):
        raise StopError("not confirmed (--yes confirms), so this update was not made")


def _under(made: Generation) -> str:
    """Say which key a generation gets, where one is asked for or kept that is not the stack's own."""
    if made.key is None and made.old_key is None:
        return ""
    key = f"key {made.key}" if made.key else "key of the stack"
    return f", of a snapshot that is copied with the {key}" if made.copy_ else f", encrypted with the {key}"


def _new_key(run: Run, step: Step) -> str | None:
    """Give the ARN of the key that a new generation has in place of the old one's; None: it has the same one."""
    if step.after.key == step.after.old_key:
        return None
    settings = run.settings()
    return arn_of(step.after.key, run.engine.state().resources, _store(run, settings))


def _copy(run: Run, step: Step, used: Source) -> None:
    """Copy a snapshot with the key, of which the update then makes an instance."""
    made, settings = step.after, run.settings()
    if made.copy_ is None or made.from_ is None:
        raise AssertionError("asked for where there is something to copy only")
    one = copies.Copied(
        name=made.copy_,
        source=used,
        of=made.from_,
        key=arn_of(made.key, run.engine.state().resources, _store(run, settings)),
    )
    copies.copy(run.cloud.client("rds"), one, run.say, stay=run.stay)


def _table(run: Run, step: Step, used: Source) -> None:
    """Restore a table by DynamoDB's own call, and import it."""
    component = called(run.store, step.after.generation)
    settings = run.settings()
    one = tables.Restored(
        name=tables.table_name(settings, component),
        component=component,
        source=used,
        made=step.after,
        key=_new_key(run, step),
    )
    tables.restore(run.cloud.client("dynamodb"), one, run.say, stay=run.stay)
    tables.adopt(run.engine, settings, one, run.say)


def _cluster(run: Run, step: Step, used: Source) -> None:
    """Restore a cluster of Atlas by a job of Atlas's, and import it."""
    settings, resources, number = run.settings(), run.engine.state().resources, step.after.generation
    if source(settings, resources, run.store, number):
        return
    one = clusters.Restored(
        name=name_on_atlas(settings, run.store, number),
        logical=f"{called(run.store, number)}-cluster",
        source=used,
        made=step.after,
    )
    clusters.restore(run.cloud.atlas, one, run.say, stay=run.stay)
    clusters.adopt(run.engine, resources, one, run.say, protect=settings.protection(_store(run, settings)).protect)


_BY_CALL: Final = {Kind.TABLE: _table, Kind.ATLAS: _cluster}
"""What no input of a resource restores: it is there, and imported, before the update."""


def _call(step: Step, used: Source) -> Callable[[Run, Step, Source], None] | None:
    """Give what is done by calls of AWS or Atlas before the update; None: nothing is."""
    if step.change is not Change.MAKE:
        return None
    return _copy if step.after.copy_ else _BY_CALL.get(used.kind)


def _after(run: Run, step: Step, before: tuple[str, str, str]) -> None:
    """Verify that the one that was used is still the same one, and that a new one is as the old one is."""
    settings, resources = run.settings(), run.engine.state().resources
    now = source(settings, resources, run.store, step.before.used)
    if step.change is not Change.RETIRE and (now is None or checks.identity(run.cloud, now) != before):
        raise StopError(
            f"{run.store} is another one than before the update: stop writes, and compare it with the backups: "
            f"{before}, {now}"
        )
    if step.change is not Change.MAKE:
        return
    new = source(settings, resources, run.store, step.after.generation)
    if now is None or new is None:
        raise StopError(f"generation {step.after.generation} of {run.store} is not in the state: --resume, or --abort")
    found = checks.compared(run.cloud, now, new, key=_new_key(run, step))
    run.say(f"verified: {', '.join(one.words for one in found if one.same)}")
    if other := [one.words for one in found if not one.same]:
        raise LaterError(f"{new.id} is there, but {'; '.join(other)}: mend that (pulumi up), or go back with --abort")
