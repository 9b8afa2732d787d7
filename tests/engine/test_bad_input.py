"""Bad input, given to plain pulumi: our text, once, a non-zero exit, and nothing is made."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.project import copy_to, replaced, stack_file

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("bad_input")]

BROKEN, RIGHT = "clubapp-dev", "clubapp-staging"
MISTAKES = (
    "error: stacks/Pulumi.clubapp-dev.yaml has 3 mistakes:",
    "aws:region must be a region of AWS, such as eu-central-1, got 'eu-centrl-1': did you mean 'eu-central-1'?",
    "datastores:phase must be one of mvp, growth, scale, enterprise, got 'grwth': did you mean 'growth'?",
    "datastores:ownr is not a key: did you mean 'owner'?",
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the project in which the file of one stack has three mistakes, and a fourth that follows."""
    root = copy_to(tmp_path_factory.mktemp("project"))
    file = stack_file(root, BROKEN)
    replaced(file, "aws:region: eu-central-1", "aws:region: eu-centrl-1")
    replaced(file, "datastores:phase: mvp", "datastores:phase: grwth")
    file.write_text(file.read_text(encoding="utf-8") + "  datastores:ownr: clubapp-team\n", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def local(start: Start, root: Path) -> Local:
    """Give a local cloud with a stack of each file."""
    local = start(root)
    local.init(BROKEN)
    local.init(RIGHT)
    return local


@pytest.fixture(scope="module")
def failed(local: Local) -> subprocess.CompletedProcess[str]:
    """Give an `up` of the broken stack."""
    return local.pulumi("up", "--yes", "--skip-preview", "--stack", BROKEN)


@pytest.fixture
def setting(local: Local) -> Iterator[Local]:
    """Give the local cloud, and take back what a test sets."""
    yield local
    local.succeed("config", "set", "datastores:phase", "mvp", "--stack", RIGHT)
    local.succeed("config", "set", "datastores:owner", "clubapp-team", "--stack", RIGHT)


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line.strip() for line in done.stdout.partition("Diagnostics:")[2].splitlines()]


def test_a_broken_stack_file_fails_the_run(failed: subprocess.CompletedProcess[str]):
    assert failed.returncode == 1


def test_all_mistakes_are_told_in_the_order_of_the_file(failed: subprocess.CompletedProcess[str]):
    lines = said(failed)

    assert [line for line in lines if line in MISTAKES] == list(MISTAKES)


def test_a_mistake_is_told_once(failed: subprocess.CompletedProcess[str]):
    whole = failed.stdout + failed.stderr

    assert [whole.count(mistake) for mistake in MISTAKES[1:]] == [1, 1, 1]


def test_a_mistake_shows_no_traceback(failed: subprocess.CompletedProcess[str]):
    assert [word for word in ("Traceback", "File ", ".py") if word in failed.stdout + failed.stderr] == []


@pytest.mark.usefixtures("failed")
def test_a_broken_stack_file_makes_nothing(local: Local):
    assert [one["type"] for one in local.resources(BROKEN)] == ["pulumi:pulumi:Stack"]
    assert local.aws("dynamodb").list_tables()["TableNames"] == []


def test_a_preview_says_the_same(local: Local):
    done = local.pulumi("preview", "--stack", BROKEN)

    assert done.returncode == 1
    assert [line for line in said(done) if line in MISTAKES] == list(MISTAKES)


def test_an_unknown_phase_that_is_set_by_pulumi_is_refused(setting: Local):
    setting.succeed("config", "set", "phase", "grwth", "--stack", RIGHT)

    done = setting.pulumi("preview", "--stack", RIGHT)

    assert done.returncode == 1
    assert MISTAKES[2] in said(done)


def test_a_secret_setting_is_refused_without_showing_it(setting: Local):
    setting.succeed("config", "set", "--secret", "owner", "hunter2", "--stack", RIGHT)

    done = setting.pulumi("preview", "--stack", RIGHT)

    reason = "datastores:owner must not be secret: secrets are made by the stack or kept in AWS Secrets Manager"
    assert done.returncode == 1
    assert reason in said(done)
    assert "hunter2" not in done.stdout + done.stderr


def test_an_unknown_stack_is_named(local: Local):
    done = local.pulumi("up", "--yes", "--stack", "clubapp-nowhere")

    assert done.returncode == 6
    assert "error: no stack named 'clubapp-nowhere' found\n" in done.stderr


def test_a_stack_of_another_name_is_refused(local: Local):
    local.init("other")

    done = local.pulumi("up", "--yes", "--skip-preview", "--stack", "other")

    reason = (
        "stack must be named <application>-<environment>, of clubapp, devmentor, devora, heka, workflows and "
        "dev, staging, prod, got 'other'"
    )
    assert done.returncode == 1
    assert reason in said(done)
    assert [one["type"] for one in local.resources("other")] == ["pulumi:pulumi:Stack"]
