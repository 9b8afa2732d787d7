"""RDS proxies in the local cloud: what a life does not show. Targets, endpoints, refusals."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.rds_proxy import PROXY, PROXY_ENDPOINT
from localcloud.resources.rds_proxy_target import PROXY_TARGET, PROXY_TARGET_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.rds import ROLE, new_subnet_group
from tests.localcloud.lives.rds_cluster import new_cluster, new_member
from tests.localcloud.lives.rds_proxy import AUTHS, CREDENTIAL_ARN, new_instance, new_proxy, two_subnets
from tests.localcloud.lives.vpc import new_subnet, new_vpc
from tests.localcloud.scene import Made, Scene

MINIMAL_PROXY: Props = {"auths": AUTHS, "engineFamily": "POSTGRESQL", "roleArn": ROLE, "vpcSubnetIds": ["subnet-1"]}


def target(scene: Scene, proxy: str, **more: object) -> Made:
    return scene.make(PROXY_TARGET.type, "orders", {"dbProxyName": proxy, "targetGroupName": "default", **more})


def cluster_in(scene: Scene, vpc: str) -> Made:
    return new_cluster(scene, dbSubnetGroupName=new_subnet_group(scene, vpc))


# Proxies


def test_what_the_program_says_of_an_auth_is_enough(scene: Scene):
    made = new_proxy(scene, auths=[{"secretArn": CREDENTIAL_ARN}])
    found = scene.read(made)

    assert found
    assert found.inputs["auths"] == [{"secretArn": CREDENTIAL_ARN}]


def test_a_proxy_that_logs_in_by_iam_needs_no_secret(scene: Scene):
    assert new_proxy(scene, auths=[], defaultAuthScheme="IAM_AUTH").outputs["defaultAuthScheme"] == "IAM_AUTH"


PROXIES_REFUSED = [
    ({"auths": []}, "At least one Auth entry is required"),
    ({"auths": [{"authScheme": "SECRETS"}]}, "need a SecretArn"),
    ({"idleClientTimeout": 28_801}, "IdleClientTimeout must be between 1 and 28800, got 28801"),
]


@pytest.mark.parametrize(("more", "message"), PROXIES_REFUSED, ids=[message for _, message in PROXIES_REFUSED])
def test_a_proxy_that_aws_refuses_is_refused(scene: Scene, more: Props, message: str):
    with pytest.raises(grpc.RpcError, match=message):
        new_proxy(scene, **more)


def test_a_proxy_needs_two_zones(scene: Scene):
    vpc = new_vpc(scene)
    subnets = [new_subnet(scene, vpc, 1, "a"), new_subnet(scene, vpc, 2, "a")]

    with pytest.raises(grpc.RpcError, match="subnets in at least two Availability Zones"):
        new_proxy(scene, vpc, vpcSubnetIds=subnets)


def test_a_proxy_is_not_renamed(scene: Scene):
    made = new_proxy(scene)

    with pytest.raises(grpc.RpcError, match="the local cloud does not rename a proxy"):
        scene.update(made, {**made.inputs, "name": "other"})


def test_boto3_renames_a_proxy_and_its_endpoint(scene: Scene):
    made, aws = new_proxy(scene), scene.aws("rds")
    renamed = f"{made.id}-2"
    aws.modify_db_proxy(DBProxyName=made.id, NewDBProxyName=renamed)

    assert aws.describe_db_proxies(DBProxyName=renamed)["DBProxies"][0]["Endpoint"].startswith(f"{renamed}.")
    assert scene.read(made) is None


# Targets


def test_a_cluster_leads_to_its_members(scene: Scene):
    vpc = new_vpc(scene)
    cluster, proxy = cluster_in(scene, vpc), new_proxy(scene, vpc)
    members = [new_member(scene, cluster.id, name).id for name in ("orders-1", "orders-2")]
    made = target(scene, proxy.id, dbClusterIdentifier=cluster.id)

    found = scene.aws("rds").describe_db_proxy_targets(DBProxyName=proxy.id)["Targets"]

    told = [(one["Type"], one["RdsResourceId"], one.get("Role"), one.get("TrackedClusterId")) for one in found]
    assert told == [
        ("TRACKED_CLUSTER", cluster.id, None, None),
        ("RDS_INSTANCE", members[0], "READ_WRITE", cluster.id),
        ("RDS_INSTANCE", members[1], "READ_ONLY", cluster.id),
    ]
    assert made.id == f"{proxy.id}/default/TRACKED_CLUSTER/{cluster.id}"


def test_an_instance_is_a_target_with_its_endpoint(scene: Scene):
    vpc = new_vpc(scene)
    instance, proxy = new_instance(scene, vpc), new_proxy(scene, vpc)

    outputs = target(scene, proxy.id, dbInstanceIdentifier=instance.outputs["identifier"]).outputs

    told = [outputs[key] for key in ("endpoint", "port", "type", "rdsResourceId")]
    assert told == [instance.outputs["address"], 5432, "RDS_INSTANCE", instance.outputs["identifier"]]


def test_a_second_target_is_refused(scene: Scene):
    vpc = new_vpc(scene)
    proxy = new_proxy(scene, vpc)
    target(scene, proxy.id, dbClusterIdentifier=cluster_in(scene, vpc).id)

    with pytest.raises(grpc.RpcError, match="has a target already"):
        target(scene, proxy.id, dbClusterIdentifier=new_cluster(scene).id)


def test_a_target_that_is_not_there_is_refused(scene: Scene):
    proxy = new_proxy(scene)

    with pytest.raises(grpc.RpcError, match="DBInstance nowhere not found"):
        target(scene, proxy.id, dbInstanceIdentifier="nowhere")
    with pytest.raises(grpc.RpcError, match="DBCluster nowhere not found"):
        target(scene, proxy.id, dbClusterIdentifier="nowhere")
    with pytest.raises(grpc.RpcError, match="DBProxyNotFoundFault"):
        target(scene, "nowhere", dbClusterIdentifier="nowhere")


def test_a_target_in_another_vpc_is_refused(scene: Scene):
    cluster, proxy = cluster_in(scene, new_vpc(scene)), new_proxy(scene)

    with pytest.raises(grpc.RpcError, match="The target is in the VPC"):
        target(scene, proxy.id, dbClusterIdentifier=cluster.id)


def test_a_target_of_another_engine_is_refused(scene: Scene):
    vpc = new_vpc(scene)
    cluster, proxy = cluster_in(scene, vpc), new_proxy(scene, vpc, engineFamily="MYSQL")

    with pytest.raises(grpc.RpcError, match="can't be registered with a proxy of MYSQL"):
        target(scene, proxy.id, dbClusterIdentifier=cluster.id)


def test_a_member_of_a_cluster_is_no_target(scene: Scene):
    vpc = new_vpc(scene)
    member, proxy = new_member(scene, cluster_in(scene, vpc).id), new_proxy(scene, vpc)

    with pytest.raises(grpc.RpcError, match="is a part of a DB cluster: register the cluster"):
        target(scene, proxy.id, dbInstanceIdentifier=member.id)


@pytest.mark.parametrize(
    ("pool", "message"),
    [
        ({"connectionBorrowTimeout": 301}, "ConnectionBorrowTimeout must be between 0 and 300, got 301"),
        (
            {"maxConnectionsPercent": 40},
            r"MaxIdleConnectionsPercent must be between 0 and MaxConnectionsPercent \(40\)",
        ),
    ],
    ids=["timeout", "idle"],
)
def test_a_pool_that_only_aws_refuses_is_refused(scene: Scene, pool: Props, message: str):
    with pytest.raises(grpc.RpcError, match=message):
        scene.make(
            PROXY_TARGET_GROUP.type, "orders", {"dbProxyName": new_proxy(scene).id, "connectionPoolConfig": pool}
        )


# Endpoints


def test_read_only_endpoints_are_for_clusters(scene: Scene):
    vpc = new_vpc(scene)
    instance, proxy = new_instance(scene, vpc), new_proxy(scene, vpc)
    target(scene, proxy.id, dbInstanceIdentifier=instance.outputs["identifier"])
    inputs: Props = {"dbProxyName": proxy.id, "dbProxyEndpointName": f"{proxy.id}-r", "targetRole": "READ_ONLY"}

    with pytest.raises(grpc.RpcError, match="Read-only endpoints are for proxies whose target is an Aurora DB cluster"):
        scene.make(PROXY_ENDPOINT.type, "reports", {**inputs, "vpcSubnetIds": proxy.inputs["vpcSubnetIds"]})


def test_endpoints_end_with_their_proxy(scene: Scene):
    vpc = new_vpc(scene)
    proxy = new_proxy(scene, vpc)
    inputs: Props = {"dbProxyName": proxy.id, "dbProxyEndpointName": f"{proxy.id}-w"}
    made = scene.make(PROXY_ENDPOINT.type, "more", {**inputs, "vpcSubnetIds": two_subnets(scene, new_vpc(scene))})
    scene.delete(proxy)

    assert scene.read(made) is None


def test_an_endpoint_that_exists_is_refused(scene: Scene):
    proxy, aws = new_proxy(scene), scene.aws("rds")
    call = {"DBProxyName": proxy.id, "DBProxyEndpointName": f"{proxy.id}-w"}
    aws.create_db_proxy_endpoint(**call, VpcSubnetIds=proxy.inputs["vpcSubnetIds"])

    with pytest.raises(ClientError, match="already exists"):
        aws.create_db_proxy_endpoint(**call, VpcSubnetIds=proxy.inputs["vpcSubnetIds"])


# What the provider refuses in a preview

RULES = [
    (PROXY.type, {**MINIMAL_PROXY, "engineFamily": "ORACLE"}, "engineFamily must be one of MYSQL, POSTGRESQL"),
    (PROXY.type, {**MINIMAL_PROXY, "defaultAuthScheme": "NO"}, "defaultAuthScheme must be one of IAM_AUTH, NONE"),
    (PROXY.type, {**MINIMAL_PROXY, "auths": [{"iamAuth": "NO"}]}, "iamAuth must be one of DISABLED"),
    (
        PROXY_ENDPOINT.type,
        {"dbProxyName": "a", "dbProxyEndpointName": "b", "vpcSubnetIds": ["c"], "targetRole": "WRITE"},
        "targetRole must be one of READ_ONLY, READ_WRITE",
    ),
    (
        PROXY_TARGET_GROUP.type,
        {"dbProxyName": "a", "connectionPoolConfig": {"maxConnectionsPercent": 0}},
        "expected maxConnectionsPercent to be in the range (1 - 100), got 0",
    ),
    (
        PROXY_TARGET_GROUP.type,
        {"dbProxyName": "a", "connectionPoolConfig": {"sessionPinningFilters": ["ALL"]}},
        "sessionPinningFilters must be EXCLUDE_VARIABLE_SETS",
    ),
    (
        PROXY_TARGET.type,
        {"dbProxyName": "a", "targetGroupName": "default"},
        "one of dbClusterIdentifier and dbInstanceIdentifier must be specified",
    ),
]


@pytest.mark.parametrize(("type_", "inputs", "message"), RULES, ids=[message for _, _, message in RULES])
def test_what_the_provider_refuses_is_refused(scene: Scene, type_: str, inputs: Props, message: str):
    _, failures = scene.check(type_, "one", inputs)

    assert [failure for failure in failures if message in failure]
