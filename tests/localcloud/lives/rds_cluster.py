"""Lives of Aurora clusters, their instances and parameter groups."""

from localcloud.resources.rds import PARAMETER_GROUP
from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_group import CLUSTER_PARAMETER_GROUP
from localcloud.resources.rds_cluster_instance import CLUSTER_INSTANCE
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.rds import KEY, ROLE, new_subnet_group
from tests.localcloud.lives.security_group import new_group
from tests.localcloud.lives.vpc import new_vpc
from tests.localcloud.scene import Made, Scene

ENGINE = "aurora-postgresql"
MINIMAL_CLUSTER: Props = {
    "engine": ENGINE,
    "engineVersion": "17",
    "masterUsername": "clubapp",
    "masterPassword": "correct-horse-battery",
    "skipFinalSnapshot": True,
}
MEMBER: Props = {"engine": ENGINE, "instanceClass": "db.r8g.large"}


def new_cluster(scene: Scene, name: str = "orders", **more: object) -> Made:
    return scene.make(CLUSTER.type, name, {**MINIMAL_CLUSTER, **more})


def new_member(scene: Scene, cluster: str, name: str = "orders-1", **more: object) -> Made:
    return scene.make(CLUSTER_INSTANCE.type, name, {**MEMBER, "clusterIdentifier": cluster, **more})


def new_cluster_group(scene: Scene, family: str = "aurora-postgresql17") -> str:
    parameters = [{"name": "rds.force_ssl", "value": "1"}]
    return scene.make(CLUSTER_PARAMETER_GROUP.type, "orders", {"family": family, "parameters": parameters}).id


def changed_cluster(scene: Scene, made: Made, **more: object) -> Made:
    news, failures = scene.check(CLUSTER.type, "orders", {**made.inputs, **more}, made.inputs)
    assert failures == []
    return scene.update(made, news)


def cluster_described(scene: Scene, id_: str) -> Props:
    return scene.aws("rds").describe_db_clusters(DBClusterIdentifier=id_)["DBClusters"][0]


def member_described(scene: Scene, id_: str) -> Props:
    return scene.aws("rds").describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0]


def without(props: Props, *keys: str) -> Props:
    return {key: value for key, value in props.items() if key not in keys}


def _member_group(scene: Scene) -> str:
    return scene.make(PARAMETER_GROUP.type, "orders", {"family": "aurora-postgresql17"}).id


def _inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    return {
        **MINIMAL_CLUSTER,
        "backupRetentionPeriod": 7,
        "copyTagsToSnapshot": True,
        "databaseInsightsMode": "standard",
        "databaseName": "clubapp",
        "dbClusterParameterGroupName": new_cluster_group(scene),
        "dbSubnetGroupName": new_subnet_group(scene, vpc),
        "deletionProtection": False,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "iamDatabaseAuthenticationEnabled": True,
        "kmsKeyId": KEY,
        "monitoringInterval": 60,
        "monitoringRoleArn": ROLE,
        "networkType": "IPV4",
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": KEY,
        "performanceInsightsRetentionPeriod": 7,
        "port": 5433,
        "preferredBackupWindow": "01:00-01:30",
        "preferredMaintenanceWindow": "sun:02:00-sun:02:30",
        "serverlessv2ScalingConfiguration": {"minCapacity": 0.5, "maxCapacity": 8},
        "storageEncrypted": True,
        "storageType": "aurora",
        "tags": {"owner": "clubapp"},
        "vpcSecurityGroupIds": [new_group(scene, "database", vpc)],
    }


def _changes(scene: Scene) -> Props:
    return {
        "backupRetentionPeriod": 35,
        "copyTagsToSnapshot": False,
        "databaseInsightsMode": "advanced",
        "dbClusterParameterGroupName": new_cluster_group(scene),
        "deletionProtection": True,
        "enableHttpEndpoint": True,
        "enabledCloudwatchLogsExports": ["iam-db-auth-error", "postgresql"],
        "finalSnapshotIdentifier": "last",
        "iamDatabaseAuthenticationEnabled": False,
        "masterPassword": "another-correct-horse",
        "monitoringInterval": 15,
        "networkType": "DUAL",
        "performanceInsightsRetentionPeriod": 465,
        "port": 5434,
        "preferredBackupWindow": "04:00-04:30",
        "preferredMaintenanceWindow": "mon:06:00-mon:06:30",
        "serverlessv2ScalingConfiguration": {"minCapacity": 0, "maxCapacity": 16, "secondsUntilAutoPause": 600},
        "skipFinalSnapshot": False,
        "storageType": "aurora-iopt1",
        "tags": {"owner": "data"},
        "vpcSecurityGroupIds": [new_group(scene, "other")],
    }


def _with_less_backups(scene: Scene, id_: str) -> None:
    scaling = {"MinCapacity": 2, "MaxCapacity": 64}
    scene.aws("rds").modify_db_cluster(
        DBClusterIdentifier=id_, BackupRetentionPeriod=1, ServerlessV2ScalingConfiguration=scaling
    )


def _less_parameters(scene: Scene, id_: str) -> None:
    parameters = [{"ParameterName": "rds.force_ssl", "ApplyMethod": "immediate"}]
    scene.aws("rds").reset_db_cluster_parameter_group(DBClusterParameterGroupName=id_, Parameters=parameters)


def _member_inputs(scene: Scene) -> Props:
    group = new_subnet_group(scene, new_vpc(scene))
    return {
        **MEMBER,
        "availabilityZone": "eu-central-1b",
        "clusterIdentifier": new_cluster(scene, dbSubnetGroupName=group).id,
        "dbParameterGroupName": _member_group(scene),
        "engineVersion": "17",
        "monitoringInterval": 60,
        "monitoringRoleArn": ROLE,
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": KEY,
        "performanceInsightsRetentionPeriod": 7,
        "preferredMaintenanceWindow": "sun:02:00-sun:02:30",
        "promotionTier": 2,
        "tags": {"owner": "clubapp"},
    }


def _member_changes(scene: Scene) -> Props:
    return {
        "applyImmediately": True,
        "autoMinorVersionUpgrade": False,
        "caCertIdentifier": "rds-ca-ecc384-g1",
        "copyTagsToSnapshot": True,
        "dbParameterGroupName": _member_group(scene),
        "instanceClass": "db.r8g.xlarge",
        "monitoringInterval": 15,
        "performanceInsightsRetentionPeriod": 31,
        "preferredMaintenanceWindow": "mon:02:00-mon:02:30",
        "promotionTier": 0,
        "publiclyAccessible": True,
        "tags": {"owner": "data"},
    }


def _other_class(scene: Scene, id_: str) -> None:
    scene.aws("rds").modify_db_instance(DBInstanceIdentifier=id_, DBInstanceClass="db.r8g.2xlarge", PromotionTier=15)


LIVES = (
    Life(
        kind=CLUSTER,
        inputs=_inputs,
        changed=_changes,
        replaced={
            "clusterIdentifier": "other",
            "databaseName": "other",
            "dbSubnetGroupName": "other",
            "engine": "aurora-mysql",
            "kmsKeyId": f"{KEY}2",
            "masterUsername": "other",
            "restoreToPointInTime": {"sourceClusterIdentifier": "other", "useLatestRestorableTime": True},
            "snapshotIdentifier": "old",
            "storageEncrypted": False,
        },
        drift=_with_less_backups,
        drifted=frozenset({"backupRetentionPeriod", "serverlessv2ScalingConfiguration"}),
    ),
    Life(
        kind=CLUSTER_INSTANCE,
        inputs=_member_inputs,
        changed=_member_changes,
        replaced={
            "availabilityZone": "eu-central-1c",
            "clusterIdentifier": "other",
            "dbSubnetGroupName": "other",
            "engine": "aurora-mysql",
            "identifier": "other",
        },
        drift=_other_class,
        drifted=frozenset({"instanceClass", "promotionTier"}),
    ),
    Life(
        kind=CLUSTER_PARAMETER_GROUP,
        inputs=lambda _: {
            "family": "aurora-postgresql17",
            "parameters": [
                {"name": "rds.force_ssl", "value": "1"},
                {"name": "rds.logical_replication", "value": "1", "applyMethod": "pending-reboot"},
            ],
            "tags": {"owner": "clubapp"},
        },
        changed={"parameters": [{"name": "rds.force_ssl", "value": "0"}], "tags": {"owner": "data"}},
        replaced={"family": "aurora-postgresql16", "description": "other", "name": "other"},
        drift=_less_parameters,
        drifted=frozenset({"parameters"}),
    ),
)
