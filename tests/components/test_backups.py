"""Backups: by the phase's row, in vaults that are locked where it matters, copied abroad, and tested."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from components.backups import Backups, BackupsArgs
from components.place import DrPlace
from sizes.protection import Protection
from sizes.recovery import Recovery
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Applied, Program, Registered, own_prefix
from tests.components.operated import ACCOUNT, DR_REGION, TAGS, TOPIC, new_topic

VAULT = "aws:backup/vault:Vault"
LOCK = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
PLAN = "aws:backup/plan:Plan"
TESTS = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
SELECTION = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
DEV, STAGING, PROD = (PROTECTION[each] for each in Environment)
LEAST = Recovery(
    rpo_minutes=5,
    rto_minutes=60,
    daily_days=35,
    weekly_days=0,
    monthly_days=0,
    dr_days=0,
    drill_days=90,
    test_every_days=0,
)
MOST = replace(LEAST, weekly_days=90, monthly_days=365, dr_days=14, test_every_days=30)

Deploy = Callable[[Program], Registered]
Apply = Callable[[Program], Applied]


def arguments(recovery: Recovery = MOST, protection: Protection = DEV, **more: Any) -> BackupsArgs:
    given: dict[str, Any] = {
        "prefix": "clubapp-dev",
        "key_arn": "arn:key",
        "dr": DrPlace(region=DR_REGION, key_arn="arn:dr-key"),
        "tested": ("RDS", "DynamoDB"),
        "buckets": False,
        "topic_arn": TOPIC,
        "irreversible": False,
    }
    return BackupsArgs(recovery=recovery, protection=protection, account=ACCOUNT, tags=TAGS, **{**given, **more})


def backups(recovery: Recovery = MOST, protection: Protection = DEV, **more: Any) -> Program:
    return lambda: Backups("backups", arguments(recovery, protection, **more))


def on_moto(prefix: str, recovery: Recovery = MOST, protection: Protection = PROD, **more: Any) -> Program:
    """Backups with keys of two regions, and a topic."""

    def program() -> Backups:
        here, there = aws.kms.Key("key"), aws.kms.Key("dr-key", region=DR_REGION)
        dr = DrPlace(region=DR_REGION, key_arn=there.arn)
        given = {"prefix": prefix, "key_arn": here.arn, "dr": dr, "topic_arn": new_topic()}
        return Backups("backups", arguments(recovery, protection, **given, **more))

    return program


def rules(made: Registered) -> dict[str, dict[str, Any]]:
    return {one["ruleName"]: one for one in made.named(PLAN)["backups-plan"]["rules"]}


@pytest.mark.parametrize(
    ("protection", "locked"),
    [(DEV, set[str]()), (STAGING, {"backups-vault-lock", "backups-copies-vault-lock"})],
    ids=["dev", "staging"],
)
def test_vaults_are_locked_where_the_environment_protects(deploy: Deploy, protection: Protection, locked: set[str]):
    assert set(deploy(backups(protection=protection)).named(LOCK)) == locked


@pytest.mark.parametrize(("irreversible", "days"), [(False, None), (True, 3)])
def test_only_the_stack_file_makes_a_lock_irreversible(deploy: Deploy, irreversible: bool, days: int | None):
    locks = deploy(backups(protection=PROD, irreversible=irreversible)).named(LOCK)

    assert [one.get("changeableForDays") for one in locks.values()] == [days, days]


def test_only_vaults_of_dev_go_with_what_is_in_them(deploy: Deploy):
    dev, prod = (deploy(backups(protection=each)).named(VAULT) for each in (DEV, PROD))

    assert {one["forceDestroy"] for one in dev.values()} == {True}
    assert {one["forceDestroy"] for one in prod.values()} == {False}


def test_a_vault_of_prod_is_locked_on_aws(apply: Apply):
    prefix = own_prefix()
    backup = apply(on_moto(prefix)).scene.aws("backup")

    found = backup.describe_backup_vault(BackupVaultName=f"{prefix}-backups")

    assert (found["Locked"], found["MinRetentionDays"]) == (True, 1)
    assert "LockDate" not in found


def test_the_lock_that_can_never_be_undone_holds_from_a_day_on(apply: Apply):
    prefix = own_prefix()
    backup = apply(on_moto(prefix, irreversible=True)).scene.aws("backup")

    found = backup.describe_backup_vault(BackupVaultName=f"{prefix}-backups")

    assert (found["LockDate"] - found["CreationDate"]).days in {2, 3}


def test_each_interval_of_the_row_is_a_rule_with_its_days(deploy: Deploy):
    found = rules(deploy(backups(MOST)))

    assert {name: one["lifecycle"]["deleteAfter"] for name, one in found.items()} == {
        "daily": 35,
        "weekly": 90,
        "monthly": 365,
    }


def test_an_interval_of_no_days_has_no_rule(deploy: Deploy):
    assert list(rules(deploy(backups(LEAST)))) == ["daily"]


def test_daily_backups_are_copied_to_the_vault_of_the_other_region(apply: Apply):
    prefix = own_prefix()
    applied = apply(on_moto(prefix))
    vault = f"arn:aws:backup:{DR_REGION}:123456789012:backup-vault:{prefix}-backups-copies"
    plan = applied.scene.aws("backup").get_backup_plan(BackupPlanId=applied.made["backups-plan"].id)["BackupPlan"]

    copied = {one["RuleName"]: one.get("CopyActions", []) for one in plan["Rules"]}

    assert copied == {
        "daily": [
            {
                "DestinationBackupVaultArn": vault,
                "Lifecycle": {"DeleteAfterDays": 14},
            }
        ],
        "weekly": [],
        "monthly": [],
    }


def test_the_vault_of_copies_has_a_key_and_a_lock_of_its_region(deploy: Deploy):
    made = deploy(backups(protection=PROD))

    vault, lock = made.named(VAULT)["backups-copies-vault"], made.named(LOCK)["backups-copies-vault-lock"]
    assert (vault["region"], vault["kmsKeyArn"], lock["region"]) == (DR_REGION, "arn:dr-key", DR_REGION)


def test_no_copies_need_no_vault(deploy: Deploy):
    assert list(deploy(backups(replace(MOST, dr_days=0))).named(VAULT)) == ["backups-vault"]


def test_copies_need_a_place(deploy: Deploy):
    with pytest.raises(pulumi.RunError, match="clubapp-dev: copies of backups need a region and a key in it"):
        deploy(backups(MOST, dr=None))


def test_a_store_is_backed_up_that_has_all_tags(apply: Apply):
    applied = apply(on_moto(own_prefix()))
    backup, plan = applied.scene.aws("backup"), applied.made["backups-plan"].id
    (listed,) = backup.list_backup_selections(BackupPlanId=plan)["BackupSelectionsList"]

    found = backup.get_backup_selection(BackupPlanId=plan, SelectionId=listed["SelectionId"])

    wanted = found["BackupSelection"]
    assert wanted["Resources"] == ["*"]
    assert wanted["Conditions"]["StringEquals"] == [
        {"ConditionKey": f"aws:ResourceTag/{key}", "ConditionValue": value} for key, value in TAGS.items()
    ]
    assert wanted["IamRoleArn"] == applied.made["backups-role"].outputs["arn"]


@pytest.mark.parametrize("buckets", [False, True])
def test_the_role_has_the_policies_that_aws_made_for_what_is_copied(apply: Apply, buckets: bool):
    applied = apply(on_moto(own_prefix(), buckets=buckets))
    iam, role = applied.scene.aws("iam"), applied.made["backups-role"].outputs["name"]

    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]

    names = {one["PolicyName"].removeprefix("AWSBackupServiceRolePolicyFor") for one in attached}
    assert names == {"Backup", "Restores", *({"S3Backup", "S3Restore"} if buckets else ())}
    for one in attached:
        iam.get_policy(PolicyArn=one["PolicyArn"])


@pytest.mark.parametrize(
    ("days", "schedule"), [(7, "cron(0 6 ? * MON *)"), (30, "cron(0 6 2 * ? *)"), (27, "cron(0 6 ? * MON *)")]
)
def test_backups_are_tested_as_often_as_the_row_says(deploy: Deploy, days: int, schedule: str):
    made = deploy(backups(replace(MOST, test_every_days=days))).named(TESTS)["backups-tests"]

    assert made["scheduleExpression"] == schedule


def test_no_days_between_tests_are_no_tests(deploy: Deploy):
    made = deploy(backups(LEAST))

    assert (made.named(TESTS), made.named(SELECTION)) == ({}, {})


def test_each_kind_of_store_is_restored_from_the_vault(apply: Apply):
    prefix = own_prefix()
    applied = apply(on_moto(prefix))
    backup, name = applied.scene.aws("backup"), f"{prefix}-backups".replace("-", "_")

    plan = backup.get_restore_testing_plan(RestoreTestingPlanName=name)["RestoreTestingPlan"]
    selections = backup.list_restore_testing_selections(RestoreTestingPlanName=name)["RestoreTestingSelections"]

    assert plan["RecoveryPointSelection"]["IncludeVaults"] == [applied.made["backups-vault"].outputs["arn"]]
    assert {one["ProtectedResourceType"] for one in selections} == {"RDS", "DynamoDB"}


def test_a_test_restores_only_what_is_the_stacks_own(deploy: Deploy):
    made = deploy(backups()).named(SELECTION)

    assert [one["protectedResourceConditions"]["stringEquals"] for one in made.values()] == [
        [{"key": f"aws:ResourceTag/{key}", "value": value} for key, value in TAGS.items()]
    ] * 2


def test_failures_and_tests_are_told(apply: Apply):
    prefix = own_prefix()
    applied = apply(on_moto(prefix))

    told = applied.scene.aws("backup").get_backup_vault_notifications(BackupVaultName=f"{prefix}-backups")

    assert told["SNSTopicArn"] == applied.made["told"].outputs["arn"]
    assert set(told["BackupVaultEvents"]) == {"BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"}


def test_nobody_of_another_account_reads_a_vault_or_writes_to_it(apply: Apply):
    prefix = own_prefix()
    backup = apply(on_moto(prefix)).scene.aws("backup")

    (statement,) = json.loads(backup.get_backup_vault_access_policy(BackupVaultName=f"{prefix}-backups")["Policy"])[
        "Statement"
    ]

    assert (statement["Effect"], statement["Principal"]) == ("Deny", "*")
    assert statement["Condition"] == {"StringNotEquals": {"aws:PrincipalAccount": "123456789012"}}
