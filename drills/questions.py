"""Questions that an application asks of its restored database: a file of SQL, a yes or no each."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sql.manifest import FOLDER
from stacks.mistakes import Mistake, SettingsError

_HEAD: Final = re.compile(r"^-- check: *(?P<name>.*?) *$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What must be true of a database that came back."""

    name: str
    statement: str
    """Gives one row with one truth value."""


def file_of(application: str, store: str) -> Path:
    """Name the file of an application's store."""
    return FOLDER / application / "checks" / f"{store}.sql"


def read(file: Path) -> tuple[Question, ...]:
    """Read `-- check: <what must be true>`, each with a statement below; raises SettingsError."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), [Mistake(where=(), what=f"cannot be read: {error}")]) from None
    return load(text, str(file))


def load(text: str, file: str) -> tuple[Question, ...]:
    """Read the same of a text."""
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)] if heads else []
    found = [
        Question(name=head["name"], statement=_statement(text[head.end() : end]))
        for head, end in zip(heads, ends, strict=True)
    ]
    before = _statement(text[: heads[0].start()] if heads else text)
    mistakes = [
        *([] if heads else ["must have a check: `-- check: <what must be true>`, and a statement below it"]),
        *(["has a statement before the first `-- check:`"] if heads and before else []),
        *(f"has a check without a name, its statement is {one.statement[:40]!r}" for one in found if not one.name),
        *(f"has no statement for the check {one.name!r}" for one in found if one.name and not one.statement),
        *(f"has two checks {name!r}" for name in sorted({o.name for o in found if [*_names(found)].count(o.name) > 1})),
    ]
    if mistakes:
        raise SettingsError(file, [Mistake(where=(), what=what) for what in mistakes])
    return tuple(found)


def _names(found: list[Question]) -> list[str]:
    return [one.name for one in found if one.name]


def _statement(text: str) -> str:
    """Give a statement without comments above it and the semicolon below."""
    lines = [line for line in text.strip().splitlines() if not line.lstrip().startswith("--")]
    return "\n".join(lines).strip().removesuffix(";").rstrip()
