"""Every application, by name: a new one is a file here and a line below."""

from collections.abc import Mapping
from typing import Final

from stacks.application import Application
from stacks.applications.clubapp import CLUBAPP

APPLICATIONS: Final[Mapping[str, Application]] = {application.name: application for application in (CLUBAPP,)}
