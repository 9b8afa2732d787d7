"""The id of what was made while its answer was lost, where it does not follow from the inputs one by one."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from upgrades.cloud import INSTANCE, Cloud, missing
from upgrades.likeness import LIKE

Inputs = Mapping[str, Any]


def _instance(inputs: Inputs, cloud: Cloud) -> str | None:
    return cloud.instance_id(str(inputs.get("identifier")))


def _secret(inputs: Inputs, cloud: Cloud) -> str | None:
    """Ask for the ARN by the name: it ends with six letters of chance."""
    if not inputs.get("name"):
        return None
    try:
        found = cloud.client("secretsmanager", inputs.get("region")).describe_secret(SecretId=inputs["name"])
    except ClientError as error:
        if missing(error):
            return None
        raise
    return None if found.get("DeletedDate") else str(found["ARN"])


def _security_group(inputs: Inputs, cloud: Cloud) -> str | None:
    found = _described(inputs, cloud, "describe_security_groups", {"group-name": "name", "vpc-id": "vpcId"})
    return str(found["GroupId"]) if found else None


def _subnet(inputs: Inputs, cloud: Cloud) -> str | None:
    found = _described(inputs, cloud, "describe_subnets", {"cidr-block": "cidrBlock", "vpc-id": "vpcId"})
    return str(found["SubnetId"]) if found else None


def _described(inputs: Inputs, cloud: Cloud, operation: str, filters: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Ask EC2 for what has all these inputs."""
    if not all(inputs.get(key) for key in filters.values()):
        return None
    asked = [{"Name": name, "Values": [inputs[key]]} for name, key in filters.items()]
    answer = getattr(cloud.client("ec2", inputs.get("region")), operation)(Filters=asked)
    found = next(value for key, value in answer.items() if key != "ResponseMetadata")
    return found[0] if len(found) == 1 else None


def _replica_key(inputs: Inputs, _: Cloud) -> str | None:
    """Give the id of a multi-region key: it is the same in every region."""
    return str(inputs.get("primaryKeyArn", "")).partition(":key/")[2] or None


def _table_replica(inputs: Inputs, _: Cloud) -> str | None:
    parts = str(inputs.get("globalTableArn", "")).split(":")
    return f"{parts[-1].partition('/')[2]}:{parts[3]}" if len(parts) == 6 else None  # noqa: PLR2004  an ARN has 6 parts


def _proxy_target(inputs: Inputs, _: Cloud) -> str | None:
    instance, cluster = inputs.get("dbInstanceIdentifier"), inputs.get("dbClusterIdentifier")
    kind = "RDS_INSTANCE" if instance else "TRACKED_CLUSTER"
    parts = [inputs.get("dbProxyName"), inputs.get("targetGroupName"), kind, instance or cluster]
    return "/".join(map(str, parts)) if all(parts) else None


WAYS: Final[Mapping[str, Callable[[Inputs, Cloud], str | None]]] = {
    **LIKE,
    INSTANCE: _instance,
    "aws:dynamodb/tableReplica:TableReplica": _table_replica,
    "aws:ec2/securityGroup:SecurityGroup": _security_group,
    "aws:ec2/subnet:Subnet": _subnet,
    "aws:kms/replicaKey:ReplicaKey": _replica_key,
    "aws:rds/proxyTarget:ProxyTarget": _proxy_target,
    "aws:secretsmanager/secret:Secret": _secret,
}
"""By type; None of a way: there is none, or nobody can know which."""
