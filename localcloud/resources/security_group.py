"""Security groups, a VPC's default one, and rules as resources of their own."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import ACCOUNT, Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.ec2 import find, present, retag, tag_specification
from localcloud.tags import from_aws
from localcloud.wire import Props

_ANY: Final = "-1"
_MAX_PORT: Final = 65535

# The lists of a rule in a group's program, and where AWS keeps their members.
_PEERS: Final = {
    "cidrBlocks": ("IpRanges", "CidrIp"),
    "ipv6CidrBlocks": ("Ipv6Ranges", "CidrIpv6"),
    "prefixListIds": ("PrefixListIds", "PrefixListId"),
    "securityGroups": ("UserIdGroupPairs", "GroupId"),
}


def _permission(id_: str, rule: Props) -> Props:
    """Write a rule of a program as AWS wants it."""
    permission: Props = {"IpProtocol": str(rule["protocol"])}
    if permission["IpProtocol"] != _ANY:
        permission |= {"FromPort": rule["fromPort"], "ToPort": rule["toPort"]}
    described = {"Description": rule["description"]} if rule.get("description") else {}
    for key, (list_, member) in _PEERS.items():
        peers = [*rule.get(key, []), *([id_] if key == "securityGroups" and rule.get("self") else [])]
        if peers:
            permission[list_] = [{member: peer, **described} for peer in peers]
    return permission


def _rules_of(id_: str, permissions: list[dict[str, Any]]) -> list[Props]:
    """Read AWS's permissions as rules of a program: one for each protocol, ports and description."""
    rules: dict[tuple[Any, ...], Props] = {}
    for permission in permissions:
        for key, (list_, member) in _PEERS.items():
            for peer in permission.get(list_, []):
                rule = _rule_for(rules, permission, peer.get("Description", ""))
                if key == "securityGroups" and peer[member] == id_:
                    rule["self"] = True
                else:
                    rule.setdefault(key, []).append(peer[member])
    return list(rules.values())


def _rule_for(rules: dict[tuple[Any, ...], Props], permission: dict[str, Any], description: str) -> Props:
    protocol = permission["IpProtocol"]
    ports = (0, 0) if protocol == _ANY else (permission["FromPort"], permission["ToPort"])
    described = {"description": description} if description else {}
    new = {"protocol": protocol, "fromPort": ports[0], "toPort": ports[1], **described}
    return rules.setdefault((protocol, *ports, description), new)


def _single(rules: list[Props]) -> set[tuple[Any, ...]]:
    """Take rules apart into one for each peer: the form in which two wordings can be compared."""
    return {
        (str(rule["protocol"]), rule.get("fromPort", 0), rule.get("toPort", 0), rule.get("description", ""), key, peer)
        for rule in rules
        for key, peers in ((*((key, rule.get(key, [])) for key in _PEERS), ("self", [1] if rule.get("self") else [])))
        for peer in peers
    }


def _same_rules(ours: Any, live: Any) -> bool:
    return _single(ours) == _single(live)


_DIRECTIONS: Final = {"ingress": "IpPermissions", "egress": "IpPermissionsEgress"}


def _authorize(cloud: Cloud, id_: str, direction: str, rules: list[Props]) -> None:
    call = getattr(cloud.aws("ec2"), f"authorize_security_group_{direction}")
    for rule in rules:
        call(GroupId=id_, IpPermissions=[_permission(id_, rule)])


def _revoke_all(cloud: Cloud, id_: str, direction: str) -> None:
    rules = cloud.aws("ec2").describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [id_]}])
    ids = [
        one["SecurityGroupRuleId"] for one in rules["SecurityGroupRules"] if one["IsEgress"] == (direction == "egress")
    ]
    if ids:
        getattr(cloud.aws("ec2"), f"revoke_security_group_{direction}")(GroupId=id_, SecurityGroupRuleIds=ids)


# Groups


def _create_group(cloud: Cloud, inputs: Props) -> str:
    answer = cloud.aws("ec2").create_security_group(
        GroupName=inputs["name"],
        Description=inputs["description"],
        **present(VpcId=inputs.get("vpcId")),
        **tag_specification("security-group", inputs.get("tags")),
    )
    return answer["GroupId"]


def _settle_group(cloud: Cloud, id_: str, inputs: Props) -> None:
    _revoke_all(cloud, id_, "egress")  # AWS allows everything out; the official provider takes that away
    for direction in _DIRECTIONS:
        _authorize(cloud, id_, direction, inputs.get(direction, []))


def _read_group(cloud: Cloud, id_: str) -> Props | None:
    group = find(cloud, "describe_security_groups", "group-id", id_)
    if group is None:
        return None
    return {
        "arn": cloud.arn("ec2", f"security-group/{id_}"),
        "name": group["GroupName"],
        "description": group["Description"],
        "vpcId": group["VpcId"],
        "ownerId": group.get("OwnerId", ACCOUNT),
        "tags": from_aws(group.get("Tags")),
        **{direction: _rules_of(id_, group[key]) for direction, key in _DIRECTIONS.items()},
    }


def _update_group(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    for direction in _DIRECTIONS:
        if direction in news and not _same_rules(olds.get(direction, []), news[direction]):
            _revoke_all(cloud, id_, direction)
            _authorize(cloud, id_, direction, news[direction])
    retag(cloud, id_, olds, news)


def _delete_group(cloud: Cloud, id_: str, _: Props) -> None:
    if find(cloud, "describe_security_groups", "group-id", id_) is None:
        return
    if user := next(_users_of(cloud, id_), None):
        raise Refused("DependencyViolation", f"resource {id_} has a dependent object ({user})")
    cloud.aws("ec2").delete_security_group(GroupId=id_)


def _users_of(cloud: Cloud, id_: str) -> Iterator[str]:
    """Name what uses a group; its own rules do not count."""
    ec2 = cloud.aws("ec2")
    for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]:
        if rule.get("ReferencedGroupInfo", {}).get("GroupId") == id_ != rule["GroupId"]:
            yield f"rule {rule['SecurityGroupRuleId']} of {rule['GroupId']}"
    for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]:
        if endpoint["State"] != "deleted" and id_ in [group["GroupId"] for group in endpoint.get("Groups", [])]:
            yield endpoint["VpcEndpointId"]
    for page in cloud.aws("rds").get_paginator("describe_db_instances").paginate():
        for instance in page["DBInstances"]:
            if id_ in [one["VpcSecurityGroupId"] for one in instance["VpcSecurityGroups"]]:
                yield f"DB instance {instance['DBInstanceIdentifier']}"
    # moto does not show a replication group's security groups: its entry remembers them.
    kind = "aws:elasticache/replicationGroup:ReplicationGroup"
    for group in cloud.memory.ids(cloud.region, kind):
        if id_ in cloud.memory.of(cloud.region, kind, group).get("securityGroupIds", []):
            yield f"replication group {group}"


def _group_rules(inputs: Props) -> Iterator[str]:
    if inputs.get("name", "").startswith("sg-"):
        yield f"GroupName may not start with 'sg-', got {inputs['name']!r}"
    if inputs.get("name") == "default":
        yield "GroupName may not be 'default': every VPC has that group, aws.ec2.DefaultSecurityGroup adopts it"
    if "description" in inputs and not inputs["description"]:
        yield "GroupDescription must not be empty"


def _inline_rules(inputs: Props) -> Iterator[str]:
    for direction in _DIRECTIONS:
        for rule in inputs.get(direction, []):
            if str(rule.get("protocol")) == _ANY:
                if rule.get("fromPort", 0) or rule.get("toPort", 0):
                    yield f'{direction}: fromPort and toPort must be 0 with protocol "-1"'
            elif not 0 <= rule.get("fromPort", -1) <= rule.get("toPort", -1) <= _MAX_PORT:
                yield f"{direction}: ports must be fromPort <= toPort within 0 to {_MAX_PORT}, got {rule}"
            if not rule.get("self") and not any(rule.get(key) for key in _PEERS):
                yield f"{direction}: a rule needs one of {', '.join(_PEERS)} or self"


_COMMON: Final = frozenset({"vpcId", "ingress", "egress", "tags"})

SECURITY_GROUP: Final = ResourceType(
    type="aws:ec2/securityGroup:SecurityGroup",
    create=_create_group,
    settle=_settle_group,
    read=_read_group,
    update=_update_group,
    delete=_delete_group,
    applied=_COMMON | {"name", "description"},
    remembered=frozenset({"namePrefix"}),
    steering=frozenset({"revokeRulesOnDelete"}),
    outputs=frozenset({"arn", "ownerId", "ingress", "egress", "vpcId"}),
    replace=frozenset({"name", "namePrefix", "description", "vpcId"}),
    sticky=frozenset({"ingress", "egress", "vpcId"}),
    defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
    name=AutoName(property="name", prefix="namePrefix"),
    rules=(_group_rules, _inline_rules),
    same={"ingress": _same_rules, "egress": _same_rules},
    not_imitated="no packet is ever dropped",
)


# The default group of a VPC

_DEFAULT: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
_LET_GO: Final = f"{_DEFAULT}#let-go"
"""Where the memory keeps which default groups were let go: they stay as long as their VPC, so AWS cannot tell."""


def _adopt_default(cloud: Cloud, inputs: Props) -> str:
    filters = [{"Name": "group-name", "Values": ["default"]}]
    if "vpcId" in inputs:
        filters.append({"Name": "vpc-id", "Values": [inputs["vpcId"]]})
    found = cloud.aws("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    if not found:
        raise Refused("InvalidVpcID.NotFound", f"VPC {inputs.get('vpcId')} has no default security group")
    cloud.memory.forget(cloud.region, _LET_GO, found[0]["GroupId"])
    return found[0]["GroupId"]


def _settle_default(cloud: Cloud, id_: str, inputs: Props) -> None:
    _revoke_all(cloud, id_, "ingress")
    _settle_group(cloud, id_, inputs)
    retag(cloud, id_, {}, inputs)


def _read_default(cloud: Cloud, id_: str) -> Props | None:
    return None if id_ in cloud.memory.ids(cloud.region, _LET_GO) else _read_group(cloud, id_)


def _let_go(cloud: Cloud, id_: str, _: Props) -> None:
    """AWS deletes a default group only with its VPC: it stays as it is."""
    cloud.memory.keep(cloud.region, _LET_GO, id_, {})


DEFAULT_SECURITY_GROUP: Final = ResourceType(
    type=_DEFAULT,
    create=_adopt_default,
    settle=_settle_default,
    read=_read_default,
    update=_update_group,
    delete=_let_go,
    applied=_COMMON,
    steering=frozenset({"revokeRulesOnDelete"}),
    outputs=frozenset({"arn", "ownerId", "name", "description", "ingress", "egress", "vpcId"}),
    replace=frozenset({"vpcId"}),
    sticky=frozenset({"vpcId"}),
    defaults={"revokeRulesOnDelete": False},
    rules=(_inline_rules,),
    same={"ingress": _same_rules, "egress": _same_rules},
)


# Rules of their own

_RULE_PEERS: Final = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def _rule_permission(inputs: Props) -> Props:
    """Write a standalone rule in the words of one inside a group."""
    names = dict(zip(_RULE_PEERS, ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "securityGroups"), strict=True))
    peers = {names[key]: [inputs[key]] for key in _RULE_PEERS if key in inputs}
    ports = {"fromPort": inputs.get("fromPort", -1), "toPort": inputs.get("toPort", -1)}
    described = {"description": inputs["description"]} if "description" in inputs else {}
    return _permission("", {"protocol": inputs["ipProtocol"], **ports, **described, **peers})


def _create_rule(cloud: Cloud, inputs: Props, direction: str) -> str:
    call = getattr(cloud.aws("ec2"), f"authorize_security_group_{direction}")
    tags = tag_specification("security-group-rule", inputs.get("tags"))
    answer = call(GroupId=inputs["securityGroupId"], IpPermissions=[_rule_permission(inputs)], **tags)
    return answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def _read_rule(cloud: Cloud, id_: str) -> Props | None:
    rule = find(cloud, "describe_security_group_rules", "security-group-rule-id", id_)
    if rule is None:
        return None
    # -1 stands for "all", which a program says by saying nothing.
    ports = {
        key: rule[theirs] for key, theirs in (("fromPort", "FromPort"), ("toPort", "ToPort")) if rule.get(theirs) != -1
    }
    peers = {
        "cidrIpv4": rule.get("CidrIpv4"),
        "cidrIpv6": rule.get("CidrIpv6"),
        "prefixListId": rule.get("PrefixListId"),
        "referencedSecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
        "description": rule.get("Description"),
    }
    return {
        "arn": cloud.arn("ec2", f"security-group-rule/{id_}"),
        "securityGroupRuleId": id_,
        "securityGroupId": rule["GroupId"],
        "ipProtocol": rule["IpProtocol"],
        "tags": from_aws(rule.get("Tags")),
        **ports,
        **{key: value for key, value in peers.items() if value},
    }


def _update_rule(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    names = {
        "ipProtocol": "IpProtocol",
        "cidrIpv4": "CidrIpv4",
        "cidrIpv6": "CidrIpv6",
        "prefixListId": "PrefixListId",
        "referencedSecurityGroupId": "ReferencedGroupId",
        "description": "Description",
    }
    rule = {"FromPort": news.get("fromPort", -1), "ToPort": news.get("toPort", -1)}
    rule |= {theirs: news[key] for key, theirs in names.items() if key in news}
    changed = [{"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}]
    cloud.aws("ec2").modify_security_group_rules(GroupId=news["securityGroupId"], SecurityGroupRules=changed)
    retag(cloud, id_, olds, news)


def _delete_rule(cloud: Cloud, id_: str, direction: str) -> None:
    if rule := find(cloud, "describe_security_group_rules", "security-group-rule-id", id_):
        revoke = getattr(cloud.aws("ec2"), f"revoke_security_group_{direction}")
        revoke(GroupId=rule["GroupId"], SecurityGroupRuleIds=[id_])


def _rule_rules(inputs: Props) -> Iterator[str]:
    if sum(key in inputs for key in _RULE_PEERS) != 1:
        yield f"exactly one of {', '.join(_RULE_PEERS)} must be specified"
    if inputs.get("ipProtocol") == _ANY:
        if inputs.get("fromPort", -1) != -1 or inputs.get("toPort", -1) != -1:
            yield 'fromPort and toPort must not be specified with ipProtocol "-1"'
    elif not -1 <= inputs.get("fromPort", -2) <= inputs.get("toPort", -2) <= _MAX_PORT:
        ports = f"{inputs.get('fromPort')}, {inputs.get('toPort')}"
        yield f"a rule needs fromPort <= toPort within 0 to {_MAX_PORT}, got {ports}"


def _rule_type(type_: str, direction: str) -> ResourceType:
    return ResourceType(
        type=type_,
        create=lambda cloud, inputs: _create_rule(cloud, inputs, direction),
        read=_read_rule,
        update=_update_rule,
        delete=lambda cloud, id_, _: _delete_rule(cloud, id_, direction),
        applied=frozenset({"securityGroupId", "ipProtocol", "fromPort", "toPort", "description", "tags", *_RULE_PEERS}),
        required=frozenset({"securityGroupId", "ipProtocol"}),
        outputs=frozenset({"arn", "securityGroupRuleId"}),
        replace=frozenset({"securityGroupId"}),
        rules=(_rule_rules,),
    )


INGRESS_RULE: Final = _rule_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ingress")
EGRESS_RULE: Final = _rule_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "egress")

TYPES: Final = (SECURITY_GROUP, DEFAULT_SECURITY_GROUP, INGRESS_RULE, EGRESS_RULE)
