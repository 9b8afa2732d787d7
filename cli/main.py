"""The command line: parsing only; each command is a plain function in a file of its own, imported when it is called."""

import sys
from typing import Annotated, Final

import typer

from cli.local import app as local
from stacks.mistakes import SettingsError
from stacks.phases import Environment, Phase

BAD_INPUT: Final = 2
INTERRUPTED: Final = 130

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    # Plain text: a message stays on its line and can be searched for, in a terminal and in a pipe.
    rich_markup_mode=None,
    help="The data stores of an application, sized by growth phase: render them, check them, try them locally.",
    epilog="Example: datastores render clubapp-dev. "
    "Exit codes: 0 done, 1 a finding or a failure, 2 bad input and nothing changed, 130 interrupted.",
)
app.add_typer(local, name="local")

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


def overrides(pairs: list[str]) -> dict[str, str]:
    """Read `KEY=VALUE` pairs; raises typer.BadParameter for what is none."""
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise typer.BadParameter(f"must be KEY=VALUE, got {', '.join(map(repr, wrong))}", param_hint="--set")
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}


def main() -> int:
    """Run the command, and turn what stops it into an exit code and a sentence."""
    try:
        app()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0
