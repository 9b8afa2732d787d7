"""When a fact holds: conditions with an example each, in pairs and triples of which exactly one holds."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from upgrades.comparisons import CannotTellError, number, text_of, truth
from upgrades.facts.fact import Changed, When


def _when(words: str, holds: Callable[[Changed], bool], **example: Any) -> When:
    return When(words=words, holds=holds, example=example)


def _or(value: Any, default: Any) -> Any:
    return default if value is None else value


# Values


def grows(default: float = 0) -> When:
    """Hold where a number goes up, or stays; absent, it is *default*."""
    return _when("it grows", lambda c: not _shrinks(c, default), before=default + 1, after=default + 2)


def shrinks(default: float = 0) -> When:
    """Hold where a number goes down."""
    return _when("it shrinks", lambda c: _shrinks(c, default), before=default + 2, after=default + 1)


def _shrinks(c: Changed, default: float) -> bool:
    return number(_or(c.after, default)) < number(_or(c.before, default))


ON: Final = _when("it is switched on", lambda c: truth(_or(c.after, default=False)), before=False, after=True)
OFF: Final = _when("it is switched off", lambda c: not truth(_or(c.after, default=False)), before=True, after=False)
SET: Final = _when("it is set", lambda c: c.after is not None, before=None, after="a")
REMOVED: Final = _when("it is left out", lambda c: c.after is None, before="a", after=None)
ADDED: Final = _when("there was none", lambda c: c.before is None and c.after is not None, before=None, after="a")
ANOTHER: Final = _when(
    "there was another", lambda c: c.before is not None and c.after is not None, before="a", after="b"
)


def becomes(value: str) -> When:
    """Hold where it is *value* afterwards."""
    return _when(f"it becomes {value}", lambda c: text_of(c.after) == value, before="other", after=value)


def becomes_other(value: str) -> When:
    """Hold where it is not *value* afterwards."""
    return _when(f"it does not become {value}", lambda c: text_of(c.after) != value, before=value, after="other")


def both(one: When, other: When) -> When:
    """Hold where both conditions do."""
    return When(
        words=f"{one.words} and {other.words}",
        holds=lambda c: one.holds(c) and other.holds(c),
        example={**one.example, **other.example},
    )


def from_to(before: str, *after: str) -> When:
    """Hold where it goes from the one value to the other, or to one of several."""
    return _when(
        f"it goes from {before} to {' or '.join(after)}",
        lambda c: text_of(c.before) == before and text_of(c.after) in after,
        before=before,
        after=after[0],
    )


def not_from_to(before: str, *after: str) -> When:
    """Hold where it goes any other way."""
    return _when(
        f"it goes any way but from {before} to {' or '.join(after)}",
        lambda c: text_of(c.before) != before or text_of(c.after) not in after,
        before=after[0],
        after=before,
    )


# Versions

_DIGITS: Final = re.compile(r"\d+")


def version(value: Any) -> tuple[int, ...]:
    """Read a version: `16.3` -> 16, 3; `6.x` -> 6."""
    found = tuple(int(part) for part in _DIGITS.findall(text_of(value)))
    if not found:
        raise CannotTellError
    return found


def _older(c: Changed) -> bool:
    before, after = version(c.before), version(c.after)
    shared = min(len(before), len(after))  # `16` is what `16.3` is
    return after[:shared] < before[:shared]


def _major(c: Changed) -> bool:
    return version(c.after)[0] > version(c.before)[0]


def _may_major(c: Changed) -> bool:
    return c.will.get("allowMajorVersionUpgrade") is True


_ALLOWED: Final = {"allowMajorVersionUpgrade": True}
OLDER: Final = _when("the version is older", _older, before="17", after="16")
MINOR: Final = _when("the major version stays", lambda c: not _older(c) and not _major(c), before="17.2", after="17.4")
MAJOR: Final = _when(
    "the major version is newer, and allowMajorVersionUpgrade is true",
    lambda c: _major(c) and _may_major(c),
    before="16",
    after="17",
    will=_ALLOWED,
)
MAJOR_UNASKED: Final = _when(
    "the major version is newer, and allowMajorVersionUpgrade is not true",
    lambda c: _major(c) and not _may_major(c),
    before="16",
    after="17",
)
MAJOR_ANYHOW: Final = _when("the major version is newer", _major, before="16", after="17")

# RDS


def _read_from(c: Changed) -> bool:
    return number(_or(c.was.get("promotionTier"), 0)) > 0


READ_FROM: Final = _when("promotionTier is above 0", _read_from, was={"promotionTier": 1})
WRITES_FIRST: Final = _when("promotionTier is 0", lambda c: not _read_from(c))


def _standby(c: Changed) -> bool:
    return truth(_or(c.was.get("multiAz"), default=False))


STANDBY: Final = _when("there is a standby", _standby, before="a", after="b", was={"multiAz": True})
NO_STANDBY: Final = _when("there is no standby", lambda c: not _standby(c), before="a", after="b")


def _backups_on_or_off(c: Changed) -> bool:
    return (number(_or(c.before, 0)) == 0) != (number(_or(c.after, 0)) == 0)


BACKUPS_TURNED: Final = _when("backups go on or off", _backups_on_or_off, before=0, after=7)
BACKUPS_STAY: Final = _when("backups stay on", lambda c: not _backups_on_or_off(c), before=7, after=14)


def _autoscaled(c: Changed) -> bool:
    """Say whether a volume was grown by RDS beyond what the program says, and may stay so."""
    limit, last = _or(c.will.get("maxAllocatedStorage"), 0), _or(c.was.get("allocatedStorage"), c.before)
    return _shrinks(c, 0) and number(limit) > number(c.after) >= number(last)


VOLUME_GROWS: Final = grows()
VOLUME_AUTOSCALED: Final = _when(
    "storage autoscaling has grown it further, and is still on",
    _autoscaled,
    before=60,
    after=50,
    was={"allocatedStorage": 20},
    will={"maxAllocatedStorage": 100},
)
VOLUME_SHRINKS: Final = _when(
    "it shrinks", lambda c: _shrinks(c, 0) and not _autoscaled(c), before=50, after=20, was={"allocatedStorage": 50}
)


def _below_volume(c: Changed) -> bool:
    return c.after is not None and number(c.after) < number(_or(c.was.get("allocatedStorage"), 0))


BELOW_VOLUME: Final = _when(
    "it is below what is allocated", _below_volume, before=200, after=50, was={"allocatedStorage": 100}
)
ABOVE_VOLUME: Final = _when(
    "it is what is allocated or more",
    lambda c: not _below_volume(c),
    before=100,
    after=200,
    was={"allocatedStorage": 50},
)


def _magnetic(c: Changed) -> bool:
    return "standard" in (text_of(c.before), text_of(c.after))


MAGNETIC: Final = _when("it is or was magnetic", _magnetic, before="standard", after="gp3")
SOLID: Final = _when("it is and was SSD", lambda c: not _magnetic(c), before="gp2", after="gp3")


def _fixed_iops(split_gib: int) -> Callable[[Changed], bool]:
    return lambda c: (
        c.after is not None
        and text_of(c.will.get("storageType")) in ("", "gp3")
        and number(_or(c.will.get("allocatedStorage"), 0)) < split_gib
    )


def fixed_iops(split_gib: int) -> When:
    """Hold where the volume is a gp3 one too small to have IOPS and throughput of its own."""
    will = {"storageType": "gp3", "allocatedStorage": split_gib - 1}
    return _when(f"storage is gp3 of less than {split_gib} GiB", _fixed_iops(split_gib), before=1, after=2, will=will)


def free_iops(split_gib: int) -> When:
    """Hold where the volume may have IOPS and throughput of its own, or gives them back."""
    fixed, will = _fixed_iops(split_gib), {"storageType": "gp3", "allocatedStorage": split_gib}
    words = f"storage is not gp3 of less than {split_gib} GiB"
    return _when(words, lambda c: not fixed(c), before=1, after=2, will=will)


def _aurora(c: Changed) -> bool:
    return text_of(c.will.get("engine") or c.was.get("engine")).startswith("aurora")


_AURORA: Final = {"engine": "aurora-postgresql"}
TO_IO_OPTIMIZED: Final = _when(
    "it becomes aurora-iopt1",
    lambda c: _aurora(c) and text_of(c.after) == "aurora-iopt1",
    before="aurora",
    after="aurora-iopt1",
    will=_AURORA,
)
FROM_IO_OPTIMIZED: Final = _when(
    "it goes back to aurora",
    lambda c: _aurora(c) and text_of(c.after) != "aurora-iopt1",
    before="aurora-iopt1",
    after="aurora",
    will=_AURORA,
)
NO_AURORA: Final = _when(
    "the cluster is no Aurora", lambda c: not _aurora(c), before="io1", after="gp3", will={"engine": "postgres"}
)

# DynamoDB


def _shrinks_if_set(c: Changed) -> bool:
    return c.after is not None and c.before is not None and number(c.after) < number(c.before)


WARMER: Final = _when("it grows, or is left out", lambda c: not _shrinks_if_set(c), before=1, after=2)
COLDER: Final = _when("it shrinks", _shrinks_if_set, before=2, after=1)


# ElastiCache


def _failover(c: Changed) -> bool:
    return truth(_or(c.was.get("automaticFailoverEnabled"), default=False))


def _tiered(value: Any) -> bool:
    return text_of(value).startswith("cache.r6gd")


def _tier_changes(c: Changed) -> bool:
    return _tiered(c.before) != _tiered(c.after)


_NODES: Final = {"before": "cache.m7g.large", "after": "cache.r7g.large"}
TIER_CHANGES: Final = _when(
    "only one of them is r6gd", _tier_changes, before="cache.r7g.xlarge", after="cache.r6gd.xlarge"
)
NODE_WITH_REPLICA: Final = _when(
    "there is a replica to fail over to",
    lambda c: not _tier_changes(c) and _failover(c),
    **_NODES,
    was={"automaticFailoverEnabled": True},
)
NODE_ALONE: Final = _when(
    "there is no replica to fail over to", lambda c: not _tier_changes(c) and not _failover(c), **_NODES
)
NEWER_WITH_REPLICA: Final = _when(
    "the version is newer, and there is a replica",
    lambda c: not _older(c) and _failover(c),
    before="7.2",
    after="8.0",
    was={"automaticFailoverEnabled": True},
)
NEWER_ALONE: Final = _when(
    "the version is newer, and there is no replica",
    lambda c: not _older(c) and not _failover(c),
    before="7.2",
    after="8.0",
)


def with_engine(known: When, *, changes: bool) -> When:
    """Hold where *known* does, and the engine changes in the same update, or stays."""
    engines = {"was": {"engine": "redis"}, "will": {"engine": "valkey" if changes else "redis"}}
    example = {key: {**known.example.get(key, {}), **value} for key, value in engines.items()}
    return When(
        words=f"{known.words}, and the engine {'changes with it' if changes else 'stays'}",
        holds=lambda c: known.holds(c) and (c.was.get("engine") != c.will.get("engine")) is changes,
        example={**known.example, **example},
    )


def _tls_in_place(oldest: tuple[int, ...]) -> Callable[[Changed], bool]:
    def holds(c: Changed) -> bool:
        deployed = version(c.was.get("engineVersion"))
        # `7.1` is newer than 7.0.5, `7.0` may be anything: the later of both is wanted.
        return deployed >= oldest

    return holds


def _preferred(settings: Mapping[str, Any]) -> bool:
    return text_of(settings.get("transitEncryptionMode")) == "preferred"


def tls_replaces(oldest: tuple[int, ...]) -> When:
    """Hold where the engine is too old to switch TLS in place."""
    in_place, words = _tls_in_place(oldest), f"the engine is older than {'.'.join(map(str, oldest))}"
    return _when(words, lambda c: not in_place(c), before=False, after=True, was={"engineVersion": "6.2"})


def tls_step(oldest: tuple[int, ...]) -> When:
    """Hold where TLS comes or goes by way of `preferred`."""
    in_place = _tls_in_place(oldest)
    return _when(
        "the mode is preferred",
        lambda c: in_place(c) and _preferred(c.will if truth(_or(c.after, default=False)) else c.was),
        before=False,
        after=True,
        was={"engineVersion": "7.2"},
        will={"transitEncryptionMode": "preferred"},
    )


def tls_jump(oldest: tuple[int, ...]) -> When:
    """Hold where TLS comes or goes at once."""
    in_place = _tls_in_place(oldest)
    return _when(
        "the mode is not preferred",
        lambda c: in_place(c) and not _preferred(c.will if truth(_or(c.after, default=False)) else c.was),
        before=False,
        after=True,
        was={"engineVersion": "7.2"},
    )


_MODES: Final = ("disabled", "compatible", "enabled")


def _modes(c: Changed) -> int:
    before, after = (text_of(_or(value, "disabled")) for value in (c.before, c.after))
    if before not in _MODES or after not in _MODES:
        raise CannotTellError
    return _MODES.index(after) - _MODES.index(before)


NEXT_MODE: Final = _when(
    "it is the next of disabled, compatible, enabled",
    lambda c: 0 <= _modes(c) <= 1,
    before="disabled",
    after="compatible",
)
SKIPPED_MODE: Final = _when("it leaves compatible out", lambda c: _modes(c) > 1, before="disabled", after="enabled")
MODE_BACK: Final = _when("it goes back", lambda c: _modes(c) < 0, before="enabled", after="compatible")


def _tls_too(c: Changed) -> bool:
    return c.was.get("transitEncryptionEnabled") != c.will.get("transitEncryptionEnabled")


WITH_TLS: Final = _when(
    "TLS changes with it", _tls_too, before=["a"], after=["b"], will={"transitEncryptionEnabled": True}
)
WITHOUT_TLS: Final = _when("TLS stays as it is", lambda c: not _tls_too(c), before=["a"], after=["b"])


def _serverless_newer(c: Changed) -> bool:
    return not _older(c) and text_of(c.will.get("engine")) == "valkey"


SERVERLESS_NEWER: Final = _when(
    "the version is newer, of Valkey", _serverless_newer, before="7", after="8", will={"engine": "valkey"}
)
SERVERLESS_ELSE: Final = _when(
    "the version is older, or not of Valkey",
    lambda c: not _serverless_newer(c),
    before="8",
    after="7",
    will={"engine": "valkey"},
)
