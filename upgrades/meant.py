"""What the gate refuses and an upgrade means to do, because a hop before made it safe."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from stacks.hops import Together
from stacks.stages import Stage
from upgrades.gate import Refusal, Verdict

_PROTECTION: Final = ("would lose Pulumi's `protect`", "deletionProtection would", "recoveryWindowInDays would")
"""How refusals begin that are about what `datastores:unlock` lifts: it does so for a store as a whole."""
_LEAVING: Final = {
    Stage.RETIREMENT: "aws:rds/instance:Instance::{}-primary",
    Stage.RETURN: "aws:rds/cluster:Cluster::{}-cluster",
}
"""What a step takes away, whose data are somewhere else."""


def without_meant(verdict: Verdict, together: Together, unlocked: Collection[str]) -> Verdict:
    """Give a verdict without what the steps of an update, and the unlocking of stores by it, are about."""
    leaving = {_LEAVING[step.stage].format(store) for store, step in together.items() if step.stage in _LEAVING}
    parts = tuple(f"{store}-" for store in unlocked)

    def meant(refusal: Refusal) -> bool:
        if refusal.resource in leaving:
            return refusal.what == "would be deleted"
        return refusal.resource.rpartition("::")[2].startswith(parts) and refusal.what.startswith(_PROTECTION)

    return replace(verdict, refusals=tuple(one for one in verdict.refusals if not meant(one)))
