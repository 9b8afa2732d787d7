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


def hops(stores: Sequence[Store], now: Phase, target: Phase) -> list[Mapping[str, Size]]:
    """
    Give the sizes of each hop between two phases, by the names of the stores that differ from their rows in *now*.

    Hops of several stores are taken together. The last `up`, to the rows of *target* themselves, is no hop and is left
    out. Raises SizeError where a store cannot go.
    """
    ways = {store.name: _between(store, now, target) for store in stores}
    count = max((len(way) for way in ways.values()), default=0)
    return [{name: way[min(number, len(way) - 1)] for name, way in ways.items() if way} for number in range(count)]


def _between(store: Store, now: Phase, target: Phase) -> Sequence[Size]:
    """Give the sizes of one store between its rows in two phases; a store that only one of them has has none."""
    before, after = store.sizes.get(now), store.sizes.get(target)
    return steps(before, after)[:-1] if before and after else ()


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
