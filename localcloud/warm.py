"""
A process that has imported what the program needs, and forks a language host for each run.

To import the SDKs takes half of the CPU time of a `pulumi up` that changes nothing. Imported modules of others do not
change while the local cloud lives; ours do, and are forgotten, so each run imports them as they are then.
"""

import argparse
import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from localcloud.paths import CODE
from localcloud.warm_client import FAILED, LENGTH_BYTES, SOCKET

_STANDARD_STREAMS: Final = 3
_HOST: Final = "localcloud.language_host"
_PROGRAM: Final = "stacks.deploy"
"""What the program of this project consists of; another project's may need none of its packages."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until standard input, which the daemon holds, is at its end."""
    parser = argparse.ArgumentParser(prog="python -m localcloud.warm", description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--local", type=Path, required=True)
    options = parser.parse_args(arguments)
    os.chdir(options.local)
    ours = Path(options.root, *_PROGRAM.split(".")).with_suffix(".py").exists()
    needed = (_HOST, _PROGRAM) if ours else (_HOST,)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the hosts
    with _listen() as listener:
        warm = False
        while listener in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            warm = warm or _import(needed)
            if os.fork() == 0:
                listener.close()
                _host(connection)
            connection.close()
    return 0


def _listen() -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    Path(SOCKET).unlink(missing_ok=True)
    others = os.umask(0o177)  # for this user alone
    listener.bind(SOCKET)
    os.umask(others)
    listener.listen()
    return listener


def _import(names: Sequence[str]) -> bool:
    """Import what these modules of ours need; give False where one cannot be imported: the run says why."""
    try:
        for name in names:
            importlib.import_module(name)
    except (Exception, SystemExit):  # noqa: BLE001  # whatever it is, the run meets it too
        return False
    finally:
        _forget_ours()
    # What is there stays there: a collector that wrote to it would copy it into every host.
    gc.collect()
    gc.freeze()
    return True


def _forget_ours() -> None:
    environment = Path(sys.prefix)
    for name, module in list(sys.modules.items()):
        file = Path(getattr(module, "__file__", None) or "/")
        if file.is_relative_to(CODE) and not file.is_relative_to(environment) and name != "__main__":
            del sys.modules[name]
    importlib.invalidate_caches()


def _host(connection: socket.socket) -> None:
    """Be the process that the engine would have started, and end as it."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        arguments = _become(_receive(connection))
        language_host = importlib.import_module(_HOST)
        language_host.main(arguments, connection)
    except BaseException:  # noqa: BLE001  # whatever it is, the engine shows what was written
        traceback.print_exc()
        with contextlib.suppress(OSError):
            connection.sendall(bytes([FAILED]))
    finally:
        os._exit(FAILED)


def _receive(connection: socket.socket) -> Mapping[str, Any]:
    """Take over the client's standard streams; give its arguments, folder and environment."""
    header, streams, _, _ = socket.recv_fds(connection, LENGTH_BYTES, _STANDARD_STREAMS)
    for stream, taken in enumerate(streams):
        os.dup2(taken, stream)
        os.close(taken)
    with connection.makefile("rb") as stream:
        return json.loads(stream.read(int.from_bytes(header)))


def _become(client: Mapping[str, Any]) -> Sequence[str]:
    """Run where and with what the client was to run; give its arguments."""
    os.chdir(client["folder"])
    os.environ.clear()
    os.environ.update(client["environment"])
    # Before all others but ours, as Python itself has it.
    added = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    sys.path[:] = [str(CODE), *added, *(path for path in sys.path if path != str(CODE))]
    return client["arguments"]


if __name__ == "__main__":
    sys.exit(main())
