"""RDS: what proxies lead to, and how they pool connections."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import ResourceType
from localcloud.wire import Props

_POOL: Final = {
    "connectionBorrowTimeout": "ConnectionBorrowTimeout",
    "initQuery": "InitQuery",
    "maxConnectionsPercent": "MaxConnectionsPercent",
    "maxIdleConnectionsPercent": "MaxIdleConnectionsPercent",
    "sessionPinningFilters": "SessionPinningFilters",
}
# The official provider sends them with every pool.
_POOL_DEFAULTS: Final = {"connectionBorrowTimeout": 120, "maxConnectionsPercent": 100, "maxIdleConnectionsPercent": 50}
_RANGES: Final = {
    "connectionBorrowTimeout": range(3601),
    "maxConnectionsPercent": range(1, 101),
    "maxIdleConnectionsPercent": range(101),
}
_PINNING: Final = "EXCLUDE_VARIABLE_SETS"


# The default target group


def _group(cloud: Cloud, proxy: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_proxy_target_groups(DBProxyName=proxy)["TargetGroups"][0]
    except aws.exceptions.DBProxyNotFoundFault:
        return None


def _create_group(cloud: Cloud, inputs: Props) -> str:
    """Take over the group that every proxy is born with."""
    _set_pool(cloud, inputs["dbProxyName"], inputs.get("connectionPoolConfig"))
    return inputs["dbProxyName"]


def _set_pool(cloud: Cloud, proxy: str, pool: Props | None) -> None:
    arguments: Props = {}
    if pool is not None:
        wanted = {**_POOL_DEFAULTS, "initQuery": "", "sessionPinningFilters": [], **pool}
        arguments["ConnectionPoolConfig"] = {theirs: wanted[key] for key, theirs in _POOL.items()}
    cloud.aws("rds").modify_db_proxy_target_group(DBProxyName=proxy, TargetGroupName="default", **arguments)


def _read_group(cloud: Cloud, id_: str) -> Props | None:
    group = _group(cloud, id_)
    if group is None:
        return None
    pool = group["ConnectionPoolConfig"]
    return {
        "arn": group["TargetGroupArn"],
        "connectionPoolConfig": {
            key: pool[theirs] for key, theirs in _POOL.items() if pool.get(theirs) not in (None, [])
        },
        "dbProxyName": group["DBProxyName"],
        "name": group["TargetGroupName"],
    }


def _update_group(cloud: Cloud, id_: str, _: Props, news: Props) -> None:
    _set_pool(cloud, id_, news.get("connectionPoolConfig"))


def _leave_group(_: Cloud, __: str, ___: Props) -> None:
    """Do nothing, as the official provider: the group is the proxy's, and ends with it."""


def _pool_rules(inputs: Props) -> Iterator[str]:
    pool = inputs.get("connectionPoolConfig", {})
    for key, allowed in _RANGES.items():
        if key in pool and pool[key] not in allowed:
            yield f"expected {key} to be in the range ({allowed[0]} - {allowed[-1]}), got {pool[key]}"
    for one in pool.get("sessionPinningFilters", []):
        if one != _PINNING:
            yield f"sessionPinningFilters must be {_PINNING}, got {one!r}"


PROXY_TARGET_GROUP: Final = ResourceType(
    type="aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup",
    create=_create_group,
    read=_read_group,
    update=_update_group,
    delete=_leave_group,
    applied=frozenset({"connectionPoolConfig", "dbProxyName"}),
    required=frozenset({"dbProxyName"}),
    outputs=frozenset({"arn", "connectionPoolConfig", "name"}),
    replace=frozenset({"dbProxyName"}),
    sticky=frozenset({"connectionPoolConfig"}),
    rules=(_pool_rules,),
    not_imitated="nothing is pooled",
)


# Targets


def _register(cloud: Cloud, inputs: Props) -> str:
    named = {
        "DBClusterIdentifiers": inputs.get("dbClusterIdentifier"),
        "DBInstanceIdentifiers": inputs.get("dbInstanceIdentifier"),
    }
    answer = cloud.aws("rds").register_db_proxy_targets(
        DBProxyName=inputs["dbProxyName"],
        TargetGroupName=inputs["targetGroupName"],
        **{key: [name] for key, name in named.items() if name},
    )
    first = answer["DBProxyTargets"][0]
    return "/".join((inputs["dbProxyName"], inputs["targetGroupName"], first["Type"], first["RdsResourceId"]))


def _read_target(cloud: Cloud, id_: str) -> Props | None:
    proxy, group, kind, name = id_.split("/", 3)
    aws = cloud.aws("rds")
    try:
        found = aws.describe_db_proxy_targets(DBProxyName=proxy, TargetGroupName=group)["Targets"]
    except (aws.exceptions.DBProxyNotFoundFault, aws.exceptions.DBProxyTargetGroupNotFoundFault):
        return None
    for one in found:
        if (one["Type"], one["RdsResourceId"]) == (kind, name):
            return {
                "dbInstanceIdentifier" if kind == "RDS_INSTANCE" else "dbClusterIdentifier": name,
                "dbProxyName": proxy,
                "endpoint": one.get("Endpoint", ""),
                "port": one.get("Port", 0),
                "rdsResourceId": name,
                "targetArn": one.get("TargetArn", ""),
                "targetGroupName": group,
                "trackedClusterId": one.get("TrackedClusterId", ""),
                "type": kind,
            }
    return None


def _deregister(cloud: Cloud, id_: str, _: Props) -> None:
    proxy, group, kind, name = id_.split("/", 3)
    if _read_target(cloud, id_):
        key = "DBInstanceIdentifiers" if kind == "RDS_INSTANCE" else "DBClusterIdentifiers"
        cloud.aws("rds").deregister_db_proxy_targets(DBProxyName=proxy, TargetGroupName=group, **{key: [name]})


def _target_rules(inputs: Props) -> Iterator[str]:
    if ("dbClusterIdentifier" in inputs) == ("dbInstanceIdentifier" in inputs):
        yield "one of dbClusterIdentifier and dbInstanceIdentifier must be specified"


PROXY_TARGET: Final = ResourceType(
    type="aws:rds/proxyTarget:ProxyTarget",
    create=_register,
    read=_read_target,
    delete=_deregister,
    applied=frozenset({"dbClusterIdentifier", "dbInstanceIdentifier", "dbProxyName", "targetGroupName"}),
    required=frozenset({"dbProxyName", "targetGroupName"}),
    outputs=frozenset({"endpoint", "port", "rdsResourceId", "targetArn", "trackedClusterId", "type"}),
    rules=(_target_rules,),
    not_imitated="a target is available at once, whatever its security groups and secrets let through",
)

TYPES: Final = (PROXY_TARGET_GROUP, PROXY_TARGET)
