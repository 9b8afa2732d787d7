"""Route 53: zones, and records in them."""

import ipaddress
import re
import secrets
from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import PARTITION, Cloud
from localcloud.resource import AutoName, ResourceType
from localcloud.tags import from_aws, tag_change, to_aws
from localcloud.wire import Props

_COMMENT: Final = "Managed by Pulumi"
_DOMAIN: Final = re.compile(r"(?=.{1,255}$)(\*\.)?([a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?\.?)+")
_TYPES: Final = (
    *("A", "AAAA", "CAA", "CNAME", "DS", "HTTPS", "MX", "NAPTR", "NS", "PTR", "SOA", "SPF", "SRV", "SSHFP", "SVCB"),
    *("TLSA", "TXT"),
)
_OWN: Final = ("NS", "SOA")
"""Records that come and go with their zone."""
_LONGEST_TTL: Final = 2**31 - 1


def _plain(name: str) -> str:
    return name.lower().rstrip(".")


# Zones


def _vpcs(cloud: Cloud, inputs: Props) -> list[Props]:
    return [
        {"VPCId": one["vpcId"], "VPCRegion": one.get("vpcRegion", cloud.region)} for one in inputs.get("vpcs") or ()
    ]


def _create_zone(cloud: Cloud, inputs: Props) -> str:
    vpcs = _vpcs(cloud, inputs)
    made = cloud.aws("route53").create_hosted_zone(
        Name=inputs["name"],
        CallerReference=secrets.token_hex(16),
        HostedZoneConfig={"Comment": inputs["comment"], "PrivateZone": bool(vpcs)},
        **({"VPC": vpcs[0]} if vpcs else {}),
    )
    return made["HostedZone"]["Id"].rpartition("/")[2]


def _settle_zone(cloud: Cloud, id_: str, inputs: Props) -> None:
    for vpc in _vpcs(cloud, inputs)[1:]:
        cloud.aws("route53").associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
    _retag(cloud, id_, {}, inputs)


def _retag(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    tags = tag_change(olds, news)
    more: Props = {}
    if tags.put:
        more["AddTags"] = to_aws(tags.put)
    if tags.gone:
        more["RemoveTagKeys"] = tags.gone
    if more:
        cloud.aws("route53").change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, **more)


def _zone(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("route53")
    try:
        return aws.get_hosted_zone(Id=id_)
    except aws.exceptions.NoSuchHostedZone:
        return None


def _read_zone(cloud: Cloud, id_: str) -> Props | None:
    found = _zone(cloud, id_)
    if found is None:
        return None
    aws, zone = cloud.aws("route53"), found["HostedZone"]
    tags = aws.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)["ResourceTagSet"]["Tags"]
    servers = found.get("DelegationSet", {}).get("NameServers", [])
    return {
        "arn": f"arn:{PARTITION}:route53:::hostedzone/{id_}",
        "zoneId": id_,
        "name": _plain(zone["Name"]),
        "comment": zone.get("Config", {}).get("Comment", ""),
        "nameServers": sorted(servers),
        "primaryNameServer": servers[0] if servers else "",
        "vpcs": [{"vpcId": one["VPCId"], "vpcRegion": one["VPCRegion"]} for one in found.get("VPCs", [])],
        "tags": from_aws(tags),
    }


def _update_zone(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("route53")
    if olds["comment"] != news["comment"]:
        aws.update_hosted_zone_comment(Id=id_, Comment=news["comment"])
    before, after = _vpcs(cloud, olds), _vpcs(cloud, news)
    # First come, then go: a private zone is never without a network.
    for vpc in (one for one in after if one not in before):
        aws.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
    for vpc in (one for one in before if one not in after):
        aws.disassociate_vpc_from_hosted_zone(HostedZoneId=id_, VPC=vpc)
    _retag(cloud, id_, olds, news)


def _delete_zone(cloud: Cloud, id_: str, state: Props) -> None:
    if _zone(cloud, id_) is None:
        return
    aws = cloud.aws("route53")
    if state.get("forceDestroy"):
        others = (one for one in _all_records(cloud, id_) if one["Type"] not in _OWN)
        going = [{"Action": "DELETE", "ResourceRecordSet": one} for one in others]
        if going:
            aws.change_resource_record_sets(HostedZoneId=id_, ChangeBatch={"Changes": going})
    aws.delete_hosted_zone(Id=id_)


def _same_vpcs(one: list[Props], other: list[Props]) -> bool:
    """Compare networks; a region counts where both name one."""
    first, second = ({vpc["vpcId"]: vpc.get("vpcRegion") for vpc in some} for some in (one, other))
    return first.keys() == second.keys() and all(
        None in (region, second[vpc]) or region == second[vpc] for vpc, region in first.items()
    )


def _same_name(one: str, other: str) -> bool:
    return _plain(one) == _plain(other)


def _zone_rules(inputs: Props) -> Iterator[str]:
    if not _DOMAIN.fullmatch(inputs["name"]) or "*" in inputs["name"]:
        yield f"InvalidDomainName: name must be a domain, such as data.example.com, got {inputs['name']!r}"
    if inputs.get("vpcs") and "delegationSetId" in inputs:
        yield "a private zone has no delegation set"


ZONE: Final = ResourceType(
    type="aws:route53/zone:Zone",
    create=_create_zone,
    settle=_settle_zone,
    read=_read_zone,
    update=_update_zone,
    delete=_delete_zone,
    applied=frozenset({"name", "comment", "vpcs", "tags"}),
    steering=frozenset({"forceDestroy"}),
    outputs=frozenset({"arn", "zoneId", "nameServers", "primaryNameServer"}),
    replace=frozenset({"name"}),
    defaults={"comment": _COMMENT, "forceDestroy": False},
    name=AutoName(property="name", max_length=255),
    rules=(_zone_rules,),
    same={"vpcs": _same_vpcs, "name": _same_name},
    global_=True,
    not_imitated="nobody answers for the names; delegation sets, DNSSEC, accelerated recovery",
)


# Records


def _all_records(cloud: Cloud, zone: str) -> list[dict[str, Any]]:
    pages = cloud.aws("route53").get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    return [record for page in pages for record in page["ResourceRecordSets"]]


def _full_name(cloud: Cloud, inputs: Props) -> str:
    """Give the name with that of its zone: a program may leave it out."""
    found = _zone(cloud, inputs["zoneId"])
    name, zone = _plain(inputs["name"]), _plain(found["HostedZone"]["Name"]) if found else ""
    return name if not zone or name == zone or name.endswith(f".{zone}") else f"{name}.{zone}".lstrip(".")


def _record_to_aws(cloud: Cloud, inputs: Props) -> Props:
    record: Props = {"Name": _full_name(cloud, inputs), "Type": inputs["type"]}
    if aliases := inputs.get("aliases"):
        alias = aliases[0]
        record["AliasTarget"] = {
            "HostedZoneId": alias["zoneId"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    else:
        record["TTL"] = inputs["ttl"]
        record["ResourceRecords"] = [{"Value": _value(inputs["type"], one)} for one in inputs["records"]]
    if "setIdentifier" in inputs:
        record["SetIdentifier"] = inputs["setIdentifier"]
    if policies := inputs.get("weightedRoutingPolicies"):
        record["Weight"] = policies[0]["weight"]
    if "healthCheckId" in inputs:
        record["HealthCheckId"] = inputs["healthCheckId"]
    return record


def _value(type_: str, said: str) -> str:
    """Quote what AWS wants quoted."""
    return f'"{said}"' if type_ in ("TXT", "SPF") and not said.startswith('"') else said


def _create_record(cloud: Cloud, inputs: Props) -> str:
    record = _record_to_aws(cloud, inputs)
    action = "UPSERT" if inputs["allowOverwrite"] else "CREATE"
    _change(cloud, inputs["zoneId"], action, record)
    parts = (inputs["zoneId"], record["Name"], record["Type"], inputs.get("setIdentifier", ""))
    return "_".join(part for part in parts if part)


def _change(cloud: Cloud, zone: str, action: str, record: Props) -> None:
    changes = [{"Action": action, "ResourceRecordSet": record}]
    cloud.aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def _find_record(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    zone, _, rest = id_.partition("_")
    if _zone(cloud, zone) is None:
        return None
    return next((one for one in _all_records(cloud, zone) if _rest_of_id(one) == rest), None)


def _rest_of_id(record: dict[str, Any]) -> str:
    parts = (_plain(record["Name"]), record["Type"], record.get("SetIdentifier", ""))
    return "_".join(part for part in parts if part)


def _read_record(cloud: Cloud, id_: str) -> Props | None:
    found = _find_record(cloud, id_)
    if found is None:
        return None
    name = _plain(found["Name"])
    record: Props = {"zoneId": id_.partition("_")[0], "name": name, "fqdn": name, "type": found["Type"]}
    if alias := found.get("AliasTarget"):
        record["aliases"] = [
            {
                "zoneId": alias["HostedZoneId"],
                "name": _plain(alias["DNSName"]),
                "evaluateTargetHealth": alias["EvaluateTargetHealth"],
            }
        ]
    else:
        record |= {"ttl": found["TTL"], "records": [_unquoted(found["Type"], one) for one in found["ResourceRecords"]]}
    if "SetIdentifier" in found:
        record["setIdentifier"] = found["SetIdentifier"]
    if "Weight" in found:
        record["weightedRoutingPolicies"] = [{"weight": found["Weight"]}]
    if "HealthCheckId" in found:
        record["healthCheckId"] = found["HealthCheckId"]
    return record


def _unquoted(type_: str, found: Props) -> str:
    return found["Value"].strip('"') if type_ in ("TXT", "SPF") else found["Value"]


def _update_record(cloud: Cloud, _: str, __: Props, news: Props) -> None:
    _change(cloud, news["zoneId"], "UPSERT", _record_to_aws(cloud, news))


def _delete_record(cloud: Cloud, id_: str, _: Props) -> None:
    if found := _find_record(cloud, id_):
        _change(cloud, id_.partition("_")[0], "DELETE", found)


def _record_rules(inputs: Props) -> Iterator[str]:
    if (type_ := inputs["type"]) not in _TYPES:
        yield f"type must be one of {', '.join(_TYPES)}, got {type_!r}"
    if inputs["name"] and not _DOMAIN.fullmatch(inputs["name"]):
        yield f"InvalidDomainName: name must be a domain name, got {inputs['name']!r}"
    if "aliases" in inputs:
        for key in ("ttl", "records"):
            if key in inputs:
                yield f"{key} conflicts with aliases: an alias has its target's"
    elif missing := [key for key in ("ttl", "records") if key not in inputs]:
        yield f"a record without aliases needs ttl and records, missing {', '.join(missing)}"
    if not 0 <= (ttl := inputs.get("ttl", 0)) <= _LONGEST_TTL:
        yield f"ttl must lie between 0 and {_LONGEST_TTL} seconds, got {ttl}"
    if ("setIdentifier" in inputs) != bool(inputs.get("weightedRoutingPolicies")):
        yield "setIdentifier and a routing policy must be given together"


def _value_rules(inputs: Props) -> Iterator[str]:
    if "records" not in inputs:
        return
    type_, values = inputs["type"], inputs["records"]
    if not values or len(set(values)) < len(values):
        yield f"records must be at least one, and differ, got {', '.join(values) or 'none'}"
    if type_ == "CNAME" and len(values) > 1:
        yield f"a CNAME has exactly one record, got {len(values)}"
    for value in values:
        if type_ == "CNAME" and not _DOMAIN.fullmatch(value):
            yield f"the record of a CNAME must be a domain name, got {value!r}"
        if type_ in ("A", "AAAA") and not _is_address(value, 4 if type_ == "A" else 6):
            yield f"the records of {type_} must be addresses of IPv{4 if type_ == 'A' else 6}, got {value!r}"


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _same_record_name(one: str, other: str) -> bool:
    """Compare names; that of the zone may be left out of one."""
    first, second = sorted((_plain(one), _plain(other)), key=len)
    return first == second or second.startswith(f"{first}.")


RECORD: Final = ResourceType(
    type="aws:route53/record:Record",
    create=_create_record,
    read=_read_record,
    update=_update_record,
    delete=_delete_record,
    applied=frozenset(
        {"zoneId", "name", "type", "ttl", "records", "aliases", "setIdentifier", "weightedRoutingPolicies"}
        | {"healthCheckId"}
    ),
    steering=frozenset({"allowOverwrite"}),
    required=frozenset({"zoneId", "name", "type"}),
    outputs=frozenset({"fqdn"}),
    replace=frozenset({"zoneId", "name", "type", "setIdentifier"}),
    defaults={"allowOverwrite": False},
    rules=(_record_rules, _value_rules),
    same={"name": _same_record_name},
    global_=True,
    not_imitated="nobody answers for the names; routing by failover, latency, place, network and multivalue answers; a "
    "changed type replaces",
)

TYPES: Final = (ZONE, RECORD)
