"""What belongs to a VPC and leads out of it: endpoints of AWS services, and flow logs."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from localcloud.atlas.addresses import ENDPOINT as ATLAS_ENDPOINT
from localcloud.atlas.addresses import reached_from
from localcloud.atlas.store import STORE
from localcloud.cloud import ACCOUNT, Cloud, Refused
from localcloud.documents import parse, same_document
from localcloud.resource import ResourceType
from localcloud.resources.ec2 import find, present, retag, tag_specification
from localcloud.tags import from_aws
from localcloud.wire import Props

# Endpoints

_LISTS: Final = {"routeTableIds": "RouteTableIds", "subnetIds": "SubnetIds", "securityGroupIds": "SecurityGroupIds"}


def _create_endpoint(cloud: Cloud, inputs: Props) -> str:
    _check_service(cloud, inputs)
    lists = {theirs: inputs[key] for key, theirs in _LISTS.items() if key in inputs}
    if inputs["vpcEndpointType"] == "Interface":
        lists.setdefault("SecurityGroupIds", _default_groups(cloud, inputs["vpcId"]))
    answer = cloud.aws("ec2").create_vpc_endpoint(
        VpcId=inputs["vpcId"],
        ServiceName=inputs["serviceName"],
        VpcEndpointType=inputs["vpcEndpointType"],
        PrivateDnsEnabled=inputs.get("privateDnsEnabled", False),
        **lists,
        **present(PolicyDocument=inputs.get("policy")),
        **tag_specification("vpc-endpoint", inputs.get("tags")),
    )
    return answer["VpcEndpoint"]["VpcEndpointId"]


def _check_service(cloud: Cloud, inputs: Props) -> None:
    """Refuse a service of somebody else that does not exist, or not from here: only Atlas has some."""
    name = inputs["serviceName"]
    if ".vpce-svc-" not in name:
        return
    service = next((one for one in STORE.of(ATLAS_ENDPOINT) if one["endpointServiceName"] == name), None)
    if service is None or not reached_from(service, cloud.region, inputs.get("serviceRegion", cloud.region)):
        raise Refused("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist")


def _default_groups(cloud: Cloud, vpc: str) -> list[str]:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    return [one["GroupId"] for one in cloud.aws("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]]


def _endpoint(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    found = find(cloud, "describe_vpc_endpoints", "vpc-endpoint-id", id_)
    return found if found and found["State"] != "deleted" else None


def _read_endpoint(cloud: Cloud, id_: str) -> Props | None:
    endpoint = _endpoint(cloud, id_)
    if endpoint is None:
        return None
    dns = [{"dnsName": one["DnsName"], "hostedZoneId": one["HostedZoneId"]} for one in endpoint.get("DnsEntries", [])]
    return {
        "arn": cloud.arn("ec2", f"vpc-endpoint/{id_}"),
        "vpcId": endpoint["VpcId"],
        "serviceName": endpoint["ServiceName"],
        "vpcEndpointType": endpoint["VpcEndpointType"],
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "subnetIds": endpoint.get("SubnetIds", []),
        "securityGroupIds": [one["GroupId"] for one in endpoint.get("Groups", [])],
        "networkInterfaceIds": endpoint.get("NetworkInterfaceIds", []),
        "privateDnsEnabled": endpoint.get("PrivateDnsEnabled", False),
        "policy": endpoint["PolicyDocument"],
        "dnsEntries": dns,
        "prefixListId": _prefix_list(cloud, endpoint),
        "ownerId": endpoint.get("OwnerId", ACCOUNT),
        "state": endpoint["State"],
        "tags": from_aws(endpoint.get("Tags")),
    }


def _prefix_list(cloud: Cloud, endpoint: dict[str, Any]) -> str:
    if endpoint["VpcEndpointType"] != "Gateway":
        return ""
    lists = cloud.aws("ec2").describe_managed_prefix_lists()["PrefixLists"]
    return next((one["PrefixListId"] for one in lists if one["PrefixListName"] == endpoint["ServiceName"]), "")


def _update_endpoint(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    changes: Props = {}
    for key, theirs in _LISTS.items():
        if key in news and set(news[key]) != set(olds.get(key, [])):
            singular = theirs.removesuffix("s")
            changes[f"Add{singular}s"] = sorted(set(news[key]) - set(olds.get(key, [])))
            changes[f"Remove{singular}s"] = sorted(set(olds.get(key, [])) - set(news[key]))
    if "policy" in news and news["policy"] != olds.get("policy"):
        changes["PolicyDocument"] = news["policy"]
    if "privateDnsEnabled" in news and news["privateDnsEnabled"] != olds.get("privateDnsEnabled"):
        changes["PrivateDnsEnabled"] = news["privateDnsEnabled"]
    if changes:
        cloud.aws("ec2").modify_vpc_endpoint(VpcEndpointId=id_, **{key: v for key, v in changes.items() if v != []})
    retag(cloud, id_, olds, news)


def _delete_endpoint(cloud: Cloud, id_: str, _: Props) -> None:
    if _endpoint(cloud, id_):
        cloud.aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[id_])


def _endpoint_rules(inputs: Props) -> Iterator[str]:
    kind = inputs.get("vpcEndpointType")
    if kind not in ("Gateway", "Interface"):
        yield f"vpcEndpointType must be Gateway or Interface in the local cloud, got {kind!r}"
    if kind == "Gateway" and not inputs.get("serviceName", ".s3").endswith((".s3", ".dynamodb")):
        yield f"The Vpc Endpoint Service '{inputs['serviceName']}' does not support the Gateway type"
    if kind == "Gateway" and (inputs.get("subnetIds") or inputs.get("securityGroupIds")):
        yield "SubnetIds and SecurityGroupIds can't be used with the Gateway type of endpoint"
    if kind == "Interface" and inputs.get("routeTableIds"):
        yield "RouteTableIds can't be used with the Interface type of endpoint"
    if kind != "Interface" and inputs.get("serviceRegion"):
        yield "serviceRegion can be used with the Interface type of endpoint only"
    if kind == "Gateway" and inputs.get("privateDnsEnabled"):
        yield "Private DNS can't be enabled for a Gateway endpoint"
    if ".vpce-svc-" in inputs.get("serviceName", "") and inputs.get("privateDnsEnabled"):
        yield (
            f"Private DNS can't be enabled because the service {inputs['serviceName']} does not provide a private DNS "
            f"name"
        )


def _endpoint_policy_rule(inputs: Props) -> Iterator[str]:
    if parse(inputs.get("policy", "{}")) is None:
        yield "policy contains an invalid JSON policy"


ENDPOINT: Final = ResourceType(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    create=_create_endpoint,
    read=_read_endpoint,
    update=_update_endpoint,
    delete=_delete_endpoint,
    applied=frozenset(
        {"vpcId", "serviceName", "vpcEndpointType", "privateDnsEnabled", "policy", "tags", *_LISTS},
    ),
    remembered=frozenset({"serviceRegion"}),
    required=frozenset({"vpcId", "serviceName"}),
    outputs=frozenset({"arn", "dnsEntries", "networkInterfaceIds", "ownerId", "prefixListId", "state", *_LISTS})
    | {"policy", "privateDnsEnabled"},
    replace=frozenset({"vpcId", "serviceName", "serviceRegion", "vpcEndpointType"}),
    sticky=frozenset({"policy", "privateDnsEnabled", "serviceRegion", *_LISTS}),
    defaults={"vpcEndpointType": "Gateway"},
    rules=(_endpoint_rules, _endpoint_policy_rule),
    same={"policy": same_document},
    not_imitated="no traffic takes it; gateway load balancer, resource and service network endpoints",
)


# Flow logs

_RESOURCES: Final = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _create_flow_log(cloud: Cloud, inputs: Props) -> str:
    what = next(key for key in _RESOURCES if key in inputs)
    destination = inputs["logDestination"]
    # moto looks for the log group by name only, and would call the delivery failed.
    group = (
        {"LogGroupName": destination.partition(":log-group:")[2].removesuffix(":*")}
        if ":log-group:" in destination
        else {}
    )
    answer = cloud.aws("ec2").create_flow_logs(
        ResourceType=_RESOURCES[what],
        ResourceIds=[inputs[what]],
        TrafficType=inputs["trafficType"],
        LogDestinationType=inputs["logDestinationType"],
        LogDestination=destination,
        MaxAggregationInterval=inputs["maxAggregationInterval"],
        **group,
        **present(DeliverLogsPermissionArn=inputs.get("iamRoleArn"), LogFormat=inputs.get("logFormat")),
        **tag_specification("vpc-flow-log", inputs.get("tags")),
    )
    if answer.get("Unsuccessful"):
        error = answer["Unsuccessful"][0]["Error"]
        raise Refused(error["Code"], error["Message"])
    return answer["FlowLogIds"][0]


def _read_flow_log(cloud: Cloud, id_: str) -> Props | None:
    found = find(cloud, "describe_flow_logs", "flow-log-id", id_)
    if found is None:
        return None
    resource = found["ResourceId"]
    kind = next(
        key
        for key, start in (("vpcId", "vpc-"), ("subnetId", "subnet-"), ("eniId", "eni-"))
        if resource.startswith(start)
    )
    return {
        "arn": cloud.arn("ec2", f"vpc-flow-log/{id_}"),
        kind: resource,
        "trafficType": found["TrafficType"],
        "logDestinationType": found["LogDestinationType"],
        "logDestination": found.get("LogDestination", ""),
        "logFormat": found["LogFormat"],
        "maxAggregationInterval": found["MaxAggregationInterval"],
        "tags": from_aws(found.get("Tags")),
        **({"iamRoleArn": found["DeliverLogsPermissionArn"]} if "DeliverLogsPermissionArn" in found else {}),
    }


def _delete_flow_log(cloud: Cloud, id_: str, _: Props) -> None:
    if find(cloud, "describe_flow_logs", "flow-log-id", id_):
        cloud.aws("ec2").delete_flow_logs(FlowLogIds=[id_])


def _flow_log_rules(inputs: Props) -> Iterator[str]:
    if sum(key in inputs for key in _RESOURCES) != 1:
        yield f"one of {', '.join(_RESOURCES)} must be specified"
    if (traffic := inputs.get("trafficType")) not in ("ACCEPT", "REJECT", "ALL"):
        yield f"trafficType must be ACCEPT, REJECT or ALL, got {traffic!r}"
    if (kind := inputs.get("logDestinationType")) not in ("cloud-watch-logs", "s3"):
        yield f"logDestinationType must be cloud-watch-logs or s3 in the local cloud, got {kind!r}"
    if (seconds := inputs.get("maxAggregationInterval")) not in (60, 600):
        yield f"maxAggregationInterval must be 60 or 600, got {seconds!r}"


def _flow_log_role_rule(inputs: Props) -> Iterable[str]:
    if inputs.get("logDestinationType") == "cloud-watch-logs" and "iamRoleArn" not in inputs:
        return ["DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs: give iamRoleArn"]
    return []


FLOW_LOG: Final = ResourceType(
    type="aws:ec2/flowLog:FlowLog",
    create=_create_flow_log,
    read=_read_flow_log,
    update=retag,
    delete=_delete_flow_log,
    applied=frozenset(
        {"trafficType", "logDestinationType", "logDestination", "logFormat", "iamRoleArn"}
        | {"maxAggregationInterval", "tags", *_RESOURCES}
    ),
    required=frozenset({"logDestination"}),
    outputs=frozenset({"arn", "logFormat"}),
    replace=frozenset(
        {"trafficType", "logDestinationType", "logDestination", "logFormat", "iamRoleArn"}
        | {"maxAggregationInterval", *_RESOURCES}
    ),
    sticky=frozenset({"logFormat"}),
    defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
    rules=(_flow_log_rules, _flow_log_role_rule),
    not_imitated="nothing is ever logged",
)

TYPES: Final = (ENDPOINT, FLOW_LOG)
