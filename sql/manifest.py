"""Which scripts make the database of which store ready, and in which order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
PRELOADED: Final = frozenset({"pg_cron", "pg_stat_statements", "pgaudit"})
"""Extensions that work only where `shared_preload_libraries` names them."""
_EXTENSION: Final = re.compile(r'^CREATE EXTENSION IF NOT EXISTS "?([\w-]+)"?', re.MULTILINE)

_FIRST: Final = ("shared/10-tools", "shared/20-database", "shared/30-statistics")
_TRAIL: Final = ("shared/40-jobs", "shared/50-partitions", "shared/60-audit")

SCRIPTS: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("clubapp", "main"): (
        *_FIRST,
        "clubapp/10-extensions",
        *_TRAIL,
        "shared/70-expiry",
        "clubapp/20-schemas",
        "clubapp/30-retention",
    ),
    ("devmentor", "main"): (
        *_FIRST,
        "shared/35-vector",
        "devmentor/10-extensions",
        *_TRAIL,
        "shared/80-tenants",
        "devmentor/20-schemas",
        "devmentor/30-retention",
    ),
    ("workflows", "main"): (
        *_FIRST,
        "workflows/10-extensions",
        *_TRAIL,
        "shared/80-tenants",
        "workflows/20-schemas",
        "workflows/30-retention",
        "workflows/40-aggregates",
        "workflows/50-archive",
    ),
    ("devora", "memory"): (*_FIRST, "shared/35-vector", "devora/20-schemas"),
    ("heka", "main"): (*_FIRST, "heka/10-extensions", *_TRAIL, "heka/20-schemas", "heka/30-retention"),
}
"""Application and store -> names of scripts; what several applications need exists once, in `shared`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A file of SQL that can be run any number of times, each time in one transaction."""

    name: str
    """As in `clubapp/20-schemas`."""
    text: str

    @property
    def extensions(self) -> tuple[str, ...]:
        """The extensions that it creates."""
        return tuple(_EXTENSION.findall(self.text))


def scripts(application: str, store: str) -> tuple[Script, ...]:
    """Read the scripts of a store, in order; KeyError for one that has none."""
    return tuple(
        Script(name=name, text=(FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
        for name in SCRIPTS[application, store]
    )
