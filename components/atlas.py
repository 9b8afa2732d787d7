"""MongoDB Atlas: a project with one cluster, which grows from shared servers to many regions in the same resource."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import pulumi
import pulumi_mongodbatlas as atlas
from pulumi import Output, ResourceOptions

from components.atlas_access import encryption
from components.atlas_args import AtlasArgs
from components.atlas_backups import backups, comply, export_bucket
from components.atlas_cluster import dedicated_cluster, private_host, public_host, shared_cluster
from components.atlas_logins import login
from components.atlas_network import access_list, private_links
from components.atlas_shared import Shared
from components.atlas_watch import alerts, auditing, maintenance
from sizes.atlas import AtlasSize

CLUSTERS: Final = 2
"""Clusters that a project may have: the store's, and one that a backup is restored into."""


class Atlas(pulumi.ComponentResource):
    """A MongoDB cluster that is encrypted, backed up, audited and reached privately, once it has servers of its own."""

    host: Output[str]
    """What follows `mongodb+srv://` and the login."""
    spare_host: Output[str] | None
    """That of the second cluster during a restore: the one that clients are not told of."""
    login_secret_arns: Mapping[str, Output[str]]
    project_id: Output[str]
    cluster_id: Output[str]
    private_endpoint_id: Output[str] | None
    """The VPC endpoint that clients reach the cluster by; None for shared servers."""

    def __init__(self, name: str, args: AtlasArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Atlas", name, {}, opts)
        project = atlas.Project(
            f"{name}-project",
            name=args.project_name or f"{args.prefix}-{name}",
            org_id=args.organization_id,
            limits=[{"name": "atlas.project.deployment.clusters", "value": CLUSTERS}],
            opts=ResourceOptions(parent=self, protect=args.protection.protect),
        )
        shared = Shared(name=name, args=args, project=project, parent=self)
        self.private_endpoint_id = self.spare_host = None
        if isinstance(args.size, AtlasSize):
            used, spare = self._dedicated(shared, args.size)
            self.host = private_host(used)
            self.spare_host = private_host(spare) if spare else None
        else:
            access_list(shared)
            used, spare = shared_cluster(shared, args.size), None
            self.host = public_host(used)
        self.project_id, self.cluster_id = shared.project_id, used.cluster_id
        both = [used, spare] if spare else [used]
        self.login_secret_arns = {one: login(shared, one, self.host, both).arn for one in args.logins}
        self.register_outputs({"host": self.host, "login_secret_arns": self.login_secret_arns})

    def _dedicated(self, shared: Shared, size: AtlasSize) -> tuple[atlas.AdvancedCluster, atlas.AdvancedCluster | None]:
        """Make a cluster on its own servers, one beside it during a restore, and what only such ones have."""
        key, links = encryption(shared), private_links(shared, size)
        self.private_endpoint_id = links[0].endpoint_service_id
        bucket = export_bucket(shared) if size.export else None
        parts = _generations(shared)
        clusters = [dedicated_cluster(one, size, [key, *links]) for one in parts]
        schedules = [backups(one, size, cluster, bucket) for one, cluster in zip(parts, clusters, strict=True)]
        if shared.args.compliance:
            comply(shared, size, shared.args.compliance, schedules)
        auditing(shared, clusters)
        maintenance(shared, clusters)
        alerts(shared, size)
        if shared.args.beside is None:
            return clusters[0], None
        first, second = clusters
        return (second, first) if shared.args.beside.writer else (first, second)


def _generations(shared: Shared) -> Sequence[Shared]:
    """Give what the parts of each cluster are told: of the one that was there, and of the one beside it."""
    args, beside = shared.args, shared.args.beside
    if beside is None:
        return [shared]
    spare = replace(args, protection=beside.spare)
    before, after = (spare, args) if beside.writer else (args, spare)
    return [shared.of(args.generation, before), shared.of(beside.generation, after)]
