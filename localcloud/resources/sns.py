"""SNS: topics, their policies, and subscriptions."""

from collections.abc import Mapping
from typing import Any, Final

from localcloud.cloud import ACCOUNT, Cloud
from localcloud.documents import parse, same_document
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.policy_rules import document_rule
from localcloud.resources.sns_rules import attribute_rules, filter_rules, subscription_rules, topic_rules
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

_TOPIC: Final[Mapping[str, str]] = {
    "displayName": "DisplayName",
    "policy": "Policy",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "deliveryPolicy": "DeliveryPolicy",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
}
_SUBSCRIPTION: Final[Mapping[str, str]] = {
    "deliveryPolicy": "DeliveryPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "filterPolicy": "FilterPolicy",
    "rawMessageDelivery": "RawMessageDelivery",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _attributes(cloud: Cloud, arn: str) -> dict[str, str] | None:
    aws = cloud.aws("sns")
    try:
        return aws.get_topic_attributes(TopicArn=arn)["Attributes"]
    except aws.exceptions.NotFoundException:
        return None


# Topics


def _create_topic(cloud: Cloud, inputs: Props) -> str:
    said = {theirs: _text(inputs[ours]) for ours, theirs in _TOPIC.items() if inputs.get(ours)}
    if inputs.get("fifoTopic"):
        said["FifoTopic"] = "true"
    made = cloud.aws("sns").create_topic(Name=inputs["name"], Attributes=said, Tags=to_aws(inputs.get("tags")))
    return made["TopicArn"]


def _read_topic(cloud: Cloud, id_: str) -> Props | None:
    found = _attributes(cloud, id_)
    if found is None:
        return None
    return {
        "arn": id_,
        "name": id_.rpartition(":")[2],
        "owner": found["Owner"],
        "displayName": found.get("DisplayName", ""),
        "policy": found["Policy"],
        "kmsMasterKeyId": found.get("KmsMasterKeyId", ""),
        "deliveryPolicy": found.get("DeliveryPolicy", ""),
        "fifoTopic": found.get("FifoTopic", "false") == "true",
        "contentBasedDeduplication": found.get("ContentBasedDeduplication", "false") == "true",
        "signatureVersion": int(found.get("SignatureVersion", 0)),
        "tracingConfig": found.get("TracingConfig", ""),
        "tags": from_aws(cloud.aws("sns").list_tags_for_resource(ResourceArn=id_)["Tags"]),
    }


def _update_topic(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws, tags = cloud.aws("sns"), tag_change(olds, news)
    for ours, theirs in _TOPIC.items():
        if ours in news and olds.get(ours) != news[ours]:
            aws.set_topic_attributes(TopicArn=id_, AttributeName=theirs, AttributeValue=_text(news[ours]))
        elif ours in olds and ours not in news and ours not in TOPIC.sticky:
            aws.set_topic_attributes(TopicArn=id_, AttributeName=theirs, AttributeValue="")
    if tags.gone:
        aws.untag_resource(ResourceArn=id_, TagKeys=tags.gone)
    if tags.put:
        aws.tag_resource(ResourceArn=id_, Tags=to_aws(tags.put))


def _delete_topic(cloud: Cloud, id_: str, _: Props) -> None:
    if _attributes(cloud, id_) is None:
        return
    aws = cloud.aws("sns")
    for one in aws.list_subscriptions_by_topic(TopicArn=id_)["Subscriptions"]:
        aws.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    aws.delete_topic(TopicArn=id_)


TOPIC: Final = ResourceType(
    type="aws:sns/topic:Topic",
    create=_create_topic,
    read=_read_topic,
    update=_update_topic,
    delete=_delete_topic,
    applied=frozenset(
        {"name", "displayName", "policy", "kmsMasterKeyId", "deliveryPolicy", "fifoTopic", "contentBasedDeduplication"}
        | {"signatureVersion", "tracingConfig", "tags"}
    ),
    remembered=frozenset({"namePrefix"}),
    outputs=frozenset({"arn", "owner", "policy", "signatureVersion", "tracingConfig"}),
    replace=frozenset({"name", "namePrefix", "fifoTopic"}),
    sticky=frozenset({"policy", "signatureVersion", "tracingConfig"}),
    defaults={"fifoTopic": False, "contentBasedDeduplication": False},
    name=AutoName(property="name", prefix="namePrefix", max_length=256),
    rules=(topic_rules, attribute_rules, document_rule("policy")),
    same={"policy": same_document, "deliveryPolicy": same_document},
    not_imitated="messages are not encrypted; policies are not enforced; delivery feedback, archives",
)


# Policies

_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
_GIVEN_UP: Final = f"{_POLICY}#deleted"
"""Where the memory keeps which policies were given up: a topic is never without one, so AWS cannot tell."""


def _default_policy(arn: str) -> str:
    """Write the policy of a topic that was given none. Amazon SNS Developer Guide, "Default policy"."""
    verbs = (
        *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic"),
        *("Subscribe", "ListSubscriptionsByTopic", "Publish"),
    )
    actions = ", ".join(f'"SNS:{verb}"' for verb in verbs)
    return (
        '{"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [{"Sid": "__default_statement_ID", '
        f'"Effect": "Allow", "Principal": {{"AWS": "*"}}, "Action": [{actions}], "Resource": "{arn}", '
        f'"Condition": {{"StringEquals": {{"AWS:SourceOwner": "{ACCOUNT}"}}}}}}]}}'
    )


def _put_policy(cloud: Cloud, inputs: Props) -> str:
    arn = inputs["arn"]
    cloud.aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=inputs["policy"])
    cloud.memory.forget(cloud.region, _GIVEN_UP, arn)
    return arn


def _read_policy(cloud: Cloud, id_: str) -> Props | None:
    found = _attributes(cloud, id_)
    if found is None or cloud.memory.of(cloud.region, _GIVEN_UP, id_):
        return None
    return {"arn": id_, "owner": found["Owner"], "policy": found["Policy"]}


def _update_policy(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_policy(cloud, news)


def _delete_policy(cloud: Cloud, id_: str, _: Props) -> None:
    if _attributes(cloud, id_) is not None:
        _put_policy(cloud, {"arn": id_, "policy": _default_policy(id_)})
        cloud.memory.keep(cloud.region, _GIVEN_UP, id_, {"deleted": True})


TOPIC_POLICY: Final = ResourceType(
    type=_POLICY,
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    applied=frozenset({"arn", "policy"}),
    required=frozenset({"arn", "policy"}),
    outputs=frozenset({"owner"}),
    replace=frozenset({"arn"}),
    rules=(document_rule("policy"),),
    same={"policy": same_document},
    not_imitated="policies are not enforced",
)


# Subscriptions


def _create_subscription(cloud: Cloud, inputs: Props) -> str:
    said = {theirs: _text(inputs[ours]) for ours, theirs in _SUBSCRIPTION.items() if inputs.get(ours)}
    return cloud.aws("sns").subscribe(
        TopicArn=inputs["topic"],
        Protocol=inputs["protocol"],
        Endpoint=inputs["endpoint"],
        Attributes=said,
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]


def _read_subscription(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("sns")
    try:
        found = aws.get_subscription_attributes(SubscriptionArn=id_)["Attributes"]
    except aws.exceptions.NotFoundException:
        return None
    texts = {ours: found.get(theirs, "") for ours, theirs in _SUBSCRIPTION.items() if ours != "rawMessageDelivery"}
    return {
        "arn": id_,
        "topic": found["TopicArn"],
        "protocol": found["Protocol"],
        "endpoint": found["Endpoint"],
        "ownerId": found["Owner"],
        "pendingConfirmation": found["PendingConfirmation"].lower() == "true",
        "confirmationWasAuthenticated": found["ConfirmationWasAuthenticated"].lower() == "true",
        "rawMessageDelivery": found.get("RawMessageDelivery", "false").lower() == "true",
        **texts,
    }


def _update_subscription(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    for ours, theirs in _SUBSCRIPTION.items():
        if olds.get(ours) != news.get(ours):
            value = _text(news.get(ours, ""))
            cloud.aws("sns").set_subscription_attributes(
                SubscriptionArn=id_, AttributeName=theirs, AttributeValue=value
            )


def _delete_subscription(cloud: Cloud, id_: str, _: Props) -> None:
    cloud.aws("sns").unsubscribe(SubscriptionArn=id_)


def _same_json(one: str, other: str) -> bool:
    first, second = parse(one), parse(other)
    return one == other if first is None or second is None else first == second


SUBSCRIPTION: Final = ResourceType(
    type="aws:sns/topicSubscription:TopicSubscription",
    create=_create_subscription,
    read=_read_subscription,
    update=_update_subscription,
    delete=_delete_subscription,
    applied=frozenset({"topic", "protocol", "endpoint", *_SUBSCRIPTION}),
    steering=frozenset({"endpointAutoConfirms", "confirmationTimeoutInMinutes"}),
    required=frozenset({"topic", "protocol", "endpoint"}),
    outputs=frozenset({"arn", "ownerId", "pendingConfirmation", "confirmationWasAuthenticated", "filterPolicyScope"}),
    replace=frozenset({"topic", "protocol", "endpoint"}),
    sticky=frozenset({"filterPolicyScope"}),
    defaults={"endpointAutoConfirms": False, "confirmationTimeoutInMinutes": 1, "rawMessageDelivery": False},
    rules=(subscription_rules, filter_rules),
    same={"filterPolicy": _same_json, "redrivePolicy": _same_json, "deliveryPolicy": _same_json},
    not_imitated="nobody is sent a mail: a subscription of email, http or https stays pending, as it does on AWS until "
    "somebody confirms it, and one that is deleted is gone at once, where AWS keeps it for days",
)

TYPES: Final = (TOPIC, TOPIC_POLICY, SUBSCRIPTION)
