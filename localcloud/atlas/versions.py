"""Major versions of MongoDB: one step up at a time, and one down while the feature compatibility is pinned to it."""

from localcloud.atlas.store import refuse
from localcloud.atlas.tiers import VERSIONS, major
from localcloud.wire import Props


def pinned(inputs: Props, before: Props | None) -> Props | None:
    """Give the pin that a cluster gets, or keeps: it holds the version that ran when it was set."""
    wanted = inputs.get("pinnedFcv")
    if not wanted:
        return None
    held = (before or {}).get("pinnedFcv") or {}
    return {**wanted, "version": held.get("version") or (before or inputs).get("mongoDbMajorVersion", VERSIONS[-1])}


def check_version(before: Props, wanted: str) -> None:
    """Refuse a way between versions that Atlas does not go."""
    now, new = VERSIONS.index(before["mongoDbMajorVersion"]), VERSIONS.index(major(wanted))
    if new > now + 1:
        message = f"Upgrade one major version at a time: {VERSIONS[now]} to {VERSIONS[now + 1]} first, got {wanted}."
        refuse("INVALID_MONGODB_VERSION_CONFIG", f"The MongoDB version is not valid. {message}")
    pin = (before.get("pinnedFcv") or {}).get("version")
    if new < now and (new < now - 1 or pin != VERSIONS[new]):
        message = "Cluster cannot be upgraded, as specified upgrade version is below the current version."
        refuse("CLUSTER_UPGRADE_INVALID", message)
