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


def cluster(scene: Scene, name: str, statement_timeout: str, **more: object) -> Source:
    parameters = [{"name": "statement_timeout", "value": statement_timeout, "applyMethod": "immediate"}]
    group = scene.make(
        CLUSTER_PARAMETER_GROUP.type, name, {"name": name, "family": "aurora-postgresql17", "parameters": parameters}
    )
    made = scene.make(CLUSTER.type, name, {**MINIMAL_CLUSTER, "dbClusterParameterGroupName": group.id, **more})
    return Source(store="main", kind=Kind.CLUSTER, id=made.id, arn="", family=made.id)


def test_a_parameter_that_differs_is_told(scene: Scene):
    old, new = cluster(scene, "first", "60000"), cluster(scene, "second", "0")

    told = {one.words for one in compared(cast("Cloud", Moto(scene)), old, new) if not one.same}

    assert told == {"parameters is {'statement_timeout': '0'}, not {'statement_timeout': '60000'}"}


def with_key(scene: Scene, name: str) -> tuple[Source, str]:
    key = scene.aws("kms").create_key()["KeyMetadata"]["Arn"]
    return cluster(scene, name, "0", storageEncrypted=True, kmsKeyId=key), key


def test_the_key_must_be_that_of_the_old_one_where_no_other_is_asked_for(scene: Scene):
    (old, key), (new, other) = (with_key(scene, name) for name in ("kept", "lost"))

    told = {one.words for one in compared(cast("Cloud", Moto(scene)), old, new) if not one.same}

    assert told == {f"encryption key is {other}, not {key}"}


def test_the_key_must_be_the_one_that_is_asked_for(scene: Scene):
    (old, key), (new, other) = (with_key(scene, name) for name in ("before", "after"))
    cloud = cast("Cloud", Moto(scene))

    assert [one.words for one in compared(cloud, old, new, key=other) if not one.same] == []
    assert {one.words for one in compared(cloud, old, old, key=other) if not one.same} >= {
        f"encryption key is {key}, not {other}"
    }
