"""MongoDB Atlas: projects, clusters, encryption."""

from functools import partial
from typing import Final

from upgrades.facts import atlas_conditions as atlas
from upgrades.facts import conditions as when
from upgrades.facts import limits
from upgrades.facts.fact import EffectKind, Fact, facts

_SCHEMA: Final = "terraform-provider-mongodbatlas, internal/service/advancedcluster/schema.go"
_DOC: Final = "pulumi_mongodbatlas 4.18.0, AdvancedCluster"
_PROJECT: Final = "pulumi_mongodbatlas 4.18.0, Project"
_MODIFY: Final = "MongoDB Atlas, Modify a cluster"
_SCALE: Final = "MongoDB Atlas, Configure auto-scaling"
_VERSION: Final = "MongoDB Atlas, Upgrade major MongoDB version for a cluster"
_KEYS: Final = "MongoDB Atlas, Encryption at rest using customer key management"
_SETTINGS: Final = "MongoDB Atlas, Configure additional settings"

_online = partial(facts, EffectKind.ONLINE)
_failover = partial(facts, EffectKind.FAILOVER, outage=limits.ELECTION)
_reboot = partial(facts, EffectKind.REBOOT)
_two_step = partial(facts, EffectKind.TWO_STEP)
_replace = partial(facts, EffectKind.REPLACE)
_forbidden = partial(facts, EffectKind.FORBIDDEN)

_REGIONS: Final = "replicationSpecs[].regionConfigs[]"
_ELECTABLE: Final = f"{_REGIONS}.electableSpecs"
_READ: Final = (f"{_REGIONS}.readOnlySpecs.*", f"{_REGIONS}.analyticsSpecs.*")
_TIER: Final = (f"{_REGIONS}.providerName", f"{_REGIONS}.backingProviderName")
_RANGE: Final = (f"{_REGIONS}.autoScaling.computeMinInstanceSize", f"{_REGIONS}.autoScaling.computeMaxInstanceSize")
_ALONE: Final = "only the upgrade is applied: whatever else changes needs a second update"
_NO_WAY_BACK: Final = "dump the data, and restore it into a new cluster"

# One row a line.
# fmt: off
CLUSTER: Final[tuple[Fact, ...]] = (
    # Identity
    *_replace("name", "projectId", source=_SCHEMA),
    *_online("clusterType", when=when.from_to("REPLICASET", "SHARDED", "GEOSHARDED"), field="shards", source=_MODIFY, note="one way; drivers have to use the new connection string"),
    *_forbidden("clusterType", when=when.not_from_to("REPLICASET", "SHARDED", "GEOSHARDED"), source=_MODIFY, note="only a replica set becomes sharded or global", instead=_NO_WAY_BACK),
    *_forbidden("globalClusterSelfManagedSharding", source=_DOC, note="it cannot be changed", instead="keep it"),
    *_forbidden("databaseEdition", source=_DOC, note="nothing is written about changing it", instead="keep it"),
    *_online("configServerManagementMode", "adaptiveCapacity", "replicaSetScalingStrategy", source=_DOC),
    # Shards and regions
    *_online("replicationSpecs[]", when=when.SET, field="shards", source=_SCHEMA, note="matched by position: a shard is added at the end"),
    *_forbidden("replicationSpecs[]", when=when.REMOVED, source=_SCHEMA, note="matched by position: the ones after it change, too, and its data moves", instead="keep the shard; take one away by hand, when its data has moved"),
    *_forbidden("replicationSpecs[].zoneName", source=_MODIFY, note="data stays in its zone", instead="add a zone, and move the data"),
    *_online("replicationSpecs[].zoneId", "replicationSpecs[].externalId", "replicationSpecs[].containerId.*", source=_DOC, note="what Atlas gives: the provider does not send it"),
    *_online("replicationSpecs[].regionConfigs[]", when=when.SET, source=_MODIFY, note="its nodes are filled first"),
    *_two_step("replicationSpecs[].regionConfigs[]", when=when.REMOVED, source=_MODIFY, note="its nodes go, one election after the other", instead="take it away in an update of its own, after its clients have moved"),
    *_two_step("replicationSpecs[].regionConfigs[].regionName", source=_MODIFY, note="the old region's nodes go while the new ones are filled", instead="add the new region in one update, take the old one away in the next"),
    *_failover("replicationSpecs[].regionConfigs[].priority", source=_MODIFY),
    *_reboot(*_TIER, when=atlas.UPGRADE, outage=limits.TENANT_UPGRADE, field="tier", literal=False, source=_MODIFY, note=_ALONE),
    *_reboot(*_TIER, when=atlas.SHARED_TIER, outage=limits.TENANT_UPGRADE, field="tier", literal=False, source=_MODIFY, note=_ALONE),
    *_forbidden(*_TIER, when=atlas.DOWNGRADE, source=_MODIFY, note="a dedicated cluster never becomes a shared one", instead=_NO_WAY_BACK),
    *_two_step(*_TIER, when=atlas.DEDICATED, source=_MODIFY, note="the old provider's nodes go while the new ones are filled", instead="add a region of the other provider in one update, take the old one away in the next"),
    # Nodes
    *_failover(f"{_ELECTABLE}.instanceSize", when=atlas.SIZE_FIXED, field="tier", source=_MODIFY, note="one node after the other"),
    *_online(f"{_ELECTABLE}.instanceSize", when=atlas.SIZE_EFFECTIVE, field="tier", source=_SCALE, note="Atlas keeps the size that autoscaling chose; to set one, switch autoscaling off first"),
    *_forbidden(f"{_ELECTABLE}.instanceSize", when=atlas.SIZE_AUTOSCALED, source=_SCALE, note="it would undo what autoscaling chose", instead="set useEffectiveFields, or switch compute autoscaling off first"),
    *_reboot(f"{_ELECTABLE}.instanceSize", when=atlas.UPGRADE, outage=limits.TENANT_UPGRADE, field="tier", source=_MODIFY, note=_ALONE),
    *_reboot(f"{_ELECTABLE}.instanceSize", when=atlas.SHARED_TIER, outage=limits.TENANT_UPGRADE, field="tier", source=_MODIFY, note=_ALONE),
    *_forbidden(f"{_ELECTABLE}.instanceSize", when=atlas.DOWNGRADE, source=_MODIFY, note="a dedicated cluster never becomes a shared one", instead=_NO_WAY_BACK),
    *_online(f"{_ELECTABLE}.nodeCount", when=atlas.MORE_NODES, field="dr_nodes", source=_MODIFY),
    *_failover(f"{_ELECTABLE}.nodeCount", when=atlas.FEWER_NODES, field="dr_nodes", source=_MODIFY),
    *_online(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_GROWS, field="disk_gib", source=_MODIFY),
    *_online(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_EFFECTIVE, source=_SCALE, note="Atlas keeps the size that autoscaling chose"),
    *_forbidden(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_AUTOSCALED, source=_SCALE, note="it would undo what autoscaling chose", instead="set useEffectiveFields, or keep the size"),
    *_failover(f"{_ELECTABLE}.diskSizeGb", when=atlas.DISK_SHRINKS, field="disk_gib", source=_MODIFY, note="every node copies all data again, one after the other"),
    *_online(f"{_ELECTABLE}.diskIops", f"{_ELECTABLE}.ebsVolumeType", source=_MODIFY),
    *_online(*_READ, source=_MODIFY, note="their readers move to other nodes meanwhile"),
    # Autoscaling
    *_online(f"{_REGIONS}.autoScaling.computeEnabled", f"{_REGIONS}.autoScaling.computeScaleDownEnabled", source=_SCALE),
    *_online(*_RANGE, when=atlas.IN_RANGE, field="max_tier", source=_SCALE),
    *_two_step(*_RANGE, when=atlas.OUT_OF_RANGE, source=_SCALE, note="Atlas refuses a range that the size is not in", instead="bring the size into the range first, then change the range"),
    *_online(f"{_REGIONS}.autoScaling.diskGbEnabled", when=atlas.DISK_SCALING_ON, source=_SCALE),
    *_online(f"{_REGIONS}.autoScaling.diskGbEnabled", when=atlas.DISK_SCALING_OFF, source=_SCALE),
    *_two_step(f"{_REGIONS}.autoScaling.diskGbEnabled", when=atlas.DISK_SCALING_KEPT, source=_SCALE, note="Atlas refuses it while the oplog has a minimum of hours", instead="set advancedConfiguration.oplogMinRetentionHours to 0 first"),
    *_online(f"{_REGIONS}.autoScaling.storageConfig.*", f"{_REGIONS}.analyticsAutoScaling.*", source=_SCALE),
    *_online("useEffectiveFields", when=atlas.EFFECTIVE_ALONE, source=_DOC),
    *_two_step("useEffectiveFields", when=atlas.EFFECTIVE_AND_NODES, source=_DOC, note="the provider refuses both at once", instead="change the flag in one update, the nodes in the next"),
    # Engine
    *_failover("mongoDbMajorVersion", when=atlas.majors(limits.ATLAS_MAJOR_STEP), field="version", source=_VERSION, note="one node after the other; pin the compatibility version before"),
    *_two_step("mongoDbMajorVersion", when=atlas.more_majors(limits.ATLAS_MAJOR_STEP), source=_VERSION, note="Atlas goes one major version at a time", instead="take the next version first"),
    *_forbidden("mongoDbMajorVersion", when=atlas.MAJOR_BACK, source=_VERSION, note="there is no way back once the compatibility version has moved", instead="keep the version"),
    *_two_step("versionReleaseSystem", source=_DOC, note="CONTINUOUS moves to new versions by itself", instead="keep LTS, and take the next major version when you choose"),
    *_online("pinnedFcv.*", source=_DOC),
    *_failover("advancedConfiguration.*", "redactClientLogData", source=_SETTINGS, note="some settings restart one node after the other"),
    *_online("biConnectorConfig.*", "rootCertType", "useAwsTimeBasedSnapshotCopyForFastInitialSync", source=_DOC),
    *_forbidden("paused", when=when.ON, source=_DOC, note="a paused cluster takes no connections", instead="leave it running"),
    *_online("paused", when=when.OFF, source=_DOC),
    *_forbidden("acceptDataRisksAndForceReplicaSetReconfig", source=_DOC, note="writes may be lost", instead="only in a regional outage, and by hand"),
    # Backups, encryption, protection
    *_online("backupEnabled", "pitEnabled", "retainBackupsEnabled", "terminationProtectionEnabled", source=_DOC),
    *_failover("encryptionAtRestProvider", source=_KEYS, note="one node after the other"),
    *_online("deleteOnCreateTimeout", "timeouts.*", "labels.*", "tags.*", source=_DOC),
)

PROJECT: Final[tuple[Fact, ...]] = (
    *_replace("orgId", source="terraform-provider-mongodbatlas, internal/service/project/resource_project_schema.go"),
    *_forbidden("projectOwnerId", "regionUsageRestrictions", "withDefaultAlertsSettings", source=_PROJECT, note="it is read only when the project is made", instead="keep it"),
    *_online("isClusterAiAssistantEnabled", "isCollectDatabaseSpecificsStatisticsEnabled", "isDataExplorerEnabled", source=_PROJECT),
    *_online("isDataExplorerGenAiFeaturesEnabled", "isDataExplorerGenAiSampleDocumentPassingEnabled", source=_PROJECT),
    *_online("isExtendedStorageSizesEnabled", "isNativeRerankingEnabled", "isPerformanceAdvisorEnabled", source=_PROJECT),
    *_online("isRealtimePerformancePanelEnabled", "isSchemaAdvisorEnabled", "isSlowOperationThresholdingEnabled", source=_PROJECT),
    *_online("name", "limits.*", "teams.*", "tags.*", source=_PROJECT),
)

ENCRYPTION: Final[tuple[Fact, ...]] = (
    *_replace("projectId", source="terraform-provider-mongodbatlas, internal/service/encryptionatrest/resource.go"),
    *_online("awsKmsConfig.enabled", "azureKeyVaultConfig.enabled", "googleCloudKmsConfig.enabled", when=when.ON, source=_KEYS),
    *_forbidden("awsKmsConfig.enabled", "azureKeyVaultConfig.enabled", "googleCloudKmsConfig.enabled", when=when.OFF, source=_KEYS, note="clusters that use the key stop", instead="leave it on until no cluster uses it"),
    *_online("awsKmsConfig.accessKeyId", "awsKmsConfig.secretAccessKey", "awsKmsConfig.roleId", "awsKmsConfig.valid", source=_KEYS),
    *_online("awsKmsConfig.customerMasterKeyId", "awsKmsConfig.region", source=_KEYS, note="Atlas needs the old key until every node is under the new one"),
    *_online("azureKeyVaultConfig.azureEnvironment", "azureKeyVaultConfig.clientId", "azureKeyVaultConfig.keyIdentifier", "azureKeyVaultConfig.keyVaultName", "azureKeyVaultConfig.resourceGroupName", source=_KEYS),
    *_online("azureKeyVaultConfig.roleId", "azureKeyVaultConfig.secret", "azureKeyVaultConfig.subscriptionId", "azureKeyVaultConfig.tenantId", "azureKeyVaultConfig.valid", source=_KEYS),
    *_online("googleCloudKmsConfig.keyVersionResourceId", "googleCloudKmsConfig.roleId", "googleCloudKmsConfig.serviceAccountKey", "googleCloudKmsConfig.valid", source=_KEYS),
    *_two_step("awsKmsConfig.requirePrivateNetworking", "azureKeyVaultConfig.requirePrivateNetworking", source=_KEYS, note="clusters stop where the private endpoints are not there yet", instead="make the private endpoints first"),
    *_online("enabledForSearchNodes", source=_KEYS),
)
# fmt: on
