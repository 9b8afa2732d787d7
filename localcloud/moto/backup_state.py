"""What AWS Backup keeps in one account and region, beside what moto keeps."""

from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

from localcloud.moto.operation import Call, refuse, state_of

INVALID_PARAMETER: Final = "InvalidParameterValueException"
INVALID_REQUEST: Final = "InvalidRequestException"
TYPES: Final = (
    *("Aurora", "CloudFormation", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "Redshift"),
    *("Redshift Serverless", "S3", "SAP HANA on Amazon EC2", "Storage Gateway", "Timestream", "VirtualMachine"),
)
"""The resource types of DescribeRegionSettings. AWS Backup Developer Guide, "Service opt-in"."""


@dataclass(kw_only=True, slots=True)
class State:
    """All of one account and region, in the shapes that AWS answers with."""

    policies: dict[str, str] = field(default_factory=dict)
    notifications: dict[str, dict[str, Any]] = field(default_factory=dict)
    selections: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """By plan, then by selection."""
    recovery_points: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """By vault, then by ARN."""
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    testing_plans: dict[str, dict[str, Any]] = field(default_factory=dict)
    testing_selections: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """By restore testing plan, then by name."""
    restore_jobs: list[dict[str, Any]] = field(default_factory=list)
    """Nothing makes any: no time passes here in which a plan would restore."""
    opt_in: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(TYPES, True))
    management: dict[str, bool] = field(default_factory=lambda: {"DynamoDB": True, "EFS": True})


def state(call: Call) -> State:
    """Give the state of the account and region that is asked."""
    return state_of(call.backend, State)


def refuse_missing(message: str) -> NoReturn:
    """Say that something does not exist."""
    refuse("ResourceNotFoundException", message)


def vault_of(call: Call) -> Any:
    """Give the vault that a request names."""
    name = call.text("BackupVaultName")
    vault = call.backend.vaults.get(name)
    return vault or refuse_missing(f"Backup vault with name {name} cannot be found")
