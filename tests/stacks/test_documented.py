"""Docstrings of arguments are understood where they are plain, and left alone where they are not."""

from typing import Any

import pytest

from tests.stacks.documented import rules


@pytest.mark.parametrize(
    ("docstring", "good", "bad"),
    [
        ("Valid values are `json` or `text`", "json", "xml"),
        ("Type. Valid values: `ACCEPT`,`REJECT`, `ALL`. Required if `vpc_id` is specified.", "ALL", "NONE"),
        ("Valid values are `S` (string), `N` (number), or `B` (binary).", "B", "string"),
        ('One of "gp2" (general purpose), "gp3" (needs `iops`) "io1" (provisioned) or "io2". Default', "io1", "iops"),
        ('Valid values are: `""`, `iopt1` (Aurora); `io1` (Multi-AZ). Default: `io1`.', "", "io2"),
        ("What kind. Can be `PERCENTAGE` OR `ABSOLUTE_VALUE`.", "PERCENTAGE", "PERCENT"),
        ("Seconds. Valid Values: 0, 1, 60.", 60, 30),
        ("Valid values are `7`, `731` (2 years) or a multiple of `31`. When", 62, 63),
        ("The current supported values are `redis`, `valkey` (case insensitive).", "Valkey", "memcached"),
        ("The following log types are supported: `audit`, `postgresql` (PostgreSQL).", "postgresql", "upgrade"),
        ("Must be between `0` and `35`. Default is `0`.", 35, 36),
        ("If you specify a value, it must be between `7` and `30`, inclusive.", 7, 6),
        ("Valid range is `1` to `168`.", 1, 0),
        ("This value can be `0` to force deletion or range from `7` to `30` days.", 0, 1),
        ("The minimum value is 1, which produces", 1, 0),
        ("The value must be a non-zero positive integer.", 1, 0),
        ("Must be between 1 and 5 characters long and", "abcde", "abcdef"),
        ("Value of the Tag. Maximum length of 3.", "abc", "abcd"),
        ("A map of tags. Up to 2 tags are allowed.", {"a": "", "b": ""}, {"a": "", "b": "", "c": ""}),
    ],
)
def test_what_is_written_plainly_is_understood(docstring: str, good: Any, bad: Any):
    (rule,) = rules(docstring)

    assert (rule.refuses(good), rule.refuses(bad)) == (False, True)


@pytest.mark.parametrize(
    "docstring",
    [
        "Valid values depend on `storage_class`, see the guide.",
        "**NOTE:** One of `subnet_id`, `vpc_id` must be specified.",
        "Can be specified only if `at_rest_encryption_enabled = true`.",
        "Valid values are `a`, `b` and whatever begins with `c`.",
        "Must be 90 days greater than `cold_storage_after`.",
        "Name of the DB parameter group to associate with this instance.",
    ],
)
def test_what_is_not_plain_says_nothing(docstring: str):
    assert rules(docstring) == []
