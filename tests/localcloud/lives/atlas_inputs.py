"""Inputs of Atlas' resources, what they stand on, and what is done by hand, for tests."""

import json
import secrets
import urllib.error
import urllib.request
from typing import Any, Final

from pulumi.runtime.proto import provider_pb2 as pb

from localcloud.wire import Props, dump, load
from tests.localcloud.lives.vpc import new_subnet, new_vpc
from tests.localcloud.scene import Made, Scene

TYPE: Final = "mongodbatlas:index/{}:{}"
ORGANIZATION: Final = "5f0e0f1f73cf09a29120e173"
HOME: Final = "EU_CENTRAL_1"
DR: Final = "EU_WEST_1"


def token(name: str) -> str:
    """Give the type of a resource of Atlas, by its class."""
    return TYPE.format(name[0].lower() + name[1:], name)


CLUSTER: Final = token("AdvancedCluster")


def new_name(stem: str) -> str:
    return f"{stem}-{secrets.token_hex(4)}"


def new_project(scene: Scene) -> str:
    return scene.make(token("Project"), "project", {"name": new_name("devora"), "orgId": ORGANIZATION}).id


def nodes(size: str = "M10", count: int = 3, **more: Any) -> Props:
    return {"instanceSize": size, "nodeCount": count, **more}


def region(size: str = "M10", **more: Any) -> Props:
    return {"providerName": "AWS", "regionName": HOME, "priority": 7, "electableSpecs": nodes(size), **more}


def scaling(least: str = "M10", most: str = "M40") -> Props:
    return {
        "computeEnabled": True,
        "computeScaleDownEnabled": True,
        "computeMinInstanceSize": least,
        "computeMaxInstanceSize": most,
        "diskGbEnabled": True,
    }


def specs(*regions: Props, **more: Any) -> list[Props]:
    return [{"regionConfigs": list(regions or [region()]), **more}]


def cluster(project_id: str, **more: Any) -> Props:
    """Give a replica set of the smallest servers of its own."""
    return {
        "projectId": project_id,
        "name": "devora",
        "clusterType": "REPLICASET",
        "replicationSpecs": specs(),
        "backupEnabled": True,
        **more,
    }


FREE: Final[Props] = {
    "providerName": "TENANT",
    "backingProviderName": "AWS",
    "regionName": HOME,
    "priority": 7,
    "electableSpecs": {"instanceSize": "M0"},
}
FLEX: Final[Props] = {"providerName": "FLEX", "backingProviderName": "AWS", "regionName": HOME, "priority": 7}


def shared(project_id: str, place: Props, **more: Any) -> Props:
    """Give a cluster on shared servers, M0 or Flex."""
    said = cluster(project_id, **{"replicationSpecs": specs(place), **more})
    return {key: value for key, value in said.items() if key in more or key != "backupEnabled"}


def new_cluster(scene: Scene, **more: Any) -> Made:
    return scene.make(CLUSTER, "cluster", cluster(new_project(scene), **more))


def changed(scene: Scene, made: Made, **more: Any) -> Made:
    """Update a resource as the next run of a program does that says more."""
    news, failures = scene.check(made.urn.split("::")[2], "cluster", {**made.inputs, **more}, made.inputs)
    assert failures == []
    return scene.update(made, news)


def new_role(scene: Scene, project_id: str) -> tuple[Props, str]:
    """Set a role up, let AWS trust Atlas, and authorize it; give the inputs of that, and the id of the role."""
    setup = scene.make(token("CloudProviderAccessSetup"), "setup", {"projectId": project_id, "providerName": "AWS"})
    config = setup.outputs["awsConfigs"][0]
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": config["atlasAwsAccountArn"]},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": config["atlasAssumedRoleExternalId"]}},
    }
    role = scene.aws("iam").create_role(
        RoleName=new_name("atlas"), AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )
    arn = role["Role"]["Arn"]
    role_id = setup.outputs["roleId"]
    return {"projectId": project_id, "roleId": role_id, "aws": {"iamAssumedRoleArn": arn}}, role_id


def authorized(scene: Scene, project_id: str) -> str:
    inputs, role_id = new_role(scene, project_id)
    scene.make(token("CloudProviderAccessAuthorization"), "authorization", inputs)
    return role_id


def encryption(scene: Scene, project_id: str) -> Props:
    key = scene.aws("kms").create_key()["KeyMetadata"]["KeyId"]
    config = {
        "enabled": True,
        "customerMasterKeyId": key,
        "region": HOME,
        "roleId": authorized(scene, project_id),
    }
    return {"projectId": project_id, "awsKmsConfig": config}


def link(project_id: str) -> Props:
    return {"projectId": project_id, "providerName": "AWS", "region": "eu-central-1"}


def interface(scene: Scene, service: str, **more: Any) -> Made:
    """Make the half of a private endpoint that is in the user's VPC."""
    vpc = new_vpc(scene)
    return scene.make(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "atlas",
        {
            "vpcId": vpc,
            "serviceName": service,
            "vpcEndpointType": "Interface",
            "subnetIds": [new_subnet(scene, vpc)],
            **more,
        },
    )


def connection(scene: Scene, project_id: str) -> Props:
    """Give the inputs that join both halves of a private endpoint."""
    half = scene.make(token("PrivateLinkEndpoint"), "link", link(project_id))
    other = interface(scene, half.outputs["endpointServiceName"])
    return {
        "projectId": project_id,
        "privateLinkId": half.outputs["privateLinkId"],
        "endpointServiceId": other.id,
        "providerName": "AWS",
    }


def by_hand(scene: Scene, act: str, **asked: Any) -> Props:
    """Do what is done without the program: `autoscale`, or `change` of a record."""
    request = urllib.request.Request(  # noqa: S310  # it is ours, on 127.0.0.1
        f"{scene.endpoint}/moto-api/atlas/{act}", data=json.dumps(asked).encode(), method="POST"
    )
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310  # see above
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


def planned(scene: Scene, made: Made, **more: Any) -> list[str]:
    """Give what the provider refuses of a change when it plans."""
    return scene.check(CLUSTER, "cluster", {**made.inputs, **more}, made.inputs)[1]


def differing(scene: Scene, made: Made, **more: Any) -> list[str]:
    """Give the paths that the next run would change."""
    return sorted(scene.diff(made, {**made.inputs, **more}).detailedDiff)


def sizes(made: Made, place: int = 0) -> Props:
    return made.outputs["replicationSpecs"][0]["regionConfigs"][place]["electableSpecs"]


def scaled(scene: Scene, made: Made, **size: Any) -> Props:
    return by_hand(scene, "autoscale", projectId=made.inputs["projectId"], clusterName=made.inputs["name"], **size)


def data_source(scene: Scene, made: Made, **more: Any) -> Props:
    args = {"projectId": made.inputs["projectId"], "name": made.inputs["name"], **more}
    request = pb.InvokeRequest(tok="mongodbatlas:index/getAdvancedCluster:getAdvancedCluster", args=dump(args))
    return load(getattr(scene.stubs["mongodbatlas"].Invoke(request), "return"))
