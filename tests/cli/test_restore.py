"""What `datastores restore` refuses before it asks any cloud, and what it says without one."""

import io
import os
import re
import signal
from pathlib import Path
from typing import Any, Never

import pytest

from cli import turn
from cli.restore import Request, restore
from localcloud.files import try_lock, unlock
from stacks.mistakes import SettingsError
from tests.stacks.written import RIGHT

KEY = "123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
"""What follows the region in the ARN of a key."""


def answered(request: Request) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    status = restore(request, ask=lambda _: False, out=out, err=err)
    return status, out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Request(stack="clubapp-dev", store="main"), "must have one of --to, .*, got none of them"),
        (Request(stack="clubapp-dev", store="main", to="latest", abort=True), "got --to and --abort"),
        (
            Request(stack="clubapp-dev", store="mian", status=True),
            "STORE must be a store of clubapp, got 'mian': did you",
        ),
        (
            Request(stack="devora-dev", store="documents", to="latest"),
            "STORE documents is on M0, whose backups Atlas restores",
        ),
        (Request(stack="clubapp-dev", store="", switch=True, retire=True), "2 mistakes"),
        (
            Request(stack="clubapp-dev", store="main", switch=True, key="own"),
            "--key is refused without --to: a restore",
        ),
        (
            Request(stack="clubapp-dev", store="main", to="latest", key="alias/mine"),
            "--key must be the ARN of a key itself, .* got 'alias/mine': write arn:aws:kms:eu-central-1:.* or own",
        ),
        (
            Request(stack="clubapp-dev", store="main", to="latest", key=f"arn:aws:kms:eu-west-1:{KEY}"),
            "--key must be a key of aws:region, eu-central-1, as a key works in its region only",
        ),
        (
            Request(stack="devora-prod", store="documents", to="latest", key=f"arn:aws:kms:eu-central-1:{KEY}"),
            "--key is refused: documents is on MongoDB Atlas, where the key is the project's and is changed in place",
        ),
        (Request(stack="clubapp-dev", store="main", status=True, switch=True, key="mine"), "3 mistakes"),
    ],
)
def test_bad_input_is_told_at_once(asked: Request, words: str):
    with pytest.raises(SettingsError, match=words):
        answered(asked)


def test_a_restore_during_an_upgrade_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "stacks"
    folder.mkdir()
    hop = "  datastores:hop: {to: growth, step: 1, sizes: {}}\n"
    (folder / "Pulumi.clubapp-dev.yaml").write_text(RIGHT + hop, encoding="utf-8")
    monkeypatch.setenv("PULUMI_OPTION_CWD", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(SettingsError, match=re.escape("STACK is being upgraded to growth (datastores:hop)")):
        answered(Request(stack="clubapp-dev", store="main", to="latest"))


def test_a_restore_and_an_upgrade_do_not_run_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATASTORES_LOCAL", str(tmp_path))
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    held = try_lock(tmp_path / "upgrade-clubapp-dev.lock")

    status, _, said = answered(Request(stack="clubapp-dev", store="main", to="latest"))

    assert held is not None
    unlock(held)
    assert (status, said) == (
        1,
        "error: an upgrade, a restore or a rotation of clubapp-dev is running on this machine: let it end\n",
    )


class Stopped:
    """An engine that is being asked when somebody ends the command."""

    def __init__(self, **_: Any) -> None:
        pass

    def state(self) -> Never:
        os.kill(os.getpid(), signal.SIGTERM)
        signal.pause()
        raise AssertionError("the signal ends the wait")


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"to": "latest"}, "interrupted, and nothing has changed\n"),
        ({"resume": True}, "interrupted midway: `datastores restore clubapp-dev main --resume` goes on\n"),
    ],
)
def test_it_is_ended_as_by_a_ctrl_c_and_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], words: str
):
    monkeypatch.setenv("DATASTORES_LOCAL", str(tmp_path))
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    monkeypatch.setattr(turn, "Engine", Stopped)
    err = io.StringIO()

    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        restore(Request(stack="clubapp-dev", store="main", **asked), ask=lambda _: False, out=io.StringIO(), err=err)

    assert err.getvalue() == words


def test_a_runbook_has_the_commands_in_their_order():
    _, text, _ = answered(Request(stack="clubapp-prod", store="main", runbook=True))

    command = "datastores restore clubapp-prod main"
    assert re.findall(r"^ +(datastores .*)$", text, re.MULTILINE) == [
        f"{command} {option}" for option in ("--status", "--to latest", "--switch", "--retire")
    ]


@pytest.mark.parametrize(("stack", "unlocked"), [("clubapp-prod", 1), ("clubapp-dev", 0)])
def test_a_runbook_lifts_protection_where_there_is_some(stack: str, unlocked: int):
    _, text, _ = answered(Request(stack=stack, store="presence", runbook=True))

    assert text.count("lifts the protection") == unlocked


def test_the_runbook_of_a_cluster_on_shared_servers_is_for_hands():
    _, text, _ = answered(Request(stack="devora-dev", store="documents", runbook=True))

    assert "a restore deletes what is in its target" in text
    assert "datastores restore devora" not in text


def test_the_runbook_of_a_cluster_on_its_own_servers_is_that_of_the_command():
    _, text, _ = answered(Request(stack="devora-prod", store="documents", runbook=True))

    assert "datastores restore devora-prod documents --to latest" in text
    assert "its address is the output `spareHost`" in text
