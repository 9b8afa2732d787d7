"""What goes wrong before anything is done."""


class SetupError(Exception):
    """
    The machine or the command line is not as it must be; nothing was changed (exit code 2).

    The text says what is wrong, what was found and what to do instead.
    """
