"""A MongoDB Atlas cluster: one resource in every size, so that growing never replaces."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pulumi
import pulumi_mongodbatlas as atlas
from pulumi import CustomTimeouts, Output, ResourceOptions
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecArgs as SpecArgs
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecRegionConfigAnalyticsAutoScalingArgs as AnalyticsScaling
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecRegionConfigAnalyticsSpecsArgs as AnalyticsNodes
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecRegionConfigArgs as RegionArgs
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecRegionConfigAutoScalingArgs as Scaling
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecRegionConfigElectableSpecsArgs as ElectableNodes
from pulumi_mongodbatlas import AdvancedClusterReplicationSpecRegionConfigReadOnlySpecsArgs as ReadOnlyNodes

from components.atlas_shared import Shared
from sizes.atlas import HOME_NODES, AtlasSize, SharedAtlasSize

VERSION: Final = "8.0"
"""Major version of MongoDB: Atlas brings the minor ones by itself."""
HIGHEST: Final = 7
"""Priority in elections of the region that the primary is in; each further region has one less."""
ZONES: Final = ("home", "dr")
LONG: Final = CustomTimeouts(create="3h", update="12h", delete="3h")
"""Nodes are changed one after another, and new ones copy all data first."""
SRV: Final = "mongodb+srv://"


def shared_cluster(shared: Shared, size: SharedAtlasSize) -> atlas.AdvancedCluster:
    """Make a cluster on shared servers, to which Atlas gives nothing but a place."""
    region = RegionArgs(
        provider_name="FLEX" if size.tier == "FLEX" else "TENANT",
        backing_provider_name="AWS",
        region_name=shared.home,
        priority=HIGHEST,
        electable_specs=ElectableNodes(instance_size=size.tier) if size.tier == "M0" else None,
    )
    return atlas.AdvancedCluster(
        _logical(shared),
        project_id=shared.project_id,
        name=shared.physical,
        cluster_type="REPLICASET",
        replication_specs=[SpecArgs(region_configs=[region])],
        # M0 knows no protection.
        termination_protection_enabled=shared.args.protection.deletion if size.tier == "FLEX" else None,
        opts=ResourceOptions.merge(shared.stateful, ResourceOptions(custom_timeouts=LONG)),
    )


def dedicated_cluster(shared: Shared, size: AtlasSize, after: Sequence[pulumi.Resource]) -> atlas.AdvancedCluster:
    """Make a cluster on its own servers, *after* what it is encrypted with and reached by."""
    protection = shared.args.protection
    return atlas.AdvancedCluster(
        _logical(shared),
        project_id=shared.project_id,
        name=shared.physical,
        cluster_type=_cluster_type(size),
        replication_specs=list(_specs(shared, size)),
        # While Atlas chooses the tier, it takes no other; one that is fixed must be taken.
        use_effective_fields=size.max_tier is not None,
        mongo_db_major_version=VERSION,
        advanced_configuration={
            "minimum_enabled_tls_protocol": "TLS1_2",
            "javascript_enabled": False,
            "default_write_concern": "majority",
        },
        encryption_at_rest_provider="AWS",
        backup_enabled=True,
        pit_enabled=size.recovery_days > 0,
        retain_backups_enabled=protection.final_snapshot,
        termination_protection_enabled=protection.deletion,
        opts=ResourceOptions.merge(shared.stateful, ResourceOptions(depends_on=[*after], custom_timeouts=LONG)),
    )


def public_host(cluster: atlas.AdvancedCluster) -> Output[str]:
    """Give where clients of a shared cluster connect to: a name that DNS has the nodes of."""
    return cluster.connection_strings.apply(lambda strings: _host(strings.standard_srv))


def private_host(cluster: atlas.AdvancedCluster) -> Output[str]:
    """Give where clients of the network connect to: a name that DNS has the private endpoints of."""
    return cluster.connection_strings.apply(_private)


def _private(strings: Any) -> str:
    found = strings.private_endpoints or ()
    if not found and not pulumi.runtime.is_dry_run():
        raise pulumi.RunError(
            "Atlas names no private endpoint of the cluster yet: run `pulumi refresh`, then `up` again"
        )
    return _host(found[0].srv_connection_string if found else None)


def _host(srv: str | None) -> str:
    return (srv or "").removeprefix(SRV)


def _logical(shared: Shared) -> str:
    return f"{shared.cluster}-cluster"


def _cluster_type(size: AtlasSize) -> str:
    if size.zones:
        return "GEOSHARDED"
    return "SHARDED" if size.sharded else "REPLICASET"


def _specs(shared: Shared, size: AtlasSize) -> Iterator[SpecArgs]:
    """
    Give a specification for each shard.

    Atlas' provider tells shards by their place: those of a zone that comes later, and shards that are added, must come
    after those that are there.
    """
    for _ in range(size.shards):
        if not size.zones:
            yield SpecArgs(region_configs=_regions(shared, size, home=True))
        for zone in ZONES[: size.zones]:
            yield SpecArgs(zone_name=zone, region_configs=_regions(shared, size, home=zone == ZONES[0]))


def _regions(shared: Shared, size: AtlasSize, *, home: bool) -> list[RegionArgs]:
    """Give where the nodes of a shard are: most in its own region, two in the other where that is asked for."""
    scaling = _scaling(size)
    own = RegionArgs(
        provider_name="AWS",
        region_name=shared.home if home else shared.away,
        priority=HIGHEST,
        electable_specs=ElectableNodes(**_nodes(size, HOME_NODES)),
        # Said even where there are none: the provider keeps nodes of a kind that is not spoken of any more.
        read_only_specs=ReadOnlyNodes(**_nodes(size, size.read_only_nodes)),
        analytics_specs=AnalyticsNodes(**_nodes(size, size.analytics_nodes)),
        auto_scaling=Scaling(**scaling),
        analytics_auto_scaling=AnalyticsScaling(**scaling),
    )
    if not size.dr_nodes:
        return [own]
    other = RegionArgs(
        provider_name="AWS",
        region_name=shared.away if home else shared.home,
        priority=HIGHEST - 1,
        electable_specs=ElectableNodes(**_nodes(size, size.dr_nodes)),
        auto_scaling=Scaling(**scaling),
        analytics_auto_scaling=AnalyticsScaling(**scaling),
    )
    return [own, other]


def _nodes(size: AtlasSize, count: int) -> dict[str, Any]:
    return {"instance_size": size.tier, "node_count": count, "disk_size_gb": size.disk_gib}


def _scaling(size: AtlasSize) -> dict[str, Any]:
    """Let disks grow by themselves, and tiers between their bounds: the same in all regions of a cluster."""
    if size.max_tier is None:
        return {"disk_gb_enabled": True, "compute_enabled": False}
    return {
        "disk_gb_enabled": True,
        "compute_enabled": True,
        "compute_scale_down_enabled": True,
        "compute_min_instance_size": size.tier,
        "compute_max_instance_size": size.max_tier,
    }
