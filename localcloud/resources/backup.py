"""AWS Backup: vaults, what hangs on them, plans and selections."""

from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.documents import same_document
from localcloud.resource import AutoName, ResourceType
from localcloud.resources import backup_testing
from localcloud.resources.backup_rules import (
    lock_rules,
    notification_rules,
    plan_rules,
    selection_rules,
    selects_something,
    vault_rules,
)
from localcloud.resources.backup_shape import (
    conditions_from_aws,
    conditions_to_aws,
    plan_from_aws,
    plan_to_aws,
    same_rules,
)
from localcloud.resources.policy_rules import document_rule
from localcloud.tags import tag_change
from localcloud.wire import Props


def retag(cloud: Cloud, arn: str, olds: Props, news: Props) -> None:
    """Change the tags of what AWS Backup keeps."""
    aws, tags = cloud.aws("backup"), tag_change(olds, news)
    if tags.gone:
        aws.untag_resource(ResourceArn=arn, TagKeyList=tags.gone)
    if tags.put:
        aws.tag_resource(ResourceArn=arn, Tags=tags.put)


def tags_of(cloud: Cloud, arn: str) -> Props:
    """Give the tags of what AWS Backup keeps."""
    return cloud.aws("backup").list_tags(ResourceArn=arn)["Tags"]


# Vaults


def _vault(cloud: Cloud, name: str) -> dict[str, Any] | None:
    aws = cloud.aws("backup")
    try:
        return aws.describe_backup_vault(BackupVaultName=name)
    except aws.exceptions.ResourceNotFoundException:
        return None


def _create_vault(cloud: Cloud, inputs: Props) -> str:
    key = {"EncryptionKeyArn": inputs["kmsKeyArn"]} if "kmsKeyArn" in inputs else {}
    cloud.aws("backup").create_backup_vault(
        BackupVaultName=inputs["name"], BackupVaultTags=inputs.get("tags", {}), **key
    )
    return inputs["name"]


def _read_vault(cloud: Cloud, id_: str) -> Props | None:
    vault = _vault(cloud, id_)
    if vault is None:
        return None
    points = cloud.aws("backup").list_recovery_points_by_backup_vault(BackupVaultName=id_)["RecoveryPoints"]
    key = {"kmsKeyArn": vault["EncryptionKeyArn"]} if "EncryptionKeyArn" in vault else {}
    return {
        "arn": vault["BackupVaultArn"],
        "name": id_,
        "recoveryPoints": len(points),
        "tags": tags_of(cloud, vault["BackupVaultArn"]),
        **key,
    }


def _update_vault(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    retag(cloud, cloud.arn("backup", f"backup-vault:{id_}"), olds, news)


def _delete_vault(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("backup")
    if _vault(cloud, id_) is None:
        return
    if state.get("forceDestroy"):
        for point in aws.list_recovery_points_by_backup_vault(BackupVaultName=id_)["RecoveryPoints"]:
            aws.delete_recovery_point(BackupVaultName=id_, RecoveryPointArn=point["RecoveryPointArn"])
    aws.delete_backup_vault(BackupVaultName=id_)


VAULT: Final = ResourceType(
    type="aws:backup/vault:Vault",
    create=_create_vault,
    read=_read_vault,
    update=_update_vault,
    delete=_delete_vault,
    applied=frozenset({"name", "kmsKeyArn", "tags"}),
    steering=frozenset({"forceDestroy"}),
    outputs=frozenset({"arn", "recoveryPoints", "kmsKeyArn"}),
    replace=frozenset({"name", "kmsKeyArn"}),
    sticky=frozenset({"kmsKeyArn"}),
    defaults={"forceDestroy": False},
    name=AutoName(property="name", max_length=50),
    rules=(vault_rules,),
    not_imitated="plans never run: recovery points come from StartBackupJob only, which ends at once; without "
    "kmsKeyArn no key is shown, where AWS shows its own",
)


# A vault's lock


def _create_lock(cloud: Cloud, inputs: Props) -> str:
    said = {
        theirs: inputs[ours]
        for ours, theirs in (
            ("minRetentionDays", "MinRetentionDays"),
            ("maxRetentionDays", "MaxRetentionDays"),
            ("changeableForDays", "ChangeableForDays"),
        )
        if inputs.get(ours)
    }
    name = inputs["backupVaultName"]
    cloud.aws("backup").put_backup_vault_lock_configuration(BackupVaultName=name, **said)
    return name


def _read_lock(cloud: Cloud, id_: str) -> Props | None:
    vault = _vault(cloud, id_)
    if vault is None or not vault.get("Locked"):
        return None
    days = {
        ours: vault[theirs]
        for ours, theirs in (("minRetentionDays", "MinRetentionDays"), ("maxRetentionDays", "MaxRetentionDays"))
        if vault.get(theirs)
    }
    return {"backupVaultName": id_, "backupVaultArn": vault["BackupVaultArn"], **days}


def _delete_lock(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_lock(cloud, id_):
        cloud.aws("backup").delete_backup_vault_lock_configuration(BackupVaultName=id_)


VAULT_LOCK: Final = ResourceType(
    type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    create=_create_lock,
    read=_read_lock,
    delete=_delete_lock,
    applied=frozenset({"backupVaultName", "minRetentionDays", "maxRetentionDays"}),
    remembered=frozenset({"changeableForDays"}),
    required=frozenset({"backupVaultName"}),
    outputs=frozenset({"backupVaultArn"}),
    rules=(lock_rules,),
    not_imitated="time: the grace of a compliance lock never runs out here",
)


# A vault's policy


def _put_policy(cloud: Cloud, inputs: Props) -> str:
    name = inputs["backupVaultName"]
    cloud.aws("backup").put_backup_vault_access_policy(BackupVaultName=name, Policy=inputs["policy"])
    return name


def _read_policy(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("backup")
    try:
        found = aws.get_backup_vault_access_policy(BackupVaultName=id_)
    except aws.exceptions.ResourceNotFoundException:
        return None
    return {"backupVaultName": id_, "backupVaultArn": found["BackupVaultArn"], "policy": found["Policy"]}


def _update_policy(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _put_policy(cloud, news)


def _delete_policy(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_policy(cloud, id_):
        cloud.aws("backup").delete_backup_vault_access_policy(BackupVaultName=id_)


VAULT_POLICY: Final = ResourceType(
    type="aws:backup/vaultPolicy:VaultPolicy",
    create=_put_policy,
    read=_read_policy,
    update=_update_policy,
    delete=_delete_policy,
    applied=frozenset({"backupVaultName", "policy"}),
    required=frozenset({"backupVaultName", "policy"}),
    outputs=frozenset({"backupVaultArn"}),
    replace=frozenset({"backupVaultName"}),
    rules=(document_rule("policy"),),
    same={"policy": same_document},
    not_imitated="policies are not enforced",
)


# A vault's notifications


def _create_notifications(cloud: Cloud, inputs: Props) -> str:
    name = inputs["backupVaultName"]
    cloud.aws("backup").put_backup_vault_notifications(
        BackupVaultName=name, SNSTopicArn=inputs["snsTopicArn"], BackupVaultEvents=inputs["backupVaultEvents"]
    )
    return name


def _read_notifications(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("backup")
    try:
        found = aws.get_backup_vault_notifications(BackupVaultName=id_)
    except aws.exceptions.ResourceNotFoundException:
        return None
    return {
        "backupVaultName": id_,
        "backupVaultArn": found["BackupVaultArn"],
        "snsTopicArn": found["SNSTopicArn"],
        "backupVaultEvents": found["BackupVaultEvents"],
    }


def _delete_notifications(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_notifications(cloud, id_):
        cloud.aws("backup").delete_backup_vault_notifications(BackupVaultName=id_)


VAULT_NOTIFICATIONS: Final = ResourceType(
    type="aws:backup/vaultNotifications:VaultNotifications",
    create=_create_notifications,
    read=_read_notifications,
    delete=_delete_notifications,
    applied=frozenset({"backupVaultName", "snsTopicArn", "backupVaultEvents"}),
    required=frozenset({"backupVaultName", "snsTopicArn", "backupVaultEvents"}),
    outputs=frozenset({"backupVaultArn"}),
    rules=(notification_rules,),
    not_imitated="nothing is ever sent",
)


# Plans


def _create_plan(cloud: Cloud, inputs: Props) -> str:
    made = cloud.aws("backup").create_backup_plan(BackupPlan=plan_to_aws(inputs), BackupPlanTags=inputs.get("tags", {}))
    return made["BackupPlanId"]


def _read_plan(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("backup")
    try:
        found = aws.get_backup_plan(BackupPlanId=id_)
    except aws.exceptions.ResourceNotFoundException:
        return None
    return {
        "arn": found["BackupPlanArn"],
        "version": found["VersionId"],
        "tags": tags_of(cloud, found["BackupPlanArn"]),
        **plan_from_aws(found["BackupPlan"]),
    }


def _update_plan(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if any(olds.get(key) != news.get(key) for key in ("rules", "advancedBackupSettings")):
        cloud.aws("backup").update_backup_plan(BackupPlanId=id_, BackupPlan=plan_to_aws(news))
    retag(cloud, cloud.arn("backup", f"backup-plan:{id_}"), olds, news)


def _delete_plan(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_plan(cloud, id_):
        cloud.aws("backup").delete_backup_plan(BackupPlanId=id_)


PLAN: Final = ResourceType(
    type="aws:backup/plan:Plan",
    create=_create_plan,
    read=_read_plan,
    update=_update_plan,
    delete=_delete_plan,
    applied=frozenset({"name", "rules", "advancedBackupSettings", "tags"}),
    required=frozenset({"rules"}),
    outputs=frozenset({"arn", "version"}),
    replace=frozenset({"name"}),
    name=AutoName(property="name", max_length=50),
    rules=(plan_rules,),
    same={"rules": same_rules},
    not_imitated="plans never run; malware scans",
)


# Selections


def _create_selection(cloud: Cloud, inputs: Props) -> str:
    selection: Props = {"SelectionName": inputs["name"], "IamRoleArn": inputs["iamRoleArn"]}
    for ours, theirs in (("resources", "Resources"), ("notResources", "NotResources")):
        if inputs.get(ours):
            selection[theirs] = inputs[ours]
    if tags := inputs.get("selectionTags"):
        selection["ListOfTags"] = [
            {"ConditionType": one["type"], "ConditionKey": one["key"], "ConditionValue": one["value"]} for one in tags
        ]
    if conditions := inputs.get("conditions"):
        selection["Conditions"] = conditions_to_aws(conditions)
    plan = inputs["planId"]
    made = cloud.aws("backup").create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    return f"{plan}|{made['SelectionId']}"


def _read_selection(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("backup")
    plan, _, selection = id_.partition("|")
    try:
        found = aws.get_backup_selection(BackupPlanId=plan, SelectionId=selection)["BackupSelection"]
    except aws.exceptions.ResourceNotFoundException:
        return None
    return {
        "planId": plan,
        "name": found["SelectionName"],
        "iamRoleArn": found["IamRoleArn"],
        "resources": found.get("Resources", []),
        "notResources": found.get("NotResources", []),
        "selectionTags": [
            {"type": one["ConditionType"], "key": one["ConditionKey"], "value": one["ConditionValue"]}
            for one in found.get("ListOfTags", [])
        ],
        "conditions": conditions_from_aws(found.get("Conditions", {})),
    }


def _delete_selection(cloud: Cloud, id_: str, __: Props) -> None:
    if _read_selection(cloud, id_):
        plan, _, selection = id_.partition("|")
        cloud.aws("backup").delete_backup_selection(BackupPlanId=plan, SelectionId=selection)


def _same_conditions(one: list[Props], other: list[Props]) -> bool:
    return conditions_to_aws(one) == conditions_to_aws(other)


SELECTION: Final = ResourceType(
    type="aws:backup/selection:Selection",
    create=_create_selection,
    read=_read_selection,
    delete=_delete_selection,
    applied=frozenset({"name", "planId", "iamRoleArn", "resources", "notResources", "selectionTags", "conditions"}),
    required=frozenset({"planId", "iamRoleArn"}),
    name=AutoName(property="name", max_length=50),
    rules=(selection_rules, selects_something),
    same={"conditions": _same_conditions},
    not_imitated="nothing is ever backed up by it",
)


TYPES: Final = (VAULT, VAULT_LOCK, VAULT_POLICY, VAULT_NOTIFICATIONS, PLAN, SELECTION, *backup_testing.TYPES)
