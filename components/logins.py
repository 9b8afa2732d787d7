"""Logins of a database: each with a password, a connection secret, and a policy that lets it connect by IAM."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi import Input, Output, ResourceOptions

from components.postgres_args import PORT, PostgresArgs
from components.secrets import ConnectionArgs, ConnectionSecret, Passwords, generated_passwords
from sizes.logins import user_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Hosts:
    """Where a database is reached."""

    host: Input[str]
    """Of the writer."""
    readers: Mapping[str, Input[str]]
    """Of those who only read, by purpose."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """One login; its secret is empty until `write_login`, as a pool must know the secret before it has a host."""

    name: str
    secret: ConnectionSecret


def make_logins(name: str, args: PostgresArgs, parent: pulumi.Resource) -> Sequence[Login]:
    """Make the logins' passwords and secrets; the bootstrap SQL makes the roles, with these passwords."""
    return [
        Login(
            name=login,
            secret=ConnectionSecret(
                f"{name}-{login}",
                _connection(args, None, _passwords(f"{name}-{login}", login, args, parent)),
                opts=ResourceOptions(parent=parent),
            ),
        )
        for login in args.logins
    ]


def _passwords(name: str, login: str, args: PostgresArgs, parent: pulumi.Resource) -> Passwords:
    return generated_passwords(name, login, args.numbers(login), args.protection, parent)


def admin_secret(
    name: str, args: PostgresArgs, passwords: Passwords, hosts: Hosts, child: ResourceOptions
) -> ConnectionSecret:
    """Say how the administrator connects: always directly, as migrations and grants need a session of their own."""
    facts = {**_facts(args), "host": hosts.host, "readerHosts": hosts.readers}
    return ConnectionSecret(name, _connection(args, facts, passwords), opts=child)


def write_login(args: PostgresArgs, login: Login, *, direct: Hosts, pooled: Hosts | None) -> None:
    """
    Say how a login connects: to `host`, and to `directHost` where it needs a session of its own.

    With a pool, `host` is the pool's, which lets in by IAM only (`"auth": "iam"`: a token in place of the password);
    the password is for `directHost`, and for the pool itself.
    """
    hosts = pooled or direct
    login.secret.write(
        {
            **_facts(args),
            "host": hosts.host,
            "directHost": direct.host,
            "readerHosts": hosts.readers,
            "auth": "iam" if pooled else "password",
        }
    )


def connect_policy(args: PostgresArgs, login: str, resource_ids: Sequence[Input[str]]) -> Output[str]:
    """Write a policy that lets its holder log in as *login* by IAM, to databases and pools, and as nobody else."""
    account = args.account
    # With those of its users that a connection secret may name.
    users = dict.fromkeys((login, *(user_of(login, number) for number in args.numbers(login).all)))
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Action": "rds-db:connect",
        "Resource": [
            Output.format(
                "arn:{0}:rds-db:{1}:{2}:dbuser:{3}/{4}", account.partition, account.region, account.id, id_, user
            )
            for id_ in resource_ids
            for user in users
        ],
    }
    return Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})


def _facts(args: PostgresArgs) -> dict[str, Input[Any]]:
    return {
        "engine": "postgres",
        "port": PORT,
        "dbname": args.database,
        "sslmode": "verify-full",
    }


def _connection(args: PostgresArgs, facts: Mapping[str, Input[Any]] | None, passwords: Passwords) -> ConnectionArgs:
    return ConnectionArgs(
        key_arn=args.key_arn,
        account=args.account,
        protection=args.protection,
        facts=facts,
        passwords=passwords,
    )
