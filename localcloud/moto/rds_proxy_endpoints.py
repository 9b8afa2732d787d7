"""Endpoints of RDS proxies, of which moto has none, and tags of what moto tags not."""

import secrets
import string
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.rds.models import DBProxy, RDSBackend, RDSBaseModel
from moto.rds.responses import RDSResponse

from localcloud.moto.rds_proxies import find, registered, require_zones
from localcloud.moto.rds_state import in_region, network, refuse

_LETTERS: Final = string.ascii_lowercase + string.digits
_MAX_ENDPOINTS: Final = 20
"""Of a proxy, with its default one."""
_ROLES: Final = ("READ_ONLY", "READ_WRITE")
_HOME_OF_GLOBAL: Final = "us-east-1"

# Its name is moto's own business, and its place is taken by that name.
_TAGGING: Final = "_get_resource_for_tagging"
_tagged_by_moto = getattr(RDSBackend, _TAGGING)


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (DBProxy, "endpoints", ()),
        (RDSBackend, _TAGGING, _tagged),
        (RDSResponse, "create_db_proxy_endpoint", _create),
        (RDSResponse, "describe_db_proxy_endpoints", _describe),
        (RDSResponse, "modify_db_proxy_endpoint", _modify),
        (RDSResponse, "delete_db_proxy_endpoint", _delete),
    ):
        setattr(owner, name, mended)


class Endpoint(RDSBaseModel):
    """A further endpoint of a proxy, as moto's answers read it."""

    resource_type = "db-proxy-endpoint"

    def __init__(self, proxy: Any, given: Mapping[str, Any]) -> None:
        super().__init__(proxy.backend)
        self.proxy = proxy
        self.db_proxy_endpoint_name = given["DBProxyEndpointName"]
        self.unique_id = f"prx-endpoint-{_letters(17)}"
        self.status = "available"
        self.vpc_subnet_ids = list(given["VpcSubnetIds"])
        self.vpc_id = require_zones(proxy.backend, self.vpc_subnet_ids)
        default = [network(proxy.backend).get_default_security_group(self.vpc_id).id]
        self.vpc_security_group_ids = list(given.get("VpcSecurityGroupIds") or default)
        self.target_role = given.get("TargetRole") or "READ_WRITE"
        self.is_default = False
        self.created_date = utcnow()
        self.endpoint_network_type = given.get("EndpointNetworkType") or "IPV4"
        self.tags = [{"Key": one["Key"], "Value": one.get("Value", "")} for one in given.get("Tags", [])]
        self.host = f"endpoint.proxy-{_letters(12)}.{self.region}.rds.amazonaws.com"

    @property
    def resource_id(self) -> str:
        """What the ARN ends with."""
        return self.unique_id

    @property
    def db_proxy_name(self) -> str:
        """The name of the proxy, which may change."""
        return self.proxy.db_proxy_name

    @property
    def db_proxy_endpoint_arn(self) -> str:
        """The ARN, as answers name it."""
        return self.arn

    @property
    def endpoint(self) -> str:
        """Where clients connect to."""
        return f"{self.db_proxy_endpoint_name}.{self.host}"


def _letters(count: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(count))


def _all(backend: Any) -> Iterator[Endpoint]:
    for proxy in list(backend.db_proxies.values()):
        yield from proxy.endpoints


def _find(backend: Any, name: str) -> Endpoint:
    found = [one for one in _all(backend) if one.db_proxy_endpoint_name == name]
    if not found:
        refuse("DBProxyEndpointNotFoundFault", f"The DB proxy endpoint {name} doesn't exist.")
    return found[0]


def _create(self: Any) -> ActionResult:
    given, backend = self.params, self.backend
    proxy = find(backend, given["DBProxyName"])
    name, role = given["DBProxyEndpointName"], given.get("TargetRole") or "READ_WRITE"
    if any(one.db_proxy_endpoint_name == name for one in _all(backend)):
        refuse("DBProxyEndpointAlreadyExistsFault", f"The DB proxy endpoint {name} already exists.")
    if len(proxy.endpoints) + 1 >= _MAX_ENDPOINTS:
        message = f"The DB proxy {proxy.db_proxy_name} has {_MAX_ENDPOINTS} endpoints already."
        refuse("DBProxyEndpointQuotaExceededFault", message)
    if role not in _ROLES:
        refuse("InvalidParameterValue", f"TargetRole must be one of {', '.join(_ROLES)}, got {role}")
    if role == "READ_ONLY" and any(kind == "RDS_INSTANCE" for _, kind in registered(proxy)):
        message = "Read-only endpoints are for proxies whose target is an Aurora DB cluster."
        refuse("InvalidDBProxyStateFault", message)
    made = Endpoint(proxy, given)
    proxy.endpoints = (*proxy.endpoints, made)
    return ActionResult({"DBProxyEndpoint": made})


def _describe(self: Any) -> ActionResult:
    name, proxy = self.params.get("DBProxyEndpointName"), self.params.get("DBProxyName")
    if name:
        found = [_find(self.backend, name)]
    else:
        found = list(find(self.backend, proxy).endpoints if proxy else _all(self.backend))
    return ActionResult({"DBProxyEndpoints": [one for one in found if proxy in (None, one.db_proxy_name)]})


def _modify(self: Any) -> ActionResult:
    given = self.params
    endpoint = _find(self.backend, given["DBProxyEndpointName"])
    if renamed := given.get("NewDBProxyEndpointName"):
        endpoint.db_proxy_endpoint_name = renamed
    if groups := given.get("VpcSecurityGroupIds"):
        endpoint.vpc_security_group_ids = list(groups)
    return ActionResult({"DBProxyEndpoint": endpoint})


def _delete(self: Any) -> ActionResult:
    endpoint = _find(self.backend, self.params["DBProxyEndpointName"])
    endpoint.proxy.endpoints = tuple(one for one in endpoint.proxy.endpoints if one is not endpoint)
    endpoint.status = "deleting"
    return ActionResult({"DBProxyEndpoint": endpoint})


def _tagged(backend: Any, arn: str) -> Any:
    """Find what has tags by its ARN, also what moto does not know of."""
    kind = arn.split(":")[5] if arn.count(":") > 5 else ""  # noqa: PLR2004  an ARN has six parts before the name
    if kind == "global-cluster":
        return in_region(backend, _HOME_OF_GLOBAL).global_clusters.get(arn.rpartition(":")[2])
    if kind == Endpoint.resource_type:
        return next((one for one in _all(backend) if one.arn == arn), None)
    return _tagged_by_moto(backend, arn)
