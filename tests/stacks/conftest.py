"""Stack files in a folder of the test's own."""

from pathlib import Path
from typing import Any

import pytest

from stacks.mistakes import SettingsError
from stacks.settings import Settings
from tests.stacks.written import Lines, Read


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read a stack from a file of this text."""

    def read_text(text: str, stack: str = "clubapp-dev", **options: Any) -> Settings:
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")
        return Settings.read(stack, folder=tmp_path, **options)

    return read_text


@pytest.fixture
def mistakes(read: Read) -> Lines:
    """Give the lines of what is wrong with a text, without the one that names the file."""

    def lines(text: str, stack: str = "clubapp-dev", **options: Any) -> list[str]:
        with pytest.raises(SettingsError, match=r"has [0-9]+ mistake") as caught:
            read(text, stack, **options)
        return [line.removeprefix("  ") for line in str(caught.value).splitlines()[1:]]

    return lines
