"""The language host: a program's errors in its author's words, and a process that ends when it should."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import grpc
import pytest
from pulumi import RunError
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc

from localcloud import record
from localcloud.install import install
from localcloud.paths import CODE, Paths
from localcloud.program import load, main_file, message
from localcloud.warm_client import SOCKET
from tests.localcloud.checkout import python


@pytest.fixture(params=["forked", "alone"])
def command(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Install a language host and give the command that the engine would start."""
    paths = Paths(root=tmp_path, local=tmp_path / "a folder")
    install(paths)
    with ExitStack() as running:
        if request.param == "forked":
            running.enter_context(warm(paths))
        yield [str(paths.bin / "pulumi-language-python"), "127.0.0.1:1"]


@contextmanager
def warm(paths: Paths, code: Path = CODE) -> Generator[int]:
    """Run a process that forks language hosts; give its pid."""
    command = [sys.executable, "-m", "localcloud.warm", "--root", str(paths.root), "--local", str(paths.local)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, cwd=code, env={**os.environ, "PYTHONPATH": str(code)}
    ) as process:
        while not (paths.local / SOCKET).exists():
            time.sleep(0.02)
        yield process.pid


@pytest.fixture
def host(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start a language host."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        yield process
        process.kill()


def port(host: subprocess.Popen[bytes]) -> int:
    assert host.stdout is not None
    return int(host.stdout.readline())


@pytest.fixture
def stub(host: subprocess.Popen[bytes]) -> Iterator[language_pb2_grpc.LanguageRuntimeStub]:
    """Talk to a language host as the engine does."""
    with grpc.insecure_channel(f"127.0.0.1:{port(host)}") as channel:
        yield language_pb2_grpc.LanguageRuntimeStub(channel)


def program(folder: Path, text: str) -> Path:
    file = folder / "__main__.py"
    file.write_text(text, encoding="utf-8")
    return file


def shown(file: Path) -> str:
    """Give what the user sees of a program that fails."""
    try:
        load(file)
    except Exception as error:  # noqa: BLE001  # that any error is shown is the claim
        return message(error)
    return "it did not fail"


def test_a_host_is_forked_from_the_warm_process(tmp_path: Path):
    with forking(tmp_path) as (pid, command), subprocess.Popen(command, stdout=subprocess.PIPE) as client:
        port(client)

        assert children_of(pid)
        client.terminate()


def test_a_forked_host_ends_when_its_client_is_killed(tmp_path: Path):
    with forking(tmp_path) as (pid, command), subprocess.Popen(command, stdout=subprocess.PIPE) as client:
        port(client)
        (host,) = children_of(pid)
        client.kill()

        assert gone(host)


def test_a_forked_host_outlives_the_warm_process(tmp_path: Path):
    """What is under way when the local cloud stops says itself that the cloud is gone."""
    with forking(tmp_path) as (pid, command), subprocess.Popen(command, stdout=subprocess.PIPE) as client:
        with grpc.insecure_channel(f"127.0.0.1:{port(client)}") as channel:
            os.kill(pid, signal.SIGTERM)
            gone(pid)

            assert language_pb2_grpc.LanguageRuntimeStub(channel).About(pb.AboutRequest()).executable == sys.executable
        client.terminate()


def test_a_variable_that_is_read_at_the_start_is_heeded(tmp_path: Path):
    with forking(tmp_path) as (pid, command):
        environment = {**os.environ, "PYTHONHASHSEED": "7"}
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as host:
            port(host)

            assert not children_of(pid)
            host.terminate()


def test_a_forked_host_runs_our_code_as_it_is_now(tmp_path: Path):
    code = tmp_path / "code"
    shutil.copytree(CODE / "localcloud", code / "localcloud", ignore=shutil.ignore_patterns("moto", "__pycache__"))
    with forking(tmp_path, code) as (_, command):
        before = about(command)
        edited = code / "localcloud" / "language_host.py"
        edited.write_text(edited.read_text("utf-8").replace("sys.version.split()[0]", "'edited'"), encoding="utf-8")

        assert (before, about(command)) == (sys.version.split()[0], "edited")


@contextmanager
def forking(folder: Path, code: Path = CODE) -> Generator[tuple[int, list[str]]]:
    """Give the pid of a process that forks language hosts, and the command that asks it for one."""
    paths = Paths(root=folder, local=folder / "cloud")
    paths.local.mkdir()
    client = [sys.executable, "-I", "-S", str(code / "localcloud" / "warm_client.py"), str(paths.local), str(code)]
    with warm(paths, code) as pid:
        yield pid, [*client, "127.0.0.1:1"]


def about(command: list[str]) -> str:
    """Start a language host and ask for its version."""
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE) as client,
        grpc.insecure_channel(f"127.0.0.1:{port(client)}") as channel,
    ):
        version = language_pb2_grpc.LanguageRuntimeStub(channel).About(pb.AboutRequest()).version
        client.terminate()
        return version


def test_a_run_error_is_shown_in_its_own_words(tmp_path: Path):
    file = program(tmp_path, "import pulumi\nraise pulumi.RunError('phase must be one of mvp, got x')\n")

    assert shown(file) == "phase must be one of mvp, got x"


def test_another_error_is_shown_from_the_program_on(tmp_path: Path):
    file = program(tmp_path, "def ask():\n    return {}['key']\nask()\n")
    text = shown(file)

    assert f'  File "{file}", line 3, in <module>\n    ask()\n  File "{file}", line 2, in ask\n' in text
    assert text.endswith("KeyError: 'key'")


def test_an_error_without_a_frame_of_the_program_is_shown_whole(tmp_path: Path):
    file = program(tmp_path, "this is no Python\n")

    assert "SyntaxError: invalid syntax" in shown(file)


@pytest.mark.parametrize(
    ("code", "expected"), [("3", "the program ended itself with sys.exit(3)"), ("'no database'", "no database")]
)
def test_a_program_that_exits_with_a_code_has_failed(tmp_path: Path, code: str, expected: str):
    file = program(tmp_path, f"import sys\nsys.exit({code})\n")

    with pytest.raises(RunError) as raised:  # the whole text is looked at
        load(file)
    assert str(raised.value) == expected


@pytest.mark.parametrize("code", ["", "0", "None"])
def test_a_program_that_exits_without_a_code_is_done(tmp_path: Path, code: str):
    assert shown(program(tmp_path, f"import sys\nsys.exit({code})\n")) == "it did not fail"


@pytest.mark.parametrize("entry", ["", ".", "__main__.py"])
def test_the_entry_point_is_a_file_or_a_folder(tmp_path: Path, entry: str):
    file = program(tmp_path, "")

    assert main_file(str(tmp_path), entry) == file


def test_no_package_is_required(stub: language_pb2_grpc.LanguageRuntimeStub):
    assert list(stub.GetRequiredPackages(pb.GetRequiredPackagesRequest()).packages) == []


def test_a_pack_is_run_with_its_arguments_and_its_environment(
    stub: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
):
    said = "print(sys.argv[1:], os.environ['WHO'])\nprint('and', file=sys.stderr)"
    program(tmp_path, f"import os, sys\n{said}\nsys.exit(7)\n")
    answers = list(stub.RunPlugin(run_plugin(tmp_path, args=["127.0.0.1:9"], env=["WHO=a=b"])))

    assert b"".join(answer.stdout for answer in answers) == b"['127.0.0.1:9'] a=b\n"
    assert b"".join(answer.stderr for answer in answers) == b"and\n"
    assert answers[-1].exitcode == 7


def run_plugin(folder: Path, *, kind: str = "analyzer", **fields: object) -> pb.RunPluginRequest:
    return pb.RunPluginRequest(kind=kind, info=pb.ProgramInfo(program_directory=str(folder)), **fields)  # pyright: ignore[reportArgumentType]  # the tests name real fields


def test_a_pack_without_a_program_is_named(stub: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path):
    with pytest.raises(grpc.RpcError, match=r"the policy pack has no program .*__main__\.py"):
        list(stub.RunPlugin(run_plugin(tmp_path / "nothing")))


def test_a_plugin_of_another_kind_is_refused(stub: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path):
    program(tmp_path, "")

    with pytest.raises(grpc.RpcError, match="the local language host runs no resource plugins"):
        list(stub.RunPlugin(run_plugin(tmp_path, kind="resource")))


def test_a_pack_ends_when_the_engine_hangs_up(stub: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path):
    program(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n")
    call = stub.RunPlugin(run_plugin(tmp_path))
    pid = int(next(call).stdout)
    call.cancel()

    assert gone(pid)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_a_clean_stop(host: subprocess.Popen[bytes], number: signal.Signals):
    port(host)
    host.send_signal(number)

    assert host.wait(timeout=10) == 0


def test_a_pack_ends_with_its_host(
    host: subprocess.Popen[bytes], stub: language_pb2_grpc.LanguageRuntimeStub, tmp_path: Path
):
    program(tmp_path, "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(60)\n")
    pid = int(next(stub.RunPlugin(run_plugin(tmp_path))).stdout)
    host.send_signal(signal.SIGINT)
    host.wait(timeout=10)

    assert gone(pid)


def test_a_host_whose_engine_was_killed_ends(command: list[str], tmp_path: Path):
    engine = python("import subprocess; subprocess.call(sys.argv[1:])", *command)
    out = tmp_path / "out"
    with out.open("wb") as file, subprocess.Popen(engine, stdout=file) as process:
        while not out.read_bytes().endswith(b"\n"):
            time.sleep(0.05)
        (pid,) = children_of(process.pid)
        process.kill()

    assert gone(pid)


def children_of(pid: int) -> list[int]:
    shown = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    return [int(child) for child, parent in (line.split() for line in shown.splitlines()) if int(parent) == pid]


def gone(pid: int) -> bool:
    """Say whether a process ends within ten seconds."""
    end = time.monotonic() + 10
    while record.birth(pid) is not None and time.monotonic() < end:
        time.sleep(0.05)
    return record.birth(pid) is None
