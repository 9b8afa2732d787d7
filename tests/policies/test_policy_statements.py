"""Claims about reading policy documents, and about whom they let in."""

import json
from typing import Any

import pytest

from policies.controls import sns
from policies.controls.exposure import excepts_some, is_foreign, is_public
from policies.controls.statement import OWN_ACCOUNT, UNREADABLE, Condition, Principal, Statement, statements
from policies.reading import from_plain
from policies.values import CannotTellError
from policies.verdict import Verdict, verdicts


def read(document: Any) -> list[Statement]:
    """Read a document from the property of a resource."""
    text = document if isinstance(document, str) else json.dumps(document)
    return list(statements(from_plain({"type": "a:b:C", "name": "it", "inputs": {"policy": text}}), "policy"))


def allowing(principal: Any, **more: Any) -> list[Statement]:
    return read({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "*", **more}]})


def test_one_thing_is_a_list_of_one() -> None:
    statement = {
        "Effect": "Deny",
        "Principal": {"AWS": 111111111111, "Service": ["a.amazonaws.com", "b.amazonaws.com"]},
        "Action": "sns:Publish",
        "NotResource": ["x", "y"],
        "Condition": {"Bool": {"AWS:SecureTransport": False}},
    }

    assert read({"Statement": statement}) == [
        Statement(
            allows=False,
            principals=(
                Principal(kind="AWS", name="111111111111"),
                Principal(kind="Service", name="a.amazonaws.com"),
                Principal(kind="Service", name="b.amazonaws.com"),
            ),
            actions=("sns:Publish",),
            not_resources=("x", "y"),
            conditions=(Condition(operator="Bool", key="aws:securetransport", values=("false",)),),
        )
    ]


@pytest.mark.parametrize("document", ["", '{"Statement": []}', "{}"])
def test_nothing_allows_nothing(document: str) -> None:
    assert read(document) == []


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[]",
        "7",
        "[" * 100_000,
        {"Statement": "Allow"},
        {"Statement": [{}]},
        {"Statement": [{"Effect": "allow"}]},
        {"Statement": [{"Effect": "Allow", "Action": {"a": 1}}]},
        {"Statement": [{"Effect": "Allow", "Principal": [["*"]]}]},
        {"Statement": [{"Effect": "Allow", "Condition": "x"}]},
        {"Statement": [{"Effect": "Allow", "Condition": {"Bool": "x"}}]},
    ],
)
def test_nonsense_is_taken_for_the_worst(document: Any) -> None:
    assert read(document) == [UNREADABLE]


@pytest.mark.parametrize("document", ["unknown:later", "ref:aws:iam/role:Role::it::policy", "secret:it"])
def test_an_unknown_document_cannot_be_told(document: str) -> None:
    with pytest.raises(CannotTellError, match=r"^policy$"):
        read(document)


def test_what_stands_around_a_reference_is_read() -> None:
    (statement,) = allowing({"AWS": "arn:unknown:partition:iam::unknown:accountId:root"}, Resource="ref:a:b:C::it::arn")

    assert (statement.principals, statement.resources) == (
        (Principal(kind="AWS", name=f"arn:aws:iam::{OWN_ACCOUNT}:root"),),
        ("<made by AWS>",),
    )


@pytest.mark.parametrize("principal", ["ref:a:b:C::it::value", "arn:aws:iam::unknown:other:root", "unknown:x"])
def test_a_principal_that_is_unknown_cannot_be_told_to_be_somebody(principal: str) -> None:
    found = allowing({"AWS": principal})

    with pytest.raises(CannotTellError, match="a part of the policy document"):
        is_public(found)


def test_one_statement_that_is_public_is_enough_whatever_is_unknown_beside_it() -> None:
    assert is_public([*allowing("unknown:x"), *allowing("*")])


# fmt: off
LIMITED = [
    ("StringEquals", "aws:PrincipalAccount", "111111111111"),
    ("StringEquals", "AWS:SourceOwner", "111111111111"),
    ("StringLike",   "aws:PrincipalOrgPaths", "o-1/r-1/*"),
    ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ["o-1/*"]),
    ("StringEquals", "aws:sourceVpce", "vpce-1"),
    ("ArnLike",      "aws:SourceArn", "arn:aws:sns:*:111111111111:*"),
    ("ArnLike",      "aws:SourceArn", "arn:aws:s3:*:*:bucket"),
    ("ArnEquals",    "aws:SourceArn", "ref:aws:sns/topic:Topic::alarms::arn"),
    ("IpAddress",    "aws:SourceIp", ["10.0.0.0/8", "192.0.2.0/24"]),
]
OPEN = [
    ("StringNotEquals", "aws:PrincipalAccount", "111111111111"),
    ("StringEqualsIfExists", "aws:PrincipalAccount", "111111111111"),
    ("ForAllValues:StringEquals", "aws:PrincipalAccount", "111111111111"),
    ("StringLike",   "aws:PrincipalAccount", ["111111111111", "*"]),
    ("StringLike",   "aws:sourceVpc", "vpc-*"),
    ("StringEquals", "aws:PrincipalAccount", []),
    ("StringLike",   "aws:PrincipalOrgPaths", "*/r-1"),
    ("ArnLike",      "aws:SourceArn", "arn:aws:sns:*:*:alarms"),
    ("ArnLike",      "aws:SourceArn", "arn:aws:s3:::*"),
    ("IpAddress",    "aws:SourceIp", ["10.0.0.0/8", "0.0.0.0/0"]),
    ("IpAddress",    "aws:SourceIp", "::/0"),
    ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8"),
    ("Bool",         "aws:SecureTransport", "true"),
    ("StringEquals", "kms:ViaService", "rds.eu-west-1.amazonaws.com"),
]
# fmt: on


@pytest.mark.parametrize(("operator", "key", "values"), LIMITED)
def test_a_condition_on_where_a_request_comes_from_closes_what_is_open(operator: str, key: str, values: Any) -> None:
    assert not is_public(allowing("*", Condition={operator: {key: values}}))


@pytest.mark.parametrize(("operator", "key", "values"), OPEN)
def test_any_other_condition_leaves_it_open(operator: str, key: str, values: Any) -> None:
    assert is_public(allowing("*", Condition={operator: {key: values}}))


def test_a_condition_that_is_unknown_cannot_be_told_to_close_anything() -> None:
    found = allowing(
        "*", Condition={"StringEquals": {"aws:PrincipalOrgID": "ref:aws:ssm/parameter:Parameter::o::value"}}
    )

    with pytest.raises(CannotTellError, match="a part of the policy document"):
        is_public(found)


def test_who_is_allowed_by_not_being_excepted_is_everybody() -> None:
    assert is_public(read({"Statement": {"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "*"}}))


@pytest.mark.parametrize(
    ("principal", "account", "foreign"),
    [
        ("111111111111", "111111111111", False),
        ("arn:unknown:partition:iam::unknown:accountId:root", "", False),
        ("arn:unknown:partition:iam::unknown:accountId:root", "111111111111", False),
        ("222222222222", "111111111111", True),
        ("arn:aws:sts::222222222222:assumed-role/a/b", "111111111111", True),
        ("AIDAEXAMPLE", "111111111111", True),
        ("*", "", True),
        (["111111111111", "222222222222"], "", True),
    ],
)
def test_another_account_is_foreign(principal: Any, account: str, foreign: bool) -> None:
    assert is_foreign(allowing({"AWS": principal}), account) is foreign


@pytest.mark.parametrize("principal", ["222222222222", ["unknown:accountId", "222222222222"], "unknown:x"])
def test_without_the_own_account_one_other_cannot_be_told_to_be_foreign(principal: Any) -> None:
    found = allowing({"AWS": principal})

    with pytest.raises(CannotTellError, match="the account of the stack"):
        is_foreign(found, "")


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("*", True),
        ("kms:*", True),
        ("KMS:decrypt", True),
        ("kms:De?rypt", True),
        ("kms:Decrypt*", True),
        ("kms:Decrypt?", False),
        ("kms:[D]ecrypt", False),
        ("kms:Encrypt", False),
    ],
)
def test_an_action_is_matched_as_iam_does(pattern: str, matches: bool) -> None:
    assert Statement(allows=True, actions=(pattern,)).acts("kms:Decrypt") is matches


@pytest.mark.parametrize(("but", "acts"), [(("kms:*",), False), (("iam:*",), True), ((), True)])
def test_all_actions_but_some_hold_the_others(but: tuple[str, ...], acts: bool) -> None:
    assert Statement(allows=True, not_actions=but).acts("kms:Decrypt") is acts


def test_a_deny_that_nobody_falls_under_refuses_nobody() -> None:
    never = {"StringNotLike": {"aws:PrincipalArn": "*"}}
    found = read({"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Condition": never}})

    assert [excepts_some(one) for one in found] == [False]


@pytest.mark.parametrize(
    ("account", "verdict"),
    [
        ("111111111111", Verdict.COMPLIES),
        ("222222222222", Verdict.VIOLATES),
        ("", Verdict.CANNOT_TELL),
    ],
)
def test_the_account_of_the_stack_says_which_topic_policy_is_foreign(account: str, verdict: Verdict) -> None:
    inputs = {"arn": f"ref:{sns.TOPIC}::alarms::arn", "policy": sns.policy({"AWS": "111111111111"})}
    policy = from_plain({"type": sns.TOPIC_POLICY, "name": "alarms", "inputs": inputs})
    controls = [one for one in sns.CONTROLS if one.slug == "sns-policy-no-cross-account"]

    assert [one.verdict for one in verdicts([policy], controls, account=account)] == [verdict]
