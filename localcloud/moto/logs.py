"""Adds to moto 5.2's CloudWatch Logs what it lacks and the local cloud needs."""

from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse


def mend() -> None:
    """Add the operations to moto's; twice does no harm."""
    for name, added in (("associate_kms_key", _associate_key), ("disassociate_kms_key", _disassociate_key)):
        setattr(LogsResponse, name, added)


def _associate_key(self: Any) -> str:
    _set_key(self, self._get_param("kmsKeyId"))
    return ""


def _disassociate_key(self: Any) -> str:
    _set_key(self, None)
    return ""


def _set_key(self: Any, key: str | None) -> None:
    name = self._get_param("logGroupName")
    if name not in self.logs_backend.groups:
        raise ResourceNotFoundException
    self.logs_backend.groups[name].kms_key_id = key
