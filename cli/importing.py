"""`datastores import`: take over stores that exist, where the program expects them."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO

from imports.candidates import Candidates, MistakesError, Owners, asked, candidates
from imports.document import import_file
from imports.engine import carry_out, deployment_of, other_stacks, preview, rehearse, resources_of
from imports.errors import CannotTellError, ImportRefusedError, StoppedMidwayError
from imports.expected import ExpectedStore, expected_stores
from imports.found import FoundStore, find
from imports.outcome import Fate, Outcome, Outcomes, in_words, outcomes
from sql.errors import BootstrapError
from sql.stack import Where, where
from stacks.mistakes import Mistake, SettingsError
from stacks.phases import Environment
from stacks.render import render
from stacks.settings import Settings
from upgrades.preview import PreviewError
from upgrades.refusals import Refusal

REFUSED: Final = 1
CANNOT_TELL: Final = 3
STOPPED_MIDWAY: Final = 4
COMMAND_LINE: Final = "the command line"


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    stores: tuple[str, ...] = ()
    out: Path | None = None
    run: bool = False
    yes: bool = False
    as_json: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Report:
    """What there is to tell."""

    settings: Settings
    place: Where
    stores: tuple[FoundStore, ...]
    there: tuple[str, ...]
    document: dict[str, Any]
    outcomes: Outcomes
    imported: bool

    @property
    def protect(self) -> bool:
        """Pulumi's protection of what is imported, as the program will set it."""
        return any(found.store.protect for found in self.stores)


def run(request: Request, *, ask: Callable[[str], bool], out: TextIO, err: TextIO) -> int:
    """Say what an import comes to, and import where that is asked for; the exit status. Raises SettingsError."""
    settings = Settings.read(request.stack)
    if settings.hop:
        what = "has datastores:hop: an upgrade is under way, finish it first"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("STACK",), what=what)])
    try:
        report = _rehearsed(request, settings, err)
        if request.run and not report.outcomes.refused and not report.outcomes.doubts:
            report = _carried_out(request, report, ask, err)
    except StoppedMidwayError as error:
        err.write(f"error: {error}\n")
        return STOPPED_MIDWAY
    except (CannotTellError, PreviewError) as error:
        err.write(f"error: {error}\n")
        return CANNOT_TELL
    except (ImportRefusedError, BootstrapError) as error:
        err.write(f"error: {error}\n")
        return REFUSED
    if request.as_json:
        json.dump(_as_json(report), out, indent=2, ensure_ascii=False)
        out.write("\n")
    else:
        out.writelines(f"{line}\n" for line in _text(report, request))
    return REFUSED if report.outcomes.refused else CANNOT_TELL if report.outcomes.doubts else 0


def _rehearsed(request: Request, settings: Settings, err: TextIO) -> _Report:
    stores = expected_stores(settings.stack, render(settings))
    try:
        ids = asked(request.stores, stores, [store.name for store in settings.application.stores])
    except MistakesError as error:
        raise SettingsError(COMMAND_LINE, error.mistakes) from None
    place = where(settings)
    err.write(f"account {place.account}, region {place.region}, backend {place.backend}\n")
    _refuse_account(settings, place)
    deployment = deployment_of(settings.stack)
    if deployment is None:
        what = f"is not in the backend: make it first, `pulumi stack init {settings.stack}`"
        raise SettingsError(COMMAND_LINE, [Mistake(where=("STACK",), what=what)])
    owners = Owners(
        own=resources_of(deployment),
        others={name: resources_of(deployment_of(name)) for name in other_stacks(settings.stack)},
    )
    found = _found(settings, ids, stores, owners)
    document = import_file(found.stores)
    if request.out:
        request.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    protect = any(one.store.protect for one in found.stores)
    rehearsed = rehearse(settings.stack, deployment, document, protect=protect)
    if rehearsed.failures:
        mistakes = [Mistake(where=("--store",), what=f"cannot be read: {one}") for one in rehearsed.failures]
        raise SettingsError(COMMAND_LINE, mistakes)
    judged = outcomes(found.stores, rehearsed.preview, stack=settings.stack, environment=settings.environment)
    return _Report(
        settings=settings,
        place=place,
        stores=found.stores,
        there=found.there,
        document=document,
        outcomes=judged,
        imported=False,
    )


def _refuse_account(settings: Settings, place: Where) -> None:
    # The local cloud has one account, and any stack may be tried on it.
    allowed = settings.allowed_account_ids
    if allowed and place.account not in allowed and "AWS_ENDPOINT_URL" not in os.environ:
        raise ImportRefusedError(
            f"{settings.stack} allows {', '.join(allowed)} (aws:allowedAccountIds), got account {place.account}"
        )


def _found(settings: Settings, ids: dict[str, str], stores: dict[str, ExpectedStore], owners: Owners) -> Candidates:
    def look(store: ExpectedStore, id_: str) -> FoundStore | None:
        return find(store, id_, settings.region)

    found = candidates(settings.stack, ids, stores, look, owners)
    if found.mistakes:
        raise SettingsError(COMMAND_LINE, found.mistakes)
    return found


def _carried_out(request: Request, report: _Report, ask: Callable[[str], bool], err: TextIO) -> _Report:
    settings = report.settings
    if settings.environment is not Environment.DEV and not request.yes:
        err.flush()
        names = ", ".join(found.id for found in report.stores)
        if not ask(f"Import {names} into {settings.stack}?"):
            raise ImportRefusedError("not confirmed (--yes confirms), so nothing was done")
    if failures := carry_out(settings.stack, report.document, protect=report.protect):
        raise StoppedMidwayError(
            f"pulumi import stopped: {'; '.join(failures)}; the cloud is as it was. Run the same command again"
        )
    try:
        judged = outcomes(
            report.stores, preview(settings.stack), stack=settings.stack, environment=settings.environment
        )
    except (CannotTellError, PreviewError) as error:
        raise StoppedMidwayError(f"all was imported, and the preview after it failed: {error}") from None
    return _Report(
        settings=settings,
        place=report.place,
        stores=report.stores,
        there=report.there,
        document=report.document,
        outcomes=judged,
        imported=True,
    )


def _text(report: _Report, request: Request) -> Iterator[str]:
    stack, judged = report.settings.stack, report.outcomes
    for name in report.there:
        yield f"{name}: {stack} has it already"
    for found in report.stores:
        for one in judged.of_store[found.store.name]:
            yield from _of_resource(found.store.name, one)
    for doubt in judged.doubts:
        yield f"cannot tell: {doubt}"
    yield from _ending(report, request)


def _of_resource(store: str, one: Outcome) -> Iterator[str]:
    said = {
        Fate.SAME: "as the program wants it",
        Fate.CHANGED: "the next `up` changes it in place",
        Fate.REPLACED: "refused",
    }[one.fate]
    yield f"{store}: {one.found.id} -> {one.found.expected.name}: {'refused' if one.refusals else said}"
    if one.fate is not Fate.REPLACED:
        yield from (f"  {line}" for line in in_words(one))
    for word, findings in (("refused", one.refusals), ("warning", one.warnings)):
        for refusal in findings:
            yield f"  {word}: {refusal.what}"
            yield f"    because: {refusal.because}"
            yield f"    instead: {refusal.instead}"


def _ending(report: _Report, request: Request) -> Iterator[str]:
    stack, judged = report.settings.stack, report.outcomes
    changed = sum(one.fate is Fate.CHANGED for one in judged.all)
    left = f"the preview changes {changed} of {len(judged.all)} resources in place, as listed"
    if judged.refused:
        yield f"{stack}: refused, nothing was {'changed' if report.imported else 'imported'}"
    elif report.imported:
        yield f"{stack}: imported; {'the preview is empty for it' if judged.empty else left}"
        yield f"next: pulumi up --stack {stack}"
    elif not judged.doubts:
        yield f"{stack}: can be imported; {'the preview will be empty for it' if judged.empty else left}"
        again = "".join(f" --store {one}" for one in request.stores)
        yield f"next: datastores import {stack}{again} --run"


def _as_json(report: _Report) -> dict[str, Any]:
    return {
        "stack": report.settings.stack,
        "account": report.place.account,
        "region": report.place.region,
        "backend": report.place.backend,
        "stores": [
            {
                "store": found.store.name,
                "id": found.id,
                "arn": found.arn or None,
                "resources": [_of_outcome(one) for one in report.outcomes.of_store[found.store.name]],
            }
            for found in report.stores
        ],
        "there": list(report.there),
        "refused": report.outcomes.refused,
        "doubts": list(report.outcomes.doubts),
        "previewIsEmpty": report.outcomes.empty,
        "imported": report.imported,
        "protect": report.protect,
        "importFile": report.document,
    }


def _of_outcome(one: Outcome) -> dict[str, Any]:
    return {
        "type": one.found.expected.type,
        "name": one.found.expected.name,
        "urn": one.found.expected.urn,
        "id": one.found.id,
        "outcome": one.fate,
        "differences": [
            {"path": edit.path, "exists": edit.before, "wanted": edit.after, "replaces": edit.replaces}
            for edit in one.edits
        ],
        "refusals": [_plain(refusal) for refusal in one.refusals],
        "warnings": [_plain(refusal) for refusal in one.warnings],
    }


def _plain(refusal: Refusal) -> dict[str, str]:
    return {"what": refusal.what, "because": refusal.because, "instead": refusal.instead}
