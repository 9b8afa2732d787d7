"""What Route 53 refuses."""

import grpc
import pytest
from botocore.exceptions import ClientError

from localcloud.resources.route53 import RECORD, ZONE
from localcloud.wire import Props
from tests.localcloud.lives.route53 import record, zone
from tests.localcloud.scene import Scene

CNAME: Props = {"zoneId": "Z", "name": "a.internal", "type": "CNAME", "ttl": 60, "records": ["b.internal"]}
ALIAS: Props = {"zoneId": "Z1", "name": "lb.example.com", "evaluateTargetHealth": False}
RECORDS = {
    "type": ({"type": "NAME"}, "type must be one of A, AAAA"),
    "name": ({"name": "my store.internal"}, "InvalidDomainName"),
    "two": ({"records": ["b.internal", "c.internal"]}, "a CNAME has exactly one record, got 2"),
    "none": ({"records": []}, "records must be at least one"),
    "url": ({"records": ["https://b.internal"]}, "the record of a CNAME must be a domain name"),
    "no address": ({"type": "A"}, "the records of A must be addresses of IPv4, got 'b.internal'"),
    "wrong address": ({"type": "AAAA", "records": ["10.0.0.1"]}, "addresses of IPv6, got '10.0.0.1'"),
    "ttl": ({"ttl": -1}, "ttl must lie between 0 and 2147483647 seconds, got -1"),
    "alias with ttl": ({"aliases": [ALIAS]}, "ttl conflicts with aliases"),
    "weightless": ({"setIdentifier": "a"}, "setIdentifier and a routing policy must be given together"),
}


@pytest.mark.parametrize(("change", "said"), RECORDS.values(), ids=RECORDS)
def test_a_record_that_route_53_would_refuse_is_refused(scene: Scene, change: Props, said: str):
    _, failures = scene.check(RECORD.type, "orders", {**CNAME, **change})

    assert [failure for failure in failures if said in failure]


def test_a_record_needs_a_ttl_and_records(scene: Scene):
    _, failures = scene.check(RECORD.type, "orders", {"zoneId": "Z", "name": "a.internal", "type": "A"})

    assert failures == [": local cloud: a record without aliases needs ttl and records, missing ttl, records"]


def test_a_cname_cannot_stand_for_its_zone(scene: Scene):
    made = zone(scene)

    with pytest.raises(grpc.RpcError, match=r"of type CNAME with DNS name .* is not permitted at apex in zone"):
        scene.make(RECORD.type, "orders", {**CNAME, "zoneId": made.id, "name": made.inputs["name"]})


def test_a_cname_stands_alone(scene: Scene):
    inputs = record(scene)
    scene.make(RECORD.type, "orders", inputs)

    with pytest.raises(grpc.RpcError, match="conflicts with other records with the same DNS name"):
        scene.make(RECORD.type, "note", {**inputs, "type": "TXT", "records": ["moved"]})


def test_a_record_is_created_once(scene: Scene):
    inputs = record(scene)
    scene.make(RECORD.type, "orders", inputs)

    with pytest.raises(grpc.RpcError, match=r"InvalidChangeBatch.*but it already exists"):
        scene.make(RECORD.type, "again", inputs)


def test_a_record_may_be_told_to_overwrite(scene: Scene):
    inputs = record(scene)
    scene.make(RECORD.type, "orders", inputs)

    made = scene.make(RECORD.type, "again", {**inputs, "allowOverwrite": True, "ttl": 5})

    assert made.outputs["ttl"] == 5


def test_a_name_belongs_to_its_zone_where_it_does_not_say_so(scene: Scene):
    made = zone(scene)
    short = scene.make(RECORD.type, "orders", {**CNAME, "zoneId": made.id, "name": "orders"})

    assert (short.outputs["fqdn"], scene.read(short)) == (f"orders.{made.inputs['name']}", short)


def test_a_text_is_quoted_on_its_way(scene: Scene):
    made = scene.make(RECORD.type, "note", record(scene, type="TXT", records=["moved to orders-2"]))

    assert scene.read(made) == made


def test_a_weight_needs_a_name_of_its_own(scene: Scene):
    weighted = {"setIdentifier": "blue", "weightedRoutingPolicies": [{"weight": 10}]}
    made = scene.make(RECORD.type, "orders", record(scene, **weighted))

    assert (made.id.rpartition("_")[2], scene.read(made)) == ("blue", made)


def test_a_zone_with_records_cannot_be_deleted(scene: Scene):
    made = zone(scene)
    scene.make(RECORD.type, "orders", {**CNAME, "zoneId": made.id, "name": "orders"})

    with pytest.raises(grpc.RpcError, match="HostedZoneNotEmpty"):
        scene.delete(made)


def test_force_destroy_deletes_the_records_first(scene: Scene):
    made = zone(scene, forceDestroy=True)
    scene.make(RECORD.type, "orders", {**CNAME, "zoneId": made.id, "name": "orders"})
    scene.delete(made)

    assert scene.read(made) is None


def test_a_private_zone_needs_a_network_that_exists(scene: Scene):
    with pytest.raises(grpc.RpcError, match="InvalidVPCId"):
        scene.make(ZONE.type, "data", {"name": "data.internal", "vpcs": [{"vpcId": "vpc-nowhere"}]})


def test_a_public_zone_has_no_network(scene: Scene):
    public = scene.make(ZONE.type, "data", {"name": "data.example.com"})

    with pytest.raises(ClientError, match="PublicZoneVPCAssociation"):
        scene.aws("route53").associate_vpc_with_hosted_zone(
            HostedZoneId=public.id, VPC={"VPCId": "vpc-1", "VPCRegion": "eu-central-1"}
        )


@pytest.mark.parametrize("name", ["my zone", "*.example.com", "a..b"])
def test_a_zone_has_a_name_that_is_a_domain(scene: Scene, name: str):
    _, failures = scene.check(ZONE.type, "data", {"name": name})

    assert [failure for failure in failures if "InvalidDomainName" in failure]
