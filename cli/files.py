"""Files that a command writes: whether it can, said before any work, and how it is said where it could not."""

from pathlib import Path
from typing import Final

from stacks.mistakes import Mistake, SettingsError

BAD_INPUT: Final = 2
COMMAND_LINE: Final = "the command line"


def unwritable(file: Path, *, option: str) -> Mistake | None:
    """Say before any work why a file cannot be written; None: it may well be."""
    if file.is_dir():
        return Mistake(where=(option,), what=f"cannot write {file}: it is a folder")
    if not file.parent.is_dir():
        return Mistake(where=(option,), what=f"cannot write {file}: there is no folder {file.parent}")
    return None


def write(file: Path, text: str, *, option: str) -> None:
    """Write a file; raises SettingsError where that cannot be."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        what = f"cannot write {file}: {error.strerror}"
        raise SettingsError(COMMAND_LINE, [Mistake(where=(option,), what=what)]) from None
