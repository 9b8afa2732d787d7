"""The bucket that old partitions of a database go to."""

from stacks.application import BucketStore, PostgresStore
from stacks.settings import Settings


def archive_of(settings: Settings, store: PostgresStore) -> BucketStore | None:
    """Find the bucket that a database exports to, in a phase that has one."""
    buckets = (one for one in settings.application.stores if isinstance(one, BucketStore))
    return next((one for one in buckets if one.exporter == store.name and settings.size(one)), None)
