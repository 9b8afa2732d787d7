"""Aurora: clusters, their instances, global clusters."""

from typing import Final

from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import Fact, failover, forbidden, online, reboot, replace, two_step

_LIFECYCLE: Final = (
    "Amazon RDS User Guide, Amazon RDS Extended Support: only when an instance or cluster is made or restored"
)
_SETTINGS: Final = "Amazon Aurora User Guide, Settings for Amazon Aurora"
_CLUSTER: Final = "terraform-provider-aws, internal/service/rds/cluster.go"
_MEMBER: Final = "terraform-provider-aws, internal/service/rds/cluster_instance.go"
_GLOBAL: Final = "terraform-provider-aws, internal/service/rds/global_cluster.go"
_UPGRADE: Final = "Amazon Aurora User Guide, Upgrading Amazon Aurora PostgreSQL DB clusters"
_STORAGE: Final = "Amazon Aurora User Guide, Storage configurations for Amazon Aurora DB clusters"
_SERVERLESS: Final = "Amazon Aurora User Guide, Using Aurora Serverless v2"
_MULTI_AZ: Final = "Amazon RDS User Guide, Modifying a Multi-AZ DB cluster"
_COPY: Final = "Amazon Aurora User Guide, Migrating data from RDS for PostgreSQL using an Aurora read replica"

_OLDER: Final = "keep the version; to go back, restore a snapshot from before into a new cluster"
_ANOTHER_KEY: Final = "restore it with the other key, into a new one beside this one: datastores restore --key"

# One row a line.
# fmt: off
CLUSTER: Final[tuple[Fact, ...]] = (
    # Identity and origin
    *replace("clusterIdentifier", "clusterIdentifierPrefix", "engine", "engineMode", "databaseName", source=_CLUSTER),
    *replace("masterUsername", "dbSubnetGroupName", "dbSystemId", "clusterScalabilityType", "region", source=_CLUSTER),
    *replace("availabilityZones.*", source=_CLUSTER, note="AWS fills up to three: never set it"),
    *replace("storageEncrypted", "kmsKeyId", source=_CLUSTER, instead=_ANOTHER_KEY),
    *replace("sourceRegion", "s3Import.*", "restoreToPointInTime.*", source=_CLUSTER),
    *replace("snapshotIdentifier", when=when.SET, source=_CLUSTER),
    *online("snapshotIdentifier", when=when.REMOVED, source=_CLUSTER, note="the provider keeps the old value"),
    *reboot("replicationSourceIdentifier", when=when.REMOVED, outage=limits.PROMOTION, field="writer", source=_COPY, note="stop writes, and wait until the lag is 0, before"),
    *forbidden("replicationSourceIdentifier", when=when.SET, source=_CLUSTER, note="a cluster that was promoted, or stood by itself, cannot become a copy of something else", instead="leave the source out; a copy is a new cluster"),
    *forbidden("globalClusterIdentifier", when=when.SET, source=_CLUSTER, note="the provider cannot put an existing cluster into a global one", instead="make the global cluster from this one, by sourceDbClusterIdentifier"),
    *reboot("globalClusterIdentifier", when=when.REMOVED, outage=limits.PROMOTION, source=_CLUSTER, note="a secondary is detached, and promoted"),
    *online("clusterMembers.*", "iamRoles.*", source=_CLUSTER),
    # Storage and machine
    *online("storageType", when=when.TO_IO_OPTIMIZED, waits=(limits.IO_OPTIMIZED,), field="io_optimized", source=_STORAGE),
    *online("storageType", when=when.FROM_IO_OPTIMIZED, field="io_optimized", source=_STORAGE),
    *replace("storageType", when=when.NO_AURORA, source="pulumi-aws #6554; terraform-provider-aws #48438"),
    *online("allocatedStorage", when=when.grows(), waits=(limits.STORAGE,), source=_MULTI_AZ),
    *forbidden("allocatedStorage", when=when.shrinks(), source=_MULTI_AZ, note="RDS cannot shrink a volume", instead="keep the size"),
    *online("iops", waits=(limits.STORAGE,), source=_MULTI_AZ),
    *failover("dbClusterInstanceClass", outage=limits.FAILOVER, source=_MULTI_AZ),
    *online("serverlessv2ScalingConfiguration.*", source=_SERVERLESS, note="left out, it stays as it was"),
    *online("scalingConfiguration.*", source="Amazon Aurora User Guide, Using Aurora Serverless v1"),
    # Engine
    *reboot("engineVersion", when=when.MINOR, outage=limits.AURORA_FAILOVER, field="version", source=_UPGRADE, note="all instances at once"),
    *reboot("engineVersion", when=when.MAJOR, outage=limits.MAJOR_VERSION, field="version", source=_UPGRADE, note="with dbInstanceParameterGroupName of the new family"),
    *forbidden("engineVersion", when=when.MAJOR_UNASKED, source=_UPGRADE, note="RDS refuses it", instead="set allowMajorVersionUpgrade, in an update of its own"),
    *forbidden("engineVersion", when=when.OLDER, source=_UPGRADE, note="there is no way back to an older version", instead=_OLDER),
    *online("allowMajorVersionUpgrade", "autoMinorVersionUpgrade", source=_SETTINGS),
    *forbidden("engineLifecycleSupport", source=_LIFECYCLE, note="it is chosen when the database is made", instead="upgrade to a version in standard support; to choose anew, restore a snapshot into a new one"),
    *online("dbClusterParameterGroupName", "dbInstanceParameterGroupName", source=_SETTINGS, note="static parameters wait for a restart, which the provider does not do"),
    *reboot("caCertificateIdentifier", outage=limits.RESTART, source=_MULTI_AZ),
    *reboot("port", outage=limits.RESTART, source=_SETTINGS, note="all instances restart, and clients have to follow"),
    *reboot("networkType", outage=limits.RESTART, source=_SETTINGS),
    *online("vpcSecurityGroupIds.*", "publiclyAccessible", source=_SETTINGS),
    *online("enableHttpEndpoint", "enableGlobalWriteForwarding", "enableLocalWriteForwarding", "backtrackWindow", source=_SETTINGS),
    # Backups and protection
    *online("backupRetentionPeriod", field="backup_days", source=_SETTINGS),
    *online("copyTagsToSnapshot", "deleteAutomatedBackups", "preferredBackupWindow", source=_SETTINGS),
    *online("deletionProtection", "finalSnapshotIdentifier", "skipFinalSnapshot", source=_SETTINGS),
    # Access
    *online("masterPassword", "masterPasswordWo", "masterPasswordWoVersion", source=_SETTINGS, note="clients read the new one"),
    *online("manageMasterUserPassword", "masterUserSecretKmsKeyId", source=_SETTINGS, note="the password changes at once"),
    *online("iamDatabaseAuthenticationEnabled", source=_SETTINGS),
    *reboot("domain", "domainIamRoleName", outage=limits.RESTART, source=_SETTINGS),
    # Watching, windows, names
    *online("databaseInsightsMode", "enabledCloudwatchLogsExports.*", "monitoringInterval", "monitoringRoleArn", source=_SETTINGS),
    *online("performanceInsightsEnabled", "performanceInsightsRetentionPeriod", source=_SETTINGS),
    *online("performanceInsightsKmsKeyId", when=when.ADDED, source=_SETTINGS),
    *two_step("performanceInsightsKmsKeyId", when=when.ANOTHER, source=_SETTINGS, note="the key stays as long as Performance Insights is on", instead="switch Performance Insights off, then on with the other key"),
    *online("performanceInsightsKmsKeyId", when=when.REMOVED, source=_CLUSTER, note="the provider keeps the old value"),
    *online("preferredMaintenanceWindow", "applyImmediately", source=_SETTINGS),
    *online("tags.*", "warningEventCategories.*", source=_CLUSTER),
)

_RESTARTS: Final = "terraform-provider-aws #27910"
# Whoever writes after a failover, a member that stays as it is takes over from those that change.
_READER: Final = "where it writes, as after a failover, the first member takes over; readers restart at the same time"
_FIRST: Final = "a reader takes over where there is one that does not change with it; without, it restarts alone"
MEMBER: Final[tuple[Fact, ...]] = (
    *failover("instanceClass", when=when.both(when.becomes("db.serverless"), when.READ_FROM), outage=limits.AURORA_FAILOVER, field="min_acu", source=_SERVERLESS, note=_READER),
    *reboot("instanceClass", when=when.both(when.becomes("db.serverless"), when.WRITES_FIRST), outage=limits.AURORA_MEMBER, field="min_acu", source=_SERVERLESS, note=_FIRST),
    *failover("instanceClass", when=when.both(when.becomes_other("db.serverless"), when.READ_FROM), outage=limits.AURORA_FAILOVER, field="instance_class", source=_RESTARTS, note=_READER),
    *reboot("instanceClass", when=when.both(when.becomes_other("db.serverless"), when.WRITES_FIRST), outage=limits.AURORA_MEMBER, field="instance_class", source=_RESTARTS, note=_FIRST),
    *replace("identifier", "identifierPrefix", "clusterIdentifier", "engine", "availabilityZone", outage=limits.NODE_AGAIN, source=_MEMBER),
    *replace("dbSubnetGroupName", "customIamInstanceProfile", "performanceInsightsKmsKeyId", "region", outage=limits.NODE_AGAIN, source=_MEMBER),
    *online("engineVersion", source=_MEMBER, note="it follows the cluster; the provider does not send it"),
    *online("dbParameterGroupName", source=_SETTINGS, note="static parameters wait for a restart, which the provider does not do"),
    *reboot("caCertIdentifier", outage=limits.RESTART, source=_SETTINGS),
    *online("publiclyAccessible", "promotionTier", "forceDestroy", "copyTagsToSnapshot", source=_SETTINGS),
    *online("monitoringInterval", "monitoringRoleArn", "performanceInsightsEnabled", "performanceInsightsRetentionPeriod", source=_SETTINGS),
    *online("autoMinorVersionUpgrade", "applyImmediately", "preferredBackupWindow", "preferredMaintenanceWindow", source=_SETTINGS),
    *online("tags.*", "warningEventCategories.*", source=_MEMBER),
)

GLOBAL_CLUSTER: Final[tuple[Fact, ...]] = (
    *replace("databaseName", "engine", "globalClusterIdentifier", "storageEncrypted", "region", source=_GLOBAL),
    *replace("sourceDbClusterIdentifier", when=when.SET, source=_GLOBAL),
    *online("sourceDbClusterIdentifier", when=when.REMOVED, source="pulumi_aws 7.51.1, rds.GlobalCluster", note="it may be left out once the cluster is made"),
    *reboot("engineVersion", when=when.MINOR, outage=limits.MINOR_VERSION, field="version", source=_GLOBAL, note="every member of every region"),
    *reboot("engineVersion", when=when.MAJOR_ANYHOW, outage=limits.MAJOR_VERSION, field="version", source=_GLOBAL, note="every member of every region"),
    *forbidden("engineVersion", when=when.OLDER, source=_UPGRADE, note="there is no way back to an older version", instead=_OLDER),
    *online("deletionProtection", "forceDestroy", "tags.*", source=_GLOBAL),
    *forbidden("engineLifecycleSupport", source=_LIFECYCLE, note="it is chosen when the database is made", instead="upgrade to a version in standard support; to choose anew, restore a snapshot into a new one"),
)
# fmt: on
