"""
The id of what was made while its answer was lost, where nothing but looking for its like tells it.

What has tags of ours, and is as we asked for it, is ours; what has no tags is ours where it is a part of something that
is, and is as we asked for it. Where several are alike, nobody can know which: none is found.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from upgrades.atlas import MissingError
from upgrades.cloud import Cloud, missing

Inputs = Mapping[str, Any]
_ANY_PORT: Final = -1
_REPLICATED_DAYS: Final = 7
"""Amazon RDS API Reference, StartDBInstanceAutomatedBackupsReplication: the default of BackupRetentionPeriod."""


def _only(ids: Iterable[Any]) -> str | None:
    found = list(ids)
    return str(found[0]) if len(found) == 1 else None


def _client(inputs: Inputs, cloud: Cloud, service: str) -> Any:
    return cloud.client(service, inputs.get("region"))


def _pages(client: Any, operation: str, key: str, **asked: Any) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator(operation).paginate(**asked):
        yield from page[key]


def _tagged(inputs: Inputs, tags: Iterable[Mapping[str, str]] | Mapping[str, str]) -> bool:
    """Say whether what has these tags has all of ours; without any of ours, all that is asked is the rest."""
    found = tags if isinstance(tags, Mapping) else {one["Key"]: one["Value"] for one in tags}
    return dict(inputs.get("tags") or {}).items() <= found.items()


def _ours(inputs: Inputs, tags: Iterable[Mapping[str, str]] | Mapping[str, str]) -> bool:
    return bool(inputs.get("tags")) and _tagged(inputs, tags)


# Backups


def _backup_plan(inputs: Inputs, cloud: Cloud) -> str | None:
    client = _client(inputs, cloud, "backup")
    named = [
        one
        for one in _pages(client, "list_backup_plans", "BackupPlansList")
        if one["BackupPlanName"] == inputs.get("name")
    ]
    return _only(
        one["BackupPlanId"]
        for one in named
        if _ours(inputs, client.list_tags(ResourceArn=one["BackupPlanArn"])["Tags"])
        and _rules(client, one["BackupPlanId"]) == _asked_rules(inputs)
    )


def _rules(client: Any, plan: str) -> list[tuple[Any, ...]]:
    rules = client.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"]
    return sorted((one["RuleName"], one["TargetBackupVaultName"], one.get("ScheduleExpression")) for one in rules)


def _asked_rules(inputs: Inputs) -> list[tuple[Any, ...]]:
    return sorted((one["ruleName"], one["targetVaultName"], one.get("schedule")) for one in inputs.get("rules", ()))


def _replicated_backups(inputs: Inputs, cloud: Cloud) -> str | None:
    """Look in the region that the backups are copied to: the instance's own are in its own."""
    if not inputs.get("region"):
        return None
    days = inputs.get("retentionPeriod") or _REPLICATED_DAYS
    key = "DBInstanceAutomatedBackups"
    found = _pages(_client(inputs, cloud, "rds"), "describe_db_instance_automated_backups", key)
    return _only(
        one["DBInstanceAutomatedBackupsArn"]
        for one in found
        if (one["DBInstanceArn"], one["BackupRetentionPeriod"]) == (inputs.get("sourceDbInstanceArn"), days)
    )


# Caches


def _global_datastore(inputs: Inputs, cloud: Cloud) -> str | None:
    """Look for the suffix: AWS puts a prefix of its own before it."""
    client, key = _client(inputs, cloud, "elasticache"), "GlobalReplicationGroups"
    suffix, primary = inputs.get("globalReplicationGroupIdSuffix"), inputs.get("primaryReplicationGroupId")
    return _only(
        one["GlobalReplicationGroupId"]
        for one in _pages(client, "describe_global_replication_groups", key, ShowMemberInfo=True)
        if one["GlobalReplicationGroupId"].partition("-")[2] == suffix
        and any((each["ReplicationGroupId"], each["Role"]) == (primary, "PRIMARY") for each in one["Members"])
    )


# Networks


def _of_ours(
    inputs: Inputs, cloud: Cloud, operation: str, key: str, names: Mapping[str, str]
) -> Iterator[Mapping[str, Any]]:
    """Yield what EC2 tells that has our tags and these inputs, by the names of its filters."""
    asked = [{"Name": name, "Values": [str(inputs.get(ours))]} for name, ours in names.items()]
    found = _pages(_client(inputs, cloud, "ec2"), operation, key, Filters=asked)
    return (one for one in found if _ours(inputs, one.get("Tags", ())))


def _network(inputs: Inputs, cloud: Cloud) -> str | None:
    found = _of_ours(inputs, cloud, "describe_vpcs", "Vpcs", {"cidr": "cidrBlock"})
    return _only(one["VpcId"] for one in found)


def _route_table(inputs: Inputs, cloud: Cloud) -> str | None:
    found = _of_ours(inputs, cloud, "describe_route_tables", "RouteTables", {"vpc-id": "vpcId"})
    return _only(one["RouteTableId"] for one in found)


def _endpoint(inputs: Inputs, cloud: Cloud) -> str | None:
    names = {"vpc-id": "vpcId", "service-name": "serviceName"}
    found = _of_ours(inputs, cloud, "describe_vpc_endpoints", "VpcEndpoints", names)
    kind = inputs.get("vpcEndpointType") or "Gateway"
    return _only(one["VpcEndpointId"] for one in found if one["VpcEndpointType"] == kind and not _going(one))


def _going(endpoint: Mapping[str, Any]) -> bool:
    return str(endpoint.get("State")).lower() in {"deleting", "deleted"}


def _flow_log(inputs: Inputs, cloud: Cloud) -> str | None:
    if not (watched := inputs.get("vpcId") or inputs.get("subnetId") or inputs.get("eniId")):
        return None
    names = {"TrafficType": "trafficType", "LogDestination": "logDestination"}
    found = _pages(
        _client(inputs, cloud, "ec2"),
        "describe_flow_logs",
        "FlowLogs",
        Filter=[{"Name": "resource-id", "Values": [watched]}],
    )
    return _only(
        one["FlowLogId"]
        for one in found
        if _ours(inputs, one.get("Tags", ())) and all(one.get(key) == inputs.get(ours) for key, ours in names.items())
    )


def _association(inputs: Inputs, cloud: Cloud) -> str | None:
    """Look at the subnet, which has one route table."""
    if not inputs.get("subnetId"):
        return None
    asked = [{"Name": "association.subnet-id", "Values": [inputs["subnetId"]]}]
    tables = _pages(_client(inputs, cloud, "ec2"), "describe_route_tables", "RouteTables", Filters=asked)
    return _only(
        one["RouteTableAssociationId"]
        for table in tables
        for one in table["Associations"]
        if (one.get("SubnetId"), one["RouteTableId"]) == (inputs["subnetId"], inputs.get("routeTableId"))
    )


def _security_rule(inputs: Inputs, cloud: Cloud, *, outward: bool) -> str | None:
    """Look in the group, which has no two rules that are alike but for what is said of them."""
    if not inputs.get("securityGroupId"):
        return None
    asked = [{"Name": "group-id", "Values": [inputs["securityGroupId"]]}]
    rules = _pages(_client(inputs, cloud, "ec2"), "describe_security_group_rules", "SecurityGroupRules", Filters=asked)
    names = {
        "IpProtocol": "ipProtocol",
        "CidrIpv4": "cidrIpv4",
        "CidrIpv6": "cidrIpv6",
        "PrefixListId": "prefixListId",
        "Description": "description",
    }
    ports = {"FromPort": "fromPort", "ToPort": "toPort"}
    return _only(
        one["SecurityGroupRuleId"]
        for one in rules
        if one["IsEgress"] is outward
        and all((one.get(key) or None) == inputs.get(ours) for key, ours in names.items())
        and all(one.get(key, _ANY_PORT) == inputs.get(ours, _ANY_PORT) for key, ours in ports.items())
        and one.get("ReferencedGroupInfo", {}).get("GroupId") == inputs.get("referencedSecurityGroupId")
        and _tagged(inputs, one.get("Tags", ()))
    )


# Rights, money, and what Atlas keeps apart


def _policy(inputs: Inputs, cloud: Cloud) -> str | None:
    client = cloud.client("iam")
    return _only(
        one["Arn"]
        for one in _pages(client, "list_policies", "Policies", Scope="Local", PathPrefix=inputs.get("path") or "/")
        if one["PolicyName"] == inputs.get("name")
        and _ours(inputs, client.list_policy_tags(PolicyArn=one["Arn"])["Tags"])
        and _document(client, one) == json.loads(inputs["policy"])
    )


def _document(client: Any, policy: Mapping[str, Any]) -> Any:
    version = policy["DefaultVersionId"]
    return client.get_policy_version(PolicyArn=policy["Arn"], VersionId=version)["PolicyVersion"]["Document"]


def _budget(inputs: Inputs, cloud: Cloud) -> str | None:
    client = cloud.client("budgets")
    account = inputs.get("accountId") or cloud.client("sts").get_caller_identity()["Account"]
    try:
        found = client.describe_budget(AccountId=account, BudgetName=inputs["name"])["Budget"]
    except ClientError as error:
        if missing(error):
            return None
        raise
    arn = f"arn:aws:budgets::{account}:budget/{inputs['name']}"
    tags = client.list_tags_for_resource(ResourceARN=arn)["ResourceTags"]
    alike = (found["BudgetType"], found["TimeUnit"], float(found["BudgetLimit"]["Amount"])) == (
        inputs.get("budgetType"),
        inputs.get("timeUnit"),
        float(inputs.get("limitAmount") or 0),
    )
    return f"{account}:{inputs['name']}" if alike and _ours(inputs, tags) else None


def _project(inputs: Inputs, cloud: Cloud) -> str | None:
    try:
        found = cloud.atlas.project(str(inputs.get("name")))
    except MissingError:
        return None
    tags = {one["key"]: one["value"] for one in found.get("tags", ())}
    return str(found["id"]) if found["orgId"] == inputs.get("orgId") and _ours(inputs, tags) else None


LIKE: Final[Mapping[str, Callable[[Inputs, Cloud], str | None]]] = {
    "aws:backup/plan:Plan": _backup_plan,
    "aws:budgets/budget:Budget": _budget,
    "aws:ec2/flowLog:FlowLog": _flow_log,
    "aws:ec2/routeTable:RouteTable": _route_table,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _association,
    "aws:ec2/vpc:Vpc": _network,
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup": _global_datastore,
    "aws:iam/policy:Policy": _policy,
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": _replicated_backups,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": lambda inputs, cloud: _security_rule(
        inputs, cloud, outward=True
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": lambda inputs, cloud: _security_rule(
        inputs, cloud, outward=False
    ),
    "mongodbatlas:index/project:Project": _project,
}
"""By type; None of a way: there is none that is ours, or several are alike."""
