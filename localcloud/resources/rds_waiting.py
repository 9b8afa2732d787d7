"""RDS: waiting for a database, as the official provider does; here it matters only where states are switched on."""

import time
from collections.abc import Callable
from typing import Final

from localcloud.cloud import Refused

_ON_THE_WAY: Final = frozenset({"creating", "failing-over", "modifying", "rebooting"})
_POLL_SECONDS: Final = 0.05
_SECONDS: Final = 60.0


def until_settled(status: str, look: Callable[[], str | None]) -> None:
    """Wait while *status*, and what *look* gives next, is one that ends by itself. Raises Refused after a minute."""
    end = time.monotonic() + _SECONDS
    now: str | None = status
    while now in _ON_THE_WAY:
        if time.monotonic() > end:
            raise Refused("Timeout", f"the database was still {now} after {_SECONDS:.0f} s: unset its state transition")
        time.sleep(_POLL_SECONDS)
        now = look()
