"""`datastores local`: the local cloud, for trying and testing."""

import json
import os
import sys
from typing import Annotated, Final, TextIO

import typer

from localcloud import control, project, record
from localcloud.environment import shell_lines
from localcloud.errors import SetupError
from localcloud.paths import Paths, here

BAD_SETUP: Final = 2

app = typer.Typer(
    no_args_is_help=True,
    help="AWS on this machine: start it, and `pulumi` deploys to it. For trying and testing.",
    epilog="Example: datastores local start",
)


def start(paths: Paths, *, port: int | None, out: TextIO, err: TextIO) -> int:
    """Start the daemon unless it runs; say where it is and what to do next."""
    try:
        started = control.start(paths, port=port)
    except SetupError as error:
        return _refused(error, err)
    daemon = started.daemon
    err.writelines(f"{line}\n" for line in started.said)
    out.write(
        f"the local cloud {'is up' if started.anew else 'runs already'}: {daemon.endpoint} (life {daemon.life})\n"
    )
    out.write('next: eval "$(datastores local env)", then plain pulumi commands deploy to it\n')
    return 0


def stop(paths: Paths, *, out: TextIO, err: TextIO) -> int:
    """Stop the daemon and wait until it is gone."""
    try:
        stopped = control.stop(paths)
    except SetupError as error:
        return _refused(error, err)
    out.write(f"stopped (pid {stopped.pid}); what it held is gone\n" if stopped else "it was not running\n")
    return 0


def status(paths: Paths, *, as_json: bool, out: TextIO) -> int:
    """Print what runs, what it holds and what it imitates."""
    from localcloud.status import lines, status  # noqa: PLC0415  # it brings the providers, which takes a second

    found = status(paths)
    out.write(json.dumps(found, indent=2) + "\n" if as_json else "\n".join(lines(found)) + "\n")
    return 0


def env(paths: Paths, *, out: TextIO, err: TextIO) -> int:
    """Print lines for sh to eval; nothing on *out* where no daemon runs."""
    try:
        daemon = record.required(paths)
        said = project.prepare(paths, daemon.life)
    except SetupError as error:
        return _refused(error, err)
    err.writelines(f"{line}\n" for line in said)
    out.write("\n".join(shell_lines(paths, daemon, os.environ)) + "\n")
    return 0


def reset(paths: Paths, *, out: TextIO, err: TextIO) -> int:
    """Begin anew with an empty cloud; asks nothing."""
    try:
        started = control.reset(paths)
    except SetupError as error:
        return _refused(error, err)
    out.write(f"the local cloud is empty: {started.daemon.endpoint} (life {started.daemon.life})\n")
    return 0


def _refused(error: SetupError, err: TextIO) -> int:
    err.write(f"error: {error}\n")
    return BAD_SETUP


@app.command("start", epilog="Example: datastores local start --port 4566")
def _start(
    port: Annotated[int | None, typer.Option(help="Port of the AWS API; a free one unless given.")] = None,
) -> None:
    """Start the local cloud; does nothing where it runs already."""
    raise typer.Exit(start(here(), port=port, out=sys.stdout, err=sys.stderr))


@app.command("stop", epilog="Example: datastores local stop")
def _stop() -> None:
    """Stop the local cloud; what it held is gone. The next `pulumi up` builds it again."""
    raise typer.Exit(stop(here(), out=sys.stdout, err=sys.stderr))


@app.command("status", epilog="Example: datastores local status --json")
def _status(
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """Say what runs, which stacks it holds, what it imitates."""
    raise typer.Exit(status(here(), as_json=as_json, out=sys.stdout))


@app.command("env", epilog='Example: eval "$(datastores local env)"')
def _env() -> None:
    """Print what makes plain `pulumi` and `aws` use it. For sh, bash or zsh to eval."""
    raise typer.Exit(env(here(), out=sys.stdout, err=sys.stderr))


@app.command("reset", epilog="Example: datastores local reset")
def _reset() -> None:
    """Begin anew with an empty cloud. Local state is lost, stack files are as tracked; asks nothing."""
    raise typer.Exit(reset(here(), out=sys.stdout, err=sys.stderr))
