"""Rules towards the prefix list of a gateway endpoint keep what they say."""

from localcloud.resources.endpoint import ENDPOINT
from localcloud.resources.security_group import EGRESS_RULE, SECURITY_GROUP
from localcloud.resources.vpc import VPC
from tests.localcloud.scene import Scene


def test_a_refresh_of_a_rule_to_a_prefix_list_finds_nothing(scene: Scene):
    vpc = scene.make(VPC.type, "vpc", {"cidrBlock": "10.9.0.0/16"})
    service = f"com.amazonaws.{scene.region}.dynamodb"
    endpoint = scene.make(ENDPOINT.type, "dynamodb", {"vpcId": vpc.id, "serviceName": service})
    group = scene.make(SECURITY_GROUP.type, "clients", {"vpcId": vpc.id})
    rule = scene.make(
        EGRESS_RULE.type,
        "to-dynamodb",
        {
            "securityGroupId": group.id,
            "prefixListId": endpoint.outputs["prefixListId"],
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "description": "Clients reach DynamoDB",
        },
    )

    found = scene.read(rule)
    changed = scene.update(rule, {**rule.inputs, "description": "Clients read and write DynamoDB"})

    assert found
    assert (found.inputs, found.outputs) == (rule.inputs, rule.outputs)
    assert changed.outputs["description"] == "Clients read and write DynamoDB"
