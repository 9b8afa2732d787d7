"""`datastores rotate`: what it refuses before anything is changed."""

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli import turn
from cli.rotate import Request, rotate
from localcloud.files import try_lock, unlock
from stacks.mistakes import SettingsError
from tests.stacks.written import RIGHT
from upgrades.engine import ROOT, State

STACK = "clubapp-dev"


class NoEngine:
    """Says what is deployed, and does nothing."""

    outputs: Any = None

    def __init__(self, **_: Any) -> None:
        pass

    def state(self) -> State:
        resources = [{"type": ROOT, "outputs": {"phase": "mvp", **(self.outputs or {})}}]
        return State(resources=resources, pending=[], written=datetime(2026, 11, 26, tzinfo=UTC))


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a stack file, on the local cloud."""
    folder = tmp_path / "stacks"
    folder.mkdir()
    monkeypatch.setenv("DATASTORES_LOCAL", str(tmp_path))
    monkeypatch.setenv("PULUMI_OPTION_CWD", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(turn, "Engine", NoEngine)
    found = folder / f"Pulumi.{STACK}.yaml"
    found.write_text(RIGHT, encoding="utf-8")
    return found


def outcome(**asked: Any) -> tuple[int, str, str]:
    """Give exit status, result, and what was said."""
    out, err = io.StringIO(), io.StringIO()
    status = rotate(Request(stack=STACK, **asked), ask=lambda _: True, out=out, err=err)
    return status, out.getvalue(), err.getvalue()


@pytest.mark.usefixtures("file")
def test_all_that_is_wrong_is_told_at_once(tmp_path: Path):
    with pytest.raises(SettingsError) as told:
        outcome(store="mian", login="apii", settle=-1, resume=True, root_certificate=tmp_path / "none.pem")

    assert [str(one).partition(",")[0] for one in told.value.mistakes] == [
        "STORE means nothing with --resume: a rotation under way knows its logins",
        "--settle must be minutes",
        "--root-certificate must be a file",
        "STORE 'mian' is not a store with passwords: did you mean 'main'?",
        "--login must be a login of mian",
    ]


@pytest.mark.usefixtures("file")
def test_on_the_local_cloud_it_says_that_there_is_no_postgresql():
    with pytest.raises(SettingsError, match="must leave main out: this is the local cloud"):
        outcome()


@pytest.mark.usefixtures("file")
def test_two_at_once_are_refused(tmp_path: Path):
    held = try_lock(tmp_path / f"upgrade-{STACK}.lock")

    status, _, said = outcome(store="cache")

    assert held is not None
    unlock(held)
    assert (status, said) == (
        1,
        "error: an upgrade, a restore or a rotation of clubapp-dev is running on this machine: let it end\n",
    )


HOP = {"to": "growth", "step": 1, "sizes": {}}
BESIDE = "{main: {generation: 2, old: 1, from: latest, writer: old}}"
ROTATION = "{step: add, to: {cache: {application: 2}}}"


@pytest.mark.parametrize(
    ("block", "deployed", "asked", "said"),
    [
        (f"  datastores:hop: {HOP}\n", {}, {}, "an upgrade of clubapp-dev is under way: let `datastores upgrade"),
        ("", {"hop": HOP}, {}, "an upgrade of clubapp-dev is under way"),
        (f"  datastores:restores: {BESIDE}\n", {}, {}, "a restore of main is under way: let `datastores restore"),
        ("", {"restores": {"main": {"generation": 2}}}, {}, "a restore of main is under way"),
        ("", {"phase": "growth"}, {}, "is deployed at growth, its stack file says mvp: make the two agree"),
        ("", {}, {"resume": True}, "no rotation of clubapp-dev is under way"),
        ("", {}, {"abort": True}, "no rotation of clubapp-dev is under way"),
    ],
)
def test_what_is_in_the_way_is_told_and_nothing_is_changed(  # noqa: PLR0913, PLR0917  each is a part of the scene
    file: Path, monkeypatch: pytest.MonkeyPatch, block: str, deployed: Any, asked: Any, said: str
):
    file.write_text(RIGHT + block, encoding="utf-8")
    monkeypatch.setattr(NoEngine, "outputs", deployed)

    status, _, told = outcome(**(asked or {"store": "cache"}))

    assert status == 1
    assert said in told
    assert file.read_text(encoding="utf-8") == RIGHT + block


def test_a_second_rotation_is_refused_while_one_is_under_way(file: Path):
    file.write_text(f"{RIGHT}  datastores:rotation: {ROTATION}\n", encoding="utf-8")

    status, _, said = outcome(store="cache")

    assert (status, said) == (
        4,
        "error: a rotation of clubapp-dev is under way: --resume goes on, --abort goes back\n",
    )


def test_its_status_is_what_is_written_what_is_deployed_and_what_is_left(file: Path):
    file.write_text(f"{RIGHT}  datastores:rotation: {ROTATION}\n", encoding="utf-8")

    status, told, _ = outcome(status=True)

    assert status == 0
    assert told.splitlines() == [
        "under way: cache application",
        "stack file: add",
        "deployed: start",
        "1. add the new passwords beside those in use",
        "2. switch the connection secrets to the new ones",
        "3. retire the old ones",
        "next: --resume goes on, --abort goes back",
    ]


def test_no_rotation_stands_beside_a_hop_in_a_stack_file(file: Path):
    file.write_text(f"{RIGHT}  datastores:hop: {HOP}\n  datastores:rotation: {ROTATION}\n", encoding="utf-8")

    with pytest.raises(SettingsError, match="datastores:rotation is refused beside datastores:hop"):
        outcome(status=True)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("rotations: {main: {api: 0}}", "datastores:rotations.main.api must be a whole number from 1 on, got 0"),
        ("rotations: {main: {apii: 2}}", "datastores:rotations.main.apii must be a login of main, got 'apii'"),
        ("rotations: {presence: {x: 2}}", "datastores:rotations.presence has no logins"),
        ("rotations: 2", "datastores:rotations must be a mapping of main, cache, got '2'"),
        ("rotation: {step: drop, to: {}}", "datastores:rotation.step must be one of add, switch, got 'drop'"),
        (
            "rotation: {step: add, to: {main: {api: 1}}}",
            "datastores:rotation.to.main.api must be more than 1, the number of the password in use, got 1",
        ),
    ],
)
def test_numbers_in_a_stack_file_are_checked(file: Path, block: str, said: str):
    file.write_text(f"{RIGHT}  datastores:{block}\n", encoding="utf-8")

    with pytest.raises(SettingsError) as told:
        outcome(status=True)

    assert said in str(told.value)
