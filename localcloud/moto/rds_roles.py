"""IAM roles that databases act with: moto adds them, whatever they are, and never takes them away."""

from typing import Any, Final

from moto.core.responses import ActionResult, EmptyResult
from moto.rds.exceptions import DBInstanceNotFoundError
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto.rds_state import cluster_of, refuse
from localcloud.moto.rds_transitions import require_available
from localcloud.moto.roles import may_take

_SERVICE: Final = "rds.amazonaws.com"
# SupportedFeatureNames of both engines in DescribeDBEngineVersions.
_FEATURES: Final = {
    "postgres": ("Lambda", "s3Export", "s3Import"),
    "aurora-postgresql": ("Comprehend", "Lambda", "SageMaker", "s3Export", "s3Import"),
}

_add_to_instance_of_moto = RDSBackend.add_role_to_db_instance
_add_to_cluster_of_moto = RDSBackend.add_role_to_db_cluster


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (RDSBackend, "add_role_to_db_instance", _add_to_instance),
        (RDSBackend, "add_role_to_db_cluster", _add_to_cluster),
        (RDSResponse, "remove_role_from_db_instance", _remove_from_instance),  # moto has neither
        (RDSResponse, "remove_role_from_db_cluster", _remove_from_cluster),
    ):
        setattr(owner, name, mended)


def _add_to_instance(backend: Any, db_instance_identifier: str, role_arn: str, feature_name: str) -> None:
    _require(backend, _instance(backend, db_instance_identifier), role_arn, feature_name)
    _add_to_instance_of_moto(backend, db_instance_identifier, role_arn, feature_name)


def _add_to_cluster(backend: Any, db_cluster_identifier: str, role_arn: str, feature_name: str | None) -> None:
    _require(backend, cluster_of(backend, db_cluster_identifier), role_arn, feature_name)
    _add_to_cluster_of_moto(backend, db_cluster_identifier, role_arn, str(feature_name))


def _instance(backend: Any, name: str) -> Any:
    found = backend.databases.get(name)
    if found is None:
        raise DBInstanceNotFoundError(name)
    return found


def _require(backend: Any, database: Any, role: str, feature: str | None) -> None:
    """Refuse a feature that the engine has not, and a role that RDS may not take."""
    known = _FEATURES.get(database.engine)
    if known and not feature:
        message = "The FeatureName parameter must be provided with the current operation for the Aurora (PostgreSQL)"
        refuse("InvalidParameterValue", f"{message} engine.")
    if known and feature not in known:
        message = f"The feature-name {feature} is not supported by the engine {database.engine}"
        refuse("InvalidParameterValue", f"{message}: it has {', '.join(known)}.")
    if not may_take(backend.account_id, role, _SERVICE):
        message = "IAM role ARN value is invalid or does not include the required permissions for"
        refuse("InvalidParameterValue", f"{message}: {feature}")
    require_available(database, "The database is not in the available state.")


def _remove_from_instance(self: Any) -> ActionResult:
    name = self.params["DBInstanceIdentifier"]
    _remove(self.params, _instance(self.backend, name), "DBInstanceRoleNotFound")
    return EmptyResult()


def _remove_from_cluster(self: Any) -> ActionResult:
    name = self.params["DBClusterIdentifier"]
    _remove(self.params, cluster_of(self.backend, name), "DBClusterRoleNotFound")
    return EmptyResult()


def _remove(params: Any, database: Any, missing: str) -> None:
    role, feature = params["RoleArn"], params.get("FeatureName")
    found = [one for one in database.associated_roles if one.role_arn == role and feature in (None, one.feature_name)]
    if not found:
        refuse(missing, f"The role {role} is not associated with {feature or 'any feature'} of the database.")
    require_available(database, "The database is not in the available state.")
    database.associated_roles.remove(found[0])
