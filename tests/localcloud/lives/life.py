"""What a type goes through in its life."""

from collections.abc import Callable
from dataclasses import dataclass, field

from localcloud.resource import ResourceType
from localcloud.wire import Props
from tests.localcloud.scene import Scene

Drift = Callable[[Scene, str], None]
"""Changes a resource behind Pulumi's back, given its id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Life:
    """One type, from creation to deletion; what it needs is made by `inputs`."""

    kind: ResourceType
    inputs: Callable[[Scene], Props]
    """Gives the inputs to create one with; names must not be fixed, or differ at each call."""
    changed: Props | Callable[[Scene], Props] | None
    """Inputs that change in place, or what makes them; None for a type that every change replaces."""
    replaced: dict[str, object] = field(default_factory=dict)
    """One new value for each input whose change replaces."""
    drift: Drift | None = None
    drifted: frozenset[str] = frozenset()
    """The inputs that a refresh then finds changed."""
    importable: bool = True
    """Whether an import finds the inputs back (values kept in the state only cannot be)."""
    released: Drift | None = None
    """What must be done by others before it can be deleted, given its id."""
    remains: bool = False
    """Whether a deletion leaves the thing as it is, because it is a part of another one."""
