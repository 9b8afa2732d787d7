"""A pool: over TLS only, by IAM only, with the secrets of its logins only; and the logins beside it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.postgres import Postgres
from sizes.aurora import AuroraSize
from sizes.logins import DIRECT_LOGINS
from sizes.postgres import PostgresSize
from stacks.application import MIGRATOR, MONITORING
from tests.components.conftest import Program, Registered, run
from tests.components.databases import AURORA, LOGINS, RDS, SECRET_VALUE, arguments, database
from tests.components.test_moving_to_aurora import Addressed, facts

Deploy = Callable[[Program], Registered]

PROXY, ENDPOINT = "aws:rds/proxy:Proxy", "aws:rds/proxyEndpoint:ProxyEndpoint"
POOL = "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
POOLED = replace(RDS, proxy=True)
POOLED_CLUSTER = replace(AURORA, proxy=True)


def pool(size: PostgresSize | AuroraSize = POOLED) -> Program:
    return database(size, logins=LOGINS)


def test_migrations_and_monitoring_are_the_logins_that_go_direct():
    assert {MIGRATOR, MONITORING} == DIRECT_LOGINS


def test_only_tls_and_iam_are_let_in(deploy: Deploy):
    proxy = deploy(pool()).named(PROXY)["main-proxy"]

    assert (proxy["requireTls"], proxy["debugLogging"], proxy["engineFamily"]) == (True, False, "POSTGRESQL")
    assert {one["iamAuth"] for one in proxy["auths"]} == {"REQUIRED"}


def test_the_pool_knows_the_logins_that_are_pooled_and_no_other(deploy: Deploy):
    proxy = deploy(pool()).named(PROXY)["main-proxy"]

    assert [one["secretArn"] for one in proxy["auths"]] == ["arn:main-api-secret"]


def test_its_role_reads_their_secrets_and_nothing_else(deploy: Deploy):
    document = deploy(pool()).named("aws:iam/rolePolicy:RolePolicy")["main-proxy-passwords"]["policy"]
    secrets, key = json.loads(document)["Statement"]

    assert secrets["Resource"] == ["arn:main-api-secret"]
    assert (key["Action"], key["Resource"]) == ("kms:Decrypt", "arn:key")
    assert key["Condition"] == {"StringEquals": {"kms:ViaService": "secretsmanager.eu-central-1.amazonaws.com"}}


def test_clients_reach_the_pool_and_the_pool_the_database(deploy: Deploy):
    made = deploy(pool())
    incoming, outgoing = made.named(INGRESS), made.named(EGRESS)

    assert incoming["main-proxy-from-clients"]["referencedSecurityGroupId"] == "sg-clients"
    assert incoming["main-from-proxy"]["referencedSecurityGroupId"] == "main-proxy-security-group-id"
    assert outgoing["main-proxy-to-database"]["referencedSecurityGroupId"] == "main-security-group-id"
    assert {one["fromPort"] for one in [*incoming.values(), *outgoing.values()]} == {5432}


def test_connections_are_left_for_those_who_go_direct(deploy: Deploy):
    config = deploy(pool()).named(POOL)["main-proxy-pool"]["connectionPoolConfig"]

    assert config["maxConnectionsPercent"] == 90
    assert config["maxIdleConnectionsPercent"] <= config["maxConnectionsPercent"]
    assert "sessionPinningFilters" not in config


def test_the_pool_finds_its_log_group_there(deploy: Deploy):
    made = deploy(pool())

    group = made.named("aws:cloudwatch/logGroup:LogGroup")["main-proxy-logs"]

    assert group["name"] == f"/aws/rds/proxy/{made.named(PROXY)['main-proxy']['name']}"


@pytest.mark.parametrize(
    ("size", "endpoints"),
    [
        (POOLED, []),
        (replace(POOLED_CLUSTER, readers=0, max_readers=0), []),
        (POOLED_CLUSTER, ["READ_ONLY"]),
    ],
)
def test_readers_of_a_cluster_have_an_endpoint_of_the_pool(
    deploy: Deploy, size: PostgresSize | AuroraSize, endpoints: list[str]
):
    """A pool cannot tell replicas of an instance from their primary."""
    assert [one["targetRole"] for one in deploy(pool(size)).named(ENDPOINT).values()] == endpoints


def test_without_a_pool_there_is_nothing_of_it(deploy: Deploy):
    made = deploy(database(RDS, logins=LOGINS))

    assert not [one.name for one in made.resources if "proxy" in one.name]


def secrets_of(size: PostgresSize | AuroraSize) -> dict[str, dict[str, Any]]:
    addressed = Addressed()
    run(addressed, pool(size))
    return {login: facts(addressed, f"-{login}") for login in LOGINS}


def test_pooled_logins_go_to_the_pool_by_iam_and_others_to_the_database():
    secrets = secrets_of(POOLED)

    assert {login: (one["host"], one["auth"]) for login, one in secrets.items()} == {
        "api": ("main-proxy.example", "iam"),
        "migrator": ("main-primary.example", "password"),
        "monitoring": ("main-primary.example", "password"),
    }
    assert {one["directHost"] for one in secrets.values()} == {"main-primary.example"}


def test_pooled_logins_read_from_replicas_themselves_and_from_a_clusters_readers_by_the_pool():
    assert secrets_of(POOLED)["api"]["readerHosts"] == {"api": "main-replica-api.example"}
    assert set(secrets_of(POOLED_CLUSTER)["api"]["readerHosts"].values()) == {"main-proxy-readers.example"}
    assert set(secrets_of(POOLED_CLUSTER)["migrator"]["readerHosts"].values()) == {"reader.main-cluster.example"}


def test_without_a_pool_every_login_goes_to_the_database_by_password():
    assert {(one["host"], one["directHost"], one["auth"]) for one in secrets_of(RDS).values()} == {
        ("main-primary.example", "main-primary.example", "password")
    }


def test_each_login_has_a_user_name_and_a_password_of_its_own(deploy: Deploy):
    made = deploy(pool())
    passwords = made.named("random:index/randomPassword:RandomPassword")

    assert set(passwords) == {"main-password", *(f"main-{login}-password" for login in LOGINS)}
    assert {login: facts(made, f"-{login}")["username"] for login in LOGINS} == {login: login for login in LOGINS}


class Identified(Addressed):
    """Gives databases the ids that IAM knows them by."""

    def new_resource(self, args: Any) -> tuple[str | None, dict[Any, Any]]:
        id_, outputs = super().new_resource(args)
        ids = {"resourceId": f"db-{args.name}", "clusterResourceId": f"cluster-{args.name}"}
        arn = f"arn:aws:rds:eu-central-1:123456789012:db-proxy:prx-{args.name}"
        return id_, {**outputs, **ids, "arn": arn}


@pytest.mark.parametrize(
    ("size", "ids"),
    [
        (RDS, ["db-main-primary", "db-main-replica-api"]),
        (POOLED, ["db-main-primary", "db-main-replica-api", "prx-main-proxy"]),
        (POOLED_CLUSTER, ["cluster-main-cluster", "prx-main-proxy"]),
    ],
)
def test_a_login_may_connect_by_iam_as_itself_only(size: PostgresSize | AuroraSize, ids: list[str]):
    documents: dict[str, str] = {}

    def program() -> Postgres:
        made = Postgres("main", arguments(size, logins=LOGINS))
        for login, policy in made.connect_policies.items():
            policy.apply(lambda text, login=login: documents.update({login: text}))
        return made

    run(Identified(), program)

    (statement,) = json.loads(documents["api"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "rds-db:connect",
        "Resource": [f"arn:aws:rds-db:eu-central-1:123456789012:dbuser:{id_}/api" for id_ in ids],
    }
    assert set(documents) == set(LOGINS)


def test_no_password_is_among_the_inputs_of_anything_but_a_secrets_value(deploy: Deploy):
    made = deploy(pool())

    telling = {one.typ for one in made.resources if "secretStringWo" in one.inputs or "passwordWo" in one.inputs}

    assert telling == {SECRET_VALUE, "aws:rds/instance:Instance"}
