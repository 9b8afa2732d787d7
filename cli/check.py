"""`datastores check`: judge a stack, a preview or a file of resources by all controls."""

import gc
import json
import os
import sys
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO

from policies.report import Report
from policies.requirements import Asked
from policies.subject import Subject
from stacks.mistakes import Mistake, SettingsError, unknown

COMMAND_LINE: Final = "the command line"
STDIN: Final = "-"
_FINDING: Final = '{"control": '
"""How JSON begins a finding."""
_SOURCES: Final = {"stack": "STACK", "preview": "--preview", "resources": "--resources", "explain": "--explain"}
_SHAPES: Final = {
    "phase": "--phase",
    "environment": "--environment",
    "overrides": "--set",
    "as_json": "--json",
    "sarif": "--sarif",
    "junit": "--junit",
    "github": "--github",
    "baseline": "--baseline",
    "framework": "--framework",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str | None = None
    preview: str | None = None
    resources: str | None = None
    explain: str | None = None
    phase: str | None = None
    environment: str | None = None
    overrides: Mapping[str, str] | None = None
    as_json: bool = False
    sarif: Path | None = None
    junit: Path | None = None
    github: bool = False
    baseline: Path | None = None
    framework: str | None = None


def batch(request: Request, *, stdin: BinaryIO, out: TextIO) -> int:
    """Judge the cases on standard input; the exit status is 0 whatever was found. Raises SettingsError."""
    if given := [*_sources(request), *_shapes(request)]:
        what = "means nothing with --batch"
        raise SettingsError(COMMAND_LINE, [Mistake(where=(name,), what=what) for name in given])
    from policies.batch import answer  # noqa: PLC0415  the other ways need none of it

    json.dump(answer(stdin.read()), out)
    out.write("\n")
    return 0


def run(request: Request) -> int:
    """Judge and report as a command does: today, and to where Python writes. Raises SettingsError."""
    return check(
        request,
        today=datetime.now(tz=UTC).date(),
        in_workflow=os.environ.get("GITHUB_ACTIONS") == "true",
        out=sys.stdout,
        err=sys.stderr,
    )


def check(request: Request, *, today: date, in_workflow: bool, out: TextIO, err: TextIO) -> int:
    """
    Judge and report; the exit status is the report's.

    *in_workflow* adds annotations, as `--github` does. With `--json` they go to *err*. Raises SettingsError.
    """
    if mistakes := list(_mistakes(request)):
        raise SettingsError(COMMAND_LINE, mistakes)
    if request.explain is not None:
        out.write(_explained(request.explain))
        return 0
    with _uncollected():
        report, asked = _judged(request, today)
        _write_files(request, report)
        _print(request, report, asked, out)
        if request.github or in_workflow:
            from policies.formats.github import annotations  # noqa: PLC0415  nobody else needs it

            (err if request.as_json else out).write(annotations(report))
    return int(report.status)


@contextmanager
def _uncollected() -> Generator[None]:
    """Look for no garbage meanwhile: what a check makes it keeps, and looking through it takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _mistakes(request: Request) -> Iterator[Mistake]:
    given = _sources(request)
    if len(given) != 1:
        got = " and ".join(given) or "none of them"
        yield Mistake(where=(), what=f"must have one of {', '.join(_SOURCES.values())} and --batch, got {got}")
    if request.explain is not None:
        for key in _shapes(request):
            yield Mistake(where=(key,), what="means nothing with --explain")
    elif request.overrides and request.stack is None:
        yield Mistake(where=("--set",), what="changes the settings of a STACK, and there is none")


def _sources(request: Request) -> list[str]:
    """Name what is to be judged or explained."""
    return [name for key, name in _SOURCES.items() if getattr(request, key) is not None]


def _shapes(request: Request) -> list[str]:
    """Name the options that were given and only shape a check."""
    return [_SHAPES[one.name] for one in fields(request) if one.name in _SHAPES and getattr(request, one.name)]


def _explained(slug: str) -> str:
    from policies.controls import CONTROLS  # noqa: PLC0415  as for all rooms, only when it is used
    from policies.exemptions import CONTROLS as ABOUT_EXEMPTIONS  # noqa: PLC0415  likewise
    from policies.formats.explain import explained  # noqa: PLC0415  likewise

    controls = {control.slug: control for control in (*CONTROLS, *ABOUT_EXEMPTIONS)}
    if slug not in controls:
        what = f"{slug!r} {unknown(slug, 'a control', sorted(controls))}"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("--explain",), what=what)])
    return explained(controls[slug])


def _judged(request: Request, today: date) -> tuple[Report, Asked | None]:
    from policies import baseline, exemptions, requirements  # noqa: PLC0415  likewise
    from policies.controls import CONTROLS  # noqa: PLC0415  likewise
    from policies.report import check as judged  # noqa: PLC0415  likewise

    framework = None if request.framework is None else requirements.framework_of(request.framework)
    former = None if request.baseline is None else baseline.read(_bytes(request.baseline), str(request.baseline))
    exempting = exemptions.read(control.slug for control in CONTROLS)
    controls = CONTROLS if framework is None else requirements.helping(CONTROLS, framework)
    report = judged(_subject(request, today), controls, exempting=exempting, today=today)
    if former is not None:
        report = baseline.new_in(report, former)
    return report, None if framework is None else requirements.asked(report, framework)


def _subject(request: Request, today: date) -> Subject:
    from policies.subject import of_file, placed  # noqa: PLC0415  likewise

    if request.stack is not None:
        return _rendered(request, request.stack, today)
    if request.preview is not None:
        from policies.preview import of_preview  # noqa: PLC0415  likewise

        subject = _read(request.preview, of_preview)
    else:
        subject = _read(request.resources or STDIN, of_file)
    return placed(subject, environment=request.environment, phase=request.phase)


def _read(file: str, read: Callable[[bytes, str], Subject]) -> Subject:
    if file == STDIN:
        return read(sys.stdin.buffer.read(), "standard input")
    return read(_bytes(Path(file)), file)


def _rendered(request: Request, stack: str, today: date) -> Subject:
    from drills import kept  # noqa: PLC0415  likewise
    from drills.duty import owed  # noqa: PLC0415  likewise
    from policies.levels import Place  # noqa: PLC0415  likewise
    from policies.reading import from_plain  # noqa: PLC0415  likewise
    from stacks import generations  # noqa: PLC0415  likewise
    from stacks.exports import said  # noqa: PLC0415  likewise
    from stacks.leaving import leaving  # noqa: PLC0415  likewise
    from stacks.render import render  # noqa: PLC0415  it brings Pulumi, which takes a second
    from stacks.settings import Settings  # noqa: PLC0415  likewise

    settings = Settings.read(
        stack, phase=request.phase, environment=request.environment, overrides=request.overrides or {}
    )
    # What no render shows, reports of drills do.
    drills = kept.read(stack, today=today)
    return Subject(
        name=stack,
        file=f"stacks/Pulumi.{stack}.yaml",
        stack=stack,
        place=Place(
            environment=settings.environment,
            phase=settings.phase,
            leaving=leaving(
                said(settings.hop),
                settings.unlock,
                {store: generations.said(one) for store, one in settings.restores.items()},
            ),
        ),
        resources=[from_plain(resource) for resource in (*render(settings), *owed(settings, drills, today))],
        account=settings.allowed_account_ids[0] if len(settings.allowed_account_ids) == 1 else "",
    )


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise SettingsError(str(file), [Mistake(where=(), what=f"cannot be read: {error.strerror}")]) from None


def _write_files(request: Request, report: Report) -> None:
    """Write all files or say of each why not; the check itself is not lost by one."""
    mistakes: list[Mistake] = []
    for option, file, text in _files(request, report):
        try:
            file.write_text(text, encoding="utf-8", errors="backslashreplace")
        except OSError as error:
            mistakes.append(Mistake(where=(option,), what=f"cannot write {file}: {error.strerror}"))
    if mistakes:
        raise SettingsError(COMMAND_LINE, mistakes)


def _files(request: Request, report: Report) -> Iterator[tuple[str, Path, str]]:
    if request.sarif:
        from policies.formats.sarif import sarif  # noqa: PLC0415  likewise

        yield "--sarif", request.sarif, f"{json.dumps(sarif(report), indent=2)}\n"
    if request.junit:
        from policies.formats.junit import junit  # noqa: PLC0415  likewise

        yield "--junit", request.junit, junit(report)


def _print(request: Request, report: Report, asked: Asked | None, out: TextIO) -> None:
    if request.as_json:
        from policies.formats.document import document  # noqa: PLC0415  likewise

        shown: Mapping[str, Any] = document(report, asked)
        out.write(_lines(shown))
        return
    from policies.formats.text import text  # noqa: PLC0415  likewise

    out.write(text(report, asked))


def _lines(document: Mapping[str, Any]) -> str:
    """Write a document with a line for each finding: an indented one takes twenty times as long."""
    parts = [f"  {json.dumps(key)}: {_rows(json.dumps(value))}" for key, value in document.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _rows(text: str) -> str:
    """Begin a line with each finding; no text can be mistaken for one, as JSON escapes quotation marks in it."""
    return text.replace(_FINDING, f"\n    {_FINDING}")
