"""What the gate refuses and taking a move back means to do: the cluster beside an instance goes again."""

from dataclasses import replace
from typing import Final

from stacks.hops import Together
from stacks.leaving import Moved
from stacks.stages import Stage
from upgrades.gate import Verdict
from upgrades.refusals import Refusal

_PROTECTION: Final = ("would lose Pulumi's `protect`", "deletionProtection would")
"""How refusals begin that are about what `datastores:unlock` lifts of the cluster beside an instance."""

_COPIES: Final = (("aws:rds/cluster:Cluster", "cluster"), ("aws:rds/clusterInstance:ClusterInstance", "member-"))
"""Types, and how what follows a store in a logical name begins, of the cluster beside an instance."""


def without_meant(verdict: Verdict, together: Together) -> Verdict:
    """Give a verdict without what the steps of an update are about."""
    unlocked = [Moved(store=store, writer="instance") for store, step in together.items() if step.stage is Stage.UNLOCK]
    # It is a copy of the instance, which is the one that is written to; so are its members.
    returning = [f"{store}-" for store, step in together.items() if step.stage is Stage.RETURN]
    copies = tuple(f"{type_}::{store}{part}" for store in returning for type_, part in _COPIES)

    def meant(refusal: Refusal) -> bool:
        if refusal.resource.startswith(copies):
            return refusal.what == "would be deleted"
        type_, _, name = refusal.resource.rpartition("::")
        return any(one.includes(type_, name) for one in unlocked) and refusal.what.startswith(_PROTECTION)

    return replace(verdict, refusals=tuple(one for one in verdict.refusals if not meant(one)))
