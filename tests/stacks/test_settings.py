"""Stack files: what they mean, and how their mistakes are told."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sizes.redis import ClusterMode, RedisSize
from sizes.table import OnDemand
from stacks.application import PostgresStore, RedisStore, TableStore
from stacks.applications import APPLICATIONS
from stacks.applications.clubapp import CLUBAPP
from stacks.keys import StackKeys
from stacks.mistakes import SettingsError
from stacks.phases import PROTECTION, UNLOCKED, Environment, Phase
from stacks.settings import Settings
from tests.stacks.written import RIGHT, SECRET, TAG, Lines, Read, changed

MAIN = next(store for store in CLUBAPP.stores if isinstance(store, PostgresStore))
PRESENCE = next(store for store in CLUBAPP.stores if isinstance(store, TableStore))
NAMES = ", ".join(APPLICATIONS)
STACKS = ", ".join(f"{name}-{environment}" for name in APPLICATIONS for environment in sorted(Environment))
CACHE = next(store for store in CLUBAPP.stores if isinstance(store, RedisStore))


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(read: Read, tmp_path: Path):
    text = """\
encryptionsalt: v1:abc
confg: {}
config:
  datastores:unlock: [presense]
  datastores:owner: {secure: AAAB}
  datastores:pahse: growth
  aws:region: eu-west-1
  datastores:drRegion: eu-west-1
  datastores:sizes:
    presence: {backupDays: 40}
    cache: {shards: none}
"""
    with pytest.raises(SettingsError, match="has 9 mistakes") as caught:
        read(text, "clubapp-prod")

    assert str(caught.value).splitlines() == [
        f"{tmp_path}/Pulumi.clubapp-prod.yaml has 9 mistakes:",
        "  datastores:unlock[0] must be a store of clubapp, got 'presense': did you mean 'presence'?",
        f"  datastores:owner {SECRET}",
        "  datastores:pahse is not a key: did you mean 'phase'?",
        "  datastores:drRegion must differ from aws:region, got 'eu-west-1' for both",
        "  datastores:sizes.cache.shards must be a whole number, got 'none'",
        "  confg is not a key of a stack file: did you mean 'config'?",
        "  aws:allowedAccountIds is required in staging and prod: a list of AWS account ids",
        "  datastores:phase is required: one of mvp, growth, scale, enterprise",
        f"  datastores:costCentre is required: {TAG}",
    ]


def test_a_secret_value_is_never_shown(mistakes: Lines):
    assert "AAAB" not in "".join(mistakes(changed("datastores:password: {secure: AAAB}")))


@pytest.mark.parametrize("stack", ["clubapp-staging", "clubapp-prod"])
def test_staging_and_prod_must_name_their_accounts(mistakes: Lines, stack: str):
    assert mistakes(RIGHT, stack) == [
        "aws:allowedAccountIds is required in staging and prod: a list of AWS account ids"
    ]


def test_a_missing_file_names_the_stacks_that_exist():
    with pytest.raises(SettingsError, match="does not exist") as caught:
        Settings.read("clubapp-prd")

    assert str(caught.value) == (
        "stacks/Pulumi.clubapp-prd.yaml has 1 mistake:\n"
        f"  does not exist: the stacks are {STACKS}: did you mean 'clubapp-prod'?"
    )


@pytest.mark.parametrize(
    ("stack", "hint"),
    [
        ("clubapp-prd", ": did you mean 'clubapp-prod'?"),
        ("clubap-dev", ": did you mean 'clubapp-dev'?"),
        ("shop-q", ""),
    ],
)
def test_a_stack_is_named_after_its_application_and_environment(mistakes: Lines, stack: str, hint: str):
    assert mistakes(RIGHT + "  aws:allowedAccountIds: ['123456789012']\n", stack) == [
        f"stack must be named <application>-<environment>, of {NAMES} and dev, staging, prod, got '{stack}'{hint}"
    ]


def test_a_file_that_is_not_utf8_is_a_mistake(tmp_path: Path):
    (tmp_path / "Pulumi.clubapp-dev.yaml").write_bytes(b"config: \xff")

    with pytest.raises(SettingsError, match="is not UTF-8: byte 9 is 0xff"):
        Settings.read("clubapp-dev", folder=tmp_path)


@pytest.mark.parametrize("stack", [f"{name}-{environment}" for name in APPLICATIONS for environment in Environment])
def test_our_own_stack_files_are_right(stack: str):
    assert Settings.read(stack).stack == stack


def test_every_key_reaches_the_settings(read: Read):
    settings = read(
        RIGHT
        + """\
  aws:allowedAccountIds: ["123456789012"]
  datastores:hop: {to: growth, step: 2, sizes: {}}
  datastores:network:
    vpcId: vpc-12345678
    subnetIds: [subnet-12345678, subnet-87654321]
    clientSecurityGroupId: sg-12345678
  datastores:alarmEmail: alarms@example.com
  datastores:monthlyBudget: 59.90
  datastores:sizes: {presence: {backupDays: 0}}
  datastores:unlock: [cache]
"""
    )

    assert (settings.application, settings.environment, settings.phase) == (CLUBAPP, Environment.DEV, Phase.MVP)
    assert settings.hop is not None
    assert (settings.hop.to, settings.hop.step, settings.hop.sizes) == (Phase.GROWTH, 2, {})
    assert settings.network is not None
    assert settings.network.subnet_ids == ("subnet-12345678", "subnet-87654321")
    assert (settings.region, settings.dr_region) == ("eu-central-1", "eu-west-1")
    assert (settings.owner, settings.cost_centre) == ("clubapp-team", "clubapp")
    assert (settings.alarm_email, settings.monthly_budget) == ("alarms@example.com", Decimal("59.9"))
    assert settings.allowed_account_ids == ("123456789012",)
    assert list(settings.sizes) == ["presence"]
    assert settings.unlock == {"cache"}


def test_a_deviation_changes_the_fields_it_names_and_no_other(read: Read):
    settings = read(changed("datastores:sizes: {presence: {billing: {maxReadUnits: 9}}}"))

    billing = OnDemand(max_read_units=9, max_write_units=1000)
    assert settings.size(PRESENCE) == replace(PRESENCE.sizes[Phase.MVP], billing=billing)
    assert settings.size(MAIN) == MAIN.sizes[Phase.MVP]


def test_a_hop_goes_over_a_deviation(read: Read):
    hop = "{nodeType: cache.t4g.small, clusterMode: compatible, shards: 1, replicasPerShard: 1, snapshotDays: 3}"
    settings = read(
        RIGHT
        + "  datastores:sizes: {cache: {snapshotDays: 1}}\n"
        + f"  datastores:hop: {{to: growth, step: 1, sizes: {{cache: {hop}}}}}\n"
    )

    assert settings.size(CACHE) == RedisSize(
        node_type="cache.t4g.small",
        cluster_mode=ClusterMode.COMPATIBLE,
        shards=1,
        replicas_per_shard=1,
        snapshot_days=3,
    )


def test_another_phase_is_shown_without_the_hop(read: Read):
    settings = read(changed("datastores:hop: {to: growth, step: 1, sizes: {}}"), phase="scale")

    assert (settings.phase, settings.hop) == (Phase.SCALE, None)
    assert settings.size(CACHE) == CACHE.sizes[Phase.SCALE]


def test_another_environment_changes_protection_only(read: Read):
    settings = read(RIGHT, environment="prod")

    assert settings.protection(MAIN) == PROTECTION[Environment.PROD]
    assert (settings.stack, settings.application) == ("clubapp-dev", CLUBAPP)


def test_an_unlocked_store_alone_loses_its_protection():
    settings = Settings.read("clubapp-prod", overrides={"unlock": "[cache]"})

    assert settings.protection(CACHE) == UNLOCKED
    assert settings.protection(MAIN) == PROTECTION[Environment.PROD]


def test_a_key_without_namespace_is_ours(read: Read):
    assert read(RIGHT.replace("datastores:phase", "phase")).phase is Phase.MVP


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"phase": "growth"}, (Phase.GROWTH, "eu-central-1", 35)),
        ({"datastores:phase": "growth"}, (Phase.GROWTH, "eu-central-1", 35)),
        ({"aws:region": "us-east-1"}, (Phase.MVP, "us-east-1", 35)),
        ({"sizes.presence.backupDays": "0"}, (Phase.MVP, "eu-central-1", 0)),
        ({"sizes": "{presence: {backupDays: 1}}", "sizes.presence.backupDays": "2"}, (Phase.MVP, "eu-central-1", 2)),
        ({"sizes": "{presence: {backupDays: 1}}", "sizes.presence.backupDays": ""}, (Phase.MVP, "eu-central-1", 35)),
    ],
)
def test_an_override_replaces_what_the_file_says(read: Read, overrides: dict[str, str], expected: tuple[object, ...]):
    settings = read(RIGHT, overrides=overrides)

    size = settings.size(PRESENCE)
    assert (settings.phase, settings.region, size and size.backup_days) == expected


@pytest.mark.parametrize(
    ("options", "title", "expected"),
    [
        (
            {"phase": "grwth"},
            "--phase grwth",
            "datastores:phase must be one of mvp, growth, scale, enterprise, got 'grwth': did you mean 'growth'?",
        ),
        (
            {"environment": "prd"},
            "--environment prd",
            "environment must be one of dev, staging, prod, got 'prd': did you mean 'prod'?",
        ),
        (
            {"overrides": {"phase.x": "1"}},
            "--set phase.x=1",
            "datastores:phase must be a mapping to set x in, got 'mvp'",
        ),
        (
            {"overrides": {"sizes.main.storageGib": ""}},
            "--set sizes.main.storageGib=",
            "datastores:sizes.main.storageGib is not in the file: --set sizes.main.storageGib= has nothing to take out",
        ),
        (
            {"overrides": {"sizes.main": "["}},
            "--set sizes.main=[",
            "datastores:sizes.main is not YAML: line 1, column 2: expected the node content, but found '<stream end>'",
        ),
    ],
)
def test_a_broken_override_is_named_beside_the_file(options: dict[str, Any], title: str, expected: str):
    with pytest.raises(SettingsError, match="has 1 mistake:") as caught:
        Settings.read("clubapp-dev", **options)

    assert str(caught.value) == f"stacks/Pulumi.clubapp-dev.yaml with {title} has 1 mistake:\n  {expected}"


@given(st.text(min_size=1).filter(lambda name: f"datastores:{name}" not in StackKeys.names()))
def test_an_unknown_key_is_always_reported_by_name(name: str):
    right = {
        "aws:region": "eu-central-1",
        "datastores:phase": "mvp",
        "datastores:drRegion": "eu-west-1",
        "datastores:owner": "clubapp-team",
        "datastores:costCentre": "clubapp",
    }
    with pytest.raises(SettingsError, match="is not a key") as caught:
        Settings.parse("clubapp-dev", {**right, f"datastores:{name}": "x"})

    assert [mistake.where for mistake in caught.value.mistakes] == [(f"datastores:{name}",)]
    assert len(str(caught.value).splitlines()) == 2
    assert not name.isprintable() or f"datastores:{name} is not a key" in str(caught.value)


def test_reading_settings_imports_neither_pulumi_nor_aws():
    program = (
        "import sys; from stacks.settings import Settings; Settings.read('clubapp-dev'); "
        "print(sorted({'pulumi', 'pulumi_aws', 'boto3'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert result.stdout == "[]\n"
