"""A table's replica in another region as a resource of its own."""

from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import ResourceType
from localcloud.resources.dynamodb_calls import apply_recovery, change_tags, describe_table, recovery_of, tags_of
from localcloud.resources.dynamodb_replicas import in_region
from localcloud.resources.kms import same_key
from localcloud.wire import Props


def _main(id_: str) -> tuple[str, str]:
    """`orders:eu-central-1` -> table, and region of the table that it replicates."""
    table, _, region = id_.partition(":")
    return table, region


def _create(cloud: Cloud, inputs: Props) -> str:
    _, _, _, region, _, table = inputs["globalTableArn"].split(":", 5)
    name = table.rpartition("/")[2]
    if region == cloud.region:
        raise Refused("InvalidParameter", f"the replica of {name} must be in another region than {region}")
    action: dict[str, Any] = {"RegionName": cloud.region}
    for key, theirs in (("kmsKeyArn", "KMSMasterKeyId"), ("tableClassOverride", "TableClassOverride")):
        if key in inputs:
            action[theirs] = inputs[key]
    in_region(cloud, region).aws("dynamodb").update_table(TableName=name, ReplicaUpdates=[{"Create": action}])
    return f"{name}:{region}"


def _settle(cloud: Cloud, id_: str, inputs: Props) -> None:
    _update(cloud, id_, {}, inputs)


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    name, region = _main(id_)
    table = describe_table(in_region(cloud, region), name) if region else None
    listed = [one for one in (table or {}).get("Replicas", []) if one["RegionName"] == cloud.region]
    return listed[0] if listed else None


def _read(cloud: Cloud, id_: str) -> Props | None:
    replica = _find(cloud, id_)
    name, region = _main(id_)
    table = describe_table(cloud, name)
    if replica is None or table is None:
        return None
    return {
        "arn": table["TableArn"],
        "globalTableArn": in_region(cloud, region).arn("dynamodb", f"table/{name}"),
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
        "pointInTimeRecovery": recovery_of(cloud, name)["enabled"],
        "tableClassOverride": replica["ReplicaTableClassSummary"]["TableClass"],
        "tags": tags_of(cloud, table["TableArn"]),
        **({"kmsKeyArn": replica["KMSMasterKeyId"]} if "KMSMasterKeyId" in replica else {}),
    }


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    name, _ = _main(id_)
    recovery, protected = (
        news.get(key, False) if olds.get(key, False) != news.get(key, False) else None
        for key in ("pointInTimeRecovery", "deletionProtectionEnabled")
    )
    if recovery is not None:
        apply_recovery(cloud, name, {"enabled": recovery})
    if protected is not None:
        cloud.aws("dynamodb").update_table(TableName=name, DeletionProtectionEnabled=protected)
    change_tags(cloud, cloud.arn("dynamodb", f"table/{name}"), olds, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _find(cloud, id_) is None:
        return
    name, region = _main(id_)
    update = {"Delete": {"RegionName": cloud.region}}
    in_region(cloud, region).aws("dynamodb").update_table(TableName=name, ReplicaUpdates=[update])


TABLE_REPLICA: Final = ResourceType(
    type="aws:dynamodb/tableReplica:TableReplica",
    create=_create,
    settle=_settle,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset(
        {
            "globalTableArn",
            "deletionProtectionEnabled",
            "kmsKeyArn",
            "pointInTimeRecovery",
            "tableClassOverride",
            "tags",
        }
    ),
    required=frozenset({"globalTableArn"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"globalTableArn", "kmsKeyArn", "tableClassOverride"}),
    sticky=frozenset({"deletionProtectionEnabled", "kmsKeyArn", "tableClassOverride"}),
    same={"kmsKeyArn": same_key},
    not_imitated="a write is in all regions at once",
)
