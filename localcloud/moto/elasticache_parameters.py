"""Cache parameter groups and subnet groups, as ElastiCache's API has them."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from moto.elasticache.models import CacheSubnetGroup

from localcloud.moto.elasticache_facts import FAMILIES, Parameter, parameters
from localcloud.moto.elasticache_state import Call, ParameterGroup, identifier, refuse

_MAX_CHANGES: Final = 20  # API Reference, ModifyCacheParameterGroup


def _describe(group: ParameterGroup) -> dict[str, Any]:
    return {
        "CacheParameterGroupName": group.name,
        "CacheParameterGroupFamily": group.family,
        "Description": group.description,
        "IsGlobal": False,
        "ARN": group.arn,
    }


def create(call: Call) -> dict[str, Any]:
    """CreateCacheParameterGroup."""
    name = identifier("CacheParameterGroupName", call.text("CacheParameterGroupName"), 255)
    family = call.text("CacheParameterGroupFamily")
    if family not in FAMILIES:
        refuse(
            "InvalidParameterValue",
            f"CacheParameterGroupFamily {family} is not a valid parameter group family: {', '.join(FAMILIES)}",
        )
    if name in call.state.parameter_groups:
        refuse("CacheParameterGroupAlreadyExists", f"CacheParameterGroup {name} already exists.")
    group = ParameterGroup(
        name=name, family=family, description=call.text("Description"), values={}, arn=call.arn("parametergroup", name)
    )
    call.state.parameter_groups[name] = group
    call.tag(group.arn)
    return {"CacheParameterGroup": _describe(group)}


def describe(call: Call) -> dict[str, Any]:
    """DescribeCacheParameterGroups."""
    if name := call.get("CacheParameterGroupName"):
        return {"CacheParameterGroups": [_describe(call.parameter_group(name))]}
    groups = {**call.default_parameter_groups(), **call.state.parameter_groups}
    return {"CacheParameterGroups": [_describe(group) for group in groups.values()]}


def describe_parameters(call: Call) -> dict[str, Any]:
    """DescribeCacheParameters; `Source` is `user` or `system`."""
    group = call.parameter_group(call.text("CacheParameterGroupName"))
    source = call.get("Source", "")
    found = [_parameter(name, one, group.values.get(name)) for name, one in parameters(group.family).items()]
    return {"Parameters": [one for one in found if source in ("", one["Source"])]}


def describe_defaults(call: Call) -> dict[str, Any]:
    """DescribeEngineDefaultParameters."""
    family = call.text("CacheParameterGroupFamily")
    if family not in FAMILIES:
        refuse("InvalidParameterValue", f"{family} is not a valid parameter group family")
    found = [_parameter(name, one, None) for name, one in parameters(family).items()]
    return {"EngineDefaults": {"CacheParameterGroupFamily": family, "Parameters": found}}


def _parameter(name: str, facts: Parameter, value: str | None) -> dict[str, Any]:
    return {
        "ParameterName": name,
        "ParameterValue": facts.default if value is None else value,
        "Source": "system" if value is None else "user",
        "DataType": facts.type,
        "AllowedValues": facts.allowed,
        "IsModifiable": facts.modifiable,
        "ChangeType": "requires-reboot" if facts.reboot else "immediate",
    }


def _own(call: Call) -> ParameterGroup:
    """Give a group that may be changed: AWS's own may not."""
    group = call.parameter_group(call.text("CacheParameterGroupName"))
    if group.name not in call.state.parameter_groups:
        refuse("InvalidParameterValue", f"The default parameter group {group.name} cannot be modified or deleted.")
    return group


def _users(call: Call, group: ParameterGroup) -> list[str]:
    return sorted(id_ for id_, one in call.groups.items() if one.cache_parameter_group_name == group.name)


def modify(call: Call) -> dict[str, Any]:
    """ModifyCacheParameterGroup."""
    group = _own(call)
    said = call.get("ParameterNameValues", [])
    if not 0 < len(said) <= _MAX_CHANGES:
        refuse("InvalidParameterValue", f"between 1 and {_MAX_CHANGES} parameters can be modified, got {len(said)}")
    values = {one["ParameterName"]: one.get("ParameterValue", "") for one in said}
    for name, value in values.items():
        _refuse_value(group, name, value)
    _refuse_mode_change(call, group, values)
    call.state.parameter_groups[group.name] = replace(group, values={**group.values, **values})
    return {"CacheParameterGroupName": group.name}


def _refuse_value(group: ParameterGroup, name: str, value: str) -> None:
    known = parameters(group.family)
    if name not in known:
        refuse("InvalidParameterValue", f"Parameter {name} doesn't exist in family {group.family}")
    if not known[name].modifiable:
        refuse("InvalidParameterValue", f"The parameter {name} cannot be modified.")
    if known[name].refuses(value):
        refuse(
            "InvalidParameterValue",
            f"The value {value!r} of parameter {name} is invalid, allowed values are {known[name].allowed}",
        )


def _refuse_mode_change(call: Call, group: ParameterGroup, values: dict[str, str]) -> None:
    after = values.get("cluster-enabled", "no" if group.clustered else "")
    if after and (after == "yes") != group.clustered and _users(call, group):
        refuse("InvalidParameterValue", "The parameter cluster-enabled cannot be modified.")


def reset(call: Call) -> dict[str, Any]:
    """ResetCacheParameterGroup: named parameters, or all."""
    group = _own(call)
    named = {one["ParameterName"] for one in call.get("ParameterNameValues", [])}
    if unknown := sorted(named - parameters(group.family).keys()):
        refuse("InvalidParameterValue", f"Parameter {unknown[0]} doesn't exist in family {group.family}")
    kept = {name: value for name, value in group.values.items() if not _goes(call, name, named)}
    if group.clustered and "cluster-enabled" not in kept:
        _refuse_mode_change(call, group, {})
    call.state.parameter_groups[group.name] = replace(group, values=kept)
    return {"CacheParameterGroupName": group.name}


def _goes(call: Call, name: str, named: Iterable[str]) -> bool:
    return bool(call.get("ResetAllParameters", False)) or name in named


def delete(call: Call) -> None:
    """DeleteCacheParameterGroup."""
    group = _own(call)
    if users := _users(call, group):
        refuse(
            "InvalidCacheParameterGroupState",
            f"One or more cache clusters are still members of this parameter group {group.name}, so the group cannot "
            f"be deleted: {', '.join(users)}",
        )
    del call.state.parameter_groups[group.name]
    call.backend.tagging_service.delete_all_tags_for_resource(group.arn)


# Subnet groups


def _subnet_group(call: Call) -> CacheSubnetGroup:
    name = call.text("CacheSubnetGroupName").lower()
    if name not in call.backend.cache_subnet_groups:
        refuse("CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.")
    return call.backend.cache_subnet_groups[name]


def create_subnet_group(call: Call) -> dict[str, Any]:
    """CreateCacheSubnetGroup: moto's, with the name in lower case."""
    name = identifier("CacheSubnetGroupName", call.text("CacheSubnetGroupName"), 255)
    group = call.backend.create_cache_subnet_group(
        cache_subnet_group_name=name,
        cache_subnet_group_description=call.text("CacheSubnetGroupDescription"),
        subnet_ids=call.get("SubnetIds", []),
        tags=call.get("Tags", []),
    )
    return {"CacheSubnetGroup": describe_subnet_group(group)}


def describe_subnet_group(group: CacheSubnetGroup) -> dict[str, Any]:
    """Describe a subnet group with the zones of its subnets, which moto leaves out."""
    return {
        "CacheSubnetGroupName": group.cache_subnet_group_name,
        "CacheSubnetGroupDescription": group.cache_subnet_group_description,
        "VpcId": group.vpc_id,
        "ARN": group.arn,
        "SupportedNetworkTypes": group.supported_network_types,
        "Subnets": [
            {
                "SubnetIdentifier": one["subnet_identifier"],
                "SubnetAvailabilityZone": {"Name": zone_of(one)},
                "SupportedNetworkTypes": one["supported_network_types"],
            }
            for one in group.subnets
        ],
    }


def zone_of(subnet: dict[str, Any]) -> str:
    """Give the availability zone of one of moto's subnets."""
    zone = subnet.get("subnet_availability_zone") or subnet.get("Subnet_availability_zone") or ""
    return zone["Name"] if isinstance(zone, dict) else str(zone)


def describe_subnet_groups(call: Call) -> dict[str, Any]:
    """DescribeCacheSubnetGroups."""
    named = call.get("CacheSubnetGroupName")
    groups = [_subnet_group(call)] if named else call.backend.cache_subnet_groups.values()
    return {"CacheSubnetGroups": [describe_subnet_group(group) for group in groups]}


def modify_subnet_group(call: Call) -> dict[str, Any]:
    """ModifyCacheSubnetGroup: another description, other subnets."""
    group = _subnet_group(call)
    subnets = call.get("SubnetIds", group.subnet_ids)
    after: Any = CacheSubnetGroup(
        account_id=call.backend.account_id,
        region_name=call.backend.region_name,
        cache_subnet_group_name=group.cache_subnet_group_name,
        cache_subnet_group_description=call.get("CacheSubnetGroupDescription", group.cache_subnet_group_description),
        subnet_ids=subnets,
        tags=group.tags,
    )
    users = _subnet_group_users(call, group)
    if users and after.vpc_id != group.vpc_id:
        refuse("InvalidSubnet", f"The new subnets are in another VPC than the clusters {', '.join(users)}")
    call.backend.cache_subnet_groups[group.cache_subnet_group_name] = after
    return {"CacheSubnetGroup": describe_subnet_group(after)}


def delete_subnet_group(call: Call) -> None:
    """DeleteCacheSubnetGroup."""
    group = _subnet_group(call)
    if users := _subnet_group_users(call, group):
        refuse(
            "CacheSubnetGroupInUse",
            f"Cache subnet group {group.cache_subnet_group_name} is currently in use by a cache cluster: "
            f"{', '.join(users)}",
        )
    del call.backend.cache_subnet_groups[group.cache_subnet_group_name]
    call.backend.tagging_service.delete_all_tags_for_resource(group.arn)


def _subnet_group_users(call: Call, group: CacheSubnetGroup) -> list[str]:
    name = group.cache_subnet_group_name
    return sorted(id_ for id_, one in call.groups.items() if one.cache_subnet_group_name == name)
