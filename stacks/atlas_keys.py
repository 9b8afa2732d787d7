"""Checks of what a stack file tells MongoDB Atlas."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

from pydantic import ValidationInfo

from sizes.atlas import SharedAtlasSize
from stacks.application import AtlasStore
from stacks.blocks import Atlas
from stacks.context import application_of, whose
from stacks.mistakes import Mistake, Refusal, shown
from stacks.phases import Phase

ATLAS_TAG: Final = 255
"""Characters that Atlas allows in the value of a tag."""


def atlas_stores(info: ValidationInfo) -> list[AtlasStore]:
    """Give the chosen stores on Atlas."""
    return [store for store in application_of(info).stores if isinstance(store, AtlasStore)]


def read_by_atlas(value: object, info: ValidationInfo) -> object:
    """Refuse settings of Atlas where nothing would read them."""
    if value is not None and not atlas_stores(info):
        raise Refusal(f"is refused: {whose(info)} has no store on Atlas")
    return value


def told_of_atlas(value: Atlas | None, info: ValidationInfo) -> Atlas | None:
    """Check that Atlas is told what its stores need, and nothing besides."""
    stores = atlas_stores(info)
    if not stores or "choices" not in info.data:  # which stores there are is not known
        return value
    if value is None:
        names = ", ".join(store.name for store in stores)
        raise Refusal(f"is required: {{organizationId: …}}, whose MongoDB Atlas has {names}")
    found = [*_cidrs(value, stores, info), *_names(value, stores, info), *_authorized_user(value, info)]
    if found:
        raise Refusal(found)
    return value


def _cidrs(atlas: Atlas, stores: Sequence[AtlasStore], info: ValidationInfo) -> Iterator[Mistake]:
    """Say what is wrong with those who may reach shared servers."""
    where, phase = ("allowedCidrs",), cast("Phase | None", info.data.get("phase"))
    shared = {
        store.name: [each for each, size in store.sizes.items() if isinstance(size, SharedAtlasSize)]
        for store in stores
    }
    if atlas.allowed_cidrs and not any(shared.values()):
        yield Mistake(where=where, what=f"is refused: the clusters of {whose(info)} are reached by PrivateLink only")
    for store, phases in shared.items():
        if phase in phases and not atlas.allowed_cidrs:
            reason = f"{store} shares its servers in {phase} and has no private network"
            yield Mistake(where=where, what=f"is required: a list of blocks of addresses, as {reason}")


def _names(atlas: Atlas, stores: Sequence[AtlasStore], info: ValidationInfo) -> Iterator[Mistake]:
    """Say that one name is given to several."""
    names = {"projectName": atlas.project_name, "clusterName": atlas.cluster_name}
    for key in [key for key, name in names.items() if name is not None and len(stores) > 1]:
        yield Mistake(
            where=(key,), what=f"is refused: {whose(info)} has {len(stores)} stores on Atlas, one name is for one"
        )


def _authorized_user(atlas: Atlas, info: ValidationInfo) -> Iterator[Mistake]:
    """Say that a compliance policy lacks who answers for it, or the other way round."""
    where, switches = ("authorizedUser",), cast("Sequence[str] | None", info.data.get("irreversible"))
    if switches is None:
        return
    if "atlas-compliance" in switches and atlas.authorized_user is None:
        yield Mistake(where=where, what="is required: {email, firstName, lastName} of who answers for atlas-compliance")
    if "atlas-compliance" not in switches and atlas.authorized_user is not None:
        yield Mistake(where=where, what="is refused: only atlas-compliance in datastores:irreversible reads it")


def tag_of_atlas(value: str, info: ValidationInfo) -> str:
    """Check that Atlas takes a tag's value that AWS takes."""
    # Atlas documentation, "Resource Tags", seen 2026-11.
    if atlas_stores(info) and (len(value) > ATLAS_TAG or set(value) & set("=:/")):
        raise Refusal(
            f"must be a tag's value for Atlas too ({ATLAS_TAG} characters at most, none of = : /), got {shown(value)}"
        )
    return value
