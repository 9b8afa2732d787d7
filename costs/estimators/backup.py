"""AWS Backup: what a plan holds of each store in the vaults of two regions, and tests that restore it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from costs import assumed
from costs.amount import DAYS, HOURS, Amount
from costs.charge import Assumption, Gap, Item, Kind
from costs.estimators.aurora import storage_mode
from costs.estimators.bucket import BUCKET
from costs.estimators.postgres import AURORA, CLUSTER, INSTANCE, RDS, Home, home_of, storage_type, used_gib
from costs.estimators.table import TABLE
from costs.stack import Resource, Stack, UnknownValueError, block, blocks, number, text

PLAN: Final = "aws:backup/plan:Plan"
SELECTION: Final = "aws:backup/selection:Selection"
VAULT: Final = "aws:backup/vault:Vault"
TESTS: Final = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
TESTED: Final = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
SERVICE: Final = "backup"
TAG: Final = "aws:ResourceTag/"
SKUS: Final = {INSTANCE: "rds-snapshot", CLUSTER: "aurora-snapshot", TABLE: "dynamodb-warm", BUCKET: "s3-warm"}
"""By the type that is backed up."""
KINDS: Final = {"RDS": INSTANCE, "Aurora": CLUSTER, "DynamoDB": TABLE}
_CRON: Final = re.compile(r"cron\(\S+ \S+ (\S+) (\S+) (\S+) \S+\)")
WEEK: Final = Decimal(7)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """How long recovery points are kept, how often one is made, and where copies go."""

    days: Decimal
    every: Decimal
    """Days."""
    copies: tuple[tuple[str, Decimal], ...]
    """Name of the vault, days."""

    @property
    def points(self) -> Decimal:
        """How many there are at a time."""
        return self.days / self.every


def plan(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge what a plan holds of every resource that its selections name by tags."""
    home = home_of(one, stack, SERVICE)
    rules = [_rule(rule) for rule in blocks(one["inputs"], "rules")]
    if any(not rule.days for rule in rules):
        yield Gap(
            store=home.store,
            resource=home.resource,
            needs="days of each rule: without them it keeps for ever",
        )
        return
    conditions = [tags for selection in stack.of(SELECTION) for tags in _tags(selection["inputs"], "conditions")]
    for type_ in SKUS:
        for found in stack.of(type_):
            there = home_of(found, stack, SERVICE)
            if there.region == home.region and _has(found, conditions):
                yield from _held(found, there, stack, rules)


def _rule(rule: Any) -> _Rule:
    return _Rule(
        days=_days(rule),
        every=every(str(rule.get("schedule", ""))),
        copies=tuple((str(copy.get("destinationVaultArn", "")), _days(copy)) for copy in blocks(rule, "copyActions")),
    )


def _days(rule: Any) -> Decimal:
    return Decimal(str(block(rule, "lifecycle").get("deleteAfter") or 0))


def every(schedule: str) -> Decimal:
    """Give the days between two runs of a schedule: a day, a week or a month. Raises UnknownValueError."""
    found = _CRON.fullmatch(schedule)
    if found is None:
        raise UnknownValueError(f"the schedule must be like cron(0 3 * * ? *), got {schedule!r}")
    day, month, weekday = found.groups()
    if month != "*":
        raise UnknownValueError(f"the schedule must come in every month, got {schedule!r}")
    if weekday not in {"?", "*"}:
        return WEEK
    return Decimal(1) if day in {"*", "?"} else DAYS


def _tags(inputs: Any, key: str) -> Iterator[dict[str, str]]:
    """Give the tags that a selection asks for, all of them at once."""
    value = inputs.get(key)
    for condition in [value] if isinstance(value, dict) else blocks(inputs, key):
        yield {
            str(tag.get("key", "")).removeprefix(TAG): str(tag.get("value", ""))
            for tag in blocks(condition, "stringEquals")
        }


def _has(one: Resource, conditions: list[dict[str, str]]) -> bool:
    tags = block(one["inputs"], "tags")
    return any(wanted and all(tags.get(key) == value for key, value in wanted.items()) for wanted in conditions)


def _held(one: Resource, home: Home, stack: Stack, rules: list[_Rule]) -> Iterator[Item]:
    sku, data = SKUS[one["type"]], _data(one, stack, home.store)
    if data is None:
        yield Gap(store=home.store, resource=home.resource, needs="declared use: dataGib, for what AWS Backup holds")
        return
    kept = _kept(one, data.amount, [(rule.days, rule.points) for rule in rules])
    used = stack.usage.or_assumed(home.store, "vaultGib", kept, _why(one))
    yield home.charge(Kind.BACKUP, "AWS Backup", sku, used.amount, used, data)
    for rule in rules:
        for vault, days in rule.copies:
            region = next((stack.region_of(at) for at in stack.of(VAULT) if f"::{at['name']}::" in vault), None)
            if region is None:
                yield Gap(store=home.store, resource=home.resource, needs="the region of the vault that copies go to")
                continue
            copies = _kept(one, data.amount, [(days, days / rule.every)])
            there = stack.usage.or_assumed(home.store, "vaultCopiesGib", copies, _why(one))
            yield home.charge(Kind.BACKUP, f"AWS Backup copies in {region}", sku, there.amount, there, region=region)
            monthly = _sent(one, data.amount, rule.every)
            sent = stack.usage.or_assumed(home.store, "vaultSentGib", monthly, "each copy")
            more = {"service": "data_transfer", "region": home.region}
            yield home.charge(
                Kind.BACKUP, f"AWS Backup copies sent to {region}", "cross-region", sent.amount, sent, **more
            )


def _data(one: Resource, stack: Stack, store: str) -> Assumption | None:
    if one["type"] in {INSTANCE, CLUSTER}:
        return used_gib(stack, store)
    return stack.usage.of(store, "addedGib" if one["type"] == BUCKET else "dataGib")


def _is_full(one: Resource) -> bool:
    """Say whether each recovery point is a whole copy, as those of tables are; those of databases hold what changed."""
    return one["type"] == TABLE


def _why(one: Resource) -> str:
    return "every recovery point is a whole copy" if _is_full(one) else "the data and 2 % of it for each day kept"


def _kept(one: Resource, data: Amount, kept: list[tuple[Decimal, Decimal]]) -> Amount:
    """Give the GiB held, from days and recovery points of each rule."""
    if _is_full(one):
        return data * sum((points for _, points in kept), Decimal(0))
    return data * (1 + assumed.CHANGED_DAILY * max((days for days, _ in kept), default=Decimal(0)))


def _sent(one: Resource, data: Amount, days: Decimal) -> Amount:
    share = Decimal(1) if _is_full(one) else min(Decimal(1), assumed.CHANGED_DAILY * days)
    return data * (share * DAYS / days)


def tested(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge the tests that restore the newest recovery point of each resource of a type, and keep it for a while."""
    home, kind = home_of(one, stack, SERVICE), text(one, "protectedResourceType")
    plans = stack.of(TESTS)
    if kind not in KINDS or not plans:
        yield Gap(store=home.store, resource=home.resource, needs=f"what a restore of {kind or 'nothing'} costs")
        return
    times = DAYS / every(text(plans[0], "scheduleExpression"))
    hours = (number(one, "validationWindowHours", 1) + assumed.RESTORE_HOURS) * times
    conditions = list(_tags(one["inputs"], "protectedResourceConditions"))
    for found in stack.of(KINDS[kind]):
        there = home_of(found, stack, SERVICE)
        if there.region != home.region or not _has(found, conditions):
            continue
        yield there.charge(Kind.BACKUP, "restore tests", "restore-test", Amount.of(times))
        yield from _restored(found, there, stack, times, hours)


def _restored(one: Resource, home: Home, stack: Stack, times: Decimal, hours: Decimal) -> Iterator[Item]:
    if one["type"] == INSTANCE:
        class_, gib = text(one, "instanceClass"), number(one, "allocatedStorage")
        sku = f"storage-{storage_type(one)}:single-az"
        yield home.charge(Kind.BACKUP, "restored instance", f"{class_}:single-az", Amount.of(hours), service=RDS)
        yield home.charge(Kind.BACKUP, "restored storage", sku, Amount.of(gib * hours / HOURS), service=RDS)
    elif one["type"] == CLUSTER:
        # AWS Backup restores the volume of a cluster, without a member.
        data = used_gib(stack, home.store)
        sku = f"storage:{storage_mode(one)}"
        yield home.charge(Kind.BACKUP, "restored volume", sku, data.amount * (hours / HOURS), data, service=AURORA)
    elif data := stack.usage.of(home.store, "dataGib"):
        yield home.charge(Kind.BACKUP, "restored data", "dynamodb-restore", data.amount * times, data)
    else:
        yield Gap(store=home.store, resource=home.resource, needs="declared use: dataGib, for restore tests")


ESTIMATORS: Final = {PLAN: plan, TESTED: tested}
