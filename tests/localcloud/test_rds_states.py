"""States on the way, pending changes and lag of replicas: what a run that waits for a database looks at."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud import control
from localcloud.cloud import client
from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_instance import INSTANCE
from tests.localcloud.checkout import checkout
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.lives.rds_cluster import ENGINE, cluster_described, member_described, new_cluster, new_member
from tests.localcloud.lives.rds_more import backed_up
from tests.localcloud.scene import Scene

Switch = Callable[[int], None]


@pytest.fixture
def describes(endpoint: str) -> Iterator[Switch]:
    """Let states of databases last for a number of descriptions, until the test ends."""

    def post(verb: str, **body: object) -> None:
        request = urllib.request.Request(  # noqa: S310  our own moto
            f"{endpoint}/moto-api/state-manager/{verb}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request).close()  # noqa: S310  our own moto

    models = ("rds::instance", "rds::cluster")

    def switch(times: int) -> None:
        for model in models:
            post("set-transition", model_name=model, transition={"progression": "manual", "times": times})

    yield switch
    for model in models:
        post("unset-transition", model_name=model)


# States


def test_everything_is_done_at_once_unless_somebody_wants_to_see_it(scene: Scene):
    name = backed_up(scene).outputs["identifier"]
    answer = scene.aws("rds").modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.m7g.large")

    found = answer["DBInstance"]
    assert (found["DBInstanceStatus"], found.get("PendingModifiedValues", {})) == ("available", {})


def test_an_instance_is_modifying_for_as_many_descriptions_as_somebody_wants(scene: Scene, describes: Switch):
    name = backed_up(scene).outputs["identifier"]
    describes(3)
    scene.aws("rds").modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.m7g.large")

    states = [member_described(scene, name)["DBInstanceStatus"] for _ in range(4)]

    assert states == ["modifying", "modifying", "available", "available"]


def test_what_changes_is_pending_until_then(scene: Scene, describes: Switch):
    name = backed_up(scene).outputs["identifier"]
    describes(2)
    scene.aws("rds").modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.m7g.large", MultiAZ=True)

    pending = [member_described(scene, name).get("PendingModifiedValues", {}) for _ in range(2)]

    assert pending == [{"DBInstanceClass": "db.m7g.large", "MultiAZ": True}, {}]


def test_a_cluster_is_modifying_with_its_new_version_pending(scene: Scene, describes: Switch):
    name = new_cluster(scene, engineVersion="16.9").id
    describes(2)
    scene.aws("rds").modify_db_cluster(DBClusterIdentifier=name, EngineVersion="16.11")

    seen = [cluster_described(scene, name) for _ in range(2)]

    told = [(one["Status"], one.get("PendingModifiedValues", {})) for one in seen]
    assert told == [("modifying", {"EngineVersion": "16.11"}), ("available", {})]


def test_an_instance_that_is_modifying_takes_no_further_change(scene: Scene, describes: Switch):
    name, aws = backed_up(scene).outputs["identifier"], scene.aws("rds")
    describes(5)
    aws.modify_db_instance(DBInstanceIdentifier=name, MultiAZ=True)

    with pytest.raises(ClientError, match="Database instance is not in available state"):
        aws.modify_db_instance(DBInstanceIdentifier=name, MultiAZ=False)


def test_a_reboot_and_a_failover_are_seen(scene: Scene, describes: Switch):
    cluster = new_cluster(scene)
    names = [new_member(scene, cluster.id, name).id for name in ("orders-1", "orders-2")]
    describes(2)
    scene.aws("rds").reboot_db_instance(DBInstanceIdentifier=names[0])
    scene.aws("rds").failover_db_cluster(DBClusterIdentifier=cluster.id)

    told = (member_described(scene, names[0])["DBInstanceStatus"], cluster_described(scene, cluster.id)["Status"])
    assert told == ("rebooting", "failing-over")


def test_the_provider_waits_for_what_it_makes_and_changes(scene: Scene, describes: Switch):
    describes(3)
    cluster = new_cluster(scene)
    made = new_member(scene, cluster.id)
    grown = scene.update(made, {**made.inputs, "instanceClass": "db.r8g.xlarge"})
    wider = scene.update(cluster, {**cluster.inputs, "backupRetentionPeriod": 7})

    assert (grown.outputs["instanceClass"], wider.outputs["backupRetentionPeriod"]) == ("db.r8g.xlarge", 7)


def test_the_provider_waits_for_an_instance(scene: Scene, describes: Switch):
    describes(3)
    made = scene.make(INSTANCE.type, "orders", MINIMAL)

    assert scene.update(made, {**made.inputs, "multiAz": True}).outputs["status"] == "available"


# Stopped clusters


def test_the_members_stop_with_their_cluster_and_start_with_it(scene: Scene):
    cluster, aws = new_cluster(scene), scene.aws("rds")
    member = new_member(scene, cluster.id)
    aws.stop_db_cluster(DBClusterIdentifier=cluster.id)
    stopped = (cluster_described(scene, cluster.id)["Status"], member_described(scene, member.id)["DBInstanceStatus"])
    aws.start_db_cluster(DBClusterIdentifier=cluster.id)

    assert stopped == ("stopped", "stopped")
    assert member_described(scene, member.id)["DBInstanceStatus"] == "available"


def test_a_stopped_cluster_takes_no_change_and_no_member(scene: Scene):
    cluster = new_cluster(scene)
    scene.aws("rds").stop_db_cluster(DBClusterIdentifier=cluster.id)

    with pytest.raises(grpc.RpcError, match="isn't available for modification with status stopped"):
        scene.update(cluster, {**cluster.inputs, "backupRetentionPeriod": 7})
    with pytest.raises(grpc.RpcError, match="is stopped: start it first"):
        new_member(scene, cluster.id)


def test_a_replica_cluster_is_not_stopped(scene: Scene):
    inputs = {"engine": ENGINE, "replicationSourceIdentifier": backed_up(scene).outputs["arn"]}
    name = scene.make(CLUSTER.type, "aurora", {**inputs, "skipFinalSnapshot": True}).id

    with pytest.raises(ClientError, match="it is a part of a replication"):
        scene.aws("rds").stop_db_cluster(DBClusterIdentifier=name)


def test_of_members_that_come_at_once_one_writes(scene: Scene):
    cluster = new_cluster(scene).id
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: new_member(scene, cluster, f"orders-{number}"), range(8)))

    assert len(made) == 8
    assert [one["IsClusterWriter"] for one in cluster_described(scene, cluster)["DBClusterMembers"]].count(True) == 1


# Lag


def lag(scene: Scene, metric: str, instance: str) -> list[tuple[float, str]]:
    """Give figures and their units."""
    now = datetime.now(UTC)
    found = scene.aws("cloudwatch").get_metric_statistics(
        Namespace="AWS/RDS",
        MetricName=metric,
        Dimensions=[{"Name": "DBInstanceIdentifier", "Value": instance}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )
    return [(one["Maximum"], one["Unit"]) for one in found["Datapoints"]]


def test_a_replica_does_not_lag(scene: Scene):
    primary = backed_up(scene).outputs["identifier"]
    inputs = {"replicateSourceDb": primary, "instanceClass": "db.t4g.small", "skipFinalSnapshot": True}
    replica = scene.make(INSTANCE.type, "orders-replica", inputs).outputs["identifier"]

    assert (lag(scene, "ReplicaLag", replica), lag(scene, "ReplicaLag", primary)) == ([(0.0, "Seconds")], [])


def test_a_reader_of_a_cluster_does_not_lag(scene: Scene):
    cluster = new_cluster(scene)
    writer, reader = (new_member(scene, cluster.id, name).id for name in ("orders-1", "orders-2"))

    of_reader, of_writer = (lag(scene, "AuroraReplicaLag", member) for member in (reader, writer))
    assert (of_reader, of_writer) == ([(0.0, "Milliseconds")], [])


def test_a_replica_cluster_lags_as_somebody_says(scene: Scene):
    source = backed_up(scene)
    inputs = {"engine": ENGINE, "replicationSourceIdentifier": source.outputs["arn"], "skipFinalSnapshot": True}
    member = new_member(scene, scene.make(CLUSTER.type, "aurora", inputs).id).id
    before = lag(scene, "RDSToAuroraPostgreSQLReplicaLag", member)
    datum = {
        "MetricName": "RDSToAuroraPostgreSQLReplicaLag",
        "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": member}],
        "Value": 4.2,
        "Unit": "Seconds",
    }
    scene.aws("cloudwatch").put_metric_data(Namespace="AWS/RDS", MetricData=[datum])

    after = lag(scene, "RDSToAuroraPostgreSQLReplicaLag", member)
    assert (before, after) == ([(0.0, "Seconds")], [(4.2, "Seconds")])


# The daemon


def test_plain_boto3_makes_and_sees_a_cluster_with_two_members_on_the_daemon(tmp_path: Path):
    paths = checkout(tmp_path / "project")
    try:
        aws = client(control.start(paths).daemon.endpoint, "rds", "eu-central-1")
        aws.create_db_cluster(
            DBClusterIdentifier="orders",
            Engine=ENGINE,
            MasterUsername="clubapp",
            MasterUserPassword="correct-horse-battery",
        )
        for number in (1, 2):
            aws.create_db_instance(
                DBInstanceIdentifier=f"orders-{number}",
                DBClusterIdentifier="orders",
                DBInstanceClass="db.r8g.large",
                Engine=ENGINE,
            )
        [cluster] = aws.describe_db_clusters()["DBClusters"]
    finally:
        control.stop(paths)

    told = [(one["DBInstanceIdentifier"], one["IsClusterWriter"]) for one in cluster["DBClusterMembers"]]
    assert told == [("orders-1", True), ("orders-2", False)]
