"""The command line: parsing only; each command is a plain function in a file of its own, imported when it is called."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.local import app as local
from cli.prices import app as prices
from cli.start import ended
from stacks.phases import Environment, Phase

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
app.add_typer(local, name="local")
app.add_typer(prices, name="prices")

StackArgument = Annotated[
    str, typer.Argument(help="<application>-<environment>, such as clubapp-dev.", metavar="STACK")
]
# Texts, not choices: the settings check them, with all else that is wrong.
PhaseOption = Annotated[
    str | None, typer.Option(metavar="PHASE", help=f"Another than the stack file's: {', '.join(Phase)}.")
]
EnvironmentOption = Annotated[
    str | None, typer.Option(metavar="ENVIRONMENT", help=f"Another than the stack's: {', '.join(Environment)}.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a setting; may be given several times."),
]
ToOption = Annotated[str, typer.Option("--to", metavar="PHASE", help=f"Where to: {', '.join(Phase)}.")]
AimOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="A choice (redis=false) or a setting that changes on the way."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="The same as JSON.")]


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


@app.command(epilog="Example: datastores plan clubapp-prod --to growth")
def plan(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    to: ToOption,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="PHASE", help="As if the stack were there, without a hop.")
    ] = None,
    set_: AimOption = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="The same as Markdown, with a picture of the path.")
    ] = False,
) -> None:
    """
    Say which updates lead to a phase, and what each of them does.

    What changes, what clients notice, what to check before and after, what leads back. Ends with 1 where there is no
    safe way, and says what to do by hand.
    """
    from stacks.aim import aim, stack_files  # noqa: PLC0415  the room is imported only when it is used

    if as_json and as_markdown:
        raise typer.BadParameter("is not for use with --json", param_hint="--markdown")
    now, aimed = aim(stack, to=to, start=from_, overrides=overrides(set_ or []), folder=stack_files())
    from cli import plan as room  # noqa: PLC0415  Pulumi takes a second to import: a mistake is told before

    form = room.Form.JSON if as_json else room.Form.MARKDOWN if as_markdown else room.Form.TEXT
    raise typer.Exit(room.plan(now, aimed, form=form, out=sys.stdout))


@app.command(epilog="Example: datastores upgrade clubapp-prod --to growth")
def upgrade(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    to: Annotated[str | None, typer.Option("--to", metavar="PHASE", help=f"Begin: {', '.join(Phase)}.")] = None,
    set_: AimOption = None,
    status: Annotated[bool, typer.Option("--status", help="Say where it stands, and what is left.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on, wherever it was interrupted.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Take it back, as far as that goes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: a person has read the plan.")] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Stay, however long AWS wants to be waited for.")] = False,
) -> None:
    """
    Carry a plan out, update by update.

    Each is previewed with policies, judged by the gate, confirmed, and made exactly as it was previewed; then what
    holds data is looked at. May be interrupted anywhere. Ends with 4 where it stopped midway: --resume goes on.
    """
    from cli import upgrade as room  # noqa: PLC0415  the room is imported only when it is used
    from cli.bootstrap import confirmed  # noqa: PLC0415  likewise

    request = room.Request(
        stack=stack,
        to=to,
        overrides=overrides(set_ or []),
        status=status,
        resume=resume,
        abort=abort,
        yes=yes,
        wait=wait,
    )
    raise typer.Exit(room.upgrade(request, ask=confirmed, out=sys.stdout, err=sys.stderr))


@app.command(epilog="Example: datastores bootstrap clubapp-prod --root-certificate rds.pem")
def bootstrap(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    store: Annotated[
        str | None, typer.Argument(help="Which PostgreSQL, where the stack has several.", metavar="[STORE]")
    ] = None,
    phase: Annotated[
        str | None, typer.Option(metavar="PHASE", help="With --print: another than the stack file's.")
    ] = None,
    print_only: Annotated[
        bool, typer.Option("--print", help="Print the SQL for psql, without any password; changes nothing.")
    ] = False,
    root_certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who may have signed the server's certificate: AWS's bundle.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(metavar="NAME", help="Another name to verify than the connection secret's.")
    ] = None,
    hostaddr: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where to connect, as to a tunnel: 127.0.0.1.")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="N", help="Another than the connection secret's.")] = None,
    user: Annotated[
        str | None, typer.Option(metavar="NAME", help="Another administrator; PGPASSWORD has the password.")
    ] = None,
    as_json: JsonOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, outside dev.")] = False,
) -> None:
    """
    Make a database ready: logins, schemas, rights, jobs.

    Runs the scripts of sql/ over TLS, with the server's name verified, and says what changed. May be run again.
    Ends with 4 where it stopped midway: run it again.
    """
    from cli import bootstrap as room  # noqa: PLC0415  the room is imported only when it is used

    request = room.Request(
        stack=stack,
        store=store,
        phase=phase,
        print_only=print_only,
        as_json=as_json,
        yes=yes,
        host=host,
        hostaddr=hostaddr,
        port=port,
        user=user,
        root_certificate=root_certificate,
    )
    raise typer.Exit(room.run(request, ask=room.confirmed, out=sys.stdout, err=sys.stderr))


@app.command("import", epilog="Example: datastores import clubapp-dev --run")
def import_(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    store: Annotated[
        list[str] | None,
        typer.Option(
            "--store", metavar="NAME=ID", help="A store and the id of what exists; may be given several times."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the file for `pulumi import`.")] = None,
    run: Annotated[bool, typer.Option("--run", help="Import, and look at the preview after it.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, outside dev.")] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Take over stores that exist already.

    Imports into a copy of the state, and says what the next `up` would change; only --run imports into the stack, and
    nothing in the cloud is changed. Tables are found by their names; others are given by id: of a DB instance or a
    replication group, of an Atlas cluster PROJECT-NAME. Ends with 1 where the next `up` would replace one.
    """
    from cli import importing as room  # noqa: PLC0415  the room is imported only when it is used
    from cli.bootstrap import confirmed  # noqa: PLC0415  likewise

    request = room.Request(stack=stack, stores=tuple(store or ()), out=out, run=run, yes=yes, as_json=as_json)
    raise typer.Exit(room.run(request, ask=confirmed, out=sys.stdout, err=sys.stderr))


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


@app.command(epilog="Example: datastores cost clubapp-prod --all-phases --at us-east-1")
def cost(  # noqa: PLR0913  each is an option
    *,
    stack: Annotated[
        str | None, typer.Argument(help="<application>-<environment>: price what it renders to.", metavar="[STACK]")
    ] = None,
    phase: PhaseOption = None,
    environment: EnvironmentOption = None,
    set_: SetOption = None,
    all_phases: Annotated[bool, typer.Option("--all-phases", help="Every phase beside the others.")] = False,
    compare: Annotated[
        str | None, typer.Option(metavar="REF", help="Also what it costs more than as a commit has it.")
    ] = None,
    preview: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What `pulumi preview --json --show-sames` changes, in USD.")
    ] = None,
    usage: Annotated[
        Path | None, typer.Option(metavar="FILE", help="How much stores are used, instead of what is assumed.")
    ] = None,
    prices: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Prices of your own, each with source and date.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="REGION", help="Whose prices stand in where a region has none.")
    ] = None,
    budget: Annotated[
        bool, typer.Option("--budget", help="End with 1 where it is over datastores:monthlyBudget.")
    ] = False,
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The same as Markdown, for a comment.")] = False,
) -> None:
    """
    Tell what a stack costs in a month, and why.

    Offline, from a dated snapshot of prices. Ends with 3 where something has no price or the prices are over a year
    old: then there is no total.
    """
    from cli import cost as room  # noqa: PLC0415  the room is imported only when it is used

    if as_json and as_markdown:
        raise typer.BadParameter("is not for use with --json", param_hint="--markdown")
    request = room.Request(
        stack=stack,
        today=datetime.now(tz=UTC).date(),
        phase=phase,
        environment=environment,
        overrides=overrides(set_ or []),
        all_phases=all_phases,
        compare=compare,
        preview=preview,
        usage=usage,
        prices=prices,
        at=at,
        budget=budget,
        form=room.Form.JSON if as_json else room.Form.MARKDOWN if as_markdown else room.Form.TEXT,
    )
    raise typer.Exit(room.cost(request, out=sys.stdout, err=sys.stderr))


@app.command(epilog="Example: datastores readiness devmentor-prod --inputs said.yaml")
def readiness(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    phase: PhaseOption = None,
    environment: EnvironmentOption = None,
    set_: SetOption = None,
    inputs: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What owners say; another file than readiness/<stack>.yaml."),
    ] = None,
    as_json: JsonOption = False,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write a page, for a browser.")] = None,
) -> None:
    """
    Score whether an application may go live.

    What the stack proves is evidence; what it cannot prove, its owners say, with a date. Ends with 1 for no go: under
    70 of 100, or with a blocker.
    """
    from cli import readiness as room  # noqa: PLC0415  the room is imported only when it is used

    request = room.Request(
        stack=stack,
        phase=phase,
        environment=environment,
        overrides=overrides(set_ or []),
        inputs=inputs,
        as_json=as_json,
        html=html,
    )
    raise typer.Exit(room.readiness(request, today=datetime.now(tz=UTC).date(), out=sys.stdout, err=sys.stderr))


@app.command(epilog="Example: datastores report devmentor-prod --output devmentor.html")
def report(
    *,
    stack: StackArgument,
    output: Annotated[Path, typer.Option(metavar="FILE", help="Where the page is written.")],
    phase: PhaseOption = None,
    environment: EnvironmentOption = None,
    set_: SetOption = None,
) -> None:
    """Write one page about a stack, for a browser, a phone too."""
    from cli import report as room  # noqa: PLC0415  the room is imported only when it is used

    request = room.Request(
        stack=stack, phase=phase, environment=environment, overrides=overrides(set_ or []), output=output
    )
    raise typer.Exit(room.report(request, today=datetime.now(tz=UTC).date(), out=sys.stdout, err=sys.stderr))


def overrides(pairs: list[str]) -> dict[str, str]:
    """Read `KEY=VALUE` pairs; raises typer.BadParameter for what is none."""
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise typer.BadParameter(f"must be KEY=VALUE, got {', '.join(map(repr, wrong))}", param_hint="--set")
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}


def main() -> int:
    """Run any command."""
    return ended(app)
