"""A turn at a stack: one command that changes its file at a time, stopped alike and ended alike, whichever it is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TextIO

from botocore.exceptions import BotoCoreError, ClientError

from localcloud.files import try_lock, unlock
from localcloud.paths import here
from sql.errors import BootstrapError
from stacks.settings import FOLDER
from upgrades.engine import Engine, EngineError
from upgrades.process import NotFoundError, stopping_alike
from upgrades.stopping import LaterError, StopError

REFUSED: Final = 1
STOPPED_MIDWAY: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What a command says of itself, wherever it ends."""

    stack: str
    begun: Callable[[], bool]
    """Says whether anything is under way: what stops it then stops it midway."""
    onward: str
    """What to do then: "`datastores upgrade clubapp-dev --resume` goes on"."""
    err: TextIO

    def say(self, line: str) -> None:
        """Tell how it goes: no result, so that it goes to standard error, at once."""
        self.err.write(f"{line}\n")
        self.err.flush()


def take(turn: Turn, act: Callable[[Engine], int]) -> int:
    """
    Do something to a stack while no other command does; return the exit status.

    Raises KeyboardInterrupt after a request to stop, of whatever kind, and what `ended` raises.
    """
    # One lock for all that changes a stack file between updates.
    lock = try_lock(here().local / f"upgrade-{turn.stack}.lock")
    if lock is None:
        turn.say(f"error: an upgrade, a restore or a rotation of {turn.stack} is running on this machine: let it end")
        return REFUSED
    engine = Engine(stack=turn.stack, folder=FOLDER.parent, held=(lock,))
    try:
        with stopping_alike():
            return ended(turn, lambda: act(engine))
    finally:
        unlock(lock)


def ended(turn: Turn, act: Callable[[], int]) -> int:
    """
    Turn what stops an act into a sentence and an exit status.

    Raises KeyboardInterrupt, with the sentence said, and what is a mistake of a person's: SettingsError.
    """
    try:
        return act()
    except (StopError, EngineError, NotFoundError, BootstrapError, BotoCoreError, ClientError) as error:
        turn.say(f"error: {f'AWS: {error}' if isinstance(error, BotoCoreError | ClientError) else error}")
        return STOPPED_MIDWAY if isinstance(error, LaterError) or turn.begun() else REFUSED
    except KeyboardInterrupt:
        turn.say(f"interrupted midway: {turn.onward}" if turn.begun() else "interrupted, and nothing has changed")
        raise
