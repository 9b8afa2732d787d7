"""Attaches operations of our own to moto's services, for boto3 and for the local cloud alike."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, NoReturn, TypeVar

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

_PLACE: Final = "localcloud"
_LOCK: Final = threading.RLock()

State = TypeVar("State")


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request: what it asks for, in AWS's words, and moto's backend for its account and region."""

    params: Mapping[str, Any]
    backend: Any

    def get(self, name: str, default: Any = None) -> Any:
        """Give a parameter of the request."""
        value = self.params.get(name)
        return default if value is None else value

    def text(self, name: str) -> str:
        """Give a parameter that boto3 requires."""
        return str(self.params[name])

    @property
    def account(self) -> str:
        """The account that asks."""
        return self.backend.account_id

    @property
    def region(self) -> str:
        """The region that is asked."""
        return self.backend.region_name


Operation = Callable[[Call], Mapping[str, Any] | None]


class _RefusedError(ServiceException):
    """An error of AWS; its service is the one that is asked, and not that of a class of moto's."""


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of AWS: its code, as botocore names it, and its message."""
    raise _RefusedError(code, message)


def attach(response: type[BaseResponse], backend: Callable[[Any], Any], operations: Mapping[str, Operation]) -> None:
    """Put *operations*, named as moto names its methods, in the place of moto's; twice does no harm."""
    for name, operation in operations.items():
        setattr(response, name, _handler(backend, operation))


def _handler(backend: Callable[[Any], Any], operation: Operation) -> Callable[[Any], ActionResult]:
    def handle(response: Any) -> ActionResult:
        response.parse_parameters(response.normalized_request)
        given = {key: value for key, value in response.params.items() if value is not None}
        with _LOCK:
            answer = operation(Call(params=given, backend=backend(response)))
        return EmptyResult() if answer is None else ActionResult(answer)

    return handle


def add_paths(urls: ModuleType, response: type[BaseResponse], paths: Iterable[str]) -> None:
    """Let moto's server hand requests for *paths* (regular expressions, from the first slash) to *response*."""
    for path in paths:
        urls.url_paths.setdefault(f"{{0}}{path}", response.dispatch)


def state_of(backend: Any, kind: type[State]) -> State:
    """Give what we keep in *backend* beside what moto keeps; it dies with moto's reset."""
    return vars(backend).setdefault(_PLACE, kind())
