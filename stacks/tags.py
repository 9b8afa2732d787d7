"""Tags: every resource that can have any says whose it is."""

from collections.abc import Mapping
from typing import Any, cast

import pulumi

from components.backups import BACKED_UP
from stacks.places import prefix
from stacks.settings import Settings


def tags_of(settings: Settings) -> dict[str, str]:
    """Give the tags of everything in the stack; what is not to be backed up overrides one."""
    return {
        **selecting(settings),
        **BACKED_UP,
        "application": settings.application.name,
        "environment": str(settings.environment),
        "phase": str(settings.phase),
        "owner": settings.owner,
        "costCentre": settings.cost_centre,
        "dataClass": settings.application.data_class,
    }


def selecting(settings: Settings) -> dict[str, str]:
    """
    Give the tag that all resources of this stack have, in every phase, and no other has.

    One tag: AWS Budgets takes several as alternatives.
    """
    return {"stack": prefix(settings)}


def tagged(
    args: pulumi.ResourceTransformationArgs, tags: Mapping[str, str]
) -> pulumi.ResourceTransformationResult | None:
    """Add tags to whatever has tags."""
    if "tags" not in args.props:
        return None
    props = cast("dict[str, Any]", args.props)
    return pulumi.ResourceTransformationResult(
        props={**props, "tags": {**tags, **(props["tags"] or {})}}, opts=args.opts
    )
