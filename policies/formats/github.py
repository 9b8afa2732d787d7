"""A report as annotations of a GitHub workflow; it shows ten of a kind, so the worst come first."""

from collections.abc import Iterator

from policies.control import Level
from policies.report import Report


def annotations(report: Report) -> str:
    """Give one workflow command a line: errors, warnings, notices."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    file = report.subject.file
    for one in report.violations:
        kind = "error" if one.level is Level.MANDATORY else "warning"
        yield _command(kind, file, f"{one.finding.called}: {one.finding.name}", one.finding.message)
    for one in report.cannot_tell:
        yield _command("notice", file, f"{one.finding.called}: {one.finding.name}", one.finding.message)
    for one in report.exempted:
        title = f"exempted: {one.finding.called}: {one.finding.name}"
        yield _command("notice", file, title, f"Exempted {one.exemption.terms}")


def _command(kind: str, file: str, title: str, message: str) -> str:
    return f"::{kind} file={_property(file)},title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    """Escape what the runner would read as the end of the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
