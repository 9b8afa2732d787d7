"""Claims about the pack as a process: how it is started and how it ends."""

import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
import yaml
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from policies.controls import CONTROLS
from policies.exemptions import CONTROLS as ABOUT_EXEMPTIONS
from tests.engine.project import copy_to

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "policies"
HOST = [sys.executable, "-u"]
POLICIES = len(CONTROLS) + len(ABOUT_EXEMPTIONS)
AT_ONCE = 20
"""Seconds: a busy machine takes a while to start an interpreter."""
ENDLESS = """
import sys, threading
from policies.serve import Described, Pack, serve
Pack.GetAnalyzerInfo = lambda *_: (sys.stdout.write("asked\\n"), sys.stdout.flush(), threading.Event().wait(600))
serve(Described(name="p", version="1", controls=[], frameworks={}, level_of=lambda *_: None), engine=sys.argv[-1])
"""
IGNORING = """
import os, signal, sys
numbers = (signal.SIGINT, signal.SIGTERM)
for number in numbers:
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, numbers)
os.execv(sys.executable, [sys.executable, "-u", *sys.argv[1:]])
"""
STARTING = """
import subprocess, sys
subprocess.run([sys.executable, "-u", *sys.argv[1:]])
"""
LEAVING = """
import subprocess, sys
subprocess.Popen([sys.executable, "-u", *sys.argv[1:]], stdout=subprocess.PIPE)
"""
signals = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@pytest.fixture
def engine() -> Iterator[socket.socket]:
    """Listen where the engine would."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def address(listening: socket.socket) -> str:
    host, port = listening.getsockname()
    return f"{host}:{port}"


@contextmanager
def started(command: list[str], folder: str | Path = "/") -> Generator[subprocess.Popen[str]]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        try:
            yield process
        finally:
            process.kill()


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


def info_of(process: subprocess.Popen[str]) -> pb.AnalyzerInfo:
    with grpc.insecure_channel(f"127.0.0.1:{port_of(process)}") as channel:
        return AnalyzerStub(channel).GetAnalyzerInfo(Empty())


@contextmanager
def asked(process: subprocess.Popen[str]) -> Generator[None]:
    """Be in the middle of a request to a pack that answers none and says so."""
    with grpc.insecure_channel(f"127.0.0.1:{port_of(process)}") as channel:
        answer = AnalyzerStub(channel).GetAnalyzerInfo.future(Empty())
        assert process.stdout
        assert process.stdout.readline() == "asked\n"
        yield
        answer.cancel()


def test_the_language_host_starts_the_folder_from_anywhere(engine: socket.socket) -> None:
    with started([*HOST, str(FOLDER / "__main__.py"), "--ignored", address(engine)]) as process:
        info = info_of(process)

    assert (info.name, len(info.policies)) == ("datastores", POLICIES)


def test_a_mistake_in_the_exemptions_ends_it_at_once(tmp_path: Path) -> None:
    folder = copy_to(tmp_path / "project") / "policies"
    (folder / "exemptions.yaml").write_text("exemptions: [{control: kms-rotaton}]", encoding="utf-8")
    with started([*HOST, str(folder / "__main__.py"), "127.0.0.1:1"]) as process:
        said, errors = process.communicate(timeout=20)

    assert (process.returncode, said) == (2, "")
    assert "exemptions[0].control must be a control, got 'kms-rotaton': did you mean 'kms-rotation'?" in errors


def test_a_link_to_the_folder_starts_it_too(engine: socket.socket, tmp_path: Path) -> None:
    """As in the folder of the local mode, which has a Pulumi.yaml of its own."""
    (tmp_path / "policies").symlink_to(FOLDER)
    with started([*HOST, str(tmp_path / "policies" / "__main__.py"), address(engine)], tmp_path) as process:
        info = info_of(process)

    assert len(info.policies) == POLICIES


def test_the_official_language_host_starts_it_too() -> None:
    with started([*HOST, "-m", "pulumi.policy", "127.0.0.1:1", str(FOLDER)]) as process:
        info = info_of(process)

    assert len(info.policies) == POLICIES


@signals
def test_a_signal_ends_it_before_the_first_request(engine: socket.socket, number: signal.Signals) -> None:
    with started([*HOST, str(FOLDER / "__main__.py"), address(engine)]) as process:
        port_of(process)
        process.send_signal(number)
        _, errors = process.communicate(timeout=AT_ONCE)

    assert (process.returncode, errors) == (-number, "")


@signals
def test_a_signal_ends_it_between_two_requests(engine: socket.socket, number: signal.Signals) -> None:
    with started([*HOST, str(FOLDER / "__main__.py"), address(engine)]) as process:
        info_of(process)
        process.send_signal(number)
        _, errors = process.communicate(timeout=AT_ONCE)

    assert (process.returncode, errors) == (-number, "")


@signals
def test_a_signal_ends_it_in_the_middle_of_a_request(engine: socket.socket, number: signal.Signals) -> None:
    with started([*HOST, "-c", ENDLESS, address(engine)], ROOT) as process, asked(process):
        process.send_signal(number)
        _, errors = process.communicate(timeout=AT_ONCE)

    assert (process.returncode, errors) == (-number, "")


@signals
def test_a_signal_ends_it_that_whoever_started_it_ignored(engine: socket.socket, number: signal.Signals) -> None:
    """As a shell does of what it starts in the background."""
    with started([*HOST, "-c", IGNORING, str(FOLDER / "__main__.py"), address(engine)]) as process:
        port_of(process)
        process.send_signal(number)
        process.wait(timeout=AT_ONCE)

    assert process.returncode == -number


@signals
def test_one_signal_upon_the_other_ends_it(engine: socket.socket, number: signal.Signals) -> None:
    """The engine and the language host both end a pack."""
    with started([*HOST, str(FOLDER / "__main__.py"), address(engine)]) as process:
        port_of(process)
        for _ in range(2000):
            process.send_signal(number)
        process.communicate(timeout=AT_ONCE)

    assert process.returncode == -number


def test_it_ends_when_the_engine_is_gone(engine: socket.socket) -> None:
    """An engine that is killed does not end its plugins."""
    with started([*HOST, str(FOLDER / "__main__.py"), address(engine)]) as process:
        info_of(process)
        engine.close()
        process.wait(timeout=AT_ONCE)

    assert process.returncode == 0


def test_it_ends_when_the_engine_is_gone_in_the_middle_of_a_request(engine: socket.socket) -> None:
    with started([*HOST, "-c", ENDLESS, address(engine)], ROOT) as process, asked(process):
        engine.close()
        process.wait(timeout=AT_ONCE)

    assert process.returncode == 0


def test_it_ends_when_the_engine_was_gone_before_it_served() -> None:
    with started([*HOST, str(FOLDER / "__main__.py"), "127.0.0.1:1"]) as process:
        process.wait(timeout=AT_ONCE)

    assert process.returncode == 0


def test_it_ends_when_the_language_host_is_gone(engine: socket.socket) -> None:
    """The official one tells no address; of ours, another engine may have the address by then."""
    with started([*HOST, "-c", STARTING, str(FOLDER / "__main__.py"), address(engine)]) as host:
        port_of(host)
        host.kill()
        # It ends where the pack has closed the stream that it has from its host.
        said, _ = host.communicate(timeout=AT_ONCE)

    assert said == ""


def test_it_ends_when_the_language_host_was_gone_before_it_served(engine: socket.socket) -> None:
    with started([*HOST, "-c", LEAVING, str(FOLDER / "__main__.py"), address(engine)]) as host:
        _, errors = host.communicate(timeout=AT_ONCE)

    assert errors == ""


def test_it_says_of_itself_what_its_file_says() -> None:
    """The engine shows the version of the file, reports that of the process."""
    about = yaml.safe_load((FOLDER / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    with started([*HOST, str(FOLDER / "__main__.py"), "none"]) as process:
        info = info_of(process)

    assert (info.name, info.version) == (about["name"], about["version"])
