"""What several commands are asked: the same words in each."""

from typing import Annotated

import typer

from stacks.phases import Environment, Phase

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
    typer.Option(
        "--set", metavar="KEY=VALUE", help="Override a setting (KEY= takes it out); may be given several times."
    ),
]
ToOption = Annotated[str, typer.Option("--to", metavar="PHASE", help=f"Where to: {', '.join(Phase)}.")]
AimOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="A choice (redis=false) or a setting that changes on the way; KEY= takes it out of the stack file.",
    ),
]
AtOption = Annotated[
    str | None, typer.Option("--at", metavar="REGION", help="Whose prices stand in where a region has none.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="The same as JSON.")]


def overrides(pairs: list[str]) -> dict[str, str]:
    """Read `KEY=VALUE` pairs; raises typer.BadParameter for what is none."""
    wrong = [pair for pair in pairs if "=" not in pair]
    if wrong:
        raise typer.BadParameter(f"must be KEY=VALUE, got {', '.join(map(repr, wrong))}", param_hint="--set")
    return {key: value for key, _, value in (pair.partition("=") for pair in pairs)}
