"""
Reads `pulumi preview --json`: the document, and the streaming form with one event of the engine a line.

The streaming form is what PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true gives. Only what is wrong with the file as a whole
is an error; a preview that stopped half-way is read as far as it goes, and says so.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from stacks.exports import RESTORES
from stacks.phases import stateful
from stacks.stackfile import PROJECT
from upgrades.edits import (
    PROTECT,
    SIGNATURE,
    Edit,
    Kind,
    Operation,
    kind_of,
    place,
    stands_alone,
    steps,
    unknown,
    value_at,
)
from upgrades.hop import Hop, HopError, hop_of

Json = Mapping[str, Any]

OPERATIONS: Final[Mapping[str, Operation]] = {
    # Source: pkg/resource/deploy/step.go of Pulumi 3.259.
    "same": Operation.UNTOUCHED,
    "create": Operation.CREATE,
    "import": Operation.CREATE,
    "update": Operation.UPDATE,
    "delete": Operation.DELETE,
    "replace": Operation.REPLACE,
    "create-replacement": Operation.REPLACE,
    "delete-replaced": Operation.REPLACE,
    "import-replacement": Operation.REPLACE,
    "read-replacement": Operation.REPLACE,
    # What the stack reads and does not own, and what it forgets after it is gone.
    "read": Operation.UNTOUCHED,
    "refresh": Operation.UNTOUCHED,
    "discard": Operation.UNTOUCHED,
    "discard-replaced": Operation.UNTOUCHED,
    "remove-pending-replace": Operation.UNTOUCHED,
}
STACK: Final = "pulumi:pulumi:Stack"


class PreviewError(Exception):
    """What was read is no preview."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What an `up` would do."""

    stack: str
    """Empty where the preview shows no resource at all."""
    edits: tuple[Edit, ...]
    gaps: tuple[str, ...]
    """Why the edits may not be all of them; empty for a preview that ran to its end."""
    hop: Hop | None = None
    """What the settings of the preview allow with an outage."""
    standing: frozenset[str] = frozenset()
    """Logical names of the clusters that the preview shows as deployed, and as no copies of anything."""
    restored: Json = field(default_factory=dict[str, Any])
    """What the stack's outputs say of restored stores, by store: what is deployed."""
    restores: Json = field(default_factory=dict[str, Any])
    """What its settings say of them: what the `up` would deploy."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    """A step in the words of both forms."""

    op: str
    urn: str
    old: Json
    new: Json
    reasons: frozenset[str]
    """Properties that force a replacement."""
    differs: frozenset[str]
    """Properties that change, in the engine's words; a secret shows the same before and after."""
    kinds: Mapping[str, str]
    """What the provider says that changes: `update-replace` and so on by path; empty where it does not say."""


def read_preview(text: str) -> Preview:
    """Read a preview; raises PreviewError for what is none."""
    try:
        document = _loads(text)
    except ValueError as error:
        return _streamed(_events(text, error))
    if not isinstance(document, dict):
        raise PreviewError(f"must be an object or a line an event, got {type(document).__name__}: {_HOW}")
    whole = cast("Json", document)
    return _streamed([whole]) if "sequence" in whole else _digested(whole)


_HOW: Final = "write it with `pulumi preview --json > FILE`"
_ONE: Final = "judge one after the other, as the environment of each decides"


def _loads(text: str) -> object:
    try:
        return json.loads(text)
    except RecursionError:
        raise PreviewError("is nested too deep to be a preview") from None


def _events(text: str, error: ValueError) -> list[Json]:
    """Read a line an event; *error* is why the text is not one document."""
    events: list[Json] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            event = _loads(line)
        except ValueError as wrong:
            # A document that is broken, rather than a line.
            why = f"line {number} is not JSON: {wrong}" if events else f"is not JSON: {error}"
            raise PreviewError(f"{why}: {_HOW}") from None
        if not (isinstance(event, dict) and "sequence" in event):
            raise PreviewError(f"line {number} is no event of the engine: {_HOW}")
        events.append(cast("Json", event))
    if not events:
        raise PreviewError(f"is empty: {_HOW}")
    return events


def _digested(document: Json) -> Preview:
    if not document.keys() & {"steps", "changeSummary", "diagnostics"}:
        raise PreviewError(f"has no steps: {_HOW}")
    found = [
        _step(step, old="oldState", new="newState", reasons="replaceReasons", differs="diffReasons", kind="kind")
        for step in _objects(document.get("steps"), "steps")
    ]
    gaps = [_first_line(one) for one in _objects(document.get("diagnostics"), "diagnostics") if _is_error(one)]
    if document.get("maybeCorrupt"):
        gaps.append("the engine says that its state may be corrupt")
    config = _mapping(document.get("config"), "config")
    return _preview(found, _mapping(document.get("changeSummary"), "changeSummary"), gaps, config)


def _streamed(events: Sequence[Json]) -> Preview:
    for kind in ("preludeEvent", "summaryEvent"):
        if sum(kind in event for event in events) > 1:
            raise PreviewError(f"holds several previews: {_ONE}")
    found = [
        _step(
            _mapping(_part(event, "resourcePreEvent").get("metadata"), "metadata"),
            old="old",
            new="new",
            reasons="keys",
            differs="diffs",
            kind="diffKind",
        )
        for event in events
        if "resourcePreEvent" in event
    ]
    messages = [_part(event, "diagnosticEvent") for event in events if "diagnosticEvent" in event]
    gaps = [_first_line(message) for message in messages if _is_error(message)]
    summary = next((_part(event, "summaryEvent") for event in events if "summaryEvent" in event), None)
    if summary is None:
        gaps.append("the file ends before the engine's summary")
    elif summary.get("maybeCorrupt"):
        gaps.append("the engine says that its state may be corrupt")
    changes = {} if summary is None else _mapping(summary.get("resourceChanges"), "resourceChanges")
    prelude = next((_part(event, "preludeEvent") for event in events if "preludeEvent" in event), {})
    return _preview(found, changes, gaps, _mapping(prelude.get("config"), "config"))


def _preview(found: Sequence[_Step], summary: Json, gaps: Iterable[str], config: Json) -> Preview:
    """Put a preview together; one resource may come up several times, with the same edits."""
    # After a refresh a step's old state is what was found; what the program said last is in the refresh itself.
    said = {step.urn: _Inputs(step.old) for step in found if step.op == "refresh"}
    edits = {(edit.urn, edit.path): edit for step in found for edit in _edits(step, said.get(step.urn))}
    stacks = dict.fromkeys(step.urn.split("::")[0].removeprefix("urn:pulumi:") for step in found)
    if len(stacks) > 1:
        raise PreviewError(f"is of several stacks, {' and '.join(stacks)}: {_ONE}")
    stack = next(iter(stacks), "")
    try:
        hop = hop_of(config)
    except HopError as error:
        raise PreviewError(str(error)) from None
    return Preview(
        stack=stack,
        edits=tuple(edits.values()),
        gaps=tuple(dict.fromkeys([*gaps, *_cut(found, summary)])),
        hop=hop,
        standing=frozenset(_standing(found)),
        restored=_restored(found),
        restores=_json(config.get(f"{PROJECT}:{RESTORES}")),
    )


def _restored(found: Sequence[_Step]) -> Json:
    """Read from the stack's own step what its outputs say before the `up`."""
    outputs = [_mapping(step.old.get("outputs"), "outputs") for step in found if _type_and_name(step.urn)[0] == STACK]
    return _json(outputs[0].get(RESTORES)) if outputs else {}


def _json(value: object) -> Json:
    """Read a mapping, or its JSON text; anything else is none, which allows nothing."""
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return cast("Json", value) if isinstance(value, dict) else {}


def _standing(found: Sequence[_Step]) -> Iterator[str]:
    """Give the clusters that are deployed, and are no copies of anything."""
    for step in found:
        if step.old and OPERATIONS.get(step.op) in (Operation.UPDATE, Operation.UNTOUCHED):
            type_, name = _type_and_name(step.urn)
            if stands_alone(type_, _mapping(step.old.get("inputs"), "inputs")):
                yield name


def _type_and_name(urn: str) -> tuple[str, str]:
    *_, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name


def _cut(found: Sequence[_Step], summary: Json) -> Iterator[str]:
    """Notice steps that the summary counts and the file does not have."""
    if not found:
        yield "it shows no step at all"
    there = Counter(step.op for step in found)
    for op, count in summary.items():
        if op != "same" and isinstance(count, int) and there[op] < count:
            yield f"its summary counts {count} of {op}, its steps {there[op]}"


# One step


def _step(step: Json, *, old: str, new: str, reasons: str, differs: str, kind: str) -> _Step:  # noqa: PLR0913  the words of one form
    op, urn = step.get("op"), step.get("urn")
    if not (isinstance(op, str) and isinstance(urn, str) and urn.count("::") >= 3):  # noqa: PLR2004  a URN has 4 parts
        raise PreviewError(f"a step needs op and urn, got {op!r} and {urn!r}: {_HOW}")
    return _Step(
        op=op,
        urn=urn,
        old=_mapping(step.get(old), old),
        new=_mapping(step.get(new), new),
        reasons=_names(step.get(reasons)),
        differs=_names(step.get(differs)),
        kinds={
            path: str(_mapping(how, path).get(kind))
            for path, how in _mapping(step.get("detailedDiff"), "detailedDiff").items()
        },
    )


def _names(keys: object) -> frozenset[str]:
    return frozenset(str(key) for key in cast("list[object]", keys)) if isinstance(keys, list) else frozenset()


def _edits(step: _Step, said: Json | None) -> Iterator[Edit]:
    """Give what a step changes, nothing for the many that change nothing; *said* are the inputs before a refresh."""
    operation = OPERATIONS.get(step.op, Operation.UNKNOWN)
    protected = step.old.get("protect"), step.new.get("protect")
    relaxed = bool(step.old and step.new) and bool(protected[0]) != bool(protected[1])
    if operation is Operation.UNTOUCHED and not relaxed:
        return
    type_, name = _type_and_name(step.urn)
    before, after = _Inputs(step.old), _Inputs(step.new, named=True)
    outputs = _mapping(step.old.get("outputs"), "outputs")

    def edit(path: str, kind: Kind, old: Any, new: Any, *, replaces: bool = False) -> Edit:
        return Edit(
            type=type_,
            name=name,
            urn=step.urn,
            operation=operation,
            path=path,
            kind=kind,
            before=old,
            after=new,
            replaces=replaces,
            holds_data=stateful(type_, before if step.old else after),
            was=before if said is None else said,
            will=after,
        )

    if relaxed:
        yield edit(PROTECT, kind_of(*(value or None for value in protected)), *map(bool, protected))
    if operation is Operation.UNTOUCHED:
        return
    paths = _paths(step, before, after) if step.old and step.new else {}
    for path, (kind, replaces) in paths.items():
        where = steps(path)
        # What is deployed, rather than what the program said last: somebody may have changed it by hand.
        deployed = value_at(outputs, where)
        old = value_at(before, where) if deployed is None else deployed
        yield edit(path, kind, old, None if kind is Kind.DELETE else value_at(after, where), replaces=replaces)
    if not paths:
        whole = {Operation.CREATE: Kind.ADD, Operation.DELETE: Kind.DELETE}.get(operation, Kind.UPDATE)
        yield edit("", whole, None, None)


def _paths(step: _Step, before: Json, after: Json) -> dict[str, tuple[Kind, bool]]:
    """Say which properties change, how, and which of them replace: in the provider's words where it has any."""
    kinds = step.kinds or {
        key: kind_of(before.get(key), after.get(key)).value
        for key in sorted(before.keys() | after.keys())
        if not key.startswith("__") and (before.get(key) != after.get(key) or key in step.differs)
    }
    paths: dict[str, tuple[Kind, bool]] = {}
    for path, said in kinds.items():
        if not path:  # of a difference, an empty path says nothing
            continue
        where = place(path)
        replaces = said.endswith("-replace") or str(steps(path)[0]) in step.reasons
        kind = _KINDS.get(said.removesuffix("-replace"), Kind.UPDATE) if where == path else Kind.UPDATE
        # A member that goes is a change of its block.
        paths[where] = (kind, replaces or paths.get(where, (kind, False))[1])
    return paths


_KINDS: Final = {kind.value: kind for kind in Kind}


class _Inputs(Mapping[str, Any]):
    """The inputs of a state: read only as far as somebody asks, as most of a preview does not matter."""

    def __init__(self, state: Json, *, named: bool = False) -> None:
        self._raw = _mapping(state.get("inputs"), "inputs")
        # Unknowns that come from a single resource are outputs of it: another key is a key, whatever its name is.
        self._told = _mapping(state.get("propertyDependencies"), "propertyDependencies") if named else {}

    def __getitem__(self, key: str) -> Any:
        value = _plain(self._raw[key])
        return _output(value, self._told[key]) if self._told.get(key) else value

    def get(self, key: str, default: Any = None) -> Any:
        """Give an input, or *default*; most that are asked for are not there."""
        return self[key] if key in self._raw else default

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def _output(value: Any, sources: object) -> Any:
    match value, sources:
        case str(), [str(urn)] if unknown(value) and urn.count("::") >= 3:  # noqa: PLR2004  likewise
            return f"ref:{'::'.join(_type_and_name(urn))}::?"
        case dict(), _:
            return {key: _output(item, sources) for key, item in cast("dict[str, Any]", value).items()}
        case list(), _:
            return [_output(item, sources) for item in cast("list[Any]", value)]
        case _:
            return value


def _plain(value: Any) -> Any:
    """Show a secret as the document form does; the streaming form wraps it."""
    return "[secret]" if isinstance(value, dict) and SIGNATURE in value else value


# Reading JSON that may be anything


def _mapping(value: object, what: str) -> Json:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PreviewError(f"{what} must be an object, got {type(value).__name__}: {_HOW}")
    return cast("Json", value)


def _objects(value: object, what: str) -> list[Json]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise PreviewError(f"{what} must be a list, got {type(value).__name__}: {_HOW}")
    return [_mapping(item, f"each of {what}") for item in cast("list[object]", value)]


def _part(event: Json, name: str) -> Json:
    return _mapping(event[name], name)


def _is_error(message: Json) -> bool:
    return message.get("severity") == "error"


def _first_line(message: Json) -> str:
    return str(message.get("message", "")).strip().partition("\n")[0].removeprefix("error: ")
