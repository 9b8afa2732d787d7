"""A drill as JSON, and read again: what a report says is checked, and its verdict is worked out anew."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar, cast

from drills.report import ASPECTS, BackupTest, Check, Outcome, Report, StoreDrill
from stacks.mistakes import Mistake, SettingsError, shown

FORMAT: Final = 1
"""What `format` says: another one is not read."""
_TEXTS: Final = ("stack", "phase", "account", "region")
_One = TypeVar("_One")


def document(report: Report) -> dict[str, Any]:
    """Give a report as plain data; figures are seconds."""
    return {
        "format": FORMAT,
        "stack": report.stack,
        "phase": report.phase,
        "outcome": str(report.outcome),
        "local": report.local,
        "account": report.account,
        "region": report.region,
        "begun": report.begun.isoformat(timespec="seconds"),
        "ended": report.ended.isoformat(timespec="seconds"),
        "rpoMinutes": report.rpo_minutes,
        "rtoMinutes": report.rto_minutes,
        "stores": [_store(one) for one in report.stores],
        "tests": [{"kind": one.kind, "outcome": str(one.outcome), "said": one.said} for one in report.tests],
        "leftovers": list(report.leftovers),
    }


def text(report: Report) -> str:
    """Give a report as the file that is kept."""
    return f"{json.dumps(document(report), indent=2, ensure_ascii=False)}\n"


def _store(one: StoreDrill) -> dict[str, Any]:
    return {
        "store": one.store,
        "kind": one.kind,
        "outcome": str(one.outcome),
        "source": one.source,
        "scratch": one.scratch,
        "restoredTo": one.restored_to.isoformat(timespec="seconds") if one.restored_to else None,
        "ageSeconds": _seconds(one.age),
        "tookSeconds": _seconds(one.took),
        "checks": [
            {"aspect": each.aspect, "name": each.name, "outcome": str(each.outcome), "said": each.said}
            for each in one.checks
        ],
        "putBack": list(one.put_back),
        "notAsked": one.not_asked,
    }


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())


def load(content: str, file: str) -> Report:
    """Read a report; raises SettingsError with all that is wrong, also where its own verdict is not what follows."""
    try:
        found: object = json.loads(content)
    except ValueError as error:
        raise SettingsError(file, [Mistake(where=(), what=f"is not JSON: {error}")]) from None
    if not isinstance(found, dict):
        raise SettingsError(file, [Mistake(where=(), what=f"must be a drill's report, got {shown(found)}")])
    said = cast("Mapping[str, Any]", found)
    if said.get("format") != FORMAT:
        what = f"must be {FORMAT}, got {shown(said.get('format'))}"
        raise SettingsError(file, [Mistake(where=("format",), what=what)])
    reading = _Reading(file)
    report = reading.report(said)
    if reading.mistakes:
        raise SettingsError(file, reading.mistakes)
    if mistakes := list(_untrue(said, report)):
        raise SettingsError(file, mistakes)
    return report


def _untrue(said: Mapping[str, Any], report: Report) -> Iterator[Mistake]:
    """Say where a verdict does not follow from the checks beside it: somebody has edited it."""
    if said.get("outcome") != report.outcome:
        yield Mistake(where=("outcome",), what=_not(said.get("outcome"), report.outcome))
    for number, (each, store) in enumerate(zip(said["stores"], report.stores, strict=True)):
        if each.get("outcome") != store.outcome:
            yield Mistake(where=("stores", number, "outcome"), what=_not(each.get("outcome"), store.outcome))


def _not(said: object, follows: Outcome) -> str:
    return f"must be what the checks come to, {follows}, got {shown(said)}"


class _Reading:
    """Reads field by field, and keeps what is wrong."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.mistakes: list[Mistake] = []

    def report(self, said: Mapping[str, Any]) -> Report:
        texts = {key: self._text(said, (), key) for key in _TEXTS}
        begun, ended = (self._time(said, (), key) for key in ("begun", "ended"))
        return Report(
            **texts,
            local=self._field(said, (), "local", bool, "true or false", absent=True),
            begun=begun or datetime.max.replace(tzinfo=UTC),
            ended=ended or datetime.max.replace(tzinfo=UTC),
            rpo_minutes=self._whole(said, (), "rpoMinutes") or 0,
            rto_minutes=self._whole(said, (), "rtoMinutes") or 0,
            stores=tuple(self._many(said, (), "stores", self._store)),
            tests=tuple(self._many(said, (), "tests", self._test)),
            leftovers=tuple(self._texts(said, (), "leftovers")),
        )

    def _store(self, said: Mapping[str, Any], where: tuple[str | int, ...]) -> StoreDrill:
        age, took = (self._whole(said, where, key, optional=True) for key in ("ageSeconds", "tookSeconds"))
        return StoreDrill(
            **{key: self._text(said, where, key) for key in ("store", "kind", "source", "scratch")},
            restored_to=self._time(said, where, "restoredTo", optional=True),
            age=None if age is None else timedelta(seconds=age),
            took=None if took is None else timedelta(seconds=took),
            checks=tuple(self._many(said, where, "checks", self._check)),
            put_back=tuple(self._texts(said, where, "putBack")),
            not_asked=self._text(said, where, "notAsked"),
        )

    def _check(self, said: Mapping[str, Any], where: tuple[str | int, ...]) -> Check:
        aspect = self._text(said, where, "aspect")
        outcome = self._outcome(said, where)
        if aspect not in ASPECTS:
            self._wrong(where, "aspect", f"one of {', '.join(ASPECTS)}", aspect)
        if outcome is Outcome.NOT_ASKED:
            self._wrong(where, "outcome", "asked", str(outcome))
        return Check(
            aspect=aspect if aspect in ASPECTS else ASPECTS[0],
            outcome=Outcome.UNKNOWN if outcome is Outcome.NOT_ASKED else outcome,
            name=self._text(said, where, "name"),
            said=self._text(said, where, "said"),
        )

    def _test(self, said: Mapping[str, Any], where: tuple[str | int, ...]) -> BackupTest:
        outcome = self._outcome(said, where)
        return BackupTest(kind=self._text(said, where, "kind"), outcome=outcome, said=self._text(said, where, "said"))

    def _outcome(self, said: Mapping[str, Any], where: tuple[str | int, ...]) -> Outcome:
        found = said.get("outcome")
        if found not in set(Outcome):
            self._wrong(where, "outcome", f"one of {', '.join(Outcome)}", found)
            return Outcome.UNKNOWN
        return Outcome(cast("str", found))

    def _many(
        self,
        said: Mapping[str, Any],
        where: tuple[str | int, ...],
        key: str,
        read: Callable[[Mapping[str, Any], tuple[str | int, ...]], _One],
    ) -> Iterator[_One]:
        for number, one in enumerate(self._list(said, where, key)):
            if isinstance(one, dict):
                yield read(cast("Mapping[str, Any]", one), (*where, key, number))
            else:
                self._wrong((*where, key), number, "a mapping", one)

    def _texts(self, said: Mapping[str, Any], where: tuple[str | int, ...], key: str) -> Iterator[str]:
        for number, one in enumerate(self._list(said, where, key)):
            if isinstance(one, str):
                yield one
            else:
                self._wrong((*where, key), number, "a text", one)

    def _list(self, said: Mapping[str, Any], where: tuple[str | int, ...], key: str) -> Sequence[object]:
        return self._field(said, where, key, list, "a list", absent=[])

    def _text(self, said: Mapping[str, Any], where: tuple[str | int, ...], key: str) -> str:
        return self._field(said, where, key, str, "a text", absent="")

    def _whole(
        self, said: Mapping[str, Any], where: tuple[str | int, ...], key: str, *, optional: bool = False
    ) -> int | None:
        value = said.get(key)
        if optional and key in said and value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self._wrong(where, key, "a whole number from 0 on", value)
            return None
        return value

    def _time(
        self, said: Mapping[str, Any], where: tuple[str | int, ...], key: str, *, optional: bool = False
    ) -> datetime | None:
        value = said.get(key)
        if optional and key in said and value is None:
            return None
        try:
            time = datetime.fromisoformat(cast("str", value))
        except (TypeError, ValueError):
            time = None
        if time is None or time.tzinfo is None:
            self._wrong(where, key, "a time with its zone, such as 2026-11-26T14:30:00+00:00", value)
            return None
        return time

    def _field(  # noqa: PLR0913  each is a fact of the field
        self,
        said: Mapping[str, Any],
        where: tuple[str | int, ...],
        key: str,
        type_: type[_One],
        noun: str,
        *,
        absent: _One,
    ) -> _One:
        value = said.get(key)
        if not isinstance(value, type_):
            self._wrong(where, key, noun, value)
            return absent
        return value

    def _wrong(self, where: tuple[str | int, ...], key: str | int, noun: str, value: object) -> None:
        self.mistakes.append(Mistake(where=(*where, key), what=f"must be {noun}, got {shown(value)}"))
