"""Lives of AWS Backup's types, and what they hang on."""

import json
import secrets
from typing import Any

from localcloud.documents import ROOT
from localcloud.resources.backup import PLAN, SELECTION, VAULT, VAULT_LOCK, VAULT_NOTIFICATIONS, VAULT_POLICY
from localcloud.resources.backup_testing import REGION_SETTINGS, RESTORE_TESTING_PLAN, RESTORE_TESTING_SELECTION
from localcloud.resources.iam import ROLE
from localcloud.resources.kms import KEY
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene


def unique(stem: str) -> str:
    return f"{stem}_{secrets.token_hex(4)}"


def vault(scene: Scene, **more: Any) -> str:
    """A vault's name."""
    return scene.make(VAULT.type, "stores", more).id


def role(scene: Scene, service: str = "backup.amazonaws.com") -> str:
    """The ARN of a role that *service* may take."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return scene.make(ROLE.type, "taker", {"assumeRolePolicy": document}).outputs["arn"]


def policy(action: str) -> str:
    statement = {"Effect": "Deny", "Principal": {"AWS": ROOT}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def rule(vault_name: str, **more: Any) -> Props:
    return {"ruleName": "daily", "targetVaultName": vault_name, "schedule": "cron(0 3 * * ? *)", **more}


def plan(scene: Scene) -> str:
    """A plan's id."""
    return scene.make(PLAN.type, "stores", {"rules": [rule(vault(scene))]}).id


def _topic(scene: Scene) -> str:
    return scene.aws("sns").create_topic(Name=unique("alarms"))["TopicArn"]


def _vault_inputs(scene: Scene) -> Props:
    key = scene.make(KEY.type, "backups", {"deletionWindowInDays": 7})
    return {"kmsKeyArn": key.outputs["arn"], "tags": {"owner": "clubapp"}}


def _full_rules(scene: Scene) -> Props:
    copy = {
        "destinationVaultArn": "arn:aws:backup:eu-west-1:123456789012:backup-vault:copies",
        "lifecycle": {"deleteAfter": 30},
    }
    name = vault(scene)
    daily = rule(
        name,
        scheduleExpressionTimezone="Europe/Berlin",
        startWindow=120,
        completionWindow=300,
        lifecycle={"coldStorageAfter": 30, "deleteAfter": 120},
        copyActions=[copy],
        recoveryPointTags={"made-by": "plan"},
    )
    steady = rule(name, ruleName="steady", enableContinuousBackup=True, lifecycle={"deleteAfter": 35})
    return {"rules": [daily, steady], "tags": {"owner": "clubapp"}}


def _selection(scene: Scene) -> Props:
    return {
        "planId": plan(scene),
        "iamRoleArn": role(scene),
        "resources": ["arn:aws:rds:*:*:db:*", "arn:aws:dynamodb:*:*:table/*"],
        "notResources": ["arn:aws:dynamodb:*:*:table/scratch"],
        "selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "yes"}],
        "conditions": [{"stringEquals": [{"key": "aws:ResourceTag/environment", "value": "prod"}]}],
    }


def _testing_plan(_: Scene) -> Props:
    return {
        "name": unique("drill"),
        "scheduleExpression": "cron(0 5 ? * MON *)",
        "recoveryPointSelection": {
            "algorithm": "LATEST_WITHIN_WINDOW",
            "includeVaults": ["*"],
            "recoveryPointTypes": ["SNAPSHOT", "CONTINUOUS"],
        },
        "tags": {"owner": "clubapp"},
    }


def drilled(scene: Scene) -> Props:
    return {
        "name": unique("databases"),
        "restoreTestingPlanName": scene.make(RESTORE_TESTING_PLAN.type, "drill", _testing_plan(scene)).id,
        "iamRoleArn": role(scene),
        "protectedResourceType": "RDS",
        "protectedResourceConditions": {"stringEquals": [{"key": "aws:ResourceTag/restore-drill", "value": "yes"}]},
        "restoreMetadataOverrides": {"multiAz": "false"},
        "validationWindowHours": 2,
    }


def _untag(scene: Scene, id_: str) -> None:
    scene.aws("backup").untag_resource(
        ResourceArn=f"arn:aws:backup:{scene.region}:123456789012:backup-vault:{id_}", TagKeyList=["owner"]
    )


def _loosen(scene: Scene, id_: str) -> None:
    scene.aws("backup").put_backup_vault_lock_configuration(BackupVaultName=id_, MinRetentionDays=1)


def _open_policy(scene: Scene, id_: str) -> None:
    scene.aws("backup").put_backup_vault_access_policy(BackupVaultName=id_, Policy=policy("backup:StartCopyJob"))


def _fewer_events(scene: Scene, id_: str) -> None:
    topic = scene.aws("backup").get_backup_vault_notifications(BackupVaultName=id_)["SNSTopicArn"]
    scene.aws("backup").put_backup_vault_notifications(
        BackupVaultName=id_, SNSTopicArn=topic, BackupVaultEvents=["COPY_JOB_FAILED"]
    )


def _fewer_rules(scene: Scene, id_: str) -> None:
    document = scene.aws("backup").get_backup_plan(BackupPlanId=id_)["BackupPlan"]
    for one in document["Rules"]:
        del one["RuleId"]
    document["Rules"].pop()
    scene.aws("backup").update_backup_plan(BackupPlanId=id_, BackupPlan=document)


def _rarer(scene: Scene, id_: str) -> None:
    scene.aws("backup").update_restore_testing_plan(
        RestoreTestingPlanName=id_, RestoreTestingPlan={"ScheduleExpression": "cron(0 5 1 * ? *)"}
    )


def _no_validation(scene: Scene, id_: str) -> None:
    name, _, plan_name = id_.partition(":")
    scene.aws("backup").update_restore_testing_selection(
        RestoreTestingPlanName=plan_name,
        RestoreTestingSelectionName=name,
        RestoreTestingSelection={"ValidationWindowHours": 0},
    )


def _opt_out(scene: Scene, _: str) -> None:
    scene.aws("backup").update_region_settings(ResourceTypeOptInPreference={"RDS": False})


LIVES = (
    Life(
        kind=VAULT,
        inputs=_vault_inputs,
        changed={"tags": {"owner": "b"}, "forceDestroy": True},
        replaced={"name": "other", "kmsKeyArn": "arn:aws:kms:eu-central-1:123456789012:key/other"},
        drift=_untag,
        drifted=frozenset({"tags"}),
    ),
    Life(
        kind=VAULT_LOCK,
        inputs=lambda scene: {
            "backupVaultName": vault(scene),
            "minRetentionDays": 7,
            "maxRetentionDays": 365,
            "changeableForDays": 3,
        },
        changed=None,
        replaced={"minRetentionDays": 8, "maxRetentionDays": 366, "changeableForDays": 4, "backupVaultName": "other"},
        drift=_loosen,
        drifted=frozenset({"minRetentionDays", "maxRetentionDays"}),
        importable=False,  # AWS tells when a lock is final, and not how many days that was from its beginning
    ),
    Life(
        kind=VAULT_POLICY,
        inputs=lambda scene: {"backupVaultName": vault(scene), "policy": policy("backup:DeleteRecoveryPoint")},
        changed={"policy": policy("backup:*")},
        replaced={"backupVaultName": "other"},
        drift=_open_policy,
        drifted=frozenset({"policy"}),
    ),
    Life(
        kind=VAULT_NOTIFICATIONS,
        inputs=lambda scene: {
            "backupVaultName": vault(scene),
            "snsTopicArn": _topic(scene),
            "backupVaultEvents": ["BACKUP_JOB_FAILED", "COPY_JOB_FAILED"],
        },
        changed=None,
        replaced={"snsTopicArn": "other", "backupVaultEvents": ["COPY_JOB_FAILED"], "backupVaultName": "other"},
        drift=_fewer_events,
        drifted=frozenset({"backupVaultEvents"}),
    ),
    Life(
        kind=PLAN,
        inputs=_full_rules,
        changed=lambda scene: {"rules": [rule(vault(scene), lifecycle={"deleteAfter": 14})], "tags": {"owner": "b"}},
        replaced={"name": "other"},
        drift=_fewer_rules,
        drifted=frozenset({"rules"}),
    ),
    Life(
        kind=SELECTION,
        inputs=_selection,
        changed=None,
        replaced={
            "name": "other",
            "planId": "other",
            "iamRoleArn": "other",
            "resources": ["*"],
            "notResources": [],
            "selectionTags": [],
            "conditions": [],
        },
    ),
    Life(
        kind=RESTORE_TESTING_PLAN,
        inputs=_testing_plan,
        changed={
            "scheduleExpression": "cron(0 6 1 * ? *)",
            "scheduleExpressionTimezone": "Europe/Berlin",
            "startWindowHours": 8,
            "recoveryPointSelection": {
                "algorithm": "RANDOM_WITHIN_WINDOW",
                "includeVaults": ["*"],
                "recoveryPointTypes": ["SNAPSHOT"],
                "selectionWindowDays": 7,
            },
            "tags": {"owner": "b"},
        },
        replaced={"name": "other"},
        drift=_rarer,
        drifted=frozenset({"scheduleExpression"}),
    ),
    Life(
        kind=RESTORE_TESTING_SELECTION,
        inputs=drilled,
        changed=lambda scene: {
            "iamRoleArn": role(scene),
            "protectedResourceConditions": {"stringNotEquals": [{"key": "aws:ResourceTag/drill", "value": "no"}]},
            "restoreMetadataOverrides": {"multiAz": "true"},
            "validationWindowHours": 4,
        },
        replaced={"name": "other", "restoreTestingPlanName": "other", "protectedResourceType": "Aurora"},
        drift=_no_validation,
        drifted=frozenset({"validationWindowHours"}),
    ),
    Life(
        kind=REGION_SETTINGS,
        inputs=lambda _: {"resourceTypeOptInPreference": {"RDS": True, "DynamoDB": True}},
        changed={
            "resourceTypeOptInPreference": {"RDS": True, "EFS": False},
            "resourceTypeManagementPreference": {"DynamoDB": True},
        },
        drift=_opt_out,
        drifted=frozenset({"resourceTypeOptInPreference"}),
        importable=False,  # an import finds every resource type, and the program names some
    ),
)
