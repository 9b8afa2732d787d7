"""What `datastores upgrade` refuses before it asks any engine."""

import io
from pathlib import Path

import pytest

from cli.upgrade import Request, upgrade
from localcloud.files import try_lock, unlock
from stacks.mistakes import SettingsError
from tests.stacks.written import RIGHT


def asked(**more: object) -> Request:
    facts: dict[str, object] = {"stack": "clubapp-dev", "overrides": {}}
    return Request(**facts | more)  # pyright: ignore[reportArgumentType]  # what the test says


def test_two_at_once_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATASTORES_LOCAL", str(tmp_path))
    monkeypatch.delenv("PULUMI_OPTION_CWD", raising=False)
    held = try_lock(tmp_path / "upgrade-clubapp-dev.lock")
    err = io.StringIO()

    status = upgrade(asked(to="growth"), ask=lambda _: True, out=io.StringIO(), err=err)

    assert held is not None
    unlock(held)
    assert (status, err.getvalue()) == (
        1,
        "error: an upgrade, a restore or a rotation of clubapp-dev is running on this machine: let it end\n",
    )


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (asked(), "got none of them"),
        (asked(to="growth", resume=True), "got --to and --resume"),
        (asked(resume=True, overrides={"redis": "false"}), "--set is for --to"),
        (asked(to="grwth"), "--to must be one of .* did you mean 'growth'"),
        (asked(to="growth", overrides={"sizes.mian.storageGib": "100"}), "did you mean 'main'"),
    ],
)
def test_bad_input_is_told(request_: Request, said: str):
    with pytest.raises(SettingsError, match=said):
        upgrade(request_, ask=lambda _: True, out=io.StringIO(), err=io.StringIO())


def test_no_upgrade_begins_while_two_of_a_store_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "stacks"
    folder.mkdir()
    block = "  datastores:restores: {main: {generation: 2, old: 1, from: latest, writer: old}}\n"
    (folder / "Pulumi.clubapp-dev.yaml").write_text(RIGHT + block, encoding="utf-8")
    monkeypatch.setenv("PULUMI_OPTION_CWD", str(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    with pytest.raises(SettingsError, match="an upgrade is refused while main is being restored"):
        upgrade(asked(to="growth"), ask=lambda _: True, out=io.StringIO(), err=io.StringIO())
