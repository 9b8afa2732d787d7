"""How an upgrade stops."""


class StopError(Exception):
    """The upgrade goes no further; the text says why, and what to do."""


class UnbegunError(StopError):
    """It was refused before anything of it was there: what was written down for it may be taken back."""


class LaterError(StopError):
    """It goes on later, by itself or with `--resume`."""
