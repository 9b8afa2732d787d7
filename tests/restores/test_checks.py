"""A restored Aurora cluster is compared with the old one, the parameters that somebody set included."""

from typing import cast

from localcloud.resources.rds_cluster import CLUSTER
from localcloud.resources.rds_cluster_group import CLUSTER_PARAMETER_GROUP
from restores.checks import compared
from restores.window import Kind, Source
from tests.localcloud.lives.rds_cluster import MINIMAL_CLUSTER
from tests.localcloud.scene import Scene
from upgrades.cloud import Cloud


class Moto:
    """AWS, as a restore asks it."""

    def __init__(self, scene: Scene) -> None:
        self.client = scene.aws


def cluster(scene: Scene, name: str, statement_timeout: str) -> Source:
    parameters = [{"name": "statement_timeout", "value": statement_timeout, "applyMethod": "immediate"}]
    group = scene.make(
        CLUSTER_PARAMETER_GROUP.type, name, {"name": name, "family": "aurora-postgresql17", "parameters": parameters}
    )
    made = scene.make(CLUSTER.type, name, {**MINIMAL_CLUSTER, "dbClusterParameterGroupName": group.id})
    return Source(store="main", kind=Kind.CLUSTER, id=made.id, arn="", family=made.id)


def test_a_parameter_that_differs_is_told(scene: Scene):
    old, new = cluster(scene, "first", "60000"), cluster(scene, "second", "0")

    told = {one.words for one in compared(cast("Cloud", Moto(scene)), old, new) if not one.same}

    assert told == {"parameters is {'statement_timeout': '0'}, not {'statement_timeout': '60000'}"}
