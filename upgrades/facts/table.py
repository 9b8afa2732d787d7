"""The table: all facts by type of resource, and how a change finds the ones about it."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, cast

from upgrades.edits import unknown
from upgrades.facts import atlas, dynamodb, elasticache, others, rds_cluster, rds_instance
from upgrades.facts.fact import Change, Changed, Fact

FACTS: Final[Mapping[str, tuple[Fact, ...]]] = {
    "aws:rds/instance:Instance": rds_instance.INSTANCE,
    "aws:rds/cluster:Cluster": rds_cluster.CLUSTER,
    "aws:rds/clusterInstance:ClusterInstance": rds_cluster.MEMBER,
    "aws:rds/globalCluster:GlobalCluster": rds_cluster.GLOBAL_CLUSTER,
    "aws:dynamodb/table:Table": dynamodb.TABLE,
    "aws:dynamodb/tableReplica:TableReplica": dynamodb.REPLICA,
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": dynamodb.INDEX,
    "aws:appautoscaling/target:Target": dynamodb.SCALING_TARGET,
    "aws:appautoscaling/policy:Policy": dynamodb.SCALING_POLICY,
    "aws:elasticache/replicationGroup:ReplicationGroup": elasticache.GROUP,
    "aws:elasticache/serverlessCache:ServerlessCache": elasticache.SERVERLESS,
    "aws:kms/key:Key": others.KEY,
    "aws:kms/replicaKey:ReplicaKey": others.REPLICA_KEY,
    "aws:secretsmanager/secret:Secret": others.SECRET,
    "aws:backup/vault:Vault": others.VAULT,
    "aws:s3/bucket:Bucket": others.BUCKET,
    "random:index/randomPassword:RandomPassword": others.PASSWORD,
    "mongodbatlas:index/project:Project": atlas.PROJECT,
    "mongodbatlas:index/advancedCluster:AdvancedCluster": atlas.CLUSTER,
    "mongodbatlas:index/encryptionAtRest:EncryptionAtRest": atlas.ENCRYPTION,
}

MEMBERS: Final[Mapping[str, str]] = {
    "attributes": "name",
    "globalSecondaryIndexes": "name",
    "replicas": "regionName",
}
"""Lists whose order means nothing, and what tells their members apart; members of others are told by position."""

_SECRET: Final = "[secret]"  # noqa: S105  what a preview shows of every secret
_POSITION: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One property in a change, and the facts about it."""

    change: Changed
    """Its path as facts have it."""
    facts: Sequence[Fact]
    seen: bool = True
    """False: a block that only the deployment will know, so that nobody can say what changes in it."""


class Table:
    """Facts, filed so that a change finds them."""

    def __init__(self, facts: Mapping[str, Iterable[Fact]]) -> None:
        self._of_type = {type_: _File(found) for type_, found in facts.items()}

    def knows(self, type_: str) -> bool:
        """Say whether there are facts about a type."""
        return type_ in self._of_type

    def places(self, change: Changed) -> Iterator[Place]:
        """Take a change apart, as far as there are facts about its parts."""
        file = self._of_type.get(change.type)
        path = _plain(change.path)
        if file is None:
            yield _place(change, path, change.before, change.after, ())
            return
        key = path.partition(".")[0].partition("[")[0]
        if path.startswith(f"{key}[") and key in MEMBERS:
            # By position it could be any member: hold the lists as wholes against each other.
            before, after = change.was.get(key), change.will.get(key)
            yield from file.places(change, key, before, after, before)
        else:
            yield from file.places(change, path, change.before, change.after, _at(change.was, change.path))


class _File:
    """The facts about one type."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._of_path: defaultdict[str, list[Fact]] = defaultdict(list)
        self._inside: set[str] = set()
        self._found: dict[str, Sequence[Fact]] = {}
        for fact in facts:
            self._of_path[fact.path].append(fact)
            for end in range(len(fact.path)):
                if fact.path[end] in ".[":
                    self._inside.add(fact.path[:end])

    def places(self, change: Changed, path: str, before: Any, after: Any, said: Any) -> Iterator[Place]:
        """Give the places of a change at *path*; *said* is what the program said of it last."""
        found = self._about(path)
        if found or path not in self._inside:
            yield _place(change, path, before, after, found)
            return
        match before, after:
            case (list() | None, list() | None):
                yield from self._members(change, path, before or [], after or [], said)
            case (dict() | None, dict() | None):
                yield from self._parts(change, path, before or {}, after or {}, said)
            case _:
                yield replace(_place(change, path, before, after, ()), seen=not (unknown(before) or unknown(after)))

    def _about(self, path: str) -> Sequence[Fact]:
        found = self._found.get(path)
        if found is None:
            found = self._found[path] = self._look_for(path)
        return found

    def _look_for(self, path: str) -> Sequence[Fact]:
        if path in self._of_path:
            return self._of_path[path]
        end = len(path)
        while end > 0:
            if found := self._of_path.get(f"{path[:end]}.*"):
                return found
            end = max(path.rfind(".", 0, end), path.rfind("[", 0, end))
        return ()

    def _parts(
        self, change: Changed, path: str, before: dict[str, Any], after: dict[str, Any], said: Any
    ) -> Iterator[Place]:
        last = cast("dict[str, Any]", said) if isinstance(said, dict) else {}
        for key in sorted(before.keys() | after.keys()):
            was, will = before.get(key), after.get(key)
            # What AWS added to what was said is no change of it.
            if _differ(was, will) and not (will is None and key not in last):
                yield from self.places(change, f"{path}.{key}", was, will, last.get(key))

    def _members(self, change: Changed, path: str, before: list[Any], after: list[Any], said: Any) -> Iterator[Place]:
        name = MEMBERS.get(path)
        olds, news, lasts = (_named(some, name) for some in (before, after, said or []))
        for key in dict.fromkeys([*olds, *news]):
            was, will = olds.get(key), news.get(key)
            if not _differ(was, will):
                continue
            if was is None or will is None:  # a whole member: only a fact about members will do
                yield _place(change, f"{path}[]", was, will, self._about(f"{path}[]"))
            elif isinstance(was, dict) and isinstance(will, dict):
                yield from self._parts(change, f"{path}[]", was, will, lasts.get(key))
            else:
                yield _place(change, f"{path}[]", was, will, self._about(f"{path}[]"))


@cache  # the same few paths come up in every resource
def _plain(path: str) -> str:
    return _POSITION.sub("[]", path) if "[" in path else path


def _place(change: Changed, path: str, before: Any, after: Any, facts: Sequence[Fact]) -> Place:
    if path == change.path and before is change.before and after is change.after:
        return Place(change=change, facts=facts)
    part = Change(type=change.type, path=path, before=before, after=after, was=change.was, will=change.will)
    return Place(change=part, facts=facts)


def _named(members: object, name: str | None) -> dict[Any, Any]:
    """Give members by what tells them apart."""
    if not isinstance(members, list):
        return {}
    return {
        cast("dict[str, Any]", one).get(name) if name and isinstance(one, dict) else number: one
        for number, one in enumerate(cast("list[Any]", members))
    }


def _differ(before: Any, after: Any) -> bool:
    """Say whether two values differ, or may: a preview shows no secret."""
    return before != after or _holds_secret(after)


def _holds_secret(value: Any) -> bool:
    match value:
        case dict():
            return any(map(_holds_secret, cast("dict[str, Any]", value).values()))
        case list():
            return any(map(_holds_secret, cast("list[Any]", value)))
        case _:
            return value == _SECRET


def _at(inputs: Mapping[str, Any], path: str) -> Any:
    # Only a property as a whole is taken apart further below.
    return inputs.get(path)
