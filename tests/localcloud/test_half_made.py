"""What was made while the answer was lost: an upgrade finds it again, and the next update has nothing to do to it."""

from typing import Any, cast

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from localcloud.wire import dump
from tests.localcloud.lives import LIVES
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Made, Scene
from upgrades.cloud import Cloud
from upgrades.engine import CREATING, Pending
from upgrades.finding import WAYS
from upgrades.mending import IDS, id_of

FOUND = {type_: LIVES[type_] for type_ in (*IDS, *WAYS)}
OTHERS = {type_: life for type_, life in LIVES.items() if type_ not in FOUND}
IN_THE_WAY = frozenset(
    {
        "aws:appautoscaling/target:Target",
        "aws:backup/plan:Plan",
        "aws:backup/selection:Selection",
        "aws:budgets/budget:Budget",
        "aws:ec2/flowLog:FlowLog",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup",
        "aws:iam/policy:Policy",
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "mongodbatlas:index/customDbRole:CustomDbRole",
        "mongodbatlas:index/databaseUser:DatabaseUser",
        "mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint",
        "mongodbatlas:index/privateLinkEndpointService:PrivateLinkEndpointService",
        "mongodbatlas:index/project:Project",
    }
)
"""Types that nobody finds again, and of which a second one is refused: a person deletes the first."""
found_again = pytest.mark.parametrize("life", FOUND.values(), ids=FOUND)


class Here(Cloud):
    """The cloud of a test."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(scene.region)
        self._scene = scene

    def client(self, service: str) -> Any:
        return self._scene.aws(service)


def lost(life: Life, made: Made) -> Pending:
    """Give what the engine knows of a resource whose creation nobody saw the end of."""
    return Pending(urn=made.urn, type=life.kind.type, operation=CREATING, inputs=made.inputs)


@found_again
def test_its_id_follows_from_what_is_known_of_it(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))

    assert id_of(lost(life, made), Here(scene)) == made.id


@found_again
def test_taken_up_by_its_id_it_is_what_the_program_says(scene: Scene, life: Life):
    inputs = life.inputs(scene)
    made = scene.make(life.kind.type, "one", inputs)
    # As `Engine.mend` writes it into the state; a refresh is next, and then an update.
    adopted = Made(urn=made.urn, id=made.id, inputs=made.inputs, outputs={**made.inputs, "id": made.id})

    read = scene.read(adopted)

    assert read is not None
    again, failures = scene.check(life.kind.type, "one", inputs, read.inputs)
    difference = scene.diff(read, again)
    assert (failures, list(difference.diffs), list(difference.replaces)) == ([], [], [])


@found_again
def test_where_nothing_was_made_nothing_is_taken_up(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))
    if life.released:
        life.released(scene, made.id)
    scene.delete(made)

    id_ = id_of(lost(life, made), Here(scene))

    gone = id_ is None or scene.read(Made(urn=made.urn, id=id_, inputs=made.inputs, outputs=made.inputs)) is None
    assert gone is not life.remains


@pytest.mark.parametrize("life", OTHERS.values(), ids=OTHERS)
def test_what_is_not_found_again_is_in_the_way_of_a_second_one_only_where_that_is_known(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))
    said = ""

    try:
        scene.stub(made.urn).Create(pb.CreateRequest(urn=made.urn, properties=dump(made.inputs)))
    except grpc.RpcError as error:
        said = str(cast("grpc.Call", error).details())

    assert (said != "") is (life.kind.type in IN_THE_WAY), said
