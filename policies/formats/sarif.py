"""A report as SARIF 2.1.0, for code scanning."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from policies.control import Control, Level, Severity
from policies.exemptions import CONTROLS as ABOUT_EXEMPTIONS
from policies.exemptions import EXEMPTION, Exempted
from policies.exemptions import TITLE as EXEMPTIONS_FILE
from policies.frameworks import FRAMEWORKS, References
from policies.report import Judged, Report, Status
from policies.verdict import Finding

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final = {Level.MANDATORY: "error", Level.ADVISORY: "warning"}
_SCORES: Final = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "3.0"}
"""Code scanning ranks by a score of 0 to 10, in the bands of CVSS."""


def sarif(report: Report, references: References = FRAMEWORKS) -> dict[str, Any]:
    """Give one run: a rule for each control that was asked, a result for each finding, exempted ones suppressed."""
    controls = [*report.controls, *ABOUT_EXEMPTIONS]
    index = {control.slug: number for number, control in enumerate(controls)}
    results = [{**result, "ruleIndex": index[result["ruleId"]]} for result in _results(report)]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "datastores", "rules": [_rule(one, references) for one in controls]}},
                "automationDetails": {"id": f"datastores/{report.subject.name}/"},
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "exitCode": int(report.status),
                        "toolExecutionNotifications": [
                            {"level": "note", "message": {"text": note}} for note in _notes(report)
                        ],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }


def _notes(report: Report) -> Iterator[str]:
    if doubt := report.subject.place.doubt:
        yield f"Judged at the strictest level, because {doubt}."
    for note in report.subject.notes:
        yield f"{note}."
    if report.status is Status.CANNOT_TELL:
        yield "Not all can be told before it is deployed."


def _rule(control: Control, references: References) -> Mapping[str, Any]:
    requirements = references.get(control.slug, ())
    tags = [str(control.group), *(f"{row.key}:{id_}" for row in requirements for id_ in row.ids)]
    asked = "\n".join(f"- {row.name} {row.version}: {', '.join(row.ids)}" for row in requirements)
    return {
        "id": control.slug,
        "shortDescription": {"text": f"{_filled(control, control.requirement)}."},
        "fullDescription": {"text": control.sentence()},
        "help": {
            "text": f"Fix: {_filled(control, control.fix)}." + (f"\n\nIt helps to meet:\n{asked}" if asked else ""),
            "markdown": f"**Fix**: {_filled(control, control.fix)}."
            + (f"\n\n**It helps to meet**\n\n{asked}" if asked else ""),
        },
        "properties": {
            "tags": tags,
            "security-severity": _SCORES[control.severity],
            "resourceTypes": list(control.types),
        },
    }


def _filled(control: Control, text: str) -> str:
    for name, value in control.defaults.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def _results(report: Report) -> Iterator[dict[str, Any]]:
    state: dict[str, str] = {} if report.known is None else {"baselineState": "new"}
    for one in report.violations:
        yield {**_result(report, one.finding), "level": _LEVELS[one.level], **state}
    for one in report.cannot_tell:
        yield {**_open(report, one.finding), **state}
    for one in report.exempted:
        yield _suppressed(report, one)
    for one in report.known or ():
        yield {**_known(report, one), "baselineState": "unchanged"}


def _known(report: Report, one: Judged) -> dict[str, Any]:
    if one.finding.unknown:
        return _open(report, one.finding)
    return {**_result(report, one.finding), "level": _LEVELS[one.level]}


def _open(report: Report, finding: Finding) -> dict[str, Any]:
    # The standard: what is no failure has the level none.
    return {**_result(report, finding), "kind": "open", "level": "none"}


def _suppressed(report: Report, one: Exempted) -> dict[str, Any]:
    suppression = {"kind": "external", "status": "accepted", "justification": one.exemption.terms}
    return {**_result(report, one.finding), "level": "note", "suppressions": [suppression]}


def _result(report: Report, finding: Finding) -> dict[str, Any]:
    file = EXEMPTIONS_FILE if finding.type == EXEMPTION else report.subject.file
    name = finding.urn or f"{finding.type}::{finding.name}"
    same = (finding.control.slug, finding.type, finding.name, *([finding.id] if finding.id else []))
    properties = {"properties": {"findingId": finding.id}} if finding.id else {}
    return {
        "ruleId": finding.control.slug,
        "message": {"text": f"{finding.name}: {finding.message}"},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": 1}},
                "logicalLocations": [{"name": finding.name, "fullyQualifiedName": name, "kind": "resource"}],
            }
        ],
        "partialFingerprints": {"datastores/v1": _fingerprint(*same)},
        **properties,
    }


def _uri(file: str) -> str:
    return quote(file, safe="/", errors="replace")


def _fingerprint(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]
