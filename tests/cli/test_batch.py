"""`datastores check --batch`: every case is answered, and quickly."""

import json
import time
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.batch import answer
from policies.controls import CONTROLS
from stacks.mistakes import SettingsError
from tests.cli.command import INSTANCE, KEY, PUBLIC, batch, case, check
from tests.policies.examples import resources_of


def test_a_batch_answers_and_ends_with_0_whatever_it_found():
    done = check("--batch", stdin=batch(case("a", PUBLIC), case("b")))
    answers = json.loads(done.stdout)

    assert (done.returncode, done.stderr, list(answers), answers["b"]) == (0, "", ["a", "b"], [])
    assert {
        "control": "rds-not-public",
        "resource": "main",
        "severity": "critical",
        "level": "mandatory",
        "message": "RDS instances must not be reachable from the internet: set publicly_accessible=False.",
    } in answers["a"]


def test_a_batch_has_the_level_of_the_case():
    dev = case("dev", (INSTANCE, "main", {}), stack={"environment": "dev", "phase": "mvp", "unknown": 1})
    found = answer(batch(dev, case("prod", (INSTANCE, "main", {}))))
    levels = {
        id_: [one["level"] for one in rows if one["control"] == "rds-deletion-protection"]
        for id_, rows in found.items()
    }

    assert levels == {"dev": ["advisory"], "prod": ["mandatory"]}


def test_what_cannot_be_told_is_advice_that_says_so():
    found = answer(batch(case("a", (KEY, "k", {"enableKeyRotation": "unknown:x"}))))["a"]

    assert [(one["level"], one["message"]) for one in found if one["control"] == "kms-rotation"] == [
        (
            "advisory",
            "Cannot tell yet, enableKeyRotation is not known: KMS keys must rotate: set enable_key_rotation=True.",
        )
    ]


def test_references_are_followed_in_a_case_and_not_out_of_it():
    parameters = (
        "aws:rds/parameterGroup:ParameterGroup",
        "pg",
        {"parameters": [{"name": "rds.force_ssl", "value": "0"}]},
    )
    db = (INSTANCE, "main", {"engine": "postgres", "parameterGroupName": f"ref:{parameters[0]}::pg::name"})
    found = answer(batch(case("a", db, parameters), case("b", db), case("c", parameters)))
    levels = {
        id_: [one["level"] for one in rows if one["control"] == "rds-force-ssl" and one["resource"] == "main"]
        for id_, rows in found.items()
    }

    assert levels == {"a": ["mandatory"], "b": ["advisory"], "c": []}


def test_all_mistakes_of_a_batch_are_told_at_once_and_nothing_is_answered():
    done = check("--batch", stdin=batch(1, {"resources": [], "stack": []}, case("a"), case("a", resources={})))

    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        (
            "standard input has 5 mistakes:\n"
            "  cases[0] must be an object with id, resources and stack, got 1\n"
            "  cases[1].id must be a text, got nothing\n"
            "  cases[1].stack must be an object with environment and phase, got a list\n"
            "  cases[3].id is another case's already, got 'a'\n"
            "  cases[3].resources must be a list of resources, got a mapping\n"
        ),
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cases": {}}', "[" * 100_000, "\udcff"])
def test_what_is_no_batch_is_refused(text: str):
    with pytest.raises(SettingsError, match=r"^standard input has 1 mistake:"):
        answer(text.encode(errors="surrogateescape"))


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.just("unknown:x"),
    lambda inside: st.lists(inside, max_size=2) | st.dictionaries(st.text(max_size=3), inside, max_size=2),
    max_leaves=5,
)
EXAMPLES: Sequence[Any] = [
    resources_of(control, example) for control in CONTROLS for example in (*control.good, *control.bad)
]


@st.composite
def some_cases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw cases with ids of their own, of examples whose inputs are partly anything."""
    cases: list[dict[str, Any]] = []
    for id_ in draw(st.lists(st.text(max_size=5), unique=True, max_size=3)):
        rows: list[dict[str, Any]] = [dict(one) for one in draw(st.sampled_from(EXAMPLES))]
        for row in rows:
            keys = sorted(row["inputs"])
            changed = draw(st.dictionaries(st.sampled_from(keys), JSON, max_size=2)) if keys else {}
            row["inputs"] = {**row["inputs"], **changed}
        cases.append({"id": id_, "resources": rows})
    return cases


@given(cases=some_cases())
def test_every_case_is_answered_whatever_it_holds(cases: list[dict[str, Any]]):
    answers = answer(batch(*cases))

    assert list(answers) == [one["id"] for one in cases]
    assert {key for rows in answers.values() for row in rows for key in row} <= {
        "control",
        "resource",
        "severity",
        "level",
        "message",
    }


def test_a_thousand_cases_take_seconds():
    cases = [{"id": str(number), "resources": EXAMPLES[number % len(EXAMPLES)]} for number in range(1_000)]
    began = time.process_time()

    answers = answer(batch(*cases))

    assert (len(answers), time.process_time() - began < 5) == (1_000, True)
