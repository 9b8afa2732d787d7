"""MongoDB Atlas: projects, clusters, encryption."""

from functools import partial
from typing import Final

from upgrades.facts import atlas_conditions as atlas
from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import Fact, failover, forbidden, online, reboot, replace, two_step

_SCHEMA: Final = "terraform-provider-mongodbatlas, internal/service/advancedcluster/schema.go"
_DOC: Final = "pulumi_mongodbatlas 4.18.0, AdvancedCluster"
_PROJECT: Final = "pulumi_mongodbatlas 4.18.0, Project"
_MODIFY: Final = "MongoDB Atlas, Modify a cluster"
# Both say: "For replica sets, scale the cluster to at least an M30 tier and enable Global Writes".
_GLOBAL: Final = "MongoDB Atlas, Cluster types, and Global clusters"
_SCALE: Final = "MongoDB Atlas, Configure auto-scaling"
_VERSION: Final = "MongoDB Atlas, Upgrade major MongoDB version for a cluster"
_KEYS: Final = "MongoDB Atlas, Encryption at rest using customer key management"
_SETTINGS: Final = "MongoDB Atlas, Configure additional settings"

_failover = partial(failover, outage=limits.ELECTION)

_REGIONS: Final = "replicationSpecs[].regionConfigs[]"
_ELECTABLE: Final = f"{_REGIONS}.electableSpecs"
_READ: Final = (f"{_REGIONS}.readOnlySpecs.*", f"{_REGIONS}.analyticsSpecs.*")
_TIER: Final = (f"{_REGIONS}.providerName", f"{_REGIONS}.backingProviderName")
_RANGE: Final = (f"{_REGIONS}.autoScaling.computeMinInstanceSize", f"{_REGIONS}.autoScaling.computeMaxInstanceSize")
_WITH_UPGRADE: Final = (
    "advancedConfiguration.*",
    "redactClientLogData",
    "encryptionAtRestProvider",
    "mongoDbMajorVersion",
)
_ALONE: Final = "only the upgrade is applied: whatever else changes needs a second update"
_NO_WAY_BACK: Final = "dump the data, and restore it into a new cluster"

# One row a line.
# fmt: off
CLUSTER: Final[tuple[Fact, ...]] = (
    # Identity
    *replace("name", "projectId", source=_SCHEMA),
    *online("clusterType", when=when.from_to("REPLICASET", "SHARDED"), field="shards", source=_MODIFY, note="one way; drivers have to use the new connection string"),
    *online("clusterType", when=when.from_to("REPLICASET", "GEOSHARDED"), field="shards", source=_GLOBAL, note="a replica set of M30 or more may enable Global Writes, one way; drivers have to use the new connection string"),
    *forbidden("clusterType", when=when.not_from_to("REPLICASET", "SHARDED", "GEOSHARDED"), source=_GLOBAL, note="only a replica set becomes sharded, or global: Global Writes are enabled on no sharded cluster that exists, and never disabled", instead=_NO_WAY_BACK),
    *forbidden("globalClusterSelfManagedSharding", source=_DOC, note="it cannot be changed", instead="keep it"),
    *forbidden("databaseEdition", source=_DOC, note="nothing is written about changing it", instead="keep it"),
    *online("configServerManagementMode", "adaptiveCapacity", "replicaSetScalingStrategy", source=_DOC),
    # Shards and regions
    *online("replicationSpecs[]", when=when.SET, field="shards", source=_SCHEMA, note="matched by position: a shard is added at the end"),
    *forbidden("replicationSpecs[]", when=when.REMOVED, source=_SCHEMA, note="matched by position: the ones after it change, too, and its data moves", instead="keep the shard; take one away by hand, when its data has moved"),
    *online("replicationSpecs[].zoneName", when=atlas.BECOMES_GLOBAL, field="zones", literal=False, source=_DOC, note="only zones of a global cluster have names: it gets one with the first, and all data is in it"),
    *forbidden("replicationSpecs[].zoneName", when=atlas.STAYS_AS_GLOBAL, source=_MODIFY, note="data stays in its zone", instead="add a zone, and move the data"),
    *online("replicationSpecs[].zoneId", "replicationSpecs[].externalId", "replicationSpecs[].containerId.*", source=_DOC, note="what Atlas gives: the provider does not send it"),
    *online("replicationSpecs[].regionConfigs[]", when=when.SET, source=_MODIFY, note="its nodes are filled first"),
    *two_step("replicationSpecs[].regionConfigs[]", when=when.REMOVED, source=_MODIFY, note="its nodes go, one election after the other", instead="take it away in an update of its own, after its clients have moved"),
    *two_step("replicationSpecs[].regionConfigs[].regionName", source=_MODIFY, note="the old region's nodes go while the new ones are filled", instead="add the new region in one update, take the old one away in the next"),
    *_failover("replicationSpecs[].regionConfigs[].priority", source=_MODIFY),
    *reboot(*_TIER, when=atlas.UPGRADE, outage=limits.TENANT_UPGRADE, field="tier", literal=False, source=_MODIFY, note=_ALONE),
    *reboot(*_TIER, when=atlas.SHARED_TIER, outage=limits.TENANT_UPGRADE, field="tier", literal=False, source=_MODIFY, note=_ALONE),
    *forbidden(*_TIER, when=atlas.DOWNGRADE, source=_MODIFY, note="a dedicated cluster never becomes a shared one", instead=_NO_WAY_BACK),
    *two_step(*_TIER, when=atlas.DEDICATED, source=_MODIFY, note="the old provider's nodes go while the new ones are filled", instead="add a region of the other provider in one update, take the old one away in the next"),
    *reboot(*_WITH_UPGRADE, when=atlas.UPGRADED, outage=limits.TENANT_UPGRADE, field="tier", literal=False, source=_MODIFY, note="only the upgrade is applied: this comes with the next update"),
    # Nodes
    *_failover(f"{_ELECTABLE}.instanceSize", when=atlas.SIZE_FIXED, field="tier", source=_MODIFY, note="one node after the other"),
    *online(f"{_ELECTABLE}.instanceSize", when=atlas.SIZE_EFFECTIVE, field="tier", source=_SCALE, note="Atlas keeps the size that autoscaling chose; to set one, switch autoscaling off first"),
    *forbidden(f"{_ELECTABLE}.instanceSize", when=atlas.SIZE_AUTOSCALED, source=_SCALE, note="it would undo what autoscaling chose", instead="set useEffectiveFields, or switch compute autoscaling off first"),
    *reboot(f"{_ELECTABLE}.instanceSize", when=atlas.UPGRADE, outage=limits.TENANT_UPGRADE, field="tier", source=_MODIFY, note=_ALONE),
    *reboot(f"{_ELECTABLE}.instanceSize", when=atlas.SHARED_TIER, outage=limits.TENANT_UPGRADE, field="tier", source=_MODIFY, note=_ALONE),
    *forbidden(f"{_ELECTABLE}.instanceSize", when=atlas.DOWNGRADE, source=_MODIFY, note="a dedicated cluster never becomes a shared one", instead=_NO_WAY_BACK),
    *online(f"{_ELECTABLE}.nodeCount", when=atlas.MORE_NODES, field="dr_nodes", source=_MODIFY),
    *_failover(f"{_ELECTABLE}.nodeCount", when=atlas.FEWER_NODES, field="dr_nodes", source=_MODIFY),
    *online(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_GROWS, field="disk_gib", source=_MODIFY),
    *online(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_EFFECTIVE, source=_SCALE, note="Atlas keeps the size that autoscaling chose"),
    *forbidden(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_AUTOSCALED, source=_SCALE, note="it would undo what autoscaling chose", instead="set useEffectiveFields, or keep the size"),
    *_failover(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_SHRINKS, field="disk_gib", source=_MODIFY, note="every node copies all data again, one after the other"),
    *online(f"{_ELECTABLE}.diskIops", f"{_ELECTABLE}.ebsVolumeType", source=_MODIFY),
    *online(*_READ, source=_MODIFY, note="their readers move to other nodes meanwhile"),
    # Autoscaling
    *online(f"{_REGIONS}.autoScaling.computeEnabled", f"{_REGIONS}.autoScaling.computeScaleDownEnabled", source=_SCALE),
    *online(*_RANGE, when=atlas.IN_RANGE, field="max_tier", source=_SCALE),
    *two_step(*_RANGE, when=atlas.OUT_OF_RANGE, source=_SCALE, note="Atlas refuses a range that the size is not in", instead="bring the size into the range first, then change the range"),
    *online(f"{_REGIONS}.autoScaling.diskGbEnabled", when=atlas.DISK_SCALING_ON, source=_SCALE),
    *online(f"{_REGIONS}.autoScaling.diskGbEnabled", when=atlas.DISK_SCALING_OFF, source=_SCALE),
    *two_step(f"{_REGIONS}.autoScaling.diskGbEnabled", when=atlas.DISK_SCALING_KEPT, source=_SCALE, note="Atlas refuses it while the oplog has a minimum of hours", instead="set advancedConfiguration.oplogMinRetentionHours to 0 first"),
    *online(f"{_REGIONS}.autoScaling.storageConfig.*", f"{_REGIONS}.analyticsAutoScaling.*", source=_SCALE),
    *online("useEffectiveFields", when=atlas.EFFECTIVE_ALONE, source=_DOC),
    *two_step("useEffectiveFields", when=atlas.EFFECTIVE_AND_NODES, source=_DOC, note="the provider refuses both at once", instead="change the flag in one update, the nodes in the next"),
    # Engine
    *_failover("mongoDbMajorVersion", when=atlas.staying(atlas.majors(limits.ATLAS_MAJOR_STEP)), field="version", source=_VERSION, note="one node after the other; pin the compatibility version before"),
    *two_step("mongoDbMajorVersion", when=atlas.staying(atlas.more_majors(limits.ATLAS_MAJOR_STEP)), source=_VERSION, note="Atlas goes one major version at a time", instead="take the next version first"),
    *forbidden("mongoDbMajorVersion", when=atlas.staying(atlas.MAJOR_BACK), source=_VERSION, note="there is no way back once the compatibility version has moved", instead="keep the version"),
    *two_step("versionReleaseSystem", source=_DOC, note="CONTINUOUS moves to new versions by itself", instead="keep LTS, and take the next major version when you choose"),
    *online("pinnedFcv.*", source=_DOC),
    *_failover("advancedConfiguration.*", "redactClientLogData", when=atlas.STAYS, field="tier", literal=False, source=_SETTINGS, note="some settings restart one node after the other"),
    *online("biConnectorConfig.*", "rootCertType", "useAwsTimeBasedSnapshotCopyForFastInitialSync", source=_DOC),
    *forbidden("paused", when=when.ON, source=_DOC, note="a paused cluster takes no connections", instead="leave it running"),
    *online("paused", when=when.OFF, source=_DOC),
    *forbidden("acceptDataRisksAndForceReplicaSetReconfig", source=_DOC, note="writes may be lost", instead="only in a regional outage, and by hand"),
    # Backups, encryption, protection
    *online("backupEnabled", "pitEnabled", "retainBackupsEnabled", "terminationProtectionEnabled", source=_DOC),
    *_failover("encryptionAtRestProvider", when=atlas.STAYS, field="tier", literal=False, source=_KEYS, note="one node after the other"),
    *online("deleteOnCreateTimeout", "timeouts.*", "labels.*", "tags.*", source=_DOC),
)

PROJECT: Final[tuple[Fact, ...]] = (
    *replace("orgId", source="terraform-provider-mongodbatlas, internal/service/project/resource_project_schema.go"),
    *forbidden("projectOwnerId", "regionUsageRestrictions", "withDefaultAlertsSettings", source=_PROJECT, note="it is read only when the project is made", instead="keep it"),
    *online("isClusterAiAssistantEnabled", "isCollectDatabaseSpecificsStatisticsEnabled", "isDataExplorerEnabled", source=_PROJECT),
    *online("isDataExplorerGenAiFeaturesEnabled", "isDataExplorerGenAiSampleDocumentPassingEnabled", source=_PROJECT),
    *online("isExtendedStorageSizesEnabled", "isNativeRerankingEnabled", "isPerformanceAdvisorEnabled", source=_PROJECT),
    *online("isRealtimePerformancePanelEnabled", "isSchemaAdvisorEnabled", "isSlowOperationThresholdingEnabled", source=_PROJECT),
    *online("name", "limits.*", "teams.*", "tags.*", source=_PROJECT),
)

ENCRYPTION: Final[tuple[Fact, ...]] = (
    *replace("projectId", source="terraform-provider-mongodbatlas, internal/service/encryptionatrest/resource.go"),
    *online("awsKmsConfig.enabled", "azureKeyVaultConfig.enabled", "googleCloudKmsConfig.enabled", when=when.ON, source=_KEYS),
    *forbidden("awsKmsConfig.enabled", "azureKeyVaultConfig.enabled", "googleCloudKmsConfig.enabled", when=when.OFF, source=_KEYS, note="clusters that use the key stop", instead="leave it on until no cluster uses it"),
    *online("awsKmsConfig.accessKeyId", "awsKmsConfig.secretAccessKey", "awsKmsConfig.roleId", "awsKmsConfig.valid", source=_KEYS),
    *online("awsKmsConfig.customerMasterKeyId", "awsKmsConfig.region", source=_KEYS, note="Atlas needs the old key until every node is under the new one"),
    *online("azureKeyVaultConfig.azureEnvironment", "azureKeyVaultConfig.clientId", "azureKeyVaultConfig.keyIdentifier", "azureKeyVaultConfig.keyVaultName", "azureKeyVaultConfig.resourceGroupName", source=_KEYS),
    *online("azureKeyVaultConfig.roleId", "azureKeyVaultConfig.secret", "azureKeyVaultConfig.subscriptionId", "azureKeyVaultConfig.tenantId", "azureKeyVaultConfig.valid", source=_KEYS),
    *online("googleCloudKmsConfig.keyVersionResourceId", "googleCloudKmsConfig.roleId", "googleCloudKmsConfig.serviceAccountKey", "googleCloudKmsConfig.valid", source=_KEYS),
    *two_step("awsKmsConfig.requirePrivateNetworking", "azureKeyVaultConfig.requirePrivateNetworking", source=_KEYS, note="clusters stop where the private endpoints are not there yet", instead="make the private endpoints first"),
    *online("enabledForSearchNodes", source=_KEYS),
)
# fmt: on
