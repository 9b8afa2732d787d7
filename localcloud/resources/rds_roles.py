"""RDS: IAM roles that databases act with, such as to export to a bucket."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import ResourceType
from localcloud.resources.rds_cluster_creation import find
from localcloud.resources.rds_waiting import until_settled
from localcloud.wire import Props

_FEATURE: Final = "featureName"
_ROLE: Final = "roleArn"
_INSTANCE: Final = "dbInstanceIdentifier"
_CLUSTER: Final = "dbClusterIdentifier"
_ARN: Final = "arn:aws:iam::"


def _instance(cloud: Cloud, name: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    except aws.exceptions.DBInstanceNotFoundFault:
        return None


def _association(database: dict[str, Any] | None, role: str) -> dict[str, Any] | None:
    roles = database.get("AssociatedRoles", []) if database else []
    return next((one for one in roles if one["RoleArn"] == role), None)


def _create_of_instance(cloud: Cloud, inputs: Props) -> str:
    name, role = inputs[_INSTANCE], inputs[_ROLE]
    _until_instance_settled(cloud, name)
    cloud.aws("rds").add_role_to_db_instance(DBInstanceIdentifier=name, RoleArn=role, FeatureName=inputs[_FEATURE])
    return f"{name},{role}"


def _until_instance_settled(cloud: Cloud, name: str) -> None:
    def look() -> str:
        return (_instance(cloud, name) or {}).get("DBInstanceStatus", "")

    until_settled(look(), look)


def _read_of_instance(cloud: Cloud, id_: str) -> Props | None:
    name, _, role = id_.partition(",")
    if found := _association(_instance(cloud, name), role):
        return {_INSTANCE: name, _ROLE: role, _FEATURE: found["FeatureName"]}
    return None


def _delete_of_instance(cloud: Cloud, id_: str, __: Props) -> None:
    name, _, role = id_.partition(",")
    if found := _association(_instance(cloud, name), role):
        _until_instance_settled(cloud, name)
        cloud.aws("rds").remove_role_from_db_instance(
            DBInstanceIdentifier=name, RoleArn=role, FeatureName=found["FeatureName"]
        )


def _create_of_cluster(cloud: Cloud, inputs: Props) -> str:
    name, role = inputs[_CLUSTER], inputs[_ROLE]
    feature: Props = {"FeatureName": inputs[_FEATURE]} if inputs.get(_FEATURE) else {}
    _until_cluster_settled(cloud, name)
    cloud.aws("rds").add_role_to_db_cluster(DBClusterIdentifier=name, RoleArn=role, **feature)
    return f"{name},{role}"


def _until_cluster_settled(cloud: Cloud, name: str) -> None:
    def look() -> str:
        return (find(cloud, name) or {}).get("Status", "")

    until_settled(look(), look)


def _read_of_cluster(cloud: Cloud, id_: str) -> Props | None:
    name, _, role = id_.partition(",")
    if found := _association(find(cloud, name), role):
        return {_CLUSTER: name, _ROLE: role, _FEATURE: found["FeatureName"]}
    return None


def _delete_of_cluster(cloud: Cloud, id_: str, __: Props) -> None:
    name, _, role = id_.partition(",")
    if found := _association(find(cloud, name), role):
        _until_cluster_settled(cloud, name)
        cloud.aws("rds").remove_role_from_db_cluster(
            DBClusterIdentifier=name, RoleArn=role, FeatureName=found["FeatureName"]
        )


def _rules(inputs: Props) -> Iterator[str]:
    if not str(inputs[_ROLE]).startswith(_ARN):
        yield f"roleArn must be the ARN of a role, such as {_ARN}123456789012:role/export, got {inputs[_ROLE]!r}"


INSTANCE_ROLE: Final = ResourceType(
    type="aws:rds/roleAssociation:RoleAssociation",
    create=_create_of_instance,
    read=_read_of_instance,
    delete=_delete_of_instance,
    applied=frozenset({_INSTANCE, _ROLE, _FEATURE}),
    required=frozenset({_INSTANCE, _ROLE, _FEATURE}),
    rules=(_rules,),
    not_imitated="nothing is imported or exported",
)

CLUSTER_ROLE: Final = ResourceType(
    type="aws:rds/clusterRoleAssociation:ClusterRoleAssociation",
    create=_create_of_cluster,
    read=_read_of_cluster,
    delete=_delete_of_cluster,
    applied=frozenset({_CLUSTER, _ROLE, _FEATURE}),
    required=frozenset({_CLUSTER, _ROLE}),
    rules=(_rules,),
    not_imitated="nothing is imported or exported",
)

TYPES: Final = (INSTANCE_ROLE, CLUSTER_ROLE)
