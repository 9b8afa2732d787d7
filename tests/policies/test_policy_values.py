"""Claims about what controls see of a resource."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as pb

from policies.reading import from_plain, reference_to
from policies.values import CannotTellError, Reference, Resource
from policies.wire import dependencies_of, from_wire
from tests.policies.driver import UNKNOWN, member, request, secret, urn


def seen(inputs: Mapping[str, Any]) -> Resource:
    return from_wire(request("a:b:C", inputs))


def test_whole_numbers_are_int_and_nulls_are_absent() -> None:
    resource = seen({"days": 7, "share": 0.5, "gone": None, "inner": {"gone": None}})

    assert (resource["days"], type(resource["days"]), resource["share"]) == (7, int, 0.5)
    assert ("gone" in resource, len(resource["inner"])) == (False, 0)


READS: list[Callable[[Resource], Any]] = [
    lambda it: it["x"],
    lambda it: it.get("x"),
    lambda it: list(it.values()),
    dict,
    lambda it: {**it},
    lambda it: it == {"x": 1},
]


@pytest.mark.parametrize("read", READS)
def test_no_way_of_reading_gives_an_unknown_value(read: Callable[[Resource], Any]) -> None:
    with pytest.raises(CannotTellError, match=r"^x$"):
        read(seen({"x": UNKNOWN}))


LIST_READS: list[Callable[[Any], Any]] = [
    lambda items: items[1],
    lambda items: items[-1],
    lambda items: items[0:2],
    list,
    lambda items: "z" in items,
    lambda items: items.index("z"),
    lambda items: list(reversed(items)),
]


@pytest.mark.parametrize("read", LIST_READS)
def test_no_way_of_reading_a_list_gives_an_unknown_item(read: Callable[[Any], Any]) -> None:
    with pytest.raises(CannotTellError, match=r"^l\[1\]$"):
        read(seen({"l": ["a", UNKNOWN]})["l"])


def test_what_is_unknown_is_still_seen_to_be_set() -> None:
    resource = seen({"x": UNKNOWN, "y": secret(UNKNOWN), "z": 1})

    assert [resource.is_unknown(key) for key in ("x", "y", "z", "absent")] == [True, True, False, False]
    assert ("x" in resource, len(resource)) == (True, 3)


def test_a_secret_reads_as_its_value_at_any_depth() -> None:
    resource = seen({"s": secret({"list": [1, secret("b")]})})

    assert list(resource["s"]["list"]) == [1, "b"]


def test_a_secret_shows_in_no_text() -> None:
    resource = seen({"s": secret("hunter2"), "t": secret({"hunter2": 1}), "l": [secret("hunter2")]})

    assert "hunter2" not in f"{resource!r} {resource['t']!r} {resource['l']!r} {resource.raw('s')!r}"


def test_the_path_of_an_unknown_ends_at_a_secret() -> None:
    """The keys inside of a secret are secret too."""
    with pytest.raises(CannotTellError, match=r"^s$"):
        seen({"s": secret({"hunter2": [UNKNOWN]})})["s"]["hunter2"][0]


def test_both_sources_read_alike() -> None:
    inputs = {"a": {"b": ["x", {"c": 1}]}, "d": True, "e": None}
    wired, plain = seen(inputs), from_plain({"type": "a:b:C", "name": "it", "inputs": inputs, "options": {}})

    assert wired["a"]["b"][1]["c"] == plain["a"]["b"][1]["c"] == 1
    assert set(wired) == set(plain) == {"a", "d"}


def test_a_reference_is_found_at_any_depth_and_inside_of_text() -> None:
    resource = from_plain(
        {
            "type": "a:b:C",
            "name": "it",
            "inputs": {"x": {"y": ["arn-ref:aws:s3/bucket:Bucket::logs::arn/*", "ref:a:b:C::one two::d.e[0]"]}},
        }
    )

    assert resource.references("x") == (
        Reference(type="aws:s3/bucket:Bucket", name="logs"),
        Reference(type="a:b:C", name="one two"),
    )


def test_a_dependency_says_where_an_unknown_value_comes_from() -> None:
    key = urn("aws:kms/key:Key", "main")
    message = member("a:b:C", {"outer": {"x": UNKNOWN}}, needs={"outer": [key]})
    resource = from_wire(message, dependencies_of(message))

    assert resource["outer"].references("x") == (Reference(type="aws:kms/key:Key", name="main", urn=key),)


def test_a_urn_tells_the_type_below_its_parents_and_the_whole_name() -> None:
    text = "urn:pulumi:s::p::my:own:Parent$aws:kms/key:Key::a::b"

    assert reference_to(text) == Reference(type="aws:kms/key:Key", name="a::b", urn=text)


def test_options_come_under_the_names_of_the_normal_form() -> None:
    options = pb.AnalyzerResourceOptions(protect=True, ignoreChanges=["tags"])
    resource = from_wire(pb.AnalyzeRequest(type="a:b:C", name="it", urn=urn("a:b:C", "it"), options=options))

    assert resource.options == {"protect": True, "ignoreChanges": ["tags"]}
