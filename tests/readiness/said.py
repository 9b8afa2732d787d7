"""What owners say, as their file has it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import yaml

from readiness.criteria import CRITERIA, Kind
from readiness.inputs import Inputs, load

TODAY = date(2026, 11, 30)
OWNERS = {"schema": 20, "migrations": 10, "performance": 0, "security": 30, "operations": 20}
"""What devmentor's owners say today of each area, in percent."""


def row(value: object, date_: str = "2026-11-01", **more: str) -> dict[str, object]:
    return {"value": value, "owner": "team", "date": date_, **more}


def said(**parts: dict[str, Any]) -> Inputs:
    """Read `assessments` and `inputs`."""
    return load(yaml.safe_dump(parts), "said.yaml", today=TODAY)


def everything(date_: str = "2026-11-01", *, other: Mapping[str, object] | None = None) -> Inputs:
    """Say the best of all that can be said, but for what is *other*."""
    best = {one.name: 100 if one.kind is Kind.PERCENT else True for one in CRITERIA if one.kind}
    return said(inputs={name: row(value, date_) for name, value in {**best, **(other or {})}.items()})
