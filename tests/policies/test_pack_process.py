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
SHORT_WATCH = """
import sys
from policies.__main__ import NAME, VERSION, CONTROLS, FRAMEWORKS, level_of
from policies.serve import Described, serve
serve(Described(name=NAME, version=VERSION, controls=CONTROLS, frameworks=FRAMEWORKS, level_of=level_of),
      engine=sys.argv[-1], watch_seconds=0.1)
"""


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


def info_of(process: subprocess.Popen[str]) -> pb.AnalyzerInfo:
    assert process.stdout
    with grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}") as channel:
        return AnalyzerStub(channel).GetAnalyzerInfo(Empty())


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(engine: socket.socket, number: signal.Signals) -> None:
    with started([*HOST, str(FOLDER / "__main__.py"), address(engine)]) as process:
        info_of(process)
        process.send_signal(number)
        _, errors = process.communicate(timeout=20)

    assert (process.returncode, errors) == (0, "")


def test_it_ends_when_the_engine_is_gone(engine: socket.socket) -> None:
    """An engine that is killed does not end its plugins."""
    with started([*HOST, "-c", SHORT_WATCH, address(engine)], ROOT) as process:
        info_of(process)
        engine.close()
        process.wait(timeout=20)

    assert process.returncode == 0


def test_it_says_of_itself_what_its_file_says() -> None:
    """The engine shows the version of the file, reports that of the process."""
    about = yaml.safe_load((FOLDER / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    with started([*HOST, str(FOLDER / "__main__.py"), "none"]) as process:
        info = info_of(process)

    assert (info.name, info.version) == (about["name"], about["version"])
