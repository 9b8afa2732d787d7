"""
The files that decide whether a pull request passes.

Only the standard library: the workflow that posts asks it too, where nothing is installed.
"""

from collections.abc import Iterable
from typing import Final

JUDGES: Final = (
    "policies/",
    "drills/",
    "upgrades/",
    "reviews/",
    "cli/",
    ".github/",
    ".ci/",
    "localcloud/atlas/",
    "localcloud/difference.py",
    "localcloud/resource.py",
    "localcloud/resources/",
    "localcloud/wire.py",
    "stacks/phases.py",
    "stacks/render.py",
    "stacks/stackfile.py",
    "writing/",
)
"""Controls, levels, drills, the gate and the facts that it reads, renderer, command, what it writes, workflows."""
COMPARED: Final = ("policies/exemptions.yaml", "policies/frameworks.json", "policies/equivalents.json")
"""Parts of them that are compared by what they say, or that decide nothing."""


def judging(files: Iterable[str]) -> list[str]:
    """Keep the files that decide whether a pull request passes."""
    return sorted(
        one
        for one in files
        if one.startswith(JUDGES) and one not in COMPARED and not one.endswith(".md") and not _is_report(one)
    )


def _is_report(file: str) -> bool:
    """Say whether it tells how a drill went: what it says is judged, and it judges nothing."""
    return file.startswith("drills/") and file.endswith(".json")
