"""The reports that a team keeps: `drills/<stack>/<day>.json`, committed like everything else that proves something."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path
from typing import Final

from drills.document import load, text
from drills.report import Outcome, Report
from localcloud.files import write_atomically
from stacks.mistakes import Mistake, SettingsError

FOLDER: Final = Path(__file__).parent
"""A folder for each stack is in it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A report, and where it is."""

    report: Report
    source: str
    """Its path in the repository."""

    @property
    def on(self) -> date:
        """The day on which it ended (UTC)."""
        return self.report.ended.astimezone(UTC).date()


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """What the reports of a stack say of one store."""

    store: str
    passed: Kept | None
    """The last one that it came back in."""
    failed: Kept | None
    """The last one that it did not come back in, where that is no older; None: none is."""


def read(stack: str, *, today: date, folder: Path = FOLDER) -> tuple[Kept, ...]:
    """
    Read the reports of a stack, the oldest first; there may be none.

    Raises:
        SettingsError: one cannot be read, is another stack's, or is of a day to come.

    """
    found: list[Kept] = []
    for file in sorted((folder / stack).glob("*.json")):
        source = f"{FOLDER.name}/{stack}/{file.name}"
        try:
            report = load(file.read_text(encoding="utf-8"), source)
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(source, [Mistake(where=(), what=f"cannot be read: {error}")]) from None
        kept = Kept(report=report, source=source)
        if mistakes := list(_misplaced(kept, stack, today)):
            raise SettingsError(source, mistakes)
        found.append(kept)
    return tuple(sorted(found, key=lambda one: one.report.ended))


def _misplaced(kept: Kept, stack: str, today: date) -> Iterator[Mistake]:
    if kept.report.stack != stack:
        yield Mistake(where=("stack",), what=f"must be {stack}, whose folder it is in, got {kept.report.stack}")
    if kept.on > today:
        yield Mistake(where=("ended",), what=f"must not be after today, {today}, got {kept.on}")


def write(report: Report, folder: Path = FOLDER) -> Path:
    """Keep a report under the day on which it ended; a second one of that day is `<day>-2.json`."""
    day = report.ended.astimezone(UTC).date().isoformat()
    place = folder / report.stack
    names = (f"{day}.json", *(f"{day}-{number}.json" for number in range(2, 1000)))
    file = next(place / name for name in names if not (place / name).exists())
    write_atomically(file, text(report))
    return file


def standings(kept: Sequence[Kept], stores: Iterable[str]) -> list[Standing]:
    """Say of each store when it came back last, and whether it has failed since; local drills say nothing."""
    evidence = [one for one in kept if one.report.is_evidence]
    return [_standing(evidence, store) for store in stores]


def _standing(evidence: Sequence[Kept], store: str) -> Standing:
    last: dict[Outcome, Kept] = {}
    for one in sorted(evidence, key=lambda one: one.report.ended):
        last.update({each.outcome: one for each in one.report.stores if each.store == store})
    passed, failed = last.get(Outcome.PASSED), last.get(Outcome.FAILED)
    if passed and failed and failed.report.ended < passed.report.ended:
        failed = None
    return Standing(store=store, passed=passed, failed=failed)
