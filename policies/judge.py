"""Judge plain resources by all controls, without the engine."""

from collections.abc import Mapping, Sequence
from typing import Any

from policies.control import Control
from policies.controls import CONTROLS
from policies.reading import from_plain
from policies.verdict import Finding, Verdict, verdicts


def judge(resources: Sequence[Mapping[str, Any]], controls: Sequence[Control] = CONTROLS) -> list[Finding]:
    """
    Give the violations, and what cannot be told yet, of resources in the normal form.

    The settings are each control's defaults; `[]` is good.
    """
    return [
        finding
        for finding in verdicts([from_plain(resource) for resource in resources], controls)
        if finding.verdict in {Verdict.VIOLATES, Verdict.CANNOT_TELL}
    ]
