"""What an update left half-known is looked at: what was changed, what was made and can be found, what cannot."""

from typing import Any, cast

import pytest

from tests.upgrades.scene import NOW
from upgrades.cloud import INSTANCE, Cloud
from upgrades.engine import Engine, Pending, State
from upgrades.mending import id_of, mend

PREFIX = "urn:pulumi:clubapp-dev::datastores"
TARGET = "aws:rds/proxyTarget:ProxyTarget"
LED = {"dbProxyName": "p", "targetGroupName": "default"}


class Seeing:
    """An engine, and a cloud, that write down what they are asked."""

    def __init__(self) -> None:
        self.mended: list[tuple[list[str], dict[str, str]]] = []

    def mend(self, targets: list[str], adopted: dict[str, str]) -> None:
        self.mended.append((targets, adopted))

    def instance_id(self, identifier: str) -> str | None:
        return "db-1" if identifier == "there" else None


def pending(type_: str, name: str, operation: str, /, **inputs: Any) -> Pending:
    return Pending(urn=f"{PREFIX}::{type_}::{name}", type=type_, operation=operation, inputs=inputs)


def healed(*left: Pending, known: tuple[Pending, ...] = ()) -> tuple[Seeing, list[str]]:
    engine, said = Seeing(), list[str]()
    state = State(resources=[{"urn": one.urn, "type": one.type} for one in known], pending=left, written=NOW)
    mend(cast("Engine", engine), cast("Cloud", engine), state, said.append)
    return engine, said


def test_what_was_being_changed_is_looked_at_and_what_was_being_made_is_taken_up():
    changing = pending(INSTANCE, "main-primary", "updating")
    making = pending("aws:rds/cluster:Cluster", "main-cluster", "creating", clusterIdentifier="clubapp-dev-main")

    engine, _ = healed(changing, making, known=(changing,))

    assert engine.mended == [([changing.urn], {making.urn: "clubapp-dev-main"})]


def test_what_nobody_can_find_is_named():
    making = pending("mongodbatlas:index/alertConfiguration:AlertConfiguration", "documents-full", "creating")

    engine, said = healed(making)

    assert engine.mended == [([], {})]
    said_once = (
        "half-known: documents-full (mongodbatlas:index/alertConfiguration:AlertConfiguration) was creating when the "
        "last update was stopped; it is made again: if it is there already, that one belongs to nobody, and is to be "
        "deleted"
    )
    assert said == [said_once]


def test_what_a_second_one_is_written_over_needs_nobody():
    _, said = healed(pending("aws:cloudwatch/metricAlarm:MetricAlarm", "main-full-alarm", "creating", name="full"))

    assert said[0].endswith("; it is made again, over what may be there")


def test_what_is_in_the_way_of_a_second_one_is_named_with_what_to_do():
    place = {"resourceId": "table/orders", "scalableDimension": "dynamodb:table:ReadCapacityUnits"}

    _, said = healed(pending("aws:appautoscaling/target:Target", "reads", "creating", **place))

    assert said[0].endswith(
        "; it is made again: where that is refused, as it is there already, delete the scalable target "
        "dynamodb:table:ReadCapacityUnits of table/orders, which holds no data"
    )


def test_what_is_in_the_way_is_named_as_far_as_its_inputs_are_known():
    _, said = healed(pending("aws:backup/selection:Selection", "all", "creating", name="s"))

    assert "delete the selection s of the backup plan ?, which" in said[0]


def test_of_what_is_looked_for_by_its_tags_is_said_that_nothing_like_it_is_there():
    _, said = healed(pending("aws:ec2/flowLog:FlowLog", "flows", "creating", tags={"owner": "data"}))

    assert "; nothing, or more than one thing, has its tags and is as it was asked for: it is made again" in said[0]


@pytest.mark.parametrize(
    ("one", "id_"),
    [
        (pending(INSTANCE, "a", "creating", identifier="there"), "db-1"),
        (pending(INSTANCE, "a", "creating", identifier="not there"), None),
        (pending("aws:dynamodb/table:Table", "a", "creating", name="t"), "t"),
        (
            pending(
                "aws:backup/restoreTestingSelection:RestoreTestingSelection",
                "a",
                "creating",
                name="s",
                restoreTestingPlanName="p",
            ),
            "s:p",
        ),
        (pending("aws:backup/restoreTestingSelection:RestoreTestingSelection", "a", "creating", name="s"), None),
        (pending(TARGET, "a", "creating", **LED, dbInstanceIdentifier="i"), "p/default/RDS_INSTANCE/i"),
        (pending(TARGET, "a", "creating", **LED, dbClusterIdentifier="c"), "p/default/TRACKED_CLUSTER/c"),
        (pending(TARGET, "a", "creating", **LED), None),
        (pending("aws:sns/topic:Topic", "a", "creating", name="t"), None),
    ],
)
def test_an_id_follows_from_the_inputs_or_is_not_guessed(one: Pending, id_: str | None):
    assert id_of(one, cast("Cloud", Seeing())) == id_
