"""Where the local cloud keeps its files: all under one folder, `.local/` of the project unless told otherwise."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CODE: Final = Path(__file__).resolve().parent.parent
"""The folder that holds the package `localcloud`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paths:
    """The project on trial and the folder of its local cloud, both absolute."""

    root: Path
    """The Pulumi program's folder: `__main__.py`, `stacks/` and `policies/`. Never written to."""
    local: Path
    """Everything that the local cloud writes, and nothing else."""

    @property
    def engine(self) -> Path:
        """The folder of the pulumi CLI and the language host beside it."""
        return self.local / "engine"

    @property
    def pulumi(self) -> Path:
        """The real pulumi CLI."""
        return self.engine / "pulumi"

    @property
    def bin(self) -> Path:
        """What `datastores local env` puts first on PATH."""
        return self.local / "bin"

    @property
    def state(self) -> Path:
        """Pulumi's file backend."""
        return self.local / "state"

    @property
    def home(self) -> Path:
        """PULUMI_HOME: selected stacks, logs of the CLI."""
        return self.local / "home"

    @property
    def project(self) -> Path:
        """The project as local mode sees it: its own Pulumi.yaml and copies of the stack files."""
        return self.local / "project"

    @property
    def copies(self) -> Path:
        """The stack files that the local engine reads and writes."""
        return self.project / "stacks"

    @property
    def origins(self) -> Path:
        """Beside the copies: the tracked texts that they were made from."""
        return self.project / "origins"

    @property
    def record(self) -> Path:
        """Who the daemon is; there only while it is ready."""
        return self.local / "daemon.json"

    @property
    def log(self) -> Path:
        """What the daemon has to say."""
        return self.local / "daemon.log"


def here() -> Paths:
    """Give the paths of this checkout; DATASTORES_LOCAL names another folder than `.local/`."""
    asked = os.environ.get("DATASTORES_LOCAL")
    return Paths(root=CODE, local=Path(asked).absolute() if asked else CODE / ".local")
