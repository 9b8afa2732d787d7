"""What may be imported: what was asked for, what exists, and whose it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from imports.candidates import Candidates, MistakesError, Owners, asked, candidates
from imports.expected import INSTANCE, TABLE, ExpectedStore, expected_stores
from imports.found import Found, FoundStore
from stacks.render import render
from stacks.settings import Settings

STACK = "clubapp-dev"
NAMES = ("main", "presence", "venue-counts", "devices", "idempotency", "cache")
TABLE_ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/clubapp-dev-presence"


@pytest.fixture(scope="module")
def stores() -> dict[str, ExpectedStore]:
    return expected_stores(STACK, render(Settings.read(STACK)))


def found(store: ExpectedStore, id_: str, **more: Any) -> FoundStore:
    return FoundStore(store=store, resources=(Found(expected=store.main, id=id_),), arn=TABLE_ARN, **more)


def chosen(
    stores: Mapping[str, ExpectedStore],
    ids: Mapping[str, str],
    *,
    own: Sequence[Mapping[str, Any]] = (),
    others: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
    **more: Any,
) -> Candidates:
    owners = Owners(own=own, others=others or {})
    return candidates(STACK, ids, stores, lambda store, id_: found(store, id_, **more), owners)


def said(result: Candidates) -> list[str]:
    return [str(mistake) for mistake in result.mistakes]


def test_every_mistake_of_the_command_line_is_told_at_once(stores: dict[str, ExpectedStore]):
    with pytest.raises(MistakesError, match="'presense'") as error:
        asked(["presense", "main", "devices=other", "cache=a", "cache=b"], stores, NAMES)

    assert [str(mistake) for mistake in error.value.mistakes] == [
        "--store 'presense' is not a store: did you mean 'presence'?",
        "--store main needs the id of the DB instance: write main=ID",
        "--store devices must be the table clubapp-dev-devices, which is the name that the program gives it, got other",
        "--store names cache twice",
    ]


def test_a_store_on_aurora_cannot_be_imported():
    stores = expected_stores("devmentor-prod", render(Settings.read("devmentor-prod", phase="scale")))

    with pytest.raises(MistakesError, match="main cannot be imported in this phase"):
        asked(["main=x"], stores, ["main", "cache"])


def test_without_a_name_all_tables_are_looked_for(stores: dict[str, ExpectedStore]):
    result = chosen(stores, {})

    assert [one.id for one in result.stores] == [str(one.named) for one in stores.values() if one.main.type == TABLE]


def test_what_the_stack_has_is_no_mistake_unless_it_was_asked_for(stores: dict[str, ExpectedStore]):
    own = [{"urn": stores["presence"].main.urn, "id": "clubapp-dev-presence"}]

    assert (chosen(stores, {}, own=own).there, said(chosen(stores, {}, own=own))) == (("presence",), [])
    assert said(chosen(stores, {"presence": "clubapp-dev-presence"}, own=own)) == [
        "--store presence: clubapp-dev has it already: there is nothing to import"
    ]


def test_what_another_stack_has_is_refused(stores: dict[str, ExpectedStore]):
    theirs = {"type": INSTANCE, "id": "orders", "outputs": {"arn": TABLE_ARN}}

    result = chosen(stores, {"main": "orders"}, others={"clubapp-staging": [theirs]})

    assert "DB instance orders belongs to the stack clubapp-staging" in said(result)[0]


def test_the_same_id_in_another_region_is_another_store(stores: dict[str, ExpectedStore]):
    theirs = {"type": INSTANCE, "id": "orders", "outputs": {"arn": TABLE_ARN.replace("eu-central-1", "eu-west-1")}}

    assert said(chosen(stores, {"main": "orders"}, others={"clubapp-staging": [theirs]})) == []


def test_what_is_tagged_for_a_stack_of_another_backend_is_refused(stores: dict[str, ExpectedStore]):
    result = chosen(stores, {"main": "orders"}, tags={"stack": "heka-prod"})

    assert "DB instance orders has the tag stack=heka-prod" in said(result)[0]


def test_what_does_not_exist_is_named(stores: dict[str, ExpectedStore]):
    result = candidates(STACK, {"main": "orders"}, stores, lambda *_: None, Owners(own=(), others={}))

    assert said(result) == ["--store main: there is no DB instance orders in this account and region"]
