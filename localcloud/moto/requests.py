"""
Lets moto answer one request at a time.

moto walks over what it holds while other requests add to it and take from it, and breaks off: "mutated during
iteration". The engine works on many resources at once, so that happens. Python runs one thread at a time anyway: to
wait costs next to nothing.
"""

import threading
from functools import wraps
from typing import Any, Final

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

_ONE: Final = threading.RLock()
_answer_of_moto: Final = DomainDispatcherApplication.__call__


def mend() -> None:
    """Put a request of moto's server behind the one before it; twice does no harm."""
    DomainDispatcherApplication.__call__ = _answer


@wraps(_answer_of_moto)
def _answer(self: DomainDispatcherApplication, environ: dict[str, Any], start_response: Any) -> Any:
    with _ONE:
        return _answer_of_moto(self, environ, start_response)
