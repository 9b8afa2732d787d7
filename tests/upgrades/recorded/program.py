"""The program of the recordings: registers what `resources.json` beside it lists, in order."""

import json
from pathlib import Path
from typing import Any

import pulumi

OUTPUTS = ("arn", "name", "identifier")
made: dict[str, Any] = {}


def value(written: Any) -> Any:
    """Give a value; `=NAME.OUTPUT` is an output of a resource above."""
    match written:
        case dict():
            return {key: value(item) for key, item in written.items()}
        case list():
            return [value(item) for item in written]
        case str() if written.startswith("="):
            name, _, output = written[1:].partition(".")
            return made[name].id if output == "id" else getattr(made[name], output)
        case _:
            return written


for one in json.loads(Path(__file__).with_name("resources.json").read_text(encoding="utf-8")):
    outputs = {name: None for name in OUTPUTS if name not in one["inputs"]}
    made[one["name"]] = pulumi.CustomResource(
        one["type"],
        one["name"],
        {**outputs, **value(one["inputs"])},
        pulumi.ResourceOptions(protect=one.get("protect"), ignore_changes=one.get("ignoreChanges")),
    )
