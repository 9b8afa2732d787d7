"""What an entry of the local cloud works with: clients on moto, and a memory for what moto drops."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final

from boto3.session import Session
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from botocore.session import Session as CoreSession

from localcloud.wire import Props

ACCOUNT: Final = "123456789012"
"""The only account of the local cloud; AWS's documentation uses the same number."""
PARTITION: Final = "aws"

# Without it botocore retries what moto lacks for seconds and hides the reason.
_CLIENT: Final = Config(retries={"total_max_attempts": 1}, max_pool_connections=32)


class Refused(Exception):  # noqa: N818  it is an answer of AWS, not a fault of ours
    """AWS would refuse this; the text is its code and message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")


class Memory:
    """What moto accepts and drops, by region, type and id; it lives and dies with moto's own data."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str, str], Props] = {}

    def keep(self, region: str, type_: str, id_: str, props: Mapping[str, Any]) -> None:
        """Remember *props* in place of what was remembered before."""
        with self._lock:
            self._kept[region, type_, id_] = dict(props)

    def of(self, region: str, type_: str, id_: str) -> Props:
        """Give what is remembered; nothing is an empty dict."""
        with self._lock:
            return dict(self._kept.get((region, type_, id_), {}))

    def ids(self, region: str, type_: str) -> list[str]:
        """Give the ids of a type that something is remembered of."""
        with self._lock:
            return [id_ for where, what, id_ in self._kept if (where, what) == (region, type_)]

    def forget(self, region: str, type_: str, id_: str) -> None:
        """Forget a resource that is gone."""
        with self._lock:
            self._kept.pop((region, type_, id_), None)


def client(endpoint: str, service: str, region: str) -> Any:
    """Give a boto3 client on the local cloud; clients are safe to share between threads."""
    # Making one is not thread-safe, and threads that make the same one at once keep the memory of all.
    with _MAKING:
        return _client(endpoint, service, region)


_MAKING: Final = threading.Lock()


@lru_cache(maxsize=256)
def _client(endpoint: str, service: str, region: str) -> Any:
    return _session().client(service, region_name=region, endpoint_url=endpoint, config=_CLIENT)  # pyright: ignore[reportCallIssue, reportArgumentType, reportUnknownVariableType]  one of 400 overloads


@cache
def _session() -> Session:
    """Give the only session: each has AWS's service models in memory for itself, some 8 MB a service."""
    core = CoreSession()
    core.register_component("data_loader", loader())
    return Session(aws_access_key_id="local", aws_secret_access_key="local", botocore_session=core)  # noqa: S106  moto takes any


@cache
def loader() -> Loader:
    """Give what reads AWS's service models, and keeps them."""
    return create_loader()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cloud:
    """One region of the local cloud."""

    endpoint: str
    region: str
    memory: Memory = field(default_factory=Memory)

    def aws(self, service: str) -> Any:
        """Give a boto3 client for *service* in this region."""
        return client(self.endpoint, service, self.region)

    def arn(self, service: str, rest: str) -> str:
        """Give an ARN of this account and region."""
        return f"arn:{PARTITION}:{service}:{self.region}:{ACCOUNT}:{rest}"
