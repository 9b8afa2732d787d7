"""Where a stack file deviates from the row of the phase that an upgrade goes to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from stacks.aim import SIZES, Aim
from stacks.rows import written

_KEY: Final = SIZES.partition(":")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """A field that the stack file says of a store, and the row of the phase says otherwise."""

    store: str
    field: str
    """As the stack file names it."""
    value: Any
    """What the file says."""
    row: Any
    """What the phase's row says."""

    @property
    def key(self) -> str:
        """Give what `--set KEY=` takes out of the file."""
        return f"{_KEY}.{self.store}.{self.field}"


def deviations(aim: Aim) -> Iterator[Deviation]:
    """Give the deviations that an upgrade leaves in the stack file; not those that it is asked for."""
    asked = {one.partition("=")[0] for one in aim.also}
    said = cast("Mapping[str, Mapping[str, object]]", aim.config.get(SIZES) or {})
    for store in aim.settings.application.stores:
        size, row = aim.settings.size(store), store.sizes.get(aim.settings.phase)
        if size is None or row is None:
            continue
        ours, theirs = written(size), written(row)
        for field in said.get(store.name, {}):
            one = Deviation(store=store.name, field=field, value=ours.get(field), row=theirs.get(field))
            if one.value != one.row and one.key not in asked:
                yield one
