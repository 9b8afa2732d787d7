"""Local mode on the real engine: plain pulumi commands, from the project's folder."""

import io
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from localcloud import control, project, record
from localcloud.paths import Paths, here
from localcloud.up import up
from tests.localcloud.checkout import checkout, copy_of, fingerprint, pulumi, with_real_engine

pytestmark = pytest.mark.engine

PACK = """\
import sys
from concurrent.futures import ThreadPoolExecutor
import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2 as pb, analyzer_pb2_grpc, plugin_pb2

class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    def GetAnalyzerInfo(self, request, context):
        return pb.AnalyzerInfo(name="pack", displayName="pack", version="0.0.1", supportsConfig=False)
    def GetPluginInfo(self, request, context):
        return plugin_pb2.PluginInfo(version="0.0.1")
    def Analyze(self, request, context):
        if request.type != "random:index/randomId:RandomId":
            return pb.AnalyzeResponse()
        return pb.AnalyzeResponse(diagnostics=[pb.AnalyzeDiagnostic(
            policyName="no-words", policyPackName="pack", policyPackVersion="0.0.1",
            message="words are forbidden here", enforcementLevel=pb.MANDATORY)])
    def AnalyzeStack(self, request, context):
        return pb.AnalyzeResponse()

server = grpc.server(ThreadPoolExecutor(4))
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Pack(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
"""


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    """Give a project whose local cloud runs."""
    made = checkout(tmp_path / "project")
    with_real_engine(made)
    control.start(made)
    yield made
    control.stop(made)


def brought_up(paths: Paths, stack: str = "a-dev") -> subprocess.CompletedProcess[str]:
    pulumi(paths, "stack", "select", "--create", stack)
    return pulumi(paths, "up", "--yes", "--skip-preview", "--stack", stack)


def test_a_stack_comes_up_and_a_second_up_changes_nothing(paths: Paths):
    first = brought_up(paths)
    second = pulumi(paths, "up", "--yes", "--skip-preview", "--stack", "a-dev")

    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "+ 2 created" in first.stdout
    assert "2 unchanged" in second.stdout


def test_no_tracked_file_changes(paths: Paths):
    before = fingerprint(paths.root)
    brought_up(paths)
    pulumi(paths, "config", "set", "phase", "growth", "--stack", "a-dev")
    pulumi(paths, "preview", "--stack", "a-dev")

    assert fingerprint(paths.root) == before
    assert "datastores:phase: growth" in copy_of(paths, "a-dev").read_text(encoding="utf-8")


def test_a_refusing_program_shows_its_reason_and_nothing_else(paths: Paths):
    pulumi(paths, "stack", "init", "a-dev")
    pulumi(paths, "config", "set", "refuse", "phase must be one of mvp, growth, got x", "--stack", "a-dev")
    ended = pulumi(paths, "preview", "--stack", "a-dev")
    diagnostics = ended.stdout.partition("Diagnostics:\n")[2].partition("Resources:")[0]

    assert ended.returncode == 1
    # The CLI is lent from another folder, so it warns of our language host; see the next test.
    shown = [line.strip() for line in diagnostics.splitlines() if line.strip() and "warning:" not in line]
    assert shown == ["pulumi:pulumi:Stack (datastores-a-dev):", "error: phase must be one of mvp, growth, got x"]


def test_the_engine_takes_our_language_host_for_its_own(paths: Paths):
    """Or it warns at every run."""
    paths.pulumi.unlink()
    shutil.copy(here().pulumi, paths.pulumi)
    ended = brought_up(paths)
    paths.pulumi.unlink()  # 115 MB that pytest would keep

    assert ended.returncode == 0
    assert "pulumi-language-python" not in ended.stdout + ended.stderr


def test_an_error_in_an_apply_is_shown_once_with_its_line(paths: Paths):
    pulumi(paths, "stack", "init", "a-dev")
    pulumi(paths, "config", "set", "fail", "yes", "--stack", "a-dev")
    ended = pulumi(paths, "up", "--yes", "--skip-preview", "--stack", "a-dev")
    diagnostics = ended.stdout.partition("Diagnostics:\n")[2]

    assert ended.returncode == 1
    assert diagnostics.count("KeyError: 'no such key'") == 1
    assert f'File "{paths.root / "__main__.py"}", line 9, in <lambda>' in diagnostics
    assert "event loop" not in diagnostics
    assert "localcloud" not in diagnostics


def test_a_pack_is_found_beside_the_program(paths: Paths):
    (paths.root / "policies" / "PulumiPolicy.yaml").write_text("runtime: python\n", encoding="utf-8")
    (paths.root / "policies" / "__main__.py").write_text(PACK, encoding="utf-8")
    pulumi(paths, "stack", "init", "a-dev")
    ended = pulumi(paths, "preview", "--policy-pack", "policies", "--stack", "a-dev")

    assert ended.returncode != 0
    assert "words are forbidden here" in ended.stdout


def test_after_a_kill_an_up_rebuilds(paths: Paths):
    brought_up(paths)
    daemon = record.required(paths)
    os.kill(daemon.pid, signal.SIGKILL)
    while record.birth(daemon.pid) is not None:
        time.sleep(0.05)
    refused = pulumi(paths, "up", "--yes", "--skip-preview", "--stack", "a-dev")
    said = control.start(paths).said
    again = brought_up(paths)

    assert refused.returncode == 2
    assert f"its former state (a-dev) is now .local/state-{daemon.life}" in said[0]
    assert "+ 2 created" in again.stdout


def test_a_wrong_passphrase_is_refused(paths: Paths):
    brought_up(paths)
    ended = pulumi(paths, "preview", "--stack", "a-dev", environment={"PULUMI_CONFIG_PASSPHRASE": "wrong"})

    assert ended.returncode == 1
    assert "incorrect passphrase" in ended.stderr


def test_make_up_brings_a_stack_up_and_says_what_is_next(paths: Paths, capfd: pytest.CaptureFixture[str]):
    out = io.StringIO()
    code = up(paths, "a-dev", out=out, err=io.StringIO())

    assert code == 0
    assert "+ 2 created" in capfd.readouterr().out
    assert "a-dev is up on the local cloud" in out.getvalue()
    assert project.stacks(paths) == {"a-dev": 3}


def test_make_up_of_a_program_that_fails_ends_with_1(paths: Paths):
    (paths.root / "__main__.py").write_text("raise ValueError\n", encoding="utf-8")

    assert up(paths, "a-dev", out=io.StringIO(), err=io.StringIO()) == 1
