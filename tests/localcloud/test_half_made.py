"""What was made while the answer was lost: an upgrade finds it again, and the next update has nothing to do to it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from localcloud.cloud import client
from localcloud.resources.secretsmanager import SECRET
from localcloud.wire import dump
from tests.localcloud.lives import LIVES
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Made, Scene
from upgrades.atlas import Atlas
from upgrades.cloud import Cloud
from upgrades.engine import CREATING, Pending
from upgrades.finding import WAYS
from upgrades.mending import IDS, IN_THE_WAY, WRITTEN_OVER, id_of

FOUND = {type_: LIVES[type_] for type_ in (*IDS, *WAYS)}
OTHERS = {type_: life for type_, life in LIVES.items() if type_ not in FOUND}
UNLIKE: Sequence[tuple[str, str, object]] = (
    ("aws:backup/plan:Plan", "tags", {"owner": "somebody"}),
    ("aws:backup/plan:Plan", "tags", {}),
    ("aws:backup/plan:Plan", "rules", []),
    ("aws:budgets/budget:Budget", "tags", {"owner": "somebody"}),
    ("aws:budgets/budget:Budget", "limitAmount", "7"),
    ("aws:ec2/flowLog:FlowLog", "tags", {"owner": "somebody"}),
    ("aws:ec2/flowLog:FlowLog", "trafficType", "ALL"),
    ("aws:ec2/flowLog:FlowLog", "vpcId", None),
    ("aws:ec2/routeTable:RouteTable", "tags", {"owner": "somebody"}),
    ("aws:ec2/routeTable:RouteTable", "vpcId", None),
    ("aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId", "rtb-1"),
    ("aws:ec2/vpc:Vpc", "tags", {"owner": "somebody"}),
    ("aws:ec2/vpc:Vpc", "cidrBlock", "10.21.0.0/16"),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "tags", {"owner": "somebody"}),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "vpcEndpointType", "Interface"),
    ("aws:ec2/vpcEndpoint:VpcEndpoint", "serviceName", "com.amazonaws.eu-central-1.s3"),
    ("aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", "primaryReplicationGroupId", "other"),
    ("aws:elasticache/globalReplicationGroup:GlobalReplicationGroup", "globalReplicationGroupIdSuffix", "other"),
    ("aws:iam/policy:Policy", "tags", {"owner": "somebody"}),
    ("aws:iam/policy:Policy", "policy", "{}"),
    ("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "retentionPeriod", 3),
    ("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "region", None),
    ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "cidrIpv4", "10.9.0.0/16"),
    ("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "tags", {"owner": "somebody"}),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "referencedSecurityGroupId", "sg-1"),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "tags", {"owner": "somebody"}),
    ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "toPort", 5433),
    ("mongodbatlas:index/project:Project", "orgId", "0123456789abcdef01234567"),
    ("mongodbatlas:index/project:Project", "tags", {"owner": "somebody"}),
)
"""By type, an input that is not as the one of what is there."""
found_again = pytest.mark.parametrize("life", FOUND.values(), ids=FOUND)


class Here(Cloud):
    """The cloud of a test."""

    def __init__(self, scene: Scene) -> None:
        super().__init__(
            scene.region,
            Atlas(environment={"AWS_ENDPOINT_URL": f"http://127.0.0.1:{scene.endpoint.rpartition(':')[2]}"}),
        )
        self._scene = scene

    def client(self, service: str, region: str | None = None) -> Any:
        return client(self._scene.endpoint, service, region or self._scene.region)


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


@pytest.mark.parametrize(("type_", "key", "value"), UNLIKE)
def test_what_is_not_as_we_asked_for_it_is_left_alone(scene: Scene, type_: str, key: str, value: object):
    life = LIVES[type_]
    made = scene.make(type_, "one", life.inputs(scene))
    other = replace(lost(life, made), inputs={**made.inputs, key: value})

    assert id_of(other, Here(scene)) is None


def test_what_is_in_another_region_is_found_there(scene: Scene):
    made = scene.make(SECRET.type, "one", {"region": "eu-west-1"})

    assert id_of(lost(LIVES[SECRET.type], made), Here(scene)) == made.id


@pytest.mark.parametrize("life", OTHERS.values(), ids=OTHERS)
def test_of_what_is_not_found_again_it_is_known_what_a_second_one_does(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))
    second, said = "", ""

    try:
        second = scene.stub(made.urn).Create(pb.CreateRequest(urn=made.urn, properties=dump(made.inputs))).id
    except grpc.RpcError as error:
        said = str(cast("grpc.Call", error).details())

    assert (said != "") is (life.kind.type in IN_THE_WAY), said
    assert (second == made.id) is (life.kind.type in WRITTEN_OVER), second
