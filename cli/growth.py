"""Commands about growing: what leads to a phase, how it is carried out, and what a stack costs."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.options import (
    AimOption,
    AtOption,
    EnvironmentOption,
    JsonOption,
    PhaseOption,
    SetOption,
    StackArgument,
    ToOption,
    overrides,
)
from stacks.phases import Phase

app = typer.Typer()


@app.command(epilog="Example: datastores plan clubapp-prod --to growth")
def plan(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    to: ToOption,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="PHASE", help="As if the stack were there, without a hop.")
    ] = None,
    set_: AimOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="The same as Markdown, with a picture of the path.")
    ] = False,
) -> None:
    """
    Say which updates lead to a phase, and what each of them does.

    What changes, what clients notice, what it costs, what to check before and after, what leads back. Ends with 1
    where there is no safe way, and says what to do by hand.
    """
    from stacks.aim import aim, stack_files  # noqa: PLC0415  the room is imported only when it is used

    if as_json and as_markdown:
        raise typer.BadParameter("is not for use with --json", param_hint="--markdown")
    now, aimed = aim(stack, to=to, start=from_, overrides=overrides(set_ or []), folder=stack_files())
    from cli import plan as room  # noqa: PLC0415  Pulumi takes a second to import: a mistake is told before

    form = room.Form.JSON if as_json else room.Form.MARKDOWN if as_markdown else room.Form.TEXT
    raise typer.Exit(room.plan(now, aimed, form=form, today=datetime.now(tz=UTC).date(), at=at, out=sys.stdout))


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
    at: AtOption = None,
    budget: Annotated[
        bool, typer.Option("--budget", help="End with 1 where it is over datastores:monthlyBudget.")
    ] = False,
    free_tier: Annotated[
        bool, typer.Option("--free-tier", help="Also what AWS's free tier would take off; it is not subtracted.")
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
        free_tier=free_tier,
        form=room.Form.JSON if as_json else room.Form.MARKDOWN if as_markdown else room.Form.TEXT,
    )
    raise typer.Exit(room.cost(request, out=sys.stdout, err=sys.stderr))


@app.command(epilog="Example: datastores recommend clubapp-prod --usage usage.json --at us-east-1")
def recommend(  # noqa: PLR0913  each is an option
    *,
    stack: StackArgument,
    usage: Annotated[
        Path,
        typer.Option(metavar="FILE", help="What was measured: `datastores usage` writes it; docs/recommending.md."),
    ],
    set_: SetOption = None,
    prices: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Prices of your own, each with source and date.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="REGION", help="Whose prices stand in where a region has none.")
    ] = None,
    as_json: JsonOption = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="The same as Markdown, for a comment.")] = False,
) -> None:
    """
    Say which sizes, or which phase, fit what was measured.

    For the least money; a size is too small where its own alarms would ring. Ends with 1 where nothing is large
    enough, with 3 where something was not measured, or has no price.
    """
    from cli import recommend as room  # noqa: PLC0415  the room is imported only when it is used

    if as_json and as_markdown:
        raise typer.BadParameter("is not for use with --json", param_hint="--markdown")
    request = room.Request(
        stack=stack,
        usage=usage,
        today=datetime.now(tz=UTC).date(),
        overrides=overrides(set_ or []),
        prices=prices,
        at=at,
        form=room.Form.JSON if as_json else room.Form.MARKDOWN if as_markdown else room.Form.TEXT,
    )
    raise typer.Exit(room.recommend(request, out=sys.stdout))


@app.command(epilog="Example: datastores usage clubapp-prod --days 14 --out usage.json")
def usage(
    *,
    stack: StackArgument,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where it is written, for `datastores recommend`.")],
    days: Annotated[int, typer.Option(metavar="N", help="How many days back; CloudWatch keeps 455.")] = 14,
) -> None:
    """
    Measure how the stores of a deployed stack were used.

    Reads what is deployed from Pulumi's state, and asks CloudWatch; changes nothing. Ends with 3 where nothing was
    measured of a store: then the file leaves it out.
    """
    from cli import usage as room  # noqa: PLC0415  the room is imported only when it is used

    request = room.Request(stack=stack, days=days, out=out)
    raise typer.Exit(room.usage(request, now=datetime.now(tz=UTC), err=sys.stderr))
