"""The limits of any store's size, and the sizes that a store can have in its phase."""

from collections.abc import Iterator, Sequence

from advice import atlas, postgres, redis, table
from advice.check import Check, Told
from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.load import AtlasLoad, PostgresLoad, RedisLoad
from sizes.postgres import PostgresSize
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import AtlasStore, PostgresStore, RedisStore, Size, Store, TableStore
from stacks.phases import Phase


def checks(store: Store, now: Size, size: Size, phase: Phase, told: Told) -> Sequence[Check] | None:
    """
    Hold a size against what was measured in the size that there is *now*, and the load that *phase* promises.

    None: what was measured in one kind of store says nothing of another kind (RDS and Aurora, a group and a serverless
    cache). A bucket has no limits.
    """
    match store:
        case PostgresStore():
            return _of_postgres(now, size, store.loads[phase], told)
        case RedisStore():
            return _of_redis(store, now, size, store.loads[phase], told)
        case AtlasStore():
            return _of_atlas(now, size, store.loads[phase], told)
        case TableStore() if isinstance(now, TableSize) and isinstance(size, TableSize):
            return table.table_checks(now, size, told)
        case _:
            return None


def _of_postgres(now: Size, size: Size, load: PostgresLoad, told: Told) -> Sequence[Check] | None:
    match now, size:
        case PostgresSize(), PostgresSize():
            return postgres.instance_checks(now, size, load, told)
        case AuroraSize(), AuroraSize() if type(now.capacity) is type(size.capacity):
            return postgres.cluster_checks(now, size, load, told)
        case PostgresSize(), AuroraSize():
            return postgres.moved_checks(now, size, load, told)
        case _:
            return None


def _of_redis(store: RedisStore, now: Size, size: Size, load: RedisLoad, told: Told) -> Sequence[Check] | None:
    match now, size:
        case RedisSize(), RedisSize():
            return redis.node_checks(now, size, load, told, store.use)
        case ServerlessRedisSize(), ServerlessRedisSize():
            return redis.serverless_checks(now, size, load, told)
        case _:
            return None


def _of_atlas(now: Size, size: Size, load: AtlasLoad, told: Told) -> Sequence[Check] | None:
    match now, size:
        case AtlasSize(), AtlasSize():
            return atlas.cluster_checks(now, size, load, told)
        case SharedAtlasSize(), AtlasSize():
            return atlas.dedicated_checks(size, load, told)
        case ((AtlasSize() | SharedAtlasSize()), SharedAtlasSize()):
            return atlas.shared_checks(size, load, told)
        case _:
            return None


def sizes(now: Size, told: Told) -> Iterator[Size]:
    """Yield every size that a store can have in its phase, the present one among them."""
    match now:
        case PostgresSize():
            yield from postgres.instance_sizes(now, told)
        case AuroraSize():
            yield from postgres.cluster_sizes(now, told)
        case TableSize():
            yield from table.table_sizes(now, told)
        case RedisSize():
            yield from redis.node_sizes(now)
        case ServerlessRedisSize():
            yield from redis.serverless_sizes(now)
        case AtlasSize():
            yield from atlas.cluster_sizes(now)
        case SharedAtlasSize():
            yield from atlas.shared_sizes(now)
        case _:
            yield now
