"""Every form of a database is as the policy pack wants it in prod, in the phase that is judged hardest."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pulumi_aws as aws
import pytest

from components.place import Account, DrPlace, Place
from components.postgres import Postgres, PostgresArgs
from policies.control import Group
from policies.controls import CONTROLS
from policies.judge import judge
from policies.levels import Level, level_of
from policies.levels import Place as Where
from policies.verdict import Finding, Verdict
from sizes.postgres_move import AnySize
from stacks.phases import Environment, Phase
from stacks.render import Resource, render
from stacks.settings import Settings
from tests.components.databases import ANALYTICS, API, AURORA, DR, LOGINS, PROD, PROMOTED, RDS, REPLICATING, SERVERLESS

Render = Sequence[Resource]

HARDEST: Final = Where(environment=Environment.PROD, phase=Phase.ENTERPRISE)
ELSEWHERE: Final = {
    *("aurora-in-backup-plan", "backup-plan-exists", "db-alarms-present", "rds-in-backup-plan"),
    *(f"rds-event-subscription-{what}" for what in ("cluster", "instance", "parameter-group")),
}
"""What a whole stack has: its plan of backups, its alarms, its subscriptions."""
# Tags and budgets are the stack's, too.
JUDGED: Final = [
    control
    for control in CONTROLS
    if control.group not in {Group.TAGGING, Group.COST}
    and control.slug not in ELSEWHERE
    and level_of(control, HARDEST) is Level.MANDATORY
]
OURS: Final = (
    "aws:rds/",
    "aws:secretsmanager/",
    "aws:cloudwatch/logGroup",
    "aws:iam/",
    "aws:vpc/",
    "aws:appautoscaling/",
)
GLOBAL: Final = replace(AURORA, proxy=True, max_readers=3, dr_readers=2)


def program(size: AnySize) -> None:
    """Make a database with a key in each region, in networks that are given."""
    keys = [aws.kms.Key("key"), aws.kms.Key("dr-key", region="eu-west-1")]
    place = Place(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"], clients="sg-1", clients_are_ours=False)
    Postgres(
        "main",
        PostgresArgs(
            size=size,
            protection=PROD,
            database="clubapp",
            preload=(),
            prefix="clubapp-prod",
            account=Account(id="123456789012", partition="aws", region="eu-central-1"),
            place=place,
            key_arn=keys[0].arn,
            logins=LOGINS,
            dr=DrPlace(region=DR.region, key_arn=keys[1].arn, place=place),
        ),
    )


@pytest.fixture
def rendered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Render:
    """Give the plain resources of a program that makes the database of the parametrised size."""

    def deploy(_: Settings) -> None:
        program(request.param)

    monkeypatch.setattr("stacks.render.deploy", deploy)
    return render(Settings.read("clubapp-prod"))


def found(rendered: Render) -> list[Finding]:
    return [one for one in judge(rendered, JUDGED) if one.type.startswith(OURS)]


@pytest.mark.parametrize(
    "rendered",
    [
        replace(RDS, proxy=True, dr_backups=True, replicas=(API, ANALYTICS)),
        replace(AURORA, proxy=True, max_readers=4),
        replace(SERVERLESS, io_optimized=True),
        REPLICATING,
        PROMOTED,
    ],
    indirect=True,
)
def test_a_database_is_as_the_policies_want_it(rendered: Render):
    assert found(rendered) == []


@pytest.mark.parametrize("rendered", [GLOBAL], indirect=True)
def test_of_a_secondary_only_its_version_is_not_known_before_it_is_made(rendered: Render):
    """It is its primary's, to the minor version, which AWS chooses."""
    findings = {(one.control.slug, one.name, one.verdict) for one in found(rendered)}

    assert findings == {
        ("rds-engine-supported", "main-dr-cluster", Verdict.CANNOT_TELL),
        ("rds-postgres-safe-version", "main-dr-cluster", Verdict.CANNOT_TELL),
    }


@pytest.mark.parametrize(("rendered", "name"), [(RDS, "main-primary"), (AURORA, "main-cluster")], indirect=["rendered"])
def test_what_a_database_was_made_of_is_chosen_once(rendered: Render, name: str):
    """The provider alone would make a new database when a restore is added, changed or taken out."""
    (ignored,) = (one["options"]["ignoreChanges"] for one in rendered if one["name"] == name)

    assert {"restoreToPointInTime", "snapshotIdentifier"} <= set(ignored)


@pytest.mark.parametrize("rendered", [replace(AURORA, proxy=True)], indirect=True)
def test_a_pool_keeps_its_subnets_and_swaps_its_target(rendered: Render):
    """Another subnet would replace it and change its host; a second target is refused."""
    options = {one["name"]: one["options"] for one in rendered}

    assert {name for name, one in options.items() if "vpcSubnetIds" in one.get("ignoreChanges", ())} == {
        "main-proxy",
        "main-proxy-readers",
    }
    assert options["main-proxy-target"]["deleteBeforeReplace"] is True


def test_what_is_judged_here_is_more_than_nothing():
    """Were the levels to be lowered, the tests above would say nothing."""
    slugs = {control.slug for control in JUDGED}

    assert {"aurora-force-ssl", "aurora-multi-az", "rds-force-ssl", "rds-proxy-iam-auth", "secret-cmk"} <= slugs
