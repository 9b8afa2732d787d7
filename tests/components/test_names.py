"""Names of one's own: each store has one, which leads to AWS's."""

from collections.abc import Callable

from components.names import Names, NamesArgs
from localcloud.resources.route53 import ZONE
from tests.components.conftest import Applied, Program
from tests.localcloud.scene import Scene


def test_each_store_has_a_name_that_leads_to_its_host(scene: Scene, apply: Callable[[Program], Applied]):
    zone = scene.make(ZONE.type, "zone", {"name": "data.example.com"}).id
    hosts = {"main": "main.abc.rds.amazonaws.com", "cache": "cache.abc.cache.amazonaws.com"}
    args = NamesArgs(zone_id=zone, domain="data.example.com", hosts=hosts)

    apply(lambda: Names("names", args))

    found = scene.aws("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert {
        one["Name"]: (one["TTL"], [record["Value"] for record in one["ResourceRecords"]])
        for one in found
        if one["Type"] == "CNAME"
    } == {f"{store}.data.example.com.": (60, [host]) for store, host in hosts.items()}
