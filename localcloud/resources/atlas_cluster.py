"""MongoDB Atlas: clusters, free, flex and dedicated."""

from typing import Any, Final

from localcloud.atlas.clusters import (
    COMPUTED,
    SETTINGS,
    STEERING,
    create_cluster,
    delete_cluster,
    read_cluster,
    update_cluster,
)
from localcloud.atlas.specs import sayable
from localcloud.atlas.tiers import major
from localcloud.difference import covers
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.atlas_cluster_rules import CHANGES, RULES


def _same_version(one: str, other: str) -> bool:
    return major(one) == major(other)


def _whole(value: Any) -> Any:
    return value


CLUSTER: Final = ResourceType(
    type="mongodbatlas:index/advancedCluster:AdvancedCluster",
    create=create_cluster,
    read=read_cluster,
    update=update_cluster,
    delete=delete_cluster,
    applied=SETTINGS
    | {"advancedConfiguration", "configServerManagementMode", "mongoDbMajorVersion", "name", "pinnedFcv", "projectId"}
    | {"replicationSpecs"},
    steering=STEERING,
    required=frozenset({"clusterType", "projectId", "replicationSpecs"}),
    outputs=COMPUTED
    | {"clusterId", "configServerType", "connectionStrings", "createDate", "effectiveDatabaseEdition"}
    | {"mongoDbVersion", "stateName"},
    replace=frozenset({"name", "projectId"}),
    sticky=COMPUTED,
    name=AutoName(property="name"),
    rules=RULES,
    changes=CHANGES,
    same={
        "advancedConfiguration": covers,
        "biConnectorConfig": covers,
        "mongoDbMajorVersion": _same_version,
        "pinnedFcv": covers,
        "replicationSpecs": covers,
    },
    told={
        "advancedConfiguration": _whole,
        "biConnectorConfig": _whole,
        "pinnedFcv": lambda pin: {"expirationDate": pin["expirationDate"]},
        "replicationSpecs": sayable,
    },
    volatile=frozenset({"configServerType", "connectionStrings", "mongoDbVersion", "stateName"}),
    judged_by_state=True,
    global_=True,
    not_imitated="no database runs, holds data or scales by itself, and nothing takes time; a disk counts as full; "
    "providers other than AWS, the Infinite edition, NVMe tiers, adaptive capacity, outages, limits of a project",
)

TYPES: Final = (CLUSTER,)
