"""The topic that a stack speaks through: alarms, events of databases, failed backups, the budget."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.keys import PUBLISHERS
from components.place import Account


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicArgs:
    """What the caller decides about the topic."""

    prefix: str
    """What its name begins with, such as `clubapp-dev`."""
    account: Account
    key_arn: Input[str]
    email: str | None
    """Who is told; AWS asks that address once to confirm. None: nobody, the topic can be subscribed to by hand."""


class Topic(pulumi.ComponentResource):
    """An SNS topic that AWS's own services of this account publish to, and nobody else."""

    arn: Output[str]

    def __init__(self, name: str, args: TopicArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Topic", name, {}, opts)
        child = ResourceOptions(parent=self)
        topic = aws.sns.Topic(f"{name}-topic", name=f"{args.prefix}-{name}", kms_master_key_id=args.key_arn, opts=child)
        aws.sns.TopicPolicy(
            f"{name}-policy", arn=topic.arn, policy=Output.json_dumps(_policy(topic, args.account)), opts=child
        )
        if args.email:
            aws.sns.TopicSubscription(
                f"{name}-email", topic=topic.arn, protocol="email", endpoint=args.email, opts=child
            )
        self.arn = topic.arn
        self.register_outputs({"arn": self.arn})


def _policy(topic: aws.sns.Topic, account: Account) -> dict[str, Any]:
    publish = {"Action": "sns:Publish", "Resource": topic.arn}
    ours = {"StringEquals": {"aws:SourceAccount": account.id}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ServicesTell",
                "Effect": "Allow",
                "Principal": {"Service": list(PUBLISHERS)},
                **publish,
                "Condition": ours,
            },
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                **publish,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }
