"""What AWS Backup refuses, and what a vault's lock and its recovery points hold back."""

import time
from typing import Any

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.cloud import ACCOUNT
from localcloud.resources.backup import PLAN, SELECTION, VAULT, VAULT_LOCK, VAULT_NOTIFICATIONS, VAULT_POLICY
from localcloud.resources.backup_testing import RESTORE_TESTING_PLAN, RESTORE_TESTING_SELECTION
from localcloud.resources.kms import KEY
from localcloud.wire import UNKNOWN, Props
from tests.localcloud.lives.backup import drilled, plan, role, rule, vault
from tests.localcloud.scene import Scene

DATABASE = f"arn:aws:rds:eu-central-1:{ACCOUNT}:db:orders"
PLAN_RULES = {
    "cron of five fields": ({"schedule": "cron(0 3 * * ?)"}, "cron takes 6 fields"),
    "cron of two stars": ({"schedule": "cron(0 3 * * * *)"}, "exactly one of day of month and day of week must be ?"),
    "hour 24": ({"schedule": "cron(0 24 * * ? *)"}, "the hours must lie between 0 and 23, got 24"),
    "month 13": ({"schedule": "cron(0 3 1 13 ? *)"}, "the month must lie between 1 and 12, got 13"),
    "rate": ({"schedule": "rate(1 day)"}, "it must be one of cron(...)"),
    "zone": ({"scheduleExpressionTimezone": "Berlin"}, "Invalid timezone Berlin"),
    "start window": ({"startWindow": 30}, "start window. It must be at least 60 minutes, got 30"),
    "completion window": (
        {"startWindow": 180, "completionWindow": 200},
        "60 minutes longer than the start window of 180",
    ),
    "cold too long": (
        {"lifecycle": {"coldStorageAfter": 30, "deleteAfter": 119}},
        "DeleteAfterDays cannot be less than 90 days apart from MoveToColdStorageAfterDays: 30 asks for 120",
    ),
    "for ever and a day": ({"lifecycle": {"deleteAfter": 36501}}, "less than 1 or more than 36500 days, got 36501"),
    "continuous for 36 days": (
        {"enableContinuousBackup": True, "lifecycle": {"deleteAfter": 36}},
        "more than 35 days for continuous backups, got 36",
    ),
    "continuous for ever": ({"enableContinuousBackup": True}, "more than 35 days for continuous backups, got none"),
    "continuous and cold": (
        {"enableContinuousBackup": True, "lifecycle": {"coldStorageAfter": 1, "deleteAfter": 30}},
        "MoveToColdStorageAfterDays is unavailable",
    ),
    "copy to a name": ({"copyActions": [{"destinationVaultArn": "copies"}]}, "Invalid destination backup vault ARN"),
    "copy too cold": (
        {
            "copyActions": [
                {
                    "destinationVaultArn": "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies",
                    "lifecycle": {"coldStorageAfter": 7, "deleteAfter": 90},
                }
            ]
        },
        "7 asks for 97 or more, got 90",
    ),
    "rule name": ({"ruleName": "every day"}, "Invalid rule name"),
}
GOOD_RULES: dict[str, Props] = {
    "barely cold": {"lifecycle": {"coldStorageAfter": 30, "deleteAfter": 120}},
    "no cold storage": {"lifecycle": {"coldStorageAfter": 0, "deleteAfter": 7}},
    "cold for ever": {"lifecycle": {"coldStorageAfter": 30}},
    "point in time": {"enableContinuousBackup": True, "lifecycle": {"deleteAfter": 35}},
    "second Tuesday": {"schedule": "cron(0/30 3-5 ? JAN,JUL TUE#2 *)"},
    "last weekday": {"schedule": "cron(0 3 LW * ? 2027-2030)"},
}
LOCKS = {
    "grace of two days": ({"changeableForDays": 2}, "ChangeableForDays must be 3 or more"),
    "no days": ({"minRetentionDays": 0}, "MinRetentionDays must lie between 1 and 36500, got 0"),
    "upside down": (
        {"minRetentionDays": 30, "maxRetentionDays": 7},
        "MinRetentionDays must be at most MaxRetentionDays, got 30 and 7",
    ),
}
TESTING_PLANS = {
    "hyphen": ({"name": "weekly-drill"}, "without hyphens, got 'weekly-drill'"),
    "schedule": ({"scheduleExpression": "rate(7 days)"}, "it must be one of cron(...)"),
    "window": ({"startWindowHours": 169}, "startWindowHours must lie between 1 and 168, got 169"),
    "algorithm": ({"algorithm": "OLDEST"}, "algorithm must be LATEST_WITHIN_WINDOW or RANDOM_WITHIN_WINDOW"),
    "types": ({"recoveryPointTypes": ["COLD"]}, "recoveryPointTypes must be of CONTINUOUS and SNAPSHOT, got COLD"),
    "a year and a day": ({"selectionWindowDays": 366}, "selectionWindowDays must lie between 1 and 365, got 366"),
    "all and one": ({"includeVaults": ["*", "arn"]}, "includeVaults must be ARNs of vaults, or * alone"),
}


def _said(failures: list[str], text: str) -> list[str]:
    return [failure for failure in failures if text in failure]


def _backup(scene: Scene, name: str, **more: Any) -> Any:
    return scene.aws("backup").start_backup_job(
        BackupVaultName=name, ResourceArn=DATABASE, IamRoleArn="arn:aws:iam::123456789012:role/backup", **more
    )


@pytest.mark.parametrize(("change", "said"), PLAN_RULES.values(), ids=PLAN_RULES)
def test_a_rule_that_aws_would_refuse_is_refused(scene: Scene, change: Props, said: str):
    _, failures = scene.check(PLAN.type, "stores", {"rules": [rule("v", **change)]})

    assert _said(failures, said)


@pytest.mark.parametrize("change", GOOD_RULES.values(), ids=GOOD_RULES)
def test_a_rule_that_aws_takes_is_accepted(scene: Scene, change: Props):
    _, failures = scene.check(PLAN.type, "stores", {"rules": [rule("v", **change)]})

    assert failures == []


def test_a_rule_is_judged_before_its_vault_exists(scene: Scene):
    _, failures = scene.check(PLAN.type, "stores", {"rules": [rule(UNKNOWN, startWindow=1)]})

    assert _said(failures, "It must be at least 60 minutes, got 1")


def test_advanced_settings_are_for_windows_on_ec2(scene: Scene):
    settings = [{"resourceType": "RDS", "backupOptions": {"WindowsVSS": "enabled"}}]

    _, failures = scene.check(PLAN.type, "stores", {"rules": [rule("v")], "advancedBackupSettings": settings})

    assert _said(failures, "advancedBackupSettings are for EC2 and its option WindowsVSS only, got RDS")


def test_boto3_gets_the_same_refusal(scene: Scene):
    name = vault(scene)
    lifecycle = {"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 60}
    document = {
        "BackupPlanName": "cold",
        "Rules": [{"RuleName": "r", "TargetBackupVaultName": name, "Lifecycle": lifecycle}],
    }

    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*30 asks for 120 or more, got 60"):
        scene.aws("backup").create_backup_plan(BackupPlan=document)


def test_a_plan_needs_a_vault_that_exists(scene: Scene):
    with pytest.raises(grpc.RpcError, match="Backup vault nowhere does not exist in eu-central-1"):
        scene.make(PLAN.type, "stores", {"rules": [rule("nowhere")]})


def test_a_plan_with_a_selection_cannot_be_deleted(scene: Scene):
    made = scene.make(PLAN.type, "stores", {"rules": [rule(vault(scene))]})
    scene.make(SELECTION.type, "stores", {"planId": made.id, "iamRoleArn": role(scene), "resources": ["*"]})

    with pytest.raises(grpc.RpcError, match="selections must be deleted prior to backup plan deletion"):
        scene.delete(made)


def test_a_plan_of_a_deleted_name_may_come_again(scene: Scene):
    inputs = {"name": "stores-again", "rules": [rule(vault(scene))]}
    first = scene.make(PLAN.type, "stores", inputs)
    scene.delete(first)

    second = scene.make(PLAN.type, "stores", inputs)

    assert second.id != first.id


def test_a_selection_needs_a_role_that_aws_backup_may_take(scene: Scene):
    inputs = {"planId": plan(scene), "iamRoleArn": role(scene, "ec2.amazonaws.com"), "resources": ["*"]}

    with pytest.raises(grpc.RpcError, match="cannot be assumed by AWS Backup"):
        scene.make(SELECTION.type, "stores", inputs)


def test_a_selection_must_select_something(scene: Scene):
    _, failures = scene.check(SELECTION.type, "stores", {"planId": "p", "iamRoleArn": "r"})

    assert _said(failures, "a selection needs resources, notResources, selectionTags or conditions")


def test_a_condition_is_on_a_tag_of_the_resource(scene: Scene):
    conditions = [{"stringLikes": [{"key": "environment", "value": "prod*"}]}]

    _, failures = scene.check(SELECTION.type, "s", {"planId": "p", "iamRoleArn": "r", "conditions": conditions})

    assert _said(failures, "the key of a condition must begin with aws:ResourceTag/, got environment")


# Vaults


def test_a_vault_with_recovery_points_cannot_be_deleted(scene: Scene):
    made = scene.make(VAULT.type, "stores", {})
    _backup(scene, made.id)

    with pytest.raises(grpc.RpcError, match="cannot be deleted because it contains recovery points"):
        scene.delete(made)


def test_force_destroy_deletes_the_recovery_points_first(scene: Scene):
    made = scene.make(VAULT.type, "stores", {"forceDestroy": True})
    _backup(scene, made.id)
    scene.delete(made)

    assert scene.read(made) is None


def test_a_refresh_counts_the_recovery_points(scene: Scene):
    made = scene.make(VAULT.type, "stores", {})
    _backup(scene, made.id)

    found = scene.read(made)

    assert found
    assert (found.inputs, found.outputs["recoveryPoints"]) == (made.inputs, 1)


def test_a_vault_needs_a_key_of_its_own_region(scene: Scene):
    key = scene.make(KEY.type, "backups", {}).outputs["arn"]

    with pytest.raises(grpc.RpcError, match="does not exist in eu-west-1, or is not enabled"):
        scene.make(VAULT.type, "copies", {"kmsKeyArn": key, "region": "eu-west-1"})


def test_vault_and_key_live_in_the_other_region(scene: Scene):
    key = scene.make(KEY.type, "copies", {"region": "eu-west-1"}).outputs["arn"]
    made = scene.make(VAULT.type, "copies", {"kmsKeyArn": key, "region": "eu-west-1"})

    here = [one["BackupVaultName"] for one in scene.aws("backup").list_backup_vaults()["BackupVaultList"]]

    assert made.id not in here
    assert made.outputs["arn"] == f"arn:aws:backup:eu-west-1:{ACCOUNT}:backup-vault:{made.id}"
    assert scene.read(made) == made


@pytest.mark.parametrize("name", ["x", "a b", "v" * 51, "stores.copies"])
def test_a_vault_has_a_name_that_aws_takes(scene: Scene, name: str):
    _, failures = scene.check(VAULT.type, "stores", {"name": name})

    assert _said(failures, "name must consist of 2 to 50 letters")


# Locks


@pytest.mark.parametrize(("change", "said"), LOCKS.values(), ids=LOCKS)
def test_a_lock_that_aws_would_refuse_is_refused(scene: Scene, change: Props, said: str):
    _, failures = scene.check(VAULT_LOCK.type, "stores", {"backupVaultName": "v", **change})

    assert _said(failures, said)


def test_a_governance_lock_can_be_taken_away(scene: Scene):
    lock = scene.make(VAULT_LOCK.type, "stores", {"backupVaultName": vault(scene), "minRetentionDays": 7})
    scene.delete(lock)

    assert scene.read(lock) is None


def _expired(scene: Scene, name: str) -> None:
    """Let the grace of a compliance lock be over: nothing else does, as time does not pass here."""
    from moto.backup.models import backup_backends  # noqa: PLC0415  moto is heavy

    backup_backends[ACCOUNT][scene.region].vaults[name].lock_date = time.time() - 1


def test_a_compliance_lock_can_be_taken_away_within_its_grace(scene: Scene):
    lock = scene.make(VAULT_LOCK.type, "stores", {"backupVaultName": vault(scene), "changeableForDays": 3})
    scene.delete(lock)

    assert scene.read(lock) is None


def test_a_compliance_lock_is_for_ever_after_its_grace(scene: Scene):
    lock = scene.make(VAULT_LOCK.type, "stores", {"backupVaultName": vault(scene), "changeableForDays": 3})
    _expired(scene, lock.id)

    with pytest.raises(grpc.RpcError, match="Vault Lock configuration is immutable and cannot be deleted"):
        scene.delete(lock)


def test_a_backup_shorter_than_the_lock_fails(scene: Scene):
    lock = scene.make(VAULT_LOCK.type, "stores", {"backupVaultName": vault(scene), "minRetentionDays": 7})
    job = _backup(scene, lock.id, Lifecycle={"DeleteAfterDays": 3})["BackupJobId"]

    found = scene.aws("backup").describe_backup_job(BackupJobId=job)

    assert (found["State"], "shorter than the vault's minimum of 7" in found["StatusMessage"]) == ("FAILED", True)


def test_a_lock_keeps_recovery_points(scene: Scene):
    lock = scene.make(VAULT_LOCK.type, "stores", {"backupVaultName": vault(scene), "minRetentionDays": 7})
    point = _backup(scene, lock.id, Lifecycle={"DeleteAfterDays": 7})["RecoveryPointArn"]

    with pytest.raises(ClientError, match=r"InvalidRequestException.*is locked"):
        scene.aws("backup").delete_recovery_point(BackupVaultName=lock.id, RecoveryPointArn=point)


# What hangs on a vault


def test_notifications_are_of_events_that_exist(scene: Scene):
    inputs = {"backupVaultName": "v", "snsTopicArn": "t", "backupVaultEvents": ["BACKUP_DONE"]}

    _, failures = scene.check(VAULT_NOTIFICATIONS.type, "stores", inputs)

    assert _said(failures, "got BACKUP_DONE")


def test_notifications_need_a_topic_that_exists(scene: Scene):
    topic = f"arn:aws:sns:eu-central-1:{ACCOUNT}:nowhere"
    inputs = {"backupVaultName": vault(scene), "snsTopicArn": topic, "backupVaultEvents": ["COPY_JOB_FAILED"]}

    with pytest.raises(grpc.RpcError, match=f"The SNS topic {topic} does not exist"):
        scene.make(VAULT_NOTIFICATIONS.type, "stores", inputs)


def test_a_policy_names_whom_it_is_for(scene: Scene):
    policy = '{"Statement": [{"Effect": "Deny", "Action": "backup:*", "Resource": "*"}]}'

    _, failures = scene.check(VAULT_POLICY.type, "stores", {"backupVaultName": "v", "policy": policy})

    assert _said(failures, "must have either Principal or NotPrincipal")


# Restore testing


@pytest.mark.parametrize(("change", "said"), TESTING_PLANS.values(), ids=TESTING_PLANS)
def test_a_restore_testing_plan_that_aws_would_refuse_is_refused(scene: Scene, change: Props, said: str):
    selection = {"algorithm": "LATEST_WITHIN_WINDOW", "includeVaults": ["*"], "recoveryPointTypes": ["SNAPSHOT"]}
    outer = {"name": "drill", "scheduleExpression": "cron(0 5 ? * MON *)"}
    inputs: Props = {
        **outer,
        **{key: value for key, value in change.items() if key not in selection and key != "selectionWindowDays"},
        "recoveryPointSelection": {
            **selection,
            **{key: value for key, value in change.items() if key in selection or key == "selectionWindowDays"},
        },
    }

    _, failures = scene.check(RESTORE_TESTING_PLAN.type, "drill", inputs)

    assert _said(failures, said)


def test_a_restore_testing_plan_without_a_name_is_told_to_have_one(scene: Scene):
    selection = {"algorithm": "LATEST_WITHIN_WINDOW", "includeVaults": ["*"], "recoveryPointTypes": ["SNAPSHOT"]}
    inputs = {"scheduleExpression": "cron(0 5 ? * MON *)", "recoveryPointSelection": selection}

    _, failures = scene.check(RESTORE_TESTING_PLAN.type, "drill", inputs)

    assert _said(failures, "name must be given: 1 to 50 letters, numbers and underscores")


@pytest.mark.parametrize(
    ("arns", "accepted"), [(["*"], True), ([DATABASE], False)], ids=["with every ARN", "with one ARN"]
)
def test_conditions_choose_among_all_and_not_beside_one(scene: Scene, arns: list[str], accepted: bool):
    conditions = {"stringEquals": [{"key": "aws:ResourceTag/drill", "value": "yes"}]}
    inputs = {
        "name": "databases",
        "restoreTestingPlanName": "drill",
        "iamRoleArn": "r",
        "protectedResourceType": "RDS",
        "protectedResourceArns": arns,
        "protectedResourceConditions": conditions,
    }

    _, failures = scene.check(RESTORE_TESTING_SELECTION.type, "databases", inputs)

    assert (failures == []) is accepted


def test_a_restore_testing_plan_with_selections_cannot_be_deleted(scene: Scene):
    inputs = drilled(scene)
    scene.make(RESTORE_TESTING_SELECTION.type, "databases", inputs)

    with pytest.raises(ClientError, match="has selections: delete them before it"):
        scene.aws("backup").delete_restore_testing_plan(RestoreTestingPlanName=inputs["restoreTestingPlanName"])


def test_an_unknown_type_to_restore_is_refused(scene: Scene):
    inputs = {"name": "d", "restoreTestingPlanName": "p", "iamRoleArn": "r", "protectedResourceType": "Redis"}

    _, failures = scene.check(RESTORE_TESTING_SELECTION.type, "databases", inputs)

    assert _said(failures, "got Redis")
