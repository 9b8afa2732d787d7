"""What the tests of a stack's operations share: an account, and keys and topics on moto."""

from typing import Final

import pulumi_aws as aws
from pulumi import Output

from components.place import Account

ACCOUNT: Final = Account(id="123456789012", partition="aws", region="eu-central-1")
DR_REGION: Final = "eu-west-1"
TOPIC: Final = "arn:aws:sns:eu-central-1:123456789012:alerts"
TAGS: Final = {"application": "clubapp", "environment": "prod"}


def new_topic() -> Output[str]:
    """Make a topic, and give its ARN."""
    return aws.sns.Topic("told").arn
