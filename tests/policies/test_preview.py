"""Claims about reading what `pulumi preview --json` prints."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.levels import Place
from policies.preview import of_preview
from policies.subject import Subject
from policies.values import Reference, opened, unknowns
from stacks.mistakes import SettingsError
from stacks.phases import Environment, Phase

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
KEY, TABLE = "aws:kms/key:Key", "aws:dynamodb/table:Table"


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:clubapp-prod::datastores::datastores:components:Table${type_}::{name}"


def step(type_: str, name: str, op: str = "create", inputs: Any = None, **state: Any) -> dict[str, Any]:
    new = {"urn": urn(type_, name), "type": type_, "custom": True, "inputs": inputs or {}, **state}
    return {"op": op, "urn": urn(type_, name), "newState": new}


def preview(*steps: dict[str, Any], **other: Any) -> Subject:
    config = {"datastores:phase": "growth", "aws:allowedAccountIds": '["123456789012"]'}
    return of_preview(json.dumps({"config": config, "steps": steps, **other}), "preview.json")


def test_a_preview_says_which_stack_it_is_of() -> None:
    subject = preview(step(TABLE, "devices"))

    assert (subject.stack, subject.place, subject.account) == (
        "clubapp-prod",
        Place(environment=Environment.PROD, phase=Phase.GROWTH),
        "123456789012",
    )


def test_a_resource_has_its_inputs_and_options() -> None:
    (table,) = preview(step(TABLE, "devices", inputs={"a": [{"b": 1.5}], "n": None}, protect=True)).resources

    assert (table.type, table.name, table["a"][0]["b"], table.options) == (TABLE, "devices", 1.5, {"protect": True})
    assert "n" not in table


@pytest.mark.parametrize("value", [UNKNOWN, "[secret]"])
@pytest.mark.parametrize("nested", [False, True])
def test_what_is_not_told_is_unknown_and_known_to_come_from_the_property_s_dependencies(
    value: str, nested: bool
) -> None:
    inputs = {"key": {"arn": value}} if nested else {"key": value}
    (table,) = preview(
        step(TABLE, "devices", inputs=inputs, propertyDependencies={"key": [urn(KEY, "main")]})
    ).resources

    assert [one.path for one in unknowns(table.raw("key"))] == ["key.arn" if nested else "key"]
    assert table.references("key") == (Reference(type=KEY, name="main", urn=urn(KEY, "main")),)


def test_a_known_value_keeps_where_it_comes_from() -> None:
    needs = {"key": [urn(KEY, "main")], "nothing": None}
    (table,) = preview(step(TABLE, "devices", inputs={"key": "arn:x"}, propertyDependencies=needs)).resources

    assert (table["key"], [one.name for one in table.dependencies["key"]]) == ("arn:x", ["main"])


def test_a_secret_that_is_shown_is_read_and_still_one() -> None:
    wrapped = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": "hunter2"}
    (table,) = preview(step(TABLE, "devices", inputs={"password": wrapped})).resources

    assert "hunter2" not in repr(table.raw("password"))
    assert opened(table.raw("password")) == "hunter2"


@pytest.mark.parametrize("op", ["delete", "delete-replaced", "read", "discard", "remove-pending-replace"])
def test_what_goes_or_is_somebody_else_s_is_not_judged(op: str) -> None:
    assert preview(step(TABLE, "devices", op)).resources == []


@pytest.mark.parametrize("other", [{"custom": False}, {"external": True}, {"type": "pulumi:providers:aws"}])
def test_only_what_a_provider_makes_for_this_stack_is_judged(other: dict[str, Any]) -> None:
    assert preview(step(TABLE, "devices", **other)).resources == []


def test_a_replacement_is_one_resource() -> None:
    steps = [step(TABLE, "devices", op, {"a": op}) for op in ("create-replacement", "replace", "delete-replaced")]

    assert [one["a"] for one in preview(*steps).resources] == ["replace"]


def test_what_does_not_change_and_is_left_out_is_told() -> None:
    subject = preview(step(TABLE, "devices", "same"), changeSummary={"same": 3, "create": 1})

    assert subject.left_out == 2
    assert subject.notes == [
        "2 unchanged resources are not in the preview and not judged: make it with `pulumi preview --json --show-sames`"
    ]


def test_a_whole_preview_leaves_nothing_out() -> None:
    subject = preview(step(TABLE, "devices", "same"), changeSummary={"same": 1})

    assert (subject.left_out, subject.notes) == (0, [])


def test_a_preview_that_failed_says_so() -> None:
    subject = preview(diagnostics=[{"severity": "error", "message": "x"}, {"severity": "warning"}])

    assert subject.notes == ["the preview failed (1 errors): what it did not reach is not judged"]


def test_a_preview_without_a_step_is_one() -> None:
    assert of_preview('{"changeSummary": {}}', "p").resources == []


def refused(text: str) -> list[str]:
    with pytest.raises(SettingsError, match=r"^preview\.json has \d+ mistake") as error:
        of_preview(text, "preview.json")
    return [str(mistake) for mistake in error.value.mistakes]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "is not JSON: Expecting value: line 1 column 1 (char 0)"),
        ('{"sequence":0}\n{"sequence":1}', "is not JSON: Extra data: line 2 column 1 (char 15)"),
        ("[]", "must be a JSON object, got a list"),
        ("[" * 100_000, "is nested too deeply"),
        ("{}", "steps must be a list, got nothing: write what `pulumi preview --json` prints"),
    ],
)
def test_what_is_no_preview_is_refused(text: str, mistake: str) -> None:
    assert refused(text) == [mistake]


def test_all_mistakes_of_a_preview_are_told_at_once() -> None:
    bad = {"type": 1, "urn": "x", "inputs": [], "propertyDependencies": {"a": ["x"]}}
    steps = [7, {"op": "create", "urn": urn(TABLE, "a"), "newState": bad}, {"newState": 1}]

    assert refused(json.dumps({"steps": steps, "config": [], "diagnostics": {}})) == [
        "config must be an object, got a list",
        "diagnostics must be a list, got a mapping",
        "steps[0] must be an object, got 7",
        "steps[1].newState.type must be a type, got 1",
        "steps[1].newState.urn must be a URN, got 'x'",
        "steps[1].newState.inputs must be an object, got a list",
        "steps[1].newState.propertyDependencies.a must be a list of URNs",
        "steps[2].op must be an operation, got nothing",
        "steps[2].urn must be a URN, got nothing",
        "steps[2].newState must be an object, got 1",
    ]


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
JSON: st.SearchStrategy[Any] = st.recursive(
    SCALARS | st.sampled_from([UNKNOWN, "[secret]"]),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=3), inside, max_size=2),
    max_leaves=5,
)
STEP = st.fixed_dictionaries({}, optional={"op": JSON, "urn": JSON, "newState": JSON})
PARTS = {"steps": JSON | st.lists(STEP, max_size=2), "config": JSON, "changeSummary": JSON, "diagnostics": JSON}


@given(document=st.fixed_dictionaries({}, optional=PARTS))
@settings(max_examples=40)
def test_any_json_is_refused_or_has_no_resource(document: dict[str, Any]) -> None:
    """It never breaks the reader."""
    try:
        found = of_preview(json.dumps(document), "preview.json").resources
    except SettingsError:
        found = []

    assert found == []


@given(inputs=st.dictionaries(st.text(min_size=1), JSON))
def test_any_inputs_are_read(inputs: dict[str, Any]) -> None:
    (table,) = preview(step(TABLE, "devices", inputs=inputs)).resources

    assert set(table) == {key for key, value in inputs.items() if value is not None}
