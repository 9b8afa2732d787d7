"""What the real engine writes is read: the samples are trimmed recordings of it on the local cloud."""

import json
from pathlib import Path
from typing import Any

import pytest

from upgrades.edits import Edit, Kind, Operation
from upgrades.hop import Hop
from upgrades.preview import PreviewError, read_preview

PREVIEWS = Path(__file__).parent / "previews"
HOW = "write it with `pulumi preview --json > FILE`"
ONE = "judge one after the other, as the environment of each decides"
SUMMARY = '{"sequence": 1, "summaryEvent": {}}'
URN = "urn:pulumi:clubapp-prod::datastores::datastores:components:Table$aws:dynamodb/table:Table::presence-table"


def sample(name: str) -> str:
    return (PREVIEWS / name).read_text(encoding="utf-8")


def seen(text: str) -> list[tuple[Any, ...]]:
    return [
        (edit.operation, edit.name, edit.path, edit.before, edit.after, edit.replaces)
        for edit in read_preview(text).edits
    ]


def keys(sort_key: str) -> list[dict[str, str]]:
    return [{"name": name, "type": "S"} for name in ("userId", sort_key)]


def test_a_replacement_names_what_forces_it():
    assert seen(sample("sort-dev.json")) == [
        (Operation.REPLACE, "presence-table", "attributes", keys("venueId"), keys("placeId"), False),
        (Operation.REPLACE, "presence-table", "rangeKey", "venueId", "placeId", True),
        (Operation.REPLACE, "presence-by-venue", "", None, None, False),
    ]


def test_an_edit_says_all_about_a_property():
    edits = read_preview(sample("backups-prod.json")).edits

    assert edits == (
        Edit(
            type="aws:rds/instance:Instance",
            name="main-primary",
            urn="urn:pulumi:clubapp-prod::datastores::datastores:components:Postgres$aws:rds/instance:Instance"
            "::main-primary",
            operation=Operation.UPDATE,
            path="backupRetentionPeriod",
            kind=Kind.UPDATE,
            before=7,
            after=3,
            replaces=False,
            holds_data=True,
        ),
    )


def test_dropped_protection_shows_where_nothing_else_changes():
    found = seen(sample("unlocked-main-prod.json"))

    assert (Operation.UNTOUCHED, "cache-group", "options.protect", True, False, False) in found


def test_an_unknown_from_one_resource_is_an_output_of_it():
    edits = {(edit.name, edit.path): edit.after for edit in read_preview(sample("key-dev.json")).edits}

    assert edits["main-primary", "kmsKeyId"] == "ref:aws:kms/key:Key::postgres-key::?"
    assert edits["presence-table", "serverSideEncryption"] == {
        "enabled": True,
        "kmsKeyArn": "ref:aws:kms/key:Key::dynamodb-key::?",
    }


def test_the_streaming_form_says_the_same():
    document, streamed = (read_preview(sample(name)) for name in ("sort-prod.json", "sort-prod-stream.jsonl"))

    assert [edit for edit in document.edits if edit not in streamed.edits] == []
    assert {edit.urn for edit in document.edits} == {edit.urn for edit in streamed.edits}
    assert document.gaps == streamed.gaps


HOP_TEXT = json.dumps({"to": "growth", "step": 1, "sizes": {"main": {"instanceClass": "db.t4g.small"}}})


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"config": {"datastores:hop": HOP_TEXT}, "steps": []}),
        json.dumps({"sequence": 1, "preludeEvent": {"config": {"datastores:hop": HOP_TEXT}}}),
    ],
    ids=["document", "stream"],
)
def test_a_preview_says_which_hop_it_is(text: str):
    assert read_preview(text).hop == Hop(sizes={"main": {"instanceClass": "db.t4g.small"}})


def test_a_preview_shows_which_clusters_stand_by_themselves():
    shown = read_preview(sample("small/instance-gone-early.json"))

    assert shown.standing == {"core-cluster", "moved-cluster"}


def test_what_was_changed_by_hand_is_told_from_what_the_program_said():
    (found,) = read_preview(sample("small/drifted-class.json")).edits

    assert (found.before, found.was["instanceClass"], found.will["instanceClass"]) == (
        "db.t4g.large",
        "db.t4g.medium",
        "db.t4g.medium",
    )


def test_a_preview_that_the_engine_stopped_says_so():
    assert read_preview(sample("sort-prod.json")).gaps == (
        f'unable to replace resource "{URN}"',
        "preview failed",
    )


def test_a_preview_without_changes_has_no_edits_and_no_gaps():
    preview = read_preview(sample("same-prod.json"))

    assert (preview.stack, preview.edits, preview.gaps) == ("clubapp-prod", (), ())


def test_a_step_that_is_missing_is_noticed():
    document = json.loads(sample("sort-dev.json"))
    document["steps"] = [step for step in document["steps"] if not step["urn"].endswith("presence-table")]

    assert read_preview(json.dumps(document)).gaps == ("its summary counts 2 of replace, its steps 1",)


def test_a_stream_that_was_cut_off_is_noticed():
    lines = sample("sort-prod-stream.jsonl").splitlines()
    events = [line for line in lines if "summaryEvent" not in line and "diagnosticEvent" not in line]

    assert read_preview("\n".join(events)).gaps == ("the file ends before the engine's summary",)


def test_a_preview_of_nothing_at_all_is_noticed():
    assert read_preview('{"changeSummary": {}}').gaps == ("it shows no step at all",)


def step(**more: Any) -> str:
    old = {"type": "aws:dynamodb/table:Table", "inputs": {"hashKey": "a", "tags": {}}, "outputs": {"readCapacity": 9}}
    new = {"type": "aws:dynamodb/table:Table", "inputs": {"hashKey": "b", "tags": {}, "readCapacity": 5}}
    one = {"op": "update", "urn": URN, "oldState": old, "newState": new}
    return json.dumps({"steps": [one | more]})


def test_where_the_provider_does_not_say_what_changes_the_inputs_do():
    found = seen(step(op="replace", replaceReasons=["hashKey"], detailedDiff=None))

    assert found == [
        (Operation.REPLACE, "presence-table", "hashKey", "a", "b", True),
        (Operation.REPLACE, "presence-table", "readCapacity", 9, 5, False),
    ]


def test_what_is_deployed_counts_not_what_the_program_said_last():
    found = seen(step(detailedDiff={"readCapacity": {"kind": "update", "inputDiff": False}}))

    assert found == [(Operation.UPDATE, "presence-table", "readCapacity", 9, 5, False)]


@pytest.mark.parametrize(("differs", "old", "new"), [("diffReasons", "oldState", "newState"), ("diffs", "old", "new")])
def test_a_secret_that_changes_is_seen_though_it_looks_the_same(differs: str, old: str, new: str):
    state = {"inputs": {"username": "[secret]", "port": 5432}}
    urn = f"{URN.rpartition('::')[0]}::main-primary"
    step = {"op": "update", "urn": urn, old: state, new: state, differs: ["username"]}
    event = {"sequence": 1, "resourcePreEvent": {"metadata": step}}
    text = json.dumps(event if differs == "diffs" else {"steps": [step]})

    assert [edit.path for edit in read_preview(text).edits] == ["username"]


def test_an_operation_that_nobody_knows_stays_unknown():
    assert seen(step(op="teleport", detailedDiff=None))[0][0] is Operation.UNKNOWN


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"is empty: {HOW}"),
        ("hello", f"is not JSON: Expecting value: line 1 column 1 (char 0): {HOW}"),
        ("[]", f"must be an object or a line an event, got list: {HOW}"),
        ("{}", f"has no steps: {HOW}"),
        ('{"steps": 3}', f"steps must be a list, got int: {HOW}"),
        ('{"steps": [3]}', f"each of steps must be an object, got int: {HOW}"),
        ('{"steps": [{"op": "same"}]}', f"a step needs op and urn, got 'same' and None: {HOW}"),
        (
            '{"config": {"datastores:hop": "soon"}, "steps": []}',
            "datastores:hop must be {to, step, sizes} with a row for each store in sizes, got 'soon'",
        ),
        ('{"sequence": 1}\n{"a": 1}', f"line 2 is no event of the engine: {HOW}"),
        ('{"sequence": 1}\n{"a"', f"line 2 is not JSON: Expecting ':' delimiter: line 1 column 5 (char 4): {HOW}"),
        (f"{SUMMARY}\n{SUMMARY}", f"holds several previews: {ONE}"),
        (
            json.dumps({"steps": [{"op": "same", "urn": URN.replace("-prod", one)} for one in ("-dev", "-prod")]}),
            f"is of several stacks, clubapp-dev and clubapp-prod: {ONE}",
        ),
        ("[" * 100_000, "is nested too deep to be a preview"),
    ],
    ids=[
        "empty",
        "text",
        "list",
        "no steps",
        "steps",
        "step",
        "half a step",
        "no hop",
        "no event",
        "half an event",
        "twice",
        "two stacks",
        "deep",
    ],
)
def test_what_is_no_preview_is_refused_with_the_reason(text: str, message: str):
    with pytest.raises(PreviewError) as refused:
        read_preview(text)

    assert str(refused.value) == message
