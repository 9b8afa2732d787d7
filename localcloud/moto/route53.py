"""Mends moto's Route 53: names that conflict, and networks that do not exist, are refused as on AWS."""

from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53.models import FakeZone, Route53Backend

from localcloud.moto.operation import refuse

_create_of_moto = Route53Backend.create_hosted_zone
_associate_of_moto = Route53Backend.associate_vpc_with_hosted_zone
_change_of_moto = Route53Backend.change_resource_record_sets


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for name, mended in (
        ("create_hosted_zone", _create),
        ("associate_vpc_with_hosted_zone", _associate),
        ("change_resource_record_sets", _change),
    ):
        setattr(Route53Backend, name, mended)


def _create(backend: Route53Backend, *args: Any, **said: Any) -> FakeZone:
    if vpc := said.get("vpcid"):
        _refuse_unknown(backend, vpc, said.get("vpcregion"))
    return _create_of_moto(backend, *args, **said)


def _associate(backend: Route53Backend, zone_id: str, vpcid: str, vpcregion: str) -> Any:
    if not backend.get_hosted_zone(zone_id).private_zone:
        refuse("PublicZoneVPCAssociation", "You're trying to associate a VPC with a public hosted zone.")
    _refuse_unknown(backend, vpcid, vpcregion)
    return _associate_of_moto(backend, zone_id, vpcid, vpcregion)


def _refuse_unknown(backend: Route53Backend, vpc: str, region: str | None) -> None:
    if region is None or vpc not in ec2_backends[backend.account_id][region].vpcs:
        refuse("InvalidVPCId", f"The VPC {vpc} in region {region} that you provided is not authorized or not there.")


def _change(backend: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """Judge a batch as a whole: what it deletes makes room for what it creates."""
    zone = backend.get_hosted_zone(zoneid)
    present = {(_plain(one.name), str(one.type), str(one.set_identifier or "")) for one in zone.rrsets}
    for change in change_list:
        record = change["ResourceRecordSet"]
        key = (_plain(record["Name"]), record["Type"], record.get("SetIdentifier") or "")
        if change["Action"] == "DELETE":
            present.discard(key)
            continue
        if change["Action"] == "CREATE" and key in present:
            _refuse_change(
                f"Tried to create resource record set [name='{key[0]}.', type='{key[1]}'] but it already exists"
            )
        _refuse_conflict(_plain(zone.name), key, present)
        present.add(key)
    _change_of_moto(backend, zoneid, change_list)


def _refuse_conflict(zone: str, key: tuple[str, str, str], present: set[tuple[str, str, str]]) -> None:
    name, type_, _ = key
    others = {one for found, one, _ in present if found == name}
    if type_ == "CNAME" and name == zone:
        _refuse_change(f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {zone}.")
    if (type_ == "CNAME" and others - {"CNAME"}) or (type_ != "CNAME" and "CNAME" in others):
        _refuse_change(
            f"RRSet of type {type_} with DNS name {name}. is not permitted as it conflicts with other records with the "
            f"same DNS name in zone {zone}."
        )


def _refuse_change(message: str) -> None:
    refuse("InvalidChangeBatch", f"[{message}]")


def _plain(name: str) -> str:
    return name.lower().rstrip(".")
