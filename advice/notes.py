"""What a store's figures say that no size changes, and what it keeps in a smaller one."""

from collections.abc import Iterator
from typing import Final

from advice.change import changes
from advice.check import Told, highest, lowest, plain
from advice.table import WAYS, is_hot
from sizes.alarms import LAG_SECONDS
from sizes.atlas import AtlasSize
from sizes.postgres import PostgresSize
from sizes.redis import RedisSize
from sizes.table import TableSize
from stacks.application import Size
from upgrades.keeping import kept

FEW_HITS: Final = 80
"""ElastiCache User Guide, "Which metrics should I monitor?": a hit rate of about 80 % is expected."""
REDIS_LAG: Final = 10
HALF: Final = 2


def keeps(now: Size, row: Size | None, told: Told) -> Iterator[str]:
    """Say what a store cannot give up, however little of it is used; *row* is that of the phase."""
    if row is not None and type(row) is type(now):
        for one in changes(row, kept(now, row)):
            yield f"{one} stays: it never shrinks, the phase's row has {one.before}"
    held = highest(told, "dataGib")
    match now:
        case PostgresSize(storage_gib=gib) if held is not None and held * HALF < gib:
            yield f"storageGib {gib} stays, though {plain(held)} GiB are held: allocated storage never shrinks"
        case AtlasSize():
            yield f"{now.max_tier or now.tier} stays at the least: no metric tells how much memory its cache needs"
        case _:
            return


def notes(now: Size, told: Told) -> Iterator[str]:
    """Say what another size would not mend."""
    if isinstance(now, TableSize):
        for way in WAYS:
            if is_hot(highest(told, f"{way}Throttles"), highest(told, f"{way}Units"), now, way):
                yield f"{way}s are refused while the table has units to spare: a key is too hot, more units do not help"
    lag, most = highest(told, "lagSeconds"), REDIS_LAG if isinstance(now, RedisSize) else LAG_SECONDS
    if lag is not None and lag > most:
        yield f"a replica is {plain(lag)} seconds behind, more than {most}: look for long statements or commands first"
    hits = lowest(told, "hitPercent")
    if hits is not None and hits < FEW_HITS:
        yield f"{plain(hits)} % of reads find a key, fewer than {FEW_HITS}: more memory helps where keys are evicted"
