"""What Application Auto Scaling refuses, and what it makes and takes away."""

import secrets

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.appautoscaling import POLICY, SCHEDULED_ACTION, TARGET
from localcloud.resources.dynamodb import INDEX, TABLE
from localcloud.resources.replication_group import REPLICATION_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.appautoscaling import PROVISIONED, READS, WRITES, place, target_inputs, tracking
from tests.localcloud.scene import Made, Scene

SHARDS = "elasticache:replication-group:NodeGroups"
REPLICAS = "elasticache:replication-group:Replicas"
READERS = "rds:cluster:ReadReplicaCount"
CLUSTER: Props = {
    "description": "sessions",
    "engine": "valkey",
    "engineVersion": "8.0",
    "nodeType": "cache.m7g.large",
    "clusterMode": "enabled",
    "automaticFailoverEnabled": True,
    "numNodeGroups": 2,
    "replicasPerNodeGroup": 1,
}


def cluster(scene: Scene, **more: object) -> Made:
    return scene.make(REPLICATION_GROUP.type, "sessions", {**CLUSTER, **more})


def shards_of(group: Made, dimension: str = SHARDS, **more: object) -> Props:
    return {
        "serviceNamespace": "elasticache",
        "resourceId": f"replication-group/{group.id}",
        "scalableDimension": dimension,
        "minCapacity": 1,
        "maxCapacity": 4,
        **more,
    }


def readers(scene: Scene, engine: str = "aurora-postgresql") -> Props:
    name = f"orders-{secrets.token_hex(4)}"
    multi_az = (
        {} if engine.startswith("aurora") else {"DBClusterInstanceClass": "db.m6gd.large", "AllocatedStorage": 100}
    )
    scene.aws("rds").create_db_cluster(
        DBClusterIdentifier=name,
        Engine=engine,
        MasterUsername="clubapp",
        MasterUserPassword="correct-horse",
        **multi_az,
    )
    return {
        "serviceNamespace": "rds",
        "resourceId": f"cluster:{name}",
        "scalableDimension": READERS,
        "minCapacity": 1,
        "maxCapacity": 15,
    }


TARGETS = {
    "no capacity": ({"minCapacity": 0}, "MinCapacity of dynamodb:table:ReadCapacityUnits must be between 1 and"),
    "no table": (
        {"resourceId": "table/none-such"},
        "ValidationException.*DynamoDB table does not exist: table/none-such",
    ),
    "no index": (
        {"scalableDimension": "dynamodb:index:ReadCapacityUnits", "resourceId": "table/none-such/index/by-mood"},
        "DynamoDB table does not exist",
    ),
    "another resource": ({"resourceId": "dynamo/orders"}, "Unsupported service namespace, resource type or scalable"),
    "another dimension": ({"scalableDimension": SHARDS}, "Unsupported service namespace, resource type or scalable"),
    "no such dimension": (
        {"scalableDimension": "dynamodb:table:Size"},
        "Unsupported service|failed to satisfy constraint",
    ),
}


@pytest.mark.parametrize(("change", "said"), TARGETS.values(), ids=TARGETS)
def test_a_target_that_aws_would_not_register_is_refused(scene: Scene, change: Props, said: str):
    with pytest.raises(grpc.RpcError, match=said):
        scene.make(TARGET.type, "reads", {**target_inputs(scene), **change})


def test_a_table_on_demand_has_no_capacity_to_scale(scene: Scene):
    on_demand = {key: value for key, value in PROVISIONED.items() if not key.endswith("Capacity")}
    table = scene.make(TABLE.type, "orders", {**on_demand, "billingMode": "PAY_PER_REQUEST"})

    with pytest.raises(grpc.RpcError, match="DynamoDB table is in on-demand mode"):
        scene.make(TARGET.type, "reads", {**target_inputs(scene), "resourceId": f"table/{table.id}"})


def test_an_index_can_be_scaled_once_it_exists(scene: Scene):
    target = target_inputs(scene, "dynamodb:index:WriteCapacityUnits")
    table = target["resourceId"].removeprefix("table/")
    target["resourceId"] += "/index/by-mood"
    with pytest.raises(grpc.RpcError, match=r"DynamoDB index does not exist: table/.*/index/by-mood"):
        scene.make(TARGET.type, "writes", target)
    scene.make(
        INDEX.type,
        "by-mood",
        {
            "tableName": table,
            "indexName": "by-mood",
            "keySchemas": [{"attributeName": "mood", "attributeType": "S", "keyType": "HASH"}],
            "projection": {"projectionType": "ALL"},
            "provisionedThroughput": {"readCapacityUnits": 5, "writeCapacityUnits": 5},
        },
    )

    made = scene.make(TARGET.type, "writes", target)

    assert made.outputs["roleArn"].endswith("/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable")


def test_reads_and_writes_of_a_table_are_two_targets(scene: Scene):
    reads = scene.make(TARGET.type, "reads", target_inputs(scene))
    writes = scene.make(TARGET.type, "writes", {**reads.inputs, "scalableDimension": WRITES, "maxCapacity": 7})
    scene.delete(reads)

    found = scene.read(writes)

    assert found
    assert (scene.read(reads), found.outputs["maxCapacity"]) == (None, 7)


@pytest.mark.parametrize("dimension", [SHARDS, REPLICAS])
def test_shards_and_replicas_of_a_cluster_can_be_scaled(scene: Scene, dimension: str):
    made = scene.make(TARGET.type, "shards", shards_of(cluster(scene), dimension))

    [seen] = scene.aws("application-autoscaling").describe_scalable_targets(
        ServiceNamespace="elasticache", ResourceIds=[made.inputs["resourceId"]]
    )["ScalableTargets"]
    assert (seen["ScalableDimension"], seen["MinCapacity"], seen["MaxCapacity"]) == (dimension, 1, 4)


def test_a_group_without_cluster_mode_is_not_scaled(scene: Scene):
    group = cluster(scene, clusterMode="disabled", numNodeGroups=1)

    with pytest.raises(grpc.RpcError, match="Auto scaling needs cluster mode enabled, it is disabled"):
        scene.make(TARGET.type, "shards", shards_of(group))


def test_a_group_of_small_nodes_is_not_scaled(scene: Scene):
    group = cluster(scene, nodeType="cache.t4g.medium")

    with pytest.raises(grpc.RpcError, match=r"needs nodes of size large, xlarge or 2xlarge .* got cache.t4g.medium"):
        scene.make(TARGET.type, "shards", shards_of(group))


def test_a_group_that_does_not_exist_is_not_scaled(scene: Scene):
    group = Made(urn="", id="none-such", inputs={}, outputs={})

    with pytest.raises(
        grpc.RpcError, match="ElastiCache replication group does not exist: replication-group/none-such"
    ):
        scene.make(TARGET.type, "shards", shards_of(group))


def test_no_more_replicas_are_asked_for_than_a_shard_can_have(scene: Scene):
    with pytest.raises(grpc.RpcError, match=r"MaxCapacity of .*Replicas must be between 1 and 5, got 6"):
        scene.make(TARGET.type, "replicas", shards_of(cluster(scene), REPLICAS, maxCapacity=6))


def test_readers_of_an_aurora_cluster_can_be_scaled(scene: Scene):
    target = scene.make(TARGET.type, "readers", readers(scene))
    policy = {**place_of(target), **tracking("RDSReaderAverageCPUUtilization", 60)}

    made = scene.make(POLICY.type, "readers", policy)

    assert len(made.outputs["alarmArns"]) == 2


def test_a_cluster_that_does_not_exist_is_not_scaled(scene: Scene):
    with pytest.raises(grpc.RpcError, match="RDS cluster does not exist: cluster:none-such"):
        scene.make(TARGET.type, "readers", {**readers(scene), "resourceId": "cluster:none-such"})


def test_a_cluster_that_is_not_of_aurora_is_not_scaled(scene: Scene):
    with pytest.raises(grpc.RpcError, match="Read replicas are scaled in Aurora clusters only, not in one of postgres"):
        scene.make(TARGET.type, "readers", readers(scene, "postgres"))


def place_of(target: Made) -> Props:
    return {key: target.inputs[key] for key in ("serviceNamespace", "resourceId", "scalableDimension")}


POLICIES = {
    "another metric": (tracking("DynamoDBWriteCapacityUtilization"), "does not fit the scalable dimension .*Read"),
    "no such metric": (tracking("Mood"), "Metric Mood is no metric of the scalable dimension"),
    "too high": (
        tracking(target=95),
        "TargetValue of DynamoDBReadCapacityUtilization must be between 20 and 90, got 95",
    ),
    "two metrics": (
        {
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                **tracking()["targetTrackingScalingPolicyConfiguration"],
                "customizedMetricSpecification": {"metricName": "m", "namespace": "n", "statistic": "Average"},
            },
        },
        "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified, got 2",
    ),
}


@pytest.mark.parametrize(("policy", "said"), POLICIES.values(), ids=POLICIES)
def test_a_policy_that_aws_would_not_have_is_refused(scene: Scene, policy: Props, said: str):
    target = place(scene)

    with pytest.raises(grpc.RpcError, match=said):
        scene.make(POLICY.type, "reads", {**target, **policy})


def test_a_policy_needs_its_target(scene: Scene):
    target = {**place(scene), "scalableDimension": WRITES}

    with pytest.raises(
        grpc.RpcError, match=r"ObjectNotFoundException.*No scalable target registered for service namespa"
    ):
        scene.make(POLICY.type, "writes", {**target, **tracking("DynamoDBWriteCapacityUtilization")})


def test_a_metric_is_tracked_by_one_policy(scene: Scene):
    target = place(scene)
    scene.make(POLICY.type, "reads", {**target, **tracking()})

    with pytest.raises(grpc.RpcError, match="Only one TargetTrackingScaling policy for a given metric specification"):
        scene.make(POLICY.type, "again", {**target, **tracking(target=40)})


def test_step_scaling_is_refused_in_a_preview(scene: Scene):
    _, failures = scene.check(POLICY.type, "reads", {**place(scene), "policyType": "StepScaling"})

    assert [one for one in failures if "policyType TargetTrackingScaling only, got 'StepScaling'" in one]


def test_shards_are_not_scaled_by_the_metric_of_replicas(scene: Scene):
    target = scene.make(TARGET.type, "shards", shards_of(cluster(scene)))

    with pytest.raises(grpc.RpcError, match=r"ElastiCacheReplicaEngineCPUUtilization does not fit .*NodeGroups"):
        scene.make(POLICY.type, "cpu", {**place_of(target), **tracking("ElastiCacheReplicaEngineCPUUtilization", 50)})


def test_a_policy_that_changes_keeps_its_arn_and_leaves_no_alarms(scene: Scene):
    policy = scene.make(POLICY.type, "reads", {**place(scene), **tracking()})
    after = scene.update(policy, {**policy.inputs, **tracking(target=50)})

    alarms = scene.aws("cloudwatch").describe_alarms(AlarmNamePrefix=f"TargetTracking-{policy.inputs['resourceId']}-")[
        "MetricAlarms"
    ]

    assert after.outputs["arn"] == policy.outputs["arn"]
    assert sorted(one["AlarmArn"] for one in alarms) == sorted(after.outputs["alarmArns"])


def test_a_target_takes_its_policies_and_actions_with_it(scene: Scene):
    target = scene.make(TARGET.type, "reads", target_inputs(scene))
    policy = scene.make(POLICY.type, "reads", {**place_of(target), **tracking()})
    action = scene.make(
        SCHEDULED_ACTION.type,
        "evening",
        {**place_of(target), "schedule": "rate(1 day)", "scalableTargetAction": {"maxCapacity": 9}},
    )
    scene.delete(target)

    assert (scene.read(policy), scene.read(action)) == (None, None)


ACTIONS = {
    "cron of two days": ({"schedule": "cron(0 17 * * * *)"}, "exactly one of day of month and day of week must be ?"),
    "schedule": ({"schedule": "every friday"}, "Invalid Schedule Expression every friday"),
    "zone": ({"timezone": "Mars/Olympus"}, "Invalid timezone Mars/Olympus"),
    "upside down": ({"scalableTargetAction": {"minCapacity": 9, "maxCapacity": 8}}, "Maximum capacity cannot be less"),
    "times": ({"startTime": "2027-01-01T00:00:00Z", "endTime": "2026-01-01T00:00:00Z"}, "EndTime must be after Start"),
}


@pytest.mark.parametrize(("change", "said"), ACTIONS.values(), ids=ACTIONS)
def test_a_scheduled_action_that_aws_would_not_have_is_refused(scene: Scene, change: Props, said: str):
    action = {**place(scene), "schedule": "rate(2 hours)", "scalableTargetAction": {"minCapacity": 9}}

    with pytest.raises(grpc.RpcError, match=said):
        scene.make(SCHEDULED_ACTION.type, "evening", {**action, **change})


def test_capacity_that_autoscaling_changed_is_found_by_a_refresh(scene: Scene):
    table = scene.make(TABLE.type, "orders", PROVISIONED)
    scene.aws("dynamodb").update_table(
        TableName=table.id, ProvisionedThroughput={"ReadCapacityUnits": 40, "WriteCapacityUnits": 5}
    )

    found = scene.read(table)

    assert found
    assert (found.inputs["readCapacity"], found.inputs["writeCapacity"]) == (40, 5)


def test_shards_that_autoscaling_added_are_found_by_a_refresh(scene: Scene):
    group = cluster(scene)
    scene.aws("elasticache").modify_replication_group_shard_configuration(
        ReplicationGroupId=group.id, NodeGroupCount=3, ApplyImmediately=True
    )

    found = scene.read(group)

    assert found
    assert found.inputs["numNodeGroups"] == 3


def test_tags_of_a_target_are_given_when_it_is_first_registered(scene: Scene):
    target = target_inputs(scene)
    aws = scene.aws("application-autoscaling")
    request = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": target["resourceId"],
        "ScalableDimension": READS,
        "MinCapacity": 1,
        "MaxCapacity": 9,
        "Tags": {"owner": "clubapp"},
    }
    arn = aws.register_scalable_target(**request)["ScalableTargetARN"]

    with pytest.raises(ClientError, match="Tags can only be given when a scalable target is first registered"):
        aws.register_scalable_target(**request)
    assert aws.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"owner": "clubapp"}
