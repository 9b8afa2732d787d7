"""Local mode: an environment that no real account leaks into, and a shim in front of the CLI."""

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli import local
from localcloud import project
from localcloud.environment import shell_lines
from localcloud.install import install
from localcloud.paths import Paths
from localcloud.shim import needs_cloud
from tests.localcloud.checkout import (
    checkout,
    copy_of,
    fingerprint,
    pretend_to_run,
    pulumi,
    stack_file,
    with_cli,
)

HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ACCESS_KEY_ID": "real",
    "AWS_CONFIG_FILE": "/home/somebody/.aws/config",
    "AWS_ENDPOINT_URL_DYNAMODB": "https://dynamodb.eu-central-1.amazonaws.com",
    "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/deploy",
    "MONGODB_ATLAS_PRIVATE_KEY": "real",
    "MCLI_PUBLIC_API_KEY": "real",
    "PULUMI_BACKEND_URL": "s3://production",
    "NO_PROXY": "intranet",
    "PATH": "/usr/bin:/bin",
}


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Give a project with the programs of local mode and a CLI that says how it was called."""
    made = checkout(tmp_path / "it's a project")
    install(made)
    with_cli(made)
    return made


def evaluated(lines: list[str], base: dict[str, str]) -> dict[str, str]:
    """Give the environment after `eval` in sh."""
    script = "\n".join([*lines, "/usr/bin/env"])
    shown = subprocess.run(["/bin/sh", "-c", script], env=base, capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in shown.splitlines())


def test_env_is_refused_where_nothing_runs(paths: Paths):
    out, err = io.StringIO(), io.StringIO()
    code = local.env(paths, out=out, err=err)

    assert (code, out.getvalue()) == (2, "")
    assert err.getvalue() == "error: the local cloud is not running: start it with `datastores local start`\n"


def test_env_prints_what_sh_can_eval(paths: Paths):
    pretend_to_run(paths)
    out = io.StringIO()
    code = local.env(paths, out=out, err=io.StringIO())

    assert code == 0
    assert evaluated(out.getvalue().splitlines(), HOSTILE)["AWS_ENDPOINT_URL"] == "http://127.0.0.1:5001"


def test_an_evaluated_environment_is_local_and_nothing_else(paths: Paths):
    found = evaluated(shell_lines(paths, pretend_to_run(paths), HOSTILE), HOSTILE)

    assert {
        key: value for key, value in found.items() if key.startswith(("AWS_", "PULUMI_", "NO_", "no_", "PATH"))
    } == {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:5001",
        "PULUMI_OPTION_CWD": str(paths.project),
        "PULUMI_BACKEND_URL": f"{paths.state.as_uri()}?metadata=skip",
        "PULUMI_HOME": str(paths.home),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_PROVIDERS": "aws:5002,mongodbatlas:5004,random:5003",
        "NO_PROXY": "127.0.0.1,intranet",
        "no_proxy": "127.0.0.1",
        "PATH": f"{paths.bin}:{Path(sys.executable).parent}:/usr/bin:/bin",
    }


def test_evaluating_twice_changes_nothing_more(paths: Paths):
    daemon = pretend_to_run(paths)
    once = evaluated(shell_lines(paths, daemon, HOSTILE), HOSTILE)
    twice = evaluated(shell_lines(paths, daemon, once), once)

    assert twice == once


def test_the_shim_is_refused_where_nothing_runs(paths: Paths):
    ended = pulumi(paths, "up")

    assert ended.returncode == 2
    assert ended.stderr == "error: the local cloud is not running: start it with `datastores local start`\n"


def test_the_shim_is_refused_where_there_is_no_cli(paths: Paths):
    pretend_to_run(paths)
    paths.pulumi.unlink()
    ended = pulumi(paths, "up")

    assert ended.returncode == 2
    assert f"error: there is no pulumi CLI at {paths.pulumi}: get it with `make up`" in ended.stderr


def test_the_shim_hands_every_argument_on_as_it_is(paths: Paths):
    pretend_to_run(paths)
    ended = pulumi(paths, "config", "set", "key", "two words", "--stack", "a-dev")

    assert ended.stdout.startswith("arguments: config set key two words --stack a-dev\n")


def test_every_run_says_that_it_is_local(paths: Paths):
    pretend_to_run(paths)
    ended = pulumi(paths, "up")

    assert ended.stderr == "local cloud, not AWS: http://127.0.0.1:5001 (life life1)\n"


@pytest.mark.parametrize("arguments", [[], ["version"], ["up", "--help"], ["-h"], ["gen-completion", "zsh"], ["help"]])
def test_a_question_about_the_cli_needs_no_cloud(arguments: list[str]):
    assert not needs_cloud(arguments)


@pytest.mark.parametrize("arguments", [["up"], ["--non-interactive", "preview"], ["stack", "ls"], ["config"]])
def test_everything_else_needs_the_cloud(arguments: list[str]):
    assert needs_cloud(arguments)


def test_a_question_about_the_cli_is_answered_quietly(paths: Paths):
    ended = pulumi(paths, "version")

    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_shim_knows_the_ports_of_today(paths: Paths):
    pretend_to_run(paths)
    ended = pulumi(paths, "up", environment={"PULUMI_DEBUG_PROVIDERS": "aws:1", "AWS_PROFILE": "x"})

    assert "PULUMI_DEBUG_PROVIDERS=aws:5002,mongodbatlas:5004,random:5003\n" in ended.stdout
    assert "AWS_PROFILE" not in ended.stdout


def test_the_shim_leaves_a_passphrase_alone(paths: Paths):
    pretend_to_run(paths)
    ended = pulumi(paths, "up", environment={"PULUMI_CONFIG_PASSPHRASE": "mine"})

    assert "PULUMI_CONFIG_PASSPHRASE=mine\n" in ended.stdout


def test_the_state_of_another_life_is_moved_aside_and_said(paths: Paths):
    pretend_to_run(paths, life="life1")
    pulumi(paths, "up")
    (paths.state / ".pulumi").mkdir()
    pretend_to_run(paths, life="life2")
    ended = pulumi(paths, "up")

    assert ended.returncode == 0
    assert "its former state (no stacks) is now .local/state-life1; `pulumi up` builds it again\n" in ended.stderr
    assert (paths.local / "state-life1" / ".pulumi").exists()
    assert not (paths.state / ".pulumi").exists()


def test_a_state_of_no_known_life_is_moved_aside_too(paths: Paths):
    (paths.state / ".pulumi").mkdir(parents=True)
    project.prepare(paths, "life1")

    assert (paths.local / "state-unknown" / ".pulumi").exists()


def test_a_second_state_of_a_life_is_kept_beside_the_first(paths: Paths):
    for _ in range(2):
        (paths.state / ".pulumi").mkdir(parents=True)
        project.prepare(paths, "life1")
        (paths.state / "life").unlink()

    assert sorted(path.name for path in paths.local.glob("state-*")) == ["state-unknown", "state-unknown-2"]


def test_a_run_of_the_same_life_keeps_the_state(paths: Paths):
    pretend_to_run(paths)
    pulumi(paths, "up")
    (paths.state / ".pulumi").mkdir()
    ended = pulumi(paths, "up")

    assert "former state" not in ended.stderr
    assert (paths.state / ".pulumi").exists()


def test_the_state_is_not_taken_from_under_a_run(paths: Paths):
    with_cli(paths, "#!/bin/sh\necho started\nread line\n")
    pretend_to_run(paths, life="life1")
    with subprocess.Popen(
        [paths.bin / "pulumi", "up"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "started\n"
        (paths.state / ".pulumi").mkdir()
        pretend_to_run(paths, life="life2")
        refused = pulumi(paths, "up")
        run.communicate("end\n")

    assert refused.returncode == 2
    assert "error: a pulumi command still works on the local state: let it end" in refused.stderr
    assert "former state (no stacks) is now .local/state-life1" in pulumi(paths, "stack", "ls").stderr


def test_runs_at_once_do_not_wait_for_each_other(paths: Paths):
    with_cli(paths, "#!/bin/sh\nread line\n")
    pretend_to_run(paths)
    command = [paths.bin / "pulumi", "up"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as first:
        second = subprocess.run(command, input=b"\n", capture_output=True, timeout=30, check=False)
        ended_before = first.poll()
        first.communicate(b"\n")

    assert (second.returncode, ended_before, first.returncode) == (0, None, 0)


def test_no_tracked_file_changes_whatever_the_cli_writes(paths: Paths):
    before = fingerprint(paths.root)
    with_cli(paths, '#!/bin/sh\necho "encryptionsalt: v1:x" >> "$PULUMI_OPTION_CWD/stacks/Pulumi.a-dev.yaml"\n')
    pretend_to_run(paths)
    for _ in range(2):
        pulumi(paths, "preview")

    assert "encryptionsalt: v1:x" in copy_of(paths, "a-dev").read_text(encoding="utf-8")
    assert fingerprint(paths.root) == before


def test_many_runs_at_once_leave_whole_copies(paths: Paths):
    with_cli(paths, "#!/bin/sh\nexit 0\n")
    pretend_to_run(paths)
    for number in range(20):
        stack_file(paths.root, f"s{number}-dev").write_text(f"config:\n  datastores:n: {number}\n", encoding="utf-8")
    with ThreadPoolExecutor(6) as several:
        ended = list(several.map(lambda _: pulumi(paths, "up").returncode, range(6)))

    assert ended == [0] * 6
    copies = {file.name: file.read_text(encoding="utf-8") for file in paths.copies.iterdir()}
    assert copies == {file.name: file.read_text(encoding="utf-8") for file in (paths.root / "stacks").iterdir()}


def test_the_project_of_local_mode_is_the_tracked_program(paths: Paths):
    project.prepare(paths, "life1")

    assert f'"main": "{paths.root}"' in (paths.project / "Pulumi.yaml").read_text(encoding="utf-8")
    assert (paths.project / "policies").resolve() == (paths.root / "policies").resolve()


def test_a_program_of_local_mode_that_was_changed_is_written_again(paths: Paths):
    shim = paths.bin / "pulumi"
    wanted = shim.read_text(encoding="utf-8")
    shim.write_text("#!/bin/sh\n", encoding="utf-8")
    install(paths)

    assert shim.read_text(encoding="utf-8") == wanted
    assert os.access(shim, os.X_OK)
