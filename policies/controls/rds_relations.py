"""What an RDS instance has in common with its source, and what both have to do with the stack around them."""

from collections.abc import Iterator, Sequence
from typing import Final

from policies.controls.relational import INSTANCE, is_replica
from policies.stack import Stack
from policies.values import Resource

PARAMETERS: Final = "aws:rds/parameterGroup:ParameterGroup"


def lineage(db: Resource, stack: Stack) -> Iterator[Resource]:
    """Give an instance, its source, the source of that one and so on, as far as they are in the stack."""
    seen: list[Resource] = []
    now: Resource | None = db
    while now is not None and not any(one is now for one in seen):  # inputs may name each other
        yield now
        seen.append(now)
        now = next(iter(stack.related(now, "replicateSourceDb", INSTANCE)), None) if is_replica(now) else None


def inherited(db: Resource, property_: str, type_: str, stack: Stack) -> Sequence[Resource]:
    """Give what a property names: of a replica that says nothing, its source's property decides."""
    owner = next((one for one in lineage(db, stack) if property_ in one), None)
    return stack.related(owner, property_, type_) if owner else ()


def parameter_groups(db: Resource, stack: Stack) -> Sequence[Resource]:
    """Give the parameter group of an instance; AWS gives a replica in the region of its source that one's."""
    return inherited(db, "parameterGroupName", PARAMETERS, stack)
