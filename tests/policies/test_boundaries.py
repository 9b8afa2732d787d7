"""What a control says at the edges of what it reads: absent, null, of a wrong type, unknown, inherited."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from policies.control import Control
from policies.controls import CONTROLS
from policies.verdict import Verdict
from tests.policies.boundary_table import ALSO_RIGHT, INHERITED, SOURCES, TOLERANT, VALUELESS
from tests.policies.examples import Plain, resources_of, verdicts_on
from tests.policies.mutation import GONE, Edit, Path, Step, Way, keyed, played, way_between

every_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.slug)
VALUES: tuple[Any, ...] = ("x", 7, True, False, [], ["x"], [7], {}, {"x": 1})


def kind(value: Any) -> str:
    """Name the JSON type of a value."""
    match value:
        case bool():
            return "bool"
        case int() | float():
            return "number"
        case str():
            return "text"
        case list():
            return "list"
        case _:
            return "object" if isinstance(value, Mapping) else "absent"


def found_at(value: Any, path: Path) -> Any:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return GONE
    return value


class Turn:
    """A good example that a single value, at a path of one resource, turns into a bad one."""

    def __init__(self, good: Sequence[Plain], step: Step) -> None:
        self.good, self.step = good, step
        [self.edit] = step.edits
        self.before = found_at(keyed(good)[step.role], self.edit.path)

    @property
    def path(self) -> str:
        return ".".join(str(key) for key in self.edit.path[1:] if isinstance(key, str))

    def over(self, value: Any, path: Path | None = None) -> list[Plain]:
        """Give the good example with another value there."""
        edits = [Edit(path=path or self.edit.path, value=value)]
        step = Step(role=self.step.role, edits=edits)
        return list(played([step], {step.role: step.role}, keyed(self.good)).values())


def turns(control: Control) -> list[Turn]:
    """Give the turns between examples; where several values differ in all of them, the last value that it takes."""
    pairs = [
        (resources_of(control, good), resources_of(control, bad)) for good, bad in product(control.good, control.bad)
    ]
    ways = [(good, way_between(good, bad, control.types)) for good, bad in pairs]
    whole = [(good, way[0]) for good, way in ways if len(way) == 1 and len(way[0].edits) == 1]
    found = _of_values(whole) or _of_values(
        (before, step)
        for good, way in ways
        for before, step in _last_steps(good, way)
        if verdicts_on(control, before) == {Verdict.COMPLIES}
    )
    return list(found.values())


def _of_values(steps: Iterable[tuple[Sequence[Plain], Step]]) -> dict[str, Turn]:
    """Leave out what changes a name."""
    return {repr((good, step)): Turn(good, step) for good, step in steps if step.edits[0].path[0] != "name"}


def _last_steps(good: Sequence[Plain], way: Way) -> Iterator[tuple[Sequence[Plain], Step]]:
    """Give each edit of a way as a step of its own, and what the others make of the example before it."""
    for step in way:
        for edit in step.edits:
            others = [replace(one, edits=[two for two in one.edits if two is not edit]) for one in way]
            steps = [after for one, after in zip(way, others, strict=True) if after.edits or not one.edits]
            before = played(steps, {one.role: one.role for one in way}, keyed(good))
            yield list(before.values()), replace(step, edits=[edit])


def right_kinds(all_: Sequence[Turn]) -> dict[str, set[str]]:
    """Give by path the types that the examples use, and those that AWS takes for them."""
    right: dict[str, set[str]] = {}
    for turn in all_:
        kinds = right.setdefault(turn.path, {*ALSO_RIGHT.get(turn.path, ())})
        kinds |= {kind(turn.before), kind(turn.edit.value)}
    # A policy document is text, or an object that the provider turns into one.
    return {path: kinds | ({"object"} if "olicy" in path else set()) for path, kinds in right.items()}


def complying(control: Control, cases: Iterator[tuple[Any, list[Plain]]]) -> list[Any]:
    return [case for case, resources in cases if Verdict.COMPLIES in verdicts_on(control, resources)]


@every_control
def test_a_wrong_type_never_complies_where_a_right_value_would_fail(control: Control) -> None:
    all_ = turns(control)
    right = right_kinds(all_)

    found = complying(
        control,
        (
            ((turn.path, value), turn.over(value))
            for turn in all_
            for value in VALUES
            if kind(value) not in right[turn.path] and (control.slug, turn.path) not in TOLERANT
        ),
    )

    assert found == []


@pytest.mark.parametrize(("slug", "path"), TOLERANT)
def test_no_tolerance_is_superfluous(slug: str, path: str) -> None:
    control = next(one for one in CONTROLS if one.slug == slug)
    all_ = turns(control)
    right = right_kinds(all_)

    assert complying(
        control,
        (
            (value, turn.over(value))
            for turn in all_
            for value in VALUES
            if turn.path == path and kind(value) not in right[path]
        ),
    )


@every_control
def test_an_unknown_never_complies_where_some_value_would_fail(control: Control) -> None:
    found = complying(
        control,
        (
            (turn.edit.path[:depth], turn.over("unknown:it", turn.edit.path[:depth]))
            for turn in turns(control)
            for depth in range(2, len(turn.edit.path) + 1)
        ),
    )

    assert found == []


def test_every_control_has_a_value_that_turns_it_or_is_told_to_have_none() -> None:
    assert {control.slug for control in CONTROLS if not turns(control)} == VALUELESS.keys()


@pytest.mark.parametrize("slug", VALUELESS)
def test_what_counts_no_value_says_the_same_whatever_the_inputs_are(slug: str) -> None:
    control = next(one for one in CONTROLS if one.slug == slug)

    differing = [
        (one["name"], key, value)
        for example in (*control.good, *control.bad)
        for resources in [resources_of(control, example)]
        for one in resources
        for key in one["inputs"]
        for value in (*VALUES, None, "unknown:it")
        for changed in [
            [{**other, "inputs": {**one["inputs"], key: value}} if other is one else other for other in resources]
        ]
        if verdicts_on(control, changed) != verdicts_on(control, resources)
    ]

    assert differing == []


@every_control
def test_null_is_absent(control: Control) -> None:
    differing = [
        turn.edit.path
        for turn in turns(control)
        if isinstance(turn.edit.path[-1], str)
        if verdicts_on(control, turn.over(None)) != verdicts_on(control, turn.over(GONE))
    ]

    assert differing == []


def of_type(type_: str) -> list[Control]:
    return [control for control in CONTROLS if type_ in control.types]


def violating(control: Control, type_: str, inputs: Mapping[str, Any]) -> bool:
    """Say whether a control finds fault with a resource that says nothing but these inputs."""
    one = {"type": type_, "name": "it", "inputs": inputs, "options": {}}
    return Verdict.VIOLATES in verdicts_on(control, [one])


@pytest.mark.parametrize(("type_", "key"), SOURCES)
def test_what_is_taken_from_a_source_is_no_fault_of_its_copy(type_: str, key: str) -> None:
    """The table says all: what it names is a fault of a resource that says nothing, and none of a copy."""
    inputs = SOURCES[type_, key]

    inherited = {
        control.slug
        for control in of_type(type_)
        if violating(control, type_, {}) and not violating(control, type_, inputs)
    }

    assert inherited == INHERITED[type_, key]
