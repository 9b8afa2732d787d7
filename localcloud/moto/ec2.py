"""Mends what moto 5.2 does wrongly in EC2 and the local cloud needs right, for whoever asks it by boto3 too."""

from inspect import signature
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError, InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models import EC2Backend
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.responses.vpcs import VPCs

_delete_group_of_moto = EC2Backend.delete_security_group
_init_rule_of_moto = SecurityGroupRule.__init__
_modify_endpoint_of_moto = VPCs.modify_vpc_endpoint
_filter_value_of_moto = VPCEndPoint.get_filter_value
_associate_of_moto = EC2Backend.associate_route_table
_associate_anew_of_moto = EC2Backend.replace_route_table_association


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (EC2Backend, "associate_route_table", _associate),
        (EC2Backend, "delete_security_group", _delete_group),
        (EC2Backend, "modify_security_group_rules", _modify_rules),
        (EC2Backend, "replace_route_table_association", _associate_anew),
        (SecurityGroupRule, "__init__", _init_rule),
        (SecurityGroupRule, "description", property(_description)),
        (VPCs, "modify_vpc_endpoint", _modify_endpoint),
        (VPCEndPoint, "get_filter_value", _endpoint_filter_value),
    ):
        setattr(owner, name, mended)


def _associate(backend: Any, route_table_id: str, gateway_id: str | None = None, subnet_id: str | None = None) -> str:
    return _named(backend, route_table_id, _associate_of_moto(backend, route_table_id, gateway_id, subnet_id))


def _associate_anew(backend: Any, association_id: str, route_table_id: str) -> str:
    return _named(backend, route_table_id, _associate_anew_of_moto(backend, association_id, route_table_id))


def _named(backend: Any, route_table_id: str, association_id: str) -> str:
    """Let the id of a subnet's association follow from the subnet: the local provider has no other, as it stays."""
    associations = backend.get_route_table(route_table_id)._associations  # noqa: SLF001  moto has no other way to them
    subnet = associations.get(association_id, "")
    if not subnet.startswith("subnet-"):
        return association_id
    del associations[association_id]
    id_ = subnet.replace("subnet-", "rtbassoc-", 1)
    associations[id_] = subnet
    return id_


def _delete_group(backend: Any, name: str | None = None, group_id: str | None = None) -> None:
    """Delete a group while others are made: moto walks over what they add to, and breaks off."""
    for groups in backend.groups.copy().values():
        if group_id is not None and groups.pop(group_id, None):
            return
    _delete_group_of_moto(backend, name, group_id)


def _init_rule(rule: Any, *args: Any, **kwargs: Any) -> None:
    """Keep the description of a rule that points to a prefix list, too."""
    _init_rule_of_moto(rule, *args, **kwargs)
    given = signature(_init_rule_of_moto).bind(rule, *args, **kwargs).arguments
    rule.prefix_description = (given.get("prefix_list_id") or {}).get("Description")


def _modify_rules(backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
    """Change rules whatever they point to; moto's changes those with an IPv4 block only."""
    group = backend.get_security_group_by_name_or_id(group_id)
    if group is None:
        raise InvalidSecurityGroupNotFoundError(group_id)
    for rule_id, new in rules.items():
        rule = group.get_rule(rule_id)
        if rule is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        described = {"Description": new["Description"]} if new.get("Description") else {}
        ranges = {
            theirs: new[key] for key, theirs in (("CidrIpv4", "CidrIp"), ("CidrIpv6", "CidrIpv6")) if new.get(key)
        }
        referenced = new.get("ReferencedGroupId")
        everything = new["IpProtocol"] == "-1"
        rule.ip_protocol = new["IpProtocol"]
        rule.from_port, rule.to_port = (None, None) if everything else (int(new["FromPort"]), int(new["ToPort"]))
        rule.ip_range = {**ranges, **described} if ranges else {}
        rule.source_group = {"GroupId": referenced, "UserId": backend.account_id, **described} if referenced else {}
        rule.prefix_list_id = new.get("PrefixListId")
        rule.prefix_description = new.get("Description") if rule.prefix_list_id else None


def _description(rule: Any) -> str | None:
    """Find the description of a rule, whatever it points to."""
    return rule.ip_range.get("Description") or rule.source_group.get("Description") or rule.prefix_description


def _modify_endpoint(self: Any) -> ActionResult:
    """Keep the routes of a gateway endpoint in step with its route tables, and private DNS; moto's does neither."""
    backend = self.ec2_backend
    endpoint = backend.describe_vpc_endpoints([self._get_param("VpcEndpointId")])[0]
    before = set(endpoint.route_table_ids)
    answer = _modify_endpoint_of_moto(self)
    prefix = endpoint.destination_prefix_list_id
    if prefix:
        for table in set(endpoint.route_table_ids) - before:
            backend.create_route(table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix)
        for table in before - set(endpoint.route_table_ids):
            backend.delete_route(table, prefix)
    private = self._get_bool_param("PrivateDnsEnabled")
    if private is not None:
        endpoint.private_dns_enabled = private
    return answer


def _endpoint_filter_value(endpoint: Any, filter_name: str, method_name: str | None = None) -> Any:
    """Let endpoints be found by what moto does not filter by."""
    known = {"vpc-endpoint-id": endpoint.id, "vpc-id": endpoint.vpc_id, "service-name": endpoint.service_name}
    return known[filter_name] if filter_name in known else _filter_value_of_moto(endpoint, filter_name, method_name)
