"""What SNS refuses, and what waits for somebody to confirm it."""

import json
import secrets

import pytest
from botocore.exceptions import ClientError

from localcloud.documents import parse
from localcloud.resources.sns import SUBSCRIPTION, TOPIC, TOPIC_POLICY
from localcloud.wire import Props
from tests.localcloud.lives.sns import policy
from tests.localcloud.scene import Scene

TOPICS = {
    "space": ({"name": "my alarms"}, "Topic names must be made up of 1 to 256 letters"),
    "fifo without its ending": ({"name": "alarms", "fifoTopic": True}, "end with .fifo, got 'alarms'"),
    "deduplication": ({"contentBasedDeduplication": True}, "can only be set for FIFO topics"),
    "signature": ({"signatureVersion": 3}, "signatureVersion must be 1 or 2, got 3"),
    "tracing": ({"tracingConfig": "On"}, "tracingConfig must be PassThrough or Active, got 'On'"),
    "policy": ({"policy": "{}"}, "policy must have a Statement"),
    "delivery": ({"deliveryPolicy": "fast"}, "deliveryPolicy is no JSON object, got 'fast'"),
    "display name": ({"displayName": "x" * 101}, "displayName must have at most 100 characters"),
}
SUBSCRIPTIONS = {
    "protocol": ({"protocol": "pager", "endpoint": "1"}, "protocol must be one of email"),
    "address": ({"protocol": "email", "endpoint": "ops"}, "email endpoint, got 'ops'"),
    "plain http": ({"protocol": "https", "endpoint": "http://example.com"}, "https endpoint"),
    "raw mail": (
        {"protocol": "email", "endpoint": "ops@example.com", "rawMessageDelivery": True},
        "rawMessageDelivery is for sqs, http, https, firehose, got email",
    ),
    "firehose": (
        {"protocol": "firehose", "endpoint": "arn:aws:firehose:eu-central-1:123456789012:deliverystream/a"},
        "needs subscriptionRoleArn",
    ),
    "filter": (
        {"protocol": "email", "endpoint": "ops@example.com", "filterPolicy": "high"},
        "filterPolicy is no JSON object",
    ),
    "scope": (
        {"protocol": "email", "endpoint": "ops@example.com", "filterPolicyScope": "Subject"},
        "filterPolicyScope must be MessageAttributes or MessageBody",
    ),
}


@pytest.mark.parametrize(("inputs", "said"), TOPICS.values(), ids=TOPICS)
def test_a_topic_that_sns_would_refuse_is_refused(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(TOPIC.type, "alarms", inputs)

    assert [failure for failure in failures if said in failure]


@pytest.mark.parametrize(("inputs", "said"), SUBSCRIPTIONS.values(), ids=SUBSCRIPTIONS)
def test_a_subscription_that_sns_would_refuse_is_refused(scene: Scene, inputs: Props, said: str):
    _, failures = scene.check(SUBSCRIPTION.type, "ops", {"topic": "t", **inputs})

    assert [failure for failure in failures if said in failure]


def test_boto3_cannot_subscribe_what_is_no_address(scene: Scene):
    topic = scene.make(TOPIC.type, "alarms", {})

    with pytest.raises(ClientError, match=r"InvalidParameter.*email endpoint, got 'ops'"):
        scene.aws("sns").subscribe(TopicArn=topic.id, Protocol="email", Endpoint="ops")


def test_an_address_stays_pending(scene: Scene):
    topic = scene.make(TOPIC.type, "alarms", {})

    made = scene.make(SUBSCRIPTION.type, "ops", {"topic": topic.id, "protocol": "email", "endpoint": "ops@example.com"})

    assert made.outputs["pendingConfirmation"] is True
    assert scene.read(made) == made


def test_a_topic_counts_who_has_not_confirmed(scene: Scene):
    topic = scene.make(TOPIC.type, "alarms", {})
    scene.make(SUBSCRIPTION.type, "ops", {"topic": topic.id, "protocol": "email", "endpoint": "ops@example.com"})

    found = scene.aws("sns").get_topic_attributes(TopicArn=topic.id)["Attributes"]

    assert (found["SubscriptionsPending"], found["SubscriptionsConfirmed"]) == ("1", "0")


def test_a_queue_needs_no_confirmation_and_gets_what_is_published(scene: Scene):
    topic = scene.make(TOPIC.type, "alarms", {})
    sqs = scene.aws("sqs")
    url = sqs.create_queue(QueueName=f"alarms-{secrets.token_hex(4)}")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    scene.make(SUBSCRIPTION.type, "queue", {"topic": topic.id, "protocol": "sqs", "endpoint": queue})
    scene.aws("sns").publish(TopicArn=topic.id, Message="busy")

    found = sqs.receive_message(QueueUrl=url)["Messages"]

    assert [json.loads(one["Body"])["Message"] for one in found] == ["busy"]


def test_a_fifo_topic_is_kept_as_it_is(scene: Scene):
    inputs = {"name": f"a-{secrets.token_hex(4)}.fifo", "fifoTopic": True, "contentBasedDeduplication": True}

    made = scene.make(TOPIC.type, "alarms", inputs)

    assert scene.read(made) == made


def test_giving_a_policy_up_leaves_the_topic_to_its_account(scene: Scene):
    topic = scene.make(TOPIC.type, "alarms", {})
    scene.delete(scene.make(TOPIC_POLICY.type, "a", {"arn": topic.id, "policy": policy("backup.amazonaws.com")}))

    left = parse(scene.aws("sns").get_topic_attributes(TopicArn=topic.id)["Attributes"]["Policy"])

    assert left
    assert left["Statement"][0]["Sid"] == "__default_statement_ID"
