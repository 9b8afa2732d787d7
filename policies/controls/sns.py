"""Controls of SNS topics and subscriptions."""

import json
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.exposure import is_foreign, is_public
from policies.controls.relations import any_naming, is_any
from policies.controls.statement import Condition, Statement, statements
from policies.stack import Stack
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
FEEDBACK: Final = tuple(
    f"{protocol}FailureFeedbackRoleArn" for protocol in ("application", "firehose", "http", "lambda", "sqs")
)
_ACCOUNT_PLACE: Final = 4
_ARN: Final = "arn:aws:sns:eu-west-1:111111111111:alarms"


def policy(principal: Any, **more: Any) -> str:
    """Write a policy of one statement about publishing."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": _ARN, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _policy(document: Any) -> list[dict[str, Any]]:
    """Give a TopicPolicy alone."""
    return [{"type": TOPIC_POLICY, "name": "p", "inputs": {"arn": _ARN, "policy": document}}]


_ROLE: Final = {"AWS": "arn:aws:iam::111111111111:role/api"}
_OTHER: Final = {"AWS": "arn:aws:iam::222222222222:root"}
_ALARMS: Final = {"Service": "cloudwatch.amazonaws.com"}
_OWNER: Final = {"StringEquals": {"AWS:SourceOwner": "111111111111"}}
_PROTOCOL: Final = {"StringEquals": {"sns:Protocol": "https"}}


@control(
    TOPIC,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[
        {"kmsMasterKeyId": "alias/aws/sns"},
        {"kmsMasterKeyId": "alias/clubapp"},
        {"kmsMasterKeyId": "ref:aws:kms/key:Key::alarms::arn"},
    ],
    bad=[{}, {"kmsMasterKeyId": None}, {"kmsMasterKeyId": ""}, {"kmsMasterKeyId": True}],
)
def sns_encrypted(topic: Resource) -> bool:
    """Topics must encrypt what they hold: set kms_master_key_id."""
    return topic.is_set("kmsMasterKeyId")


@control(
    TOPIC,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{"kmsMasterKeyId": "alias/clubapp"}, {"kmsMasterKeyId": "ref:aws:kms/key:Key::alarms::arn"}],
    bad=[{}, {"kmsMasterKeyId": "alias/aws/sns"}, {"kmsMasterKeyId": True}],
)
def sns_cmk(topic: Resource) -> bool:
    """Topics must be encrypted with a customer key, as alarms cannot use AWS's: set kms_master_key_id to one."""
    return is_customer_key(topic, "kmsMasterKeyId")


@control(
    TOPIC_POLICY,
    TOPIC,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[
        {"policy": policy(_ROLE)},
        {"policy": policy(_ALARMS)},
        {"policy": policy({"AWS": "*"}, Condition=_OWNER)},
        {"policy": policy("*", Effect="Deny")},
        [{"type": TOPIC, "name": "t", "inputs": {}}],
        [{"type": TOPIC, "name": "t", "inputs": {"policy": policy(_ROLE)}}],
    ],
    bad=[
        {"policy": policy("*")},
        {"policy": policy({"AWS": "*"}, Condition=_PROTOCOL)},
        {"policy": policy({"AWS": "*"}, Condition={"StringNotEquals": {"AWS:SourceOwner": "111111111111"}})},
        {"policy": policy({"AWS": "*"}, Condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"]}})},
        {"policy": policy({"AWS": "*"}, Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:*:alarm:*"}})},
        {"policy": "no document"},
        [{"type": TOPIC, "name": "t", "inputs": {"policy": policy("*")}}],
    ],
)
def sns_policy_not_public(topic: Resource) -> bool:
    """Topics must not be open to everybody: name principals in policy, or restrict their account by a Condition."""
    return not is_public(statements(topic, "policy"))


@control(
    TOPIC_POLICY,
    TOPIC,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        _policy(policy(_ROLE)),
        _policy(policy({"AWS": "111111111111"})),
        _policy(policy(_ALARMS)),
        _policy(policy(_OTHER, Effect="Deny")),
        _policy(policy(_OTHER, Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}})),
        _policy(policy({"AWS": "arn:aws:iam::unknown:accountId:root"})),
        [{"type": TOPIC, "name": "t", "inputs": {}}],
    ],
    bad=[
        _policy(policy(_OTHER)),
        _policy(policy({"AWS": "222222222222"})),
        _policy(policy({"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::222222222222:root"]})),
        _policy(policy("*")),
        _policy(policy(_OTHER, Condition=_PROTOCOL)),
        # Whichever account is ours, one of the two is not.
        {"policy": policy({"AWS": ["111111111111", "222222222222"]})},
    ],
)
def sns_policy_no_cross_account(topic: Resource, stack: Stack) -> bool:
    """Topics must not let other accounts in: name principals of this account in policy, or add a Condition."""
    return not is_foreign(statements(topic, "policy"), stack.account or _account_in(topic))


def _account_in(topic: Resource) -> str:
    """Give the account in the ARN of the topic that a policy is for; empty while it is not known."""
    parts = "" if topic.is_unknown("arn") else topic.text("arn")
    return (*parts.split(":"), *[""] * _ACCOUNT_PLACE)[_ACCOUNT_PLACE]


@control(
    TOPIC_POLICY,
    TOPIC,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[{"policy": policy(_ROLE)}, {"policy": policy(None, Effect="Deny", NotPrincipal=_ROLE)}],
    bad=[{"policy": policy(None, NotPrincipal=_ROLE)}, {"policy": policy(None, NotPrincipal=_ROLE, Condition=_OWNER)}],
)
def sns_policy_no_notprincipal(topic: Resource) -> bool:
    """Topic policies must not allow all but some principals: name the allowed ones in Principal."""
    return not any(one.allows and one.not_principals is not None for one in statements(topic, "policy"))


@control(
    TOPIC_POLICY,
    TOPIC,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[{"policy": policy(_ROLE)}, {"policy": policy(_ROLE, Action=None, Effect="Deny", NotAction="sns:Publish")}],
    bad=[{"policy": policy(_ROLE, Action=None, NotAction="sns:DeleteTopic")}],
)
def sns_policy_no_notaction(topic: Resource) -> bool:
    """Topic policies must not allow all but some actions: name the allowed ones in Action."""
    return not any(one.allows and one.not_actions is not None for one in statements(topic, "policy"))


_INSECURE: Final = {"Bool": {"aws:SecureTransport": "false"}}
_TOPIC: Final = {"type": TOPIC, "name": "t", "inputs": {}}
_DENIED: Final = policy("*", Effect="Deny", Condition=_INSECURE)


@control(
    TOPIC,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        {"kmsMasterKeyId": "alias/clubapp"},
        {"policy": _DENIED},
        {
            "policy": policy(
                {"AWS": "*"}, Effect="Deny", Action="sns:*", Condition={"Bool": {"aws:SecureTransport": False}}
            )
        },
        [_TOPIC, {"type": TOPIC_POLICY, "name": "p", "inputs": {"arn": f"ref:{TOPIC}::t::arn", "policy": _DENIED}}],
    ],
    bad=[
        {},
        {"policy": policy("*", Effect="Allow", Condition=_INSECURE)},
        {"policy": policy(_ROLE, Effect="Deny", Condition=_INSECURE)},
        {"policy": policy("*", Effect="Deny", Action="sns:Subscribe", Condition=_INSECURE)},
        {"policy": policy("*", Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "true"}})},
        {"policy": policy("*", Effect="Deny", Condition={**_INSECURE, **_PROTOCOL})},
        [_TOPIC, {"type": TOPIC_POLICY, "name": "p", "inputs": {"arn": f"ref:{TOPIC}::u::arn", "policy": _DENIED}}],
    ],
)
def sns_tls_publish_only(topic: Resource, stack: Stack) -> bool:
    """Topics must refuse to be published to without TLS: add a Deny of sns:Publish with aws:SecureTransport=false."""
    return (
        topic.is_set("kmsMasterKeyId")
        or _refuses_plain_text(topic)
        or any_naming(stack, TOPIC_POLICY, "arn", topic, _refuses_plain_text)
    )


def _refuses_plain_text(properties: Record) -> bool:
    return is_any(statements(properties, "policy"), _denies_plain_text)


def _denies_plain_text(statement: Statement) -> bool:
    # Another condition beside it would leave a way in.
    plain = (Condition(operator="Bool", key="aws:securetransport", values=("false",)),)
    return (
        not statement.allows
        and statement.conditions == plain
        and statement.is_about_everybody()
        and statement.acts("sns:Publish")
    )


@control(
    SUBSCRIPTION,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[{"protocol": "https"}, {"protocol": "email"}, {"protocol": "sqs"}],
    bad=[{"protocol": "http"}, {"protocol": "HTTP"}, {"protocol": 80}],
)
def sns_subscription_https(subscription: Resource) -> bool:
    """Subscriptions must not send in plain text: set protocol="https"."""
    protocol = subscription.get("protocol", "")
    return isinstance(protocol, str) and protocol.lower() != "http"


@control(
    SUBSCRIPTION,
    group=Group.RESILIENCE,
    severity=Severity.LOW,
    good=[
        {"redrivePolicy": json.dumps({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111111111111:lost"})},
        {"redrivePolicy": '{"deadLetterTargetArn": "ref:aws:sqs/queue:Queue::lost::arn"}'},
    ],
    bad=[{}, {"redrivePolicy": None}, {"redrivePolicy": ""}, {"redrivePolicy": "{}"}, {"redrivePolicy": 1}],
)
def sns_subscription_redrive(subscription: Resource) -> bool:
    """Subscriptions must keep what they cannot deliver: set redrive_policy with a deadLetterTargetArn."""
    # An empty policy is how SNS takes the queue away.
    return subscription.is_set("redrivePolicy") and (
        bool(subscription.references("redrivePolicy")) or "deadLetterTargetArn" in subscription.text("redrivePolicy")
    )


@control(
    TOPIC,
    group=Group.MONITORING,
    severity=Severity.LOW,
    good=[
        {"lambdaFailureFeedbackRoleArn": "ref:aws:iam/role:Role::feedback::arn"},
        {"sqsFailureFeedbackRoleArn": "arn:aws:iam::111111111111:role/feedback"},
        {"httpFailureFeedbackRoleArn": "arn:aws:iam::111111111111:role/feedback"},
    ],
    bad=[
        {},
        {"lambdaFailureFeedbackRoleArn": None, "sqsFailureFeedbackRoleArn": ""},
        {"lambdaSuccessFeedbackRoleArn": "arn:aws:iam::111111111111:role/feedback"},
    ],
)
def sns_delivery_logging(topic: Resource) -> bool:
    """Topics must log what they cannot deliver: set the failure_feedback_role_arn of the protocols in use."""
    return is_any(FEEDBACK, topic.is_set)
