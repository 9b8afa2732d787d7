"""How an upgrade stops."""


class StopError(Exception):
    """The upgrade goes no further; the text says why, and what to do."""


class LaterError(StopError):
    """It goes on later, by itself or with `--resume`."""
