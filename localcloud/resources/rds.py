"""RDS: subnet groups and parameter groups of database instances."""

import re
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.rds_parameters import (
    family_rules,
    for_aws,
    gone,
    name_rules,
    parameter_rules,
    same_parameters,
)
from localcloud.resources.rds_parameters import from_aws as read_parameters
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

_SUBNET_GROUP_NAME: Final = re.compile(r"[a-z0-9 _.-]{1,255}")
_LEAST_ZONES: Final = 2


def retag(cloud: Cloud, arn: str, olds: Props, news: Props) -> None:
    """Bring the tags of anything in RDS from old to new inputs."""
    change = tag_change(olds, news)
    if change.gone:
        cloud.aws("rds").remove_tags_from_resource(ResourceName=arn, TagKeys=change.gone)
    if change.put:
        cloud.aws("rds").add_tags_to_resource(ResourceName=arn, Tags=to_aws(change.put))


def tags_of(cloud: Cloud, arn: str) -> Props:
    """Read the tags of anything in RDS."""
    return from_aws(cloud.aws("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


# Subnet groups


def _require_zones(cloud: Cloud, subnets: list[str]) -> None:
    found = cloud.aws("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    zones = sorted({one["AvailabilityZone"] for one in found})
    if len(zones) < _LEAST_ZONES:
        message = (
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least {_LEAST_ZONES} AZs."
        )
        raise Refused("DBSubnetGroupDoesNotCoverEnoughAZs", message)
    if len({one["VpcId"] for one in found}) > 1:
        raise Refused("InvalidSubnet", "The subnets of a DB subnet group must all be in the same VPC")


def _create_subnet_group(cloud: Cloud, inputs: Props) -> str:
    if _describe_subnet_group(cloud, inputs["name"]):  # moto would overwrite it
        raise Refused("DBSubnetGroupAlreadyExists", f"The DB subnet group '{inputs['name']}' already exists.")
    _require_zones(cloud, inputs["subnetIds"])
    cloud.aws("rds").create_db_subnet_group(
        DBSubnetGroupName=inputs["name"],
        DBSubnetGroupDescription=inputs["description"],
        SubnetIds=inputs["subnetIds"],
        Tags=to_aws(inputs.get("tags")),
    )
    return inputs["name"]


def _describe_subnet_group(cloud: Cloud, name: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]
    except aws.exceptions.DBSubnetGroupNotFoundFault:
        return None


def _read_subnet_group(cloud: Cloud, id_: str) -> Props | None:
    group = _describe_subnet_group(cloud, id_)
    if group is None:
        return None
    return {
        "arn": group["DBSubnetGroupArn"],
        "name": group["DBSubnetGroupName"],
        "description": group["DBSubnetGroupDescription"],
        "subnetIds": [one["SubnetIdentifier"] for one in group["Subnets"]],
        "supportedNetworkTypes": ["IPV4"],
        "vpcId": group["VpcId"],
        "tags": tags_of(cloud, group["DBSubnetGroupArn"]),
    }


def _update_subnet_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    if any(olds.get(key) != news[key] for key in ("subnetIds", "description")):
        _require_zones(cloud, news["subnetIds"])
        cloud.aws("rds").modify_db_subnet_group(
            DBSubnetGroupName=id_, DBSubnetGroupDescription=news["description"], SubnetIds=news["subnetIds"]
        )
    retag(cloud, cloud.arn("rds", f"subgrp:{id_}"), olds, news)


def _delete_subnet_group(cloud: Cloud, id_: str, _: Props) -> None:
    if _describe_subnet_group(cloud, id_):
        cloud.aws("rds").delete_db_subnet_group(DBSubnetGroupName=id_)


def _subnet_group_rules(inputs: Props) -> Iterator[str]:
    name = inputs.get("name", "any")
    if not _SUBNET_GROUP_NAME.fullmatch(name):
        yield (
            "only lowercase alphanumeric characters, hyphens, underscores, periods, and spaces allowed in name, "
            f"got {name!r}"
        )
    if name == "default":
        yield "name must not be 'default'"
    if not inputs.get("subnetIds", ["?"]):
        yield "subnetIds must not be empty"


SUBNET_GROUP: Final = ResourceType(
    type="aws:rds/subnetGroup:SubnetGroup",
    create=_create_subnet_group,
    read=_read_subnet_group,
    update=_update_subnet_group,
    delete=_delete_subnet_group,
    applied=frozenset({"name", "description", "subnetIds", "tags"}),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"subnetIds"}),
    outputs=frozenset({"arn", "supportedNetworkTypes", "vpcId"}),
    replace=frozenset({"name", "namePrefix"}),
    defaults={"description": "Managed by Pulumi"},
    name=AutoName(property="name", prefix="namePrefix", lower=True),
    rules=(_subnet_group_rules,),
)


# Parameter groups


def _create_parameter_group(cloud: Cloud, inputs: Props) -> str:
    cloud.aws("rds").create_db_parameter_group(
        DBParameterGroupName=inputs["name"],
        DBParameterGroupFamily=inputs["family"],
        Description=inputs["description"],
        Tags=to_aws(inputs.get("tags")),
    )
    return inputs["name"]


def _settle_parameters(cloud: Cloud, id_: str, inputs: Props) -> None:
    for some in for_aws(inputs.get("parameters", [])):
        cloud.aws("rds").modify_db_parameter_group(DBParameterGroupName=id_, Parameters=some)


def _read_parameter_group(cloud: Cloud, id_: str) -> Props | None:
    aws = cloud.aws("rds")
    groups = aws.describe_db_parameter_groups(DBParameterGroupName=id_)["DBParameterGroups"]
    if not groups:
        return None
    [group] = groups
    parameters = aws.describe_db_parameters(DBParameterGroupName=id_, Source="user")["Parameters"]
    return {
        "arn": group["DBParameterGroupArn"],
        "name": group["DBParameterGroupName"],
        "family": group["DBParameterGroupFamily"],
        "description": group["Description"],
        "parameters": read_parameters(parameters),
        "tags": tags_of(cloud, group["DBParameterGroupArn"]),
    }


def _update_parameter_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    before, after = olds.get("parameters", []), news.get("parameters", [])
    for some in for_aws(gone(before, after)):
        cloud.aws("rds").reset_db_parameter_group(DBParameterGroupName=id_, Parameters=some)
    _settle_parameters(cloud, id_, {"parameters": [one for one in after if one not in before]})
    retag(cloud, cloud.arn("rds", f"pg:{id_}"), olds, news)


def _delete_parameter_group(cloud: Cloud, id_: str, state: Props) -> None:
    aws = cloud.aws("rds")
    if state.get("skipDestroy"):
        return
    try:
        aws.delete_db_parameter_group(DBParameterGroupName=id_)
    except aws.exceptions.DBParameterGroupNotFoundFault:
        return


PARAMETER_GROUP: Final = ResourceType(
    type="aws:rds/parameterGroup:ParameterGroup",
    create=_create_parameter_group,
    settle=_settle_parameters,
    read=_read_parameter_group,
    update=_update_parameter_group,
    delete=_delete_parameter_group,
    applied=frozenset({"name", "family", "description", "parameters", "tags"}),
    remembered=frozenset({"namePrefix"}),
    steering=frozenset({"skipDestroy"}),
    required=frozenset({"family"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"name", "namePrefix", "family", "description"}),
    defaults={"description": "Managed by Pulumi", "skipDestroy": False},
    name=AutoName(property="name", prefix="namePrefix", lower=True),
    rules=(name_rules, family_rules, parameter_rules),
    same={"parameters": same_parameters},
    not_imitated="names and values of parameters are not checked; a static one needs no reboot to be read back",
)

TYPES: Final = (SUBNET_GROUP, PARAMETER_GROUP)
