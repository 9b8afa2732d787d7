"""Secrets: a generated password, and a connection secret that tells a client all it needs."""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi import Input, Output, ResourceOptions

from components.place import Account
from sizes.logins import Numbers, user_of
from sizes.protection import Protection

PASSWORD_LENGTH: Final = 40
RECOVERY_DAYS: Final = 30
"""How long a deleted secret can be brought back, where an environment protects; none elsewhere."""


PENDING_STAGE: Final = "AWSPENDING"
"""Where a secret keeps what its clients will read after a rotation, as the rotations of AWS do."""
ROTATION: Final = "rotation"
"""The keeper that tells a password of a rotation from the first one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Passwords:
    """The passwords of one login, by number."""

    login: str
    numbers: Numbers
    known: Mapping[int, random.RandomPassword]
    two_users: bool = True
    """Whether another password is another user's; else one user has one after the other."""

    @property
    def current(self) -> Output[str]:
        """What the connection secret says."""
        return self.known[self.numbers.current].result

    def user(self, number: int) -> str:
        """Give who has the password of a number."""
        return user_of(self.login, number) if self.two_users else self.login


def generated_passwords(  # noqa: PLR0913  each is a part of what is made
    name: str,
    login: str,
    numbers: Numbers,
    protection: Protection,
    parent: pulumi.Resource,
    *,
    two_users: bool = True,
) -> Passwords:
    """Make the passwords of a login: letters and digits, so that they fit into a URL as they are."""
    # The first is protected, and stays when it has been retired: nobody lets it in any more. Those of rotations come
    # and go: what is lost of them, another rotation makes again.
    first = generated_password(name, protection, parent)
    rotated = {
        number: random.RandomPassword(
            f"{name}-password-{number}",
            length=PASSWORD_LENGTH,
            special=False,
            keepers={ROTATION: str(number)},
            opts=ResourceOptions(parent=parent),
        )
        for number in numbers.all
        if number > 1
    }
    return Passwords(login=login, numbers=numbers, known={1: first, **rotated}, two_users=two_users)


def generated_password(name: str, protection: Protection, parent: pulumi.Resource) -> random.RandomPassword:
    """Make the first password of the store or login *name*."""
    opts = ResourceOptions(parent=parent, protect=protection.protect)
    return random.RandomPassword(f"{name}-password", length=PASSWORD_LENGTH, special=False, opts=opts)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionArgs:
    """What the caller decides about a connection secret."""

    key_arn: Input[str]
    account: Account
    protection: Protection
    facts: Mapping[str, Input[Any]] | None
    """Everything but user and password: host, port …. None: they follow by `write`, once."""
    passwords: Passwords


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
        self._secret, self._passwords = secret, args.passwords
        if args.facts is not None:
            self.write(args.facts)
        self.register_outputs({"arn": self.arn})

    def write(self, facts: Mapping[str, Input[Any]]) -> None:
        """Write the document; apart from its making where a fact is of something that has to know the secret first."""
        name, passwords = self.pulumi_resource_name, self._passwords
        self._write(f"{name}-secret-value", facts, passwords.numbers.current, None)
        if passwords.numbers.pending is not None:
            # Nobody reads it by default: it is for whoever makes the login ready, and tries it.
            self._write(f"{name}-secret-pending", facts, passwords.numbers.pending, [PENDING_STAGE])

    def _write(self, name: str, facts: Mapping[str, Input[Any]], number: int, stages: Sequence[str] | None) -> None:
        # Write-only: the document stays out of the outputs. It is written again when a fact changes, or the number of
        # the password, which the version tells: a checksum of all that is no secret.
        told = {**facts, "username": self._passwords.user(number)}
        counted = {"number": number} if number > 1 else {}
        aws.secretsmanager.SecretVersion(
            name,
            secret_id=self._secret.id,
            secret_string_wo=Output.json_dumps({**told, "password": self._passwords.known[number].result}),
            secret_string_wo_version=Output.all(**told, **counted).apply(_checksum),
            version_stages=stages,
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
