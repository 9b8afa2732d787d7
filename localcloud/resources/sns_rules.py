"""What SNS refuses; moto's amendment asks the same of subscriptions."""

import re
from collections.abc import Iterator
from typing import Final

from localcloud.documents import parse
from localcloud.wire import Props

# Amazon SNS API Reference: CreateTopic, Subscribe, SetTopicAttributes.
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIFO_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,251}\.fifo")
_ENDPOINTS: Final = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "email-json": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "http": re.compile(r"http://\S+"),
    "https": re.compile(r"https://\S+"),
    "sqs": re.compile(r"arn:aws[a-z-]*:sqs:.+"),
    "lambda": re.compile(r"arn:aws[a-z-]*:lambda:.+"),
    "firehose": re.compile(r"arn:aws[a-z-]*:firehose:.+"),
    "application": re.compile(r"arn:aws[a-z-]*:sns:.+"),
    "sms": re.compile(r"\+?[0-9./-]+"),
}
_RAW: Final = ("sqs", "http", "https", "firehose")
_LONGEST_DISPLAY: Final = 100


def topic_rules(inputs: Props) -> Iterator[str]:
    """Rules of a topic."""
    fifo, name = inputs.get("fifoTopic", False), inputs["name"]
    if fifo and not _FIFO_NAME.fullmatch(name):
        yield f"the name of a FIFO topic must be letters, digits, _ and -, and end with .fifo, got {name!r}"
    if not fifo and not _NAME.fullmatch(name):
        yield f"Topic names must be made up of 1 to 256 letters, digits, _ and -, got {name!r}"
    if inputs.get("contentBasedDeduplication") and not fifo:
        yield "content-based deduplication can only be set for FIFO topics"


def attribute_rules(inputs: Props) -> Iterator[str]:
    """Rules of a topic's attributes."""
    if (version := inputs.get("signatureVersion", 1)) not in (1, 2):
        yield f"signatureVersion must be 1 or 2, got {version}"
    if (tracing := inputs.get("tracingConfig", "PassThrough")) not in ("PassThrough", "Active"):
        yield f"tracingConfig must be PassThrough or Active, got {tracing!r}"
    if len(inputs.get("displayName", "")) > _LONGEST_DISPLAY:
        yield f"displayName must have at most {_LONGEST_DISPLAY} characters"
    if inputs.get("deliveryPolicy") and parse(inputs["deliveryPolicy"]) is None:
        yield f"deliveryPolicy is no JSON object, got {inputs['deliveryPolicy'][:40]!r}"


def subscription_rules(inputs: Props) -> Iterator[str]:
    """Rules of a subscription."""
    protocol = inputs["protocol"]
    if protocol == "firehose" and "subscriptionRoleArn" not in inputs:
        yield "a subscription of firehose needs subscriptionRoleArn"
    if inputs.get("rawMessageDelivery") and protocol not in _RAW:
        yield f"rawMessageDelivery is for {', '.join(_RAW)}, got {protocol}"
    yield from subscription_problems(protocol, inputs["endpoint"])


def filter_rules(inputs: Props) -> Iterator[str]:
    """Rules of what a subscription lets through."""
    for key in ("filterPolicy", "redrivePolicy", "deliveryPolicy"):
        if inputs.get(key) and parse(inputs[key]) is None:
            yield f"{key} is no JSON object, got {inputs[key][:40]!r}"
    scope = inputs.get("filterPolicyScope")
    if scope not in (None, "MessageAttributes", "MessageBody"):
        yield f"filterPolicyScope must be MessageAttributes or MessageBody, got {scope!r}"


def subscription_problems(protocol: str, endpoint: str) -> Iterator[str]:
    """Say what does not fit together."""
    if protocol not in _ENDPOINTS:
        yield f"Invalid parameter: protocol must be one of {', '.join(_ENDPOINTS)}, got {protocol!r}"
    elif not _ENDPOINTS[protocol].fullmatch(endpoint):
        yield f"Invalid parameter: {protocol} endpoint, got {endpoint!r}"
