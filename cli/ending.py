"""How every command ends: an exit code, and a sentence for what stopped it."""

import os
import sys
from collections.abc import Callable
from typing import Final

from stacks.mistakes import SettingsError

BROKEN_PIPE: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130


def ended(run: Callable[[], int | None]) -> int:
    """Run a command, and turn what stops it into an exit code and a sentence."""
    try:
        code = run() or 0
        sys.stdout.flush()  # here it may fail, not when Python ends
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever reads has enough: what is left is not written when Python ends either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return code
