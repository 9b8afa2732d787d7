"""Sizes of a bucket that old data goes to."""

from dataclasses import dataclass
from typing import Final

from sizes.limits import refuse, within

# Amazon S3 User Guide, "Transitioning objects": Glacier Instant Retrieval bills 90 days at least.
MIN_COLD_DAYS: Final = 90
MAX_DAYS: Final = 36_500


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketSize:
    """What a growth phase decides about a bucket."""

    cold_after_days: int
    """Days until an object moves to Glacier Instant Retrieval, the cheapest class that is read at once."""
    expire_after_days: int
    """Days until an object is deleted; at least 90 after it moved, up to 36,500."""

    def __post_init__(self) -> None:
        """Reject what S3 would reject or bill for nothing, with all that is wrong at once."""
        refuse(
            (
                within("cold_after_days", self.cold_after_days, 1, MAX_DAYS),
                within("expire_after_days", self.expire_after_days, self.cold_after_days + MIN_COLD_DAYS, MAX_DAYS),
            )
        )
