"""Mutations written by hand, and which controls fire together."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from tests.policies.mutation import GONE, Edit, Key, Step, Way

CACHE: Final = "aws:elasticache/serverlessCache:ServerlessCache"
CLUSTER: Final = "aws:rds/cluster:Cluster"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
INSTANCE: Final = "aws:rds/instance:Instance"
REDIS: Final = "aws:elasticache/replicationGroup:ReplicationGroup"
SUBSCRIPTION: Final = "aws:rds/eventSubscription:EventSubscription"
SUBNET: Final = "aws:ec2/subnet:Subnet"
TOPIC: Final = "aws:sns/topic:Topic"
TOPIC_POLICY: Final = "aws:sns/topicPolicy:TopicPolicy"
VPC: Final = "aws:ec2/vpc:Vpc"
_IN_NETWORK: Final = f"ref:{VPC}::network::id"
_TAGS: Final = dict.fromkeys(("application", "environment", "phase", "owner", "costCentre", "dataClass"), "x")


def _changed(role: Key, **inputs: Any) -> Step:
    return Step(role=role, edits=[Edit(path=("inputs", key), value=value) for key, value in inputs.items()])


def _added(type_: str, **inputs: Any) -> Step:
    """Bring a resource that has nothing else against it."""
    one = {"type": type_, "name": "added", "inputs": {"tags": _TAGS, **inputs}, "options": {}}
    return Step(role=(type_, "added"), added=one)


def _open_to_world(port: int) -> Way:
    """Let the world in by a new rule: to the clients' group, of which less is asked than of a store's."""
    opened = {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": port, "toPort": port, "description": "x"}
    return [_added(INGRESS_RULE, securityGroupId=f"ref:{GROUP}::group::id", **opened)]


def _rules(*ports: int) -> list[Mapping[str, Any]]:
    rule = {"protocol": "tcp", "securityGroups": ["sg-0"], "description": "x"}
    return [{**rule, "fromPort": port, "toPort": port} for port in ports]


def _in_one_zone(subnets: int) -> Way:
    return [_changed((SUBNET, str(number)), availabilityZone="eu-central-1a") for number in range(subnets)]


BY_HAND: Final[Mapping[str, Sequence[Way]]] = {
    # All of them go: one that is left would do.
    "atlas-authentication": [
        [Step(role=("mongodbatlas:index/databaseUser:DatabaseUser", f"user-{number}")) for number in range(4)]
    ],
    # A day less than growth asks for.
    "elasticache-backup-retention-min": [[_changed((REDIS, "cache"), snapshotRetentionLimit=6)]],
    "names-without-phase": [
        [Step(role=("aws:kms/key:Key", "key"), edits=[Edit(path=("name",), value="postgres-key-prod")])]
    ],
    "rds-event-subscription-cluster": [
        [
            _changed((SUBSCRIPTION, "events-clusters"), sourceType="db-instance"),
            _changed((SUBSCRIPTION, "dr-events-clusters"), sourceType="db-instance"),
        ]
    ],
    "recovery-days-by-phase": [
        [_changed((INSTANCE, "db"), backupRetentionPeriod=13)],
        [_changed((INSTANCE, "db"), backupRetentionPeriod=6)],
        [_changed((CLUSTER, "db"), backupRetentionPeriod=29)],
        [_changed((CLUSTER, "db"), backupRetentionPeriod=13)],
    ],
    # It goes: the primary, whose identifier is not known yet, may be the one that another source names.
    "replicas-by-phase": [[Step(role=(INSTANCE, "api"))]],
    "sg-attached": [
        [_changed((INSTANCE, "db"), vpcSecurityGroupIds=["sg-0"])],
        # The replica holds the group of its primary.
        [_changed((INSTANCE, one), vpcSecurityGroupIds=["sg-0"]) for one in ("db", "replica")],
        [_changed((CLUSTER, "db"), vpcSecurityGroupIds=["sg-0"])],
        [_changed((REDIS, "cache"), securityGroupIds=["sg-0"])],
        [_changed((CACHE, "cache"), securityGroupIds=["sg-0"])],
        [_changed((ENDPOINT, "endpoint"), securityGroupIds=["sg-0"])],
    ],
    "sg-no-inbound-http": [_open_to_world(80)],
    "sg-no-public-db-port": [_open_to_world(5432)],
    "sg-no-public-ingress": [_open_to_world(443)],
    "sg-no-public-rdp": [_open_to_world(3389)],
    "sg-no-public-ssh": [_open_to_world(22)],
    "sg-no-rule-conflicts": [[_changed((GROUP, "group"), ingress=_rules(1))]],
    "sg-rule-count": [[_changed((GROUP, "group"), ingress=_rules(*range(1, 62)))]],
    "sns-tls-publish-only": [
        [_changed((TOPIC, "topic"), kmsMasterKeyId=GONE), _changed((TOPIC_POLICY, "policy"), policy=GONE)]
    ],
    "vpc-no-nacls": [[_added("aws:ec2/networkAcl:NetworkAcl", vpcId=_IN_NETWORK)]],
    "vpc-subnets-multi-az": [_in_one_zone(3), _in_one_zone(2)],
}
"""Ways for controls whose examples do not lie over a rendered stack: by slug, tried before the derived ones."""

_INTERNET: Final = {"sg-no-public-ingress", "sg-no-wide-cidr"}
_PUBLIC_SUBNET: Final = {"elasticache-not-in-public-subnet", "rds-not-in-public-subnet", "vpc-no-igw-default-route"}

KIN: Final[Mapping[str, AbstractSet[str]]] = {
    "aurora-backup-enabled": {"aurora-backup-retention-min", "recovery-days-by-phase"},
    "aurora-multi-az": {"replicas-by-phase"},
    "aurora-query-logging": {"aurora-force-ssl"},
    "atlas-pit": {"atlas-backup-enabled"},
    "backup-no-manual-deletion": {"backup-vault-lock"},
    "cost-tags": {"resource-required-tags"},
    "dynamodb-billing-mode-explicit": {"dynamodb-autoscaling"},
    "dynamodb-gsi-autoscaling": {"dynamodb-autoscaling"},
    "dynamodb-pitr": {"recovery-days-by-phase"},
    "dynamodb-pitr-window": {"recovery-days-by-phase"},
    "dynamodb-sse-enabled": {"dynamodb-cmk"},
    "elasticache-automatic-failover": {"elasticache-queue-survives-a-node"},
    "elasticache-backup-enabled": {"elasticache-backup-retention-min"},
    "elasticache-not-in-public-subnet": _PUBLIC_SUBNET - {"elasticache-not-in-public-subnet"},
    "elasticache-queue-survives-a-node": {"replicas-by-phase"},
    "elasticache-transit-encryption": {"elasticache-auth"},
    "rds-backup-enabled": {"rds-backup-retention-min", "recovery-days-by-phase"},
    "rds-not-in-public-subnet": _PUBLIC_SUBNET - {"rds-not-in-public-subnet"},
    "rds-postgres-safe-version": {"rds-engine-supported"},
    "rds-query-logging": {"rds-force-ssl"},
    "recovery-days-by-phase": {"rds-backup-retention-min"},
    "sg-attached": {"sg-no-port-range"},
    "sg-no-all-protocols": {"sg-no-port-range"},
    "sg-no-inbound-http": _INTERNET,
    "sg-no-public-db-port": _INTERNET,
    "sg-no-public-egress": {"sg-no-port-range", "sg-no-wide-cidr"},
    "sg-no-public-ingress": {"sg-no-wide-cidr"},
    "sg-no-public-rdp": _INTERNET,
    "sg-no-public-ssh": _INTERNET,
    "sg-rule-count": {"sg-no-rule-conflicts"},
    "sns-encrypted": {"sns-cmk"},
    "sns-policy-not-public": {"sns-policy-no-cross-account"},
    "sns-tls-publish-only": {"sns-cmk", "sns-encrypted"},
    "vpc-no-nacls": {"nacl-attached"},
}
"""By control what fires beside it, as no smaller change makes it fire alone: the one asks for part of the other."""
