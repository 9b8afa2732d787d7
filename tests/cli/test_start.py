"""Claims about a check of resources that starts without Typer: it reads the command line as Typer does."""

import subprocess
import sys
from collections.abc import Sequence

import pytest

from cli import check, ending, main, start
from cli.check import Request
from tests.cli.command import ENVIRONMENT, PUBLIC, ROOT, resources

READ: Sequence[Sequence[str]] = (
    ["--resources", "-"],
    ["--resources", "one.json", "--json"],
    ["--json", "--resources", "one.json", "--resources", "two.json"],
    ["--preview", "-", "--github", "--framework", "pci4"],
    ["--explain", "rds-not-public"],
    ["--resources", "-", "--phase", "", "--environment", "prod"],
    ["--resources", "-", "--sarif", "a/b.sarif", "--junit", "b.xml", "--baseline", "./c.json"],
)
LEFT: Sequence[Sequence[str]] = (
    ["--help"],
    ["--resources"],
    ["--resources", "--json"],
    ["--resources=one.json"],
    ["--resource", "one.json"],
    ["--resources", "-", "--batch"],
    ["--resources", "-", "--set", "a=b"],
    ["clubapp-dev"],
)


def by_typer(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> Request:
    """Give the request that Typer makes of a command line."""
    made: list[Request] = []

    def run(request: Request) -> int:
        made.append(request)
        return 0

    monkeypatch.setattr(check, "run", run)
    main.app(["check", *arguments], standalone_mode=False)
    return made[0]


@pytest.mark.parametrize("arguments", READ, ids=" ".join)
def test_it_reads_what_typer_reads(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fields = start.read(arguments)

    assert fields is not None
    assert Request(**fields) == by_typer(arguments, monkeypatch)


@pytest.mark.parametrize("arguments", LEFT, ids=" ".join)
def test_it_leaves_to_typer_what_is_wrong_or_takes_longer(arguments: Sequence[str]) -> None:
    assert start.read(arguments) is None


PROGRAM = """
import sys
from cli.start import main
try:
    main()
finally:
    sys.stderr.write(" ".join(sorted({"typer", "pydantic", "argparse"} & sys.modules.keys())))
"""


def test_neither_typer_nor_pydantic_is_imported() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, "check", "--resources", "-", "--json"],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        input=resources(PUBLIC),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_has_enough_is_no_error() -> None:
    program = "import sys; from cli.start import main; sys.exit(main())"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", program, "check", "--resources", "-", "--json"],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        process.stdin.write(resources(PUBLIC))
        process.stdin.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (ending.BROKEN_PIPE, "")
