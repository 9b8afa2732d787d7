"""What an update left half-known when it was killed, or when an answer was lost: looked at before it goes on."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final

from upgrades.cloud import Cloud
from upgrades.engine import CREATING, Engine, Pending, State
from upgrades.finding import WAYS
from upgrades.likeness import LIKE

# What an import takes, from the registry pages of pulumi-aws 7.51: a separator, and the inputs that it is put between.
# Types that are neither here nor in `finding` have an id that is made up, and nothing to find it by.
IDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": ("", ("name",)),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": (":", ("name", "restoreTestingPlanName")),
    "aws:backup/vault:Vault": ("", ("name",)),
    "aws:cloudwatch/logGroup:LogGroup": ("", ("name",)),
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": (",", ("tableName", "indexName")),
    "aws:dynamodb/table:Table": ("", ("name",)),
    "aws:elasticache/parameterGroup:ParameterGroup": ("", ("name",)),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("", ("replicationGroupId",)),
    "aws:elasticache/serverlessCache:ServerlessCache": ("", ("name",)),
    "aws:elasticache/subnetGroup:SubnetGroup": ("", ("name",)),
    "aws:elasticache/user:User": ("", ("userId",)),
    "aws:elasticache/userGroup:UserGroup": ("", ("userGroupId",)),
    "aws:iam/role:Role": ("", ("name",)),
    "aws:kms/alias:Alias": ("", ("name",)),
    "aws:rds/cluster:Cluster": ("", ("clusterIdentifier",)),
    "aws:rds/clusterInstance:ClusterInstance": ("", ("identifier",)),
    "aws:rds/clusterRoleAssociation:ClusterRoleAssociation": (",", ("dbClusterIdentifier", "roleArn")),
    "aws:rds/clusterSnapshot:ClusterSnapshot": ("", ("dbClusterSnapshotIdentifier",)),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": ("", ("name",)),
    "aws:rds/eventSubscription:EventSubscription": ("", ("name",)),
    "aws:rds/globalCluster:GlobalCluster": ("", ("globalClusterIdentifier",)),
    "aws:rds/parameterGroup:ParameterGroup": ("", ("name",)),
    "aws:rds/proxy:Proxy": ("", ("name",)),
    "aws:rds/proxyEndpoint:ProxyEndpoint": ("/", ("dbProxyName", "dbProxyEndpointName")),
    "aws:rds/roleAssociation:RoleAssociation": (",", ("dbInstanceIdentifier", "roleArn")),
    "aws:rds/snapshot:Snapshot": ("", ("dbSnapshotIdentifier",)),
    "aws:rds/subnetGroup:SubnetGroup": ("", ("name",)),
    "aws:route53/record:Record": ("_", ("zoneId", "name", "type")),
    "aws:s3/bucket:Bucket": ("", ("bucket",)),
    "aws:scheduler/schedule:Schedule": ("/", ("groupName", "name")),
    "aws:scheduler/scheduleGroup:ScheduleGroup": ("", ("name",)),
    "mongodbatlas:index/advancedCluster:AdvancedCluster": ("-", ("projectId", "name")),
}

# Of these a second one is refused, and the first is not taken up: no tags tell whose it is (Atlas' parts, selections),
# or the AWS provider knows it by another id than the local cloud does (targets, selections). None holds data.
IN_THE_WAY: Final[Mapping[str, str]] = {
    "aws:appautoscaling/target:Target": "the scalable target {scalableDimension} of {resourceId}",
    "aws:backup/selection:Selection": "the selection {name} of the backup plan {planId}",
    "mongodbatlas:index/customDbRole:CustomDbRole": "the role {roleName} of the project {projectId}",
    "mongodbatlas:index/databaseUser:DatabaseUser": "the user {username} of the project {projectId}",
    "mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint": (
        "the private endpoint of the project {projectId} in {region}"
    ),
    "mongodbatlas:index/privateLinkEndpointService:PrivateLinkEndpointService": (
        "the connection {endpointServiceId} of the project {projectId}"
    ),
}
"""By type, what a person deletes where the update is refused because it exists; in braces inputs."""

# Of these a second one is the first: their operations put, or say what something else is to be like.
WRITTEN_OVER: Final = frozenset(
    {
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
        "aws:backup/regionSettings:RegionSettings",
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        "aws:backup/vaultNotifications:VaultNotifications",
        "aws:backup/vaultPolicy:VaultPolicy",
        "aws:cloudwatch/compositeAlarm:CompositeAlarm",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        "aws:dynamodb/contributorInsights:ContributorInsights",
        "aws:dynamodb/resourcePolicy:ResourcePolicy",
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "aws:iam/rolePolicy:RolePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        "aws:kms/keyPolicy:KeyPolicy",
        "aws:rds/instanceDesiredState:InstanceDesiredState",
        "aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        "aws:s3/bucketPolicy:BucketPolicy",
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "aws:s3/bucketVersioning:BucketVersioning",
        "aws:sns/topic:Topic",
        "aws:sns/topicPolicy:TopicPolicy",
        "aws:sns/topicSubscription:TopicSubscription",
        "mongodbatlas:index/auditing:Auditing",
        "mongodbatlas:index/backupCompliancePolicy:BackupCompliancePolicy",
        "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule",
        "mongodbatlas:index/cloudProviderAccessAuthorization:CloudProviderAccessAuthorization",
        "mongodbatlas:index/encryptionAtRest:EncryptionAtRest",
        "mongodbatlas:index/maintenanceWindow:MaintenanceWindow",
        "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList",
    }
)
"""Types that are made again without a trace of the first."""


def mend(engine: Engine, cloud: Cloud, state: State, say: Callable[[str], None]) -> None:
    """
    Let the state say what is there: what was changed is read, what was made is taken up where its id can be known.

    Raises EngineError.
    """
    adopted: dict[str, str] = {}
    for one in state.pending:
        said = f"half-known: {one.name} ({one.type}) was {one.operation} when the last update was stopped"
        if one.operation == CREATING:
            if id_ := id_of(one, cloud):
                adopted[one.urn] = id_
            else:
                said += f"; {_to_do(one)}"
        say(said)
    known = {one["urn"] for one in state.resources}
    engine.mend([one.urn for one in state.pending if one.urn in known and one.operation != CREATING], adopted)


def _to_do(one: Pending) -> str:
    """Say what becomes of what is not taken up."""
    if one.type in LIKE:
        return (
            "nothing, or more than one thing, has its tags and is as it was asked for: it is made again; what is like "
            "it but for that belongs to somebody else"
        )
    if one.type in WRITTEN_OVER:
        return "it is made again, over what may be there"
    if words := IN_THE_WAY.get(one.type):
        what = words.format_map(defaultdict(lambda: "?", one.inputs))
        return f"it is made again: where that is refused, as it is there already, delete {what}, which holds no data"
    return "it is made again: if it is there already, that one belongs to nobody, and is to be deleted"


def id_of(one: Pending, cloud: Cloud) -> str | None:
    """Give the id that a resource has if it was made; None: nobody can know it, or there is none."""
    if way := WAYS.get(one.type):
        return way(one.inputs, cloud)
    separator, keys = IDS.get(one.type, ("", ()))
    values = [one.inputs.get(key) for key in keys]
    return separator.join(map(str, values)) if keys and all(values) else None
