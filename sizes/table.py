"""Keys, indexes and sizes of a DynamoDB table."""

from dataclasses import dataclass, replace
from typing import Final, Literal

from sizes.limits import refuse, within

KeyType = Literal["S", "N", "B"]
"""DynamoDB's key types: string, number, binary."""

StreamView = Literal["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
GLOBAL_STREAM: Final[StreamView] = "NEW_AND_OLD_IMAGES"
"""What the replicas of a global table are made from."""
TableClass = Literal["STANDARD", "STANDARD_INFREQUENT_ACCESS"]

# Amazon DynamoDB Developer Guide, "Service quotas".
MAX_INDEXES: Final = 20
MAX_PROJECTED_ATTRIBUTES: Final = 100
# The same: a table's quota is 40,000 units each, unless AWS raised yours, and a maximum must lie below it.
MAX_UNITS: Final = 39_999
# Amazon DynamoDB Developer Guide, "Point-in-time recovery": 1 to 35 days.
MAX_BACKUP_DAYS: Final = 35


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """A key attribute."""

    name: str
    type: KeyType


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """A global secondary index; it projects the table's keys, its own and the attributes named here."""

    name: str
    partition_key: Key
    sort_key: Key | None
    attributes: tuple[str, ...]
    """Further attributes that the index carries (DynamoDB's INCLUDE); none means KEYS_ONLY."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schema:
    """What never changes with the phase: keys, indexes and the attribute that says when an item is over."""

    partition_key: Key
    sort_key: Key | None
    indexes: tuple[Index, ...]
    ttl_attribute: str | None
    """Holds seconds since 1970; DynamoDB deletes within days after, so readers filter. None: items never expire."""
    stream: StreamView | None = None
    """What the table's stream tells of each change; None: there is no stream but that of a global table."""

    def __post_init__(self) -> None:
        """Reject what DynamoDB would reject, with all that is wrong at once."""
        names = [index.name for index in self.indexes]
        projected = sum(len(index.attributes) for index in self.indexes)
        refuse(
            (
                within("indexes", len(names), 0, MAX_INDEXES),
                f"indexes must have different names, got {', '.join(names)}" if len(set(names)) != len(names) else None,
                None
                if projected <= MAX_PROJECTED_ATTRIBUTES
                else f"indexes may project {MAX_PROJECTED_ATTRIBUTES} attributes in all, got {projected}",
                f"the sort key must differ from the partition key, got {self.partition_key.name!r} for both"
                if self.sort_key and self.sort_key.name == self.partition_key.name
                else None,
                *(
                    f"the sort key of index {index.name} must differ from its partition key, got "
                    f"{index.partition_key.name!r} for both"
                    for index in self.indexes
                    if index.sort_key and index.sort_key.name == index.partition_key.name
                ),
                *(
                    f"attribute {name} must have one type in every key, got {', '.join(sorted(types))}"
                    for name, types in self._key_types().items()
                    if len(types) > 1
                ),
            )
        )

    def _key_types(self) -> dict[str, set[KeyType]]:
        """Give the types of each attribute that is a key of the table or of an index."""
        keys = [self.partition_key, self.sort_key]
        keys += [key for index in self.indexes for key in (index.partition_key, index.sort_key)]
        types: dict[str, set[KeyType]] = {}
        for key in keys:
            if key:
                types.setdefault(key.name, set()).add(key.type)
        return types


@dataclass(frozen=True, kw_only=True, slots=True)
class OnDemand:
    """
    Pay for each request, up to a cap.

    There is always a cap: a table cannot be created without one by -1, and the provider cannot take one away.
    """

    max_read_units: int
    """Read request units a second at most, of the table and of each index: a cap on cost, 1 to 39,999."""
    max_write_units: int
    """Write request units a second at most, likewise."""

    def __post_init__(self) -> None:
        """Reject a cap that DynamoDB would reject."""
        refuse(
            within(field, cap, 1, MAX_UNITS)
            for field, cap in (("max_read_units", self.max_read_units), ("max_write_units", self.max_write_units))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Provisioned:
    """Pay for units that are always there, used or not."""

    read_units: int
    """Read capacity units of the table and of each index, 1 to 39,999."""
    write_units: int
    """Write capacity units, likewise."""

    def __post_init__(self) -> None:
        """Reject units that DynamoDB would reject."""
        refuse(
            within(field, units, 1, MAX_UNITS)
            for field, units in (("read_units", self.read_units), ("write_units", self.write_units))
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Autoscaled:
    """
    Pay for units that follow the load between bounds.

    A table comes here from `Provisioned` in an update of its own: autoscaling cannot be switched on together with the
    change of billing.
    """

    min_read_units: int
    """Read capacity units of the table and of each index at least, 1 to 39,999."""
    max_read_units: int
    """Read capacity units at most, `min_read_units` or more."""
    min_write_units: int
    """Write capacity units at least, 1 to 39,999."""
    max_write_units: int
    """Write capacity units at most, `min_write_units` or more."""
    target_percent: int
    """Share of the units that the load should take, 20 to 90 %."""

    def __post_init__(self) -> None:
        """Reject bounds that DynamoDB would reject, with all that is wrong at once."""
        refuse(
            (
                within("min_read_units", self.min_read_units, 1, MAX_UNITS),
                within("max_read_units", self.max_read_units, self.min_read_units, MAX_UNITS),
                within("min_write_units", self.min_write_units, 1, MAX_UNITS),
                within("max_write_units", self.max_write_units, self.min_write_units, MAX_UNITS),
                within("target_percent", self.target_percent, 20, 90),
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TableSize:
    """What a growth phase decides about a table."""

    billing: OnDemand | Provisioned | Autoscaled
    """How the table is paid for: by the request, by fixed units, or by units that follow the load."""
    backup_days: int
    """Days of point-in-time recovery, 0 (none) to 35."""
    dr_replica: bool
    """The table is global: a replica in the DR region takes reads and writes too."""
    table_class: TableClass = "STANDARD"
    """Infrequent access costs less to keep and more to read; it may change twice in 30 days."""
    contributor_insights: bool = False
    """CloudWatch counts the keys that are used most, for a price by the event."""

    def __post_init__(self) -> None:
        """Reject what DynamoDB would reject, with all that is wrong at once."""
        refuse(
            (
                within("backup_days", self.backup_days, 0, MAX_BACKUP_DAYS),
                "dr_replica needs billing on demand or autoscaled, as its replica writes as much, got fixed units"
                if self.dr_replica and isinstance(self.billing, Provisioned)
                else None,
            )
        )


def steps(now: TableSize, target: TableSize) -> list[TableSize]:
    """
    Give the sizes from *now* (left out) to *target* (the last), each one update after the one before.

    Autoscaling comes after the switch to fixed units: it cannot be registered for a table that is on demand.
    Source: Application Auto Scaling API Reference, RegisterScalableTarget; hashicorp/terraform-provider-aws #22784.
    """
    if now == target:
        return []
    if isinstance(now.billing, OnDemand) and isinstance(target.billing, Autoscaled):
        return [replace(now, billing=fixed(target.billing), dr_replica=False), target]
    return [target]


def fixed(billing: Autoscaled) -> Provisioned:
    """Give the units that autoscaling begins with: enough for what it may have to carry at once."""
    return Provisioned(read_units=billing.max_read_units, write_units=billing.max_write_units)
