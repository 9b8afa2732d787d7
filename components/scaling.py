"""Autoscaling (Application Auto Scaling): a figure of a store follows a metric between two bounds."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import Input, ResourceOptions


@dataclass(frozen=True, kw_only=True, slots=True)
class Scaling:
    """What follows what, between which bounds."""

    namespace: str
    """The service: `dynamodb`, `rds`, `elasticache`."""
    resource: Input[str]
    """The resource's id in that service, such as `table/orders`."""
    dimension: str
    """What is scaled, such as `dynamodb:table:ReadCapacityUnits`."""
    lowest: int
    highest: int
    metric: str
    """A predefined metric of Application Auto Scaling."""
    target: int
    """The value that the metric is kept near, mostly a percentage."""


def follow(name: str, scaling: Scaling, child: ResourceOptions) -> None:
    """Register what is scaled, and the policy that scales it."""
    target = aws.appautoscaling.Target(
        f"{name}-target",
        service_namespace=scaling.namespace,
        resource_id=scaling.resource,
        scalable_dimension=scaling.dimension,
        min_capacity=scaling.lowest,
        max_capacity=scaling.highest,
        opts=child,
    )
    aws.appautoscaling.Policy(
        f"{name}-policy",
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        target_tracking_scaling_policy_configuration={
            "predefined_metric_specification": {"predefined_metric_type": scaling.metric},
            "target_value": scaling.target,
        },
        opts=child,
    )
