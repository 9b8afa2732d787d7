"""moto answers one request at a time, however many resources the engine works on."""

import threading
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from localcloud.moto import complete

MANY = 8


def test_a_request_waits_for_the_one_before_it():
    complete()
    complete()  # twice is once
    inside, most = 0, 0
    all_asked = threading.Barrier(MANY)

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:  # noqa: ARG001  as WSGI calls it
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threading.Event().wait(0.01)  # time for the others to come in, were they let in
        inside -= 1
        return []

    moto = DomainDispatcherApplication(lambda _backend: application)  # pyright: ignore[reportArgumentType]  no Flask is needed

    def ask() -> None:
        all_asked.wait()
        moto({"PATH_INFO": "/moto-api/", "HTTP_HOST": "localhost"}, None)  # pyright: ignore[reportArgumentType]  likewise

    threads = [threading.Thread(target=ask) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 1
