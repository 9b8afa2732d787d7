"""The composition root: settings and an application become components."""

import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi

from stacks import generations
from stacks.exports import HOP, PHASE, RESTORES, export_name, said, said_of_rotations
from stacks.operations import operate
from stacks.places import places
from stacks.settings import Settings
from stacks.stores import make_all
from stacks.tags import tagged, tags_of

Exports = Mapping[str, Any]


def deploy(settings: Settings) -> Exports:
    """Register every resource of the stack, and give what a user needs to reach its stores."""
    tags = tags_of(settings)
    pulumi.runtime.register_stack_transformation(lambda args: tagged(args, tags))
    with collecting_garbage_later():
        where = places(settings)
        made = make_all(settings, where)
        exports = {
            export_name(name, key): value for name, store in made.items() for key, value in store.exports.items()
        }
        clients = {"clientSecurityGroupId": where.home.clients} if where.home else {}
        hop = {HOP: said(settings.hop)} if settings.hop else {}
        restored = {store: generations.said(one) for store, one in settings.restores.items()}
        rotated = said_of_rotations(settings.rotations, settings.rotation)
        standing = {PHASE: str(settings.phase), **hop, **({RESTORES: restored} if restored else {}), **rotated}
        return {**clients, **exports, **operate(settings, where, made), **standing}


@contextmanager
def collecting_garbage_later() -> Generator[None]:
    """Thousands of small objects that all live to the end: without the collector the program is twice as fast."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
