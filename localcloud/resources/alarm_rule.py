"""The rule of a composite alarm: `ALARM("a") OR (OK(b) AND NOT INSUFFICIENT_DATA("c"))`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# Amazon CloudWatch API Reference: PutCompositeAlarm.
STATES: Final = ("ALARM", "OK", "INSUFFICIENT_DATA")
_LONGEST: Final = 10_240
_MOST_NAMES: Final = 100
_TOKEN: Final = re.compile(r"""\s*(?:(?P<mark>[()])|"(?P<quoted>[^"]*)"|(?P<word>[^\s()"]+))""")
_ARN: Final = re.compile(r"arn:aws[a-z-]*:cloudwatch:[a-z0-9-]+:\d{12}:alarm:(?P<name>.+)")


class RuleError(ValueError):
    """A rule that CloudWatch cannot read; the text says why."""


Condition = Callable[[Mapping[str, str]], bool]
"""Whether a rule holds, given the state of each alarm by its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmRule:
    """A rule that was read."""

    names: frozenset[str]
    holds: Condition


def read_rule(text: str) -> AlarmRule:
    """Read a rule. Raises RuleError."""
    if len(text) > _LONGEST:
        raise RuleError(f"AlarmRule must be at most {_LONGEST} characters long, got {len(text)}")
    reader = _Reader(list(_tokens(text)))
    holds = reader.any_of()
    if reader.here:
        raise RuleError(f"AlarmRule contains {reader.here!r} where AND, OR or the end was expected")
    if len(reader.names) > _MOST_NAMES:
        raise RuleError(f"AlarmRule names at most {_MOST_NAMES} alarms, got {len(reader.names)}")
    return AlarmRule(names=frozenset(reader.names), holds=holds)


def _tokens(text: str) -> Iterator[str]:
    """Give marks and words as they are, and names with a quotation mark before them."""
    place, end = 0, len(text.rstrip())
    while place < end:
        match = _TOKEN.match(text, place)
        if match is None:
            raise RuleError(f"AlarmRule cannot be read from {text[place : place + 20]!r} on")
        place = match.end()
        yield match["mark"] or match["word"] or f'"{match["quoted"]}'


class _Reader:
    """Reads tokens from left to right: OR binds weaker than AND, and AND weaker than NOT."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens, self._place = tokens, 0
        self.names: set[str] = set()

    @property
    def here(self) -> str:
        """The symbol to be read next; nothing at the end."""
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        symbol = self.here
        self._place += 1
        return symbol

    def _expect(self, symbol: str) -> None:
        if (found := self._take()) != symbol:
            raise RuleError(f"AlarmRule misses {symbol!r}, got {found or 'its end'!r}")

    def any_of(self) -> Condition:
        """Read conditions with OR between them."""
        parts = [self._all_of()]
        while self.here == "OR":
            self._take()
            parts.append(self._all_of())
        return lambda states: any(part(states) for part in parts)

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self.here == "AND":
            self._take()
            parts.append(self._one())
        return lambda states: all(part(states) for part in parts)

    def _one(self) -> Condition:
        symbol = self._take()
        if symbol == "NOT":
            inner = self._one()
            return lambda states: not inner(states)
        if symbol == "(":
            inner = self.any_of()
            self._expect(")")
            return inner
        if symbol in ("TRUE", "FALSE"):
            return lambda _: symbol == "TRUE"
        if symbol in STATES:
            return self._state(symbol)
        wanted = ", ".join((*STATES, "TRUE", "FALSE", "NOT"))
        raise RuleError(f"AlarmRule must have one of {wanted} or '(' here, got {symbol.lstrip(chr(34)) or 'its end'!r}")

    def _state(self, state: str) -> Condition:
        self._expect("(")
        symbol = self._take()
        if symbol in ("", "(", ")", '"'):
            raise RuleError(f"AlarmRule misses the name of an alarm in {state}(...)")
        name = symbol.removeprefix('"')
        match = _ARN.fullmatch(name)
        name = match["name"] if match else name
        self._expect(")")
        self.names.add(name)
        return lambda states: states.get(name, "INSUFFICIENT_DATA") == state
