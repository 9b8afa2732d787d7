"""What the gate refuses and taking a move back means to do: the cluster beside an instance goes again."""

from dataclasses import replace
from typing import Final

from stacks.hops import Together
from stacks.stages import Stage
from upgrades.gate import Verdict
from upgrades.refusals import Refusal

_PROTECTION: Final = ("would lose Pulumi's `protect`", "deletionProtection would", "recoveryWindowInDays would")
"""How refusals begin that are about what `datastores:unlock` lifts: it does so for a store as a whole."""


def without_meant(verdict: Verdict, together: Together) -> Verdict:
    """Give a verdict without what the steps of an update are about."""
    unlocked = tuple(f"{store}-" for store, step in together.items() if step.stage is Stage.UNLOCK)
    # It is a copy of the instance, which is the one that is written to.
    copies = {
        f"aws:rds/cluster:Cluster::{store}-cluster" for store, step in together.items() if step.stage is Stage.RETURN
    }

    def meant(refusal: Refusal) -> bool:
        if refusal.resource in copies:
            return refusal.what == "would be deleted"
        return refusal.resource.rpartition("::")[2].startswith(unlocked) and refusal.what.startswith(_PROTECTION)

    return replace(verdict, refusals=tuple(one for one in verdict.refusals if not meant(one)))
