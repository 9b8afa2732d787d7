"""The command line: parsing only; each command is a plain function in a file of its own, imported when it is called."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.ending import ended
from cli.growth import app as growth
from cli.local import app as local
from cli.operation import app as operation
from cli.options import EnvironmentOption, JsonOption, PhaseOption, SetOption, StackArgument, overrides
from cli.prices import app as prices

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    # Plain text: a message stays on its line and can be searched for, in a terminal and in a pipe.
    rich_markup_mode=None,
    help="The data stores of an application, sized by growth phase: render them, check them, try them locally.",
    epilog="Example: datastores render clubapp-dev. "
    "Exit codes: 0 done, 1 a finding or a failure, 2 bad input and nothing changed, 3 not all can be told, "
    "4 stopped midway, "
    "130 interrupted.",
)
app.add_typer(growth)
app.add_typer(operation)
app.add_typer(local, name="local")
app.add_typer(prices, name="prices")


@app.command(epilog="Example: datastores render clubapp-prod --phase scale --json")
def render(
    stack: StackArgument,
    phase: PhaseOption = None,
    environment: EnvironmentOption = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the resources of a stack, without engine or network."""
    from stacks.settings import Settings  # noqa: PLC0415  the room is imported only when it is used

    settings = Settings.read(stack, phase=phase, environment=environment, overrides=overrides(set_ or []))
    from cli.render import render as run  # noqa: PLC0415  Pulumi takes a second to import: a mistake is told before

    raise typer.Exit(run(settings, as_json=as_json, out=sys.stdout))


@app.command(epilog="Example: datastores schema > stack.schema.json")
def schema() -> None:
    """Print the JSON Schema of stack files, for editors."""
    from cli.schema import schema as run  # noqa: PLC0415  the room is imported only when it is used

    raise typer.Exit(run(out=sys.stdout))


@app.command(epilog="Example: datastores check clubapp-prod --phase scale --sarif check.sarif")
def check(  # noqa: PLR0913  each is an option
    *,
    stack: Annotated[
        str | None, typer.Argument(help="<application>-<environment>: judge what it renders to.", metavar="[STACK]")
    ] = None,
    phase: PhaseOption = None,
    environment: EnvironmentOption = None,
    set_: SetOption = None,
    preview: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Judge what `pulumi preview --json --show-sames` printed; - is a pipe."),
    ] = None,
    resources: Annotated[
        str | None, typer.Option(metavar="FILE", help="Judge what `datastores render --json` printed; - is a pipe.")
    ] = None,
    as_json: JsonOption = False,
    sarif: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write SARIF, for code scanning.")] = None,
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write JUnit XML.")] = None,
    github: Annotated[
        bool, typer.Option("--github", help="Also print annotations; on GitHub Actions without being asked.")
    ] = False,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A former --json: only what is new counts.")
    ] = None,
    framework: Annotated[
        str | None, typer.Option(metavar="ID", help="Only what it asks, by requirement: pci4, cis5, hipaa, nist ...")
    ] = None,
    explain: Annotated[str | None, typer.Option(metavar="CONTROL", help="Say what a control asks, and why.")] = None,
    batch: Annotated[
        bool, typer.Option("--batch", help="Judge the cases on standard input; answers JSON and ends with 0.")
    ] = False,
) -> None:
    """Judge resources by all controls, without an engine."""
    from cli import check as room  # noqa: PLC0415  the room is imported only when it is used

    request = room.Request(
        stack=stack,
        preview=preview,
        resources=resources,
        explain=explain,
        phase=phase,
        environment=environment,
        overrides=overrides(set_) if set_ else None,
        as_json=as_json,
        sarif=sarif,
        junit=junit,
        github=github,
        baseline=baseline,
        framework=framework,
    )
    if batch:
        raise typer.Exit(room.batch(request, stdin=sys.stdin.buffer, out=sys.stdout))
    raise typer.Exit(room.run(request))


@app.command(epilog="Example: datastores gate clubapp-prod --base origin/main --phase growth")
def gate(  # noqa: PLR0913  each is an option
    *,
    stack: Annotated[
        str | None,
        typer.Argument(help="<application>-<environment>: judge what `pulumi preview` says of it.", metavar="[STACK]"),
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Judge what `pulumi preview --json` printed; - is a pipe.")
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="REF", help="Judge what changed since a commit; no engine, no network.")
    ] = None,
    phase: PhaseOption = None,
    environment: EnvironmentOption = None,
    set_: SetOption = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The same as Markdown, for a comment.")] = False,
) -> None:
    """
    Refuse a change that would lose data.

    Also one that weakens what protects it, or takes a store away for a while without a hop that allows it.
    Ends with 1 for a refusal, with 3 where nobody can tell.

    --phase and --set are part of the change: only the working tree is read with them; --environment holds for both.
    """
    from cli import gate as room  # noqa: PLC0415  the room is imported only when it is used
    from stacks.settings import Settings  # noqa: PLC0415  likewise

    if as_json and as_markdown:
        raise typer.BadParameter("is not for use with --json", param_hint="--markdown")
    form = room.Form.JSON if as_json else room.Form.MARKDOWN if as_markdown else room.Form.TEXT
    if preview is not None:
        if stack or base or phase or environment or set_:
            raise typer.BadParameter("says all itself: leave the stack and its options out", param_hint="--preview")
        raise typer.Exit(room.gate_preview(preview, form=form, out=sys.stdout, err=sys.stderr))
    if not stack:
        raise typer.BadParameter("give STACK, STACK and --base REF, or --preview FILE", param_hint="gate")
    if base is None:
        if phase or environment or set_:
            raise typer.BadParameter("is needed with --phase, --environment and --set", param_hint="--base")
        raise typer.Exit(room.gate_stack(stack, form=form, out=sys.stdout, err=sys.stderr))
    settings = Settings.read(stack, phase=phase, environment=environment, overrides=overrides(set_ or []))
    status = room.gate_base(settings, base, environment=environment, form=form, out=sys.stdout, err=sys.stderr)
    raise typer.Exit(status)


@app.command(epilog="Example: datastores effects aws:rds/instance:Instance")
def effects(
    type_: Annotated[
        str | None, typer.Argument(help="A type of resource, such as aws:rds/instance:Instance.", metavar="[TYPE]")
    ] = None,
    *,
    unlisted: Annotated[
        bool, typer.Option("--unlisted", help="What the pinned SDKs accept and no fact is about; ends with 1 for any.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Print what a change of each property does, with its source."""
    from cli import effects as room  # noqa: PLC0415  the room is imported only when it is used

    run = room.unlisted_properties if unlisted else room.effects
    raise typer.Exit(run(type_, as_json=as_json, out=sys.stdout, err=sys.stderr))


@app.command(epilog="Example: datastores pr --base origin/main --markdown comment.md --sarif pr.sarif")
def pr(  # noqa: PLR0913  each is an option
    *,
    base: Annotated[str, typer.Option(metavar="REF", help="What the change starts from; a branch or a commit.")],
    head: Annotated[
        str | None, typer.Option(metavar="REF", help="What it leads to; the working tree unless given.")
    ] = None,
    accepted: Annotated[
        bool, typer.Option("--accept-policy-changes", help="Let pass what it changes of that which judges it.")
    ] = False,
    markdown: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the comment there.")] = None,
    sarif: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write SARIF, for code scanning.")] = None,
    as_json: JsonOption = False,
) -> None:
    """
    Review a change: findings, the gate, and what judges them.

    Every stack that it touches is rendered as it was and as it will be, each by its own program. Ends with 1 for a new
    mandatory finding, a refusal or a policy change that nobody accepts, with 3 where it cannot be told.
    """
    from cli import pr as room  # noqa: PLC0415  the room is imported only when it is used

    request = room.Request(base=base, head=head, accepted=accepted, markdown=markdown, sarif=sarif, as_json=as_json)
    raise typer.Exit(room.pr(request, today=datetime.now(tz=UTC).date(), out=sys.stdout, err=sys.stderr))


def main() -> int:
    """Run any command."""
    return ended(app)
