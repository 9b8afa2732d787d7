"""
`pulumi-language-python`: runs the program in this process, and policy packs beside it.

It differs from the official host in two ways: no package is looked up or downloaded (the daemon's providers are
attached), and the program runs in the process that was already started for it.
"""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, Final

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc
from pulumi.runtime.proto.plugin_pb2 import PluginInfo

from localcloud import program
from localcloud.record import HOST
from localcloud.stop import Stop

_MESSAGE_LIMIT: Final = [("grpc.max_receive_message_length", 400 << 20), ("grpc.max_send_message_length", 400 << 20)]
_ORPHAN_SECONDS: Final = 1.0
_CHUNK: Final = 1 << 16


class Host(language_pb2_grpc.LanguageRuntimeServicer):
    """The engine's side of Python."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self.packs: set[subprocess.Popen[bytes]] = set()

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> pb.LanguageHandshakeResponse:  # noqa: ARG002, N802
        """Know enough already: the engine's address came as an argument."""
        return pb.LanguageHandshakeResponse()

    def GetRequiredPackages(  # noqa: N802
        self,
        request: Any,  # noqa: ARG002
        context: grpc.ServicerContext,  # noqa: ARG002
    ) -> pb.GetRequiredPackagesResponse:
        """Require none: the engine would look them up and download them."""
        return pb.GetRequiredPackagesResponse()

    def About(self, request: Any, context: grpc.ServicerContext) -> pb.AboutResponse:  # noqa: ARG002, N802
        """Name the Python that runs the programs."""
        return pb.AboutResponse(executable=sys.executable, version=sys.version.split()[0])

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> PluginInfo:  # noqa: ARG002, N802
        """Have no version of our own."""
        return PluginInfo()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Empty:  # noqa: ARG002, N802
        """Leave it to the signal that follows."""
        return Empty()

    def RuntimeOptionsPrompts(self, request: Any, context: grpc.ServicerContext) -> pb.RuntimeOptionsResponse:  # noqa: ARG002, N802
        """Ask the user nothing."""
        return pb.RuntimeOptionsResponse()

    def Run(self, request: pb.RunRequest, context: grpc.ServicerContext) -> pb.RunResponse:  # noqa: ARG002, N802
        """Run the program."""
        # The error was logged: to return it too would show it twice.
        return pb.RunResponse(bail=not program.run(request, self._engine))

    def GenerateProgram(  # noqa: N802
        self, request: pb.GenerateProgramRequest, context: grpc.ServicerContext
    ) -> pb.GenerateProgramResponse:
        """Write Python for what `pulumi import` has imported."""
        # Not at the top: no other command needs it.
        from localcloud import generation  # noqa: PLC0415

        try:
            code = generation.program(request.source)
        except generation.NoCodeError as error:
            context.abort(
                grpc.StatusCode.UNIMPLEMENTED,
                f"it is imported, but the local language host cannot write code for {error}: write it by hand",
            )
        return pb.GenerateProgramResponse(source={"__main__.py": code.encode()})

    def RunPlugin(self, request: pb.RunPluginRequest, context: grpc.ServicerContext) -> Iterator[pb.RunPluginResponse]:  # noqa: N802
        """Run a policy pack until the engine hangs up; stream what it writes."""
        main = Path(request.info.program_directory, "__main__.py")
        if request.kind != "analyzer":
            context.abort(grpc.StatusCode.UNIMPLEMENTED, f"the local language host runs no {request.kind} plugins")
        if not main.is_file():
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, f"the policy pack has no program {main}")
        pack = subprocess.Popen(  # noqa: S603  # the user named the folder
            [sys.executable, "-u", str(main), *request.args],
            cwd=request.pwd or main.parent,
            env=dict(os.environ) | dict(entry.split("=", 1) for entry in request.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.packs.add(pack)
        if not context.add_callback(pack.terminate):
            pack.terminate()  # the engine hung up already
        yield from _output(pack)
        self.packs.discard(pack)
        yield pb.RunPluginResponse(exitcode=pack.wait())


def _output(process: subprocess.Popen[bytes]) -> Iterator[pb.RunPluginResponse]:
    """Give what a process writes, as it writes it, until it has closed both its streams."""
    written: SimpleQueue[pb.RunPluginResponse | None] = SimpleQueue()

    def pump(stream: IO[bytes], name: str) -> None:
        while chunk := os.read(stream.fileno(), _CHUNK):
            written.put(pb.RunPluginResponse(stdout=chunk) if name == "stdout" else pb.RunPluginResponse(stderr=chunk))
        stream.close()
        written.put(None)

    streams = {"stdout": process.stdout, "stderr": process.stderr}
    for name, stream in streams.items():
        threading.Thread(target=pump, args=(stream, name), daemon=True).start()
    for _ in streams:
        while (response := written.get()) is not None:
            yield response


def main(arguments: Sequence[str], client: socket.socket | None = None) -> int:
    """
    Serve until a signal, or until the engine is gone; the engine's address is the last argument.

    *client* is the process that the engine started, where it is not this one; it hangs up when the engine is gone.
    """
    stop, engine = Stop(), os.getppid()
    server = grpc.server(ThreadPoolExecutor(16), options=_MESSAGE_LIMIT)
    host = Host(arguments[-1] if arguments else "")
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(host, server)
    port = server.add_insecure_port(f"{HOST}:0")
    server.start()
    # The engine reads the port from the first line, and everything after it as the program's output.
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    if client:
        threading.Thread(target=lambda: (client.recv(1), stop.come()), daemon=True).start()
    # A CLI that was killed sends no signal.
    while not stop.wait(_ORPHAN_SECONDS) and (client or os.getppid() == engine):
        pass
    for pack in host.packs:
        pack.terminate()
    server.stop(grace=None)
    sys.stdout.flush()
    sys.stderr.flush()
    # Not a return: a program that is still waiting for an answer would keep the interpreter.
    os._exit(0)
