"""Figures that cannot be: more of something free than there is."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from advice.check import Told, exact, plain
from advice.readers import READER_FIELDS
from sizes.aurora import AuroraSize, Instances
from sizes.connections import memory_gib
from sizes.postgres import PostgresSize
from stacks.application import Size
from stacks.mistakes import Mistake


def absurd(told: Mapping[str, Told], sizes: Mapping[str, Size]) -> Iterator[Mistake]:
    """Yield what no store of these sizes can have been measured to have."""
    for store, size in sizes.items():
        for field in READER_FIELDS:
            if field in told.get(store, {}) and not (isinstance(size, AuroraSize) and size.max_readers):
                yield Mistake(where=(store, field), what=f"is of readers on Aurora, and {store} has none: leave it out")
        for field, most, what in _bounds(size):
            found = told.get(store, {}).get(field)
            if found is not None and found.high > most:
                sentence = f"must be at most {plain(most)}, {what}, got {plain(found.high)}"
                yield Mistake(where=(store, field), what=sentence)


def _bounds(size: Size) -> Iterator[tuple[str, Decimal, str]]:
    match size:
        case PostgresSize():
            yield "freeMemoryGib", exact(memory_gib(size.instance_class)), f"the memory of {size.instance_class}"
            yield "freeStorageGib", Decimal(size.max_storage_gib), "where its storage stops growing"
        case AuroraSize(capacity=Instances(instance_class=class_)):
            yield "freeMemoryGib", exact(memory_gib(class_)), f"the memory of {class_}"
        case _:
            return
