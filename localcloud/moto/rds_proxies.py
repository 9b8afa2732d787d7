"""RDS Proxy: what moto lacks of proxies and their targets, and refuses too little of."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.rds.exceptions import DBInstanceNotFoundError, DBProxyAlreadyExistsFault, DBProxyNotFoundFault
from moto.rds.models import DBProxy, DBProxyTargetGroup
from moto.rds.responses import RDSResponse

from localcloud.moto.rds_state import cluster_of, is_member, network, refuse

_IDLE_SECONDS: Final = range(1, 28_801)
_BORROW_SECONDS: Final = range(301)
_PERCENT: Final = range(101)
_LEAST_ZONES: Final = 2
# Amazon RDS API Reference, UserAuthConfig: what a proxy asks of its clients where nothing is said.
_CLIENT_AUTH: Final = {"POSTGRESQL": "POSTGRES_SCRAM_SHA_256", "MYSQL": "MYSQL_NATIVE_PASSWORD"}
_ENGINES: Final = {"POSTGRESQL": ("postgres", "aurora-postgresql"), "MYSQL": ("mysql", "mariadb", "aurora-mysql")}

_create_of_moto = RDSResponse.create_db_proxy
_pool_of_moto = DBProxyTargetGroup.connection_pool_config


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (DBProxyTargetGroup, "connection_pool_config", property(_pool)),
        (DBProxyTargetGroup, "init_query", ""),
        (DBProxy, "default_auth_scheme", "NONE"),
        (RDSResponse, "create_db_proxy", _create),
        (RDSResponse, "modify_db_proxy", _modify),  # moto has none
        (RDSResponse, "delete_db_proxy", _delete),
        (RDSResponse, "register_db_proxy_targets", _register),
        (RDSResponse, "deregister_db_proxy_targets", _deregister),
        (RDSResponse, "describe_db_proxy_targets", _describe_targets),
        (RDSResponse, "describe_db_proxy_target_groups", _describe_groups),
        (RDSResponse, "modify_db_proxy_target_group", _modify_group),
    ):
        setattr(owner, name, mended)


def find(backend: Any, name: str) -> Any:
    """Find a proxy. Raises DBProxyNotFoundFault."""
    found = backend.db_proxies.get(name)
    if found is None:
        raise DBProxyNotFoundFault(name)
    return found


def require_zones(backend: Any, subnets: list[str]) -> str:
    """Refuse subnets that are not in two zones of one VPC; give the VPC."""
    found = network(backend).describe_subnets(subnet_ids=subnets)
    vpcs = {one.vpc_id for one in found}
    if len(vpcs) > 1 or len({one.availability_zone for one in found}) < _LEAST_ZONES:
        message = "DB proxies need subnets in at least two Availability Zones of one VPC."
        refuse("InvalidSubnet", message)
    return vpcs.pop()


def targets(backend: Any, proxy: Any) -> Iterator[dict[str, Any]]:
    """Give what a proxy leads to: an instance, or a cluster and its instances of the day."""
    for name, kind in registered(proxy):
        if kind == "RDS_INSTANCE":
            instance = backend.databases.get(name)
            yield _target(name, kind, instance and instance.address, instance and instance.port, "READ_WRITE")
            continue
        cluster = backend.clusters.get(name)
        yield _target(name, kind, cluster and cluster.endpoint, cluster and cluster.port, None)
        for member in cluster.members if cluster else ():
            role = "READ_WRITE" if member.is_cluster_writer else "READ_ONLY"
            found = _target(member.db_instance_identifier, "RDS_INSTANCE", member.address, member.port, role)
            yield {**found, "TrackedClusterId": name}


def registered(proxy: Any) -> list[tuple[str, str]]:
    """Give the names and kinds of what somebody registered."""
    return [(one.rds_resource_id, one.type) for one in proxy.proxy_target_groups["default"].targets]


def _target(name: str, kind: str, endpoint: str | None, port: int | None, role: str | None) -> dict[str, Any]:
    state = {"State": "AVAILABLE"} if endpoint else {"State": "UNAVAILABLE", "Reason": "UNREACHABLE"}
    told: dict[str, Any] = {"RdsResourceId": name, "Type": kind, "TargetHealth": state, "Endpoint": endpoint}
    return {key: value for key, value in {**told, "Port": port, "Role": role}.items() if value is not None}


# Proxies


def _auth(entries: Any, scheme: str, family: str) -> list[dict[str, Any]]:
    """Give how a proxy logs in; AWS wants a secret unless the proxy logs in by IAM."""
    ways = [one.original_dict() if hasattr(one, "original_dict") else dict(one) for one in entries or ()]
    if scheme == "NONE" and not ways:
        message = "At least one Auth entry is required unless DefaultAuthScheme is IAM_AUTH."
        refuse("InvalidParameterValue", message)
    if scheme == "NONE" and not all(one.get("SecretArn") for one in ways):
        refuse("InvalidParameterValue", "Auth entries with the AuthScheme SECRETS need a SecretArn.")
    default = {"AuthScheme": "SECRETS", "IAMAuth": "DISABLED"}
    client = _CLIENT_AUTH.get(family, "SQL_SERVER_AUTHENTICATION")
    return [{**default, "ClientPasswordAuthType": client, **one} for one in ways]


def _require_idle(given: Mapping[str, Any]) -> None:
    seconds = given.get("IdleClientTimeout")
    if seconds is not None and seconds not in _IDLE_SECONDS:
        message = f"IdleClientTimeout must be between {_IDLE_SECONDS[0]} and {_IDLE_SECONDS[-1]}, got {seconds}"
        refuse("InvalidParameterValue", message)


def _create(self: Any) -> ActionResult:
    given = self.params
    scheme = given.get("DefaultAuthScheme") or "NONE"
    auth = _auth(given.get("Auth"), scheme, given["EngineFamily"])
    _require_idle(given)
    require_zones(self.backend, list(given["VpcSubnetIds"]))
    given.setdefault("Auth", [])
    answer = _create_of_moto(self)
    proxy = self.backend.db_proxies[given["DBProxyName"]]
    proxy.auth = auth
    proxy.default_auth_scheme = scheme
    proxy.endpoint_network_type = given.get("EndpointNetworkType") or "IPV4"
    proxy.target_connection_network_type = given.get("TargetConnectionNetworkType") or "IPV4"
    proxy.tags = [{"Key": one["Key"], "Value": one.get("Value", "")} for one in given.get("Tags", [])]
    return answer


def _modify(self: Any) -> ActionResult:
    given, backend = self.params, self.backend
    proxy = find(backend, given["DBProxyName"])
    _require_idle(given)
    scheme = given.get("DefaultAuthScheme") or proxy.default_auth_scheme
    auth = _auth(given["Auth"], scheme, proxy.engine_family) if "Auth" in given else proxy.auth
    proxy.auth, proxy.default_auth_scheme = auth, scheme
    for key, name in (
        ("RequireTLS", "require_tls"),
        ("IdleClientTimeout", "idle_client_timeout"),
        ("DebugLogging", "debug_logging"),
        ("RoleArn", "role_arn"),
        ("SecurityGroups", "vpc_security_group_ids"),
    ):
        if given.get(key) is not None:
            setattr(proxy, name, given[key])
    renamed = given.get("NewDBProxyName")
    if renamed and renamed != proxy.db_proxy_name:
        if renamed in backend.db_proxies:
            raise DBProxyAlreadyExistsFault(renamed)
        del backend.db_proxies[proxy.db_proxy_name]
        proxy.endpoint = f"{renamed}{proxy.endpoint.removeprefix(proxy.db_proxy_name)}"
        proxy.db_proxy_name = proxy.proxy_target_groups["default"].db_proxy_name = renamed
        backend.db_proxies[renamed] = proxy
    proxy.updated_date = utcnow()
    return ActionResult({"DBProxy": proxy})


def _delete(self: Any) -> ActionResult:
    """Delete a proxy with its endpoints."""
    proxy = find(self.backend, self.params["DBProxyName"])
    del self.backend.db_proxies[proxy.db_proxy_name]
    proxy.status = "deleting"
    return ActionResult({"DBProxy": proxy})


# Targets


def _group(proxy: Any, name: str | None) -> Any:
    if (name or "default") != "default":
        refuse("DBProxyTargetGroupNotFoundFault", f"The target group {name} doesn't exist.")
    return proxy.proxy_target_groups["default"]


def _register(self: Any) -> ActionResult:
    given, backend = self.params, self.backend
    proxy = find(backend, given["DBProxyName"])
    _group(proxy, given.get("TargetGroupName"))
    wanted = [*given.get("DBClusterIdentifiers", []), *given.get("DBInstanceIdentifiers", [])]
    if registered(proxy):
        message = f"The DB proxy {proxy.db_proxy_name} has a target already: {registered(proxy)[0][0]}."
        refuse("DBProxyTargetAlreadyRegisteredFault", message)
    if len(wanted) != 1:
        message = "Register one DB instance or one DB cluster: a proxy has a single target."
        refuse("InvalidParameterCombination", message)
    for name in given.get("DBClusterIdentifiers", []):
        _require_reach(proxy, cluster_of(backend, name).db_subnet_group_name, cluster_of(backend, name).engine)
    for name in given.get("DBInstanceIdentifiers", []):
        _require_instance(backend, proxy, name)
    self.backend.register_db_proxy_targets(
        db_proxy_name=proxy.db_proxy_name,
        target_group_name="default",
        db_cluster_identifiers=given.get("DBClusterIdentifiers", []),
        db_instance_identifiers=given.get("DBInstanceIdentifiers", []),
    )
    return ActionResult({"DBProxyTargets": list(targets(backend, proxy))})


def _require_instance(backend: Any, proxy: Any, name: str) -> None:
    instance = backend.databases.get(name)
    if instance is None:
        raise DBInstanceNotFoundError(name)
    if is_member(instance):
        message = (
            f"DB instance {name} is a part of a DB cluster: register the cluster {instance.db_cluster_identifier}."
        )
        refuse("InvalidDBInstanceState", message)
    if instance.source_db_instance_identifier:
        message = f"DB instance {name} is a read replica: register the DB instance that is its source."
        refuse("InvalidDBInstanceState", message)
    group = getattr(instance, "db_subnet_group", None)
    _require_reach(proxy, group and group.name, instance.engine)


def _require_reach(proxy: Any, group: str | None, engine: str) -> None:
    """Refuse another engine, and what is known to be in another VPC."""
    if engine not in _ENGINES.get(proxy.engine_family, (engine,)):
        message = f"A target with the engine {engine} can't be registered with a proxy of {proxy.engine_family}."
        refuse("InvalidParameterCombination", message)
    found = proxy.backend.subnet_groups.get(group) if group else None
    if found is not None and found.vpc_id != proxy.vpc_id:
        message = f"The target is in the VPC {found.vpc_id}, and the proxy in {proxy.vpc_id}."
        refuse("InvalidParameterCombination", message)


def _deregister(self: Any) -> ActionResult:
    given = self.params
    proxy = find(self.backend, given["DBProxyName"])
    group = _group(proxy, given.get("TargetGroupName"))
    gone = {*given.get("DBClusterIdentifiers", []), *given.get("DBInstanceIdentifiers", [])}
    if missing := sorted(gone - {name for name, _ in registered(proxy)}):
        refuse("DBProxyTargetNotFoundFault", f"The target {missing[0]} isn't registered with {proxy.db_proxy_name}.")
    group.targets = [one for one in group.targets if one.rds_resource_id not in gone]
    return EmptyResult()


def _describe_targets(self: Any) -> ActionResult:
    proxy = find(self.backend, self.params["DBProxyName"])
    _group(proxy, self.params.get("TargetGroupName"))
    return ActionResult({"Targets": list(targets(self.backend, proxy))})


# The target group


def _pool(group: Any) -> dict[str, Any]:
    told = _pool_of_moto.fget(group)  # pyright: ignore[reportOptionalCall]  it is a property that can be read
    return {**told, "InitQuery": group.init_query} if group.init_query else told


def _describe_groups(self: Any) -> ActionResult:
    proxy = find(self.backend, self.params["DBProxyName"])
    return ActionResult({"TargetGroups": [_group(proxy, self.params.get("TargetGroupName"))]})


def _modify_group(self: Any) -> ActionResult:
    given = self.params
    group = _group(find(self.backend, given["DBProxyName"]), given.get("TargetGroupName"))
    pool = given.get("ConnectionPoolConfig") or {}
    most = pool.get("MaxConnectionsPercent", group.max_connections)
    idle = pool.get("MaxIdleConnectionsPercent", min(group.max_idle_connections, most))
    wait = pool.get("ConnectionBorrowTimeout", group.borrow_timeout)
    if most not in _PERCENT[1:]:
        refuse("InvalidParameterValue", f"MaxConnectionsPercent must be between 1 and 100, got {most}")
    if idle not in range(most + 1):
        message = f"MaxIdleConnectionsPercent must be between 0 and MaxConnectionsPercent ({most}), got {idle}"
        refuse("InvalidParameterValue", message)
    if wait not in _BORROW_SECONDS:
        message = f"ConnectionBorrowTimeout must be between 0 and {_BORROW_SECONDS[-1]}, got {wait}"
        refuse("InvalidParameterValue", message)
    group.max_connections, group.max_idle_connections, group.borrow_timeout = most, idle, wait
    group.session_pinning_filters = list(pool.get("SessionPinningFilters", group.session_pinning_filters))
    group.init_query = pool.get("InitQuery", group.init_query)
    group.updated_date = utcnow()
    return ActionResult({"DBProxyTargetGroup": group})
