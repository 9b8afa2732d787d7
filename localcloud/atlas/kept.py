"""Resources of Atlas that are a record each: made, read, changed and deleted in the same way."""

from collections.abc import Callable
from dataclasses import dataclass

from localcloud.atlas.store import STORE, project
from localcloud.cloud import Cloud
from localcloud.wire import Props


def _nothing(_: Cloud, __: Props) -> Props:
    return {}


def _unchanged(_: Cloud, __: Props, ___: Props) -> Props:
    return {}


def _free(_: Cloud, __: Props) -> None:
    """Let it go."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """How the records of one kind come about; every function may raise Refused."""

    kind: str
    id: Callable[[Props], str]
    """The id, as an import takes it, from a whole record."""
    made: Callable[[Cloud, Props], Props] = _nothing
    """What Atlas adds to the inputs of a new one."""
    changed: Callable[[Cloud, Props, Props], Props] = _unchanged
    """What Atlas changes beside the inputs, given the record before and the new inputs."""
    leaving: Callable[[Cloud, Props], None] = _free
    """Refuses a deletion."""
    hidden: frozenset[str] = frozenset()
    """Inputs that Atlas keeps and never gives back, or that only the provider knows."""
    stays: frozenset[str] = frozenset()
    """Inputs that Atlas keeps when the program no longer says them."""
    written: Callable[[str], str] = str
    """The id as it is kept: an import may write it in more than one way."""

    def create(self, cloud: Cloud, inputs: Props) -> str:
        """Make a record."""
        with STORE.alone():
            project(inputs["projectId"])
            record = {**self._shown(inputs), **self.made(cloud, inputs)}
            id_ = self.id(record)
            STORE.put(self.kind, id_, record)
            return id_

    def read(self, _: Cloud, id_: str) -> Props | None:
        """Give a record."""
        return STORE.get(self.kind, self.written(id_))

    def update(self, cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
        """Write new inputs over a record."""
        with STORE.alone():
            before = STORE.get(self.kind, self.written(id_)) or {}
            dropped = olds.keys() - news.keys() - self.stays
            kept = {key: value for key, value in before.items() if key not in dropped}
            record = {**kept, **self._shown(news), **self.changed(cloud, before, news)}
            STORE.put(self.kind, self.written(id_), record)

    def delete(self, cloud: Cloud, id_: str, _: Props) -> None:
        """Forget a record."""
        with STORE.alone():
            found = STORE.get(self.kind, self.written(id_))
            if found:
                self.leaving(cloud, found)
                STORE.pop(self.kind, self.written(id_))

    def _shown(self, inputs: Props) -> Props:
        return {key: value for key, value in inputs.items() if key not in self.hidden and not key.startswith("__")}
