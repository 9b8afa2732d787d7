"""Stack files edited in place: a key is set or taken out, and every other character stays, comments too."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

import yaml

from stacks.mistakes import Refusal, shown
from stacks.stackfile import config_of, full_key

INDENT: Final = 2
"""Columns that a key under `config:` is indented where there is none to go by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """A key under `config:` with its value, as the text has them."""

    key: str
    """With its namespace."""
    column: int
    start: int
    """Where its line begins."""
    value: yaml.Node
    end: int
    """Where the line of its last character ends, without the break."""


def rewritten(text: str, changes: Mapping[str, object]) -> str:
    """
    Give the text of a stack file with the values of *changes*, by full key; None takes a key out.

    Raises Refusal where the file is written in a way that cannot be edited in place: then a person edits it.
    """
    for key, value in changes.items():
        text = _without(text, key) if value is None else _with(text, key, value)
    found, _ = config_of(text)
    if wrong := [key for key, value in changes.items() if found.get(key) != value]:
        raise Refusal(f"cannot be edited in place: write {', '.join(wrong)} by hand")
    return text


def _with(text: str, key: str, value: object) -> str:
    entries = list(_entries(text))
    known = next((entry for entry in entries if entry.key == key), None)
    if (
        known
        and isinstance(known.value, yaml.ScalarNode)
        and not isinstance(value, dict | list)
        and not known.value.style
    ):
        # The value alone: a comment behind it stays.
        return text[: known.value.start_mark.index] + _scalar(value) + text[known.value.end_mark.index :]
    column = entries[0].column if entries else INDENT
    lines = _written(key, value, column, _newline(text))
    if known:
        return text[: known.start] + lines + text[known.end :]
    end = entries[-1].end
    return f"{text[:end]}{_newline(text)}{lines}{text[end:]}"


def _without(text: str, key: str) -> str:
    known = next((entry for entry in _entries(text) if entry.key == key), None)
    if known is None:
        return text
    rest = text[known.end :]
    return text[: known.start] + rest.removeprefix(_newline(text))


def _entries(text: str) -> Iterator[_Entry]:
    """Yield the keys under `config:` in order."""
    document = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = document.value if isinstance(document, yaml.MappingNode) else []
    config = next((value for key, value in pairs if key.value == "config"), None)
    if not isinstance(config, yaml.MappingNode) or config.flow_style or not config.value:
        raise Refusal(f"cannot be edited in place: config must be a mapping of a key a line, got {shown(text[:40])}")
    for key, value in cast("list[tuple[yaml.ScalarNode, yaml.Node]]", config.value):
        start = key.start_mark.index
        end = text.find("\n", _last(value))
        end = len(text) if end < 0 else end
        yield _Entry(
            key=full_key(str(key.value)),
            column=key.start_mark.column,
            start=start - key.start_mark.column,
            value=value,
            end=end - 1 if text[:end].endswith("\r") else end,
        )


def _last(node: yaml.Node) -> int:
    """Give where the last character of a value is; a block ends only where the next thing begins."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        inside = node.value[-1]
        return _last(inside[1] if isinstance(inside, tuple) else inside)
    return cast("Any", node.end_mark).index - (1 if isinstance(node, yaml.CollectionNode) else 0)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _written(key: str, value: object, column: int, newline: str) -> str:
    said = yaml.safe_dump({key: value}, sort_keys=False, allow_unicode=True, width=10_000)
    return newline.join(f"{' ' * column}{line}" for line in said.splitlines())


def _scalar(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, width=10_000).removesuffix("...\n").strip()
