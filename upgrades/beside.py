"""What keeps backups and old objects beside the stores: it may not go, nor let go of them sooner."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from upgrades.comparisons import block, entries, number, text_of

Inputs = Mapping[str, Any]

REPLICATION: Final = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
VERSIONING: Final = "aws:s3/bucketVersioning:BucketVersioning"
LIFECYCLE: Final = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_EVER: Final = float("inf")
_KEEP: Final = "keep it; where it is really to go, a person accepts this refusal in the review"


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A type of resource that keeps something of a store."""

    gone: str
    """Why it may not go; empty: it may."""
    weaker: Callable[[Inputs, Inputs], bool] | None = None
    """Says whether the second inputs keep less than the first; raises CannotTellError. None: no matter what changes."""
    because: str = ""
    """Why it may not get weaker."""
    instead: str = _KEEP


def _unversioned(before: Inputs, after: Inputs) -> bool:
    was, is_ = (text_of(block(one.get("versioningConfiguration")).get("status")) for one in (before, after))
    return was == "Enabled" != is_


def _sooner(before: Inputs, after: Inputs) -> bool:
    """Say whether objects, or their old versions, would be deleted after fewer days."""
    return any(
        min(_days(after, *path), default=_EVER) < min(_days(before, *path), default=_EVER)
        for path in (("expiration", "days"), ("noncurrentVersionExpiration", "noncurrentDays"))
    )


def _days(inputs: Inputs, part: str, key: str) -> Iterator[float]:
    for rule in entries(inputs.get("rules")):
        inside = block(block(rule).get(part))
        if inside.get(key) is not None and block(rule).get("status") != "Disabled":
            yield number(inside[key])


BESIDE: Final[Mapping[str, Beside]] = {
    "aws:backup/plan:Plan": Beside(gone="no backups would be taken any more of what it selects"),
    "aws:backup/selection:Selection": Beside(gone="no backups would be taken any more of what it selects"),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": Beside(
        gone="AWS Backup would no longer refuse to delete backups, whoever asks"
    ),
    REPLICATION: Beside(gone="the database's backups would no longer be copied to the other region"),
    "mongodbatlas:index/cloudBackupSchedule:CloudBackupSchedule": Beside(
        gone="the cluster's snapshots would no longer be taken as its size says"
    ),
    VERSIONING: Beside(
        gone="what is overwritten or deleted from then on is gone",
        weaker=_unversioned,
        because="what is overwritten or deleted from then on is gone",
        instead="leave it enabled",
    ),
    LIFECYCLE: Beside(
        # Without it nothing is deleted.
        gone="",
        weaker=_sooner,
        because="objects that are older than that would be deleted, those that are there already too",
        instead="keep the old figure; longer is always safe",
    ),
}
"""
By type. Not here: how long a plan of AWS Backup keeps what it takes, as backups that are there stay for as long as they
were promised (AWS Managed Services, Change Type Reference, "Backup Plan: Update": no effect on existing backups).
"""
