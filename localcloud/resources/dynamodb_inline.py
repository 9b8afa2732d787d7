"""Indexes inside a table's program: how they are written, read and compared, and what a change of them takes."""

from collections.abc import Iterator
from typing import Any

from localcloud.resources.dynamodb_calls import ON_DEMAND, capacity, caps_of, same_figures, theirs, warmth_of
from localcloud.wire import Props


def keys(index: Props) -> list[Props]:
    """Write the keys of an index, which may be given in either of two ways."""
    if schemas := index.get("keySchemas"):
        return [{"AttributeName": one["attributeName"], "KeyType": one["keyType"]} for one in schemas]
    given = (("hashKey", "HASH"), ("rangeKey", "RANGE"))
    return [{"AttributeName": index[key], "KeyType": kind} for key, kind in given if index.get(key)]


def projection(index: Props) -> Props:
    """Write what an index holds of an item."""
    names = {"NonKeyAttributes": index["nonKeyAttributes"]} if index.get("nonKeyAttributes") else {}
    return {"ProjectionType": index["projectionType"], **names}


def global_index(index: Props, mode: str) -> Props:
    """Write a global index for a creation."""
    request: Props = {"IndexName": index["name"], "KeySchema": keys(index), "Projection": projection(index)}
    if mode != ON_DEMAND:
        request["ProvisionedThroughput"] = capacity(index)
    for key, name in (("onDemandThroughput", "OnDemandThroughput"), ("warmThroughput", "WarmThroughput")):
        if key in index:
            request[name] = theirs(index[key])
    return request


def local_index(index: Props, hash_key: str) -> Props:
    """Write a local index: its hash key is the table's."""
    return {
        "IndexName": index["name"],
        "KeySchema": keys({"hashKey": hash_key, "rangeKey": index["rangeKey"]}),
        "Projection": projection(index),
    }


def read_global(index: dict[str, Any], mode: str) -> Props:
    """Read a global index."""
    found: Props = {
        "name": index["IndexName"],
        "keySchemas": [
            {"attributeName": one["AttributeName"], "keyType": one["KeyType"]} for one in index["KeySchema"]
        ],
        **_read_projection(index),
        "onDemandThroughput": caps_of(index),
        "warmThroughput": warmth_of(index),
    }
    if mode != ON_DEMAND:
        units = index["ProvisionedThroughput"]
        found |= {"readCapacity": units["ReadCapacityUnits"], "writeCapacity": units["WriteCapacityUnits"]}
    return found


def read_local(index: dict[str, Any]) -> Props:
    """Read a local index."""
    [range_key] = [one["AttributeName"] for one in index["KeySchema"] if one["KeyType"] == "RANGE"]
    return {"name": index["IndexName"], "rangeKey": range_key, **_read_projection(index)}


def _read_projection(index: dict[str, Any]) -> Props:
    found = {"projectionType": index["Projection"]["ProjectionType"]}
    names = index["Projection"].get("NonKeyAttributes")
    return {**found, "nonKeyAttributes": names} if names else found


# Comparing


def same_indexes(ours: list[Props], other: list[Props]) -> bool:
    """
    Compare indexes by name, and where ours says something.

    An empty list is the same as any: the provider takes it for none said, so the last index in a program stays
    (hashicorp/terraform-provider-aws#47490).
    """
    if not ours:
        return True
    known = {one["name"]: one for one in other}
    return {one["name"] for one in ours} == known.keys() and all(
        _same_shape(one, known[one["name"]]) and _same_amounts(one, known[one["name"]]) for one in ours
    )


def same_local_indexes(ours: list[Props], other: list[Props]) -> bool:
    """Compare local indexes, in any order."""
    shapes = [{one["name"]: (one["rangeKey"], _projected(one)) for one in some} for some in (ours, other)]
    return shapes[0] == shapes[1]


def _projected(index: Props) -> tuple[str, frozenset[str]]:
    return index["projectionType"], frozenset(index.get("nonKeyAttributes") or ())


def _same_shape(one: Props, other: Props) -> bool:
    return keys(one) == keys(other) and _projected(one) == _projected(other)


def _same_amounts(ours: Props, other: Props) -> bool:
    return all(other.get(key) == ours[key] for key in ("readCapacity", "writeCapacity") if key in ours) and all(
        same_figures(ours[key], other.get(key) or {}) for key in ("onDemandThroughput", "warmThroughput") if key in ours
    )


# Changing, in the official provider's order: what goes, what gets other figures, what comes


def gone(olds: Props, news: Props) -> Iterator[Props]:
    """Give the deletions: of indexes that go, and of those that must be made anew."""
    before, after = _by_name(olds), _by_name(news)
    for name, index in before.items() if after else ():
        if name not in after or not _same_shape(after[name], index):
            yield {"Delete": {"IndexName": name}}


def come(olds: Props, news: Props, mode: str) -> Iterator[Props]:
    """Give the creations."""
    before = _by_name(olds)
    for name, index in _by_name(news).items():
        if name not in before or not _same_shape(index, before[name]):
            yield {"Create": global_index(index, mode)}


def changed(olds: Props, news: Props, mode: str) -> Iterator[Props]:
    """Give the changes of capacity, or of caps where the table is on demand."""
    before = _by_name(olds)
    for name, index in _by_name(news).items():
        old = before.get(name)
        if old is None or not _same_shape(index, old):
            continue
        if mode != ON_DEMAND and any(index.get(key) != old.get(key) for key in ("readCapacity", "writeCapacity")):
            yield {"Update": {"IndexName": name, "ProvisionedThroughput": capacity(index)}}
        if mode == ON_DEMAND and "onDemandThroughput" in index and not _same_amounts(index, old):
            yield {"Update": {"IndexName": name, "OnDemandThroughput": theirs(index["onDemandThroughput"])}}


def warmed(olds: Props, news: Props) -> Iterator[Props]:
    """Give the changes of warm throughput."""
    before = _by_name(olds)
    for name, index in _by_name(news).items():
        if (
            name in before
            and "warmThroughput" in index
            and index["warmThroughput"] != before[name].get("warmThroughput")
        ):
            yield {"Update": {"IndexName": name, "WarmThroughput": theirs(index["warmThroughput"])}}


def _by_name(inputs: Props) -> dict[str, Props]:
    return {one["name"]: one for one in inputs.get("globalSecondaryIndexes") or ()}
