"""What is charged for each type of resource: quantities only, no prices."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from costs.charge import Item
from costs.estimators import atlas, aurora, backup, bucket, keys, network, postgres, redis, scaling, table, watching
from costs.stack import Resource, Stack

Estimator = Callable[[Resource, Stack], Iterator[Item]]

ESTIMATORS: Final[Mapping[str, Estimator]] = {
    **postgres.ESTIMATORS,
    **aurora.ESTIMATORS,
    **table.ESTIMATORS,
    **redis.ESTIMATORS,
    **atlas.ESTIMATORS,
    **keys.ESTIMATORS,
    **watching.ESTIMATORS,
    **network.ESTIMATORS,
    **backup.ESTIMATORS,
    **bucket.ESTIMATORS,
    **scaling.ESTIMATORS,
}
"""By type."""
