"""The command as a user runs it: exit codes, whole messages, plain text, help with examples."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Never

import pytest

from cli import main
from stacks.settings import Settings
from tests.engine.project import copy_to, replaced, stack_file

COMMANDS: Sequence[tuple[str, ...]] = (
    (),
    ("render",),
    ("check",),
    ("gate",),
    ("effects",),
    ("cost",),
    ("prices",),
    ("prices", "diff"),
    ("prices", "refresh"),
    ("bootstrap",),
    ("readiness",),
    ("report",),
    ("schema",),
    ("local",),
    *(("local", verb) for verb in ("start", "stop", "status", "env", "reset")),
)


def datastores(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("datastores"), *arguments]
    return subprocess.run(command, env={**os.environ, **more}, capture_output=True, text=True, check=False)


def shown_in_terminal(*arguments: str, **more: str) -> str:
    """Give what the command writes to a terminal."""
    ours, its = pty.openpty()
    with subprocess.Popen(
        [Path(sys.executable).with_name("datastores"), *arguments],
        env={**os.environ, "TERM": "xterm-256color", **more},
        stdout=its,
        stderr=its,
    ):
        os.close(its)
        written = b""
        while chunk := _read(ours):
            written += chunk
    os.close(ours)
    return written.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that the other end is closed
        return b""


USAGE = """\
Usage: datastores{0} [OPTIONS] {1}
Try 'datastores{0} --help' for help.

Error: {2}
"""
RENDER = (" render", "{STACK}")
GROUP = "COMMAND [ARGS]..."
PHASES = "mvp, growth, scale, enterprise"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["render", "clubapp-pord"],
            (
                "stacks/Pulumi.clubapp-pord.yaml has 1 mistake:\n"
                "  does not exist: the stacks are clubapp-dev, clubapp-prod, clubapp-staging, "
                "devmentor-dev, devmentor-prod, devmentor-staging, devora-dev, devora-prod, devora-staging, "
                "heka-dev, heka-prod, heka-staging, workflows-dev, workflows-prod, workflows-staging: "
                "did you mean 'clubapp-prod'?\n"
            ),
        ),
        (
            ["render", "clubapp-dev", "--phase", "grwth"],
            (
                "stacks/Pulumi.clubapp-dev.yaml with --phase grwth has 1 mistake:\n"
                f"  datastores:phase must be one of {PHASES}, got 'grwth': did you mean 'growth'?\n"
            ),
        ),
        (
            ["render", "clubapp-dev", "--set", "phase=grwth"],
            (
                "stacks/Pulumi.clubapp-dev.yaml with --set phase=grwth has 1 mistake:\n"
                f"  datastores:phase must be one of {PHASES}, got 'grwth': did you mean 'growth'?\n"
            ),
        ),
        (
            ["render", "clubapp-dev", "--environment", "prd", "--set", "ownr=us"],
            (
                "stacks/Pulumi.clubapp-dev.yaml with --environment prd --set ownr=us has 2 mistakes:\n"
                "  environment must be one of dev, staging, prod, got 'prd': did you mean 'prod'?\n"
                "  datastores:ownr is not a key: did you mean 'owner'?\n"
            ),
        ),
        (
            ["render", "clubapp-dev", "--set", "phase"],
            USAGE.format(*RENDER, "Invalid value for --set: must be KEY=VALUE, got 'phase'"),
        ),
        (
            ["render", "clubapp-dev", "--sett", "x"],
            USAGE.format(*RENDER, "No such option: --sett (Possible options: --phase, --set)"),
        ),
        (["render"], USAGE.format(*RENDER, "Missing argument 'STACK'.")),
        (["rendr"], USAGE.format("", GROUP, "No such command 'rendr'. Did you mean 'render'?")),
        (["local", "strat"], USAGE.format(" local", GROUP, "No such command 'strat'. Did you mean 'start', 'status'?")),
        (["local", "start", "--port", "0"], "error: --port must be 1 to 65535, got 0\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_ends_with_2_and_says_why(arguments: list[str], message: str):
    done = datastores(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_a_broken_stack_file_ends_with_2_and_tells_every_mistake(tmp_path: Path):
    root = copy_to(tmp_path / "project")
    replaced(stack_file(root, "clubapp-dev"), "datastores:phase: mvp", "datastores:phase: [mvp]\n  datastores:ownr: us")
    command = [
        sys.executable,
        "-P",
        "-c",
        "from cli.main import main; raise SystemExit(main())",
        "render",
        "clubapp-dev",
    ]

    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, check=False)

    assert (done.returncode, done.stdout, done.stderr.decode()) == (
        2,
        b"",
        (
            "stacks/Pulumi.clubapp-dev.yaml has 2 mistakes:\n"
            f"  datastores:phase must be one of {PHASES}, got a list\n"
            "  datastores:ownr is not a key: did you mean 'owner'?\n"
        ),
    )


def test_an_interrupt_ends_with_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def interrupted(*_: object, **__: object) -> Never:
        raise KeyboardInterrupt

    monkeypatch.setattr(Settings, "read", interrupted)
    monkeypatch.setattr(sys, "argv", ["datastores", "render", "clubapp-dev"])

    with pytest.raises(SystemExit, match="130"):
        main.main()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_shows_an_example_that_begins_with_the_command(command: tuple[str, ...]):
    done = datastores(*command, "--help")

    example = done.stdout.partition("Example: ")[2]
    assert done.returncode == 0
    assert f"datastores {' '.join(command)}".strip() in " ".join(example.split())


@pytest.mark.parametrize("command", [("--help",), ("local", "--help")])
def test_no_line_of_a_list_of_commands_is_cut_off(command: tuple[str, ...]):
    assert "..." not in datastores(*command).stdout.partition("Commands:")[2]


@pytest.mark.parametrize(
    "command", [("render", "clubapp-dev"), ("render", "--help"), ("local", "status"), ("rendr",)], ids=" ".join
)
def test_a_pipe_gets_plain_text(command: tuple[str, ...], tmp_path: Path):
    done = datastores(*command, DATASTORES_LOCAL=str(tmp_path), FORCE_COLOR="")

    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", [("render", "clubapp-dev"), ("render", "--help"), ("rendr",)], ids=" ".join)
def test_a_terminal_gets_plain_text_where_it_asks_for_it(command: tuple[str, ...]):
    shown = shown_in_terminal(*command, NO_COLOR="1")

    assert shown
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    "command", [("render", "clubapp-dev", "--json"), ("local", "status", "--json"), ("schema",)], ids=" ".join
)
def test_json_is_json_and_nothing_else(command: tuple[str, ...], tmp_path: Path):
    done = datastores(*command, DATASTORES_LOCAL=str(tmp_path))

    assert (done.returncode, done.stderr) == (0, "")
    assert isinstance(json.loads(done.stdout), dict)


def test_a_table_has_a_row_a_resource():
    shown = datastores("render", "clubapp-dev").stdout
    resources = json.loads(datastores("render", "clubapp-dev", "--json").stdout)["resources"]

    assert [one["name"] for one in resources if f" {one['name']} " not in shown] == []
