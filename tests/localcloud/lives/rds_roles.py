"""Lives of the roles of databases."""

from localcloud.resources.iam import ROLE
from localcloud.resources.rds_instance import INSTANCE
from localcloud.resources.rds_roles import CLUSTER_ROLE, INSTANCE_ROLE
from localcloud.wire import Props
from tests.localcloud.lives.iam import trust
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.rds import MINIMAL
from tests.localcloud.lives.rds_cluster import new_cluster
from tests.localcloud.scene import Scene


def new_export_role(scene: Scene, service: str = "rds.amazonaws.com") -> str:
    return scene.make(ROLE.type, "export", {"assumeRolePolicy": trust(service)}).outputs["arn"]


def instance_role(scene: Scene) -> Props:
    """Give the inputs of a role of a new instance."""
    instance = scene.make(INSTANCE.type, "orders", MINIMAL).outputs["identifier"]
    return {"dbInstanceIdentifier": instance, "featureName": "s3Export", "roleArn": new_export_role(scene)}


def cluster_role(scene: Scene) -> Props:
    """Give the inputs of a role of a new cluster."""
    return {
        "dbClusterIdentifier": new_cluster(scene).id,
        "featureName": "s3Export",
        "roleArn": new_export_role(scene),
    }


_OTHER = {"featureName": "s3Import", "roleArn": "arn:aws:iam::123456789012:role/other"}

LIVES = (
    Life(
        kind=INSTANCE_ROLE,
        inputs=instance_role,
        changed=None,
        replaced={"dbInstanceIdentifier": "other", **_OTHER},
    ),
    Life(
        kind=CLUSTER_ROLE,
        inputs=cluster_role,
        changed=None,
        replaced={"dbClusterIdentifier": "other", **_OTHER},
    ),
)
