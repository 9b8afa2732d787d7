"""Lives of networks."""

from localcloud.resources.vpc import ROUTE_TABLE, ROUTE_TABLE_ASSOCIATION, SUBNET, VPC
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

VPC_INPUTS: Props = {"cidrBlock": "10.20.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "clubapp"}}


def new_vpc(scene: Scene) -> str:
    return scene.make(VPC.type, "network", VPC_INPUTS).id


def new_subnet(scene: Scene, vpc: str, number: int = 1, zone: str = "a") -> str:
    inputs = {"vpcId": vpc, "cidrBlock": f"10.20.{number}.0/24", "availabilityZone": f"{scene.region}{zone}"}
    return scene.make(SUBNET.type, f"subnet-{number}", inputs).id


def new_route_table(scene: Scene, vpc: str) -> str:
    return scene.make(ROUTE_TABLE.type, "routes", {"vpcId": vpc}).id


def _subnet_inputs(scene: Scene) -> Props:
    zone = f"{scene.region}b"
    return {"vpcId": new_vpc(scene), "cidrBlock": "10.20.1.0/24", "availabilityZone": zone, "tags": {"tier": "data"}}


def _route(scene: Scene, block: str = "0.0.0.0/0") -> Props:
    gateway = scene.aws("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    return {"cidrBlock": block, "gatewayId": gateway}


def _association_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    return {"subnetId": new_subnet(scene, vpc), "routeTableId": new_route_table(scene, vpc)}


def _another_table(scene: Scene) -> Props:
    [vpc, *_] = [
        one["VpcId"]
        for one in reversed(scene.aws("ec2").describe_route_tables()["RouteTables"])
        if any("SubnetId" in association for association in one["Associations"])
    ]
    return {"routeTableId": new_route_table(scene, vpc)}


def _without_dns(scene: Scene, id_: str) -> None:
    scene.aws("ec2").modify_vpc_attribute(VpcId=id_, EnableDnsHostnames={"Value": False})


def _public(scene: Scene, id_: str) -> None:
    scene.aws("ec2").modify_subnet_attribute(SubnetId=id_, MapPublicIpOnLaunch={"Value": True})


def _without_routes(scene: Scene, id_: str) -> None:
    scene.aws("ec2").delete_route(RouteTableId=id_, DestinationCidrBlock="0.0.0.0/0")


LIVES = (
    Life(
        kind=VPC,
        inputs=lambda scene: {**VPC_INPUTS, "tags": {"stack": scene.stack}},
        changed={"enableDnsHostnames": False, "enableDnsSupport": False, "tags": {"Name": "other"}},
        replaced={"cidrBlock": "10.30.0.0/16", "instanceTenancy": "dedicated"},
        drift=_without_dns,
        drifted=frozenset({"enableDnsHostnames"}),
    ),
    Life(
        kind=SUBNET,
        inputs=_subnet_inputs,
        changed={"mapPublicIpOnLaunch": True, "tags": {"tier": "public"}},
        replaced={"cidrBlock": "10.20.9.0/24", "availabilityZone": "eu-central-1c", "vpcId": "vpc-1"},
        drift=_public,
        drifted=frozenset({"mapPublicIpOnLaunch"}),
    ),
    Life(
        kind=ROUTE_TABLE,
        inputs=lambda scene: {"vpcId": new_vpc(scene), "routes": [_route(scene)], "tags": {"tier": "data"}},
        changed=lambda scene: {"routes": [_route(scene, "192.168.0.0/16")], "tags": {"tier": "public"}},
        replaced={"vpcId": "vpc-1"},
        drift=_without_routes,
        drifted=frozenset({"routes"}),
    ),
    Life(
        kind=ROUTE_TABLE_ASSOCIATION,
        inputs=_association_inputs,
        changed=_another_table,
        replaced={"subnetId": "subnet-1"},
    ),
)
