"""AWS Backup: snapshots of every store that it can copy, in a vault of their own, in two regions, and tests of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

from components.place import Account, DrPlace
from components.roles import service_role
from sizes.protection import Protection
from sizes.recovery import Recovery

DAILY: Final = "cron(0 3 * * ? *)"
"""UTC, an hour after the stores' own backups began."""
WEEKLY: Final = "cron(0 3 ? * SUN *)"
MONTHLY: Final = "cron(0 3 1 * ? *)"
START_MINUTES: Final = 60
COMPLETE_MINUTES: Final = 720
BACKED_UP: Final[Mapping[str, str]] = {"backup": "plan"}
"""The tag of what the plan selects, where it can be copied at all."""
NOT_BACKED_UP: Final[Mapping[str, str]] = {"backup": "none"}
"""The tag of a copy that can be made again: AWS Backup takes snapshots of read replicas too, and each is paid for."""
SERVICE_POLICIES: Final = (
    "service-role/AWSBackupServiceRolePolicyForBackup",
    "service-role/AWSBackupServiceRolePolicyForRestores",
)
BUCKET_POLICIES: Final = ("AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore")
"""AWS's policies for the others know nothing of buckets."""
KEEP_RESTORED_HOURS: Final = 4
"""How long a restored copy is there to be looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupsArgs:
    """What the caller decides about backups."""

    recovery: Recovery
    protection: Protection
    prefix: str
    """What physical names begin with, such as `clubapp-dev`."""
    account: Account
    key_arn: Input[str]
    dr: DrPlace | None
    """Where copies go; only a recovery with `dr_days` needs it."""
    tags: dict[str, str]
    """What is backed up: every store that has all of these tags."""
    tested: Sequence[str]
    """What is restored in tests, in AWS Backup's words: `RDS`, `Aurora`, `DynamoDB`."""
    buckets: bool
    """Whether buckets are among the stores."""
    topic_arn: Input[str]
    irreversible: bool
    """Whether the lock of the vaults can never be taken off again, by nobody (compliance mode)."""


class Backups(pulumi.ComponentResource):
    """A plan by the phase, locked vaults where the environment protects, and restore tests."""

    vault_arn: Output[str]

    def __init__(self, name: str, args: BackupsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Backups", name, {}, opts)
        child = ResourceOptions(parent=self)
        vault = _vault(name, args, args.key_arn, args.account.region, self)
        copies = None
        if args.recovery.dr_days:
            if args.dr is None:
                raise pulumi.RunError(f"{args.prefix}: copies of backups need a region and a key in it")
            copies = _vault(f"{name}-copies", args, args.dr.key_arn, args.dr.region, self)
        role = _role(name, args, child)
        plan = aws.backup.Plan(
            f"{name}-plan",
            name=f"{args.prefix}-{name}",
            rules=list(_rules(args.recovery, vault, copies)),
            opts=child,
        )
        _select(name, args, plan, role, child)
        aws.backup.VaultNotifications(
            f"{name}-vault-notifications",
            backup_vault_name=vault.name,
            sns_topic_arn=args.topic_arn,
            backup_vault_events=["BACKUP_JOB_FAILED", "COPY_JOB_FAILED", "RESTORE_JOB_COMPLETED"],
            opts=child,
        )
        if args.recovery.test_every_days:
            _tests(name, args, vault, role, child)
        self.vault_arn = vault.arn
        self.register_outputs({"vault_arn": self.vault_arn})


def _vault(name: str, args: BackupsArgs, key_arn: Input[str], region: str, parent: pulumi.Resource) -> aws.backup.Vault:
    vault = aws.backup.Vault(
        f"{name}-vault",
        name=f"{args.prefix}-{name}",
        kms_key_arn=key_arn,
        region=region,
        force_destroy=not args.protection.deletion,
        opts=ResourceOptions(parent=parent, protect=args.protection.protect),
    )
    child = ResourceOptions(parent=parent)
    if args.protection.deletion:
        # Governance mode: who may do so can take it off. Three days are AWS's least before compliance mode holds.
        aws.backup.VaultLockConfiguration(
            f"{name}-vault-lock",
            backup_vault_name=vault.name,
            region=region,
            min_retention_days=1,
            changeable_for_days=3 if args.irreversible else None,
            opts=child,
        )
    aws.backup.VaultPolicy(
        f"{name}-vault-policy",
        backup_vault_name=vault.name,
        region=region,
        policy=Output.json_dumps(_nobody_else(args.account)),
        opts=child,
    )
    return vault


def _nobody_else(account: Account) -> dict[str, Any]:
    """Let nobody copy backups into the vault from another account, or read them there."""
    foreign = {"StringNotEquals": {"aws:PrincipalAccount": account.id}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": ["backup:CopyIntoBackupVault", "backup:StartRestoreJob"]}
    return {
        "Version": "2012-10-17",
        "Statement": [{"Sid": "NoOtherAccount", **deny, "Resource": "*", "Condition": foreign}],
    }


def _role(name: str, args: BackupsArgs, child: ResourceOptions) -> Output[str]:
    """Make the role that AWS Backup copies and restores as; give its ARN once it may."""
    policies = (*SERVICE_POLICIES, *(BUCKET_POLICIES if args.buckets else ()))
    role = service_role(f"{name}-role", "backup.amazonaws.com", "Lets AWS Backup copy and restore the stores", child)
    attached = [
        aws.iam.RolePolicyAttachment(
            f"{name}-role-{number}",
            role=role.name,
            policy_arn=Output.format("arn:{0}:iam::aws:policy/{1}", args.account.partition, policy),
            opts=child,
        ).id
        for number, policy in enumerate(policies, start=1)
    ]
    return Output.all(role.arn, *attached).apply(lambda known: known[0])


def _select(name: str, args: BackupsArgs, plan: aws.backup.Plan, role: Output[str], child: ResourceOptions) -> None:
    aws.backup.Selection(
        f"{name}-selection",
        name=f"{args.prefix}-{name}",
        plan_id=plan.id,
        iam_role_arn=role,
        # All of these tags, not one of them; each kind of store, those that are added later too.
        resources=["*"],
        conditions=[
            {"string_equals": [{"key": f"aws:ResourceTag/{tag}", "value": value} for tag, value in args.tags.items()]}
        ],
        opts=child,
    )


def _rules(
    recovery: Recovery, vault: aws.backup.Vault, copies: aws.backup.Vault | None
) -> Iterator[aws.backup.PlanRuleArgsDict]:
    """Give a rule for each interval; point-in-time recovery stays with the stores, which AWS Backup would take over."""
    for name, schedule, days in (
        ("daily", DAILY, recovery.daily_days),
        ("weekly", WEEKLY, recovery.weekly_days),
        ("monthly", MONTHLY, recovery.monthly_days),
    ):
        if not days:
            continue
        rule: aws.backup.PlanRuleArgsDict = {
            "rule_name": name,
            "target_vault_name": vault.name,
            "schedule": schedule,
            "start_window": START_MINUTES,
            "completion_window": COMPLETE_MINUTES,
            "lifecycle": {"delete_after": days},
        }
        if name == "daily" and copies:
            rule["copy_actions"] = [
                {"destination_vault_arn": copies.arn, "lifecycle": {"delete_after": recovery.dr_days}}
            ]
        yield rule


def _tests(name: str, args: BackupsArgs, vault: aws.backup.Vault, role: Output[str], child: ResourceOptions) -> None:
    """Restore the newest backup of each kind of store every so often; AWS deletes what was restored."""
    plan = aws.backup.RestoreTestingPlan(
        f"{name}-tests",
        name=f"{args.prefix}-{name}".replace("-", "_"),
        schedule_expression=_every(args.recovery.test_every_days),
        start_window_hours=1,
        recovery_point_selection={
            "algorithm": "LATEST_WITHIN_WINDOW",
            "include_vaults": [vault.arn],
            "recovery_point_types": ["SNAPSHOT"],
            "selection_window_days": max(1, min(365, args.recovery.daily_days)),
        },
        opts=child,
    )
    for kind in args.tested:
        aws.backup.RestoreTestingSelection(
            f"{name}-tests-{kind.lower()}",
            name=f"{args.prefix}-{kind}".replace("-", "_"),
            restore_testing_plan_name=plan.name,
            protected_resource_type=kind,
            iam_role_arn=role,
            protected_resource_conditions={
                "string_equals": [{"key": f"aws:ResourceTag/{tag}", "value": value} for tag, value in args.tags.items()]
            },
            validation_window_hours=KEEP_RESTORED_HOURS,
            opts=child,
        )


def _every(days: int) -> str:
    """Give the schedule that comes at least every so many days: a week or a month."""
    return "cron(0 6 ? * MON *)" if days < 28 else "cron(0 6 2 * ? *)"  # noqa: PLR2004 # the shortest month
