"""Adds to moto 5.2's CloudWatch Logs what it lacks and the local cloud needs."""

from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.models import LogsBackend
from moto.logs.responses import LogsResponse

_put_filter_of_moto = LogsBackend.put_metric_filter


def mend() -> None:
    """Add the operations to moto's; twice does no harm."""
    for owner, name, added in (
        (LogsResponse, "associate_kms_key", _associate_key),
        (LogsResponse, "disassociate_kms_key", _disassociate_key),
        (LogsBackend, "put_metric_filter", _put_filter),
    ):
        setattr(owner, name, added)


def _associate_key(self: Any) -> str:
    _set_key(self, self._get_param("kmsKeyId"))
    return ""


def _disassociate_key(self: Any) -> str:
    _set_key(self, None)
    return ""


def _put_filter(self: LogsBackend, filter_name: str, filter_pattern: str, log_group_name: str, metrics: Any) -> None:
    """Put a filter in the place of the one of its name, and only where its log group exists; moto does neither."""
    if log_group_name not in self.groups:
        raise ResourceNotFoundException
    self.delete_metric_filter(filter_name, log_group_name)
    _put_filter_of_moto(self, filter_name, filter_pattern, log_group_name, metrics)


def _set_key(self: Any, key: str | None) -> None:
    name = self._get_param("logGroupName")
    if name not in self.logs_backend.groups:
        raise ResourceNotFoundException
    self.logs_backend.groups[name].kms_key_id = key
