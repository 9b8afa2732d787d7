"""Lives of security groups and rules."""

from localcloud.resources.security_group import DEFAULT_SECURITY_GROUP, EGRESS_RULE, INGRESS_RULE, SECURITY_GROUP
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.lives.vpc import new_vpc
from tests.localcloud.scene import Scene

WEB: Props = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["10.0.0.0/8", "192.168.0.0/16"]}
INSIDE: Props = {"protocol": "tcp", "fromPort": 443, "toPort": 443, "ipv6CidrBlocks": ["::/0"], "description": "in"}
OUT: Props = {"protocol": "-1", "fromPort": 0, "toPort": 0, "cidrBlocks": ["0.0.0.0/0"], "description": "out"}


def new_group(scene: Scene, name: str = "clients", vpc: str = "") -> str:
    return scene.make(SECURITY_GROUP.type, name, {"vpcId": vpc or new_vpc(scene)}).id


def _rule_inputs(scene: Scene) -> Props:
    vpc = new_vpc(scene)
    return {
        "securityGroupId": new_group(scene, "store", vpc),
        "referencedSecurityGroupId": new_group(scene, "clients", vpc),
        "ipProtocol": "tcp",
        "fromPort": 5432,
        "toPort": 5432,
        "description": "clients",
        "tags": {"owner": "clubapp"},
    }


def _out_inputs(scene: Scene) -> Props:
    return {"securityGroupId": new_group(scene), "ipProtocol": "-1", "cidrIpv4": "10.0.0.0/8", "description": "out"}


def _open(scene: Scene, id_: str) -> None:
    anywhere = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    scene.aws("ec2").authorize_security_group_ingress(GroupId=id_, IpPermissions=[anywhere])


def _renamed(scene: Scene, id_: str) -> None:
    scene.aws("ec2").create_tags(Resources=[id_], Tags=[{"Key": "owner", "Value": "somebody"}])


LIVES = (
    Life(
        kind=SECURITY_GROUP,
        inputs=lambda scene: {"vpcId": new_vpc(scene), "ingress": [WEB, {**INSIDE, "self": True}], "egress": [OUT]},
        changed={
            "ingress": [{"protocol": "tcp", "fromPort": 5432, "toPort": 5432, "self": True}],
            "egress": [],
            "tags": {"owner": "clubapp"},
        },
        replaced={"name": "other", "description": "other", "vpcId": "vpc-1"},
        drift=_open,
        drifted=frozenset({"ingress"}),
    ),
    Life(
        kind=DEFAULT_SECURITY_GROUP,
        inputs=lambda scene: {"vpcId": new_vpc(scene)},
        changed={"ingress": [WEB], "egress": [OUT], "tags": {"owner": "nobody"}},
        replaced={"vpcId": "vpc-1"},
    ),
    Life(
        kind=INGRESS_RULE,
        inputs=_rule_inputs,
        changed={"fromPort": 5431, "toPort": 5433, "description": "apps", "tags": {"owner": "data"}},
        replaced={"securityGroupId": "sg-1"},
        drift=_renamed,
        drifted=frozenset({"tags"}),
    ),
    Life(
        kind=EGRESS_RULE,
        inputs=_out_inputs,
        changed={"cidrIpv4": "10.1.0.0/16", "description": "near"},
        replaced={"securityGroupId": "sg-1"},
    ),
)
