"""Controls of DAX, the cache of DynamoDB."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.values import Items, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
CLUSTER: Final = "aws:dax/cluster:Cluster"
ENOUGH_NODES: Final = 2


@control(
    CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[{"serverSideEncryption": {"enabled": True}}],
    bad=[
        {},
        {"serverSideEncryption": {}},
        {"serverSideEncryption": {"enabled": False}},
        {"serverSideEncryption": "on"},
    ],
)
def dax_encrypted(dax: Resource) -> bool:
    """DAX clusters must encrypt what they store: set server_side_encryption.enabled=True."""
    return dax.record("serverSideEncryption").get("enabled") is True


@control(
    CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.MEDIUM,
    good=[{"clusterEndpointEncryptionType": "TLS"}],
    bad=[{}, {"clusterEndpointEncryptionType": "NONE"}, {"clusterEndpointEncryptionType": True}],
)
def dax_tls(dax: Resource) -> bool:
    """DAX clusters must encrypt connections: set cluster_endpoint_encryption_type="TLS"."""
    return dax.get("clusterEndpointEncryptionType") == "TLS"


@control(
    CLUSTER,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    good=[
        {"replicationFactor": 2},
        {"replicationFactor": 2, "availabilityZones": []},
        {"replicationFactor": 2, "availabilityZones": ["eu-west-1a", "eu-west-1b"]},
    ],
    bad=[
        {},
        {"replicationFactor": 1},
        {"replicationFactor": "2"},
        {"replicationFactor": 2, "availabilityZones": ["eu-west-1a", "eu-west-1a"]},
        {"replicationFactor": 2, "availabilityZones": ["eu-west-1a", None, 1]},
    ],
)
def dax_multi_az(dax: Resource) -> bool:
    """DAX clusters must have nodes in several zones: set replication_factor=2 or more, or two availability_zones."""
    zones = dax.get("availabilityZones")
    if not isinstance(zones, Items | None):
        return False
    if zones:
        return len({zone for zone in zones if isinstance(zone, str)}) >= ENOUGH_NODES
    # Without zones written out, DAX spreads its nodes over those of the subnet group.
    return (dax.number("replicationFactor") or 0) >= ENOUGH_NODES
