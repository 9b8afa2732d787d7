"""What stops a bootstrap."""


class BootstrapError(Exception):
    """It cannot go on; nothing was changed. The text says what is wrong and what to do."""


class StoppedMidwayError(BootstrapError):
    """Some scripts are applied and committed, the failed one is not: what is wrong mended, the same command goes on."""
