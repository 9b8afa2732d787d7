"""KMS keys: one for each kind of store, rotated every year, usable through the services of that kind only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from components.place import Account
from sizes.protection import Protection

DELETION_WINDOW_DAYS: Final = 30
"""The longest that KMS offers: a key deleted by mistake can be saved for a month, and every backup with it."""

SERVICES: Final[Mapping[str, Sequence[str]]] = {
    "postgres": ("rds", "secretsmanager"),
    "dynamodb": ("dynamodb",),
    "redis": ("elasticache", "secretsmanager"),
    "bucket": ("s3",),
    "atlas": ("secretsmanager",),
    "backup": ("backup", "rds", "dynamodb"),
    "network": (),
    "alarms": (),
}
"""Each kind of key, and the services that use it on behalf of the account's principals; all may encrypt logs."""

PUBLISHERS: Final = (
    "cloudwatch.amazonaws.com",
    "events.rds.amazonaws.com",
    "backup.amazonaws.com",
    "budgets.amazonaws.com",
)
"""Services that write to the stack's topic in their own name, and so encrypt with the key of the kind `alarms`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeysArgs:
    """What the caller decides about keys."""

    kinds: Sequence[str]
    """Kinds of `SERVICES`."""
    prefix: str
    """What the aliases begin with: `alias/<prefix>-<kind>`."""
    account: Account
    protection: Protection
    named: str = ""
    """What logical names begin with, where a stack has keys in another region too: `dr-`."""


class Keys(pulumi.ComponentResource):
    """A customer-managed key for each kind of store."""

    arns: Mapping[str, Output[str]]

    def __init__(self, name: str, args: KeysArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Keys", name, {}, opts)
        child = ResourceOptions(parent=self)
        stateful = ResourceOptions(parent=self, protect=args.protection.protect)
        self.arns = {kind: _key(kind, args, stateful, child).arn for kind in args.kinds}
        self.register_outputs({"arns": self.arns})


def _key(kind: str, args: KeysArgs, stateful: ResourceOptions, child: ResourceOptions) -> aws.kms.Key:
    key = aws.kms.Key(
        f"{args.named}{kind}-key",
        description=f"Encrypts the {kind} of {args.prefix}",
        enable_key_rotation=True,
        deletion_window_in_days=DELETION_WINDOW_DAYS,
        policy=Output.json_dumps(_policy(kind, args.account)),
        opts=stateful,
    )
    aws.kms.Alias(
        f"{args.named}{kind}-key-alias", name=f"alias/{args.prefix}-{kind}", target_key_id=key.key_id, opts=child
    )
    return key


def _policy(kind: str, account: Account) -> dict[str, Any]:
    """Let the account's administrators manage the key, and its principals use it through the kind's services."""
    statements: list[dict[str, Any]] = [
        {
            "Sid": "AccountAdministersKey",
            "Effect": "Allow",
            "Principal": {"AWS": Output.format("arn:{0}:iam::{1}:root", account.partition, account.id)},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "LogsEncryptWithKey",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{account.region}.amazonaws.com"},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": Output.format(
                        "arn:{0}:logs:{1}:{2}:*", account.partition, account.region, account.id
                    )
                }
            },
        },
    ]
    if services := SERVICES[kind]:
        statements.append(
            {
                "Sid": "ServicesUseKeyForTheAccount",
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": [
                    "kms:Encrypt",
                    "kms:Decrypt",
                    "kms:ReEncrypt*",
                    "kms:GenerateDataKey*",
                    "kms:CreateGrant",
                    "kms:DescribeKey",
                ],
                "Resource": "*",
                "Condition": {
                    "StringEquals": {
                        "kms:CallerAccount": account.id,
                        "kms:ViaService": [f"{service}.{account.region}.amazonaws.com" for service in services],
                    }
                },
            }
        )
    if kind == "alarms":
        statements.append(
            {
                "Sid": "PublishersEncryptWithKey",
                "Effect": "Allow",
                "Principal": {"Service": list(PUBLISHERS)},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceAccount": account.id}},
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}
