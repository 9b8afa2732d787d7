"""What the local Atlas holds, of all organisations: it lives and dies with moto's data, and is emptied with it."""

import secrets
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from localcloud.cloud import Refused
from localcloud.wire import Props

PROJECT: Final = "project"
CLUSTER: Final = "cluster"
SNAPSHOT: Final = "snapshot"
JOB: Final = "restoreJob"


class Store:
    """Records by kind and id, as plain dicts; what is given out is a copy."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._records: dict[str, dict[str, Props]] = {}

    @contextmanager
    def alone(self) -> Generator[None]:
        """Be the only one who looks and writes inside."""
        with self._lock:
            yield

    def put(self, kind: str, id_: str, record: Mapping[str, Any]) -> None:
        """Keep a record in place of what was kept before."""
        with self._lock:
            self._records.setdefault(kind, {})[id_] = deepcopy(dict(record))

    def get(self, kind: str, id_: str) -> Props | None:
        """Give a record, or None where there is none."""
        with self._lock:
            return deepcopy(self._records.get(kind, {}).get(id_))

    def pop(self, kind: str, id_: str) -> None:
        """Forget a record."""
        with self._lock:
            self._records.get(kind, {}).pop(id_, None)

    def of(self, kind: str, project_id: str | None = None) -> list[Props]:
        """Give the records of a kind, of one project or of all."""
        with self._lock:
            records = self._records.get(kind, {}).values()
            return [deepcopy(one) for one in records if project_id in (None, one.get("projectId"))]

    def all(self) -> dict[str, dict[str, Props]]:
        """Give everything, by kind and id."""
        with self._lock:
            return deepcopy(self._records)

    def drop_project(self, project_id: str) -> None:
        """Forget all that belongs to a project."""
        with self._lock:
            for records in self._records.values():
                for id_ in [id_ for id_, one in records.items() if one.get("projectId") == project_id]:
                    del records[id_]

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._records.clear()


STORE: Final = Store()
"""The only one, as moto's backends are: the provider and whoever asks over HTTP see the same Atlas."""


def new_id() -> str:
    """Make an id as Atlas does: 24 hexadecimal digits."""
    return secrets.token_hex(12)


def now() -> str:
    """Give the time as Atlas writes it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of Atlas: its code and detail."""
    raise Refused(code, message)


def project(project_id: str) -> Props:
    """Give a project; Atlas' error where there is none."""
    found = STORE.get(PROJECT, project_id)
    return found or refuse("GROUP_NOT_FOUND", f"No group with ID {project_id} exists.")


def cluster(project_id: str, name: str) -> Props:
    """Give a cluster; Atlas' error where there is none."""
    found = STORE.get(CLUSTER, f"{project_id}-{name}")
    missing = f"No cluster named {name} exists in group {project_id}."
    return found or refuse("CLUSTER_NOT_FOUND", missing)
