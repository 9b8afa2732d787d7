"""What RDS tells of a stack's databases, and of no other."""

from collections.abc import Callable, Sequence

import pytest

from components.events import Events, EventsArgs
from tests.components.conftest import Applied, Program, Registered, own_prefix
from tests.components.operated import TOPIC, new_topic
from tests.localcloud.lives.rds import new_parameter_group
from tests.localcloud.scene import Scene

SUBSCRIPTION = "aws:rds/eventSubscription:EventSubscription"

Deploy = Callable[[Program], Registered]


def events(
    instances: Sequence[str] = ("main-1",), clusters: Sequence[str] = (), groups: Sequence[str] = ("main-pg17",)
) -> Program:
    args = EventsArgs(
        prefix="clubapp-dev", topic_arn=TOPIC, instances=instances, clusters=clusters, parameter_groups=groups
    )
    return lambda: Events("events", args)


@pytest.mark.parametrize(
    ("name", "source", "ids"),
    [
        ("events-instances", "db-instance", ["main-1"]),
        ("events-clusters", "db-cluster", ["main-c"]),
        ("events-parameters", "db-parameter-group", ["main-pg17"]),
    ],
)
def test_each_kind_of_source_is_told_by_its_own_ids(deploy: Deploy, name: str, source: str, ids: list[str]):
    made = deploy(events(clusters=("main-c",))).named(SUBSCRIPTION)[name]

    assert (made["sourceType"], made["sourceIds"], made["snsTopic"], made["enabled"]) == (source, ids, TOPIC, True)


def test_no_source_is_no_subscription(deploy: Deploy):
    """One without sources tells of every database of the account."""
    assert list(deploy(events()).named(SUBSCRIPTION)) == ["events-instances", "events-parameters"]


@pytest.mark.parametrize("category", ["failover", "failure", "maintenance", "low storage"])
def test_what_hurts_an_instance_is_told(deploy: Deploy, category: str):
    assert category in deploy(events()).named(SUBSCRIPTION)["events-instances"]["eventCategories"]


def test_rds_takes_the_subscriptions(scene: Scene, apply: Callable[[Program], Applied]):
    prefix, group = own_prefix(), new_parameter_group(scene)

    def program() -> Events:
        args = EventsArgs(prefix=prefix, topic_arn=new_topic(), instances=(), clusters=(), parameter_groups=(group,))
        return Events("events", args)

    apply(program)

    (found,) = scene.aws("rds").describe_event_subscriptions(SubscriptionName=f"{prefix}-parameters")[
        "EventSubscriptionsList"
    ]
    assert (found["SourceIdsList"], found["EventCategoriesList"]) == ([group], ["configuration change"])


def test_a_parameter_group_that_instances_share_is_listened_to_once(deploy: Deploy):
    made = deploy(events(groups=("main-pg17", "main-pg17", "main-analytics"))).named(SUBSCRIPTION)

    assert made["events-parameters"]["sourceIds"] == ["main-pg17", "main-analytics"]
