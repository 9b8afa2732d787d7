"""Commands about what is there: making it ready, taking it over, telling how it stands."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import (
    EnvironmentOption,
    JsonOption,
    PhaseOption,
    SetOption,
    StackArgument,
    overrides,
)

app = typer.Typer()


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


@app.command(epilog="Example: datastores rotate clubapp-prod main --root-certificate rds.pem")
def rotate(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    store: Annotated[str | None, typer.Argument(help="Of this store only.", metavar="[STORE]")] = None,
    login: Annotated[str | None, typer.Option(metavar="NAME", help="Of this login only.")] = None,
    status: Annotated[bool, typer.Option("--status", help="Say where a rotation stands.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with one that was interrupted.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Go back to the old passwords.")] = False,
    settle: Annotated[
        int | None, typer.Option(metavar="MINUTES", help="Retire the old passwords so long after the switch.")
    ] = None,
    root_certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Who may have signed PostgreSQL's certificate: AWS's bundle.")
    ] = None,
    host: Annotated[
        str | None, typer.Option(metavar="NAME", help="Another name of PostgreSQL to verify than the secret's.")
    ] = None,
    hostaddr: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Where to connect to it, as to a tunnel: 127.0.0.1.")
    ] = None,
    port: Annotated[int | None, typer.Option(metavar="N", help="Another port than the secret's.")] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask; without --settle, end before the old ones go.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Give logins new passwords, without an outage.

    Adds a second user beside the one in use, tries it, switches the connection secret, retires the old one, and tries
    that it is refused: three updates, each asked for. Ends with 4 where it stopped midway: --resume.
    """
    from cli import rotate as room  # noqa: PLC0415  the room is imported only when it is used
    from cli.bootstrap import confirmed  # noqa: PLC0415  likewise

    request = room.Request(
        stack=stack,
        store=store,
        login=login,
        status=status,
        resume=resume,
        abort=abort,
        settle=settle,
        root_certificate=root_certificate,
        host=host,
        hostaddr=hostaddr,
        port=port,
        yes=yes,
        as_json=as_json,
    )
    raise typer.Exit(room.rotate(request, ask=confirmed, out=sys.stdout, err=sys.stderr))


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
    raise typer.Exit(room.readiness(request, today=datetime.now(tz=UTC).date(), out=sys.stdout))


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


@app.command(epilog="Example: datastores drill clubapp-prod --root-certificate rds.pem")
def drill(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    stores: Annotated[
        list[str] | None, typer.Argument(help="Which stores; all that must come back unless given.", metavar="[STORE]")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, outside dev.")] = False,
    as_json: JsonOption = False,
    report: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Keep the report there, not in drills/<stack>/.")
    ] = None,
    root_certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Look into databases: who may have signed their certificates.")
    ] = None,
    checks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="SQL checks; another file than sql/<application>/checks/.")
    ] = None,
    changed: Annotated[
        int, typer.Option(min=0, max=99, metavar="PERCENT", help="How much of a table may differ from its copy.")
    ] = 1,
    clean: Annotated[bool, typer.Option("--clean", help="Delete what a drill that was killed has left.")] = False,
) -> None:
    """
    Show that every store comes back.

    Restores each beside itself, compares and asks what came back, measures time and age against the phase's RTO and
    RPO, and deletes it again; nothing is switched over. Keeps a report to commit. Ends with 1 where a store did not
    come back as promised, with 3 where it cannot be told, with 4 where something is left to --clean.
    """
    from cli import drill as room  # noqa: PLC0415  the room is imported only when it is used
    from cli.bootstrap import confirmed  # noqa: PLC0415  likewise

    request = room.Request(
        stack=stack,
        stores=tuple(stores or ()),
        yes=yes,
        as_json=as_json,
        report=report,
        clean=clean,
        root_certificate=root_certificate,
        checks=checks,
        changed=changed,
    )
    raise typer.Exit(room.run(request, ask=confirmed, out=sys.stdout, err=sys.stderr))


@app.command(
    epilog="Examples: datastores restore clubapp-prod main --to 2026-11-26T02:00:00Z; "
    "datastores restore clubapp-prod main --to latest --key arn:aws:kms:eu-central-1:123456789012:key/…"
)
def restore(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    store: Annotated[str, typer.Argument(help="Which store of the application.", metavar="STORE")],
    to: Annotated[
        str | None,
        typer.Option(metavar="TIME|latest|SNAPSHOT", help="Restore this, into a new store beside the old one."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="ARN|own", help="With --to: the KMS key of the new one; own is the stack's. Else: the old one's."
        ),
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Say where it stands, and what can be restored; changes nothing.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with what was interrupted.")] = False,
    switch: Annotated[bool, typer.Option("--switch", help="Tell clients of the new one.")] = False,
    retire: Annotated[bool, typer.Option("--retire", help="Delete the old one, after the switch.")] = False,
    abort: Annotated[
        bool, typer.Option("--abort", help="Go back by a step: to the old one, and then without the new one.")
    ] = False,
    runbook: Annotated[
        bool, typer.Option("--runbook", help="Print the steps as Markdown, for people; changes nothing.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait however long a table takes.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """
    Bring a store back as it was, in a new one beside it.

    What the backup lacks is put back and verified; --switch then tells clients of the new one, and the old one is kept
    until --retire. Times have a zone: 2026-11-26T02:00:00Z. Ends with 4 where it stopped midway: --resume goes on.
    """
    from cli import restore as room  # noqa: PLC0415  the room is imported only when it is used
    from cli.bootstrap import confirmed  # noqa: PLC0415  likewise

    request = room.Request(
        stack=stack,
        store=store,
        to=to,
        key=key,
        status=status,
        resume=resume,
        switch=switch,
        retire=retire,
        abort=abort,
        runbook=runbook,
        wait=wait,
        yes=yes,
        as_json=as_json,
    )
    raise typer.Exit(room.restore(request, ask=confirmed, out=sys.stdout, err=sys.stderr))
