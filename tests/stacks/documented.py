"""What the docstring of an argument says that its value may be, where its words leave no doubt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

_NAMED: Final = r'(?:`[^`]*`|"[^"]*"|-?\d+)'
_GLOSS: Final = r"(?:\s*\([^)]*\))?"
_SEPARATOR: Final = r"(?:\s*(?:[,;](?:\s*(?:and|or|OR)\b)?|\band\b|\bor\b|\bOR\b)\s*|(?<=\))\s+)"
_LIST: Final = rf"(?P<list>{_NAMED}{_GLOSS}(?:{_SEPARATOR}{_NAMED}{_GLOSS})*)"
_MULTIPLE: Final = rf"(?:,? or (?:a|any) multiple of (?P<multiple>{_NAMED}))?"
_LEAD: Final = (
    r"(?:[Vv]alid (?:[Vv]alues|options)(?: are)?:?|[Pp]ossible values are:?|\bOne of|(?:^|(?<=\. ))Can be"
    r"|[Tt]he following [a-z ]+ are supported:|Either of the following is supported:"
    r"|[Tt]he current supported values? (?:are|is):?)"
)
# A list counts only if a sentence ends with it: what goes on may add to it.
_ENUMERATION: Final = re.compile(rf"{_LEAD} {_LIST}{_MULTIPLE}\s*(?:\.`?(?=\s|$)|$)")

_NUMBER: Final = r"`?(-?\d[\d,]*)`?"
_RANGES: Final = (
    re.compile(
        rf"(?:[Mm]ust be(?: a value)?|[Vv]alid (?:range|values)(?: is| are)?:?|\bvalues?) (?:between )?{_NUMBER} "
        rf"(?:and|to) {_NUMBER}(?P<length> characters)?\b"
    ),
    re.compile(rf"\bvalue can be {_NUMBER} [a-z ]+ or range from {_NUMBER} to {_NUMBER}"),
    re.compile(rf"[Mm]inimum value(?: for \w+)? is {_NUMBER}"),
    re.compile(rf"set the value greater than or equal to {_NUMBER}\."),
    re.compile(rf"(?P<length>[Mm]aximum length) (?:of|is) {_NUMBER}"),
    re.compile(rf"(?P<length>[Ll]ess than or equal to) {_NUMBER} characters"),
    re.compile(r"must be a (?:non-zero )?positive integer"),
    re.compile(rf"Up to {_NUMBER} (?P<count>\w+) are allowed"),
)


@dataclass(frozen=True, slots=True)
class OneOf:
    """An enumeration."""

    values: frozenset[str]
    multiple: int | None = None
    """Its multiples are allowed too."""
    any_case: bool = False

    def refuses(self, value: Any) -> bool:
        """Say whether a literal is none of the values; only texts and whole numbers are judged."""
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return False
        if self.multiple and isinstance(value, int) and value > 0 and value % self.multiple == 0:
            return False
        text = str(value).lower() if self.any_case else str(value)
        return text not in self.values


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds of a number, or of the length of a text, a list or a mapping."""

    lowest: int | None
    highest: int | None
    of_length: bool = False
    also: frozenset[int] = frozenset()

    def refuses(self, value: Any) -> bool:
        """Say whether a literal is out of bounds; one that has no such measure is not judged."""
        measure = _measure(value, of_length=self.of_length)
        if measure is None or measure in self.also:
            return False
        return (self.lowest is not None and measure < self.lowest) or (
            self.highest is not None and measure > self.highest
        )


Rule = OneOf | Range


def rules(docstring: str) -> list[Rule]:
    """Give what a docstring says; nothing where it does not say it in one of the ways that are known."""
    text = " ".join(docstring.split())
    return [*_enumerations(text), *_ranges(text)]


def _enumerations(text: str) -> Iterator[Rule]:
    for found in _ENUMERATION.finditer(text):
        any_case = "(case insensitive)" in found["list"]
        named = [_bare(token) for token in re.findall(_NAMED, re.sub(r"\([^)]*\)", "", found["list"]))]
        yield OneOf(
            frozenset(name.lower() if any_case else name for name in named),
            int(_bare(found["multiple"])) if found["multiple"] else None,
            any_case,
        )


def _ranges(text: str) -> Iterator[Rule]:
    between, apart, minimum, least, longest, at_most, positive, count = _RANGES
    for found in between.finditer(text):
        yield Range(*_numbers(found.groups()[:2]), of_length=bool(found["length"]))
    for found in apart.finditer(text):
        alone, lowest, highest = _numbers(found.groups())
        yield Range(lowest, highest, also=frozenset({alone}))
    for pattern in (minimum, least):
        for found in pattern.finditer(text):
            yield Range(_numbers(found.groups())[0], None)
    for pattern in (longest, at_most):
        for found in pattern.finditer(text):
            yield Range(None, _numbers(found.groups()[1:])[0], of_length=True)
    if positive.search(text):
        yield Range(1, None)
    for found in count.finditer(text):
        yield Range(None, _numbers(found.groups()[:1])[0], of_length=True)


def _measure(value: Any, *, of_length: bool) -> float | None:
    if of_length:
        return len(value) if isinstance(value, (str, list, dict)) else None
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _numbers(found: Sequence[str]) -> list[int]:
    return [int(number.replace(",", "")) for number in found]


def _bare(token: str) -> str:
    return token.strip("`").strip('"')
