"""Mends RDS."""


def mend() -> None:
    """."""
