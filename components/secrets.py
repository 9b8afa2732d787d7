"""Secrets: a generated password, and a connection secret that tells a client all it needs."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions

from components.place import Account
from sizes.protection import Protection

PASSWORD_LENGTH: Final = 40
RECOVERY_DAYS: Final = 30
"""How long a deleted secret can be brought back, where an environment protects; none elsewhere."""


def generated_password(name: str, protection: Protection, parent: pulumi.Resource) -> random.RandomPassword:
    """Make the password of the store *name*: letters and digits, so that it fits into a URL as it is."""
    opts = ResourceOptions(parent=parent, protect=protection.protect)
    return random.RandomPassword(f"{name}-password", length=PASSWORD_LENGTH, special=False, opts=opts)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionArgs:
    """What the caller decides about a connection secret."""

    key_arn: Input[str]
    account: Account
    protection: Protection
    facts: Mapping[str, Input[Any]] | None
    """Everything but the password: host, port, username …. None: they follow by `write`, once."""
    password: Input[str]


class ConnectionSecret(pulumi.ComponentResource):
    """A JSON document in Secrets Manager with what a client needs to connect."""

    arn: Output[str]

    def __init__(self, name: str, args: ConnectionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:ConnectionSecret", name, {}, opts)
        secret = aws.secretsmanager.Secret(
            f"{name}-secret",
            description=f"How to connect to {name}",
            kms_key_id=args.key_arn,
            policy=Output.json_dumps(_nobody_else(args.account)),
            recovery_window_in_days=RECOVERY_DAYS if args.protection.deletion else 0,
            opts=ResourceOptions(parent=self, protect=args.protection.protect),
        )
        self.arn = secret.arn
        self._secret, self._password = secret, args.password
        if args.facts is not None:
            self.write(args.facts)
        self.register_outputs({"arn": self.arn})

    def write(self, facts: Mapping[str, Input[Any]]) -> None:
        """Write the document; apart from its making where a fact is of something that has to know the secret first."""
        # Write-only: the document stays out of the outputs, and a value that was rotated since survives an `up`. It is
        # written again when a fact changes, which the version tells: a checksum of all that is no secret.
        aws.secretsmanager.SecretVersion(
            f"{self.pulumi_resource_name}-secret-value",
            secret_id=self._secret.id,
            secret_string_wo=Output.json_dumps({**facts, "password": self._password}),
            secret_string_wo_version=Output.all(**facts).apply(_checksum),
            opts=ResourceOptions(parent=self),
        )


def _nobody_else(account: Account) -> dict[str, Any]:
    """Keep other accounts out, whatever a policy says that is added later."""
    foreign = {"StringNotEquals": {"aws:PrincipalAccount": account.id}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [{"Sid": "NoOtherAccountReads", **deny, "Condition": foreign}]}


def _checksum(facts: Mapping[str, Any]) -> int:
    # 31 bits: the provider keeps the version as a number that a double must hold exactly.
    return zlib.crc32(json.dumps(facts, sort_keys=True).encode()) >> 1
