"""`datastores drill`: what is wrong with the command line is told at once, before anything is asked or made."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.command import COMMAND, ROOT


def drill(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120"}
    command = [*COMMAND, "drill", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path):
    done = drill(
        *("clubapp-dev", "mian", "presence", "presence", "--report", str(tmp_path / "no" / "it.json")),
        *("--root-certificate", "no.pem", "--checks", "no.sql"),
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "the command line has 5 mistakes:",
        "  STORE 'mian' is not a store of clubapp-dev: did you mean 'main'?",
        "  STORE names presence twice",
        "  --root-certificate must be a file, got no.pem",
        "  --checks must be a file, got no.sql",
        f"  --report cannot write {tmp_path / 'no' / 'it.json'}: there is no folder {tmp_path / 'no'}",
    ]


@pytest.mark.parametrize(
    ("option", "value"), [("--report", "it.json"), ("--checks", __file__), ("--root-certificate", __file__)]
)
def test_what_means_nothing_with_clean_is_refused(option: str, value: str):
    done = drill("clubapp-dev", "--clean", option, value)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{option} means nothing with --clean" in done.stderr


def test_clean_takes_no_stores():
    assert "STORE means nothing with --clean" in drill("clubapp-dev", "main", "--clean").stderr


def test_a_share_of_a_hundred_would_let_everything_pass():
    done = drill("clubapp-dev", "--changed", "100")

    assert done.returncode == 2
    assert "Invalid value for '--changed'" in done.stderr
