"""RDS for PostgreSQL: instances, their storage, what watches them, their backups, and proxies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from costs import assumed
from costs.amount import DAYS, HOURS, Amount
from costs.charge import SHARED, Assumption, Charge, Gap, Item, Kind
from costs.classes import is_burstable, vcpus
from costs.hours import running
from costs.stack import Resource, Stack, UnknownValueError, is_on, number, text

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
PROXY: Final = "aws:rds/proxy:Proxy"
RDS: Final = "rds_postgres"
AURORA: Final = "aurora_postgres"

# Amazon RDS User Guide, "gp3 storage": for PostgreSQL, 3,000 IOPS and 125 MiB/s below 400 GiB, from there on these.
STRIPED_GIB: Final = 400
BASE_IOPS: Final = {False: Decimal(3_000), True: Decimal(12_000)}
BASE_THROUGHPUT: Final = {False: Decimal(125), True: Decimal(500)}
INSIGHTS_FREE_DAYS: Final = 7
PROXY_VCPUS: Final = 2
# Amazon RDS User Guide, "Release calendar": the end of standard support of a major version.
SUPPORTED_UNTIL: Final[Mapping[str, date]] = {
    "11": date(2024, 2, 29),
    "12": date(2025, 2, 28),
    "13": date(2026, 2, 28),
    "14": date(2027, 2, 28),
    "15": date(2028, 2, 29),
    "16": date(2029, 2, 28),
    "17": date(2030, 2, 28),
}
THIRD_YEAR_DAYS: Final = 730


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where a charge belongs."""

    store: str
    region: str
    resource: str
    service: str

    def charge(self, kind: Kind, what: str, sku: str, quantity: Amount, *inputs: Assumption, **more: Any) -> Charge:
        """Make a charge of it."""
        return Charge(
            store=self.store,
            kind=kind,
            what=f"{self.resource}: {what}",
            resource=self.resource,
            service=more.pop("service", self.service),
            region=more.pop("region", self.region),
            sku=sku,
            quantity=quantity,
            assumptions=inputs,
            **more,
        )


def home_of(one: Resource, stack: Stack, service: str) -> Home:
    """Say where the charges of a resource belong."""
    return Home(store=stack.store_of(one), region=stack.region_of(one), resource=one["name"], service=service)


def is_replica(one: Resource) -> bool:
    """Say whether an instance copies another one."""
    return bool(one["inputs"].get("replicateSourceDb"))


def deployment(one: Resource) -> str:
    """Name the deployment as skus do."""
    return "multi-az" if is_on(one, "multiAz") else "single-az"


def storage_type(one: Resource) -> str:
    """Name the storage as skus do."""
    type_ = text(one, "storageType") or "gp2"
    return "magnetic" if type_ == "standard" else type_


def instance(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge an instance: its hours, its storage, what watches it."""
    home = home_of(one, stack, RDS)
    if (engine := text(one, "engine")) not in {"", "postgres"}:
        yield Gap(
            store=home.store,
            resource=home.resource,
            needs=f"prices of the engine {engine}: there are those of PostgreSQL",
        )
        return
    class_ = text(one, "instanceClass")
    hours = running(stack, home.store)
    where = deployment(one)
    yield home.charge(Kind.COMPUTE, f"{class_}, {where}", f"{class_}:{where}", hours)
    yield from _storage(one, home)
    yield from monitored(one, home, stack, class_, hours)
    yield from credits_(home, stack, class_)
    if not is_replica(one):
        yield from _extended_support(one, home, stack, vcpus(class_) * (2 if where == "multi-az" else 1))
        yield traffic(home, stack)


def _storage(one: Resource, home: Home) -> Iterator[Item]:
    where, type_, gib = deployment(one), storage_type(one), number(one, "allocatedStorage")
    most = number(one, "maxAllocatedStorage")
    note = f"may grow to {most} GiB" if most > gib else ""
    yield home.charge(
        Kind.STORAGE,
        f"storage {type_}",
        f"storage-{type_}:{where}",
        Amount.of(gib),
        note=note,
    )
    iops, throughput = number(one, "iops"), number(one, "storageThroughput")
    if type_ in {"io1", "io2"}:
        yield home.charge(Kind.STORAGE, "IOPS", f"{type_}-iops:{where}", Amount.of(iops))
    elif type_ == "gp3":
        striped = gib >= STRIPED_GIB
        for asked, base, what in ((iops, BASE_IOPS, "iops"), (throughput, BASE_THROUGHPUT, "throughput")):
            extra = asked - base[striped]
            if extra > 0 and not striped:
                raise UnknownValueError(f"{what} cannot be set below {STRIPED_GIB} GiB, got {asked}")
            if extra > 0:
                yield home.charge(Kind.STORAGE, f"extra {what}", f"gp3-extra-{what}:{where}", Amount.of(extra))


def monitored(one: Resource, home: Home, stack: Stack, class_: str, hours: Amount) -> Iterator[Item]:
    """Charge Database Insights and Enhanced Monitoring of an instance."""
    if text(one, "databaseInsightsMode") == "advanced":
        quantity = hours * vcpus(class_)
        yield home.charge(
            Kind.MONITORING, "Database Insights Advanced", "database-insights-advanced", quantity, service=RDS
        )
    elif is_on(one, "performanceInsightsEnabled"):
        days = number(one, "performanceInsightsRetentionPeriod", INSIGHTS_FREE_DAYS)
        if days > INSIGHTS_FREE_DAYS:
            needs = (
                f"a price for {days} days of Performance Insights: 7 are free, more are databaseInsightsMode=advanced"
            )
            yield Gap(store=home.store, resource=home.resource, needs=needs)
    interval = number(one, "monitoringInterval")
    if interval:
        gib = Amount.about(assumed.MONITORING_GIB * 60 / interval)
        why = f"{assumed.MONITORING_GIB} GiB at 60 s, more often in proportion"
        used = stack.usage.or_assumed(home.store, "monitoringGib", gib, why)
        what = "Enhanced Monitoring"
        yield home.charge(Kind.MONITORING, what, "enhanced-monitoring", used.amount, used, service=RDS, merges=True)


def credits_(home: Home, stack: Stack, class_: str) -> Iterator[Item]:
    """Charge vCPU-hours above the credits of a burstable class."""
    if is_burstable(class_):
        used = stack.usage.or_assumed(home.store, "creditHours", Amount.of(0), "within its credits")
        yield home.charge(Kind.COMPUTE, "surplus CPU credits", "cpu-credits-t3-t4g", used.amount, used)


def _extended_support(one: Resource, home: Home, stack: Stack, cores: Decimal) -> Iterator[Item]:
    sku = extended_support(one, stack.on)
    if sku:
        yield home.charge(Kind.COMPUTE, "Extended Support", sku, Amount.of(cores * HOURS))


def extended_support(one: Resource, on: date) -> str | None:
    """Name the sku of an engine version that has left standard support; None: it has not, or may not stay then."""
    if "disabled" in text(one, "engineLifecycleSupport"):
        return None
    end = SUPPORTED_UNTIL.get(str(one["inputs"].get("engineVersion", "")).partition(".")[0])
    if end is None or on <= end:
        return None
    return "extended-support-y3" if (on - end).days > THIRD_YEAR_DAYS else "extended-support-y1-y2"


def traffic(home: Home, stack: Stack) -> Charge:
    """Charge what clients in another zone send and get: all data once a month, where nobody says more."""
    data = used_gib(stack, home.store).amount
    why = "all data is read once a month, half of it from another zone"
    used = stack.usage.or_assumed(home.store, "crossAzGib", data * assumed.OTHER_ZONE, why)
    return home.charge(Kind.NETWORK, "traffic between zones", "cross-az", used.amount, used, service="data_transfer")


def used_gib(stack: Stack, store: str) -> Assumption:
    """Give the data of a database; half of what its primaries have allocated where nobody says more."""
    allocated = sum((number(one, "allocatedStorage") for one in primaries(stack, store)), Decimal(0))
    default = Amount.of(allocated * assumed.USED_SHARE)
    return stack.usage.or_assumed(store, "dataGib", default, "half of the allocated storage")


def primaries(stack: Stack, store: str) -> list[Resource]:
    """Give the instances of a store that are no replicas."""
    return [one for one in stack.of(INSTANCE, store) if not is_replica(one)]


def backups(stack: Stack) -> Iterator[Item]:
    """Charge automated backups above the allocated storage: AWS counts both over a region."""
    regions: dict[str, list[tuple[Resource, Assumption, Decimal]]] = {}
    for one in stack.of(INSTANCE):
        try:
            if not is_replica(one) and text(one, "engine") in {"", "postgres"}:
                read = (one, _backup(one, stack), number(one, "allocatedStorage"))
                regions.setdefault(stack.region_of(one), []).append(read)
        except UnknownValueError as error:
            yield Gap(store=stack.store_of(one), resource=one["name"], needs=str(error))
    for region, found in regions.items():
        used = [backup for _, backup, _ in found]
        total = used[0].amount
        for one in used[1:]:
            total += one.amount
        stores = sorted({stack.store_of(one) for one, _, _ in found})
        allocated = sum((gib for _, _, gib in found), Decimal(0))
        home = Home(
            store=stores[0] if len(stores) == 1 else SHARED,
            region=region,
            resource=", ".join(one["name"] for one, _, _ in found),
            service=RDS,
        )
        yield home.charge(
            Kind.BACKUP, f"automated backups above {allocated} GiB", "backup-storage", total.above(allocated), *used
        )


def _backup(one: Resource, stack: Stack) -> Assumption:
    store, days = stack.store_of(one), number(one, "backupRetentionPeriod")
    held = used_gib(stack, store).amount * (1 + assumed.CHANGED_DAILY * days) if days else Amount.of(0)
    return stack.usage.or_assumed(store, "backupGib", held, f"the data and 2 % of it for each of {days} days")


def copied_backups(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge automated backups that another region gets: what is sent, and what is held there."""
    home = home_of(one, stack, RDS)
    data, days = used_gib(stack, home.store).amount, number(one, "retentionPeriod", 7)
    sent = stack.usage.or_assumed(home.store, "sentGib", data * (assumed.CHANGED_DAILY * DAYS), "2 % of the data a day")
    held = stack.usage.or_assumed(
        home.store,
        "heldGib",
        data * (1 + assumed.CHANGED_DAILY * days),
        f"the data and 2 % of it for each of {days} days",
    )
    sku = "cross-region-snapshot-transfer"
    yield home.charge(Kind.BACKUP, "backups sent", sku, sent.amount, sent, region=stack.region)
    yield home.charge(Kind.BACKUP, "backups held", "backup-storage", held.amount, held)


def proxy(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a proxy by the vCPU of the databases behind it: the primary, or every member of a cluster."""
    home = home_of(one, stack, RDS)
    members = [member for member in stack.of(MEMBER, home.store) if stack.region_of(member) == home.region]
    targets = members or primaries(stack, home.store)
    classes = [text(target, "instanceClass") for target in targets]
    if not classes or "db.serverless" in classes:
        needs = (
            "the instance behind it"
            if not classes
            else "what a proxy costs for each ACU: only one for each vCPU is known"
        )
        yield Gap(store=home.store, resource=home.resource, needs=needs)
        return
    cores = max(sum((vcpus(class_) for class_ in classes), Decimal(0)), Decimal(PROXY_VCPUS))
    yield home.charge(Kind.COMPUTE, f"proxy for {cores} vCPU", "rds-proxy", Amount.of(cores * HOURS))


def proxy_endpoint(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a further endpoint of a proxy: RDS makes interface endpoints for it, one in each subnet."""
    home = home_of(one, stack, "vpc")
    zones = len(one["inputs"].get("vpcSubnetIds") or ())
    yield home.charge(Kind.NETWORK, f"endpoint in {zones} zones", "interface-endpoint", Amount.of(zones * HOURS))


ESTIMATORS: Final = {
    INSTANCE: instance,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": copied_backups,
    PROXY: proxy,
    "aws:rds/proxyEndpoint:ProxyEndpoint": proxy_endpoint,
}
