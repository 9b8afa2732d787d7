"""What the parts of a MongoDB Atlas cluster are told."""

from dataclasses import dataclass, replace
from typing import Self

import pulumi
import pulumi_mongodbatlas as atlas
from pulumi import Output, ResourceOptions

from components.atlas_args import AtlasArgs
from components.generations import called
from components.place import Place


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """A store and its project: every store has one of its own, as keys, auditing and networks are the project's."""

    name: str
    """Logical name of the store, and what names begin with but for those of one of its clusters."""
    args: AtlasArgs
    project: atlas.Project
    parent: pulumi.Resource

    @property
    def project_id(self) -> Output[str]:
        """What everything in the project names."""
        return self.project.id

    def of(self, generation: int, args: AtlasArgs) -> Self:
        """Give what the parts of one cluster are told, which may be harder or easier to lose than the other."""
        return replace(self, args=replace(args, generation=generation, beside=None))

    @property
    def cluster(self) -> str:
        """What the logical names of a cluster and its backups begin with."""
        return called(self.name, self.args.generation)

    @property
    def physical(self) -> str:
        """Name of the cluster in Atlas: it has no phase in it, and stays."""
        return called(self.args.cluster_name or f"{self.args.prefix}-{self.name}", self.args.generation)

    @property
    def child(self) -> ResourceOptions:
        """Options of what can be made again."""
        return ResourceOptions(parent=self.parent)

    @property
    def stateful(self) -> ResourceOptions:
        """Options of what must not be lost."""
        return ResourceOptions(parent=self.parent, protect=self.args.protection.protect)

    @property
    def home(self) -> str:
        """Atlas' name of the stack's region."""
        return region_name(self.args.account.region)

    @property
    def away(self) -> str:
        """Atlas' name of the DR region; RunError without one."""
        if self.args.dr_region is None:
            raise pulumi.RunError(f"{self.name}: no DR region is given")
        return region_name(self.args.dr_region)

    @property
    def place(self) -> Place:
        """The network that clients are in; RunError without one."""
        if self.args.place is None:
            raise pulumi.RunError(f"{self.name}: no network is given")
        return self.args.place


def region_name(region: str) -> str:
    """Write a region of AWS as Atlas does: `EU_CENTRAL_1`."""
    return region.upper().replace("-", "_")
