"""Global datastores, as ElastiCache's API has them: replication groups of several regions. moto has none."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from moto.elasticache.models import elasticache_backends

from localcloud.moto.elasticache_facts import FIRST_GLOBAL, GLOBAL_NODES, MAX_SECONDARIES, family, numbers, resolve
from localcloud.moto.elasticache_rules import refuse_group
from localcloud.moto.elasticache_shape import new_shard, slots
from localcloud.moto.elasticache_state import Call, ParameterGroup, ReplicationGroup, Shard, refuse, state_of

_VALUE: Final = "InvalidParameterValue"
_STATE: Final = "InvalidGlobalReplicationGroupState"
_PREFIX: Final = "ldgnf"
"""What AWS puts before the suffix of an id; each region has its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Datastore:
    """A global datastore; its members know their roles themselves."""

    id: str
    arn: str
    description: str
    members: tuple[tuple[str, str], ...]
    """Region and id of each replication group, the primary first."""


def _call_in(call: Call, region: str) -> Call:
    backend = elasticache_backends[call.backend.account_id][region]
    return Call(params={}, backend=backend, state=state_of(backend))


def _stores(call: Call) -> Iterator[tuple[Call, Datastore]]:
    """Give every datastore of the account, with the region that keeps it: each region sees all."""
    for region in list(elasticache_backends[call.backend.account_id].keys()):
        home = _call_in(call, region)
        for store in list(home.state.datastores.values()):
            yield home, store


def _find(call: Call, id_: str) -> tuple[Call, Datastore]:
    for home, store in _stores(call):
        if store.id == id_.lower():
            return home, store
    return refuse("GlobalReplicationGroupNotFoundFault", f"Global replication group {id_} not found.")


def _groups(call: Call, store: Datastore) -> list[tuple[Call, ReplicationGroup]]:
    found: list[tuple[Call, ReplicationGroup]] = []
    for region, id_ in store.members:
        there = _call_in(call, region)
        found.append((there, there.group(id_)))
    return found


def create(call: Call) -> dict[str, Any]:
    """CreateGlobalReplicationGroup: the group named becomes the primary."""
    id_ = f"{_PREFIX}-{call.text('GlobalReplicationGroupIdSuffix')}".lower()
    if any(store.id == id_ for _, store in _stores(call)):
        refuse("GlobalReplicationGroupAlreadyExistsFault", f"Global replication group {id_} already exists.")
    primary = call.group(call.text("PrimaryReplicationGroupId"))
    if primary.global_group:
        refuse(
            "InvalidReplicationGroupState",
            f"Replication group {primary.replication_group_id} is a member of {primary.global_group} already.",
        )
    _refuse_unfit(primary)
    store = Datastore(
        id=id_,
        arn=f"arn:aws:elasticache::{call.backend.account_id}:globalreplicationgroup:{id_}",
        description=call.get("GlobalReplicationGroupDescription", " "),
        members=((call.backend.region_name, primary.replication_group_id),),
    )
    call.state.datastores[id_] = store
    call.groups[primary.replication_group_id] = replace(primary, global_group=id_, global_role="PRIMARY")
    return {"GlobalReplicationGroup": _describe(call, store)}


def _refuse_unfit(group: ReplicationGroup) -> None:
    if group.cache_node_type.split(".")[1] not in GLOBAL_NODES:
        refuse(
            _VALUE,
            f"Global datastores need nodes of {', '.join(GLOBAL_NODES)}, got {group.cache_node_type}",
        )
    if numbers(group.engine_version) < FIRST_GLOBAL:
        refuse(_VALUE, f"Global datastores need version 5.0.6 or later, it is {group.engine_version}")


def secondary(call: Call, id_: str) -> ReplicationGroup:
    """Give the primary that a new member of a datastore must be like, or refuse the member."""
    for name in ("Engine", "EngineVersion", "CacheNodeType", "CacheParameterGroupName", "NumNodeGroups"):
        if call.get(name) is not None:
            refuse(
                "InvalidParameterCombination",
                f"{name} cannot be given for a secondary of a global datastore: it is the primary's",
            )
    _, store = _find(call, id_)
    regions = [region for region, _ in store.members]
    if call.backend.region_name in regions:
        refuse(_STATE, f"Global replication group {id_} has a member in {call.backend.region_name} already.")
    if len(regions) > MAX_SECONDARIES:
        refuse(_STATE, f"Global replication group {id_} has {MAX_SECONDARIES} secondary members already.")
    [(there, primary), *_] = _groups(call, store)
    _bring_parameters(call, there.parameter_group(primary.cache_parameter_group_name))
    return primary


def _bring_parameters(call: Call, group: ParameterGroup) -> None:
    """Copy a parameter group into a member's region, as AWS does."""
    if group.name not in call.default_parameter_groups():
        copied = replace(group, arn=call.arn("parametergroup", group.name))
        call.state.parameter_groups.setdefault(group.name, copied)


def join(call: Call, id_: str, group: ReplicationGroup) -> ReplicationGroup:
    """Make a group a secondary member."""
    home, store = _find(call, id_)
    members = (*store.members, (call.backend.region_name, group.replication_group_id))
    home.state.datastores[store.id] = replace(store, members=members)
    return replace(group, global_group=store.id, global_role="SECONDARY")


def disassociate(call: Call) -> dict[str, Any]:
    """DisassociateGlobalReplicationGroup: a secondary becomes a group of its own."""
    home, store = _find(call, call.text("GlobalReplicationGroupId"))
    gone = (call.text("ReplicationGroupRegion"), call.text("ReplicationGroupId").lower())
    if gone not in store.members[1:]:
        refuse(_VALUE, f"Replication group {gone[1]} in {gone[0]} is no secondary member of {store.id}")
    there = _call_in(call, gone[0])
    there.groups[gone[1]] = replace(there.group(gone[1]), global_group=None, global_role=None)
    left = replace(store, members=tuple(one for one in store.members if one != gone))
    home.state.datastores[store.id] = left
    return {"GlobalReplicationGroup": _describe(call, left)}


def describe(call: Call) -> dict[str, Any]:
    """DescribeGlobalReplicationGroups."""
    named = call.get("GlobalReplicationGroupId")
    stores = [_find(call, named)[1]] if named else [store for _, store in _stores(call)]
    return {"GlobalReplicationGroups": [_describe(call, store) for store in stores]}


def modify(call: Call) -> dict[str, Any]:
    """ModifyGlobalReplicationGroup: all members change together."""
    home, store = _find(call, call.text("GlobalReplicationGroupId"))
    if said := call.get("GlobalReplicationGroupDescription"):
        store = replace(store, description=said)
    members = _groups(call, store)
    if name := call.get("CacheParameterGroupName"):
        group = members[0][0].parameter_group(name)
        for there, _ in members:
            _bring_parameters(there, group)
    changed = [(there, _modified(call, group)) for there, group in members]
    _keep(changed)
    home.state.datastores[store.id] = store
    return {"GlobalReplicationGroup": _describe(call, store)}


def _modified(call: Call, group: ReplicationGroup) -> ReplicationGroup:
    engine = call.get("Engine", group.engine).lower()
    wanted = call.get("EngineVersion")
    version = resolve(engine, wanted) if wanted else group.engine_version
    if version is None:
        refuse("InvalidParameterCombination", f"Cannot find version {wanted} for {engine}")
    if engine == group.engine and numbers(version) < numbers(group.engine_version):
        refuse(
            "InvalidParameterCombination",
            f"Engine version downgrade from {group.engine_version} to {version} is not supported.",
        )
    parameters = call.get("CacheParameterGroupName", group.cache_parameter_group_name)
    if family(engine, version) != family(group.engine, group.engine_version) and parameters.startswith("default."):
        end = ".cluster.on" if group.clustered else ""
        parameters = f"default.{family(engine, version)}{end}"
    after = replace(
        group,
        engine=engine,
        engine_version=version,
        cache_node_type=call.get("CacheNodeType", group.cache_node_type),
        failover=call.get("AutomaticFailoverEnabled", group.failover),
        cache_parameter_group_name=parameters,
    )
    _refuse_unfit(after)
    return after


def _keep(members: list[tuple[Call, ReplicationGroup]]) -> None:
    for there, group in members:
        refuse_group(there, group)
    for there, group in members:
        there.groups[group.replication_group_id] = group


def reshard(call: Call) -> dict[str, Any]:
    """Increase- and DecreaseNodeGroupsInGlobalReplicationGroup."""
    _, store = _find(call, call.text("GlobalReplicationGroupId"))
    wanted, members = call.params["NodeGroupCount"], _groups(call, store)
    if members[0][1].cluster_mode != "enabled" or wanted < 1:
        refuse(_VALUE, f"{store.id} cannot have {wanted} node groups: it needs cluster mode enabled, and at least 1")
    _keep([(there, replace(group, shards=_shards(group, wanted))) for there, group in members])
    return {"GlobalReplicationGroup": _describe(call, store)}


def _shards(group: ReplicationGroup, wanted: int) -> tuple[Shard, ...]:
    replicas, kept = len(group.shards[0].members) - 1, group.shards[:wanted]
    more = range(len(kept) + 1, wanted + 1)
    return (*kept, *(new_shard(group.replication_group_id, one, replicas, clustered=True) for one in more))


def delete(call: Call) -> dict[str, Any]:
    """DeleteGlobalReplicationGroup: only without secondaries; the primary stays."""
    home, store = _find(call, call.text("GlobalReplicationGroupId"))
    if len(store.members) > 1:
        refuse(_STATE, f"Global replication group {store.id} has secondary members: they must be removed first.")
    if not call.get("RetainPrimaryReplicationGroup", False):
        refuse(_VALUE, "the local cloud wants RetainPrimaryReplicationGroup")
    described = _describe(call, store)
    [(there, primary)] = _groups(call, store)
    there.groups[primary.replication_group_id] = replace(primary, global_group=None, global_role=None)
    del home.state.datastores[store.id]
    return {"GlobalReplicationGroup": {**described, "Status": "deleting"}}


def _describe(call: Call, store: Datastore) -> dict[str, Any]:
    groups = _groups(call, store)
    primary = groups[0][1]
    return {
        "GlobalReplicationGroupId": store.id,
        "GlobalReplicationGroupDescription": store.description,
        "Status": "available" if len(groups) > 1 else "primary-only",
        "CacheNodeType": primary.cache_node_type,
        "Engine": primary.engine,
        "EngineVersion": primary.engine_version,
        "Members": [
            {
                "ReplicationGroupId": group.replication_group_id,
                "ReplicationGroupRegion": there.backend.region_name,
                "Role": group.global_role,
                "AutomaticFailover": group.automatic_failover,
                "Status": "associated",
            }
            for there, group in groups
        ],
        "ClusterEnabled": primary.clustered,
        "GlobalNodeGroups": [
            {
                "GlobalNodeGroupId": f"{store.id}-{shard.id}",
                **({"Slots": slots(number, len(primary.shards))} if primary.clustered else {}),
            }
            for number, shard in enumerate(primary.shards)
        ],
        "AuthTokenEnabled": primary.auth_token is not None,
        "TransitEncryptionEnabled": primary.tls_mode is not None,
        "AtRestEncryptionEnabled": primary.at_rest_encryption,
        "ARN": store.arn,
    }
