"""The data stores of one stack: settings, stores, exports."""

import pulumi

from stacks.deploy import deploy
from stacks.settings import Settings

for name, value in deploy(Settings.load()).items():
    pulumi.export(name, value)
