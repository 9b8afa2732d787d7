"""
What the engine starts as its language host: hands its place to the warm process, or becomes a language host itself.

Run as a file, before any package of ours can be imported: `warm_client.py FOLDER CODE ARGUMENT…`. Only the standard
library's quickest modules are imported, or nothing would be won.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys

SOCKET = "language-host.sock"
"""In the folder of the local cloud. Connected to by this name alone: a longer path may not fit into an address."""
LENGTH_BYTES = 4
"""Before the request."""
FAILED = 1
"""What is sent where the host ended by an error."""

_POLL_SECONDS = 1.0
_HOST = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); from localcloud import language_host; "
    "sys.exit(language_host.main(sys.argv[1:]))"
)
_HEEDED = ("PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
_READ_AT_START = ("PYTHON", "PULUMI_OTEL_", "OTEL_", "TRACEPARENT", "GRPC_PYTHON_", "PROTOCOL_BUFFERS_")
"""Variables that begin so are read when Python or a package starts: what has started already would not heed them."""


def main(folder: str, code: str, *arguments: str) -> int:
    """Wait for the host in the warm process; where there is none, become one."""
    connection = _connect(folder)
    if connection is None:
        # -P: what lies in the working directory is no module of ours.
        os.execv(sys.executable, [sys.executable, "-P", "-u", "-c", _HOST, code, *arguments])  # noqa: S606
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _hang_up(connection))
    request = {"arguments": arguments, "folder": os.getcwd(), "environment": dict(os.environ)}  # noqa: PTH109  # pathlib takes longer than all the rest
    text = json.dumps(request).encode()
    engine = os.getppid()
    socket.send_fds(connection, [len(text).to_bytes(LENGTH_BYTES)], [0, 1, 2])
    connection.sendall(text)
    # A CLI that was killed sends no signal; our own end is the host's.
    while os.getppid() == engine:
        if select.select([connection], [], [], _POLL_SECONDS)[0]:
            return int.from_bytes(connection.recv(1))  # nothing where the host ended as it should
    return 0


def _hang_up(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the host is gone already
        connection.shutdown(socket.SHUT_WR)


def _connect(folder: str) -> socket.socket | None:
    """Reach the warm process; give None where there is none, or where it may differ from one that starts now."""
    if any(name.startswith(_READ_AT_START) and name not in _HEEDED for name in os.environ):
        return None
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    here = os.open(".", os.O_RDONLY)
    os.chdir(folder)
    try:
        connection.connect(SOCKET)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    finally:
        os.fchdir(here)
        os.close(here)
    return connection


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
