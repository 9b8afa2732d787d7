"""Paths of Pulumi are taken apart and followed."""

import pytest

from upgrades.edits import place, steps, unknown, value_at


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("", []),
        ("rangeKey", ["rangeKey"]),
        ("attributes[1].name", ["attributes", 1, "name"]),
        ('tags["aws:a.b"].c', ["tags", "aws:a.b", "c"]),
        (r'tags["a\"b"]', ["tags", 'a"b']),
    ],
)
def test_a_path_is_taken_apart(path: str, parts: list[str | int]):
    assert list(steps(path)) == parts


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b[1]", 3),
        ("a.b[7]", None),
        ("a.none", None),
        ("a.b.c", None),
        ("soon.anything", "unknown:soon"),
        ("later[0].x", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"),
    ],
)
def test_a_path_leads_to_a_value_and_stays_unknown_inside_an_unknown(path: str, value: object):
    whole = {"a": {"b": [2, 3]}, "soon": "unknown:soon", "later": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}

    assert value_at(whole, steps(path)) == value


@pytest.mark.parametrize(
    ("path", "filed"),
    [("pointInTimeRecovery.enabled", "pointInTimeRecovery"), ("ttl.enabled", "ttl.enabled"), ("", "")],
)
def test_blocks_whose_members_mean_nothing_alone_stay_whole(path: str, filed: str):
    assert place(path) == filed


def test_an_output_of_another_resource_is_not_unknown():
    assert not unknown("ref:aws:kms/key:Key::dynamodb-key::arn")
