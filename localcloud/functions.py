"""The data sources (Pulumi's invokes) that the local cloud answers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zlib import crc32

from localcloud.atlas.clusters import get_cluster
from localcloud.cloud import ACCOUNT, PARTITION, Cloud, Refused
from localcloud.wire import Props


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """One data source: the arguments it takes, and its answer."""

    arguments: frozenset[str]
    answer: Callable[[Cloud, Props], Props]


def _caller(_: Cloud, __: Props) -> Props:
    arn = f"arn:{PARTITION}:iam::{ACCOUNT}:user/local"
    return {"id": ACCOUNT, "accountId": ACCOUNT, "arn": arn, "userId": "AKIALOCAL"}


def _partition(_: Cloud, __: Props) -> Props:
    return {"id": PARTITION, "partition": PARTITION, "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _region(cloud: Cloud, _: Props) -> Props:
    name = cloud.region
    return {"id": name, "name": name, "region": name, "endpoint": f"ec2.{name}.amazonaws.com", "description": name}


def _zones(cloud: Cloud, args: Props) -> Props:
    filters = [{"Name": one["name"], "Values": one["values"]} for one in args.get("filters", ())]
    found = cloud.aws("ec2").describe_availability_zones(Filters=filters)["AvailabilityZones"]
    state = args.get("state")
    zones = [zone for zone in found if state in (None, zone["State"])]
    names, ids = [zone["ZoneName"] for zone in zones], [zone["ZoneId"] for zone in zones]
    return {"id": cloud.region, "names": names, "zoneIds": ids, "groupNames": [cloud.region], "region": cloud.region}


def _prefix_list(cloud: Cloud, args: Props) -> Props:
    lists = cloud.aws("ec2").describe_managed_prefix_lists()["PrefixLists"]
    found = next((one for one in lists if one["PrefixListName"] == args["name"]), None)
    if found is None:
        raise Refused("InvalidPrefixListId.NotFound", f"there is no prefix list {args['name']}")
    blocks = cloud.aws("ec2").get_managed_prefix_list_entries(PrefixListId=found["PrefixListId"])["Entries"]
    return {"id": found["PrefixListId"], "name": args["name"], "cidrBlocks": [block["Cidr"] for block in blocks]}


def _document(_: Cloud, args: Props) -> Props:
    """Render an IAM policy document as the official provider does: one value is a string, several a sorted list."""
    document: Props = {"Version": args.get("version", "2012-10-17")}
    if "policyId" in args:
        document["Id"] = args["policyId"]
    if statements := [_statement(statement) for statement in args.get("statements", [])]:
        document["Statement"] = statements
    text = json.dumps(document, indent=2)
    return {"id": str(crc32(text.encode())), "json": text, "minifiedJson": json.dumps(document, separators=(",", ":"))}


def _statement(said: Props) -> Props:
    statement: Props = {"Effect": said.get("effect", "Allow")}
    if "sid" in said:
        statement["Sid"] = said["sid"]
    for key, name in (
        ("actions", "Action"),
        ("notActions", "NotAction"),
        ("resources", "Resource"),
        ("notResources", "NotResource"),
    ):
        if said.get(key):
            statement[name] = _one_or_many(said[key])
    for key, name in (("principals", "Principal"), ("notPrincipals", "NotPrincipal")):
        if said.get(key):
            statement[name] = _principals(said[key])
    if conditions := said.get("conditions"):
        statement["Condition"] = {}
        for one in conditions:
            values = statement["Condition"].setdefault(one["test"], {})
            values[one["variable"]] = _one_or_many(one["values"])
    return statement


def _principals(said: list[Props]) -> Any:
    if [(one["type"], one["identifiers"]) for one in said] == [("*", ["*"])]:
        return "*"
    return {one["type"]: _one_or_many(one["identifiers"]) for one in said}


def _one_or_many(values: list[str]) -> str | list[str]:
    # The official provider sorts from Z to A.
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


_POLICY: Final = frozenset({"statements", "version", "policyId"})

FUNCTIONS: Final[Mapping[str, Function]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": Function(arguments=frozenset(), answer=_caller),
    "aws:index/getPartition:getPartition": Function(arguments=frozenset(), answer=_partition),
    "aws:index/getRegion:getRegion": Function(arguments=frozenset({"region"}), answer=_region),
    "aws:index/getAvailabilityZones:getAvailabilityZones": Function(
        arguments=frozenset({"filters", "region", "state"}), answer=_zones
    ),
    "aws:ec2/getPrefixList:getPrefixList": Function(arguments=frozenset({"name", "region"}), answer=_prefix_list),
    "aws:iam/getPolicyDocument:getPolicyDocument": Function(arguments=_POLICY, answer=_document),
    "mongodbatlas:index/getAdvancedCluster:getAdvancedCluster": Function(
        arguments=frozenset({"name", "projectId", "useEffectiveFields"}), answer=get_cluster
    ),
}
