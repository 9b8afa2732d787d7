"""What RDS tells of itself: maintenance, failover, failure, changed parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions

# Amazon RDS and Aurora User Guides, "Event categories and event messages".
INSTANCE: Final = (
    "availability",
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "recovery",
)
CLUSTER: Final = ("configuration change", "deletion", "failover", "failure", "maintenance", "notification")
PARAMETERS: Final = ("configuration change",)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventsArgs:
    """What the caller decides about events."""

    prefix: str
    """What names begin with, such as `clubapp-dev`."""
    topic_arn: Input[str]
    instances: Sequence[Input[str]]
    """Identifiers of instances, replicas and members of clusters too."""
    clusters: Sequence[Input[str]]
    parameter_groups: Sequence[Input[str]]
    """Names of parameter groups; one that several instances share may be here several times."""


class Events(pulumi.ComponentResource):
    """Subscriptions to the events of a stack's databases."""

    def __init__(self, name: str, args: EventsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Events", name, {}, opts)
        groups = Output.all(*args.parameter_groups).apply(lambda names: list(dict.fromkeys(names)))
        for what, source, sources, categories in (
            ("instances", "db-instance", list(args.instances), INSTANCE),
            ("clusters", "db-cluster", list(args.clusters), CLUSTER),
            ("parameters", "db-parameter-group", groups if args.parameter_groups else [], PARAMETERS),
        ):
            if isinstance(sources, list) and not sources:
                continue  # without sources RDS would tell of every database of the account
            aws.rds.EventSubscription(
                f"{name}-{what}",
                name=f"{args.prefix}-{what}",
                source_type=source,
                source_ids=sources,
                event_categories=list(categories),
                sns_topic=args.topic_arn,
                enabled=True,
                opts=ResourceOptions(parent=self),
            )
        self.register_outputs({})
