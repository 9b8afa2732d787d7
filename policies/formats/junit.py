"""A report as JUnit XML: a test case is one control, or one thing that it asks for, on one resource."""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from policies.control import Level
from policies.report import Judged, Report
from policies.verdict import Finding

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(report: Report) -> str:
    """Give the XML: a mandatory violation fails, advice is said, what is exempted or cannot be told is skipped."""
    cases = list(_cases(report))
    failures = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    root = ET.Element("testsuites", {"name": "datastores check", **counts})
    suite = ET.SubElement(root, "testsuite", {"name": _clean(report.subject.name), **counts})
    suite.extend(cases)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _cases(report: Report) -> Iterator[ET.Element]:
    for one in report.violations:
        yield _violation(one)
    for one in report.cannot_tell:
        yield _case(one.finding, "skipped", one.finding.message)
    for one in report.exempted:
        yield _case(one.finding, "skipped", f"exempted {one.exemption.terms}")
    for one in report.known or ():
        yield _case(one.finding, "skipped", f"known already: {one.finding.message}")
    for finding in report.passed:
        yield _case(finding)


def _violation(one: Judged) -> ET.Element:
    if one.level is Level.MANDATORY:
        case = _case(one.finding, "failure", one.finding.message)
        case[0].set("type", one.finding.control.severity.name.lower())
        return case
    case = _case(one.finding)
    ET.SubElement(case, "system-out").text = _clean(f"advisory: {one.finding.message}")
    return case


def _case(finding: Finding, outcome: str = "", message: str = "") -> ET.Element:
    case = ET.Element("testcase", {"classname": finding.control.slug, "name": _clean(_name(finding))})
    if outcome:
        ET.SubElement(case, outcome, {"message": _clean(message)})
    return case


def _name(finding: Finding) -> str:
    return f"{finding.name} [{finding.id}]" if finding.id else finding.name


def _clean(text: str) -> str:
    """Leave out what XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)
