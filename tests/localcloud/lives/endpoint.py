"""Lives of endpoints and flow logs."""

import json

from localcloud.resources.endpoint import ENDPOINT, FLOW_LOG
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.vpc import new_route_table, new_subnet, new_vpc
from tests.localcloud.scene import Scene

_ALLOWED = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}


def gateway_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    service = f"com.amazonaws.{scene.region}.dynamodb"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [_ALLOWED]}, indent=2)
    return {"vpcId": vpc, "serviceName": service, "routeTableIds": [new_route_table(scene, vpc)], "policy": policy}


def interface_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    group = scene.aws("ec2").create_security_group(GroupName="endpoints", Description="x", VpcId=vpc)["GroupId"]
    return {
        "vpcId": vpc,
        "serviceName": f"com.amazonaws.{scene.region}.secretsmanager",
        "vpcEndpointType": "Interface",
        "subnetIds": [new_subnet(scene, vpc)],
        "securityGroupIds": [group],
        "privateDnsEnabled": True,
    }


def _retagged(scene: Scene, id_: str) -> None:
    scene.aws("ec2").create_tags(Resources=[id_], Tags=[{"Key": "stack", "Value": "another"}])


def _flow_log_inputs(scene: Scene) -> Props:
    return {
        "vpcId": new_vpc(scene),
        "trafficType": "REJECT",
        "logDestination": f"arn:aws:logs:{scene.region}:123456789012:log-group:flows",
        "iamRoleArn": "arn:aws:iam::123456789012:role/flows",
        "maxAggregationInterval": 60,
        "tags": {"owner": "clubapp"},
    }


def _other_routes(scene: Scene) -> Props:
    [endpoint] = scene.aws("ec2").describe_vpc_endpoints(Filters=[{"Name": "tag:stack", "Values": [scene.stack]}])[
        "VpcEndpoints"
    ]
    return {"routeTableIds": [new_route_table(scene, endpoint["VpcId"])], "tags": {"owner": "data"}}


LIVES = (
    Life(
        kind=ENDPOINT,
        inputs=lambda scene: {**gateway_inputs(scene), "tags": {"stack": scene.stack}},
        changed=_other_routes,
        replaced={"vpcId": "vpc-1", "vpcEndpointType": "Interface", "serviceName": "com.amazonaws.eu-central-1.s3"},
        drift=_retagged,
        drifted=frozenset({"tags"}),
    ),
    Life(
        kind=FLOW_LOG,
        inputs=_flow_log_inputs,
        changed={"tags": {"owner": "somebody"}},
        replaced={"trafficType": "ALL", "maxAggregationInterval": 600, "logFormat": "${version}"},
    ),
)
