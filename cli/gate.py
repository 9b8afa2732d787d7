"""`datastores gate`: whether a change may go through, from a preview or from the renders of two commits."""

import gc
import json
import subprocess
import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Final, TextIO

from stacks.rows import written
from stacks.settings import FOLDER, Settings
from upgrades import pace
from upgrades.engine import Engine, EngineError
from upgrades.gate import Verdict, environment_of, judge
from upgrades.hop import Hop
from upgrades.preview import Preview, PreviewError, read_preview
from upgrades.process import NotFoundError
from upgrades.report import as_json, markdown, text
from upgrades.waiting import held_against, limited, not_looked_at

BAD_INPUT: Final = 2


class Form(StrEnum):
    """How a verdict is written."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def gate_preview(file: Path, *, form: Form, out: TextIO, err: TextIO) -> int:
    """Judge what `pulumi preview --json` wrote into *file* (`-`: standard input); return the exit status."""
    try:
        content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        return _refused(f"{file} cannot be read: {error.strerror}", err)
    return _judged(content, str(file), _without_history, form=form, out=out, err=err)


def _without_history(verdict: Verdict) -> Verdict:
    return not_looked_at(verdict, "this has no history; `datastores gate STACK` asks the stack for its own")


def _with_history(verdict: Verdict) -> Verdict:
    """Ask the stack for its history, where something changes that AWS allows only so often."""
    if not limited(verdict):
        return verdict
    try:
        past = Engine(stack=verdict.stack, folder=FOLDER.parent).past()
    except (EngineError, NotFoundError) as error:
        return not_looked_at(verdict, str(error))
    return held_against(verdict, past, pace.clock())


def gate_stack(stack: str, *, form: Form, out: TextIO, err: TextIO) -> int:
    """Judge what an `up` of a stack would do now, as the pulumi on PATH previews it; return the exit status."""
    # All of the stack: what does not change may be what makes a change safe.
    command = ["pulumi", "preview", "--json", "--show-sames", "--stack", stack]
    try:
        done = subprocess.run(command, cwd=FOLDER.parent, capture_output=True, check=False)  # noqa: S603  no shell
    except FileNotFoundError:
        return _refused("there is no pulumi on PATH: use --base REF, or --preview FILE", err)
    if not done.stdout.lstrip().startswith(b"{"):
        said = " ".join(done.stderr.decode(errors="replace").split()) or f"it ended with {done.returncode}"
        return _refused(f"`{' '.join(command)}` gives no preview: {said}", err)
    return _judged(done.stdout, "the preview", _with_history, form=form, out=out, err=err)


def _judged(  # noqa: PLR0913  each is an option, or where it is written
    content: bytes, name: str, waiting: Callable[[Verdict], Verdict], *, form: Form, out: TextIO, err: TextIO
) -> int:
    """Judge a preview that was read from something called *name*; *waiting* looks at how often AWS allows it."""
    # All of a preview stays until the end: looking for garbage in it takes as long as reading it.
    gc.disable()
    try:
        preview = read_preview(content.decode("utf-8-sig"))
        verdict = judge(
            preview.edits,
            stack=preview.stack,
            environment=environment_of(preview.stack),
            gaps=preview.gaps,
            hop=preview.hop,
            standing=preview.standing,
        )
        if preview.restored or preview.restores:
            verdict = _of_restores(verdict, preview)
    except UnicodeDecodeError as error:
        return _refused(f"{name} is not UTF-8 from byte {error.start + 1} on", err)
    except PreviewError as error:
        return _refused(f"{name} is no preview: {error}", err)
    finally:
        gc.enable()
    return _written(waiting(verdict), form, out)


def _of_restores(verdict: Verdict, preview: Preview) -> Verdict:
    """Leave out what the next step of a restore means to do, which the stack's outputs say."""
    # Only here: most previews are of no restore, and are judged without the applications.
    from restores.allowed import excused  # noqa: PLC0415
    from stacks.applications import APPLICATIONS  # noqa: PLC0415

    application = APPLICATIONS.get(preview.stack.rpartition("-")[0])
    stores = [store.name for store in application.stores] if application else []
    return excused(verdict, preview.restored, preview.restores, stores)


def gate_base(  # noqa: PLR0913  each is said by an option
    settings: Settings, base: str, *, environment: str | None, form: Form, out: TextIO, err: TextIO
) -> int:
    """Judge what lies between commit *base* and *settings* of the working tree; return the exit status."""
    # Only here: they bring Pulumi and the local cloud's providers, which a preview does without.
    from stacks.render import render  # noqa: PLC0415
    from upgrades.commit import CommitError, NoRepositoryError, RenderError, rendered_at  # noqa: PLC0415
    from upgrades.renders import Rendered, edits_between, standing  # noqa: PLC0415

    # The working tree first: what is wrong with it is wrong input, whatever the commit says.
    after = Rendered(stack=settings.stack, region=settings.region, resources=render(settings))
    gaps: list[str] = []
    try:
        before = rendered_at(base, root=FOLDER.parent, stack=settings.stack, environment=environment)
    except NoRepositoryError as error:
        return _refused(f"{error}: use --preview FILE", err)
    except CommitError as error:
        return _refused(str(error), err)
    except RenderError as error:
        before = None
        gaps = [f"{settings.stack} cannot be rendered at {base}: {error}"]
    verdict = judge(
        edits_between(before, after) if before else [],
        stack=settings.stack,
        environment=settings.environment,
        gaps=gaps,
        hop=_hop(settings),
        standing=standing(before, after) if before else (),
    )
    return _written(_without_history(verdict), form, out)


def _hop(settings: Settings) -> Hop | None:
    if settings.hop is None:
        return None
    return Hop(sizes={name: written(size) for name, size in settings.hop.sizes.items()})


def _written(verdict: Verdict, form: Form, out: TextIO) -> int:
    match form:
        case Form.TEXT:
            out.write(text(verdict))
        case Form.MARKDOWN:
            out.write(markdown(verdict))
        case Form.JSON:
            json.dump(as_json(verdict), out, indent=2, ensure_ascii=False)
            out.write("\n")
    return verdict.exit_code


def _refused(what: str, err: TextIO) -> int:
    err.write(f"error: {what}\n")
    return BAD_INPUT
