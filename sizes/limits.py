"""How a row of a size table says what is wrong with it."""

from collections.abc import Iterable


class SizeError(ValueError):
    """A size that AWS would refuse, found before anything is deployed; `problems` holds one sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))


def refuse(problems: Iterable[str | None]) -> None:
    """Raise all *problems* at once; a check that found nothing gives None."""
    if found := [problem for problem in problems if problem]:
        raise SizeError(found)


def within(field: str, value: int, lowest: int, highest: int) -> str | None:
    """Say that *value* is outside what AWS allows."""
    return None if lowest <= value <= highest else f"{field} must be between {lowest} and {highest}, got {value}"
