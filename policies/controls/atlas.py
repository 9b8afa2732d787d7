"""Controls of MongoDB Atlas: clusters, access lists, organisations and service accounts by themselves."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policies.control import Controls, Group, Severity
from policies.values import Record, Resource
from stacks.leaving import Lifted

CONTROLS: Final = Controls()
control = CONTROLS.add
CLUSTER: Final = "mongodbatlas:index/advancedCluster:AdvancedCluster"
ACCESS_LIST: Final = "mongodbatlas:index/projectIpAccessList:ProjectIpAccessList"
ORGANIZATION: Final = "mongodbatlas:index/organization:Organization"
SERVICE_ACCOUNT: Final = "mongodbatlas:index/serviceAccount:ServiceAccount"
FIRST_DEDICATED: Final = 10
SHARED: Final = frozenset({"TENANT", "FLEX"})
"""Providers of clusters that share their servers with others: M0, and Flex."""
_SIZE: Final = re.compile(r"[MR](?P<number>\d{1,4})(_\w+)?")


def has_own_servers(cluster: Resource) -> bool:
    """Clusters that share their servers with others (M0, Flex) cannot have it: atlas-m10-minimum is about them."""
    regions = [region for spec in cluster.records("replicationSpecs") for region in spec.records("regionConfigs")]
    return not regions or any(region.text("providerName") not in SHARED for region in regions)


def _nodes(size: Any = "M10", **region: Any) -> dict[str, Any]:
    """Write an example: a cluster with nodes of a size in one region."""
    return {"regionConfigs": [{"providerName": "AWS", "electableSpecs": {"instanceSize": size}, **region}]}


SHARING: Final[Sequence[Mapping[str, Any]]] = (
    {"replicationSpecs": [_nodes("M0", providerName="TENANT")]},
    {"replicationSpecs": [_nodes("FLEX", providerName="FLEX")]},
)
"""Examples that `has_own_servers` leaves out."""


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    good=[{"backupEnabled": True}],
    bad=[{}, {"backupEnabled": False}, {"backupEnabled": None}, {"backupEnabled": "true"}],
    when=has_own_servers,
    skipped=SHARING,
)
def atlas_backup_enabled(cluster: Resource) -> bool:
    """Atlas clusters must be backed up: set backup_enabled=True, which needs M10 or more."""
    return cluster.get("backupEnabled") is True


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    good=[{"pitEnabled": True, "backupEnabled": True}],
    bad=[{}, {"pitEnabled": False}, {"pitEnabled": None}, {"pitEnabled": 1}],
    when=has_own_servers,
    skipped=SHARING,
)
def atlas_pit(cluster: Resource) -> bool:
    """Atlas clusters must be recoverable to any second: set pit_enabled=True beside backup_enabled=True."""
    return cluster.get("pitEnabled") is True


@control(
    CLUSTER,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    good=[{"terminationProtectionEnabled": True}],
    bad=[{}, {"terminationProtectionEnabled": False}, {"terminationProtectionEnabled": "true"}],
    lifted=Lifted.PROTECTION,
    when=has_own_servers,
    skipped=SHARING,
)
def atlas_termination_protection(cluster: Resource) -> bool:
    """Atlas clusters must be protected from deletion: set termination_protection_enabled=True."""
    return cluster.get("terminationProtectionEnabled") is True


@control(
    CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.CRITICAL,
    good=[{"encryptionAtRestProvider": provider} for provider in ("AWS", "AZURE", "GCP")],
    bad=[
        {},
        {"encryptionAtRestProvider": "NONE"},
        {"encryptionAtRestProvider": ""},
        {"encryptionAtRestProvider": True},
    ],
    when=has_own_servers,
    skipped=SHARING,
)
def atlas_encryption_at_rest_cmk(cluster: Resource) -> bool:
    """Atlas clusters must be encrypted with a customer key: set encryption_at_rest_provider="AWS"."""
    return cluster.text("encryptionAtRestProvider") in {"AWS", "AZURE", "GCP"}


@control(
    CLUSTER,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[
        {"advancedConfiguration": {"minimumEnabledTlsProtocol": "TLS1_2"}},
        {"advancedConfiguration": {"minimumEnabledTlsProtocol": "TLS1_3"}},
    ],
    bad=[
        {},
        {"advancedConfiguration": {}},
        {"advancedConfiguration": {"minimumEnabledTlsProtocol": "TLS1_1"}},
        {"advancedConfiguration": {"minimumEnabledTlsProtocol": 1.2}},
        {"advancedConfiguration": "TLS1_2"},
    ],
    when=has_own_servers,
    skipped=SHARING,
)
def atlas_min_tls(cluster: Resource) -> bool:
    """Atlas clusters must refuse TLS below 1.2: set advanced_configuration.minimum_enabled_tls_protocol="TLS1_2"."""
    return cluster.record("advancedConfiguration").text("minimumEnabledTlsProtocol") in {"TLS1_2", "TLS1_3"}


def _is_dedicated(region: object) -> bool:
    """Say whether the nodes in a region are servers of their own."""
    if not isinstance(region, Record) or not isinstance(region.get("providerName"), str | None):
        return False
    if region.text("providerName") in SHARED:
        return False
    size = _SIZE.fullmatch(region.record("electableSpecs").text("instanceSize"))
    # A region may have nodes that only read or analyse; these are dedicated ones at all times.
    return int(size["number"]) >= FIRST_DEDICATED if size else "electableSpecs" not in region


@control(
    CLUSTER,
    group=Group.RESILIENCE,
    severity=Severity.HIGH,
    good=[
        {"replicationSpecs": [_nodes()]},
        {"replicationSpecs": [_nodes("M40_NVME"), _nodes("R50")]},
        {"replicationSpecs": [{"regionConfigs": [*_nodes()["regionConfigs"], {"readOnlySpecs": {"nodeCount": 1}}]}]},
    ],
    bad=[
        {},
        {"replicationSpecs": []},
        {"replicationSpecs": [{}]},
        {"replicationSpecs": ["M10"]},
        {"replicationSpecs": [_nodes("M5")]},
        {"replicationSpecs": [_nodes("M0", providerName="TENANT")]},
        {"replicationSpecs": [_nodes(providerName="FLEX")]},
        {"replicationSpecs": [_nodes(), _nodes("M2")]},
        {"replicationSpecs": [_nodes(10)]},
        {"replicationSpecs": [{"regionConfigs": [{"readOnlySpecs": {"nodeCount": 1}}]}]},
    ],
)
def atlas_m10_minimum(cluster: Resource) -> bool:
    """Atlas clusters must have servers of their own: set electable_specs.instance_size="M10" or more everywhere."""
    specs = cluster.items_of("replicationSpecs")
    return bool(specs) and all(
        isinstance(spec, Record)
        and any("electableSpecs" in region for region in spec.records("regionConfigs"))
        and all(_is_dedicated(region) for region in spec.items_of("regionConfigs"))
        for spec in specs
    )


def is_world(entry: Record) -> bool:
    """Say whether an entry lets in all addresses, or something that is none."""
    return any(_is_wide(entry.get(key)) for key in ("cidrBlock", "ipAddress") if key in entry)


def _is_wide(value: object) -> bool:
    try:
        network = ipaddress.ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return True
    return network is None or network.prefixlen == 0 or network.network_address.is_unspecified


@control(
    ACCESS_LIST,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    good=[
        {"cidrBlock": "10.20.0.0/16"},
        {"ipAddress": "203.0.113.7"},
        {"cidrBlock": "2001:db8::/48"},
        {"awsSecurityGroup": "sg-1"},
    ],
    bad=[
        {"cidrBlock": "0.0.0.0/0"},
        {"cidrBlock": "::/0"},
        {"cidrBlock": "203.0.113.7/0"},
        {"ipAddress": "0.0.0.0"},  # noqa: S104  what the control refuses
        {"ipAddress": "0.0.0.0/0"},
        {"cidrBlock": "everywhere"},
        {"cidrBlock": 0},
        {"ipAddress": "203.0.113.7", "cidrBlock": "0.0.0.0/0"},
    ],
)
def atlas_no_public_access_list(entry: Resource) -> bool:
    """Access lists of Atlas must not let in the world: set cidr_block or ip_address to addresses of ours."""
    return not is_world(entry)


@control(
    ORGANIZATION,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[{"multiFactorAuthRequired": True}],
    bad=[{}, {"multiFactorAuthRequired": False}, {"multiFactorAuthRequired": "true"}],
)
def atlas_org_mfa(organization: Resource) -> bool:
    """Atlas organisations must ask for a second factor: set multi_factor_auth_required=True."""
    return organization.get("multiFactorAuthRequired") is True


@control(
    ORGANIZATION,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[{"apiAccessListRequired": True}],
    bad=[{}, {"apiAccessListRequired": False}, {"apiAccessListRequired": "true"}],
)
def atlas_org_api_access_list(organization: Resource) -> bool:
    """Atlas organisations must limit where their API is called from: set api_access_list_required=True."""
    return organization.get("apiAccessListRequired") is True


@control(
    ORGANIZATION,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    good=[{"securityContact": "security@example.com"}],
    bad=[{}, {"securityContact": ""}, {"securityContact": None}, {"securityContact": True}],
)
def atlas_org_security_contact(organization: Resource) -> bool:
    """Atlas organisations must say who is told of a breach: set security_contact."""
    return organization.is_set("securityContact")


@control(
    SERVICE_ACCOUNT,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    settings={"hours": {"type": "integer", "minimum": 1, "default": 8}},
    good=[{"secretExpiresAfterHours": 8}, {"secretExpiresAfterHours": 1}],
    bad=[{}, {"secretExpiresAfterHours": 9}, {"secretExpiresAfterHours": "8"}, {"secretExpiresAfterHours": True}],
)
def atlas_service_account_expiry(account: Resource, *, hours: int) -> bool:
    """Secrets of Atlas service accounts must expire: set secret_expires_after_hours={hours} or less."""
    lifetime = account.number("secretExpiresAfterHours")
    return lifetime is not None and lifetime <= hours
