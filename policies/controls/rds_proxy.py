"""Controls of RDS proxies."""

from collections.abc import Callable
from typing import Final

from policies.control import Controls, Group, Severity
from policies.values import Record, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
PROXY: Final = "aws:rds/proxy:Proxy"
_ARN: Final = "arn:aws:secretsmanager:eu-west-1:1:secret:orders"
_BY_IAM: Final = {"defaultAuthScheme": "IAM_AUTH"}


def _each_login(proxy: Resource, holds: Callable[[Record], bool]) -> bool:
    """Say whether something holds for every login; one by IAM from end to end needs none written out."""
    logins = proxy.items_of("auths")
    if not logins:
        return proxy.text("defaultAuthScheme") == "IAM_AUTH"
    return all(isinstance(login, Record) and holds(login) for login in logins)


@control(
    PROXY,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    good=[{"requireTls": True}],
    bad=[{}, {"requireTls": False}, {"requireTls": "true"}],
)
def rds_proxy_require_tls(proxy: Resource) -> bool:
    """RDS proxies must refuse connections without TLS: set require_tls=True."""
    return proxy.get("requireTls") is True


@control(
    PROXY,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[{"auths": [{"iamAuth": "REQUIRED"}]}, _BY_IAM],
    bad=[
        {},
        {"auths": []},
        {"auths": [{}]},
        {"auths": [{"iamAuth": "DISABLED"}]},
        {"auths": [{"iamAuth": "REQUIRED"}, {"iamAuth": "DISABLED"}]},
        {"auths": [{"iamAuth": "REQUIRED"}, "REQUIRED"]},
        {"auths": {"iamAuth": "REQUIRED"}},
        {"defaultAuthScheme": "NONE"},
    ],
)
def rds_proxy_iam_auth(proxy: Resource) -> bool:
    """RDS proxies must let in by IAM only: set iam_auth to REQUIRED in each of auths."""
    return _each_login(proxy, lambda login: login.text("iamAuth") == "REQUIRED")


@control(
    PROXY,
    group=Group.ACCESS,
    severity=Severity.HIGH,
    good=[
        {"auths": [{"secretArn": _ARN}]},
        {"auths": [{"secretArn": "ref:aws:secretsmanager/secret:Secret::orders::arn"}]},
        _BY_IAM,
    ],
    bad=[
        {},
        {"auths": [{}]},
        {"auths": [{"secretArn": ""}]},
        {"auths": [{"secretArn": _ARN}, {"username": "orders"}]},
        {"auths": [_ARN]},
    ],
)
def rds_proxy_secrets(proxy: Resource) -> bool:
    """RDS proxies must take the database's passwords from Secrets Manager: set secret_arn in each of auths."""
    return _each_login(proxy, lambda login: login.is_set("secretArn"))


@control(
    PROXY,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    good=[{}, {"debugLogging": False}],
    bad=[{"debugLogging": True}, {"debugLogging": "true"}],
)
def rds_proxy_no_debug(proxy: Resource) -> bool:
    """RDS proxies must not write statements, and the data in them, to their log: set debug_logging=False."""
    return proxy.get("debugLogging", False) is False
