"""
Judge rendered stacks by the policies of one version: a script that runs in the folder of that version.

It is started by `reviews.hearing` with that folder as the current one and first on the path, so that every import below
is that version's own. It reads `{"today", "exemptions", "subjects": [...]}`, where `exemptions` is the path of another
version's file and a subject is `{"id", "stack", "phase", "account", "resources"}`. It writes `{"levels", "exemptions",
"proposed", "reports": {"<id>": {"document", "sarif"}}}`, where `proposed` is what that file says, null where this
version's policies cannot read it.
"""

import json
import sys
from collections.abc import Mapping
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import policies
from policies.controls import CONTROLS
from policies.exemptions import Exemption, read
from policies.formats.document import document
from policies.formats.sarif import sarif
from policies.levels import PHASE_KEY, Place, level_of, place_of
from policies.reading import from_plain
from policies.report import check
from policies.subject import Subject
from stacks.mistakes import SettingsError
from stacks.phases import Environment, Phase


def _answer(asked: Mapping[str, Any]) -> dict[str, Any]:
    exempting = read(control.slug for control in CONTROLS)
    reports: dict[str, Any] = {}
    for one in asked["subjects"]:
        subject = Subject(
            name=one["stack"],
            file=f"stacks/Pulumi.{one['stack']}.yaml",
            stack=one["stack"],
            place=place_of(one["stack"], {PHASE_KEY: one["phase"]}),
            resources=[from_plain(resource) for resource in one["resources"]],
            account=one["account"],
        )
        report = check(subject, CONTROLS, exempting=exempting, today=date.fromisoformat(asked["today"]))
        reports[one["id"]] = {"document": document(report), "sarif": sarif(report)}
    return {
        "levels": _levels(),
        "exemptions": [_plain(one) for one in exempting],
        "proposed": _proposed(Path(asked["exemptions"])),
        "reports": reports,
    }


def _levels() -> dict[str, dict[str, int]]:
    places = [Place(environment=environment, phase=phase) for environment, phase in product(Environment, Phase)]
    return {
        control.slug: {f"{one.environment} {one.phase}": int(level_of(control, one)) for one in places}
        for control in CONTROLS
    }


def _proposed(file: Path) -> list[dict[str, str]] | None:
    try:
        return [_plain(one) for one in read((control.slug for control in CONTROLS), file)]
    except SettingsError:
        return None


def _plain(one: Exemption) -> dict[str, str]:
    # Base may be older than exemptions of one part of what a control asks for.
    part = getattr(one, "part", "")
    return {
        "control": f"{one.control}[{part}]" if part else one.control,
        "resource": one.resource,
        "stack": one.stack,
        "reason": one.reason,
        "owner": one.owner,
        "expires": one.expires.isoformat(),
    }


if __name__ == "__main__":
    if not Path(policies.__file__ or "/").is_relative_to(Path.cwd()):
        sys.exit("it has no policies")
    try:
        json.dump(_answer(json.load(sys.stdin)), sys.stdout)
    except SettingsError as error:
        sys.exit(str(error))
