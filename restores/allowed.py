"""What the gate refuses of an update and a restore means to do, of the one generation that it is about."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from restores.steps import Change, Step, WayError, change
from stacks.generations import FIRST, Generation
from upgrades.gate import Verdict
from upgrades.refusals import Refusal

_LOST: Final = ("would be deleted", "would be replaced", "would be made anew")
_PROTECTION: Final = ("would lose Pulumi's `protect`", "deletionProtection", "terminationProtectionEnabled")
"""How refusals begin that are about what keeps a store from being deleted."""


def without_meant(verdict: Verdict, store: str, step: Step, stores: Collection[str]) -> Verdict:
    """Give a verdict without what a step of *store*'s restore is about; *stores* are all of the application's."""

    def meant(refusal: Refusal) -> bool:
        whose = generation_of(refusal.resource.rpartition("::")[2], store, stores)
        match step.change:
            case Change.MAKE:
                # Nobody uses it yet: whatever puts its settings right may be done, but for losing it.
                return whose == step.after.generation and not refusal.what.startswith(_LOST)
            case Change.UNLOCK:
                return whose == step.going and refusal.what.startswith(_PROTECTION)
            case Change.RETIRE | Change.DROP:
                return whose == step.going and refusal.what == "would be deleted"
            case Change.SWITCH | Change.SWITCH_BACK:
                return False

    return replace(
        verdict,
        refusals=tuple(one for one in verdict.refusals if not meant(one)),
        doubts=tuple(one for one in verdict.doubts if not meant(one)),
        warnings=tuple(one for one in verdict.warnings if not meant(one)),
    )


def excused(
    verdict: Verdict, deployed: Mapping[str, Any], written: Mapping[str, Any], stores: Collection[str]
) -> Verdict:
    """
    Give a verdict without what the next step of a restore is about.

    *deployed* is what the stack's outputs say of restored stores, *written* what its settings say: only what follows on
    an output is excused, so that nothing is deleted that clients may still be told of.
    """
    for store in {*deployed, *written}:
        try:
            before, after = (
                Generation.model_validate(said[store]) if store in said else FIRST for said in (deployed, written)
            )
            if before != after:
                verdict = without_meant(
                    verdict, store, Step(change=change(before, after), before=before, after=after), stores
                )
        except (WayError, ValueError):
            continue
    return verdict


def generation_of(name: str, store: str, stores: Collection[str]) -> int | None:
    """Read from a logical name which generation of *store* a resource belongs to; None: it is of something else."""
    if any(len(one) > len(store) and f"{name}-".startswith(f"{one}-") for one in stores):
        return None
    found = re.fullmatch(rf"{store}(?:-(\d+))?(-.*)?", name)
    return None if found is None else int(found[1] or 1)
