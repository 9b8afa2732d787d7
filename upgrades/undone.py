"""
What an update leaves for the next one: Atlas moves a cluster off shared servers, and does nothing else with it.

Until the next update the cluster has what it had, whatever the stack's file and the program say.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sizes.atlas import DEDICATED
from stacks.settings import Settings

CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
LEFT: Final = frozenset(
    {"encryptionAtRestProvider", "pitEnabled", "redactClientLogData", "terminationProtectionEnabled"}
)
"""
What no cluster on shared servers has, and the move does not bring.

Source: terraform-provider-mongodbatlas, advancedcluster, getUpgradeTenantRequest and getUpgradeFlexToDedicatedRequest.
"""


def as_deployed(settings: Settings, resources: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Give what is there once *resources*, rendered by *settings*, were deployed."""
    moved = tuple(f"{name}-" for name, size in settings.hop.sizes.items() if size == DEDICATED) if settings.hop else ()
    if not moved:
        return resources
    return [
        {**one, "inputs": {key: value for key, value in one["inputs"].items() if key not in LEFT}}
        if one["type"] == CLUSTER and one["name"].startswith(moved)
        else one
        for one in resources
    ]
