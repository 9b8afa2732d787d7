"""Claims about who names a resource, in a stack of any types."""

from typing import Any

import pytest

from policies.reading import from_plain
from policies.stack import Stack, stack_of
from policies.values import Resource

THING, OTHER = "a:b/c:Thing", "a:b/c:Other"
REF = f"ref:{THING}::it::id"


def one(logical: str, type_: str = OTHER, **inputs: Any) -> Resource:
    return from_plain({"type": type_, "name": logical, "inputs": inputs})


def users(thing: Resource, *others: Resource) -> list[tuple[str, str]]:
    return [(user.name, property_) for user, property_ in stack_of([thing, *others]).referenced_by(thing)]


def test_a_use_is_found_at_any_depth_and_told_by_its_property() -> None:
    others = [one("a", x=REF), one("b", x=["-", {"y": f"arn-{REF}/*"}]), one("c", x=f"ref:{OTHER}::a::id")]

    assert users(one("it", THING), *others) == [("a", "x"), ("b", "x")]


@pytest.mark.parametrize("key", ["id", "arn"])
def test_a_use_is_found_by_what_aws_made_up(key: str) -> None:
    thing = one("it", THING, **{key: "thing-1"})

    assert users(thing, one("a", x={"y": "thing-1"}), one("b", x="thing-2")) == [("a", "x")]


def test_a_name_of_the_programs_is_no_use() -> None:
    assert users(one("it", THING, name="orders"), one("a", application="orders")) == []


def test_two_properties_of_one_resource_are_two_uses() -> None:
    assert users(one("it", THING), one("a", x=[REF, REF], y=REF)) == [("a", "x"), ("a", "y")]


def unclear(stack: Stack, *types: str) -> list[tuple[str, str]]:
    return sorted(stack.unclear(*types))


def test_an_unknown_value_is_unclear_unless_it_comes_from_such_a_type() -> None:
    stack = stack_of([one("a", x=REF, y=[f"ref:{OTHER}::b::id"], z="unknown:later", known="k"), one("b", x=REF)])

    assert unclear(stack, THING) == [(OTHER, "y[0]"), (OTHER, "z")]
    assert unclear(stack, THING, OTHER) == [(OTHER, "z")]


def test_one_clear_value_does_not_hide_an_unclear_one_in_the_same_place() -> None:
    assert unclear(stack_of([one("a", x=REF), one("b", x="unknown:later")]), THING) == [(OTHER, "x")]
