"""A report as JSON."""

from collections.abc import Mapping
from typing import Any, Final

from policies.control import Level, Severity
from policies.exemptions import Exempted
from policies.report import Judged, Report
from policies.requirements import Asked
from policies.verdict import Finding

_SEVERITIES: Final = {severity: severity.name.lower() for severity in Severity}
_LEVELS: Final = {level: level.name.lower() for level in Level}


def document(report: Report, asked: Asked | None = None) -> dict[str, Any]:
    """Give a report as plain values; also what `--baseline` reads. *asked* adds what a framework asks."""
    place = report.subject.place
    known = {} if report.known is None else {"known": [_judged(one) for one in report.known]}
    framework = {} if asked is None else {"framework": _framework(asked)}
    return {
        "checked": {
            "name": report.subject.name,
            "environment": place.environment,
            "phase": place.phase,
            "doubt": place.doubt,
            "notes": list(report.subject.notes),
            "resources": len(report.subject.resources),
            "controls": len(report.controls),
        },
        "violations": [_judged(one) for one in report.violations],
        "cannotTell": [_judged(one) for one in report.cannot_tell],
        "exempted": [_exempted(one) for one in report.exempted],
        **known,
        **framework,
        "counts": dict(report.counts),
        "status": int(report.status),
    }


def _judged(one: Judged) -> Mapping[str, str]:
    finding = one.finding
    row = {
        "control": finding.control.slug,
        "resource": finding.name,
        "type": finding.type,
        "severity": _SEVERITIES[finding.control.severity],
        "level": _LEVELS[one.level],
        "message": finding.message,
    }
    if finding.id:
        row["id"] = finding.id
    if finding.unknown:
        row["unknown"] = finding.unknown
    return row


def _id(finding: Finding) -> Mapping[str, str]:
    """Tell which of several things a control asks for, where it asks for several."""
    return {"id": finding.id} if finding.id else {}


def _exempted(one: Exempted) -> Mapping[str, str]:
    finding, exemption = one.finding, one.exemption
    return {
        "control": finding.control.slug,
        "resource": finding.name,
        "type": finding.type,
        "severity": finding.control.severity.name.lower(),
        "message": finding.message,
        "reason": exemption.reason,
        "owner": exemption.owner,
        "expires": exemption.expires.isoformat(),
        **_id(finding),
    }


def _framework(asked: Asked) -> Mapping[str, Any]:
    return {
        "key": asked.framework.key,
        "name": asked.framework.name,
        "version": asked.framework.version,
        "requirements": [
            {
                "id": row.id,
                "state": row.state,
                "controls": [
                    {"control": one.slug, "state": one.state, "resources": list(one.resources)} for one in row.answers
                ],
            }
            for row in asked.rows
        ],
    }
