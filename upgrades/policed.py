"""What policies refuse of a preview: the engine tells it only as it goes, and not in the document at the end."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

_MANDATORY: Final = "mandatory"
_STACK: Final = "pulumi:pulumi:Stack"


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    """What one mandatory control refuses."""

    control: str
    """Its slug."""
    resource: str
    """`TYPE::NAME`, or `the stack`."""
    sentence: str
    """What must hold, and how to make it so."""


def violations(events: str) -> tuple[Violation, ...]:
    """Read what mandatory controls refuse from a streamed preview; a line that is no event says nothing of it."""
    return tuple(dict.fromkeys(one for line in events.splitlines() for one in _violations(line)))


def in_words(found: tuple[Violation, ...]) -> str:
    """Say control by control what is refused, of which resources, and what mends it."""
    resources: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for one in found:
        resources[one.control, one.sentence].append(one.resource)
    said = [f"  {control}: {sentence}\n    {', '.join(names)}" for (control, sentence), names in resources.items()]
    return "\n".join(["policies refuse it:", *said])


def _violations(line: str) -> Iterator[Violation]:
    try:
        event: Any = json.loads(line)
    except ValueError:
        return
    if not isinstance(event, dict):
        return
    policy = cast("Mapping[str, Any]", event).get("policyEvent") or {}
    if policy.get("enforcementLevel") == _MANDATORY:
        yield Violation(
            control=str(policy.get("policyName")),
            resource=_named(str(policy.get("resourceUrn", ""))),
            sentence=" ".join(str(policy.get("message", "")).split()),
        )


def _named(urn: str) -> str:
    types, _, name = urn.rpartition("::")
    type_ = types.rpartition("::")[2].rpartition("$")[2]
    return "the stack" if type_ in ("", _STACK) else f"{type_}::{name}"
