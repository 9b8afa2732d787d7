"""What is let pass although a control forbids it: by whom, why and until when."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, cast

from policies.control import Control, Controls, Group, Level, Severity
from policies.lacks import ID
from policies.reading import from_plain
from policies.values import Resource
from policies.verdict import Finding, findings_on
from stacks.mistakes import Mistake, Refusal, SettingsError, near, shown, unknown
from stacks.stackfile import read_yaml

FILE: Final = Path(__file__).with_name("exemptions.yaml")
TITLE: Final = "policies/exemptions.yaml"
EXEMPTION: Final = "datastores:policies:Exemption"
"""The type of an exemption where it is judged itself."""
EVERY: Final = "*"
_REQUIRED: Final = ("control", "resource", "reason", "owner", "expires")
_KEYS: Final = (*_REQUIRED[:2], "stack", *_REQUIRED[2:])
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)( 00:00:00 \+0000 UTC)?")  # the second as stack files read a date

CONTROLS: Final = Controls()
"""What exemptions must be; their examples say what is told of one: `expired` and `used`."""


@CONTROLS.add(
    EXEMPTION, group=Group.ACCESS, severity=Severity.MEDIUM, good=[{"expired": False}], bad=[{"expired": True}]
)
def exemption_expired(exemption: Resource) -> bool:
    """Exemptions must be in date: fix what it exempts and delete it, or agree on a new date."""
    return exemption["expired"] is False


@CONTROLS.add(EXEMPTION, group=Group.ACCESS, severity=Severity.LOW, good=[{"used": True}], bad=[{"used": False}])
def exemption_unused(exemption: Resource) -> bool:
    """Exemptions must exempt something: delete it, or name the control, resource and stack that it is about."""
    return exemption["used"] is True


EXPIRED, UNUSED = CONTROLS
LEVELS: Final[Mapping[str, Level]] = {
    EXPIRED.slug: Level.MANDATORY,
    # Nothing is wrong with the stack, and in another phase it may be used again.
    UNUSED.slug: Level.ADVISORY,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Exemption:
    """One control, or one thing that it asks for, that is let pass for some resources, until a day."""

    control: str
    """Its slug."""
    part: str = ""
    """The id of the one thing that is let pass; empty: all that the control asks for."""
    resource: str
    """A glob of logical names; `stack` is what a finding on the stack itself calls it."""
    stack: str = EVERY
    """A glob of stack names."""
    reason: str
    owner: str
    expires: date
    """The last day on which it exempts."""

    @property
    def label(self) -> str:
        """What it is called in reports."""
        where = "" if self.stack == EVERY else f" in {self.stack}"
        return f"{self.called} on {self.resource}{where}"

    @property
    def called(self) -> str:
        """What it lets pass: `slug`, or `slug[id]`."""
        return f"{self.control}[{self.part}]" if self.part else self.control

    @property
    def terms(self) -> str:
        """Say until when, by whom and why."""
        return f"until {self.expires}, by {self.owner}: {self.reason}"

    def is_expired(self, today: date) -> bool:
        """Say whether its last day is over."""
        return self.expires < today

    def covers(self, finding: Finding) -> bool:
        """Say whether it is about this control and resource, whatever its date and stack."""
        is_about = self.control == finding.control.slug and self.part in {"", finding.id}
        return is_about and fnmatchcase(finding.name, self.resource)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exempted:
    """A finding that is let pass."""

    finding: Finding
    exemption: Exemption


class Ledger:
    """The exemptions of one stack on one day, and what each of them was used for."""

    def __init__(self, exemptions: Iterable[Exemption], *, stack: str, today: date) -> None:
        """Take the exemptions of *stack*; where its name is not known, "", those of every stack."""
        self._all = [one for one in exemptions if fnmatchcase(stack, one.stack)]
        self._current = [one for one in self._all if not one.is_expired(today)]
        self._used: set[Exemption] = set()
        self._today = today
        self.exempted: list[Exempted] = []

    def exempts(self, finding: Finding) -> Exempted | None:
        """Note that a finding is let pass; None is one that is not."""
        covering = [one for one in self._current if one.covers(finding)]
        self._used.update(covering)
        if not covering:
            return None
        self.exempted.append(Exempted(finding=finding, exemption=covering[0]))
        return self.exempted[-1]

    def covers(self, finding: Finding) -> bool:
        """Say whether a finding would be let pass."""
        return any(one.covers(finding) for one in self._current)

    def findings(self, judged: Iterable[str]) -> list[Finding]:
        """
        Say what is wrong with the exemptions themselves.

        *judged* are the slugs of the controls that were asked: about others nobody can say whether they are used.
        """
        slugs = set(judged)
        found: list[Finding] = []
        for one in self._all:
            if one.control not in slugs:
                continue
            if one.is_expired(self._today):
                found.append(_about(one, EXPIRED, expired=True))
            elif one not in self._used:
                found.append(_about(one, UNUSED, used=False))
        return found


def _about(exemption: Exemption, control: Control, **told: bool) -> Finding:
    """Give the verdict of one of the controls here on an exemption."""
    resource = from_plain({"type": EXEMPTION, "name": exemption.label, "inputs": told})
    (finding,) = findings_on(resource, control, None, {})
    return replace(finding, message=f"{finding.message} It stands {exemption.terms.removesuffix('.')}.")


def read(slugs: Iterable[str], file: Path = FILE) -> tuple[Exemption, ...]:
    """
    Read the file of exemptions; *slugs* are the controls that there are.

    Raises:
        SettingsError: with all mistakes of the file.

    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(TITLE, [Mistake(where=(), what=f"cannot be read: {error}")]) from None
    return load(text, slugs)


def load(text: str, slugs: Iterable[str]) -> tuple[Exemption, ...]:
    """
    Read exemptions; *slugs* are the controls that there are.

    Raises:
        SettingsError: with all mistakes of the text.

    """
    try:
        document: Any = read_yaml(text)
    except Refusal as refusal:
        raise SettingsError(TITLE, refusal.found) from None
    if not isinstance(document, dict) or not isinstance(document.get("exemptions"), list):
        what = f"must be a mapping with the key exemptions, a list, got {shown(document)}"
        if isinstance(document, dict) and "exemptions" in document:
            what = f"exemptions must be a list, got {shown(cast('object', document['exemptions']))}"
        raise SettingsError(TITLE, [Mistake(where=(), what=what)])
    rows: list[object] = document["exemptions"]
    controls = sorted(slugs)
    mistakes = [
        *(Mistake(where=(key,), what=unknown(key, "a key", ["exemptions"])) for key in document if key != "exemptions"),
        *(
            mistake.below("exemptions", number)
            for number, row in enumerate(rows)
            for mistake in _mistakes(row, controls)
        ),
    ]
    if mistakes:
        raise SettingsError(TITLE, mistakes)
    return tuple(_exemption(cast("Mapping[str, str]", row)) for row in rows)


def _mistakes(row: object, controls: Sequence[str]) -> Iterator[Mistake]:
    if not isinstance(row, dict):
        yield Mistake(where=(), what=f"must be a mapping with the keys {', '.join(_REQUIRED)}, got {shown(row)}")
        return
    found = cast("dict[str, object]", row)
    for key, value in found.items():
        if key not in _KEYS:
            yield Mistake(where=(key,), what=unknown(key, "a key of an exemption", _KEYS))
        elif not isinstance(value, str) or not value.strip():
            yield Mistake(where=(key,), what=f"must be a text, got {shown(value)}")
        elif key == "control" and (slug := _parts_of(value)[0]) not in controls:
            yield Mistake(where=(key,), what=_no_control(value, slug, controls))
        elif key == "expires" and _date(value) is None:
            yield Mistake(where=(key,), what=f"must be a date such as 2027-01-31, got {shown(value)}")
    for key in _REQUIRED:
        if key not in found:
            yield Mistake(where=(key,), what="is missing")


def _no_control(value: str, slug: str, controls: Sequence[str]) -> str:
    kind = "a control, or control[id]" if "[" in value else "a control"
    return f"must be {kind}, got {shown(value)}{near(slug, controls)}"


def _parts_of(control: str) -> tuple[str, str]:
    """Read `slug` or `slug[id]`; of anything else the whole is taken for a slug, which is none."""
    slug, bracket, rest = control.partition("[")
    part = rest.removesuffix("]")
    if not bracket:
        return control, ""
    return (slug, part) if rest.endswith("]") and ID.fullmatch(part) else (control, "")


def _date(text: str) -> date | None:
    """Read a day; None is none."""
    if not (found := _DATE.fullmatch(text)):
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def _exemption(row: Mapping[str, str]) -> Exemption:
    """Make an exemption of a row without mistakes."""
    expires = _date(row["expires"])
    if expires is None:
        raise ValueError(f"a row with a wrong date must not come here: {row}")
    slug, part = _parts_of(row["control"])
    return Exemption(
        control=slug,
        part=part,
        resource=row["resource"],
        stack=row.get("stack", EVERY),
        reason=" ".join(row["reason"].split()).removesuffix("."),
        owner=row["owner"],
        expires=expires,
    )
