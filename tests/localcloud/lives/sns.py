"""Lives of SNS's types."""

import json
import secrets

from localcloud.resources.sns import SUBSCRIPTION, TOPIC, TOPIC_POLICY
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene


def policy(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _queue(scene: Scene) -> str:
    sqs = scene.aws("sqs")
    url = sqs.create_queue(QueueName=f"alarms-{secrets.token_hex(4)}")["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def _subscription(scene: Scene) -> Props:
    return {
        "topic": scene.make(TOPIC.type, "alarms", {}).id,
        "protocol": "sqs",
        "endpoint": _queue(scene),
        "rawMessageDelivery": True,
        "filterPolicy": json.dumps({"severity": ["high"]}),
        "filterPolicyScope": "MessageBody",
    }


def _rename(scene: Scene, id_: str) -> None:
    scene.aws("sns").set_topic_attributes(TopicArn=id_, AttributeName="DisplayName", AttributeValue="by hand")


def _open(scene: Scene, id_: str) -> None:
    scene.aws("sns").set_topic_attributes(TopicArn=id_, AttributeName="Policy", AttributeValue=policy("x.com"))


def _wrap(scene: Scene, id_: str) -> None:
    scene.aws("sns").set_subscription_attributes(
        SubscriptionArn=id_, AttributeName="RawMessageDelivery", AttributeValue="false"
    )


LIVES = (
    Life(
        kind=TOPIC,
        inputs=lambda _: {
            "displayName": "clubapp",
            "kmsMasterKeyId": "alias/aws/sns",
            "signatureVersion": 2,
            "tags": {"owner": "clubapp"},
        },
        changed={
            "displayName": "alarms of clubapp",
            "kmsMasterKeyId": "alias/clubapp-alarms",
            "tracingConfig": "Active",
            "policy": policy("cloudwatch.amazonaws.com"),
            "deliveryPolicy": json.dumps({"http": {"disableSubscriptionOverrides": True}}),
            "tags": {"owner": "b"},
        },
        replaced={"name": "other", "fifoTopic": True, "namePrefix": "other-"},
        drift=_rename,
        drifted=frozenset({"displayName"}),
    ),
    Life(
        kind=TOPIC_POLICY,
        inputs=lambda scene: {
            "arn": scene.make(TOPIC.type, "alarms", {}).id,
            "policy": policy("cloudwatch.amazonaws.com"),
        },
        changed={"policy": policy("backup.amazonaws.com")},
        replaced={"arn": "other"},
        drift=_open,
        drifted=frozenset({"policy"}),
    ),
    Life(
        kind=SUBSCRIPTION,
        inputs=_subscription,
        changed={"rawMessageDelivery": False, "filterPolicy": json.dumps({"severity": ["high", "low"]})},
        replaced={"topic": "other", "protocol": "email", "endpoint": "ops@example.com"},
        drift=_wrap,
        drifted=frozenset({"rawMessageDelivery"}),
    ),
)
