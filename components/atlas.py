"""MongoDB Atlas: a project with one cluster, which grows from shared servers to many regions in the same resource."""

from collections.abc import Mapping
from typing import Final

import pulumi
import pulumi_mongodbatlas as atlas
from pulumi import Output, ResourceOptions

from components.atlas_access import encryption
from components.atlas_args import AtlasArgs
from components.atlas_backups import backups
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
        self.private_endpoint_id = None
        if isinstance(args.size, AtlasSize):
            cluster = self._dedicated(shared, args.size)
            self.host = private_host(cluster)
        else:
            access_list(shared)
            cluster = shared_cluster(shared, args.size)
            self.host = public_host(cluster)
        self.project_id, self.cluster_id = shared.project_id, cluster.cluster_id
        self.login_secret_arns = {one: login(shared, one, self.host, cluster).arn for one in args.logins}
        self.register_outputs({"host": self.host, "login_secret_arns": self.login_secret_arns})

    def _dedicated(self, shared: Shared, size: AtlasSize) -> atlas.AdvancedCluster:
        """Make a cluster on its own servers, and what only such a one has."""
        key, links = encryption(shared), private_links(shared, size)
        self.private_endpoint_id = links[0].endpoint_service_id
        cluster = dedicated_cluster(shared, size, [key, *links])
        backups(shared, size, cluster)
        auditing(shared, cluster)
        maintenance(shared, cluster)
        alerts(shared, size)
        return cluster
