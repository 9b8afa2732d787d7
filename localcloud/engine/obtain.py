"""Obtain the pulumi CLI once: from PATH, by a Go build, by Pulumi's installer, in this order."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, TextIO

from localcloud import files
from localcloud.engine.build import MODULE, build
from localcloud.errors import SetupError
from localcloud.install import MARK
from localcloud.paths import Paths

Version = tuple[int, int, int]

LOWEST: Final[Version] = (3, 259, 0)
"""What local mode was written for; also what is built or installed where nothing newer is there."""
NEXT_MAJOR: Final = 4
_INSTALLER: Final = "https://get.pulumi.com"
_ANSWER_SECONDS: Final = 60.0


class UnavailableError(Exception):
    """One way to the CLI is not open here; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """What is known of the CLI that lies in `.local/engine`: while it holds, nothing is to do."""

    way: str
    version: str
    module: str
    """The pinned module that was built, or would have been: a new pin looks again."""
    size: int
    modified: int


def obtain(paths: Paths, *, err: TextIO) -> None:
    """Put a supported pulumi CLI at `paths.pulumi` unless it is there; raise SetupError where none is to be had."""
    if _holds(paths):
        return
    paths.engine.mkdir(parents=True, exist_ok=True)
    lock = paths.engine / "lock"
    held = files.try_lock(lock)
    if held is None:
        err.write("pulumi: another process is obtaining it: waiting\n")
        err.flush()
    else:
        files.unlock(held)
    with files.locked(lock):
        if not _holds(paths):
            _obtain(paths, err)


def _obtain(paths: Paths, err: TextIO) -> None:
    marker = _read_marker(paths)
    if (marker is None or marker.module == _module()) and (version := _supported(paths.pulumi)):
        # Put there by hand, or the marker was lost: every way of ours ends in a rename, so it is whole.
        _mark(paths, "found", version)
        return
    closed: list[str] = []
    for way, get in _WAYS.items():
        with tempfile.TemporaryDirectory(dir=paths.engine, prefix="new-") as folder:
            try:
                found = get(Path(folder), err)
                version = _required_version(found)
            except UnavailableError as why:
                closed.append(f"  {way}: {why}")
                err.write(f"pulumi: not {way}: {why}\n")
                continue
            found.replace(paths.pulumi)
        _mark(paths, way, version)
        err.write(f"pulumi {_text(version)}: {way}\n")
        return
    raise SetupError(
        "no pulumi CLI can be had here:\n" + "\n".join(closed) + f"\ninstall Go 1.26 or newer (https://go.dev/dl), "
        f"or pulumi {_text(LOWEST)} or newer (https://www.pulumi.com/docs/install), and try again"
    )


def _from_path(folder: Path, err: TextIO) -> Path:
    """Copy the first supported pulumi of PATH; the copy stays when the original is upgraded or removed."""
    refused: list[str] = []
    for entry in os.get_exec_path():
        candidate = Path(entry, "pulumi")
        if not os.access(candidate, os.X_OK) or not candidate.is_file() or _ours(candidate):
            continue
        version = _version(candidate)
        if version and LOWEST <= version < (NEXT_MAJOR, 0, 0):
            err.write(f"pulumi: taking {candidate}\n")
            return Path(shutil.copy(candidate, folder / "pulumi"))
        said = _text(version) if version else "of no version that it tells"
        refused.append(f"{candidate} is {said}, but {_text(LOWEST)} or newer and before {NEXT_MAJOR} is needed")
    raise UnavailableError("; ".join(refused) or "no pulumi on PATH")


def _built(folder: Path, err: TextIO) -> Path:
    target = folder / "pulumi"
    if why := build(target, version=_text(LOWEST), err=err):
        raise UnavailableError(why)
    return target


def _installed(folder: Path, err: TextIO) -> Path:
    """Run Pulumi's official installer; it leaves PATH and the user's shell files alone."""
    curl = shutil.which("curl")
    if curl is None:
        raise UnavailableError("no curl on PATH to fetch it with")
    err.write(f"pulumi: fetching {_text(LOWEST)} with the installer of {_INSTALLER}\n")
    err.flush()
    script = folder / "install.sh"
    _run_way([curl, "--fail", "--silent", "--show-error", "--location", _INSTALLER, "--output", str(script)])
    where = folder / "installed"
    _run_way(["sh", str(script), "--version", _text(LOWEST), "--install-root", str(where), "--no-edit-path"])
    return where / "bin" / "pulumi"


_WAYS: Final[Mapping[str, Callable[[Path, TextIO], Path]]] = {
    "taken from PATH": _from_path,
    "built with Go": _built,
    "installed by Pulumi's installer": _installed,
}


def _run_way(command: list[str]) -> None:
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # the commands are ours
    if ended.returncode:
        said = (ended.stderr or ended.stdout).strip().splitlines() or ["it said nothing"]
        raise UnavailableError(f"{Path(command[0]).name} ended with code {ended.returncode}: {said[-1]}")


def _ours(program: Path) -> bool:
    """Recognise a shim of local mode, of this checkout or another: it is no CLI."""
    with program.open("rb") as file:
        return MARK.encode() in file.read(200)


def _version(program: Path) -> Version | None:
    """Ask a CLI for its version; None where it does not tell one."""
    environment = dict(os.environ) | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(  # noqa: S603  # the program is the one that we are about to use
            [program, "version"], env=environment, capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    told = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return (int(told[1]), int(told[2]), int(told[3])) if told and answer.returncode == 0 else None


def _supported(program: Path) -> Version | None:
    version = _version(program)
    return version if version and LOWEST <= version < (NEXT_MAJOR, 0, 0) else None


def _required_version(program: Path) -> Version:
    if version := _supported(program):
        return version
    raise UnavailableError(f"what came of it does not work: `{program.name} version` tells no supported version")


def _text(version: Version) -> str:
    return ".".join(map(str, version))


def _module() -> str:
    """Tell one pin from another."""
    digest = hashlib.sha256()
    for name in ("go.mod", "go.sum"):
        digest.update((MODULE / name).read_bytes())
    return digest.hexdigest()


def _mark(paths: Paths, way: str, version: Version) -> None:
    found = paths.pulumi.stat()
    marker = Marker(way=way, version=_text(version), module=_module(), size=found.st_size, modified=found.st_mtime_ns)
    files.write_atomically(_marker(paths), json.dumps(asdict(marker), indent=2) + "\n")


def _marker(paths: Paths) -> Path:
    return paths.engine / "pulumi.json"


def _read_marker(paths: Paths) -> Marker | None:
    try:
        return Marker(**json.loads(_marker(paths).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _holds(paths: Paths) -> bool:
    """Say whether the CLI that was obtained is still there, and still the one to have."""
    marker = _read_marker(paths)
    if marker is None or not paths.pulumi.exists():
        return False
    found = paths.pulumi.stat()
    return (marker.size, marker.modified, marker.module) == (found.st_size, found.st_mtime_ns, _module())
