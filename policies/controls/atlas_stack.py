"""Controls of MongoDB Atlas that look at what else belongs to a cluster's project."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.address import is_private
from policies.controls.atlas import ACCESS_LIST, CLUSTER, SHARING, has_own_servers
from policies.controls.relations import is_any, sharing
from policies.stack import Stack
from policies.values import CannotTellError, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
PROJECT: Final = "mongodbatlas:index/project:Project"
USER: Final = "mongodbatlas:index/databaseUser:DatabaseUser"
AUDITING: Final = "mongodbatlas:index/auditing:Auditing"
PRIVATE_LINK: Final = "mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint"
PEERING: Final = "mongodbatlas:index/networkPeering:NetworkPeering"
_PROJECT: Final = "projectId"


def _has(cluster: Resource, stack: Stack, type_: str, test: Callable[[Resource], bool] = lambda _: True) -> bool:
    """
    Say whether something of a type in a cluster's project passes a test.

    Raises:
        CannotTellError: nothing does for sure, but something may.

    """
    found, doubt = sharing(stack, type_, _PROJECT, cluster)
    if is_any(found, test):
        return True
    if doubt:
        raise CannotTellError(doubt)
    return False


_MINE: Final = {_PROJECT: f"ref:{PROJECT}::devora::id"}
_OTHER: Final = {_PROJECT: f"ref:{PROJECT}::heka::id"}
_CLUSTER: Final = {"type": CLUSTER, "name": "catalog", "inputs": _MINE}
_GIVEN: Final = {"type": CLUSTER, "name": "catalog", "inputs": {_PROJECT: "5f0c"}}


def _beside(type_: str, project: Mapping[str, Any] = _MINE, **inputs: Any) -> Mapping[str, Any]:
    return {"type": type_, "name": "it", "inputs": {**project, **inputs}}


@control(
    CLUSTER,
    group=Group.ACCESS,
    severity=Severity.CRITICAL,
    scope=Scope.STACK,
    good=[[_CLUSTER, _beside(USER)], [_GIVEN, _beside(USER, {_PROJECT: "5f0c"})]],
    bad=[
        {},
        [_CLUSTER],
        [_CLUSTER, _beside(USER, _OTHER)],
        [_GIVEN, _beside(USER, {_PROJECT: "5f0d"})],
        [_GIVEN, _beside(USER, {})],
        [{**_CLUSTER, "inputs": {}}, _beside(USER, {})],
    ],
)
def atlas_authentication(cluster: Resource, stack: Stack) -> bool:
    """Atlas clusters must have users who log in: add a DatabaseUser to their project."""
    return _has(cluster, stack, USER)


@control(
    CLUSTER,
    group=Group.MONITORING,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        [_CLUSTER, _beside(AUDITING, enabled=True)],
        [_GIVEN, _beside(AUDITING, {_PROJECT: "5f0c"}, enabled=True)],
    ],
    bad=[
        {},
        [_CLUSTER],
        [_CLUSTER, _beside(AUDITING)],
        [_CLUSTER, _beside(AUDITING, enabled=False)],
        [_CLUSTER, _beside(AUDITING, enabled="true")],
        [_CLUSTER, _beside(AUDITING, _OTHER, enabled=True)],
        [
            _CLUSTER,
            _beside(AUDITING, enabled=True),
            {**_beside(AUDITING, enabled=False), "name": "again"},
        ],
    ],
    when=has_own_servers,
    skipped=[[{**_CLUSTER, "inputs": {**_MINE, **one}}] for one in SHARING],
)
def atlas_auditing(cluster: Resource, stack: Stack) -> bool:
    """Atlas clusters must be audited: add one Auditing with enabled=True to their project."""
    found, doubt = sharing(stack, AUDITING, _PROJECT, cluster)
    if doubt:
        raise CannotTellError(doubt)
    # A project has one setting: of two resources the last one written would win.
    return len(found) == 1 and found[0].get("enabled") is True


def _is_private(entry: Resource) -> bool:
    """Say whether an entry of an access list is reached over peering only: a security group or private addresses."""
    addresses = list(_addresses(entry))
    return all(is_private(one) for one in addresses) and (bool(addresses) or entry.is_set("awsSecurityGroup"))


def _addresses(entry: Resource) -> Iterator[object]:
    for key in ("cidrBlock", "ipAddress"):
        if key in entry:
            yield entry.get(key)


@control(
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    good=[
        [_CLUSTER, _beside(PRIVATE_LINK)],
        [_CLUSTER, _beside(PEERING), _beside(ACCESS_LIST, cidrBlock="10.20.0.0/16")],
        [_CLUSTER, _beside(PEERING), _beside(ACCESS_LIST, awsSecurityGroup="sg-1")],
        [_CLUSTER, _beside(PRIVATE_LINK), _beside(ACCESS_LIST, _OTHER, cidrBlock="203.0.113.0/24")],
    ],
    bad=[
        {},
        [_CLUSTER],
        [_CLUSTER, _beside(PRIVATE_LINK, _OTHER)],
        [_CLUSTER, _beside(ACCESS_LIST, cidrBlock="10.20.0.0/16")],
        [_CLUSTER, _beside(PRIVATE_LINK), _beside(ACCESS_LIST, cidrBlock="203.0.113.0/24")],
        [_CLUSTER, _beside(PRIVATE_LINK), _beside(ACCESS_LIST, ipAddress="203.0.113.7")],
        [_CLUSTER, _beside(PRIVATE_LINK), _beside(ACCESS_LIST, cidrBlock="0.0.0.0/0")],
        [_CLUSTER, _beside(PEERING), _beside(ACCESS_LIST, cidrBlock=True)],
    ],
    when=has_own_servers,
    skipped=[[{**_CLUSTER, "inputs": {**_MINE, **one}}] for one in SHARING],
)
def atlas_private_endpoint(cluster: Resource, stack: Stack) -> bool:
    """Atlas clusters must be reached privately only: add a PrivateLinkEndpoint and no public address to the list."""
    if _has(cluster, stack, ACCESS_LIST, lambda one: not _is_private(one)):
        return False
    return is_any((PRIVATE_LINK, PEERING), lambda type_: _has(cluster, stack, type_))
