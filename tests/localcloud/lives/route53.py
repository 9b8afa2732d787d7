"""Lives of Route 53's types."""

import secrets
from typing import Any

from localcloud.resources.route53 import RECORD, ZONE
from localcloud.resources.vpc import VPC
from localcloud.wire import Props
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Made, Scene


def network(scene: Scene) -> str:
    """The id of a VPC."""
    return scene.make(VPC.type, "net", {"cidrBlock": "10.0.0.0/16"}).id


def zone(scene: Scene, **more: Any) -> Made:
    """A private zone."""
    name = f"{secrets.token_hex(4)}.internal"
    return scene.make(ZONE.type, "data", {"name": name, "vpcs": [{"vpcId": network(scene)}], **more})


def record(scene: Scene, **more: Any) -> Props:
    made = zone(scene)
    host = "orders.abc.eu-central-1.rds.amazonaws.com"
    return {
        "zoneId": made.id,
        "name": f"orders.{made.inputs['name']}",
        "type": "CNAME",
        "ttl": 60,
        "records": [host],
        **more,
    }


def _comment(scene: Scene, id_: str) -> None:
    scene.aws("route53").update_hosted_zone_comment(Id=id_, Comment="by hand")


def _point_elsewhere(scene: Scene, id_: str) -> None:
    zone_id, name, type_ = id_.split("_")
    there = {"Name": name, "Type": type_, "TTL": 60, "ResourceRecords": [{"Value": "elsewhere.example.com"}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": there}]
    scene.aws("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


LIVES = (
    Life(
        kind=ZONE,
        inputs=lambda scene: {
            "name": f"{secrets.token_hex(4)}.internal",
            "vpcs": [{"vpcId": network(scene)}, {"vpcId": network(scene)}],
            "tags": {"owner": "clubapp"},
        },
        changed=lambda scene: {
            "comment": "stores of clubapp",
            "vpcs": [{"vpcId": network(scene), "vpcRegion": "eu-central-1"}],
            "tags": {"owner": "b"},
            "forceDestroy": True,
        },
        replaced={"name": "other.internal"},
        drift=_comment,
        drifted=frozenset({"comment"}),
    ),
    Life(
        kind=RECORD,
        inputs=record,
        changed={"ttl": 300, "records": ["orders-2.abc.eu-central-1.rds.amazonaws.com"]},
        replaced={"name": "other.internal", "zoneId": "Z0", "type": "TXT", "setIdentifier": "a"},
        drift=_point_elsewhere,
        drifted=frozenset({"records"}),
    ),
)
