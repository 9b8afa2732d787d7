"""Every input that a component sets is one that the provider has, of the type and with a value that it documents."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import components
from sizes.atlas import AtlasSize
from sizes.aurora import AuroraSize, Serverless
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import ClusterMode, RedisSize, ServerlessRedisSize
from sizes.table import Autoscaled, Provisioned, TableSize
from stacks.application import AtlasStore
from stacks.blocks import AuthorizedUser
from stacks.keys import Dns, Network, OfficeHours
from stacks.phases import Environment, Phase
from stacks.render import Resource, render
from stacks.settings import Settings
from tests.stacks.rendered import CHOSEN, every_stack, resources
from tests.stacks.sdk import Walk, arguments_of, walk

EXCEPTIONS: Final[Mapping[tuple[str, Any], str]] = {
    ("aws:rds/cluster:Cluster.storageType", "aurora"): (
        "RDS's own name for what is documented as an empty text, which the provider takes for no change "
        "(hashicorp/terraform-provider-aws #41825)"
    ),
    ("aws:sns/topicSubscription:TopicSubscription.protocol", "email"): (
        "allowed by the sentence after the enumeration, as a protocol that somebody has to confirm"
    ),
}
INSTANCE: Final = "aws:rds/instance:Instance"
INSTANCE_INPUTS: Final[Mapping[str, Any]] = {"instanceClass": "db.t4g.micro"}
PLAN: Final = "aws:backup/plan:Plan"

CLUBAPP_DEV, DEVMENTOR_PROD, WORKFLOWS_PROD = "clubapp-dev", "devmentor-prod", "workflows-prod"
DEVORA_PROD = "devora-prod"


def _clubapp() -> Settings:
    """Everything that a stack file may add, tables that are not on demand, and a serverless cache."""
    given = Network.model_construct(
        vpc_id="vpc-0a1b2c3d4e5f60718",
        subnet_ids=("subnet-0a1b2c3d4e5f60718", "subnet-1a1b2c3d4e5f60718"),
        client_security_group_id="sg-0a1b2c3d4e5f60718",
    )
    fixed = TableSize(billing=Provisioned(read_units=10, write_units=5), backup_days=0, dr_replica=False)
    autoscaled = Autoscaled(
        min_read_units=5, max_read_units=50, min_write_units=5, max_write_units=50, target_percent=70
    )
    return replace(
        Settings.read(CLUBAPP_DEV, phase=Phase.MVP),
        network=given,
        dr_network=given,
        alarm_email="alarms@example.com",
        monthly_budget=Decimal("59.90"),
        office_hours=OfficeHours.model_construct(start="07:00", stop="20:00", time_zone="Europe/Berlin"),
        dns=Dns.model_construct(zone_id="Z0123456789ABCDEFGHIJ", domain="data.example.com"),
        sizes={
            "presence": replace(fixed, table_class="STANDARD_INFREQUENT_ACCESS", contributor_insights=True),
            "devices": replace(fixed, billing=autoscaled, backup_days=35, dr_replica=True),
            "cache": ServerlessRedisSize(max_data_gib=10, max_ecpu_per_second=5_000, snapshot_days=7),
        },
    )


def _devmentor() -> Settings:
    """A cluster without instances of a size, a cache that scales itself, and vaults that stay locked."""
    cluster = AuroraSize(
        capacity=Serverless(min_acu=0.5, max_acu=16),
        readers=1,
        max_readers=4,
        io_optimized=False,
        proxy=True,
        backup_days=35,
        dr_readers=1,
    )
    cache_ = RedisSize(
        node_type="cache.r7g.large",
        cluster_mode=ClusterMode.ENABLED,
        shards=2,
        replicas_per_shard=1,
        snapshot_days=7,
        engine="redis",
        max_shards=4,
        max_replicas_per_shard=3,
    )
    return replace(
        Settings.read(DEVMENTOR_PROD, phase=Phase.SCALE),
        irreversible=frozenset({"vault-lock"}),
        sizes={"main": cluster, "cache": cache_},
    )


def _workflows() -> Settings:
    """A database on its way to Aurora, its storage paid for by the operation."""
    settings = Settings.read(WORKFLOWS_PROD, phase=Phase.SCALE)
    (main,) = (store for store in settings.application.stores if store.name == "main")
    before = main.sizes[Phase.SCALE]
    assert isinstance(before, PostgresSize)
    instance = replace(
        before, storage_type="io2", iops=before.max_storage_gib, throughput_mibps=None, dr_backups=True, proxy=False
    )
    cluster = AuroraSize(
        capacity=Serverless(min_acu=0, max_acu=8),
        readers=0,
        max_readers=0,
        io_optimized=True,
        proxy=False,
        backup_days=35,
        dr_readers=0,
    )
    return replace(settings, sizes={"main": PostgresMove(instance=instance, cluster=cluster, writer="instance")})


def _devora() -> Settings:
    """Backups that nobody can delete, and every kind of node."""
    settings = Settings.read(DEVORA_PROD, phase=Phase.ENTERPRISE)
    assert settings.atlas is not None
    user = AuthorizedUser.model_construct(email="legal@example.com", first_name="Ada", last_name="Lovelace")
    (documents,) = (store for store in settings.application.stores if isinstance(store, AtlasStore))
    before = documents.sizes[Phase.ENTERPRISE]
    assert isinstance(before, AtlasSize)
    return replace(
        settings,
        irreversible=frozenset({"atlas-compliance"}),
        atlas=settings.atlas.model_copy(update={"authorized_user": user}),
        sizes={"documents": replace(before, read_only_nodes=2, shards=1, tier="R60", max_tier="R80")},
    )


OTHERS: Final[Mapping[str, Callable[[], Settings]]] = {
    "clubapp": _clubapp,
    "devmentor": _devmentor,
    "workflows": _workflows,
    "devora": _devora,
}
"""What no phase of an application has by itself."""

every_other = pytest.mark.parametrize(
    "application", [pytest.param(name, marks=pytest.mark.xdist_group(f"rendered-{name}")) for name in OTHERS]
)


@cache
def walked(application: str, environment: Environment, phase: Phase) -> Walk:
    return walk(resources(application, environment, phase), EXCEPTIONS)


@cache
def other(application: str) -> list[Resource]:
    return render(OTHERS[application]())


@cache
def walked_other(application: str) -> Walk:
    return walk(other(application), EXCEPTIONS)


@every_stack
def test_every_input_is_one_that_the_provider_has_and_of_its_type(
    application: str, environment: Environment, phase: Phase
):
    assert walked(application, environment, phase).strangers == []


@every_stack
def test_no_input_is_deprecated(application: str, environment: Environment, phase: Phase):
    assert walked(application, environment, phase).deprecated == []


@every_stack
def test_every_input_that_must_be_there_is(application: str, environment: Environment, phase: Phase):
    assert walked(application, environment, phase).missing == []


@every_stack
def test_every_value_is_one_that_the_provider_documents(application: str, environment: Environment, phase: Phase):
    assert walked(application, environment, phase).refused == []


@every_other
def test_what_no_phase_has_by_itself_is_right_too(application: str):
    found = walked_other(application)

    assert (found.strangers, found.deprecated, found.missing, found.refused) == ([], [], [], [])


@pytest.mark.parametrize(
    ("application", "enumerations", "ranges"),
    [
        pytest.param(name, *least, marks=pytest.mark.xdist_group(f"rendered-{name}"))
        for name, least in {
            "clubapp": (36, 18),
            "devmentor": (38, 14),
            "workflows": (38, 16),
            "devora": (24, 18),
        }.items()
    ],
)
def test_enumerations_and_ranges_are_judged_in_great_number(application: str, enumerations: int, ranges: int):
    """As many different ones as there were when this was written: fewer would mean that docstrings are not read."""
    whole = Walk()
    for environment in (Environment.DEV, Environment.PROD):
        for phase in Phase:
            whole.judged.update(walked(application, environment, phase).judged)
    whole.judged.update(walked_other(application).judged)

    assert whole.enumerations() >= enumerations
    assert whole.ranges() >= ranges


@pytest.mark.xdist_group("rendered-clubapp")
def test_every_class_that_a_component_makes_is_looked_at():
    made = {
        (node.func.value.attr, node.func.attr)
        for file in Path(components.__path__[0]).glob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and isinstance(node.func.value.value, ast.Name)
        and node.func.value.value.id == "aws"
    }
    made |= {
        ("index", node.func.attr)
        for file in Path(components.__path__[0]).glob("atlas*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "atlas"
    }
    seen = {one["type"] for name in OTHERS for one in other(name)}
    seen |= {
        one["type"]
        for name in CHOSEN
        for environment in (Environment.DEV, Environment.PROD)
        for phase in (Phase.MVP, Phase.ENTERPRISE)
        for one in resources(name, environment, phase)
    }

    looked_at = {(type_.split(":")[1].partition("/")[0], type_.rpartition(":")[2]) for type_ in seen}
    assert made
    assert made - looked_at == set()


@pytest.mark.parametrize(("place", "value"), EXCEPTIONS)
def test_every_exception_is_needed(place: str, value: Any):
    type_, _, name = place.rpartition(".")

    assert any(rule.refuses(value) for rule in arguments_of(type_)[name].rules)


@pytest.mark.parametrize(
    ("type_", "inputs", "where", "problem"),
    [
        (INSTANCE, {"instanceClas": "db.t4g.micro"}, "strangers", "Instance.instanceClas is none of InstanceArgs"),
        (INSTANCE, {"multi_az": True}, "strangers", "Instance.multi_az is none of InstanceArgs"),
        (INSTANCE, {"multiAz": "true"}, "strangers", "Instance.multiAz is 'true', declared is"),
        (INSTANCE, {"port": 5432.5}, "strangers", "Instance.port is 5432.5, declared is"),
        (INSTANCE, {"port": "ref:a:b:C::d::e"}, "strangers", "Instance.port is 'ref:a:b:C::d::e', declared is"),
        (INSTANCE, {"port": True}, "strangers", "Instance.port is True, declared is"),
        (INSTANCE, {"dbName": ["a"]}, "strangers", "Instance.dbName is a list, declared is"),
        (INSTANCE, {"dbName": {"a": "b"}}, "strangers", "Instance.dbName is a mapping, declared is"),
        (INSTANCE, {"tags": {"a": 1}}, "strangers", r"Instance.tags\['a'\] is 1, declared is"),
        (INSTANCE, {"restoreToPointInTime": {"at": "x"}}, "strangers", "restoreToPointInTime.at is none of Instance"),
        (PLAN, {"rules": [{"lifecycle": {"deleteAfter": "9"}}]}, "strangers", "rules.lifecycle.deleteAfter is '9'"),
        (PLAN, {"rules": [{"ruleName": "daily"}]}, "missing", "Plan.rules.targetVaultName"),
        (PLAN, {}, "missing", "Plan.rules"),
        (INSTANCE, {"backupRetentionPeriod": 36}, "refused", "backupRetentionPeriod is 36, documented is Range"),
        (INSTANCE, {"storageType": "gp4"}, "refused", "storageType is 'gp4', documented is OneOf"),
        ("aws:s3/bucket:Bucket", {"acl": "private"}, "deprecated", "Bucket.acl"),
        ("aws:s3/bucketV2:BucketV2", {}, "deprecated", "BucketV2"),
    ],
)
def test_what_is_wrong_is_found(type_: str, inputs: dict[str, Any], where: str, problem: str):
    given = {**INSTANCE_INPUTS, **inputs} if type_ == INSTANCE else inputs
    found = getattr(walk([{"type": type_, "name": "main", "inputs": given, "options": {}}], {}), where)

    with pytest.raises(AssertionError, match=problem):
        assert "\n".join(found) == ""
