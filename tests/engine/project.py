"""A copy of this project, for tests that break it, or give it another program."""

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from localcloud.paths import CODE

_FOLDERS = ("cli", "components", "localcloud", "policies", "reviews", "sizes", "stacks", "upgrades", "writing")


def copy_to(folder: Path) -> Path:
    """Copy what a stack is made of, and the command; give the copy's root."""
    for name in _FOLDERS:
        # With their times, so that what is compiled already stays good.
        shutil.copytree(CODE / name, folder / name)
    for name in ("__main__.py", "Pulumi.yaml"):
        shutil.copy2(CODE / name, folder)
    return folder


def listed(root: Path, resources: Sequence[Mapping[str, Any]]) -> None:
    """Have a copy deploy these resources, and no application: `type`, `name`, `inputs` (tests.upgrades.recorded)."""
    shutil.copy2(CODE / "tests" / "upgrades" / "recorded" / "program.py", root / "__main__.py")
    (root / "resources.json").write_text(json.dumps(resources), encoding="utf-8")


def stack_file(root: Path, stack: str) -> Path:
    return root / "stacks" / f"Pulumi.{stack}.yaml"


def replaced(file: Path, old: str, new: str) -> None:
    """Change a text that the file has exactly once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{file} has {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new), encoding="utf-8")
