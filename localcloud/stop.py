"""Wait for the signal that ends a process of the local cloud."""

import signal
from queue import Empty, SimpleQueue
from typing import Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """From its making on, a signal no longer ends this process, but the wait."""

    def __init__(self) -> None:
        # Not a threading.Event: where a second signal comes while the first one sets it, it hangs for good, as its
        # lock cannot be taken twice. A SimpleQueue is made to be put into while it is put into.
        self._came: SimpleQueue[int] = SimpleQueue()
        for number in SIGNALS:
            signal.signal(number, lambda number, _: self._came.put(number))

    def come(self) -> None:
        """End the wait, as a signal does; from any thread."""
        self._came.put(0)

    def wait(self, seconds: float) -> bool:
        """Say whether a signal came, at the latest after *seconds*; call it from the main thread."""
        try:
            self._came.get(timeout=seconds)
        except Empty:
            return False
        return True
