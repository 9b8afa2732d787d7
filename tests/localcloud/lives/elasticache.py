"""Lives of ElastiCache's types."""

import secrets

from localcloud.resources.elasticache import PARAMETER_GROUP, SUBNET_GROUP, USER, USER_GROUP
from localcloud.resources.elasticache_global import GLOBAL_REPLICATION_GROUP
from localcloud.resources.kms import KEY
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.resources.serverless_cache import SERVERLESS_CACHE
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

PASSWORD = "correct-horse-battery"  # noqa: S105  a password for tests


def subnets(scene: Scene) -> list[str]:
    """The subnets of the default VPC, in three zones."""
    default = [{"Name": "default-for-az", "Values": ["true"]}]
    return sorted(one["SubnetId"] for one in scene.aws("ec2").describe_subnets(Filters=default)["Subnets"])[:3]


def security_group(scene: Scene) -> str:
    name = f"cache-{secrets.token_hex(4)}"
    return scene.aws("ec2").create_security_group(GroupName=name, Description="the cache's")["GroupId"]


def user_inputs(**more: object) -> Props:
    name = f"app-{secrets.token_hex(4)}"
    user = {"userId": name, "userName": name, "engine": "valkey", "accessString": "on ~app::* +@read"}
    return {**user, "passwords": [PASSWORD], "tags": {"owner": "clubapp"}, **more}


def parameters(scene: Scene, name: str = "sessions", **values: str) -> str:
    said = [{"name": key.replace("_", "-"), "value": value} for key, value in values.items()]
    return scene.make(PARAMETER_GROUP.type, name, {"family": "valkey8", "parameters": said}).id


def group_inputs(scene: Scene) -> Props:
    """One node, as every application begins."""
    return {
        "description": "sessions of clubapp",
        "engine": "valkey",
        "engineVersion": "8.0",
        "nodeType": "cache.t4g.micro",
        "numNodeGroups": 1,
        "replicasPerNodeGroup": 0,
        "clusterMode": "disabled",
        "parameterGroupName": parameters(scene, maxmemory_policy="allkeys-lru"),
        "subnetGroupName": scene.make(SUBNET_GROUP.type, "sessions", {"subnetIds": subnets(scene)}).id,
        "securityGroupIds": [security_group(scene)],
        "port": 6379,
        "atRestEncryptionEnabled": True,
        "kmsKeyId": scene.make(KEY.type, "sessions", {}).outputs["arn"],
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "userGroupIds": [_user_group(scene)],
        "maintenanceWindow": "sun:03:00-sun:04:00",
        "snapshotWindow": "05:00-06:00",
        "applyImmediately": True,
        "finalSnapshotIdentifier": f"final-{secrets.token_hex(4)}",
        "logDeliveryConfigurations": [
            {"destination": "slow", "destinationType": "cloudwatch-logs", "logFormat": "json", "logType": "slow-log"}
        ],
        "tags": {"owner": "clubapp"},
    }


def _user_group(scene: Scene) -> str:
    user = scene.make(USER.type, "app", user_inputs())
    inputs = {"userGroupId": f"g-{secrets.token_hex(4)}", "engine": "valkey", "userIds": [user.id]}
    return scene.make(USER_GROUP.type, "sessions", inputs).id


def _changes(scene: Scene) -> Props:
    return {
        "automaticFailoverEnabled": True,
        "description": "another",
        "engineVersion": "8.1",
        "logDeliveryConfigurations": [
            {"destination": "logs", "destinationType": "kinesis-firehose", "logFormat": "text", "logType": "engine-log"}
        ],
        "maintenanceWindow": "mon:03:00-mon:04:00",
        "multiAzEnabled": True,
        "nodeType": "cache.m7g.large",
        "notificationTopicArn": "arn:aws:sns:eu-central-1:123456789012:alarms",
        "parameterGroupName": parameters(scene, "next", maxmemory_policy="noeviction"),
        "replicasPerNodeGroup": 2,
        "securityGroupIds": [security_group(scene), security_group(scene)],
        "snapshotRetentionLimit": 7,
        "snapshotWindow": "01:00-02:00",
        "tags": {"phase": "growth"},
        "userGroupIds": [_user_group(scene)],
    }


def _shrink_node(scene: Scene, id_: str) -> None:
    scene.aws("elasticache").modify_replication_group(
        ReplicationGroupId=id_, CacheNodeType="cache.t4g.small", ApplyImmediately=True
    )


def _reset_parameters(scene: Scene, id_: str) -> None:
    scene.aws("elasticache").reset_cache_parameter_group(CacheParameterGroupName=id_, ResetAllParameters=True)


def _open_user(scene: Scene, id_: str) -> None:
    scene.aws("elasticache").modify_user(UserId=id_, AccessString="on ~* +@all")


def _group_of_users(scene: Scene) -> Props:
    users = [scene.make(USER.type, "app", user_inputs()).id for _ in range(2)]
    return {"userGroupId": f"g-{secrets.token_hex(4)}", "engine": "valkey", "userIds": users, "tags": {"a": "b"}}


def _leave(scene: Scene, id_: str) -> None:
    aws = scene.aws("elasticache")
    first = aws.describe_user_groups(UserGroupId=id_)["UserGroups"][0]["UserIds"][0]
    aws.modify_user_group(UserGroupId=id_, UserIdsToRemove=[first])


def serverless_inputs(scene: Scene) -> Props:
    return {
        "engine": "valkey",
        "majorEngineVersion": "7",
        "description": "sessions of clubapp",
        "cacheUsageLimits": {
            "dataStorage": {"maximum": 10, "unit": "GB"},
            "ecpuPerSeconds": [{"maximum": 5_000}],
        },
        "dailySnapshotTime": "05:00",
        "kmsKeyId": scene.make(KEY.type, "sessions", {}).outputs["arn"],
        "securityGroupIds": [security_group(scene)],
        "snapshotRetentionLimit": 7,
        "subnetIds": subnets(scene),
        "tags": {"owner": "clubapp"},
        "userGroupId": _user_group(scene),
    }


def _cheaper(scene: Scene, id_: str) -> None:
    scene.aws("elasticache").modify_serverless_cache(ServerlessCacheName=id_, SnapshotRetentionLimit=1)


def global_inputs(scene: Scene) -> Props:
    """A global datastore of one member yet."""
    primary = {
        "description": "sessions",
        "engine": "valkey",
        "engineVersion": "8.0",
        "nodeType": "cache.m7g.large",
        "numCacheClusters": 2,
        "automaticFailoverEnabled": True,
    }
    return {
        "globalReplicationGroupIdSuffix": f"sessions-{secrets.token_hex(4)}",
        "primaryReplicationGroupId": scene.make(REPLICATION_GROUP.type, "sessions", primary).id,
        "globalReplicationGroupDescription": "sessions of clubapp",
    }


def _bigger(scene: Scene, id_: str) -> None:
    scene.aws("elasticache").modify_global_replication_group(
        GlobalReplicationGroupId=id_, ApplyImmediately=True, GlobalReplicationGroupDescription="by hand"
    )


LIVES = (
    Life(
        kind=SUBNET_GROUP,
        inputs=lambda scene: {"subnetIds": subnets(scene)[:2], "tags": {"owner": "clubapp"}},
        changed=lambda scene: {"description": "private", "subnetIds": subnets(scene), "tags": {"phase": "growth"}},
        replaced={"name": "other"},
        drift=lambda scene, id_: scene.aws("elasticache").modify_cache_subnet_group(
            CacheSubnetGroupName=id_, SubnetIds=subnets(scene)[:1]
        ),
        drifted=frozenset({"subnetIds"}),
    ),
    Life(
        kind=PARAMETER_GROUP,
        inputs=lambda _: {
            "family": "valkey8",
            "parameters": [
                {"name": "maxmemory-policy", "value": "allkeys-lru"},
                {"name": "notify-keyspace-events", "value": "Ex"},
            ],
            "tags": {"owner": "clubapp"},
        },
        changed={"parameters": [{"name": "maxmemory-policy", "value": "noeviction"}], "tags": {"phase": "growth"}},
        replaced={"family": "valkey7", "description": "other", "name": "other"},
        drift=_reset_parameters,
        drifted=frozenset({"parameters"}),
    ),
    Life(
        kind=USER,
        inputs=lambda _: user_inputs(),
        changed={
            "accessString": "on ~app::* +@all",
            "engine": "redis",
            "passwords": [PASSWORD, f"{PASSWORD}-2"],
            "tags": {"phase": "growth"},
        },
        replaced={"userId": "other", "userName": "other"},
        drift=_open_user,
        drifted=frozenset({"accessString"}),
    ),
    Life(
        kind=USER_GROUP,
        inputs=_group_of_users,
        changed=lambda scene: {
            "userIds": [scene.make(USER.type, "new", user_inputs()).id],
            "tags": {"phase": "growth"},
        },
        replaced={"userGroupId": "other"},
        drift=_leave,
        drifted=frozenset({"userIds"}),
    ),
    Life(
        kind=REPLICATION_GROUP,
        inputs=group_inputs,
        changed=_changes,
        replaced={
            "atRestEncryptionEnabled": False,
            "dataTieringEnabled": True,
            "engine": "redis",
            "engineVersion": "7.2",
            "kmsKeyId": "another",
            "networkType": "ipv6",
            "port": 6380,
            "replicationGroupId": "other",
            "snapshotArns": ["arn:aws:s3:::bucket/dump.rdb"],
            "snapshotName": "before",
            "subnetGroupName": "other",
        },
        drift=_shrink_node,
        drifted=frozenset({"nodeType"}),
    ),
    Life(
        kind=SERVERLESS_CACHE,
        inputs=serverless_inputs,
        changed=lambda scene: {
            "majorEngineVersion": "8",
            "description": "another",
            "cacheUsageLimits": {"dataStorage": {"minimum": 5, "maximum": 20, "unit": "GB"}},
            "dailySnapshotTime": "06:00",
            "securityGroupIds": [security_group(scene)],
            "snapshotRetentionLimit": 35,
            "tags": {"phase": "growth"},
            "userGroupId": _user_group(scene),
        },
        replaced={
            "engine": "redis",
            "kmsKeyId": "another",
            "name": "other",
            "snapshotArnsToRestores": ["arn:aws:s3:::bucket/dump.rdb"],
            "subnetIds": ["subnet-1", "subnet-2"],
        },
        drift=_cheaper,
        drifted=frozenset({"snapshotRetentionLimit"}),
    ),
    Life(
        kind=GLOBAL_REPLICATION_GROUP,
        inputs=global_inputs,
        changed={
            "cacheNodeType": "cache.m7g.xlarge",
            "engineVersion": "8.1",
            "globalReplicationGroupDescription": "another",
        },
        replaced={"globalReplicationGroupIdSuffix": "other", "primaryReplicationGroupId": "other"},
        drift=_bigger,
        drifted=frozenset({"globalReplicationGroupDescription"}),
    ),
)
