"""Claims about the list of types that carry tags."""

import re
from pathlib import Path

import pulumi_aws
import pytest

from policies.controls.taggable import BILLED, TAGGABLE
from stacks.render import render
from stacks.settings import Settings


def source_of(type_: str) -> str:
    """Give the text of the provider's class of a type: importing all of them would take seconds, and warn."""
    _, path, _ = type_.split(":")
    service, file = path.split("/")
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", file).lower()
    folder = Path(pulumi_aws.__file__).parent / ("lambda_" if service == "lambda" else service)
    return (folder / f"{snake}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("type_", TAGGABLE)
def test_every_type_of_the_list_carries_tags(type_: str) -> None:
    source = source_of(type_)

    assert f"'{type_}'" in source
    assert '__props__.__dict__["tags"] = tags' in source


def test_what_is_billed_carries_tags() -> None:
    assert set(BILLED) <= set(TAGGABLE)


def test_whatever_a_stack_tags_is_in_the_list() -> None:
    resources = render(Settings.read("clubapp-prod", phase="enterprise"))

    assert {one["type"] for one in resources if "tags" in one["inputs"]} <= set(TAGGABLE)
