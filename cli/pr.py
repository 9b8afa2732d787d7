"""`datastores pr`: what a pull request does to every stack, as a comment, SARIF and an exit code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, TextIO

from reviews.comment import comment, failure
from reviews.document import document
from reviews.hearing import HearingError
from reviews.review import Review, notices, review
from reviews.sarif import log
from stacks.mistakes import Mistake, SettingsError
from stacks.settings import FOLDER
from upgrades.commit import CommitError

BAD_INPUT: Final = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    base: str
    head: str | None = None
    accepted: bool = False
    markdown: Path | None = None
    sarif: Path | None = None
    as_json: bool = False


def pr(request: Request, *, today: date, out: TextIO, err: TextIO) -> int:
    """Review, and write the comment to the file that is asked for or to *out*. Raises SettingsError."""
    try:
        found = review(base=request.base, head=request.head, root=FOLDER.parent, today=today, accepted=request.accepted)
    except (CommitError, HearingError) as error:
        what = f"the policies cannot be used: {error}" if isinstance(error, HearingError) else str(error)
        if request.markdown:
            _write({request.markdown: failure(what)})
        err.write(f"error: {what}\n")
        return BAD_INPUT
    _write(_files(request, found))
    if request.as_json:
        json.dump(document(found), out, indent=2)
        out.write("\n")
    elif request.markdown:
        out.write(f"{', '.join(notices(found)) or 'nothing in the way'}\n")
    else:
        out.write(comment(found))
    return int(found.status)


def _files(request: Request, found: Review) -> Mapping[Path, str]:
    files: dict[Path, str] = {}
    if request.markdown:
        files[request.markdown] = comment(found)
    if request.sarif:
        runs = [stack.sarif for stack in found.stacks if stack.sarif]
        files[request.sarif] = f"{json.dumps(log(runs), indent=2)}\n"
    return files


def _write(files: Mapping[Path, str]) -> None:
    """Write all files, or say of each why not."""
    mistakes: list[Mistake] = []
    for file, text in files.items():
        try:
            file.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            mistakes.append(Mistake(where=(), what=f"cannot write {file}: {error.strerror}"))
    if mistakes:
        raise SettingsError("the command line", mistakes)
