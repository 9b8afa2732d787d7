"""Two of a store at once: the one that is there, and one that is made of a backup beside it."""

from dataclasses import dataclass

from sizes.protection import Protection


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """
    A second one of a store, which is made of a backup of the first.

    What clients are told (connection secrets, pool, alarms) is of the one that is the writer; both have the password,
    the network and the settings of the store.
    """

    generation: int
    """Which one in a row it is: its names have the number."""
    time: str | None
    """What it was at, in UTC, such as `2026-11-26T02:00:00Z`; None: the latest, or a snapshot."""
    snapshot: str | None
    """Name or ARN of the snapshot that it is made of."""
    key_arn: str | None
    """The key that its data are encrypted with; None: the stack's own."""
    writer: bool
    """Whether clients are told of this one, and no longer of the first."""
    spare: Protection
    """How hard the one that is not the writer is to lose."""


def called(name: str, generation: int) -> str:
    """Give what the names of a generation begin with; those of the first one have no number."""
    return name if generation == 1 else f"{name}-{generation}"
