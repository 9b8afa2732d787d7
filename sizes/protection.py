"""How hard it is to lose the data of a store."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """What an environment decides about every store."""

    deletion: bool
    """AWS refuses to delete the store until this is switched off."""
    final_snapshot: bool
    """A deleted store leaves a snapshot behind, where its service can make one."""
    protect: bool
    """Pulumi refuses to delete or replace the resource, in preview too."""
