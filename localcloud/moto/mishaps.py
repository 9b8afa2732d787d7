"""Lets whoever asks over HTTP arrange what goes wrong the next time."""

import json
from typing import Any, Final

from moto.moto_api._internal import urls

from localcloud.mishaps import MISHAPS, How, Mishap

_BAD_REQUEST: Final = 400

Answer = tuple[int, dict[str, str], str]


def mend() -> None:
    """Add our path to moto's own interface; twice does no harm."""
    paths: Any = urls.url_paths
    paths["{0}/moto-api/mishap$"] = _arrange


def _arrange(request: Any, _url: str, _headers: Any) -> Answer:
    try:
        asked: dict[str, Any] = json.loads(request.get_data())
        how, seconds = How(asked["how"]), float(asked.get("seconds", 0))
        MISHAPS.arrange(Mishap(name=asked["name"], operation=asked["operation"], how=how, seconds=seconds))
    except (KeyError, TypeError, ValueError) as error:
        said = f"give name, operation, how ({', '.join(How)}) and, for a slow one, seconds: {error!r}"
        return _BAD_REQUEST, {"Content-Type": "application/json"}, json.dumps({"error": said})
    return 200, {"Content-Type": "application/json"}, json.dumps({"arranged": asked})
