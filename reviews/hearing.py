"""Have a version render stacks, and judge stacks by its policies: all of it in processes of that version's own code."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from drills import kept
from drills.duty import owed_by_name
from policies.plain import account_allowed, mistakes_of_resources
from reviews.versions import Version
from stacks.mistakes import Refusal, SettingsError
from stacks.stackfile import canonical, config_of
from upgrades.commit import RenderError, environment_in, rendered_in, said
from upgrades.renders import Rendered

_COURT: Final = Path(__file__).with_name("court.py")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
"""What a stack may be called; the name of a file could be anything."""


class HearingError(Exception):
    """A version's policies cannot be used; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A stack as one version describes it."""

    stack: str
    rendered: Rendered | None
    """None: it does not render, see `broken`."""
    broken: str
    config: Mapping[str, Any]
    """What its file says, by full key; empty where the file cannot be read."""
    folder: Path
    """Where that file is."""

    @property
    def phase(self) -> str:
        """What its file says."""
        return str(self.config.get("datastores:phase", ""))

    @property
    def unlocked(self) -> frozenset[str]:
        """The stores whose protection is lifted."""
        unlock = self.config.get("datastores:unlock")
        return frozenset(map(str, unlock)) if isinstance(unlock, list) else frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """What the policies of one version say, and what they are."""

    levels: Mapping[str, Mapping[str, int]]
    """By control, then by environment and phase: 0 off, 1 advisory, 2 mandatory."""
    exemptions: Sequence[Mapping[str, str]]
    proposed: Sequence[Mapping[str, str]] | None
    """What the other version exempts, read by this one's code; None: it cannot read it."""
    documents: Mapping[str, Mapping[str, Any]]
    """By the caller's key: what `datastores check --json` prints."""
    sarif: Mapping[str, Mapping[str, Any]]
    """By the caller's key: a log of one run."""


def describe(version: Version, stacks: Iterable[str]) -> dict[str, Described]:
    """Render those of *stacks* that the version has, by its own program, as many at once as there are processors."""
    there = [stack for stack in version.stacks() if stack in set(stacks)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        return {one.stack: one for one in pool.map(partial(_described, version), there)}


def _described(version: Version, stack: str) -> Described:
    described = partial(Described, stack=stack, folder=version.tree / "stacks")
    if not _NAME.fullmatch(stack):
        return described(rendered=None, broken="its name is none that a stack can have", config={})
    config: Mapping[str, Any] = {}
    try:
        config = _config(version, stack)
        rendered = rendered_in(version.tree, stack=stack)
    except RenderError as error:
        return described(rendered=None, broken=str(error), config=config)
    mistakes = list(mistakes_of_resources(rendered.resources)) if rendered else []
    broken = f"its render has resources that are none: {mistakes[0]}" if mistakes else ""
    return described(rendered=None if broken else rendered, broken=broken, config=config)


def _config(version: Version, stack: str) -> Mapping[str, Any]:
    """Read a stack's file without this version's idea of what may be in it."""
    file = version.tree / "stacks" / f"Pulumi.{stack}.yaml"
    try:
        found, _ = config_of(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Refusal) as error:
        raise RenderError(f"{file.name} cannot be read: {error}") from None
    return {key: canonical(value) for key, value in found.items()}


def judged(version: Version, stacks: Mapping[str, Described], *, other: Version, today: date) -> Judgement:
    """
    Judge stacks, each under a key of the caller's, by the policies of *version*; what does not render is left out.

    The exemptions of the *other* version are read too, and not used.

    Raises HearingError where the policies cannot be used.
    """
    subjects = [
        {
            "id": key,
            "stack": one.stack,
            "phase": one.phase,
            "account": account_allowed({key: json.dumps(value) for key, value in one.config.items()}),
            "resources": [
                *({**resource, "options": resource.get("options") or {}} for resource in one.rendered.resources),
                *_drilled(one, today),
            ],
        }
        for key, one in stacks.items()
        if one.rendered
    ]
    done = subprocess.run(  # noqa: S603  this Python, on the repository's own policies
        [sys.executable, "-P", str(_COURT)],
        cwd=version.tree.resolve(),
        env=environment_in(version.tree.resolve()),
        input=json.dumps({"today": today.isoformat(), "exemptions": str(_exemptions(other)), "subjects": subjects}),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise HearingError(said(done.stderr) or f"they ended with {done.returncode}")
    try:
        answer = json.loads(done.stdout)
        reports: Mapping[str, Any] = answer["reports"]
        return Judgement(
            levels=answer["levels"],
            exemptions=answer["exemptions"],
            proposed=answer["proposed"],
            documents={key: one["document"] for key, one in reports.items()},
            sarif={key: one["sarif"] for key, one in reports.items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HearingError(f"their answer is none: {error}") from None


def _drilled(one: Described, today: date) -> list[dict[str, Any]]:
    """Give what the reports of the stack's own version say of its drills; raises HearingError."""
    names = [str(resource["name"]) for resource in one.rendered.resources] if one.rendered else []
    try:
        reports = kept.read(one.stack, today=today, folder=one.folder.parent / kept.FOLDER.name)
    except SettingsError as error:
        raise HearingError(str(error)) from None
    return owed_by_name(one.stack, one.phase, names, reports, today)


def _exemptions(version: Version) -> Path:
    return version.tree.resolve() / "policies" / "exemptions.yaml"
