"""Mends what moto's SNS does wrongly: a person, or a server, has to confirm a subscription."""

from collections.abc import Mapping
from typing import Any, Final

from moto.sns.models import SNSBackend, Subscription
from moto.sns.responses import SNSResponse

from localcloud.moto.operation import Call, Operation, attach, refuse
from localcloud.resources.sns_rules import subscription_problems

CONFIRMED_BY_HAND: Final = frozenset({"email", "email-json", "http", "https"})
"""Amazon SNS Developer Guide, "Confirm the subscription"."""
_subscribe_of_moto = SNSBackend.subscribe
_publish_of_moto = Subscription.publish


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    attach(SNSResponse, lambda response: response.backend, _OPERATIONS)
    for owner, name, mended in ((SNSBackend, "subscribe", _subscribe), (Subscription, "publish", _publish)):
        setattr(owner, name, mended)


def _subscribe(backend: SNSBackend, topic_arn: str, endpoint: str, protocol: str) -> Subscription:
    for problem in subscription_problems(protocol, endpoint):
        refuse("InvalidParameterException", problem)
    known = set(backend.subscriptions)
    subscription = _subscribe_of_moto(backend, topic_arn, endpoint, protocol)
    if subscription.arn not in known and protocol in CONFIRMED_BY_HAND:
        subscription.attributes |= {"PendingConfirmation": True, "ConfirmationWasAuthenticated": False}
    return subscription


def _publish(subscription: Subscription, *args: Any, **kwargs: Any) -> None:
    """Send nothing to whom nobody confirmed."""
    if not subscription.attributes.get("PendingConfirmation"):
        _publish_of_moto(subscription, *args, **kwargs)


_KEPT: Final[Mapping[str, str]] = {"SignatureVersion": "signature_version", "TracingConfig": "tracing_config"}


def _attributes(call: Call) -> dict[str, Any]:
    """GetTopicAttributes, with what moto keeps and does not tell."""
    topic = call.backend.get_topic(call.text("TopicArn"))
    subscriptions = [one for one in call.backend.subscriptions.values() if one.topic is topic]
    pending = sum(bool(one.attributes.get("PendingConfirmation")) for one in subscriptions)
    attributes = {
        "Owner": topic.account_id,
        "Policy": topic.policy,
        "TopicArn": topic.arn,
        "DisplayName": topic.display_name,
        "SubscriptionsPending": str(pending),
        "SubscriptionsConfirmed": str(len(subscriptions) - pending),
        "SubscriptionsDeleted": str(topic.subscriptions_deleted),
        "DeliveryPolicy": topic.delivery_policy,
        "EffectiveDeliveryPolicy": topic.effective_delivery_policy,
    }
    if topic.kms_master_key_id:
        attributes["KmsMasterKeyId"] = topic.kms_master_key_id
    if topic.fifo_topic:
        attributes["FifoTopic"] = "true"
        deduplicates = str(topic.content_based_deduplication).lower()
        attributes["ContentBasedDeduplication"] = deduplicates
    for name, place in _KEPT.items():
        if value := getattr(topic, place, None):
            attributes[name] = value
    return {"Attributes": attributes}


_OPERATIONS: Final[Mapping[str, Operation]] = {"get_topic_attributes": _attributes}
