"""From RDS to Aurora: a replica of the instance, promoted, then alone; secrets and network are the same all the way."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sizes.postgres_move import AnySize
from tests.components.conftest import Program, Registered, run
from tests.components.databases import (
    AURORA,
    CLUSTER,
    INSTANCE,
    LOGINS,
    MEMBER,
    PROD,
    PROMOTED,
    RDS,
    REPLICATING,
    SECRET_VALUE,
    database,
    names,
)

Deploy = Callable[[Program], Registered]
PROXY_TARGET = "aws:rds/proxyTarget:ProxyTarget"
WAY: list[AnySize] = [RDS, REPLICATING, PROMOTED, AURORA]


def made_on_the_way(deploy: Deploy) -> list[Registered]:
    return [deploy(database(size, PROD, logins=LOGINS)) for size in WAY]


def cluster(made: Registered) -> dict[str, Any]:
    return made.named(CLUSTER)["main-cluster"]


def test_what_outlives_the_move_has_one_name(deploy: Deploy):
    """Passwords, secrets, security group, subnets: none of it is made anew."""
    on_the_way = [names(made) for made in made_on_the_way(deploy)]

    lasting = set[tuple[str, str]].intersection(*on_the_way)

    assert {
        *(("random:index/randomPassword:RandomPassword", f"main{login}-password") for login in ("", "-api")),
        *(("aws:secretsmanager/secret:Secret", f"main{login}-secret") for login in ("", "-api", "-migrator")),
        ("aws:ec2/securityGroup:SecurityGroup", "main-security-group"),
        ("aws:rds/subnetGroup:SubnetGroup", "main-subnets"),
        ("random:index/randomId:RandomId", "main-suffix"),
    } <= lasting


def test_nothing_comes_back_that_has_gone(deploy: Deploy):
    rds, replicating, promoted, aurora = (names(made) for made in made_on_the_way(deploy))

    assert rds <= replicating <= promoted
    assert aurora <= promoted


def test_the_cluster_begins_as_a_replica_without_credentials_of_its_own(deploy: Deploy):
    """AWS refuses a name, an administrator or a password for it: they are the instance's."""
    one = cluster(deploy(database(REPLICATING)))

    assert one["replicationSourceIdentifier"] == "arn:main-primary"
    assert not {"databaseName", "masterUsername", "masterPasswordWo", "masterPasswordWoVersion"} & one.keys()


def test_a_replica_has_one_member(deploy: Deploy):
    assert set(deploy(database(REPLICATING)).named(MEMBER)) == {"main-member-1"}


@pytest.mark.parametrize(("size", "forced"), [(REPLICATING, True), (PROMOTED, None), (AURORA, None)])
def test_the_member_of_a_replica_can_be_deleted(deploy: Deploy, size: AnySize, forced: bool | None):
    """AWS deletes the last member of a replica only after a promotion, which the provider must be told to do."""
    assert deploy(database(size)).named(MEMBER)["main-member-1"].get("forceDestroy") is forced


def test_promotion_drops_the_source_and_says_the_password_anew(deploy: Deploy):
    """The provider promotes when the source is dropped; a name or an administrator would replace the cluster."""
    before, after = (cluster(deploy(database(size))) for size in (REPLICATING, PROMOTED))

    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == {
        "replicationSourceIdentifier",
        "masterPasswordWo",
        "masterPasswordWoVersion",
    }


def test_the_instance_stays_as_it_was_until_it_goes(deploy: Deploy):
    rds, replicating, promoted, aurora = (made.named(INSTANCE) for made in made_on_the_way(deploy))

    assert rds == replicating == promoted
    assert aurora == {}


def test_the_last_step_changes_nothing_of_the_cluster(deploy: Deploy):
    """It only leaves the instance out; a cluster that was made on its own differs in what it was made of."""
    promoted, alone = (cluster(deploy(database(size))) for size in (PROMOTED, AURORA))

    assert {key for key in alone if alone.get(key) != promoted.get(key)} == {"databaseName", "masterUsername"}


def facts(made: Registered, login: str = "") -> dict[str, Any]:
    wrapped = made.named(SECRET_VALUE)[f"main{login}-secret-value"]["secretStringWo"]
    return json.loads(wrapped["value"] if isinstance(wrapped, dict) else wrapped)


class Addressed(Registered):
    """Gives instances, clusters and proxies an address."""

    def new_resource(self, args: Any) -> tuple[str | None, dict[Any, Any]]:
        id_, outputs = super().new_resource(args)
        host = f"{args.name}.example"
        return id_, {**outputs, "address": host, "endpoint": host, "readerEndpoint": f"reader.{host}"}


@pytest.mark.parametrize("login", ["", "-api"])
@pytest.mark.parametrize(
    ("size", "host"),
    [
        (RDS, "main-primary.example"),
        (REPLICATING, "main-primary.example"),
        (PROMOTED, "main-cluster.example"),
        (AURORA, "main-cluster.example"),
    ],
)
def test_secrets_name_the_writer(size: AnySize, host: str, login: str):
    addressed = Addressed()
    run(addressed, database(size, logins=LOGINS))

    assert facts(addressed, login)["host"] == host


@pytest.mark.parametrize(("size", "target"), [(REPLICATING, "instance"), (PROMOTED, "cluster")])
def test_a_pool_leads_to_the_writer(deploy: Deploy, size: Any, target: str):
    """Clients of a pool keep their host through the whole move."""
    pooled = replace(size, instance=replace(size.instance, proxy=True), cluster=replace(size.cluster, proxy=True))

    found = deploy(database(pooled, logins=LOGINS)).named(PROXY_TARGET)["main-proxy-target"]

    assert {key for key in found if key.startswith("db") and key != "dbProxyName"} == {
        "dbInstanceIdentifier" if target == "instance" else "dbClusterIdentifier"
    }
