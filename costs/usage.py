"""
How much stores are used: what a resource does not say.

Each quantity is taken from the first place that has it: the user's usage file, the loads in the application's file,
our own assumption (in `costs.assumed`). Fields without an assumption are needed: without them there is no price.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, cast

from costs.amount import Amount
from costs.charge import SHARED, Assumption, Origin
from costs.measured import MEASURED, most
from costs.reading import MOST_DIGITS, Unwieldy, read_document
from stacks.mistakes import Mistake, SettingsError, shown, unknown

MOST: Final = Decimal(10) ** 12
"""More of anything in a month is a slip of the pen."""

FIELDS: Final[Mapping[str, str]] = {
    "dataGib": "GiB held, without indexes for a table",
    "indexGib": "GiB held by the indexes of a table",
    "backupGib": "GiB of automated backups and snapshots",
    "drBackupGib": "GiB of backups of the second region's cluster",
    "sentGib": "GiB of backups sent to the other region a month",
    "heldGib": "GiB of backups held in the other region",
    "vaultGib": "GiB that AWS Backup holds of the store",
    "vaultCopiesGib": "GiB of copies that AWS Backup holds in the other region",
    "vaultSentGib": "GiB that AWS Backup sends to the other region a month",
    "crossAzGib": "GiB between clients and the store in another zone a month",
    "crossRegionGib": "GiB sent to replicas in other regions a month",
    "creditHours": "vCPU-hours above the credits of a burstable class a month",
    "monitoringGib": "GiB of Enhanced Monitoring an instance a month",
    "ioMillions": "I/O requests of Aurora a month, in millions",
    "drIoMillions": "I/O requests of Aurora in the second region a month, in millions",
    "replicatedWritesMillions": "writes that Aurora replicates to the second region a month, in millions",
    "averageAcu": "capacity units that a serverless instance uses on average",
    "readsMillions": "reads a month, in millions",
    "writesMillions": "writes a month, in millions",
    "itemKib": "KiB of an item",
    "strongShare": "share of the reads that are strongly consistent, 0 to 1",
    "transactionalShare": "share of reads and writes in transactions, 0 to 1",
    "expiredMillions": "items that expire by TTL a month, in millions",
    "drReadsMillions": "reads in replica regions a month, in millions",
    "streamReadsMillions": "reads of the stream a month, in millions",
    "averageRcu": "read capacity units on average, where they are provisioned",
    "averageWcu": "write capacity units on average, where they are provisioned",
    "commandsPerSecond": "commands a second in the busiest hour",
    "ecpuMillions": "processing units of a serverless cache a month, in millions",
    "operationsPerSecond": "operations a second of an Atlas Flex cluster",
    "addedGib": "GiB that a bucket gets a month",
    "logGib": "GiB that a log group takes in a month",
    "logHeldGib": "GiB that a log group holds",
    "flowLogGib": "GiB of flow logs of a network a month",
    "flowLogHeldGib": "GiB of flow logs held of a network",
    "endpointGib": "GiB through an interface endpoint a month",
    "natGib": "GiB through a NAT gateway a month",
    "keyRequestsThousands": "requests to a key a month, in thousands",
    "rotatedKeys": "rotated versions of a key that are kept",
    "secretCallsThousands": "calls for a secret a month, in thousands",
    "notifications": "messages of a topic a month, each to every address",
    **MEASURED,
}
"""Every field of a usage file."""
SHARES: Final = ("strongShare", "transactionalShare")
RANGE: Final = ("low", "expected", "high")


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What is known of the use of all stores."""

    told: Mapping[str, Mapping[str, Amount]] = field(default_factory=dict[str, Mapping[str, Amount]])
    """From a usage file, by store."""
    declared: Mapping[str, Mapping[str, Amount]] = field(default_factory=dict[str, Mapping[str, Amount]])
    """From the application's file, by store."""

    def of(self, store: str, name: str) -> Assumption | None:
        """Give a quantity that somebody said; None: nobody did."""
        for origin, known in ((Origin.USAGE, self.told), (Origin.DECLARED, self.declared)):
            amount = known.get(store, {}).get(name)
            if amount is not None:
                return Assumption(store=store, field=name, amount=amount, unit=FIELDS[name], origin=origin)
        return None

    def or_assumed(self, store: str, name: str, default: Amount, why: str) -> Assumption:
        """Give a quantity that somebody said, else our assumption; *why* says what that is made of."""
        return self.of(store, name) or Assumption(
            store=store, field=name, amount=default, unit=FIELDS[name], origin=Origin.DEFAULT, why=why
        )


def read_usage(path: Path, stores: tuple[str, ...]) -> Mapping[str, Mapping[str, Amount]]:
    """
    Read a usage file: `{"<store>": {"<field>": 5, "<field>": {"low": 1, "expected": 2, "high": 4}}}`.

    *stores* are those of the application; `shared` is for what serves all of them. Raises SettingsError.
    """
    return usage_of(read_document(path), str(path), stores)


def usage_of(document: object, title: str, stores: tuple[str, ...]) -> Mapping[str, Mapping[str, Amount]]:
    """Check what a usage file says; numbers are Decimal. Raises SettingsError."""
    if not isinstance(document, dict):
        what = f"must be an object with a key for each store, got {shown(document)}"
        raise SettingsError(title, [Mistake(where=(), what=what)])
    found = cast("dict[str, object]", document)
    if mistakes := list(_mistakes(found, (*stores, SHARED))):
        raise SettingsError(title, mistakes)
    return {
        store: {name: _amount(value) for name, value in cast("dict[str, Any]", fields).items()}
        for store, fields in found.items()
    }


def _mistakes(document: Mapping[str, object], stores: tuple[str, ...]) -> Iterator[Mistake]:
    for store, fields in document.items():
        if store not in stores:
            yield Mistake(where=(store,), what=unknown(store, "a store", stores))
            continue
        if not isinstance(fields, dict):
            yield Mistake(where=(store,), what=f"must be an object, got {shown(fields)}")
            continue
        for name, value in cast("dict[str, object]", fields).items():
            if name not in FIELDS:
                yield Mistake(where=(store, name), what=unknown(name, "a quantity", tuple(FIELDS)))
            elif what := _refused(name, value):
                yield Mistake(where=(store, name), what=what)


def _refused(name: str, value: object) -> str:
    if isinstance(value, dict):
        told = cast("dict[str, object]", value)
        if set(told) != set(RANGE):
            got = ", ".join(key if key in RANGE else shown(key) for key in told)
            return f"must be a number, or low, expected and high, got {got or 'nothing'}"
        parts = [told[key] for key in RANGE]
        if wrong := next((what for part in parts if (what := _refused_number(name, part))), ""):
            return wrong
        low, expected, high = cast("list[Decimal]", parts)
        return "" if low <= expected <= high else f"must have low <= expected <= high, got {low}, {expected}, {high}"
    return _refused_number(name, value)


def _refused_number(name: str, value: object) -> str:
    if isinstance(value, Unwieldy):
        return f"must have at most {MOST_DIGITS} digits, got {shown(str(value))}"
    highest = Decimal(1) if name in SHARES else most(name) or MOST
    if not isinstance(value, Decimal) or not value.is_finite():
        return f"must be a number, got {shown(value)}"
    return "" if 0 <= value <= highest else f"must be 0 to {highest:,}, got {shown(value)}"


def _amount(value: Decimal | dict[str, Decimal]) -> Amount:
    return Amount(**value) if isinstance(value, dict) else Amount.of(value)
