"""What an update left half-known when it was killed, or when an answer was lost: looked at before it goes on."""

from collections.abc import Callable, Iterator
from typing import Final

from upgrades.cloud import Cloud
from upgrades.engine import ROOT, Engine, EngineError, State

CREATING: Final = "creating"


def mend(engine: Engine, cloud: Cloud, state: State, say: Callable[[str], None]) -> None:
    """
    Let the state say what is there: what was changed is read, what was made and holds data is taken up.

    Of what else was being made Pulumi knows no id, so that it is made again; a name that is taken then is told by AWS.
    Raises EngineError.
    """
    for one in state.pending:
        say(f"half-known: {one.name} ({one.type}) was {one.operation} when the last update was stopped")
    made = dict(_made(cloud, state))
    known = {one["urn"] for one in state.resources}
    targets = [one.urn for one in state.pending if one.urn in known and one.operation != CREATING]
    # With no target at all it would look at everything, and take up what others changed meanwhile.
    root = [one["urn"] for one in state.resources if one["type"] == ROOT]
    engine.mend(targets or root, made)
    if left := engine.state().pending:
        names = ", ".join(one.name for one in left)
        raise EngineError(f"it is still not known what became of {names}: `pulumi refresh` asks for each of them")


def _made(cloud: Cloud, state: State) -> Iterator[tuple[str, str]]:
    for one in state.pending:
        if one.operation == CREATING and (id_ := cloud.made(one.type, one.inputs)):
            yield one.urn, id_
