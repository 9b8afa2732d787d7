"""
Which product of AWS's price list each price of the snapshot is of: a row for a sku, or for a pattern of them.

Usage types and attributes are those of AWS's list of 2026, as tests of public cost tools recorded them. A row that
AWS's list outgrows finds no product or two, which is said, and its price is kept.
"""

from collections.abc import Sequence
from functools import partial
from typing import Final

from costs.pricelist.row import ByHand, Row

MILLION: Final = 1_000_000
HOURS: Final = "hrs?|hours?"
UNIT_HOURS: Final = r"(v?cpu|acu)-?(hrs?|hours?)|hrs?|hours?"
GB_MONTH: Final = "gb-mo(nth)?"
GB: Final = "gb|gigabytes?"
ANY: Final = ".*"
"""Requests, keys, alarms: each offer has a word of its own for them."""
INSIDE: Final = {"locationtype": ("AWS Region",)}
"""Not on Outposts and not in a local zone."""
ENGINE: Final = ("PostgreSQL", "Any")
AURORA_ENGINE: Final = ("Aurora PostgreSQL", "Any")
OF_POSTGRES: Final = {"databaseengine": ENGINE}
OF_AURORA: Final = {"databaseengine": AURORA_ENGINE}
ZONED: Final = {"databaseengine": ENGINE, "deploymentoption": ("{zones}",)}
ZONES: Final = "(?P<zones>single-az|multi-az)"
VERSIONS: Final = "each version of the engine is a product"
EXCESS: Final = "only what exceeds the storage of the region"
COPIED: Final = "from us-east-1 to us-west-2, from elsewhere to us-east-1; to a near region it is cheaper"

_rds = partial(Row, service="rds_postgres", offer="AmazonRDS")
_aurora = partial(Row, service="aurora_postgres", offer="AmazonRDS")
_dynamodb = partial(Row, service="dynamodb", offer="AmazonDynamoDB")
_cache = partial(Row, service="elasticache", offer="AmazonElastiCache")
_watch = partial(Row, service="cloudwatch", offer="AmazonCloudWatch")
_vpc = partial(Row, service="vpc", offer="AmazonVPC")
_nat = partial(Row, service="vpc", offer="AmazonEC2", family="NAT Gateway")
_transfer = partial(Row, service="data_transfer", offer="AWSDataTransfer", family="Data Transfer", unit=GB)
_s3 = partial(Row, service="s3", offer="AmazonS3")
_to_region = partial(
    Row,
    offer="AWSDataTransfer",
    family="Data Transfer",
    usage=r"[A-Z0-9]+-AWS-Out-Bytes",
    unit=GB,
    where={"transfertype": ("InterRegion Outbound",), "toregioncode": ("{to}",)},
    note=COPIED,
)

# fmt: off
ROWS: Final[Sequence[Row]] = (
    _rds(sku=rf"(?P<class>db\..+):{ZONES}", family="Database Instance", usage="(InstanceUsage|Multi-AZUsage):.+", unit=HOURS, where={"databaseengine": ("PostgreSQL",), "deploymentoption": ("{zones}",), "instancetype": ("{class}",), **INSIDE}),
    _rds(sku=f"storage-gp2:{ZONES}", family="Database Storage", usage="RDS:(Multi-AZ-)?GP2-Storage", unit=GB_MONTH, where=ZONED),
    _rds(sku=f"storage-gp3:{ZONES}", family="Database Storage", usage="RDS:(Multi-AZ-)?GP3-Storage", unit=GB_MONTH, where=ZONED),
    _rds(sku=f"storage-io1:{ZONES}", family="Database Storage", usage="RDS:(Multi-AZ-)?PIOPS-Storage", unit=GB_MONTH, where=ZONED),
    _rds(sku=f"storage-io2:{ZONES}", family="Database Storage", usage="RDS:(Multi-AZ-)?PIOPS-Storage-IO2", unit=GB_MONTH, where=ZONED),
    _rds(sku=f"storage-magnetic:{ZONES}", family="Database Storage", usage="RDS:(Multi-AZ-)?StorageUsage", unit=GB_MONTH, where=ZONED),
    _rds(sku="storage-gp3:multi-az-cluster", family="Database Storage", usage="RDS:Multi-AZCluster-GP3-Storage", unit=GB_MONTH, where=OF_POSTGRES, note="another deployment: three copies, readable standbys"),
    _rds(sku=f"gp3-extra-iops:{ZONES}", family="Provisioned IOPS", usage="RDS:(Multi-AZ-)?GP3-PIOPS", unit="iops-mo.*", where=ZONED),
    _rds(sku=f"gp3-extra-throughput:{ZONES}", family="Provisioned Throughput", usage="RDS:(Multi-AZ-)?GP3-Throughput", unit="mbps-mo.*", where=ZONED),
    _rds(sku=f"io1-iops:{ZONES}", family="Provisioned IOPS", usage="RDS:(Multi-AZ-)?PIOPS", unit="iops-mo.*", where=ZONED),
    _rds(sku=f"io2-iops:{ZONES}", family="Provisioned IOPS", usage="RDS:(Multi-AZ-)?IO2-PIOPS", unit="iops-mo.*", where=ZONED, note="first tier: above it each IOPS is cheaper, so this is an upper bound"),
    _rds(sku="backup-storage", family="Storage Snapshot", usage="RDS:ChargedBackupUsage", unit=GB_MONTH, where=OF_POSTGRES, alike="each operation is a product", note=EXCESS),
    _rds(sku="snapshot-export-s3", family="System Operation", usage="RDS:SnapshotExportToS3", unit=GB, where=OF_POSTGRES),
    _rds(sku="cpu-credits-t3-t4g", family="CPU Credits", usage=r"CPUCredits:db\.t(3|4g)", unit=UNIT_HOURS, where={"databaseengine": ("PostgreSQL",)}, alike="t3 and t4g are products"),
    _rds(sku="rds-proxy", family="RDSProxy", usage="RDS:ProxyUsage", unit=UNIT_HOURS, where=OF_POSTGRES, note="at least two vCPU a proxy"),
    _rds(sku="extended-support-y1-y2", usage=r"ExtendedSupport:Yr1-Yr2:PostgreSQL\d+", unit=UNIT_HOURS, alike=VERSIONS),
    _rds(sku="extended-support-y3", usage=r"ExtendedSupport:Yr3:PostgreSQL\d+", unit=UNIT_HOURS, alike=VERSIONS),
    _rds(sku="performance-insights-api", family="Performance Insights", usage="PI_API", unit=ANY, times=1_000),
    _rds(sku="performance-insights-ltr-t3", family="Performance Insights", usage="PI_LTR:T3", unit="v?cpu-mo.*"),
    _rds(sku="performance-insights-ltr-m5", family="Performance Insights", usage="PI_LTR:M5", unit="v?cpu-mo.*"),
    _to_region(service="rds_postgres", sku="cross-region-snapshot-transfer"),
    Row(service="rds_postgres", sku="enhanced-monitoring", offer="AmazonCloudWatch", usage="DataProcessing-Bytes", unit=GB, note="log ingest of CloudWatch"),

    _aurora(sku=r"(?P<class>db\..+):standard", family="Database Instance", usage="InstanceUsage:.+", unit=HOURS, where={"databaseengine": ("Aurora PostgreSQL",), "instancetype": ("{class}",), **INSIDE}),
    _aurora(sku=r"(?P<class>db\..+):io-optimized", family="Database Instance", usage="InstanceUsageIOOptimized:.+", unit=HOURS, where={"databaseengine": ("Aurora PostgreSQL",), "instancetype": ("{class}",), **INSIDE}),
    _aurora(sku="serverless-v2:standard", family="ServerlessV2", usage="Aurora:ServerlessV2Usage", unit=UNIT_HOURS, where=OF_AURORA),
    _aurora(sku="serverless-v2:io-optimized", family="ServerlessV2", usage="Aurora:ServerlessV2IOOptimizedUsage", unit=UNIT_HOURS, where=OF_AURORA),
    _aurora(sku="storage:standard", family="Database Storage", usage="Aurora:StorageUsage", unit=GB_MONTH, where=OF_AURORA),
    _aurora(sku="storage:io-optimized", family="Database Storage", usage="Aurora:IO-OptimizedStorageUsage", unit=GB_MONTH, where=OF_AURORA),
    _aurora(sku="io-requests:standard", family="System Operation", usage="Aurora:StorageIOUsage", unit="ios?", where=OF_AURORA, times=MILLION),
    _aurora(sku="backup-storage", family="Storage Snapshot", usage="Aurora:BackupUsage", unit=GB_MONTH, where=OF_AURORA, note="only what exceeds the volume"),
    _aurora(sku="snapshot-export-s3", family="System Operation", usage="Aurora:SnapshotExportToS3", unit=GB, where=OF_AURORA),
    _aurora(sku="global-db-replicated-write-io", family="Aurora Global Database", usage=".*", unit="ios?", where=OF_AURORA, times=MILLION),
    _aurora(sku="extended-support-y1-y2", usage=r"ExtendedSupport:Yr1-Yr2:AuroraPostgreSQL\d+", unit=UNIT_HOURS, alike=VERSIONS),
    _aurora(sku="cpu-credits-t3-t4g", family="CPU Credits", usage=r"CPUCredits:db\.t(3|4g)", unit=UNIT_HOURS, where={"databaseengine": ("Aurora PostgreSQL",)}, alike="t3 and t4g are products"),

    _dynamodb(sku="on-demand-write", family="Amazon DynamoDB PayPerRequest Throughput", usage="WriteRequestUnits", unit=ANY, times=MILLION),
    _dynamodb(sku="on-demand-read", family="Amazon DynamoDB PayPerRequest Throughput", usage="ReadRequestUnits", unit=ANY, times=MILLION),
    _dynamodb(sku="on-demand-write-ia", family="Amazon DynamoDB PayPerRequest Throughput", usage="IA-WriteRequestUnits", unit=ANY, times=MILLION),
    _dynamodb(sku="on-demand-read-ia", family="Amazon DynamoDB PayPerRequest Throughput", usage="IA-ReadRequestUnits", unit=ANY, times=MILLION),
    _dynamodb(sku="storage-standard", family="Database Storage", usage="TimedStorage-ByteHrs", unit=GB_MONTH, alike="us-east-1 has a product with the free tier and one without"),
    _dynamodb(sku="storage-ia", family="Database Storage", usage="IA-TimedStorage-ByteHrs", unit=GB_MONTH),
    _dynamodb(sku="pitr", family="Database Storage", usage="TimedPITRStorage-ByteHrs", unit=GB_MONTH),
    _dynamodb(sku="provisioned-wcu", family="Provisioned IOPS", usage="WriteCapacityUnit-Hrs", unit="writecapacityunit-hrs"),
    _dynamodb(sku="provisioned-rcu", family="Provisioned IOPS", usage="ReadCapacityUnit-Hrs", unit="readcapacityunit-hrs"),
    _dynamodb(sku="on-demand-backup", family="Amazon DynamoDB On-Demand Backup Storage", usage="TimedBackupStorage-ByteHrs", unit=GB_MONTH),
    _dynamodb(sku="restore", family="Amazon DynamoDB Restore Data Size", usage="RestoreDataSize-Bytes", unit=GB),
    _dynamodb(sku="streams-read", family="API Request", usage="Streams-Requests", unit=ANY, where={"group": ("DDB-StreamsReadRequests",)}, times=MILLION),
    _dynamodb(sku="global-table-rwru", usage="ReplWriteRequestUnits", unit=ANY, times=MILLION),
    _dynamodb(sku="global-table-rwcu", usage="ReplWriteCapacityUnit-Hrs", unit=".*-hrs"),

    _cache(sku=r"(?P<engine>redis|valkey):(?P<class>cache\..+)", family="Cache Instance", usage="NodeUsage:.+", unit=HOURS, where={"cacheengine": ("{engine}",), "instancetype": ("{class}",), **INSIDE}),
    _cache(sku="serverless-(?P<engine>redis|valkey):data", usage="CachedData:{engine}", unit="gb-(hrs?|hours?)"),
    _cache(sku="serverless-(?P<engine>redis|valkey):ecpu", usage="ElastiCacheProcessingUnits:{engine}", unit=ANY, times=MILLION),
    _cache(sku="backup-storage", family="Storage Snapshot", usage="(ElastiCache:)?BackupUsage", unit=GB_MONTH),

    Row(service="kms", offer="awskms", sku="key", usage="KMS-Keys", unit=ANY, note="each of the first two rotated versions costs as much again"),
    Row(service="kms", offer="awskms", sku="requests", usage="KMS-Requests", unit=ANY, times=10_000),
    Row(service="secretsmanager", offer="AWSSecretsManager", sku="secret", usage="AWSSecretsManager-Secrets?", unit=ANY),
    Row(service="secretsmanager", offer="AWSSecretsManager", sku="api", usage="AWSSecretsManager(APIRequest|-APIRequests)", unit=ANY, times=10_000),

    _watch(sku="alarm-standard", usage="CW:AlarmMonitorUsage", unit=ANY),
    _watch(sku="alarm-highres", usage="CW:HighResAlarmMonitorUsage", unit=ANY),
    _watch(sku="alarm-composite", usage="CW:CompositeAlarmMonitorUsage", unit=ANY),
    _watch(sku="dashboard", usage="DashboardsUsageHour", unit=ANY),
    _watch(sku="custom-metric", usage="CW:MetricMonitorUsage", unit=ANY),
    _watch(sku="log-ingest", usage="DataProcessing-Bytes", unit=GB),
    _watch(sku="log-ingest-vended", usage="VendedLog-Bytes", unit=GB),
    _watch(sku="log-storage", usage="TimedStorage-ByteHrs", unit=GB_MONTH),

    Row(service="sns", offer="AmazonSNS", sku="publish", usage="Requests-Tier1", unit=ANY, where={"group": ("SNS-Requests-Tier1",)}, times=MILLION),
    Row(service="sns", offer="AmazonSNS", sku="email", usage="DeliveryAttempts-SMTP", unit=ANY, times=100_000),
    Row(service="sns", offer="AmazonSNS", sku="http", usage="DeliveryAttempts-HTTP", unit=ANY, times=100_000),

    _vpc(sku="interface-endpoint", usage="VpcEndpoint-Hours", unit=HOURS),
    _vpc(sku="interface-endpoint-data", usage="VpcEndpoint-Bytes", unit=GB),
    _vpc(sku="public-ipv4", usage="PublicIPv4:InUseAddress", unit=HOURS),
    _nat(sku="nat-gateway", usage="NatGateway-Hours", unit=HOURS),
    _nat(sku="nat-gateway-data", usage="NatGateway-Bytes", unit=GB),

    _transfer(sku="internet-out-first-10TB", usage="DataTransfer-Out-Bytes", where={"transfertype": ("AWS Outbound",)}),
    _transfer(sku="cross-az", usage="DataTransfer-Regional-Bytes", where={"transfertype": ("IntraRegion",)}),
    _to_region(service="data_transfer", sku="cross-region"),

    Row(service="backup", offer="AmazonRDS", sku="rds-snapshot", family="Storage Snapshot", usage="RDS:ChargedBackupUsage", unit=GB_MONTH, where=OF_POSTGRES, alike="each operation is a product"),
    Row(service="backup", offer="AmazonRDS", sku="aurora-snapshot", family="Storage Snapshot", usage="Aurora:BackupUsage", unit=GB_MONTH, where=OF_AURORA),
    Row(service="backup", offer="AWSBackup", sku="dynamodb-warm", usage="WarmStorage-ByteHrs-DynamoDB", unit=GB_MONTH),
    Row(service="backup", offer="AmazonDynamoDB", sku="dynamodb-restore", family="Amazon DynamoDB Restore Data Size", usage="RestoreDataSize-Bytes", unit=GB),

    _s3(sku="standard", family="Storage", usage="TimedStorage-ByteHrs", unit=GB_MONTH, where={"volumetype": ("Standard",)}, note="first 50 TB"),
    _s3(sku="glacier-ir", family="Storage", usage="TimedStorage-GIR-ByteHrs", unit=GB_MONTH),
    _s3(sku="put", family="API Request", usage="Requests-Tier1", unit=ANY, where={"group": ("S3-API-Tier1",)}, times=1_000),
    _s3(sku="transition-glacier-ir", family="API Request", usage="Requests-Tier4", unit=ANY, where={"operation": ("S3-GIRTransition",)}, times=1_000),
)
# fmt: on

BY_HAND: Final[Sequence[ByHand]] = (
    ByHand(service="mongodb_atlas", sku=".*", why="MongoDB publishes no price list that a program can read"),
    ByHand(service="rds_postgres", sku="database-insights-.*", why="Database Insights is in no offer that was seen"),
    ByHand(service="aurora_postgres", sku="backtrack", why="Aurora PostgreSQL has no backtrack"),
    ByHand(service="vpc", sku="gateway-endpoint-s3-dynamodb", why="what is free is in no offer"),
    ByHand(service="backup", sku="restore-test", why="restore tests are in no offer that was seen"),
    ByHand(service="scheduler", sku="invocation", why="the usage type of schedules was not seen"),
)


def families(offer: str) -> frozenset[str] | None:
    """Give the families of products that prices are found in; None: in any; none: the offer is of no use."""
    found = [row.family for row in ROWS if row.offer == offer]
    return None if None in found else frozenset(family for family in found if family is not None)


def offers() -> list[str]:
    """Give the codes of all offers that prices are found in."""
    return sorted({row.offer for row in ROWS})
