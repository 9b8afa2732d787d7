"""Lets whoever asks over HTTP see the local Atlas, and do by hand what no program does; a reset empties it too."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.moto_api._internal import urls
from moto.moto_api._internal.models import MotoAPIBackend

from localcloud.atlas.api import answer
from localcloud.atlas.hand import autoscale, change, everything
from localcloud.atlas.store import STORE
from localcloud.cloud import Refused

_reset_of_moto = MotoAPIBackend.reset
_BAD_REQUEST: Final = 400
_NOT_FOUND: Final = 404

Answer = tuple[int, dict[str, str], str]


def mend() -> None:
    """Add our paths to moto's own interface; twice does no harm."""
    MotoAPIBackend.reset = _reset
    paths: Any = urls.url_paths
    paths["{0}/moto-api/atlas$"] = lambda _request, _url, _headers: _written(200, everything())
    paths["{0}/moto-api/atlas/api/atlas/v2/(?P<rest>.+)$"] = _administered
    for name, act in _ACTS.items():
        paths[f"{{0}}/moto-api/atlas/{name}$"] = _handler(act)


def _reset(self: MotoAPIBackend) -> None:
    _reset_of_moto(self)
    STORE.clear()


def _administered(request: Any, _url: str, _headers: Any) -> Answer:
    """Answer as the Administration API does, which clients find below our own path."""
    body = json.loads(request.get_data() or "null")
    try:
        return _written(200, answer(request.method, request.path.partition("/api/atlas/v2")[2], body))
    except Refused as error:
        code, _, detail = str(error).partition(": ")
        status = _NOT_FOUND if code.endswith("NOT_FOUND") else _BAD_REQUEST
        return _written(status, {"errorCode": code, "detail": detail})


def _handler(act: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Callable[[Any, str, Any], Answer]:
    def handle(request: Any, _url: str, _headers: Any) -> Answer:
        try:
            return _written(200, act(json.loads(request.get_data())))
        except Refused as error:
            return _written(_BAD_REQUEST, {"error": str(error)})
        except (KeyError, ValueError) as error:
            return _written(_BAD_REQUEST, {"error": f"the request must be JSON with all that is needed: {error!r}"})

    return handle


def _written(status: int, body: Mapping[str, Any]) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(body)


_ACTS: Final[Mapping[str, Callable[[dict[str, Any]], Mapping[str, Any]]]] = {"autoscale": autoscale, "change": change}
