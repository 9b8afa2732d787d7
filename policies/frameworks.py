"""What public frameworks say about a control: one table by slug, so that a new edition touches no control."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """The requirements of one framework that a control helps to meet."""

    key: str
    """Short name of the framework and its edition: `cis-aws-5.0`."""
    name: str
    version: str
    ids: tuple[str, ...]


References = Mapping[str, Sequence[Requirement]]
"""Requirements by the slug of the control, in the order of the frameworks in the table."""


def load(text: str) -> References:
    """
    Read the table.

    Raises:
        ValueError: a control names a framework that the table does not describe.

    """
    table: dict[str, dict[str, Any]] = json.loads(text)
    frameworks, controls = table["frameworks"], table["controls"]
    if strange := sorted({key for row in controls.values() for key in row} - set(frameworks)):
        raise ValueError(f"frameworks.json describes {', '.join(frameworks)}, but controls name {', '.join(strange)}")
    return {
        slug: [Requirement(key=key, ids=tuple(row[key]), **about) for key, about in frameworks.items() if key in row]
        for slug, row in controls.items()
    }


FRAMEWORKS: Final[References] = load((Path(__file__).parent / "frameworks.json").read_text(encoding="utf-8"))
