"""RDS: proxies and their further endpoints."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.rds import retag, tags_of
from localcloud.tags import to_aws
from localcloud.wire import Props

_CALLS: Final = {
    "debugLogging": "DebugLogging",
    "defaultAuthScheme": "DefaultAuthScheme",
    "endpointNetworkType": "EndpointNetworkType",
    "engineFamily": "EngineFamily",
    "idleClientTimeout": "IdleClientTimeout",
    "name": "DBProxyName",
    "requireTls": "RequireTLS",
    "roleArn": "RoleArn",
    "targetConnectionNetworkType": "TargetConnectionNetworkType",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
    "vpcSubnetIds": "VpcSubnetIds",
}
_AUTH: Final = {
    "authScheme": "AuthScheme",
    "clientPasswordAuthType": "ClientPasswordAuthType",
    "description": "Description",
    "iamAuth": "IAMAuth",
    "secretArn": "SecretArn",
    "username": "UserName",
}
_CHOICES: Final = {
    "defaultAuthScheme": ("IAM_AUTH", "NONE"),
    "endpointNetworkType": ("DUAL", "IPV4", "IPV6"),
    "engineFamily": ("MYSQL", "POSTGRESQL", "SQLSERVER"),
    "targetConnectionNetworkType": ("IPV4", "IPV6"),
    "targetRole": ("READ_ONLY", "READ_WRITE"),
}
_AUTH_CHOICES: Final = {
    "authScheme": ("SECRETS",),
    "clientPasswordAuthType": (
        *("MYSQL_CACHING_SHA2_PASSWORD", "MYSQL_NATIVE_PASSWORD", "POSTGRES_MD5", "POSTGRES_SCRAM_SHA_256"),
        "SQL_SERVER_AUTHENTICATION",
    ),
    "iamAuth": ("DISABLED", "ENABLED", "REQUIRED"),
}


# Proxies


def _for_aws(auths: list[Props]) -> list[Props]:
    return [{theirs: one[key] for key, theirs in _AUTH.items() if one.get(key)} for one in auths]


def _create(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("rds").create_db_proxy(
        **{theirs: inputs[key] for key, theirs in _CALLS.items() if inputs.get(key)},
        Auth=_for_aws(inputs.get("auths", [])),
        Tags=to_aws(inputs.get("tags")),
    )
    return inputs["name"]


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_proxies(DBProxyName=id_)["DBProxies"][0]
    except aws.exceptions.DBProxyNotFoundFault:
        return None


def _read(cloud: Cloud, id_: str) -> Props | None:
    proxy = _find(cloud, id_)
    if proxy is None:
        return None
    return {
        **{key: proxy[theirs] for key, theirs in _CALLS.items() if theirs in proxy},
        "arn": proxy["DBProxyArn"],
        "auths": [
            {key: one[theirs] for key, theirs in _AUTH.items() if one.get(theirs)} for one in proxy.get("Auth", [])
        ],
        "endpoint": proxy["Endpoint"],
        "tags": tags_of(cloud, proxy["DBProxyArn"]),
    }


def _same_auths(ours: Any, live: Any) -> bool:
    """Compare how a proxy logs in: AWS tells more of each way than a program says, in any order."""
    left = list(live)
    for one in ours:
        like = [other for other in left if all(other.get(key) == value for key, value in one.items())]
        if not like:
            return False
        left.remove(like[0])
    return not left


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read(cloud, id_)
    if live is None:
        raise Refused("DBProxyNotFoundFault", f"The specified proxy name {id_} doesn't correspond to a proxy.")
    if news["name"] != id_:
        message = f"the local cloud does not rename a proxy: Pulumi keeps {id_} as its id and loses it. Replace it"
        raise Refused("InvalidParameterCombination", message)
    if any(news.get(key) != olds.get(key) for key in ("auths", *_CALLS)):
        settings = ("defaultAuthScheme", "idleClientTimeout", "roleArn")
        arguments = {_CALLS[key]: news[key] for key in settings if news.get(key)}
        if groups := news.get("vpcSecurityGroupIds"):
            arguments["SecurityGroups"] = groups
        cloud.aws("rds").modify_db_proxy(
            DBProxyName=id_,
            Auth=_for_aws(news.get("auths", [])),
            DebugLogging=news.get("debugLogging", False),
            RequireTLS=news.get("requireTls", False),
            **arguments,
        )
    retag(cloud, live["arn"], olds, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _find(cloud, id_):
        cloud.aws("rds").delete_db_proxy(DBProxyName=id_)


def _choice_rules(inputs: Props) -> Iterator[str]:
    for key, choices in _CHOICES.items():
        if key in inputs and inputs[key] not in choices:
            yield f"{key} must be one of {', '.join(choices)}, got {inputs[key]!r}"


def _auth_rules(inputs: Props) -> Iterator[str]:
    for one in inputs.get("auths", []):
        for key, choices in _AUTH_CHOICES.items():
            if key in one and one[key] not in choices:
                yield f"{key} must be one of {', '.join(choices)}, got {one[key]!r}"


_COMPUTED: Final = frozenset(
    {"defaultAuthScheme", "endpointNetworkType", "idleClientTimeout", "targetConnectionNetworkType"}
    | {"vpcSecurityGroupIds"}
)

PROXY: Final = ResourceType(
    type="aws:rds/proxy:Proxy",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"auths", "tags", *_CALLS}),
    required=frozenset({"engineFamily", "roleArn", "vpcSubnetIds"}),
    outputs=_COMPUTED | {"arn", "endpoint"},
    replace=frozenset({"endpointNetworkType", "engineFamily", "targetConnectionNetworkType", "vpcSubnetIds"}),
    sticky=_COMPUTED,
    name=AutoName(property="name", max_length=63),
    rules=(_choice_rules, _auth_rules),
    same={"auths": _same_auths},
    not_imitated="nothing listens and nothing is pooled; a proxy is not renamed; zones without proxies are not known",
)


# Endpoints


def _create_endpoint(cloud: Cloud, inputs: Props) -> str:
    groups = {"VpcSecurityGroupIds": inputs["vpcSecurityGroupIds"]} if inputs.get("vpcSecurityGroupIds") else {}
    cloud.aws("rds").create_db_proxy_endpoint(
        DBProxyName=inputs["dbProxyName"],
        DBProxyEndpointName=inputs["dbProxyEndpointName"],
        VpcSubnetIds=inputs["vpcSubnetIds"],
        TargetRole=inputs["targetRole"],
        Tags=to_aws(inputs.get("tags")),
        **groups,
    )
    return f"{inputs['dbProxyName']}/{inputs['dbProxyEndpointName']}"


def _read_endpoint(cloud: Cloud, id_: str) -> Props | None:
    proxy, _, name = id_.partition("/")
    aws = cloud.aws("rds")
    try:
        found = aws.describe_db_proxy_endpoints(DBProxyName=proxy, DBProxyEndpointName=name)["DBProxyEndpoints"]
    except (aws.exceptions.DBProxyNotFoundFault, aws.exceptions.DBProxyEndpointNotFoundFault):
        return None
    if not found:
        return None
    [endpoint] = found
    return {
        "arn": endpoint["DBProxyEndpointArn"],
        "dbProxyEndpointName": endpoint["DBProxyEndpointName"],
        "dbProxyName": endpoint["DBProxyName"],
        "endpoint": endpoint["Endpoint"],
        "isDefault": endpoint["IsDefault"],
        "tags": tags_of(cloud, endpoint["DBProxyEndpointArn"]),
        "targetRole": endpoint["TargetRole"],
        "vpcId": endpoint["VpcId"],
        "vpcSecurityGroupIds": endpoint["VpcSecurityGroupIds"],
        "vpcSubnetIds": endpoint["VpcSubnetIds"],
    }


def _update_endpoint(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    live = _read_endpoint(cloud, id_)
    if live is None:
        raise Refused("DBProxyEndpointNotFoundFault", f"The DB proxy endpoint {id_} doesn't exist.")
    if news.get("vpcSecurityGroupIds") != olds.get("vpcSecurityGroupIds"):
        cloud.aws("rds").modify_db_proxy_endpoint(
            DBProxyEndpointName=live["dbProxyEndpointName"], VpcSecurityGroupIds=news["vpcSecurityGroupIds"]
        )
    retag(cloud, live["arn"], olds, news)


def _delete_endpoint(cloud: Cloud, id_: str, _: Props) -> None:
    if _read_endpoint(cloud, id_):
        cloud.aws("rds").delete_db_proxy_endpoint(DBProxyEndpointName=id_.partition("/")[2])


PROXY_ENDPOINT: Final = ResourceType(
    type="aws:rds/proxyEndpoint:ProxyEndpoint",
    create=_create_endpoint,
    read=_read_endpoint,
    update=_update_endpoint,
    delete=_delete_endpoint,
    applied=frozenset(
        {"dbProxyEndpointName", "dbProxyName", "tags", "targetRole", "vpcSecurityGroupIds", "vpcSubnetIds"}
    ),
    required=frozenset({"dbProxyEndpointName", "dbProxyName", "vpcSubnetIds"}),
    outputs=frozenset({"arn", "endpoint", "isDefault", "vpcId", "vpcSecurityGroupIds"}),
    replace=frozenset({"dbProxyEndpointName", "dbProxyName", "targetRole", "vpcSubnetIds"}),
    sticky=frozenset({"vpcSecurityGroupIds"}),
    defaults={"targetRole": "READ_WRITE"},
    rules=(_choice_rules,),
    not_imitated="nothing listens",
)

TYPES: Final = (PROXY, PROXY_ENDPOINT)
