"""When a fact about a MongoDB Atlas cluster holds."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, cast

from upgrades.comparisons import CannotTellError, number, text_of
from upgrades.facts.conditions import version
from upgrades.facts.fact import Changed, When

_SHARED: Final = ("TENANT", "FLEX")
_SIZES: Final = ("M10", "M20", "M30", "M40", "M50", "M60", "M80", "M100", "M140", "M200", "M300", "M400", "M700")


def _when(words: str, holds: Callable[[Changed], bool], **example: Any) -> When:
    return When(words=words, holds=holds, example=example)


def _regions(settings: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the regions of all shards; raises CannotTellError where they are not known."""
    for spec in cast("list[Any]", settings.get("replicationSpecs") or ()):
        if not isinstance(spec, dict):
            raise CannotTellError
        for region in cast("dict[str, Any]", spec).get("regionConfigs") or ():
            if not isinstance(region, dict):
                raise CannotTellError
            yield cast("dict[str, Any]", region)


def _specs(**region: Any) -> dict[str, Any]:
    return {"replicationSpecs": [{"regionConfigs": [region]}]}


def _shared(settings: Mapping[str, Any]) -> bool:
    return any(text_of(region.get("providerName")) in _SHARED for region in _regions(settings))


# From one region to zones


def _becomes_global(c: Changed) -> bool:
    return text_of(c.was.get("clusterType")) == "REPLICASET" and text_of(c.will.get("clusterType")) == "GEOSHARDED"


_SET, _ZONES = {"clusterType": "REPLICASET"}, {"clusterType": "GEOSHARDED"}
BECOMES_GLOBAL: Final = _when(
    "the replica set becomes a global cluster with it",
    _becomes_global,
    before=None,
    after="home",
    was=_SET,
    will=_ZONES,
)
STAYS_AS_GLOBAL: Final = _when(
    "the cluster is a global one already, or becomes none",
    lambda c: not _becomes_global(c),
    before="home",
    after="dr",
    was=_ZONES,
    will=_ZONES,
)

# From shared to dedicated


def _upgrade(c: Changed) -> bool:
    return _shared(c.was) and not _shared(c.will)


def _downgrade(c: Changed) -> bool:
    return not _shared(c.was) and _shared(c.will)


def _tier(c: Changed) -> bool:
    """Say whether it goes from one shared tier to another."""
    return _shared(c.was) and _shared(c.will)


_M0: Final = _specs(providerName="TENANT", backingProviderName="AWS", electableSpecs={"instanceSize": "M0"})
_FLEX: Final = _specs(providerName="FLEX", backingProviderName="AWS")
_M10: Final = _specs(providerName="AWS", electableSpecs={"instanceSize": "M10"})
_M20: Final = _specs(providerName="AWS", electableSpecs={"instanceSize": "M20"})
UPGRADE: Final = _when(
    "the cluster goes from shared to dedicated", _upgrade, before="TENANT", after="AWS", was=_M0, will=_M10
)
DOWNGRADE: Final = _when(
    "the cluster goes from dedicated to shared", _downgrade, before="AWS", after="TENANT", was=_M10, will=_M0
)
SHARED_TIER: Final = _when(
    "the cluster goes from one shared tier to the other", _tier, before="TENANT", after="FLEX", was=_M0, will=_FLEX
)
DEDICATED: Final = _when(
    "the cluster is and was dedicated",
    lambda c: not (_shared(c.was) or _shared(c.will)),
    before="AWS",
    after="GCP",
    was=_M10,
    will=_M10,
)

UPGRADED: Final = _when(
    "the cluster goes from shared to dedicated with it", _upgrade, before=None, after="x", was=_M0, will=_M10
)
STAYS: Final = _when(
    "the cluster does not go from shared to dedicated with it",
    lambda c: not _upgrade(c),
    before="x",
    after="y",
    was=_M10,
    will=_M10,
)


def staying(known: When) -> When:
    """Hold where *known* does, and the cluster does not go from shared to dedicated with it."""
    return When(
        words=known.words,
        holds=lambda c: not _upgrade(c) and known.holds(c),
        example={**known.example, "was": _M10, "will": _M10},
    )


# Autoscaling


def _scaling(settings: Mapping[str, Any], key: str) -> bool:
    """Say whether one of the regions scales by itself."""
    found = [(region.get("autoScaling") or {}).get(key) for region in _regions(settings)]
    if any(not isinstance(one, bool | None) for one in found):
        raise CannotTellError
    return any(found)


def _effective(c: Changed) -> bool:
    return c.will.get("useEffectiveFields") is True


def _dedicated(c: Changed) -> bool:
    return not (_shared(c.was) or _shared(c.will))


_COMPUTE: Final = _specs(providerName="AWS", autoScaling={"computeEnabled": True})
_DISK: Final = _specs(providerName="AWS", autoScaling={"diskGbEnabled": True})
SIZE_FIXED: Final = _when(
    "the cluster is dedicated, and its size is not autoscaled",
    lambda c: _dedicated(c) and not _scaling(c.will, "computeEnabled"),
    before="M10",
    after="M20",
    was=_M10,
    will=_M20,
)
SIZE_EFFECTIVE: Final = _when(
    "the size is autoscaled, and useEffectiveFields is true",
    lambda c: _dedicated(c) and _scaling(c.will, "computeEnabled") and _effective(c),
    before="M10",
    after="M20",
    was=_COMPUTE,
    will={**_COMPUTE, "useEffectiveFields": True},
)
SIZE_AUTOSCALED: Final = _when(
    "the size is autoscaled, and useEffectiveFields is not true",
    lambda c: _dedicated(c) and _scaling(c.will, "computeEnabled") and not _effective(c),
    before="M10",
    after="M20",
    was=_COMPUTE,
    will=_COMPUTE,
)


def _less(c: Changed) -> bool:
    return c.before is not None and c.after is not None and number(c.after) < number(c.before)


MORE_NODES: Final = _when("there are as many nodes, or more", lambda c: not _less(c), before=3, after=5)
FEWER_NODES: Final = _when("there are fewer nodes", _less, before=5, after=3)
DISK_GROWS: Final = _when("it grows, or is left out", lambda c: not _less(c), before=10, after=20, was=_M10, will=_M10)
DISK_EFFECTIVE: Final = _when(
    "the disk is autoscaled, and useEffectiveFields is true",
    lambda c: _less(c) and _scaling(c.will, "diskGbEnabled") and _effective(c),
    before=20,
    after=10,
    will={**_DISK, "useEffectiveFields": True},
)
DISK_AUTOSCALED: Final = _when(
    "the disk is autoscaled, and useEffectiveFields is not true",
    lambda c: _less(c) and _scaling(c.will, "diskGbEnabled") and not _effective(c),
    before=20,
    after=10,
    will=_DISK,
)
DISK_SHRINKS: Final = _when(
    "it shrinks, and is not autoscaled",
    lambda c: _less(c) and not _scaling(c.will, "diskGbEnabled"),
    before=20,
    after=10,
    will=_M10,
)


def _out_of_range(c: Changed) -> bool:
    """Say whether a region's size, as far as it is one of the general ones, is outside of its new range."""
    return any(_outside(region) for region in _regions(c.will))


def _outside(region: Mapping[str, Any]) -> bool:
    scaling: Mapping[str, Any] = region.get("autoScaling") or {}
    size = text_of((region.get("electableSpecs") or {}).get("instanceSize"))
    lowest, highest = (text_of(scaling.get(f"compute{end}InstanceSize")) for end in ("Min", "Max"))
    if size not in _SIZES:
        return False
    place = _SIZES.index(size)
    return (lowest in _SIZES and place < _SIZES.index(lowest)) or (highest in _SIZES and place > _SIZES.index(highest))


def _ranged(size: str) -> dict[str, Any]:
    scaling = {"computeMinInstanceSize": "M20", "computeMaxInstanceSize": "M40"}
    return _specs(providerName="AWS", electableSpecs={"instanceSize": size}, autoScaling=scaling)


IN_RANGE: Final = _when(
    "the size is within the range", lambda c: not _out_of_range(c), before="M10", after="M20", will=_ranged("M30")
)
OUT_OF_RANGE: Final = _when(
    "the size is outside of the range", _out_of_range, before="M10", after="M20", will=_ranged("M10")
)


def _oplog_hours(c: Changed) -> bool:
    settings: Mapping[str, Any] = c.was.get("advancedConfiguration") or {}
    return bool(settings.get("oplogMinRetentionHours"))


def _off(c: Changed) -> bool:
    return c.after is not True


DISK_SCALING_ON: Final = _when("it is switched on", lambda c: not _off(c), before=False, after=True)
DISK_SCALING_OFF: Final = _when(
    "it is switched off, and the oplog has no minimum of hours",
    lambda c: _off(c) and not _oplog_hours(c),
    before=True,
    after=False,
)
DISK_SCALING_KEPT: Final = _when(
    "it is switched off, and the oplog has a minimum of hours",
    lambda c: _off(c) and _oplog_hours(c),
    before=True,
    after=False,
    was={"advancedConfiguration": {"oplogMinRetentionHours": 24}},
)

# Versions


def _majors(c: Changed) -> int:
    return version(c.after)[0] - version(c.before)[0]


def majors(step: int) -> When:
    """Hold where the version goes up by *step* majors, or not at all."""
    return _when(f"it goes up by {step} at most", lambda c: 0 <= _majors(c) <= step, before="7.0", after="8.0")


def more_majors(step: int) -> When:
    """Hold where the version goes up by more than *step* majors."""
    return _when(f"it goes up by more than {step}", lambda c: _majors(c) > step, before="6.0", after="8.0")


MAJOR_BACK: Final = _when("it goes down", lambda c: _majors(c) < 0, before="8.0", after="7.0")


# Effective fields


def _nodes_gone(c: Changed) -> bool:
    kinds = ("readOnlySpecs", "analyticsSpecs")
    had, has = ([kind for region in _regions(some) for kind in kinds if region.get(kind)] for some in (c.was, c.will))
    return len(has) < len(had)


_ANALYTICS: Final = _specs(providerName="AWS", analyticsSpecs={"nodeCount": 1})
EFFECTIVE_ALONE: Final = _when(
    "no read-only or analytics nodes go with it", lambda c: not _nodes_gone(c), before=False, after=True
)
EFFECTIVE_AND_NODES: Final = _when(
    "read-only or analytics nodes go with it", _nodes_gone, before=False, after=True, was=_ANALYTICS, will=_M10
)
