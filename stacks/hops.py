"""Hops: the sizes between two phases, each of which one `pulumi up` can go to safely."""

from collections.abc import Mapping, Sequence

from sizes import atlas, postgres_move, redis, table
from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.limits import SizeError
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import Size, Store
from stacks.phases import Phase
from stacks.stages import Stage, Step, taken_apart

Sizes = Mapping[str, Size]
"""Sizes by the names of stores; one that does not exist has none."""
Together = Mapping[str, Step]
"""What one `up` changes, by the names of stores."""


def hops(stores: Sequence[Store], now: Phase, target: Phase) -> list[Sizes]:
    """
    Give the sizes of each hop between two phases, by the names of the stores that differ from their rows in *now*.

    Hops of several stores are taken together. The last `up`, to the rows of *target* themselves, is no hop and is left
    out. Raises SizeError where a store cannot go.
    """
    before = {store.name: store.sizes[now] for store in stores if now in store.sizes}
    after = {store.name: store.sizes[target] for store in stores if target in store.sizes}
    ways = {name: way(before.get(name), after.get(name)) for name in dict.fromkeys([*before, *after])}
    reached, found = before, list[Sizes]()
    for together in merged(ways)[:-1]:
        reached = moved(reached, together)
        found.append({name: size for name, size in reached.items() if size != before.get(name)})
    return found


def merged(ways: Mapping[str, Sequence[Step]]) -> list[Together]:
    """
    Give as few updates as the *ways* of the stores allow, in order; the last may be empty.

    Each store takes at most one step of its way in an update. A step that is `alone` has its own. The last update
    changes what is no store's too (the network, alarms), and takes only steps that may come `with_the_phase`. From
    wherever one of them leads, the rest is what this gives for the rest of the ways.
    """
    left = {name: list(way) for name, way in ways.items()}
    found: list[Together] = []
    while True:
        heads = {name: way[0] for name, way in left.items() if len(way) > 1 or (way and not way[0].with_the_phase)}
        if not heads:
            return [*found, {name: way[0] for name, way in left.items() if way}]
        shared = {name: step for name, step in heads.items() if not step.alone}
        together = shared or dict([next(iter(heads.items()))])
        for name in together:
            del left[name][0]
        found.append(together)


def moved(sizes: Sizes, together: Together) -> Sizes:
    """Give the sizes after an update."""
    after = {**sizes, **{name: step.after for name, step in together.items()}}
    return {name: size for name, size in after.items() if size is not None}


def way(now: Size | None, target: Size | None) -> list[Step]:
    """
    Give the steps of one store, in order; None where there is none yet, or no more.

    Raises SizeError where a store cannot go.
    """
    match now, target:
        case None, None:
            return []
        case None, size:
            return [Step(stage=Stage.NEW, before=None, after=size)]
        case size, None:
            return [Step(stage=Stage.GONE, before=size, after=None)]
        case _:
            found: list[Step] = []
            for size in steps(now, target):
                found += taken_apart(now, size)
                now = size
            return found


def steps(now: Size, target: Size) -> Sequence[Size]:
    """
    Give the sizes from *now* (left out) to *target* (the last), each one update after the one before.

    Raises SizeError where a store cannot go.
    """
    match now, target:
        case (PostgresSize() | AuroraSize() | PostgresMove(), PostgresSize() | AuroraSize()):
            return postgres_move.steps(now, target)
        case TableSize(), TableSize():
            return table.steps(now, target)
        case RedisSize(), RedisSize():
            return redis.steps(now, target)
        case (AtlasSize() | SharedAtlasSize(), AtlasSize() | SharedAtlasSize()):
            return atlas.steps(now, target)
        case (ServerlessRedisSize(), ServerlessRedisSize()) | (BucketSize(), BucketSize()):
            return [] if now == target else [target]
        case (RedisSize(), ServerlessRedisSize()) | (ServerlessRedisSize(), RedisSize()):
            raise SizeError(
                ["a replication group and a serverless cache are two stores: restore a snapshot of one into the other"]
            )
        case _:
            raise SizeError([f"there is no way from {type(now).__name__} to {type(target).__name__}"])
