"""
Stack files as the Pulumi engine reads them.

The engine turns every value into text before a program sees it: scalars as Go prints them, lists and mappings as JSON.
`canonical` does the same, so that a file that is read without an engine means exactly what it means with one.
"""

import json
import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final, cast

import yaml

from stacks.mistakes import Mistake, Refusal, shown, unknown

PROJECT: Final = "datastores"
"""The namespace of our keys: the project's name."""
TOP_LEVEL: Final = ("config", "encryptionsalt", "encryptedkey", "secretsprovider")
"""What a stack file may hold; all but `config` is written by Pulumi."""

TAG: Final = "tag:yaml.org,2002:"
# The scalars of Go's yaml.v3, which the engine uses; `yes` and `1:30` are text to it, and 010 is octal.
NULL: Final = re.compile(r"~|null|Null|NULL|")
BOOL: Final = re.compile(r"true|True|TRUE|false|False|FALSE")
INT: Final = re.compile(r"[-+]?(0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|0|[1-9][0-9]*)")
FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
NOT_FINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
# Go keeps integers of 64 bits, and writes floats without an exponent between these two.
LOWEST_INT: Final = -(2**63)
HIGHEST_INT: Final = 2**64 - 1
SMALLEST_PLAIN: Final = 1e-6
SMALLEST_EXPONENT: Final = 1e21


def config_of(text: str) -> tuple[dict[str, object], list[Mistake]]:
    """
    Give the `config` of a stack file's text by full key (`datastores:phase`), and mistakes that do not hide it.

    Values are as YAML has them. Raises Refusal for what is not YAML, or has no settings that could be checked.
    """
    document = read_yaml(text)
    if not isinstance(document, dict | None):
        raise Refusal(f"the file must be a mapping with the key config, got {shown(document)}")
    whole = cast("dict[str, object]", document or {})
    config = whole.get("config")
    found = [
        Mistake(where=(key,), what=unknown(key, "a key of a stack file", TOP_LEVEL))
        for key in whole
        if key not in TOP_LEVEL
    ]
    if not isinstance(config, dict | None):
        found.append(Mistake(where=("config",), what=f"must be a mapping of settings, got {shown(config)}"))
    if found and not isinstance(config, dict):
        raise Refusal(found)
    full: dict[str, object] = {}
    for key, value in cast("dict[str, object]", config or {}).items():
        name = full_key(key)
        if name in full:
            found.append(Mistake(where=(name,), what=f"is written twice, here as {shown(key)}: leave one out"))
        full[name] = value
    return full, found


def full_key(key: str) -> str:
    """Give a key with its namespace, as the engine does: ours where none is written."""
    if ":" not in key:
        return f"{PROJECT}:{key}"
    return re.sub(r"^([^:]*):config:([^:]*)$", r"\1:\2", key)


def read_yaml(text: str) -> object:
    """Give what one YAML document says, by the engine's rules; raises Refusal with line and column."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return None if node is None else loader.plain(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = error.problem or ""
        if problem.startswith("but ") and error.context:
            problem = f"{error.context}, {problem}"
        raise Refusal(f"is not YAML: {where}{problem}") from None
    except yaml.reader.ReaderError as error:
        # Its place is a count of characters; people count lines.
        before = text[: error.position].split("\n")
        where = f"line {len(before)}, column {len(before[-1]) + 1}"
        raise Refusal(f"is not YAML: {where}: {text[error.position]!r} must not stand in a file") from None


def overridden(config: Mapping[str, object], overrides: Mapping[str, str]) -> tuple[dict[str, object], list[Mistake]]:
    """
    Lay `KEY=VALUE` pairs over *config*: a dotted key reaches inside a mapping, a value is YAML, `KEY=` takes it out.

    Mistakes are a value that is not YAML, a key that reaches into something else than a mapping, and one to be taken
    out that is not there.
    """
    result = dict(config)
    found: list[Mistake] = []
    for key, text in overrides.items():
        first, *rest = key.split(".")
        path = (full_key(first), *rest)
        if not text:
            if _has(result, path):
                result = _without(result, path)
            else:
                found.append(Mistake(where=path, what=f"is not in the file: --set {key}= has nothing to take out"))
            continue
        try:
            value = read_yaml(text)
        except Refusal as refusal:
            found += [mistake.below(*path) for mistake in refusal.found]
            continue
        try:
            result = _with(result, path, value)
        except Refusal as refusal:
            found += refusal.found
    return result, found


def _has(value: object, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = cast("dict[str, object]", value)[key]
    return True


def _without(mapping: Mapping[str, object], path: tuple[str, ...]) -> dict[str, object]:
    """Give *mapping* without the value at *path*, which it has, nor a mapping that would be empty without it."""
    first, *rest = path
    left = _without(cast("dict[str, object]", mapping[first]), tuple(rest)) if rest else {}
    return {key: left if key == first else value for key, value in mapping.items() if key != first or left}


def _with(mapping: Mapping[str, object], path: tuple[str, ...], value: object) -> dict[str, object]:
    """Give *mapping* with the value at *path* replaced."""
    first, *rest = path
    if not rest:
        return {**mapping, first: value}
    inside = mapping.get(first)
    if inside is None:
        inside = {}
    if not isinstance(inside, dict):
        raise Refusal(
            [Mistake(where=(first,), what=f"must be a mapping to set {'.'.join(rest)} in, got {shown(inside)}")]
        )
    try:
        return {**mapping, first: _with(cast("dict[str, object]", inside), tuple(rest), value)}
    except Refusal as refusal:
        raise Refusal(mistake.below(first) for mistake in refusal.found) from None


def canonical(value: object) -> object:
    """Give one value of a file as a program gets it from the engine: text, or what JSON text says."""
    if isinstance(value, dict | list):
        return _nested(cast("object", value))
    return decoded("" if value is None else _text(value))


def decoded(text: str) -> object:
    """Give the list or mapping that *text* is the JSON of; other text stays as it is."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return cast("object", json.loads(text))
    except ValueError:
        return text


def _text(value: object) -> str:
    """Print a scalar as the engine does."""
    match value:
        case bool():
            return str(value).lower()
        case float():
            number = _nested(value)
            if isinstance(number, int):
                return str(number)
            if abs(value) >= SMALLEST_EXPONENT or abs(value) < SMALLEST_PLAIN:
                return re.sub(r"e([-+])0", r"e\1", repr(value))
            return format(Decimal(repr(value)), "f")
        case _:
            return str(value)


def _nested(value: object) -> object:
    """Give a value as it comes back from the engine's JSON: numbers have gone through a float."""
    match value:
        case dict():
            return {key: _nested(inside) for key, inside in cast("dict[str, object]", value).items()}
        case list():
            return [_nested(inside) for inside in cast("list[object]", value)]
        case bool():
            return value
        case int() | float():
            number = float(value)
            return int(Decimal(repr(number))) if number.is_integer() and abs(number) < SMALLEST_EXPONENT else number
        case _:
            return value


class _Loader(yaml.SafeLoader):
    """PyYAML's parser with the engine's scalars, and without its silence about a key that is written twice."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._open: set[int] = set()

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: object) -> str:  # pyright: ignore[reportIncompatibleMethodOverride] # the stubs have no types here
        """Say what a scalar without quotes is."""
        if kind is yaml.ScalarNode and value is not None and isinstance(implicit, tuple) and implicit[0]:
            return f"{TAG}{_kind(value)}"
        tags: dict[type[yaml.Node], str] = {yaml.SequenceNode: "seq", yaml.MappingNode: "map"}
        return f"{TAG}{tags.get(kind, 'str')}"

    def plain(self, node: yaml.Node) -> object:
        """Turn a node into plain values."""
        if id(node) in self._open:
            raise _refused(node, "an alias must not hold itself")
        self._open.add(id(node))
        try:
            match node:
                case yaml.MappingNode():
                    return self._mapping(node)
                case yaml.SequenceNode():
                    return [self.plain(item) for item in cast("list[yaml.Node]", node.value)]
                case _:
                    return self._scalar(cast("yaml.ScalarNode", node))
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode) -> dict[str, object]:
        """Turn a mapping into a dict; its keys are texts, each once."""
        seen: set[str] = set()
        for key_node, _ in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            key = self._key(key_node)
            if key in seen:
                raise _refused(key_node, f"{key} is written twice")
            seen.add(key)
        self.flatten_mapping(node)
        return {
            self._key(key): self.plain(value) for key, value in cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        }

    def _key(self, node: yaml.Node) -> str:
        """Give a key as text."""
        if not isinstance(node, yaml.ScalarNode):
            raise _refused(node, "a key must be a text")
        if node.tag == f"{TAG}merge":
            return node.value
        value = self._scalar(node)
        return "<nil>" if value is None else _text(value)

    def _scalar(self, node: yaml.ScalarNode) -> object:
        """Give the value of a scalar."""
        text = cast("str", node.value)
        match node.tag.removeprefix(TAG):
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int" | "float" if (number := _number(text)) is not None:
                return number
            case "timestamp":
                return _go_time(self.construct_yaml_timestamp(node))
            case "infinite":
                raise _refused(node, f"{text} is no number that a setting can have")
            case _:
                raise _refused(node, f"the tag of {shown(text)} is not accepted: leave it out")


def _kind(text: str) -> str:
    """Name what a plain scalar is to the engine."""
    if NULL.fullmatch(text):
        return "null"
    if BOOL.fullmatch(text):
        return "bool"
    if NOT_FINITE.fullmatch(text):
        return "infinite"
    if text == "<<":
        return "merge"
    if not text.startswith("_") and (number := _number(text)) is not None:
        return "int" if isinstance(number, int) else "float"
    return "timestamp" if _is_time(text) else "str"


def _number(text: str) -> int | float | None:
    """Give the number that *text* is to Go, or nothing."""
    plain = text.replace("_", "")
    if INT.fullmatch(plain):
        digits = plain.lstrip("+-")
        octal = len(digits) > 1 and digits[0] == "0" and digits[1].isdigit()
        number = int(digits, 8 if octal else 0) * (-1 if plain.startswith("-") else 1)
        if LOWEST_INT <= number <= HIGHEST_INT:
            return number
    if FLOAT.fullmatch(plain) and math.isfinite(number := float(plain)):
        return number
    return None


def _is_time(text: str) -> bool:
    """Say whether YAML takes *text* for a date that exists."""
    if not re.match(r"\d{4}-", text) or not yaml.constructor.SafeConstructor.timestamp_regexp.match(text):
        return False
    try:
        datetime.fromisoformat("{:0>4}-{:0>2}-{:0>2}".format(*re.findall(r"\d+", text)[:3]))
    except ValueError:
        return False
    return True


def _go_time(value: date) -> str:
    """Print a date as Go does."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001 # a date has no zone
    fraction = f".{moment.microsecond:06}".rstrip("0").rstrip(".")
    offset = f"{moment:%z}" or "+0000"
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} {offset} {'UTC' if offset == '+0000' else offset}"


def _refused(node: yaml.Node, problem: str) -> yaml.MarkedYAMLError:
    """Say what is wrong at a place of the file."""
    return yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark)
