"""Build the pulumi CLI from the Go module that `go.mod` beside this file pins."""

import os
import re
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

MODULE: Final = Path(__file__).resolve().parent
"""The folder of go.mod and go.sum."""

_PACKAGE: Final = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_VERSION_VARIABLE: Final = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
_TAGS: Final = "osusergo,grpcnotrace"
_LOWEST_GO: Final = (1, 26)
_TICK_SECONDS: Final = 1.0
_PLAIN_LINE_SECONDS: Final = 20.0


def build(target: Path, *, version: str, err: TextIO) -> str | None:
    """
    Build the CLI into *target*, with its progress on *err*; give None, or a sentence that says why it cannot be.

    It takes about five minutes of two cores, 2 GB of memory, and the network for Go's modules where they are not there.
    """
    go = shutil.which("go")
    if go is None:
        return "no go on PATH"
    if why := _unsuitable(go):
        return why
    err.write("pulumi: building it with Go, once; this takes about 5 minutes\n")
    progress = _Progress(err=err)
    total = 0
    for line in progress.lines([go, "list", "-mod=readonly", "-deps", "-tags", _TAGS, _PACKAGE]):
        if line.startswith("go: downloading"):
            progress.count("modules fetched")
        elif not line.startswith("go: "):
            total += 1
    if progress.failed:
        return progress.failed
    progress.begin(total)
    flags = ["-mod=readonly", "-trimpath", "-tags", _TAGS, "-ldflags", f"-s -w -X {_VERSION_VARIABLE}=v{version}"]
    for line in progress.lines([go, "build", "-v", *flags, "-o", str(target), _PACKAGE]):
        if re.fullmatch(r"[\w.~+/-]+", line):  # -v names each package as it is compiled
            progress.count("packages compiled")
    return progress.failed


def _unsuitable(go: str) -> str | None:
    """Ask inside the module: a go that may fetch the toolchain that go.mod wants answers with that one's version."""
    asked = subprocess.run([go, "version"], cwd=MODULE, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603  # go is go
    told = re.search(r"go(\d+)\.(\d+)", asked.stdout)
    if asked.returncode or not told:
        return f"go does not work: {(asked.stderr or asked.stdout).strip() or 'it said nothing'}"
    if (int(told[1]), int(told[2])) < _LOWEST_GO:
        return f"go is {told[0].removeprefix('go')}, but {'.'.join(map(str, _LOWEST_GO))} or newer is needed"
    return None


def _environment() -> dict[str, str]:
    # A go.work of a folder above would replace our go.mod.
    return dict(os.environ) | {"GOWORK": "off"}


@dataclass(slots=True)
class _Progress:
    """What a long command has done: one line that changes on a terminal, a line now and then elsewhere; no colours."""

    err: TextIO
    started: float = field(default_factory=time.monotonic)
    failed: str | None = None
    """Why the last command failed."""
    _what: str = ""
    _done: int = 0
    _total: int = 0
    _shown: float = 0.0

    def begin(self, total: int) -> None:
        """Count anew, up to *total* at most: what Go has in its cache is not compiled again."""
        self._done, self._total = 0, total

    def count(self, what: str) -> None:
        """Count one more of *what*."""
        self._what, self._done = what, self._done + 1

    def lines(self, command: Sequence[str]) -> Generator[str]:
        """Run a command in the module's folder; give each line it writes, and show the progress in between."""
        said: list[str] = []
        with subprocess.Popen(  # noqa: S603  # the commands are ours
            command, cwd=MODULE, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            try:
                for line in _read_lines(process, self._show):
                    said.append(line)
                    yield line
            except BaseException:
                process.terminate()
                raise
        self._end_line()
        # `go build` ends with the reason; what it compiled before is not it.
        self.failed = f"go {command[1]} failed: {' / '.join(said[-3:])}" if process.returncode else None

    def _show(self) -> None:
        elapsed = time.monotonic() - self.started
        terminal = self._terminal()
        if elapsed - self._shown < (_TICK_SECONDS if terminal else _PLAIN_LINE_SECONDS) or not self._what:
            return
        self._shown = elapsed
        most = f" of at most {self._total}" if self._total else ""
        line = f"pulumi: {self._done}{most} {self._what}, {elapsed // 60:.0f} min {elapsed % 60:02.0f} s"
        self.err.write(f"\r{line}\x1b[K" if terminal else f"{line}\n")
        self.err.flush()

    def _end_line(self) -> None:
        if self._shown and self._terminal():
            self.err.write("\n")
        self._shown = 0.0

    def _terminal(self) -> bool:
        return self.err.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def _read_lines(process: subprocess.Popen[bytes], tick: Callable[[], None]) -> Generator[str]:
    """Give lines as they come, and tick while none does."""
    assert process.stdout is not None, "it was opened with a pipe"  # noqa: S101
    pipe, rest = process.stdout.fileno(), b""
    while True:
        tick()
        if not select.select([pipe], [], [], _TICK_SECONDS)[0]:
            continue
        chunk = os.read(pipe, 1 << 16)
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)
        if not chunk:
            if rest:
                yield rest.decode(errors="replace")
            return
