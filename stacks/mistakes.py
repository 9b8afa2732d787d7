"""What is wrong with the settings of a stack: every mistake at once, each with a way out."""

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Self

Path = tuple[str | int, ...]
"""Where a value stands: a config key, then the keys and positions below it."""

# A longer value says nothing more about what is wrong with it.
LONGEST_SHOWN: Final = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """One thing that is wrong."""

    where: Path
    what: str
    """Follows the name of the place: `must be …, got …`."""

    def __str__(self) -> str:
        return f"{place(self.where)} {self.what}" if self.where else self.what

    def below(self, *prefix: str | int) -> Self:
        """Give the same mistake, its place seen from further up."""
        return type(self)(where=(*prefix, *self.where), what=self.what)


class Refusal(ValueError):  # noqa: N818 # what a check says, which no caller outside stacks/ sees
    """What a check of one value found; the places are relative to that value."""

    def __init__(self, found: str | Iterable[Mistake]) -> None:
        self.found = (Mistake(where=(), what=found),) if isinstance(found, str) else tuple(found)
        super().__init__("; ".join(str(mistake) for mistake in self.found))


class SettingsError(ValueError):
    """
    Settings that cannot be used; nothing was changed.

    `mistakes` holds them in the order of the stack file; the text is one line that names the file, then one a mistake.
    """

    def __init__(self, title: str, mistakes: Sequence[Mistake]) -> None:
        self.title = title
        self.mistakes = tuple(mistakes)
        count = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        super().__init__("\n  ".join((f"{title} has {count}:", *(str(mistake) for mistake in self.mistakes))))


class AllAtOnce:
    """Reads of several files: what is wrong with each is kept until all were read."""

    def __init__(self) -> None:
        self._errors: list[SettingsError] = []

    @contextmanager
    def reading(self) -> Generator[None]:
        """Read one of them; what follows must not need what it reads."""
        try:
            yield
        except SettingsError as error:
            self._errors.append(error)

    def end(self) -> None:
        """Raise SettingsError with all that is wrong, if anything is."""
        if len(self._errors) > 1:
            raise _SeveralFilesError(self._errors)
        for error in self._errors:
            raise error


class _SeveralFilesError(SettingsError):
    """Several files that cannot be used, each with its own mistakes."""

    def __init__(self, errors: Sequence[SettingsError]) -> None:
        titles = ", ".join(error.title for error in errors)
        super().__init__(titles, [mistake for error in errors for mistake in error.mistakes])
        self.args = ("\n".join(map(str, errors)),)


def place(where: Path) -> str:
    """Name a place as it is written in messages: `datastores:network.subnetIds[1]`."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{_printable(step)}" for step in where]
    return "".join(steps).removeprefix(".")


def shown(value: object) -> str:
    """Give a value as a message quotes it: short, on one line, and nothing of what is inside lists and mappings."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return str(value).lower()
        case str():
            text = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
            return repr(text)
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return str(value)


def near(written: object, allowed: Iterable[str]) -> str:
    """Give `: did you mean '…'?` where one of *allowed* is close to what was written, else nothing."""
    if not isinstance(written, str):
        return ""
    plain = {_plain(name): name for name in sorted(allowed, reverse=True)}
    close = get_close_matches(_plain(written), plain, n=1)
    return f": did you mean '{plain[close[0]]}'?" if close else ""


def unknown(written: str, noun: str, allowed: Sequence[str]) -> str:
    """Say that *written* is not *noun* (`a key`), and what is."""
    names = f": allowed {'is' if len(allowed) == 1 else 'are'} {', '.join(allowed)}"
    return f"is not {noun}{near(written, allowed) or names}"


def _plain(name: str) -> str:
    """Forget what people write differently: case, `_` and `-`."""
    return name.lower().replace("_", "").replace("-", "")


def _printable(name: str) -> str:
    """Keep a name on one line, and a short one."""
    short = name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…"
    return short if short and short.isprintable() else repr(short)
