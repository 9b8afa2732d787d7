"""
The project as local mode sees it: a Pulumi.yaml of its own, and copies of the stack files.

`pulumi` writes into stack files (a salt already at a preview); the tracked ones must not change. So the engine works in
`.local/project`, whose program is the tracked one. The state there is true only as long as the daemon's life: moto
forgets everything when it dies.
"""

import json
import shutil
from pathlib import Path
from typing import Final

from localcloud import files
from localcloud.errors import SetupError
from localcloud.paths import Paths

NAME: Final = "datastores"
"""The Pulumi project, as in the tracked Pulumi.yaml: stack files say `datastores:phase`."""

_RUN_ENDS_SECONDS: Final = 5.0


def prepare(paths: Paths, life: str) -> list[str]:
    """
    Make the project ready for a run on the daemon of this life; give lines for the user about what was changed.

    Raise SetupError where a stack file cannot be read, or a run on a former life has not ended.
    """
    paths.local.mkdir(parents=True, exist_ok=True)
    with files.locked(_lock(paths)):
        return _prepare(paths, life)


def prepare_and_hold(paths: Paths, life: str) -> tuple[list[str], int]:
    """
    Make the project ready as `prepare` does, and hold the state: nobody moves it aside.

    The descriptor that is given ends the hold when it, and all copies of it in child processes, are closed.
    """
    paths.local.mkdir(parents=True, exist_ok=True)
    with files.locked(_lock(paths)):
        said = _prepare(paths, life)
        hold = files.try_lock(_runs(paths), shared=True)
    # Only `_move_state` and `forget` lock runs for themselves, and both do so inside the lock that we hold here.
    assert hold is not None, "the state is locked though nobody moves it"  # noqa: S101
    return said, hold


def forget(paths: Paths) -> None:
    """Remove the state, states moved aside, and the copies with all local changes; SetupError while a run goes on."""
    paths.local.mkdir(parents=True, exist_ok=True)
    with files.locked(_lock(paths)):
        hold = _no_run(paths)
        try:
            for folder in (paths.state, paths.project, paths.home, *paths.local.glob("state-*")):
                if folder.exists():
                    shutil.rmtree(folder)
        finally:
            files.unlock(hold)


def refuse_while_running(paths: Paths) -> None:
    """Raise SetupError while a pulumi command works on the state."""
    paths.local.mkdir(parents=True, exist_ok=True)
    with files.locked(_lock(paths)):
        files.unlock(_no_run(paths))


def stacks(paths: Paths) -> dict[str, int]:
    """Give the stacks of the local state, each with the number of its resources (Pulumi's own ones included)."""
    found: dict[str, int] = {}
    for file in sorted((paths.state / ".pulumi" / "stacks").glob("**/*.json")):
        latest = json.loads(file.read_text(encoding="utf-8")).get("checkpoint", {}).get("latest") or {}
        found[file.stem] = len(latest.get("resources") or ())
    return found


def _lock(paths: Paths) -> Path:
    return paths.local / "project.lock"


def _runs(paths: Paths) -> Path:
    return paths.local / "runs.lock"


def _prepare(paths: Paths, life: str) -> list[str]:
    said = [*_adopt(paths, life), *_renew_copies(paths)]
    paths.home.mkdir(parents=True, exist_ok=True)
    _write_project(paths)
    return said


def _adopt(paths: Paths, life: str) -> list[str]:
    """Give the state to this life; one of another life is of no use any more, and is moved aside."""
    label = paths.state / "life"
    former = label.read_text(encoding="utf-8").strip() if label.exists() else "unknown"
    if former == life:
        return []
    said = _move_state(paths, former) if (paths.state / ".pulumi").exists() else []
    files.write_atomically(label, life + "\n")
    return said


def _move_state(paths: Paths, former: str) -> list[str]:
    hold = _no_run(paths)
    try:
        aside = next(path for path in _asides(paths, former) if not path.exists())
        lost = ", ".join(stacks(paths)) or "no stacks"
        paths.state.rename(aside)
    finally:
        files.unlock(hold)
    where = aside.relative_to(paths.local.parent)
    return [
        f"the local cloud started anew, empty: its former state ({lost}) is now {where}; `pulumi up` builds it again"
    ]


def _asides(paths: Paths, former: str) -> list[Path]:
    return [paths.local / f"state-{former}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 1000)))]


def _no_run(paths: Paths) -> int:
    hold = files.wait_for_lock(_runs(paths), seconds=_RUN_ENDS_SECONDS)
    if hold is None:
        raise SetupError("a pulumi command still works on the local state: let it end (or end it), then try again")
    return hold


def _write_project(paths: Paths) -> None:
    # JSON is YAML, and quotes whatever a path can hold. `main` may be absolute (tried).
    settings = {"name": NAME, "runtime": "python", "main": str(paths.root), "stackConfigDir": "stacks"}
    text = "# Written by the local cloud; the real one is Pulumi.yaml of the project.\n" + json.dumps(settings) + "\n"
    file = paths.project / "Pulumi.yaml"
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        files.write_atomically(file, text)
    link = paths.project / "policies"
    if not link.is_symlink() or link.readlink() != paths.root / "policies":
        link.unlink(missing_ok=True)
        link.symlink_to(paths.root / "policies")


def _renew_copies(paths: Paths) -> list[str]:
    paths.copies.mkdir(parents=True, exist_ok=True)
    return [line for file in sorted((paths.root / "stacks").glob("Pulumi.*.yaml")) for line in _renew(paths, file)]


def _renew(paths: Paths, file: Path) -> list[str]:
    """Carry what changed in a tracked stack file into its copy; the copy's own changes stay."""
    tracked, copy, origin = file.read_text(encoding="utf-8"), paths.copies / file.name, paths.origins / file.name
    was = origin.read_text(encoding="utf-8") if origin.exists() else ""
    if was == tracked and copy.exists():
        return []
    # Not at the top: most runs have nothing to merge, and YAML takes as long to import as all the rest here.
    from localcloud import stack_copy  # noqa: PLC0415

    try:
        update = stack_copy.update(
            copy.read_text(encoding="utf-8") if copy.exists() else None, was=was, tracked=tracked
        )
    except stack_copy.StackFileError as error:
        raise SetupError(f"{file.relative_to(paths.root)} cannot be read: {error}") from error
    # In this order: a crash between the two makes the next run merge again, with the same result.
    files.write_atomically(copy, update.text)
    files.write_atomically(origin, tracked)
    name = file.relative_to(paths.root)
    return [
        f"{name} changed {key}: the local {ours} is given up for {theirs}" for key, ours, theirs in update.overruled
    ]
