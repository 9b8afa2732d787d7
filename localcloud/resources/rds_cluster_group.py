"""RDS: parameter groups of Aurora PostgreSQL clusters."""

from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.rds import retag, tags_of
from localcloud.resources.rds_parameters import (
    cluster_family_rules,
    for_aws,
    from_aws,
    gone,
    name_rules,
    parameter_rules,
    same_parameters,
)
from localcloud.tags import to_aws
from localcloud.wire import Props


def _create(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("rds").create_db_cluster_parameter_group(
        DBClusterParameterGroupName=inputs["name"],
        DBParameterGroupFamily=inputs["family"],
        Description=inputs["description"],
        Tags=to_aws(inputs.get("tags")),
    )
    return inputs["name"]


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    for some in for_aws(inputs.get("parameters", [])):
        cloud.aws("rds").modify_db_cluster_parameter_group(DBClusterParameterGroupName=id_, Parameters=some)


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_cluster_parameter_groups(DBClusterParameterGroupName=id_)["DBClusterParameterGroups"][0]
    except aws.exceptions.DBParameterGroupNotFoundFault:
        return None


def _read(cloud: Cloud, id_: str) -> Props | None:
    group = _find(cloud, id_)
    if group is None:
        return None
    found = cloud.aws("rds").describe_db_cluster_parameters(DBClusterParameterGroupName=id_, Source="user")
    return {
        "arn": group["DBClusterParameterGroupArn"],
        "name": group["DBClusterParameterGroupName"],
        "family": group["DBParameterGroupFamily"],
        "description": group["Description"],
        "parameters": from_aws(found["Parameters"]),
        "tags": tags_of(cloud, group["DBClusterParameterGroupArn"]),
    }


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    before, after = olds.get("parameters", []), news.get("parameters", [])
    _settle(cloud, id_, {"parameters": [one for one in after if one not in before]})
    for some in for_aws(gone(before, after)):
        cloud.aws("rds").reset_db_cluster_parameter_group(DBClusterParameterGroupName=id_, Parameters=some)
    retag(cloud, cloud.arn("rds", f"cluster-pg:{id_}"), olds, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _find(cloud, id_):
        cloud.aws("rds").delete_db_cluster_parameter_group(DBClusterParameterGroupName=id_)


CLUSTER_PARAMETER_GROUP: Final = ResourceType(
    type="aws:rds/clusterParameterGroup:ClusterParameterGroup",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"name", "family", "description", "parameters", "tags"}),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"family"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"name", "namePrefix", "family", "description"}),
    defaults={"description": "Managed by Pulumi"},
    name=AutoName(property="name", prefix="namePrefix", lower=True),
    rules=(name_rules, cluster_family_rules, parameter_rules),
    same={"parameters": same_parameters},
    not_imitated="names and values of parameters are not checked; a static one needs no reboot to be read back",
)

TYPES: Final = (CLUSTER_PARAMETER_GROUP,)
