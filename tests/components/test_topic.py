"""The topic of a stack: AWS's services of the account speak, encrypted, and nobody else."""

import json
from collections.abc import Callable
from typing import Any

import pulumi_aws as aws
import pytest

from components.keys import PUBLISHERS
from components.topic import Topic, TopicArgs
from tests.components.conftest import Applied, Program, own_prefix
from tests.components.operated import ACCOUNT

Apply = Callable[[Program], Applied]


def topic(email: str | None = None) -> Program:
    def program() -> Topic:
        key = aws.kms.Key("key").arn
        return Topic("alerts", TopicArgs(prefix=own_prefix(), account=ACCOUNT, key_arn=key, email=email))

    return program


def attributes(applied: Applied) -> dict[str, str]:
    arn = applied.made["alerts-topic"].outputs["arn"]
    return applied.scene.aws("sns").get_topic_attributes(TopicArn=arn)["Attributes"]


def statements(applied: Applied) -> dict[str, dict[str, Any]]:
    return {one["Sid"]: one for one in json.loads(attributes(applied)["Policy"])["Statement"]}


def test_services_of_aws_publish_for_this_account_only(apply: Apply):
    applied = apply(topic())

    assert statements(applied)["ServicesTell"] == {
        "Sid": "ServicesTell",
        "Effect": "Allow",
        "Principal": {"Service": list(PUBLISHERS)},
        "Action": "sns:Publish",
        "Resource": applied.made["alerts-topic"].outputs["arn"],
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }


def test_nobody_publishes_in_plain_text(apply: Apply):
    found = statements(apply(topic()))["TlsOnly"]

    assert (found["Effect"], found["Principal"], found["Action"]) == ("Deny", "*", "sns:Publish")
    assert found["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_topic_is_encrypted_with_the_stacks_key(apply: Apply):
    applied = apply(topic())

    assert attributes(applied)["KmsMasterKeyId"] == applied.made["key"].outputs["arn"]


@pytest.mark.parametrize(("email", "expected"), [("team@example.com", [("email", "team@example.com")]), (None, [])])
def test_whoever_has_an_address_is_asked_to_confirm(apply: Apply, email: str | None, expected: list[tuple[str, str]]):
    applied = apply(topic(email))
    arn = applied.made["alerts-topic"].outputs["arn"]

    found = applied.scene.aws("sns").list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]

    assert [(one["Protocol"], one["Endpoint"]) for one in found] == expected
