"""DynamoDB's global secondary indexes as resources of their own."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import ResourceType
from localcloud.resources.dynamodb_calls import (
    PROVISIONED,
    attribute,
    billing_of,
    caps_of,
    describe_table,
    refuse_no_cap,
    same_figures,
    theirs,
    warmth_of,
)
from localcloud.wire import Props

_MAX_KEYS: Final = 4
"""Of each kind, in one index."""
_FIGURES: Final = {
    "provisionedThroughput": "ProvisionedThroughput",
    "onDemandThroughput": "OnDemandThroughput",
    "warmThroughput": "WarmThroughput",
}


def _index(cloud: Cloud, id_: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    name, _, index = id_.partition(",")
    table = describe_table(cloud, name)
    for found in (table or {}).get("GlobalSecondaryIndexes", []):
        if table and found["IndexName"] == index:
            return table, found
    return None


def _create(cloud: Cloud, inputs: Props) -> str:
    refuse_no_cap(inputs)
    table = describe_table(cloud, inputs["tableName"])
    if table is None:
        raise Refused(
            "ResourceNotFoundException", f"Requested resource not found: Table: {inputs['tableName']} not found"
        )
    _refuse_capacity(inputs, billing_of(table))
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    _refuse_types(inputs, types)
    projection = inputs["projection"]
    names = {"NonKeyAttributes": projection["nonKeyAttributes"]} if "nonKeyAttributes" in projection else {}
    keys = inputs["keySchemas"]
    create: Props = {
        "IndexName": inputs["indexName"],
        "KeySchema": [{"AttributeName": key["attributeName"], "KeyType": key["keyType"]} for key in keys],
        "Projection": {"ProjectionType": projection["projectionType"], **names},
        **{name: theirs(inputs[key]) for key, name in _FIGURES.items() if key in inputs},
    }
    # moto takes the definitions given for all that there are, so those of the table and of other indexes go along.
    types |= {key["attributeName"]: key["attributeType"] for key in keys}
    cloud.aws("dynamodb").update_table(
        TableName=inputs["tableName"],
        AttributeDefinitions=[attribute(name, type_) for name, type_ in types.items()],
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    return f"{inputs['tableName']},{inputs['indexName']}"


def _refuse_capacity(inputs: Props, mode: str) -> None:
    """Refuse what the official provider does when it sees the table."""
    if (mode == PROVISIONED) != ("provisionedThroughput" in inputs):
        must = "must" if mode == PROVISIONED else "cannot"
        raise Refused(
            "InvalidAttributeCombination",
            f'Attribute "provisioned_throughput" {must} be specified when the associated table\'s attribute '
            f'"billing_mode" is "{mode}".',
        )


def _refuse_types(inputs: Props, types: dict[str, str]) -> None:
    for key in inputs["keySchemas"]:
        known = types.get(key["attributeName"], key["attributeType"])
        if known != key["attributeType"]:
            raise Refused(
                "ChangingAttribute",
                f"creation of index {inputs['indexName']!r} on table {inputs['tableName']!r} is attempting to change "
                f"already existing attribute {key['attributeName']!r} from type {known!r} to {key['attributeType']!r}",
            )


def _read(cloud: Cloud, id_: str) -> Props | None:
    found = _index(cloud, id_)
    if found is None:
        return None
    table, index = found
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    projection: Props = {"projectionType": index["Projection"]["ProjectionType"]}
    if names := index["Projection"].get("NonKeyAttributes"):
        projection["nonKeyAttributes"] = names
    props: Props = {
        "arn": f"{table['TableArn']}/index/{index['IndexName']}",
        "indexName": index["IndexName"],
        "tableName": table["TableName"],
        "keySchemas": [
            {
                "attributeName": key["AttributeName"],
                "attributeType": types[key["AttributeName"]],
                "keyType": key["KeyType"],
            }
            for key in index["KeySchema"]
        ],
        "projection": projection,
        "onDemandThroughput": caps_of(index),
        "warmThroughput": warmth_of(index),
    }
    units = index["ProvisionedThroughput"]
    if units["ReadCapacityUnits"]:
        props["provisionedThroughput"] = {
            "readCapacityUnits": units["ReadCapacityUnits"],
            "writeCapacityUnits": units["WriteCapacityUnits"],
        }
    return props


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    """Change figures as the official provider does: capacity and caps in one request, warm throughput in another."""
    name, _, index = id_.partition(",")
    changed = {key for key in _FIGURES if key in news and news[key] != olds.get(key)}
    for keys in ({"provisionedThroughput", "onDemandThroughput"} & changed, {"warmThroughput"} & changed):
        if keys:
            figures = {_FIGURES[key]: theirs(news[key]) for key in keys}
            update = {"Update": {"IndexName": index, **figures}}
            cloud.aws("dynamodb").update_table(TableName=name, GlobalSecondaryIndexUpdates=[update])


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _index(cloud, id_) is None:
        return
    name, index = id_.split(",")
    cloud.aws("dynamodb").update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": index}}])


def _rules(inputs: Props) -> Iterator[str]:
    projection = inputs.get("projection", {})
    if (kind := projection.get("projectionType")) not in ("ALL", "KEYS_ONLY", "INCLUDE"):
        yield f"ProjectionType must be ALL, KEYS_ONLY or INCLUDE, got {kind!r}"
    if (kind == "INCLUDE") != bool(projection.get("nonKeyAttributes")):
        yield "NonKeyAttributes must be specified with ProjectionType INCLUDE, and only with it"
    kinds = [key["keyType"] for key in inputs.get("keySchemas", ())]
    if "HASH" not in kinds:
        yield "keySchemas must have one HASH key"
    for one in ("HASH", "RANGE"):
        if kinds.count(one) > _MAX_KEYS:
            yield f"keySchemas can have {_MAX_KEYS} keys of type {one}, got {kinds.count(one)}"


INDEX: Final = ResourceType(
    type="aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"indexName", "tableName", "keySchemas", "projection", *_FIGURES}),
    required=frozenset({"indexName", "tableName", "keySchemas", "projection"}),
    outputs=frozenset({"arn"}),
    replace=frozenset({"indexName", "tableName", "keySchemas", "projection"}),
    sticky=frozenset(_FIGURES),
    rules=(_rules,),
    same=dict.fromkeys(_FIGURES, same_figures),
    not_imitated="backfilling takes no time",
)
