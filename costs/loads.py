"""The loads in an application's file, as quantities."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from costs.amount import DAYS, Amount
from sizes.load import AtlasLoad, PostgresLoad, RedisLoad, TableLoad
from stacks.application import Application, BucketStore, PostgresStore, Store
from stacks.phases import Phase

WEEK: Final = 7


def declared(application: Application, phase: Phase) -> Mapping[str, Mapping[str, Amount]]:
    """
    Give what the application's file says of each store in a phase.

    A load may be half or twice as much as expected (our choice); the size of an item is what it is.
    """
    return {store.name: _of_store(store, application, phase) for store in application.stores}


def _of_store(store: Store, application: Application, phase: Phase) -> Mapping[str, Amount]:
    if isinstance(store, BucketStore):
        return _of_bucket(store, application, phase)
    return of_load(store.loads.get(phase))


def of_load(load: object) -> Mapping[str, Amount]:
    """Give what a load says; nothing for what is none."""
    match load:
        case PostgresLoad(data_gib=data):
            return {"dataGib": _about(data)}
        case TableLoad():
            return {
                "readsMillions": _about(load.reads_millions),
                "writesMillions": _about(load.writes_millions),
                "itemKib": Amount.of(_decimal(load.item_kib)),
                "dataGib": _about(load.data_gib),
            }
        case AtlasLoad():
            operations = _about(load.reads_per_second + load.writes_per_second)
            # Exports are weekly and whole.
            exported = _about(load.data_gib) * (DAYS / WEEK)
            return {"dataGib": _about(load.data_gib), "operationsPerSecond": operations, "addedGib": exported}
        case RedisLoad():
            return {"dataGib": _about(load.data_gib), "commandsPerSecond": _about(load.commands_per_second)}
        case _:
            return {}


def _of_bucket(store: BucketStore, application: Application, phase: Phase) -> Mapping[str, Amount]:
    """Let a bucket get each month what its exporter holds: partitions leave the database when they are a month old."""
    exporter = next((one for one in application.stores if one.name == store.exporter), None)
    if not isinstance(exporter, PostgresStore) or phase not in exporter.loads:
        return {}
    return {"addedGib": _about(exporter.loads[phase].data_gib)}


def _about(value: float) -> Amount:
    return Amount.about(_decimal(value))


def _decimal(value: float) -> Decimal:
    """Give the number that stands in the application's file, not the float that is nearest to it."""
    return Decimal(str(value))
