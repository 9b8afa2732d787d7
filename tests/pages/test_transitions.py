"""Pages of transitions are in step with the table of effects and with what is planned."""

import pytest

from pages.transition import FOLDER, LOST, index, page
from pages.transitions import TRANSITIONS, Decided, Transition
from upgrades.facts.table import FACTS

EVERY = [pytest.param(one, id=one.slug) for one in TRANSITIONS]
# Renders and plans of an example are kept: the pages and their index are made by one worker.
pytestmark = pytest.mark.xdist_group("transitions")


@pytest.mark.parametrize("one", EVERY)
def test_a_page_is_what_its_example_says(one: Transition):
    """What to do when it fails: `python -m pages`."""
    assert (FOLDER / f"{one.slug}.md").read_text(encoding="utf-8") == page(one)


def test_the_index_is_what_the_examples_say():
    """What to do when it fails: `python -m pages`."""
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == index()


def test_every_page_is_of_a_transition():
    assert {path.stem for path in FOLDER.glob("*.md")} == {"README", *(one.slug for one in TRANSITIONS)}


def test_every_property_that_a_page_is_about_has_facts():
    decided = [one for one in TRANSITIONS if isinstance(one, Decided)]
    asked = {(type_, path) for one in decided for type_, paths in one.properties.items() for path in paths}

    assert {
        (type_, path)
        for type_, path in asked
        if not [fact for fact in FACTS[type_] if fact.path.startswith(path.rstrip("*"))]
    } == set()


def test_what_no_update_does_has_a_procedure():
    by_hand = [
        one
        for one in TRANSITIONS
        if isinstance(one, Decided)
        and any(
            fact.kind in LOST and fact.path.startswith(tuple(path.rstrip("*") for path in paths))
            for type_, paths in one.properties.items()
            for fact in FACTS[type_]
        )
    ]

    assert [one.slug for one in by_hand if not one.procedure] == []
    assert len(by_hand) > 1


def test_only_a_procedure_that_makes_a_second_store_copies_one_and_costs_for_two():
    pages = {one.slug: page(one) for one in TRANSITIONS if isinstance(one, Decided) and one.procedure}
    two = {one.slug for one in TRANSITIONS if isinstance(one, Decided) and one.procedure and one.beside}

    assert {slug for slug, text in pages.items() if "Both cost while both are there" in text} == two
    assert {slug for slug, text in pages.items() if "beside the old one" in text} == two
    assert two < pages.keys()


def test_tls_becomes_required_by_way_of_preferred_and_with_no_other_key():
    (tls,) = (one for one in TRANSITIONS if one.slug == "redis-tls")
    _, _, by_hand = page(tls).partition("## By hand")

    assert by_hand.index("the mode preferred") < by_hand.index("switch the callers to TLS")
    assert by_hand.index("switch the callers to TLS") < by_hand.index("set the mode required")
    assert "snapshot" not in by_hand
    assert " key" not in by_hand


def test_an_index_is_added_read_and_then_the_old_one_taken_away():
    (indexes,) = (one for one in TRANSITIONS if one.slug == "dynamodb-indexes")
    _, _, by_hand = page(indexes).partition("## By hand")

    said = ("under another name", "move its readers", "take the old one away")
    assert [by_hand.index(words) for words in said] == sorted(by_hand.index(words) for words in said)


def test_nothing_in_the_index_is_refused():
    assert [line for line in index().splitlines() if "| refused |" in line] == []
