"""Cluster parameter groups: what moto lacks of them."""

from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterParameterGroupNotFoundError
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto.rds_state import refuse

_delete_of_moto = RDSBackend.delete_db_cluster_parameter_group


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (RDSResponse, "describe_db_cluster_parameters", _describe),
        (RDSResponse, "reset_db_cluster_parameter_group", _reset),  # moto has none
        (RDSBackend, "delete_db_cluster_parameter_group", _delete),
    ):
        setattr(owner, name, mended)


def _values(self: Any) -> Any:
    name = self.params["DBClusterParameterGroupName"]
    if name not in self.backend.db_cluster_parameter_groups:
        raise DBClusterParameterGroupNotFoundError(name)
    return self.backend.db_cluster_parameter_groups[name].parameters


def _describe(self: Any) -> ActionResult:
    """Give the values that somebody set; moto knows no others."""
    values = _values(self)
    wanted = self.params.get("Source", "user") == "user"
    found = [{**one, "ParameterName": name, "Source": "user"} for name, one in values.items()] if wanted else []
    return ActionResult({"Parameters": found})


def _reset(self: Any) -> ActionResult:
    values = _values(self)
    gone = [one["ParameterName"] for one in self.params.get("Parameters", [])]
    for parameter in list(values) if self.params.get("ResetAllParameters") else gone:
        values.pop(parameter, None)
    return ActionResult({"DBClusterParameterGroupName": self.params["DBClusterParameterGroupName"]})


def _delete(backend: Any, db_cluster_parameter_group_name: str) -> None:
    """Refuse what AWS refuses."""
    users = [
        one.db_cluster_identifier
        for one in backend.clusters.values()
        if one.parameter_group == db_cluster_parameter_group_name
    ]
    if users:
        refuse(
            "InvalidDBParameterGroupState",
            "One or more database clusters are still members of this parameter group "
            f"{db_cluster_parameter_group_name}, so the group cannot be deleted ({', '.join(users)})",
        )
    _delete_of_moto(backend, db_cluster_parameter_group_name)
