"""What the amendments of RDS look up and answer alike: errors, and things by name, ARN or region."""

from collections.abc import Iterator
from typing import Any, NoReturn

from moto.ec2.models import ec2_backends
from moto.rds.exceptions import DBClusterNotFoundError, RDSClientError
from moto.rds.models import rds_backends


def refuse(code: str, message: str) -> NoReturn:
    """Answer with an error of AWS: its code, as botocore names it, and its message."""
    raise RDSClientError(code, message)


def regions(backend: Any) -> Iterator[Any]:
    """Give RDS in every region of the account that something asked for."""
    return iter(list(rds_backends[backend.account_id].values()))


def in_region(backend: Any, region: str) -> Any:
    """Give RDS in another region of the same account."""
    return rds_backends[backend.account_id][region]


def network(backend: Any) -> Any:
    """Give EC2 of the same account and region."""
    return ec2_backends[backend.account_id][backend.region_name]


def is_arn(reference: str) -> bool:
    """Say whether something is named by its ARN."""
    return reference.startswith("arn:")


def name_of(reference: str) -> str:
    """Give the name in an ARN, or the name itself."""
    return reference.rpartition(":")[2] if is_arn(reference) else reference


def home_of(backend: Any, reference: str) -> Any:
    """Give RDS in the region that an ARN names; a plain name is of this one."""
    return in_region(backend, reference.split(":")[3]) if is_arn(reference) else backend


def cluster_of(backend: Any, reference: str) -> Any:
    """Find a cluster by name or ARN. Raises DBClusterNotFoundFault."""
    found = home_of(backend, reference).clusters.get(name_of(reference))
    if found is None:
        raise DBClusterNotFoundError(reference)
    return found


def is_member(instance: Any) -> bool:
    """Say whether an instance belongs to a cluster."""
    return getattr(instance, "db_cluster_identifier", None) is not None
