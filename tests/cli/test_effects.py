"""`datastores effects` prints the table of effects, and what it leaves out."""

import io
import json
from collections.abc import Callable

import pytest

from cli import effects as room
from upgrades.facts.fact import Fact
from upgrades.facts.table import FACTS

VAULT, TABLE = "aws:backup/vault:Vault", "aws:dynamodb/table:Table"
Command = Callable[..., int]


def ran(command: Command, type_: str | None = None, *, as_json: bool = False) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = command(type_, as_json=as_json, out=out, err=err)
    return code, out.getvalue(), err.getvalue()


def test_each_fact_is_told_with_its_source():
    code, out, _ = ran(room.effects, TABLE)

    assert code == 0
    assert (
        "  online    billingMode: when it becomes PAY_PER_REQUEST; switch to on demand: 4x in 24 h\n"
        "            Amazon DynamoDB Developer Guide, Considerations when switching capacity modes\n"
    ) in out


def test_without_a_type_all_are_told():
    told = json.loads(ran(room.effects, as_json=True)[1])

    assert {type_: len(facts) for type_, facts in told.items()} == {type_: len(facts) for type_, facts in FACTS.items()}


def test_json_has_all_of_a_fact():
    told = json.loads(ran(room.effects, VAULT, as_json=True)[1])[VAULT]

    assert told[0] == {
        "path": "name",
        "effect": "replace",
        "when": "",
        "outageSeconds": [0, 0],
        "waits": [],
        "note": "",
        "instead": "",
        "source": "terraform-provider-aws, internal/service/backup/vault.go",
    }


@pytest.mark.parametrize("command", [room.effects, room.unlisted_properties])
def test_a_type_without_facts_ends_with_2_and_those_that_have_some(command: Command):
    code, out, err = ran(command, "aws:rds/cabinet:Cabinet")

    assert (code, out) == (2, "")
    assert err.startswith("error: there are no facts about 'aws:rds/cabinet:Cabinet': the types are aws:rds/instance")


def test_nothing_is_left_out_of_a_type():
    assert ran(room.unlisted_properties, VAULT) == (0, "", "")


def test_what_is_left_out_is_listed_and_ends_with_1(monkeypatch: pytest.MonkeyPatch):
    known: dict[str, tuple[Fact, ...]] = {VAULT: FACTS[VAULT][1:]}
    monkeypatch.setattr(room, "FACTS", known)

    assert ran(room.unlisted_properties) == (1, f"{VAULT} name\n", "")
    assert json.loads(ran(room.unlisted_properties, as_json=True)[1]) == {VAULT: ["name"]}
