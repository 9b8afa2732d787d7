"""The transitions that have a page: an example that is planned for it, or the facts that say why no update does it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from stacks.phases import Phase
from upgrades.facts.limits import TLS_IN_PLACE

INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
TABLE: Final = "aws:dynamodb/table:Table"
GROUP: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
SERVERLESS: Final = "aws:elasticache/serverlessCache:ServerlessCache"
GLOBAL: Final = "aws:rds/globalCluster:GlobalCluster"
INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
REPLICA: Final = "aws:dynamodb/tableReplica:TableReplica"
KEY: Final = "mongodbatlas:index/encryptionAtRest:EncryptionAtRest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """A way of one store that `datastores plan` plans."""

    slug: str
    title: str
    stack: str
    store: str
    start: Phase
    to: Phase
    before: Mapping[str, str] = field(default_factory=dict[str, str])
    """Settings at the start that the stack file does not have, by key, as YAML."""
    after: Mapping[str, str] = field(default_factory=dict[str, str])
    """Settings at the end, likewise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decided:
    """A change that is decided by no size: what the table of effects says of it."""

    slug: str
    title: str
    properties: Mapping[str, tuple[str, ...]]
    """Paths by type; one that ends with `*` stands for all below it."""
    stack: str
    store: str
    phase: Phase
    """Whose month a second store beside it would cost."""
    procedure: tuple[str, ...] = ()
    """What a person does, in order; needed where a change replaces the store."""
    command: str = ""
    """What carries the procedure out; else a person does."""
    besides: str = ""
    """What the procedure is not about."""
    beside: bool = True
    """The procedure makes a second store; else it keeps the one there is."""


Transition = Planned | Decided


def _set(store: str, **fields: str) -> Mapping[str, str]:
    return {f"sizes.{store}.{name}": value for name, value in fields.items()}


_AUTOSCALED: Final = _set(
    "presence",
    billing="{minReadUnits: 100, maxReadUnits: 4000, minWriteUnits: 100, maxWriteUnits: 4000, targetPercent: 70}",
)

_BESIDE: Final = (
    "write the switch of the callers and the way back down, and try both on a copy",
    "add a store to the application's file, with what shall be other; deploy it beside the old one",
)
_SWITCH: Final = (
    "stop writes, compare the two, switch the callers to the new one's connection secret, and let them write",
    "let the old one stand until somebody has looked at the new one: until writes go to the new one it is the way back",
    "put the old store into `datastores:unlock`, `pulumi up`, and take it away in an update that a person accepts",
)
_COPIED: Final = (
    *_BESIDE,
    "copy what is in it: items by export and import or by the callers writing to both",
    *_SWITCH,
)
_RESTORED: Final = (
    (
        "let the account use the key through the store's service in the key's policy (`kms:ViaService`, with "
        "`kms:CreateGrant`); of a cache take a snapshot"
    ),
    "stop writes, where nothing may be lost: what the old one takes from now on is not in the new one",
    (
        "`datastores restore STACK STORE --to latest --key ARN`: one is made under that key beside the old one; of an "
        "RDS instance a snapshot is taken and copied with the key first, as RDS restores under no other"
    ),
    "compare the two, and look into the new one: its address is the output `…SpareEndpoint`, or `spareTable`",
    "`datastores restore STACK STORE --switch`: clients are told of the new one; `--abort` leads back",
    (
        "`datastores restore STACK STORE --retire`, once nobody misses anything: the old one goes; keep the old key "
        "as long as a backup is under it"
    ),
)
_NOT_RESTORED: Final = (
    "Copies abroad stay under the key of the DR region, secrets and logs under the stack's own. Two change in place "
    "instead: a table by an edit of the program, and Atlas by `customerMasterKeyId`, as the key is the project's."
)
_BY_PREFERRED: Final = (
    f"first bring an older store to version {'.'.join(map(str, TLS_IN_PLACE))} or newer: else it would be replaced",
    "set transitEncryptionEnabled, with the mode preferred: the nodes take clients with TLS and clients without",
    "switch the callers to TLS, one after another, until none connects without it",
    "set the mode required, in an update of its own: who connects without TLS is cut off",
    "change users or AUTH before or after, and not in these updates: ElastiCache refuses both at once",
    "to go back, set the mode preferred again, which the gate refuses until a person accepts it in the review",
)
_ADD_MOVE_DELETE: Final = (
    (
        "add the index to the schema in the application's file under another name, and leave the old one: `pulumi up` "
        "waits until DynamoDB has filled it, up to 24 hours; writes to the table cost more while there are two"
    ),
    "move its readers to the new one, one after another",
    (
        "look at ConsumedReadCapacityUnits of the old one in CloudWatch until it has been zero for as long as the "
        "callers' rarest query takes to come"
    ),
    "take the old one away, in an update of its own: the gate refuses to do it in the one that makes the new one",
    "to go back before that, move the readers back; after it, add the old one anew",
)
_BY_DEFAULT_USER: Final = (
    (
        "make the users and their group, and among them one that is named `default` and has the token as its password: "
        "who sends a password alone is that user"
    ),
    (
        "in one update take authToken out, set authTokenUpdateStrategy to DELETE, and name the group in userGroupIds: "
        "ElastiCache takes no group while there is a token"
    ),
    "move the callers to users of their own, one after another",
    "take the password from `default`, and switch it off, when nobody comes as it any more",
    "change TLS before or after, and not in these updates: ElastiCache refuses both at once",
    (
        "to go back, take the group out and set the token again, when no client needs a user; the provider does it in "
        "two calls, so try it on a copy first"
    ),
)

TRANSITIONS: Final[tuple[Transition, ...]] = (
    Planned(
        slug="rds-resize",
        title="RDS: another instance class",
        stack="clubapp-prod",
        store="main",
        start=Phase.SCALE,
        to=Phase.SCALE,
        after=_set("main", instanceClass="db.r7g.large"),
    ),
    Planned(
        slug="rds-storage",
        title="RDS: storage past 400 GiB, with IOPS of its own",
        stack="clubapp-prod",
        store="main",
        start=Phase.SCALE,
        to=Phase.SCALE,
        after=_set("main", storageGib="600", iops="14000", throughputMibps="600"),
    ),
    Planned(
        slug="rds-major-version",
        title="RDS: a new major version",
        stack="clubapp-prod",
        store="main",
        start=Phase.GROWTH,
        to=Phase.GROWTH,
        before=_set("main", version="'16'"),
    ),
    Planned(
        slug="rds-to-aurora",
        title="RDS to Aurora",
        stack="devmentor-prod",
        store="main",
        start=Phase.GROWTH,
        to=Phase.SCALE,
    ),
    Planned(
        slug="aurora-resize",
        title="Aurora: another instance class",
        stack="devmentor-prod",
        store="main",
        start=Phase.SCALE,
        to=Phase.SCALE,
        after=_set("main", capacity="{instanceClass: db.r7g.2xlarge}"),
    ),
    Planned(
        slug="aurora-serverless",
        title="Aurora: provisioned to Serverless v2",
        stack="devmentor-prod",
        store="main",
        start=Phase.SCALE,
        to=Phase.SCALE,
        after=_set("main", capacity="{minAcu: 2, maxAcu: 32}"),
    ),
    Planned(
        slug="aurora-global",
        title="Aurora: a single region to a Global Database",
        stack="devmentor-prod",
        store="main",
        start=Phase.SCALE,
        to=Phase.SCALE,
        after=_set("main", drReaders="2"),
    ),
    Planned(
        slug="dynamodb-to-provisioned",
        title="DynamoDB: on demand to provisioned, with autoscaling",
        stack="clubapp-prod",
        store="presence",
        start=Phase.GROWTH,
        to=Phase.GROWTH,
        after=_AUTOSCALED,
    ),
    Planned(
        slug="dynamodb-to-on-demand",
        title="DynamoDB: provisioned to on demand",
        stack="clubapp-prod",
        store="presence",
        start=Phase.GROWTH,
        to=Phase.GROWTH,
        before=_AUTOSCALED,
    ),
    Planned(
        slug="dynamodb-global",
        title="DynamoDB: a table to a global table",
        stack="clubapp-prod",
        store="presence",
        start=Phase.SCALE,
        to=Phase.SCALE,
        after=_set("presence", drReplica="true"),
    ),
    Decided(
        slug="dynamodb-indexes",
        title="DynamoDB: an index added, changed or dropped",
        properties={
            INDEX: (
                "indexName",
                "keySchemas*",
                "projection.*",
                "onDemandThroughput*",
                "provisionedThroughput*",
                "warmThroughput*",
            ),
            TABLE: ("globalSecondaryIndexes*", "attributes[]"),
        },
        stack="clubapp-prod",
        store="presence",
        phase=Phase.GROWTH,
        procedure=_ADD_MOVE_DELETE,
        beside=False,
    ),
    Decided(
        slug="dynamodb-keys",
        title="DynamoDB: other keys of a table, or a local index",
        properties={TABLE: ("hashKey", "rangeKey", "attributes[].type", "localSecondaryIndexes*")},
        stack="clubapp-prod",
        store="presence",
        phase=Phase.GROWTH,
        procedure=_COPIED,
    ),
    Planned(
        slug="redis-multi-az",
        title="Redis: one node to Multi-AZ",
        stack="clubapp-prod",
        store="cache",
        start=Phase.MVP,
        to=Phase.GROWTH,
    ),
    Planned(
        slug="redis-cluster-mode",
        title="Redis: Multi-AZ to cluster mode, and more shards",
        stack="clubapp-prod",
        store="cache",
        start=Phase.SCALE,
        to=Phase.ENTERPRISE,
    ),
    Planned(
        slug="redis-to-valkey",
        title="Redis OSS to Valkey",
        stack="clubapp-prod",
        store="cache",
        start=Phase.GROWTH,
        to=Phase.GROWTH,
        before=_set("cache", engine="redis"),
    ),
    Decided(
        slug="redis-tls",
        title="Redis: TLS preferred to required",
        properties={GROUP: ("transitEncryptionEnabled", "transitEncryptionMode")},
        stack="clubapp-prod",
        store="cache",
        phase=Phase.GROWTH,
        procedure=_BY_PREFERRED,
        beside=False,
    ),
    Decided(
        slug="redis-users",
        title="Redis: AUTH to users",
        properties={GROUP: ("authToken*", "userGroupIds*")},
        stack="clubapp-prod",
        store="cache",
        phase=Phase.GROWTH,
        procedure=_BY_DEFAULT_USER,
        beside=False,
    ),
    Planned(
        slug="atlas-to-own-servers",
        title="Atlas: M0 to M10",
        stack="devora-staging",
        store="documents",
        start=Phase.MVP,
        to=Phase.GROWTH,
        before={"atlas.allowedCidrs": "[203.0.113.0/24]"},
    ),
    Planned(
        slug="atlas-sharded",
        title="Atlas: M10 to M30, sharded",
        stack="devora-prod",
        store="documents",
        start=Phase.GROWTH,
        to=Phase.SCALE,
    ),
    Planned(
        slug="atlas-global",
        title="Atlas: a replica set to a global cluster",
        stack="devora-prod",
        store="documents",
        start=Phase.GROWTH,
        to=Phase.SCALE,
        before={"choices.writes": "multi-region"},
        after={"choices.writes": "multi-region"},
    ),
    Planned(
        slug="atlas-multi-region",
        title="Atlas: one region to several",
        stack="devora-prod",
        store="documents",
        start=Phase.SCALE,
        to=Phase.ENTERPRISE,
    ),
    Decided(
        slug="another-key",
        title="Encryption with another key",
        properties={
            INSTANCE: ("kmsKeyId", "storageEncrypted"),
            CLUSTER: ("kmsKeyId", "storageEncrypted"),
            GLOBAL: ("storageEncrypted",),
            TABLE: ("serverSideEncryption*",),
            REPLICA: ("kmsKeyArn",),
            GROUP: ("kmsKeyId", "atRestEncryptionEnabled"),
            SERVERLESS: ("kmsKeyId",),
            KEY: ("awsKmsConfig*",),
        },
        stack="devmentor-prod",
        store="main",
        phase=Phase.GROWTH,
        procedure=_RESTORED,
        command="datastores restore",
        besides=_NOT_RESTORED,
    ),
)
"""In the order in which the index lists them."""
