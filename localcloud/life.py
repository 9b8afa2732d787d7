"""The life of a resource: created, read back, changed, deleted; what moto drops is kept beside it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from localcloud.cloud import Cloud, Refused
from localcloud.difference import agree, completed, within
from localcloud.resource import DEFAULTED, ResourceType
from localcloud.wire import UNKNOWN, Props


class FailedError(Exception):
    """A step of a resource's life failed and changed nothing; the text names verb, type, id and cause."""


class HalfMadeError(Exception):
    """The resource exists, but a later step of its creation failed."""

    def __init__(self, id_: str, outputs: Props, reason: str) -> None:
        super().__init__(reason)
        self.id, self.outputs = id_, outputs


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """What a read found: inputs as a program would write them, and all outputs."""

    id: str
    inputs: Props
    outputs: Props


def planned(kind: ResourceType, inputs: Props, olds: Props | None = None) -> Props:
    """Give the outputs that a preview may promise: what is given, and unknowns for the rest."""
    unknown = {} if olds else dict.fromkeys(kind.outputs, UNKNOWN)
    seen = _visible(kind, inputs)
    told = {key: completed(seen[key], (olds or {}).get(key)) for key in seen.keys() & kind.told.keys()}
    renewed = kind.renewed(olds, inputs) if olds and kind.renewed else ()
    changing = dict.fromkeys([*kind.volatile, *renewed], UNKNOWN) if olds else {}
    return {**unknown, **(olds or {}), **changing, **seen, **told}


def create(kind: ResourceType, cloud: Cloud, inputs: Props, name: str) -> tuple[str, Props]:
    """Make the resource; give its id and outputs. Raises FailedError, or HalfMadeError once it exists."""
    with _explained("creating", kind, name):
        id_ = kind.create(cloud, inputs)
    _remember(kind, cloud, id_, inputs)
    try:
        with _explained("completing", kind, id_):
            if kind.settle:
                kind.settle(cloud, id_, inputs)
    except FailedError as error:
        raise HalfMadeError(id_, _visible(kind, inputs), str(error)) from error
    return id_, _observed(kind, cloud, id_, inputs)


def update(kind: ResourceType, cloud: Cloud, id_: str, olds: Props, news: Props) -> Props:
    """Change the resource in place; give its outputs."""
    if kind.update is None:
        raise FailedError(f"updating {kind.type} {id_}: every change of this type replaces it")
    with _explained("updating", kind, id_):
        kind.update(cloud, id_, olds, news)
    _remember(kind, cloud, id_, news)
    return _observed(kind, cloud, id_, news)


def delete(kind: ResourceType, cloud: Cloud, id_: str, state: Props) -> None:
    """Delete the resource; one that is gone already is fine."""
    with _explained("deleting", kind, id_):
        kind.delete(cloud, id_, state)
    cloud.memory.forget(cloud.region, kind.type, id_)


def read(kind: ResourceType, cloud: Cloud, id_: str, inputs: Props, state: Props) -> Found | None:
    """Look at the resource: None when it is gone. Without *inputs* it is an import."""
    with _explained("reading", kind, id_):
        live = _live(kind, cloud, id_)
    if live is None:
        return None
    if not inputs:
        sayable = {key: kind.told[key](value) if key in kind.told else value for key, value in live.items()}
        found = {
            key: value
            for key, value in sayable.items()
            if key in kind.applied | kind.remembered and _said(kind, key, value)
        }
        return Found(id=id_, inputs=found, outputs=_merged(kind, cloud, id_, found, live))
    # Drift counts where the program says something; tags appear in the program's place even when it has none.
    overlooked = set(kind.overlook(inputs, live) if kind.overlook else ())
    seen = {
        key: value if key in overlooked else _wording(kind, key, value, live.get(key))
        for key, value in inputs.items()
        if key not in kind.write_only
    }
    if "tags" in kind.applied and "tags" not in inputs and live.get("tags"):
        seen["tags"] = live["tags"]
    present = {key: value for key, value in seen.items() if value is not None or key in kind.steering}
    steering = {key: state[key] for key in kind.steering if key in state and key not in present}
    return Found(id=id_, inputs=present, outputs={**steering, **_merged(kind, cloud, id_, present, live)})


def _said(kind: ResourceType, key: str, value: Any) -> bool:
    """Whether an imported program has to mention the value: nothing, zero and false are what AWS has by itself."""
    return bool(value) and value != kind.defaults.get(key)


def _wording(kind: ResourceType, key: str, ours: Any, live: Any) -> Any:
    """Keep the program's wording of a value that means the same as the cloud's."""
    if key.startswith("__") or key in kind.steering or key == "region":
        return ours
    if _same(kind, key, ours, live):
        return ours
    return within(ours, live) if key in kind.told else live


def _same(kind: ResourceType, key: str, ours: Any, live: Any) -> bool:
    means_the_same = kind.same.get(key)
    if means_the_same and live is not None:
        return means_the_same(ours, live)
    if isinstance(ours, dict) and isinstance(live, dict):  # the cloud tells more than the program said
        return all(agree(value, live.get(part)) for part, value in ours.items())
    return agree(ours, live)


def _observed(kind: ResourceType, cloud: Cloud, id_: str, inputs: Props) -> Props:
    with _explained("reading", kind, id_):
        live = _live(kind, cloud, id_)
    if live is None:
        raise HalfMadeError(id_, _visible(kind, inputs), f"reading {kind.type} {id_}: it vanished after it was written")
    return _merged(kind, cloud, id_, inputs, live)


def _merged(kind: ResourceType, cloud: Cloud, id_: str, inputs: Props, live: Props) -> Props:
    """Give the outputs: the cloud's values, in the program's wording where both mean the same."""
    ours = {
        key: _wording(kind, key, value, live.get(key))
        for key, value in _visible(kind, inputs).items()
        if key not in kind.told or key not in live
    }
    where = {} if kind.global_ else {"region": cloud.region}
    return {"id": id_, **where, **live, **{key: value for key, value in ours.items() if value is not None}}


def _visible(kind: ResourceType, inputs: Props) -> Props:
    return {key: value for key, value in inputs.items() if key != DEFAULTED and key not in kind.write_only}


def _live(kind: ResourceType, cloud: Cloud, id_: str) -> Props | None:
    live = kind.read(cloud, id_)
    if live is None:
        cloud.memory.forget(cloud.region, kind.type, id_)
        return None
    return {**live, **cloud.memory.of(cloud.region, kind.type, id_)}


def _remember(kind: ResourceType, cloud: Cloud, id_: str, inputs: Props) -> None:
    if kind.remembered:
        kept = {key: inputs[key] for key in kind.remembered if key in inputs}
        cloud.memory.keep(cloud.region, kind.type, id_, kept)


@contextmanager
def _explained(verb: str, kind: ResourceType, what: str) -> Generator[None]:
    """Turn what AWS, moto or an entry says into one sentence that names the step."""
    try:
        yield
    except ResponseParserError as error:
        raise FailedError(f"{verb} {kind.type} {what}: moto does not implement this call ({error})"[:500]) from error
    except (ClientError, BotoCoreError, Refused) as error:
        raise FailedError(f"{verb} {kind.type} {what}: {error}") from error
