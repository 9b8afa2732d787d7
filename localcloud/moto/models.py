"""Shares AWS's service models between moto and our clients: a second copy of them takes 30 MB."""

from moto.core import utils

from localcloud.cloud import loader


def mend() -> None:
    """Let moto read the models with our loader, which keeps what it has read; twice does no harm."""
    utils.create_loader = lambda *_: loader()  # pyright: ignore[reportPrivateImportUsage]  what moto imported is replaced
