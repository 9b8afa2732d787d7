"""What stands before every recording: each kind of store that the local cloud imitates, as in production."""

from typing import Any, Final

ITEM = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}], "billingMode": "PAY_PER_REQUEST"}
INSTANCE: Final = {
    "engine": "postgres",
    "engineVersion": "16",
    "instanceClass": "db.t4g.medium",
    "allocatedStorage": 50,
    "storageType": "gp3",
    "storageEncrypted": True,
    "username": "keeper",
    "password": "not-a-secret-of-anybody",
    "dbName": "main",
    "backupRetentionPeriod": 7,
    "deletionProtection": True,
    "deleteAutomatedBackups": False,
    "skipFinalSnapshot": False,
    "applyImmediately": True,
    "dbSubnetGroupName": "=subnets.name",
    "kmsKeyId": "=data-key.arn",
    "tags": {"phase": "mvp"},
}
AURORA: Final = {
    "engine": "aurora-postgresql",
    "engineVersion": "16",
    "masterUsername": "keeper",
    "masterPassword": "not-a-secret-of-anybody",
    "databaseName": "core",
    "storageEncrypted": True,
    "backupRetentionPeriod": 7,
    "deletionProtection": True,
    "skipFinalSnapshot": False,
    "finalSnapshotIdentifier": "core-final",
    "dbSubnetGroupName": "=subnets.name",
    "kmsKeyId": "=data-key.arn",
    "applyImmediately": True,
}
MEMBER: Final = {"engine": "aurora-postgresql", "instanceClass": "db.r7g.large", "applyImmediately": True}
CACHE: Final = {
    "description": "cache",
    "engine": "valkey",
    "engineVersion": "7.2",
    "nodeType": "cache.t4g.small",
    "numCacheClusters": 2,
    "automaticFailoverEnabled": True,
    "multiAzEnabled": True,
    "atRestEncryptionEnabled": True,
    "transitEncryptionEnabled": True,
    "transitEncryptionMode": "required",
    "snapshotRetentionLimit": 7,
    "finalSnapshotIdentifier": "cache-final",
    "subnetGroupName": "=cache-subnets.name",
    "kmsKeyId": "=data-key.arn",
    "applyImmediately": True,
}


def _one(type_: str, name: str, inputs: dict[str, Any], *, protect: bool = False) -> dict[str, Any]:
    return {"type": type_, "name": name, "inputs": inputs} | ({"protect": True} if protect else {})


BASE: Final = [
    _one("aws:ec2/vpc:Vpc", "vpc", {"cidrBlock": "10.0.0.0/16"}),
    *(
        _one(
            "aws:ec2/subnet:Subnet",
            f"subnet-{zone}",
            {"vpcId": "=vpc.id", "cidrBlock": f"10.0.{number}.0/24", "availabilityZone": f"eu-central-1{zone}"},
        )
        for number, zone in enumerate("abc")
    ),
    _one("aws:rds/subnetGroup:SubnetGroup", "subnets", {"subnetIds": [f"=subnet-{zone}.id" for zone in "abc"]}),
    _one("aws:elasticache/subnetGroup:SubnetGroup", "cache-subnets", {"subnetIds": [f"=subnet-{z}.id" for z in "abc"]}),
    _one("aws:kms/key:Key", "data-key", {"enableKeyRotation": True, "deletionWindowInDays": 30}, protect=True),
    _one("aws:kms/key:Key", "other-key", {"enableKeyRotation": True}),
    _one(
        "aws:rds/instance:Instance",
        "main-primary",
        {**INSTANCE, "finalSnapshotIdentifier": "main-final", "maxAllocatedStorage": 100},
        protect=True,
    ),
    _one(
        "aws:rds/instance:Instance",
        "main-replica-1",
        {
            "replicateSourceDb": "=main-primary.identifier",
            "instanceClass": "db.t4g.medium",
            "skipFinalSnapshot": True,
            "applyImmediately": True,
        },
    ),
    _one(
        "aws:rds/instance:Instance",
        "standby-primary",
        {**INSTANCE, "finalSnapshotIdentifier": "standby-final", "multiAz": True},
        protect=True,
    ),
    # A database that has moved: its instance waits to be retired.
    _one(
        "aws:rds/instance:Instance",
        "moved-primary",
        {**INSTANCE, "finalSnapshotIdentifier": "moved-final", "deletionProtection": False},
    ),
    _one("aws:rds/cluster:Cluster", "moved-cluster", {**AURORA, "finalSnapshotIdentifier": "moved-cluster-final"}),
    # One that is on its way: the cluster is still a copy of the instance.
    _one(
        "aws:rds/instance:Instance",
        "moving-primary",
        {**INSTANCE, "finalSnapshotIdentifier": "moving-final", "deletionProtection": False},
    ),
    _one(
        "aws:rds/cluster:Cluster",
        "moving-cluster",
        {
            key: value
            for key, value in {
                **AURORA,
                "finalSnapshotIdentifier": "moving-cluster-final",
                "replicationSourceIdentifier": "=moving-primary.arn",
            }.items()
            if key not in ("masterUsername", "masterPassword", "databaseName")
        },
    ),
    _one("aws:rds/cluster:Cluster", "core-cluster", AURORA, protect=True),
    _one(
        "aws:rds/clusterInstance:ClusterInstance", "core-member-0", {**MEMBER, "clusterIdentifier": "=core-cluster.id"}
    ),
    _one(
        "aws:rds/clusterInstance:ClusterInstance", "core-member-1", {**MEMBER, "clusterIdentifier": "=core-cluster.id"}
    ),
    _one(
        "aws:dynamodb/table:Table",
        "events-table",
        {
            **ITEM,
            "name": "events",
            "deletionProtectionEnabled": True,
            "pointInTimeRecovery": {"enabled": True, "recoveryPeriodInDays": 35},
            "serverSideEncryption": {"enabled": True, "kmsKeyArn": "=data-key.arn"},
            "ttl": {"enabled": True, "attributeName": "expires"},
            "streamEnabled": True,
            "streamViewType": "NEW_IMAGE",
            "onDemandThroughput": {"maxReadRequestUnits": 100, "maxWriteRequestUnits": 100},
            "tags": {"phase": "mvp"},
        },
        protect=True,
    ),
    _one(
        "aws:dynamodb/table:Table",
        "orders-table",
        {
            "hashKey": "id",
            "rangeKey": "day",
            "attributes": [{"name": name, "type": "S"} for name in ("id", "day", "owner")],
            "billingMode": "PROVISIONED",
            "readCapacity": 10,
            "writeCapacity": 10,
            "deletionProtectionEnabled": True,
            "globalSecondaryIndexes": [
                {
                    "name": "by-owner",
                    "hashKey": "owner",
                    "projectionType": "KEYS_ONLY",
                    "readCapacity": 10,
                    "writeCapacity": 10,
                }
            ],
            "warmThroughput": {"readUnitsPerSecond": 13000, "writeUnitsPerSecond": 5000},
        },
        protect=True,
    ),
    _one("aws:elasticache/replicationGroup:ReplicationGroup", "cache-group", CACHE, protect=True),
    _one(
        "aws:elasticache/replicationGroup:ReplicationGroup",
        "queue-group",
        {
            **CACHE,
            "description": "queue",
            "numCacheClusters": 1,
            "automaticFailoverEnabled": False,
            "multiAzEnabled": False,
            "finalSnapshotIdentifier": "queue-final",
        },
    ),
    _one(
        "aws:elasticache/serverlessCache:ServerlessCache",
        "sessions-serverless",
        {
            "engine": "valkey",
            "majorEngineVersion": "8",
            "name": "sessions",
            "snapshotRetentionLimit": 7,
            "subnetIds": [f"=subnet-{zone}.id" for zone in "abc"],
            "cacheUsageLimits": {"dataStorage": {"maximum": 10, "unit": "GB"}, "ecpuPerSeconds": [{"maximum": 5000}]},
        },
    ),
    _one("aws:secretsmanager/secret:Secret", "app-secret", {"name": "app", "recoveryWindowInDays": 30}, protect=True),
    _one("aws:backup/vault:Vault", "backups", {"kmsKeyArn": "=data-key.arn"}, protect=True),
    _one("aws:s3/bucket:Bucket", "archive-bucket", {"forceDestroy": False}, protect=True),
    _one("random:index/randomPassword:RandomPassword", "app-password", {"length": 40, "special": False}, protect=True),
]


def region(size: str, **more: Any) -> dict[str, Any]:
    """Give a cluster's only region, with nodes of one size."""
    nodes = {"instanceSize": size, "nodeCount": 3, "diskSizeGb": 40}
    return {"providerName": "AWS", "regionName": "EU_CENTRAL_1", "priority": 7, "electableSpecs": nodes, **more}


def cluster(*regions: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the specification of a cluster with one shard."""
    return [{"regionConfigs": list(regions)}]


SCALED: Final = {
    "autoScaling": {"computeEnabled": True, "computeMinInstanceSize": "M10", "computeMaxInstanceSize": "M40"}
}
_CLUSTER: Final = {
    "projectId": "=documents-project.id",
    "clusterType": "REPLICASET",
    "mongoDbMajorVersion": "7.0",
    "replicationSpecs": cluster(region("M20")),
    "backupEnabled": True,
    "pitEnabled": True,
    "retainBackupsEnabled": True,
    "terminationProtectionEnabled": True,
}

ATLAS: Final = [
    _one(
        "mongodbatlas:index/project:Project",
        "documents-project",
        {"name": "documents", "orgId": "0123456789abcdef01234567"},
        protect=True,
    ),
    _one(
        "mongodbatlas:index/advancedCluster:AdvancedCluster",
        "documents-cluster",
        {**_CLUSTER, "name": "documents"},
        protect=True,
    ),
    _one(
        "mongodbatlas:index/advancedCluster:AdvancedCluster",
        "scaled-cluster",
        {**_CLUSTER, "name": "scaled", "replicationSpecs": cluster(region("M20", **SCALED))},
    ),
]
