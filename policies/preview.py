"""What `pulumi preview --json` prints, as the resources that there will be."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from policies.levels import place_of
from policies.plain import account_allowed, parse
from policies.reading import SECRET, SIGNATURE, UNKNOWNS, Where, reference_to
from policies.subject import Subject
from policies.values import Items, Record, Resource, Secret
from stacks.mistakes import Mistake, SettingsError, shown

HIDDEN: Final = "[secret]"
"""What the engine prints in place of a secret."""
_OPTIONS: Final = ("protect", "ignoreChanges", "retainOnDelete", "deletedWith", "aliases", "customTimeouts")
_GOING: Final = ("delete", "discard", "remove", "read")
"""What operations begin with that leave no resource of this stack, or read one of somebody else."""
_URN: Final = "urn:pulumi:"
_URN_PARTS: Final = 4


def of_preview(text: str | bytes, file: str) -> Subject:
    """
    Read the output of `pulumi preview --json`: each resource as it will be, with its inputs.

    Without `--show-sames` it holds no unchanged resources: how many are missing is told.

    Raises:
        SettingsError: with all mistakes.

    """
    document = parse(text, file)
    if mistakes := list(_mistakes(document)):
        raise SettingsError(file, mistakes)
    steps = cast("Sequence[Mapping[str, Any]]", _steps(document))
    stack = next((step["urn"].removeprefix(_URN).partition("::")[0] for step in steps), "")
    # A replacement has several steps: the last one that shows the new state counts.
    states = {step["urn"]: step["newState"] for step in steps if _stays(step)}
    config = {key: str(value) for key, value in (document.get("config") or {}).items()}
    left_out = _unchanged(document) - sum(step["op"] == "same" for step in steps)
    return Subject(
        name=stack or file,
        file=file,
        stack=stack,
        place=place_of(stack, config),
        resources=[_resource(state) for state in states.values()],
        account=account_allowed(config),
        left_out=max(left_out, 0),
        notes=list(_notes(document, left_out)),
    )


def _steps(document: Mapping[str, object]) -> object:
    """Give the steps; the engine leaves an empty list out."""
    return document.get("steps", [] if "changeSummary" in document else None)


def _stays(step: Mapping[str, Any]) -> bool:
    """Say whether a step leaves a resource that a provider makes."""
    state = step.get("newState")
    return (
        bool(state)
        and not step["op"].startswith(_GOING)
        and state.get("custom") is True
        and not state["type"].startswith("pulumi:")
        and not state.get("external")
    )


def _unchanged(document: Mapping[str, Any]) -> int:
    same = (document.get("changeSummary") or {}).get("same", 0)
    return same if isinstance(same, int) else 0


def _notes(document: Mapping[str, Any], left_out: int) -> Iterator[str]:
    if left_out > 0:
        yield (
            f"{left_out} unchanged {'resource is' if left_out == 1 else 'resources are'} not in the preview "
            "and not judged: make it with `pulumi preview --json --show-sames`"
        )
    errors = [one for one in document.get("diagnostics") or () if one.get("severity") == "error"]
    if errors:
        yield f"the preview failed ({len(errors)} errors): what it did not reach is not judged"


def _resource(state: Mapping[str, Any]) -> Resource:
    reference = reference_to(state["urn"])
    dependencies = {
        key: tuple(reference_to(urn) for urn in urns or ())
        for key, urns in (state.get("propertyDependencies") or {}).items()
    }
    inputs = state.get("inputs") or {}
    return Resource(
        {
            key: _value(value, Where(key, dependencies.get(key, ())))
            for key, value in inputs.items()
            if value is not None
        },
        type_=state["type"],
        name=reference.name,
        urn=state["urn"],
        options={key: state[key] for key in _OPTIONS if key in state},
        dependencies=dependencies,
    )


def _value(value: Any, where: Where) -> Any:
    match value:
        case str() if value == HIDDEN:
            return Secret(where.unknown())
        case str() if value in UNKNOWNS:
            return where.unknown()
        case dict() if value.get(SIGNATURE) == SECRET:
            # With --show-secrets the value is there.
            return Secret(_value(value.get("value", HIDDEN), where.hidden()))
        case dict():
            return Record({key: _value(item, where.key(key)) for key, item in value.items() if item is not None})
        case list():
            return Items([_value(item, where.item(number)) for number, item in enumerate(value)])
        case _:
            return value


def _mistakes(document: Mapping[str, object]) -> Iterator[Mistake]:
    steps = _steps(document)
    if not isinstance(steps, list):
        what = f"must be a list, got {shown(steps)}: write what `pulumi preview --json` prints"
        yield Mistake(where=("steps",), what=what)
        return
    for key, kind, noun in (
        ("config", dict, "an object"),
        ("changeSummary", dict, "an object"),
        ("diagnostics", list, "a list"),
    ):
        if not isinstance(document.get(key), kind | None):
            yield Mistake(where=(key,), what=f"must be {noun}, got {shown(document[key])}")
    for number, one in enumerate(_list(document.get("diagnostics"))):
        if not isinstance(one, dict):
            yield Mistake(where=("diagnostics", number), what=f"must be an object, got {shown(one)}")
    for number, step in enumerate(cast("list[object]", steps)):
        for mistake in _mistakes_of_step(step):
            yield mistake.below("steps", number)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []


def _mistakes_of_step(step: object) -> Iterator[Mistake]:
    if not isinstance(step, dict):
        yield Mistake(where=(), what=f"must be an object, got {shown(step)}")
        return
    found = cast("dict[str, object]", step)
    if not isinstance(found.get("op"), str):
        yield Mistake(where=("op",), what=f"must be an operation, got {shown(found.get('op'))}")
    if not _is_urn(found.get("urn")):
        yield Mistake(where=("urn",), what=f"must be a URN, got {shown(found.get('urn'))}")
    state = found.get("newState")
    if not isinstance(state, dict | None):
        yield Mistake(where=("newState",), what=f"must be an object, got {shown(state)}")
        return
    for mistake in _mistakes_of_state(cast("Mapping[str, object]", state or {"type": "", "urn": found.get("urn")})):
        yield mistake.below("newState")


def _mistakes_of_state(state: Mapping[str, object]) -> Iterator[Mistake]:
    if not isinstance(state.get("type"), str):
        yield Mistake(where=("type",), what=f"must be a type, got {shown(state.get('type'))}")
    if not _is_urn(state.get("urn")):
        yield Mistake(where=("urn",), what=f"must be a URN, got {shown(state.get('urn'))}")
    if not isinstance(state.get("inputs"), dict | None):
        yield Mistake(where=("inputs",), what=f"must be an object, got {shown(state['inputs'])}")
    needs = state.get("propertyDependencies")
    if not isinstance(needs, dict | None):
        yield Mistake(where=("propertyDependencies",), what=f"must be an object, got {shown(needs)}")
        return
    for key, urns in cast("Mapping[str, object]", needs or {}).items():
        if not isinstance(urns, list | None) or not all(_is_urn(urn) for urn in cast("list[object]", urns or [])):
            yield Mistake(where=("propertyDependencies", key), what="must be a list of URNs")


def _is_urn(value: object) -> bool:
    return isinstance(value, str) and value.startswith(_URN) and len(value.split("::", 3)) == _URN_PARTS
