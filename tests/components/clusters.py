"""MongoDB Atlas clusters that several tests make, on mocks."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pulumi.runtime import MockResourceArgs

from components.atlas import Atlas
from components.atlas_args import AtlasArgs
from components.place import Account, Place
from sizes.atlas import DEDICATED, AtlasSize, SharedAtlasSize
from sizes.atlas_grant import AtlasGrant
from sizes.load import AtlasLoad
from stacks.phases import PROTECTION, Environment
from tests.components.conftest import Program, Registered, run

DEV, STAGING, PROD = (PROTECTION[one] for one in Environment)
FREE: Final = SharedAtlasSize(tier="M0")
FLEX: Final = SharedAtlasSize(tier="FLEX")
PROTECTED: Final = replace(DEDICATED, continuous_days=7)
SCALED: Final = replace(PROTECTED, tier="M30", max_tier="M50", disk_gib=40)
SHARDED: Final = replace(PROTECTED, tier="M30", disk_gib=40, sharded=True, shards=2)
REGIONS: Final = replace(
    SHARDED, dr_nodes=2, analytics_nodes=1, read_only_nodes=1, continuous_days=14, dr_copies=True, export=True
)
GLOBAL: Final = replace(REGIONS, zones=2, dr_nodes=0)
LOAD: Final = AtlasLoad(data_gib=2, reads_per_second=100, writes_per_second=50, connections={"api": 100, "reports": 20})
LOGINS: Final[Mapping[str, tuple[AtlasGrant, ...]]] = {
    "api": (AtlasGrant(role="readWrite", database="devora"),),
    "settings": (AtlasGrant(role="readWrite", database="devora", collection="settings"),),
    "reports": (AtlasGrant(role="changeStreams", database="devora"), AtlasGrant(role="read", database="events")),
}
PLACE: Final = Place(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"], clients="sg-1", clients_are_ours=True)
ARGS: Final = AtlasArgs(
    size=PROTECTED,
    load=LOAD,
    protection=PROD,
    database="devora",
    logins=LOGINS,
    prefix="devora-test",
    account=Account(id="123456789012", partition="aws", region="eu-central-1"),
    place=PLACE,
    key_arn="arn:key",
    dr_region="eu-west-1",
    organization_id="5f0c1d2e3a4b5c6d7e8f9a0b",
    allowed_cidrs=(),
    alarm_email="alarms@example.com",
)
ANSWERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "AdvancedCluster": {
        "clusterId": "cluster-1",
        "connectionStrings": {
            "standardSrv": "mongodb+srv://catalog.ab1cd.mongodb.net",
            "privateEndpoints": [
                {
                    "srvConnectionString": "mongodb+srv://catalog-pl-0.ab1cd.mongodb.net",
                    "endpoints": [{"endpointId": "catalog-endpoint-id"}],
                }
            ],
        },
    },
    "CloudProviderAccessSetup": {
        "roleId": "role-1",
        "awsConfigs": [{"atlasAwsAccountArn": "arn:aws:iam::1:root", "atlasAssumedRoleExternalId": "external-1"}],
    },
    "PrivateLinkEndpoint": {
        "endpointServiceName": "com.amazonaws.vpce.eu-central-1.vpce-svc-1",
        "privateLinkId": "link-1",
    },
    "CloudBackupSnapshotExportBucket": {"exportBucketId": "export-1"},
}
"""What Atlas answers, by kind of resource."""


def atlas(size: AtlasSize | SharedAtlasSize = PROTECTED, **changes: Any) -> Program:
    """Make the store `catalog` of a size, with whatever else is another than in `ARGS`."""
    args = replace(ARGS, size=size, **changes)
    return lambda: Atlas("catalog", args)


class OnAtlas(Registered):
    """The resources that a program registered, with what Atlas answers that it did not say itself."""

    def __init__(self, answers: Mapping[str, Mapping[str, Any]] = ANSWERS) -> None:
        super().__init__()
        self.answers = answers

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        id_, outputs = super().new_resource(args)
        kind = args.typ.rpartition(":")[2]
        specs = [
            {**spec, "zoneId": f"zone-{number}"} for number, spec in enumerate(args.inputs.get("replicationSpecs", ()))
        ]
        return id_, {**outputs, **self.answers.get(kind, {}), **({"replicationSpecs": specs} if specs else {})}


def made(
    size: AtlasSize | SharedAtlasSize = PROTECTED,
    answers: Mapping[str, Mapping[str, Any]] = ANSWERS,
    **changes: Any,
) -> OnAtlas:
    """Make the store `catalog` of a size, with whatever else is another than in `ARGS`."""
    registered = OnAtlas(answers)
    run(registered, atlas(size, **changes))
    return registered


def of(found: OnAtlas, kind: str) -> dict[str, dict[str, Any]]:
    """Give the inputs of Atlas' resources of a kind, by name."""
    return found.named(f"mongodbatlas:index/{kind[0].lower()}{kind[1:]}:{kind}")
