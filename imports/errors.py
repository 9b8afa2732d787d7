"""What stops an import."""


class ImportRefusedError(Exception):
    """Something stands in the way that is no mistake of the command line; nothing was changed."""


class CannotTellError(Exception):
    """AWS or the engine gave no full answer; nothing was changed."""


class StoppedMidwayError(Exception):
    """The stack has what was imported, and something went wrong after that."""
