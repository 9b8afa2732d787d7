"""RDS instances: primaries and read replicas."""

from typing import Final

from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import Fact, failover, forbidden, online, reboot, replace, two_step

_LIFECYCLE: Final = (
    "Amazon RDS User Guide, Amazon RDS Extended Support: only when an instance or cluster is made or restored"
)
_SETTINGS: Final = "Amazon RDS User Guide, Settings for DB instances"
_PROVIDER: Final = "terraform-provider-aws, internal/service/rds/instance.go"
_STORAGE: Final = "Amazon RDS User Guide, Working with storage for RDS DB instances"
_UPGRADE: Final = "Amazon RDS User Guide, Upgrading the PostgreSQL DB engine"
_GP3: Final = "Amazon RDS User Guide, gp3 storage; terraform-provider-aws #28271"

_ANOTHER_KEY: Final = "restore it with the other key, into a new one beside this one: datastores restore --key"
_SHRINK: Final = "keep the size; a smaller database is a new one that the data is copied into"

# One row a line.
# fmt: off
INSTANCE: Final[tuple[Fact, ...]] = (
    # Machine
    *failover("instanceClass", when=when.STANDBY, outage=limits.FAILOVER, field="instance_class", source=_SETTINGS),
    *reboot("instanceClass", when=when.NO_STANDBY, outage=limits.CLASS_CHANGE, field="instance_class", source=_SETTINGS),
    *online("multiAz", source=_SETTINGS, note="with higher latency while the standby is made"),
    *replace("availabilityZone", "customIamInstanceProfile", "backupTarget", "region", source=_PROVIDER),
    *online("customerOwnedIpEnabled", "publiclyAccessible", "vpcSecurityGroupIds.*", source=_SETTINGS),
    *reboot("dbSubnetGroupName", outage=limits.CLASS_CHANGE, source=_SETTINGS, note="it moves to other subnets"),
    *reboot("networkType", outage=limits.RESTART, source=_SETTINGS),
    *reboot("port", outage=limits.RESTART, source=_SETTINGS, note="clients have to follow"),
    *reboot("identifier", "identifierPrefix", outage=limits.RESTART, source=_SETTINGS, note="the endpoint changes too"),
    # Storage
    *online("allocatedStorage", when=when.VOLUME_GROWS, waits=(limits.STORAGE,), field="storage_gib", source=_STORAGE),
    *online("allocatedStorage", when=when.VOLUME_AUTOSCALED, source=_PROVIDER, note="the provider leaves it as it is"),
    *forbidden("allocatedStorage", when=when.VOLUME_SHRINKS, source=_STORAGE, note="RDS cannot shrink a volume", instead=_SHRINK),
    *online("maxAllocatedStorage", when=when.ABOVE_VOLUME, field="max_storage_gib", source=_STORAGE),
    *forbidden("maxAllocatedStorage", when=when.BELOW_VOLUME, source=_STORAGE, note="RDS refuses a limit below the volume", instead="give a limit above allocatedStorage, or none"),
    *online("storageType", when=when.SOLID, waits=(limits.STORAGE,), source=_STORAGE),
    *reboot("storageType", when=when.MAGNETIC, outage=limits.RESTART, waits=(limits.STORAGE,), source=_STORAGE),
    *forbidden("iops", "storageThroughput", when=when.fixed_iops(limits.GP3_SPLIT_GIB), source=_GP3, note="such a volume has 3,000 IOPS and 125 MiB/s", instead="leave iops and storageThroughput out"),
    *online("iops", "storageThroughput", when=when.free_iops(limits.GP3_SPLIT_GIB), waits=(limits.STORAGE,), source=_GP3),
    *reboot("dedicatedLogVolume", outage=limits.RESTART, source="Amazon RDS User Guide, Using a dedicated log volume"),
    *online("upgradeStorageConfig", source=_PROVIDER, note="read only when a replica is made"),
    *replace("storageEncrypted", "kmsKeyId", source=_PROVIDER, instead=_ANOTHER_KEY),
    # Engine
    *replace("engine", "characterSetName", "ncharCharacterSetName", "timezone", source=_PROVIDER),
    *reboot("engineVersion", when=when.MINOR, outage=limits.MINOR_VERSION, field="version", source=_UPGRADE, note="both nodes of a Multi-AZ instance at once; replicas first"),
    *reboot("engineVersion", when=when.MAJOR, outage=limits.MAJOR_VERSION, field="version", source=_UPGRADE, note="with a parameter group of the new family in the same update"),
    *forbidden("engineVersion", when=when.MAJOR_UNASKED, source=_UPGRADE, note="RDS refuses it", instead="set allowMajorVersionUpgrade, in an update of its own"),
    *forbidden("engineVersion", when=when.OLDER, source=_UPGRADE, note="there is no way back to an older version", instead="keep the version; to go back, restore a snapshot from before into a new instance"),
    *online("allowMajorVersionUpgrade", "autoMinorVersionUpgrade", source=_SETTINGS),
    *forbidden("engineLifecycleSupport", source=_LIFECYCLE, note="it is chosen when the database is made", instead="upgrade to a version in standard support; to choose anew, restore a snapshot into a new one"),
    *online("parameterGroupName", source=_SETTINGS, note="static parameters wait for a restart, which the provider does not do"),
    *online("optionGroupName", source=_SETTINGS),
    *reboot("licenseModel", "caCertIdentifier", outage=limits.RESTART, source=_SETTINGS),
    *forbidden("blueGreenUpdate.*", source="terraform-provider-aws #42354, #37775, #33702", note="every later change makes a second instance, switches over, and deletes the first without a snapshot", instead="leave it out; grow along hops"),
    # Origin
    *replace("dbName", "username", "s3Import.*", source=_PROVIDER),
    *replace("restoreToPointInTime.*", source="terraform-provider-aws #34522", note="when it is left out, too"),
    *replace("snapshotIdentifier", when=when.SET, source=_PROVIDER),
    *online("snapshotIdentifier", when=when.REMOVED, source=_PROVIDER, note="the provider keeps the old value"),
    *reboot("replicateSourceDb", when=when.REMOVED, outage=limits.PROMOTION, source="Amazon RDS User Guide, Promoting a read replica"),
    *forbidden("replicateSourceDb", when=when.SET, source=_PROVIDER, note="an instance that stands by itself cannot become a copy", instead="make another replica"),
    *online("replicaMode", source=_PROVIDER),
    # Backups and protection
    *reboot("backupRetentionPeriod", when=when.BACKUPS_TURNED, outage=limits.RESTART, field="backup_days", source=_SETTINGS),
    *online("backupRetentionPeriod", when=when.BACKUPS_STAY, field="backup_days", source=_SETTINGS),
    *online("backupWindow", "copyTagsToSnapshot", "deleteAutomatedBackups", source=_SETTINGS),
    *online("deletionProtection", "finalSnapshotIdentifier", "skipFinalSnapshot", source=_SETTINGS),
    # Access
    *online("password", "passwordWo", "passwordWoVersion", source=_SETTINGS, note="clients read the new one"),
    *online("manageMasterUserPassword", "masterUserSecretKmsKeyId", source=_SETTINGS, note="the password changes at once"),
    *online("iamDatabaseAuthenticationEnabled", source=_SETTINGS),
    *reboot("domain", "domainAuthSecretArn", "domainDnsIps.*", "domainFqdn", "domainIamRoleName", "domainOu", outage=limits.RESTART, source=_SETTINGS),
    # Watching, windows, names
    *online("databaseInsightsMode", "enabledCloudwatchLogsExports.*", "monitoringInterval", "monitoringRoleArn", source=_SETTINGS),
    *online("performanceInsightsEnabled", "performanceInsightsRetentionPeriod", source=_SETTINGS),
    *online("performanceInsightsKmsKeyId", when=when.ADDED, source=_SETTINGS),
    *two_step("performanceInsightsKmsKeyId", when=when.ANOTHER, source=_SETTINGS, note="the key stays as long as Performance Insights is on", instead="switch Performance Insights off, then on with the other key"),
    *online("performanceInsightsKmsKeyId", when=when.REMOVED, source=_PROVIDER, note="the provider keeps the old value"),
    *online("maintenanceWindow", source=_SETTINGS, note="what is pending is applied at once where the window is now"),
    *online("applyImmediately", source=_SETTINGS, note="false: changes wait for the window, and the update says done"),
    *online("tags.*", "warningEventCategories.*", source=_PROVIDER),
)
# fmt: on
