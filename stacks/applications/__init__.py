"""Every application, by name: a new one is a file here, whose name in capitals is the application."""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from stacks.application import Application


def _application(name: str) -> Application:
    """Give what the file *name* defines."""
    return getattr(import_module(f"{__name__}.{name}"), name.upper())


APPLICATIONS: Final[Mapping[str, Application]] = {
    application.name: application for application in (_application(module.name) for module in iter_modules(__path__))
}
