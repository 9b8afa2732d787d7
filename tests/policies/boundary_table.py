"""Which types AWS takes beside those of the examples, which wrong ones are harmless, and what copies inherit."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from policies.controls.elasticache import REPLICATION_GROUP
from policies.controls.relational import CLUSTER, INSTANCE

ALSO_RIGHT: Final[Mapping[str, AbstractSet[str]]] = {
    # An object is a list of one, and a list of one is its member.
    "ingress": {"object"},
    "egress": {"object"},
    "routes": {"object"},
    "cidrIpv4": {"list"},
    "cidrIpv6": {"list"},
    "referencedSecurityGroupId": {"list"},
    "protocol": {"number"},
    "ipProtocol": {"number"},
    "ingress.protocol": {"number"},
    "egress.protocol": {"number"},
    "parameters.value": {"number"},
    "autoMinorVersionUpgrade": {"text", "bool"},
}
"""By path the types that AWS, or the provider before it, turns into the right one."""

_NAMES_NONE: Final = "what is no text names no resource of the stack"
_IS_ONE: Final = "it is one rule at most, and the control counts many"

TOLERANT: Final[Mapping[tuple[str, str], str]] = {
    ("atlas-private-endpoint", "projectId"): _NAMES_NONE,
    ("kms-no-wildcard-principal", "policy.Statement.Principal"): "AWS refuses a principal that is no text or object",
    ("rds-replica-inherits", "dbSubnetGroupName"): _NAMES_NONE,
    ("sg-no-public-egress", "type"): "what is not said to let out is judged as what lets in",
    ("sg-no-rule-conflicts", "securityGroupId"): _NAMES_NONE,
    ("sg-rule-count", "egress"): _IS_ONE,
    ("sg-rule-count", "ingress"): _IS_ONE,
    ("sg-rule-count", "ingress.cidrBlocks"): _IS_ONE,
    ("sg-rule-count", "securityGroupId"): _NAMES_NONE,
    ("vpc-default-sg-closed", "securityGroupId"): _NAMES_NONE,
}
"""By control and path why a value of a wrong type may comply, where some value of the right one fails."""

_IS_THERE: Final = "that the resource is there is all that counts"

VALUELESS: Final[Mapping[str, str]] = {
    "backup-plan-exists": _IS_THERE,
    "backup-report-plan-exists": _IS_THERE,
    "names-without-phase": "the name of the resource is no input",
    "vpc-no-default-vpc": _IS_THERE,
    "vpc-no-nacls": _IS_THERE,
}
"""By control why no value of any input turns what complies into what does not."""

SOURCES: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    (INSTANCE, "replicateSourceDb"): {"replicateSourceDb": "orders"},
    (CLUSTER, "replicationSourceIdentifier"): {"replicationSourceIdentifier": "arn:aws:rds:eu-west-1:1:cluster:orders"},
    (CLUSTER, "globalClusterIdentifier"): {"globalClusterIdentifier": "orders"},
    (REPLICATION_GROUP, "globalReplicationGroupId"): {"globalReplicationGroupId": "orders"},
}
"""By type and property what makes a resource a copy of another one."""

INHERITED: Final[Mapping[tuple[str, str], AbstractSet[str]]] = {
    (INSTANCE, "replicateSourceDb"): {
        # What exists once for a database and its replicas is asked of the database.
        "backup-plan-exists",
        "backup-report-plan-exists",
        "budget-present",
        "replicas-by-phase",
        "restore-testing-plan-present",
        "rds-event-subscription-instance",
        "rds-event-subscription-parameter-group",
        "rds-event-subscription-security-group",
        "rds-in-backup-plan",
        # A replica is made again from its source.
        "protect-on-stateful",
        "recovery-days-by-phase",
        "rds-backup-enabled",
        "rds-backup-retention-min",
        "rds-final-snapshot",
        "rds-keep-automated-backups",
        "rds-multi-az",
        # AWS takes these from the source.
        "rds-engine-supported",
        "rds-in-vpc",
        "rds-no-plaintext-credentials",
        "rds-non-default-port",
        "rds-storage-cmk",
        "rds-storage-encrypted",
    },
    # A copy of a cluster is a cluster of its own: it has its own key, backups and protection, and says so.
    (CLUSTER, "replicationSourceIdentifier"): set(),
    (CLUSTER, "globalClusterIdentifier"): set(),
    # The provider refuses these beside globalReplicationGroupId: AWS takes them from the primary group.
    (REPLICATION_GROUP, "globalReplicationGroupId"): {
        "elasticache-at-rest-encryption",
        "elasticache-auth",
        "elasticache-transit-encryption",
        "elasticache-transit-mode-required",
    },
}
"""By what makes a copy the controls that find no fault with it, as they do with what is none."""
