"""
States on the way: a database that is `creating`, `modifying`, `rebooting` or `failing-over` before it is `available`.

Off by default: everything is done at once. moto's own switch turns it on, for all databases of a local cloud:

    POST ENDPOINT/moto-api/state-manager/set-transition
    {"model_name": "rds::instance", "transition": {"progression": "manual", "times": 3}}

`rds::instance` and `rds::cluster` are the models; `manual` counts descriptions, `{"progression": "time", "seconds": 2}`
waits; `unset-transition` turns it off. What changes is visible at once, and listed as pending until the state is over;
until then AWS, and so the local cloud, refuses further changes.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.moto_api import state_manager
from moto.moto_api._internal.managed_state_model import ManagedState
from moto.rds.models import DBCluster, DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto.rds_state import refuse

INSTANCE: Final = "rds::instance"
CLUSTER: Final = "rds::cluster"
_AVAILABLE: Final = "available"
# What moto calls the arguments of a change, and AWS the values that are pending.
_PENDING: Final[Mapping[str, Mapping[str, str]]] = {
    INSTANCE: {
        "allocated_storage": "AllocatedStorage",
        "backup_retention_period": "BackupRetentionPeriod",
        "db_instance_class": "DBInstanceClass",
        "db_port_number": "Port",
        "engine_version": "EngineVersion",
        "iops": "Iops",
        "multi_az": "MultiAZ",
        "storage_throughput": "StorageThroughput",
        "storage_type": "StorageType",
    },
    CLUSTER: {
        "backup_retention_period": "BackupRetentionPeriod",
        "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
        "engine_version": "EngineVersion",
        "storage_type": "StorageType",
    },
}

_describe_instances_of_moto = RDSResponse.describe_db_instances
_describe_clusters_of_moto = RDSResponse.describe_db_clusters
_reboot_of_moto = RDSBackend.reboot_db_instance
_failover_of_moto = RDSBackend.failover_db_cluster
_status_of_moto = DBCluster.status


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for model in (INSTANCE, CLUSTER):
        state_manager.register_default_transition(model, {"progression": "immediate"})
    for owner, name, mended in (
        (DBInstance, "transition", None),
        (DBCluster, "transition", None),
        (DBInstance, "db_instance_status", property(state)),
        (DBCluster, "status", property(state, _set_status)),
        (DBInstance, "pending_modified_values", property(_pending)),
        (DBCluster, "pending_modified_values", property(_pending)),
        (RDSResponse, "describe_db_instances", _describe_instances),
        (RDSResponse, "describe_db_clusters", _describe_clusters),
        (RDSBackend, "reboot_db_instance", _reboot),
        (RDSBackend, "failover_db_cluster", _failover),
    ):
        setattr(owner, name, mended)


class Transition(ManagedState):
    """A state that ends by itself, and the changes that are under way until then."""

    def __init__(self, model: str, first: str, changes: Mapping[str, Any]) -> None:
        super().__init__(model, [(first, _AVAILABLE)])
        words = _PENDING[model]
        self.pending = {words[key]: value for key, value in changes.items() if key in words and value is not None}


def begin(thing: Any, first: str, changes: Mapping[str, Any] | None = None) -> None:
    """Let a database be in a state for a while, where somebody wants to see it."""
    model = CLUSTER if _is_cluster(thing) else INSTANCE
    thing.transition = None
    if state_manager.get_transition(model)["progression"] != "immediate":
        thing.transition = Transition(model, first, changes or {})


def require_available(thing: Any, message: str) -> None:
    """Refuse a change of what is not available."""
    if state(thing) != _AVAILABLE:
        refuse("InvalidDBClusterStateFault" if _is_cluster(thing) else "InvalidDBInstanceState", message)


def state(thing: Any) -> str:
    """Give the state that AWS tells."""
    lasting = _status_of_moto.fget(thing) if _is_cluster(thing) else thing.status  # pyright: ignore[reportOptionalCall]  it can be read
    if thing.transition is None or lasting not in (_AVAILABLE, "creating"):
        return lasting
    now = thing.transition.status
    if now == _AVAILABLE:
        thing.transition = None
    return now


def _is_cluster(thing: Any) -> bool:
    return isinstance(thing, DBCluster)


def _set_status(cluster: Any, value: str) -> None:
    _status_of_moto.fset(cluster, value)  # pyright: ignore[reportOptionalCall]  it can be written


def _pending(thing: Any) -> dict[str, Any]:
    return thing.transition.pending if thing.transition and state(thing) != _AVAILABLE else {}


def _seen(things: Iterable[Any]) -> None:
    for thing in things:
        if thing.transition:
            thing.transition.advance()


def _describe_instances(self: Any) -> ActionResult:
    _seen(self.backend.databases.values())
    return _describe_instances_of_moto(self)


def _describe_clusters(self: Any) -> ActionResult:
    _seen(self.backend.clusters.values())
    return _describe_clusters_of_moto(self)


def _reboot(backend: Any, db_instance_identifier: str) -> Any:
    instance = _reboot_of_moto(backend, db_instance_identifier)
    require_available(instance, "Database instance is not in available state.")
    begin(instance, "rebooting")
    return instance


def _failover(backend: Any, db_cluster_identifier: str, target_db_instance_identifier: str | None = None) -> Any:
    cluster = _failover_of_moto(backend, db_cluster_identifier, target_db_instance_identifier)
    begin(cluster, "failing-over")
    return cluster
