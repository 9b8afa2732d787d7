"""Files that several processes share: written whole or not at all, one at a time."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_POLL_SECONDS: Final = 0.05


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old text or the new one, and a crash leaves one of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(mode)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def try_lock(path: Path, *, shared: bool = False) -> int | None:
    """Lock a file and give its descriptor, or None where another process holds it; closing it unlocks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def wait_for_lock(path: Path, *, seconds: float, shared: bool = False) -> int | None:
    """Lock a file as soon as it is free; None where it is not within the given time."""
    end = time.monotonic() + seconds
    while (descriptor := try_lock(path, shared=shared)) is None and time.monotonic() < end:
        time.sleep(_POLL_SECONDS)
    return descriptor


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Be the only one inside: wait as long as it takes."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def unlock(descriptor: int) -> None:
    """End a lock."""
    os.close(descriptor)
