"""Questions about one store, priced on resources as a render gives them, without a render."""

from functools import cache

from advice.check import Told
from advice.choose import Choice, Question, choose
from advice.credits import with_credits
from advice.price import Prices
from costs.stack import Stack
from costs.usage import Usage
from sizes.postgres import PostgresSize
from sizes.redis import RedisSize
from sizes.table import TableSize
from stacks.application import Size, Store
from stacks.applications.clubapp import CLUBAPP
from stacks.phases import Phase
from tests.costs.built import HOME, TODAY, Made, group, instance, prices, replica, table

NAMES = tuple(store.name for store in CLUBAPP.stores)
MAIN, PRESENCE, _, _, _, CACHE = CLUBAPP.stores


def of_phase(store: Store, phase: Phase) -> Size:
    return store.sizes[phase]


def built(store: Store, size: Size) -> list[Made]:
    """Give the resources of a store that a size decides."""
    match size:
        case PostgresSize():
            primary = instance(store.name, size.instance_class, size.storage_gib, multiAz=size.multi_az)
            replicas = [replica(store.name, size.instance_class, size.storage_gib) for _ in size.replicas]
            return [primary, *replicas]
        case RedisSize():
            found = group(store.name, size.node_type, replicas=size.replicas_per_shard)
            found["inputs"]["numNodeGroups"] = size.shards
            return [found]
        case TableSize():
            return table(store.name)
        case _:
            raise AssertionError(f"build {size} here")


@cache
def _priced(name: str, size: Size) -> Prices:
    store = next(one for one in CLUBAPP.stores if one.name == name)
    stack = Stack(resources=built(store, size), region=HOME, stores=NAMES, usage=Usage(), on=TODAY)
    return Prices(stack, prices())


def question(store: Store, now: Size, told: Told, phase: Phase = Phase.MVP) -> Question:
    found = _priced(store.name, now)
    return Question(
        store=store,
        now=now,
        start=now,
        phase=phase,
        phase_now=phase,
        told=told,
        priced=lambda size: found.of(store.name, size, with_credits(told, now, size)),
    )


def chosen(store: Store, now: Size, told: Told, phase: Phase = Phase.MVP) -> Choice:
    found = choose(question(store, now, told, phase))
    assert found is not None
    return found


def best(store: Store, now: Size, told: Told, phase: Phase = Phase.MVP) -> Size | None:
    found = chosen(store, now, told, phase).best
    return found.size if found else None
