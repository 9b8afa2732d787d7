"""Where a cluster would be reached: connection strings in Atlas' form, with nothing behind them."""

import hashlib
from typing import Any, Final

from localcloud.atlas.specs import regions, shared
from localcloud.atlas.store import STORE
from localcloud.atlas.tiers import to_atlas, to_aws
from localcloud.wire import Props

ENDPOINT: Final = "privateEndpoint"
SERVICE: Final = "privateEndpointService"
_SHARDS: Final = 3
_FIRST_PRIVATE_PORT: Final = 1024
_OPTIONS: Final = "ssl=true&authSource=admin"


def connection_strings(cluster: Props) -> Props:
    """Give the connection strings of a cluster; private ones once every region of it has a private endpoint."""
    domain = f"{_short(cluster['projectId'], 5)}.mongodb.net"
    name, own = cluster["name"].lower(), f"ac-{_short(cluster['clusterId'], 7)}"
    sharded = cluster["clusterType"] != "REPLICASET"
    hosts = ",".join(f"{own}-shard-00-{number:02d}.{domain}:27017" for number in range(_SHARDS))
    replica_set = "" if sharded else f"&replicaSet=atlas-{_short(cluster['clusterId'], 6)}-shard-0"
    return {
        "private": "",
        "privateSrv": "",
        "standard": f"mongodb://{hosts}/?{_OPTIONS}{replica_set}",
        "standardSrv": f"mongodb+srv://{name}.{domain}",
        "privateEndpoints": _private(cluster, domain, replica_set),
    }


def _private(cluster: Props, domain: str, replica_set: str) -> list[Props]:
    if shared(cluster["live"]):
        return []
    needed = sorted({one["regionName"] for one in regions(cluster["live"])})
    there = available(cluster["projectId"])
    if not set(needed) <= there.keys():
        return []
    aws = needed[0].lower().replace("_", "-")
    hosts = ",".join(
        f"pl-0-{aws}.{domain}:{port}" for port in range(_FIRST_PRIVATE_PORT, _FIRST_PRIVATE_PORT + _SHARDS)
    )
    srv = f"mongodb+srv://{cluster['name'].lower()}-pl-0"
    sharded = cluster["clusterType"] != "REPLICASET"
    return [
        {
            "connectionString": f"mongodb://{hosts}/?{_OPTIONS}{replica_set}",
            "srvConnectionString": f"{srv}.{domain}",
            "srvShardOptimizedConnectionString": f"{srv}-lb.{domain}" if sharded else "",
            "type": "MONGOS" if sharded else "MONGOD",
            "endpoints": [{"endpointId": there[region], "providerName": "AWS", "region": region} for region in needed],
        }
    ]


def available(project_id: str) -> dict[str, Any]:
    """Give the available private endpoint of each region, by Atlas' name of it."""
    found: dict[str, Any] = {}
    for service in STORE.of(SERVICE, project_id):
        endpoint = STORE.get(ENDPOINT, service["endpoint"])
        if endpoint and service["awsConnectionStatus"] == "AVAILABLE":
            found.setdefault(to_atlas(endpoint["region"]), service["endpointServiceId"])
    return found


def reached_from(service: Props, here: str, there: str) -> bool:
    """Say whether a service can be reached from a region of AWS by an endpoint that names the service's region."""
    own = to_aws(service["region"])
    return there == own and here in {own, *map(to_aws, service.get("supportedRemoteRegions", ()))}


def _short(text: str, length: int) -> str:
    """Make letters and digits from an id, as Atlas' hosts have."""
    return hashlib.sha256(text.encode()).hexdigest()[:length]
