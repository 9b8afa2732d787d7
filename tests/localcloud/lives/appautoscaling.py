"""Lives of Application Auto Scaling's types."""

from localcloud.resources.appautoscaling import POLICY, SCHEDULED_ACTION, TARGET
from localcloud.resources.dynamodb import TABLE
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

READS = "dynamodb:table:ReadCapacityUnits"
WRITES = "dynamodb:table:WriteCapacityUnits"
PROVISIONED: Props = {
    "hashKey": "id",
    "attributes": [{"name": "id", "type": "S"}],
    "billingMode": "PROVISIONED",
    "readCapacity": 5,
    "writeCapacity": 5,
}


def provisioned_table(scene: Scene) -> str:
    return scene.make(TABLE.type, "orders", PROVISIONED).id


def target_inputs(scene: Scene, dimension: str = READS) -> Props:
    return {
        "serviceNamespace": "dynamodb",
        "resourceId": f"table/{provisioned_table(scene)}",
        "scalableDimension": dimension,
        "minCapacity": 5,
        "maxCapacity": 100,
    }


def place(scene: Scene) -> Props:
    """A registered target, as its policies and actions name it."""
    inputs = scene.make(TARGET.type, "reads", target_inputs(scene)).inputs
    return {key: inputs[key] for key in ("serviceNamespace", "resourceId", "scalableDimension")}


def tracking(metric: str = "DynamoDBReadCapacityUtilization", target: float = 70) -> Props:
    return {
        "policyType": "TargetTrackingScaling",
        "targetTrackingScalingPolicyConfiguration": {
            "targetValue": target,
            "predefinedMetricSpecification": {"predefinedMetricType": metric},
            "scaleInCooldown": 60,
            "scaleOutCooldown": 0,
        },
    }


def _open_up(scene: Scene, id_: str) -> None:
    namespace, _, rest = id_.partition("/")
    resource, _, dimension = rest.rpartition("/")
    scene.aws("application-autoscaling").register_scalable_target(
        ServiceNamespace=namespace, ResourceId=resource, ScalableDimension=dimension, MaxCapacity=10_000
    )


LIVES = (
    Life(
        kind=TARGET,
        inputs=lambda scene: {**target_inputs(scene), "tags": {"owner": "clubapp"}},
        changed={
            "minCapacity": 10,
            "maxCapacity": 200,
            "suspendedState": {
                "dynamicScalingInSuspended": True,
                "dynamicScalingOutSuspended": False,
                "scheduledScalingSuspended": False,
            },
            "tags": {"owner": "data"},
        },
        replaced={"resourceId": "table/other", "scalableDimension": WRITES, "serviceNamespace": "rds"},
        drift=_open_up,
        drifted=frozenset({"maxCapacity"}),
    ),
    Life(
        kind=POLICY,
        inputs=lambda scene: {**place(scene), **tracking()},
        changed={key: value for key, value in tracking(target=50).items() if key != "policyType"},
        replaced={"name": "other", "resourceId": "table/other", "scalableDimension": WRITES},
    ),
    Life(
        kind=SCHEDULED_ACTION,
        inputs=lambda scene: {
            **place(scene),
            "schedule": "cron(0 17 ? * FRI *)",
            "timezone": "Europe/Berlin",
            "startTime": "2026-12-01T00:00:00Z",
            "scalableTargetAction": {"minCapacity": 50},
        },
        changed={
            "schedule": "cron(0 18 ? * FRI-SAT *)",
            "endTime": "2027-12-01T00:00:00+01:00",
            "scalableTargetAction": {"minCapacity": 60, "maxCapacity": 500},
        },
        replaced={"name": "other", "resourceId": "table/other"},
    ),
)
