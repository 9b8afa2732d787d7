"""Lives of RDS's types."""

from localcloud.resources.rds import PARAMETER_GROUP, SUBNET_GROUP
from localcloud.resources.rds_instance import INSTANCE
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.security_group import new_group
from tests.localcloud.lives.vpc import new_subnet, new_vpc
from tests.localcloud.scene import Scene

ROLE = "arn:aws:iam::123456789012:role/monitor"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"
MINIMAL: Props = {
    "engine": "postgres",
    "engineVersion": "17",
    "instanceClass": "db.t4g.micro",
    "allocatedStorage": 20,
    "username": "clubapp",
    "password": "correct-horse-battery",
    "skipFinalSnapshot": True,
}
PARAMETERS = [
    {"name": "rds.force_ssl", "value": "1"},
    {"name": "shared_preload_libraries", "value": "pg_stat_statements", "applyMethod": "pending-reboot"},
]


def new_subnet_group(scene: Scene, vpc: str) -> str:
    subnets = [new_subnet(scene, vpc, 1, "a"), new_subnet(scene, vpc, 2, "b")]
    return scene.make(SUBNET_GROUP.type, "data", {"subnetIds": subnets}).id


def new_parameter_group(scene: Scene, family: str = "postgres17") -> str:
    return scene.make(PARAMETER_GROUP.type, "orders", {"family": family, "parameters": PARAMETERS}).id


def _subnet_group_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    return {"subnetIds": [new_subnet(scene, vpc, 1, "a"), new_subnet(scene, vpc, 2, "b")], "tags": {"owner": "clubapp"}}


def _other_subnets(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    subnets = [new_subnet(scene, vpc, number, zone) for number, zone in ((1, "a"), (2, "b"), (3, "c"))]
    return {"subnetIds": subnets, "description": "three zones", "tags": {"owner": "data"}}


def instance_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    return {
        **MINIMAL,
        "backupRetentionPeriod": 7,
        "backupWindow": "01:00-01:30",
        "caCertIdentifier": "rds-ca-rsa2048-g1",
        "copyTagsToSnapshot": True,
        "databaseInsightsMode": "standard",
        "dbName": "clubapp",
        "dbSubnetGroupName": new_subnet_group(scene, vpc),
        "deletionProtection": False,
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "iamDatabaseAuthenticationEnabled": True,
        "kmsKeyId": KEY,
        "maintenanceWindow": "sun:02:00-sun:02:30",
        "maxAllocatedStorage": 100,
        "monitoringInterval": 60,
        "monitoringRoleArn": ROLE,
        "multiAz": True,
        "networkType": "IPV4",
        "parameterGroupName": new_parameter_group(scene),
        "performanceInsightsEnabled": True,
        "performanceInsightsKmsKeyId": KEY,
        "performanceInsightsRetentionPeriod": 7,
        "port": 5433,
        "storageEncrypted": True,
        "storageType": "gp3",
        "tags": {"owner": "clubapp"},
        "vpcSecurityGroupIds": [new_group(scene, "database", vpc)],
    }


def _changes(scene: Scene) -> Props:
    return {
        "allocatedStorage": 400,
        "applyImmediately": True,
        "autoMinorVersionUpgrade": False,
        "backupRetentionPeriod": 35,
        "backupWindow": "04:00-04:30",
        "databaseInsightsMode": "advanced",
        "deletionProtection": True,
        "enabledCloudwatchLogsExports": ["iam-db-auth-error", "postgresql"],
        "engineLifecycleSupport": "open-source-rds-extended-support",
        "iamDatabaseAuthenticationEnabled": False,
        "instanceClass": "db.m8g.large",
        "iops": 12000,
        "maintenanceWindow": "mon:06:00-mon:06:30",
        "maxAllocatedStorage": 1000,
        "monitoringInterval": 15,
        "multiAz": False,
        "networkType": "DUAL",
        "parameterGroupName": new_parameter_group(scene),
        "password": "another-correct-horse",
        "performanceInsightsRetentionPeriod": 465,
        "port": 5434,
        "skipFinalSnapshot": False,
        "finalSnapshotIdentifier": "last",
        "storageThroughput": 500,
        "tags": {"owner": "data"},
        "vpcSecurityGroupIds": [new_group(scene, "other")],
    }


def _without_backups(scene: Scene, id_: str) -> None:
    aws = scene.aws("rds")
    [found] = aws.describe_db_instances(Filters=[{"Name": "dbi-resource-id", "Values": [id_]}])["DBInstances"]
    aws.modify_db_instance(DBInstanceIdentifier=found["DBInstanceIdentifier"], BackupRetentionPeriod=1, MultiAZ=False)


def _less_parameters(scene: Scene, id_: str) -> None:
    changed = {"ParameterName": "rds.force_ssl", "ParameterValue": "0", "ApplyMethod": "immediate"}
    scene.aws("rds").modify_db_parameter_group(DBParameterGroupName=id_, Parameters=[changed])


LIVES = (
    Life(
        kind=SUBNET_GROUP,
        inputs=_subnet_group_inputs,
        changed=_other_subnets,
        replaced={"name": "other"},
    ),
    Life(
        kind=PARAMETER_GROUP,
        inputs=lambda _: {"family": "postgres17", "parameters": PARAMETERS, "tags": {"owner": "clubapp"}},
        changed={"parameters": [{"name": "rds.force_ssl", "value": "0"}], "tags": {"owner": "data"}},
        replaced={"family": "postgres18", "description": "other", "name": "other"},
        drift=_less_parameters,
        drifted=frozenset({"parameters"}),
    ),
    Life(
        kind=INSTANCE,
        inputs=instance_inputs,
        changed=_changes,
        replaced={
            "availabilityZone": "eu-central-1c",
            "dbName": "other",
            "engine": "mysql",
            "kmsKeyId": f"{KEY}2",
            "storageEncrypted": False,
            "username": "other",
            "snapshotIdentifier": "old",
        },
        drift=_without_backups,
        drifted=frozenset({"backupRetentionPeriod", "multiAz"}),
    ),
)
