"""The daemon: one, found again, stopped, and never mistaken for another process."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cli import local
from localcloud import control, project, record
from localcloud.cloud import client
from localcloud.errors import SetupError
from localcloud.paths import Paths
from tests.localcloud.checkout import checkout, pretend_to_run


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[Paths]:
    """Give a project whose daemon, if any, ends with the test."""
    made = checkout(tmp_path / "project")
    yield made
    control.stop(made)


@pytest.fixture
def sleeper() -> Iterator[int]:
    """Give the pid of a process that has nothing to do with us."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        yield process.pid
        process.kill()


def gone(daemon: record.Daemon, *, within: float) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end and record.birth(daemon.pid) == daemon.birth:
        time.sleep(0.05)
    return record.birth(daemon.pid) != daemon.birth


def test_a_start_gives_an_aws_api(paths: Paths):
    endpoint = control.start(paths).daemon.endpoint

    assert client(endpoint, "dynamodb", "eu-west-1").list_tables()["TableNames"] == []


def test_a_daemon_knows_the_managed_policies_of_aws(paths: Paths):
    endpoint = control.start(paths).daemon.endpoint

    policy = client(endpoint, "iam", "eu-west-1").get_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert policy["Policy"]["PolicyName"] == "ReadOnlyAccess"


def test_a_second_start_finds_the_first(paths: Paths):
    first = control.start(paths)
    second = control.start(paths)

    assert (second.daemon, first.anew, second.anew) == (first.daemon, True, False)


def test_two_starts_at_once_give_one_daemon(paths: Paths):
    with ThreadPoolExecutor(2) as both:
        started = list(both.map(lambda _: control.start(paths), range(2)))

    assert sorted(one.anew for one in started) == [False, True]
    assert started[0].daemon == started[1].daemon


def test_a_daemon_outlives_the_session_that_started_it(paths: Paths):
    daemon = control.start(paths).daemon

    assert os.getsid(daemon.pid) == daemon.pid


def test_a_stop_leaves_no_process_and_no_record(paths: Paths):
    daemon = control.start(paths).daemon
    stopped = control.stop(paths)

    assert stopped == daemon
    assert record.birth(daemon.pid) != daemon.birth
    assert not paths.record.exists()


def test_a_second_stop_says_that_nothing_ran(paths: Paths):
    control.start(paths)
    out = io.StringIO()
    codes = [local.stop(paths, out=out, err=io.StringIO()) for _ in range(2)]

    assert codes == [0, 0]
    assert out.getvalue().endswith("it was not running\n")


def test_a_stop_before_any_start_makes_no_folder(paths: Paths):
    control.stop(paths)

    assert not paths.local.exists()


def test_the_record_of_a_dead_process_is_no_daemon(paths: Paths):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    pretend_to_run(paths, pid=process.pid)

    assert record.running(paths) is None


def test_a_stale_record_does_not_keep_a_daemon_from_starting(paths: Paths):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    stale = pretend_to_run(paths, pid=process.pid)
    started = control.start(paths)

    assert started.anew
    assert started.daemon.life != stale.life


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}'])
def test_a_broken_record_is_no_daemon(paths: Paths, text: str):
    paths.local.mkdir()
    paths.record.write_text(text, encoding="utf-8")

    assert record.running(paths) is None


def test_a_process_with_a_reused_pid_is_left_alone(paths: Paths, sleeper: int):
    pretend_to_run(paths, pid=sleeper, birth="another time")
    stopped = control.stop(paths)

    assert stopped is None
    assert record.birth(sleeper) is not None


def test_a_taken_port_is_named(paths: Paths):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(SetupError, match=f"port {port} of 127.0.0.1 is taken: name another with --port"):
            control.start(paths, port=port)


def test_a_refused_start_ends_with_2(paths: Paths):
    err = io.StringIO()
    code = local.start(paths, port=70000, out=io.StringIO(), err=err)

    assert (code, err.getvalue()) == (2, "error: --port must be 1 to 65535, got 70000\n")


def test_another_port_than_the_running_one_is_refused(paths: Paths):
    daemon = control.start(paths).daemon

    with pytest.raises(SetupError, match=f"the local cloud runs already, on port {daemon.moto}"):
        control.start(paths, port=daemon.moto - 1)


def test_the_next_life_answers_where_the_last_one_did(paths: Paths):
    first = control.start(paths).daemon
    control.stop(paths)
    second = control.start(paths).daemon

    assert second.endpoint == first.endpoint


def test_a_profile_of_the_user_does_not_reach_the_daemon(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_PROFILE", "a-profile-that-does-not-exist")
    daemon = control.start(paths).daemon

    assert "AWS_PROFILE" not in _environment_of(daemon.pid)


def _environment_of(pid: int) -> str:
    if not Path("/proc").exists():
        pytest.skip("only /proc shows another process's environment")
    return Path(f"/proc/{pid}/environ").read_text(encoding="utf-8")


def test_a_killed_daemon_is_said_to_have_died(paths: Paths):
    daemon = control.start(paths).daemon
    os.kill(daemon.pid, signal.SIGKILL)
    assert gone(daemon, within=5)

    with pytest.raises(SetupError, match=rf"daemon \(pid {daemon.pid}\) has died: start it with"):
        record.required(paths)


def test_after_a_kill_the_state_of_the_lost_life_is_moved_aside(paths: Paths):
    daemon = control.start(paths).daemon
    _write_state(paths, "a-dev")
    os.kill(daemon.pid, signal.SIGKILL)
    assert gone(daemon, within=5)
    said = control.start(paths).said

    assert len(said) == 1
    assert f"its former state (a-dev) is now .local/state-{daemon.life}; `pulumi up` builds it again" in said[0]
    assert project.stacks(paths) == {}


def _write_state(paths: Paths, stack: str) -> None:
    file = paths.state / ".pulumi" / "stacks" / "datastores" / f"{stack}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"checkpoint": {"latest": {"resources": [{}, {}]}}}), encoding="utf-8")


def test_a_daemon_whose_folder_was_removed_ends(paths: Paths):
    daemon = control.start(paths).daemon
    paths.record.unlink()

    assert gone(daemon, within=10)


def test_a_daemon_that_cannot_start_says_why(paths: Paths):
    paths.local.mkdir()
    (paths.local / "daemon.port").mkdir()  # cannot be read as a file

    with pytest.raises(SetupError, match=r"daemon ended with code 1: IsADirectoryError.*all of it is in .*daemon\.log"):
        control.start(paths)


def test_status_shows_a_running_daemon(paths: Paths):
    daemon = control.start(paths).daemon
    _write_state(paths, "a-dev")
    out = io.StringIO()
    local.status(paths, as_json=True, out=out)
    shown = json.loads(out.getvalue())

    assert shown["running"]
    assert (shown["pid"], shown["endpoint"], shown["life"]) == (daemon.pid, daemon.endpoint, daemon.life)
    assert set(shown["ports"]) == {"moto", "aws", "mongodbatlas", "random"}
    assert shown["memory_mib"] > 10
    assert shown["stacks"] == {"a-dev": 2}


def test_status_without_a_daemon_tells_how_to_start_one(paths: Paths):
    out = io.StringIO()
    code = local.status(paths, as_json=False, out=out)

    assert code == 0
    assert out.getvalue().startswith("not running: start it with `datastores local start`\n")


def test_status_tells_that_no_database_can_be_connected_to(paths: Paths):
    out = io.StringIO()
    local.status(paths, as_json=False, out=out)

    assert (
        "\nthere is no PostgreSQL, Redis or MongoDB behind the endpoints of RDS, ElastiCache and Atlas: nothing"
        in out.getvalue()
    )


def test_status_tells_what_is_only_remembered(paths: Paths):
    out = io.StringIO()
    local.status(paths, as_json=False, out=out)

    assert "  aws:dynamodb/table:Table  " in out.getvalue()


def test_a_reset_gives_an_empty_cloud(paths: Paths):
    before = control.start(paths).daemon
    _write_state(paths, "a-dev")
    after = control.reset(paths).daemon

    assert after.life != before.life
    assert project.stacks(paths) == {}
    assert list(paths.local.glob("state-*")) == []


def test_a_reset_is_refused_while_pulumi_works(paths: Paths, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(project, "_RUN_ENDS_SECONDS", 0)
    daemon = control.start(paths).daemon
    _, hold = project.prepare_and_hold(paths, daemon.life)

    with pytest.raises(SetupError, match="a pulumi command still works on the local state"):
        control.reset(paths)
    os.close(hold)
    assert record.running(paths) == daemon
