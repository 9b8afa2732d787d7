"""Global clusters of Aurora PostgreSQL: members in several regions of one local cloud, which moto only half knows."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from moto.core.responses import ActionResult
from moto.rds.models import DBCluster, GlobalCluster, RDSBackend
from moto.rds.responses import RDSResponse

from localcloud.moto import rds_cluster_rules as rules
from localcloud.moto import rds_facts as facts
from localcloud.moto import rds_members
from localcloud.moto.rds_state import cluster_of, in_region, is_arn, refuse

_HOME: Final = "us-east-1"
"""Where moto keeps them; AWS shows them in every region."""
_MAX_SECONDARIES: Final = 10
_INHERITED: Final = "inherited-from-the-source"

_designate_of_moto = DBCluster.designate_writer


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (GlobalCluster, "global_cluster_members", property(_members)),
        (GlobalCluster, "tag_list", property(lambda world: world.get_tags())),
        (RDSBackend, "remove_from_global_cluster", lambda *_: None),
        (RDSResponse, "create_global_cluster", _create),
        (RDSResponse, "describe_global_clusters", _describe),
        (RDSResponse, "modify_global_cluster", _modify),  # moto has none of these three
        (RDSResponse, "failover_global_cluster", _change_writer),
        (RDSResponse, "switchover_global_cluster", _change_writer),
        (RDSResponse, "delete_global_cluster", _delete),
        (RDSResponse, "remove_from_global_cluster", _remove),
        (DBCluster, "designate_writer", _designate),
        (DBCluster, "global_write_forwarding_status", None),
    ):
        setattr(owner, name, mended)


def _all(backend: Any) -> Any:
    return in_region(backend, _HOME).global_clusters


def _find(backend: Any, name: str) -> Any:
    found = _all(backend).get(name)
    if found is None:
        refuse("GlobalClusterNotFoundFault", f"Global cluster {name} not found")
    return found


def refuse_managed_password() -> NoReturn:
    """Refuse a password in Secrets Manager of a member."""
    message = "ManageMasterUserPassword isn't supported for DB clusters in a global database."
    refuse("InvalidParameterCombination", message)


# Joining


def to_join(backend: Any, given: Mapping[str, Any]) -> Any:
    """Find the global cluster that a new cluster is to join, or refuse it."""
    name = given.get("global_cluster_identifier")
    if not name:
        return None
    world = _find(backend, name)
    if given.get("manage_master_user_password"):
        refuse_managed_password()
    if any(member.region == backend.region_name for member in world.members):
        message = f"The global cluster {name} already has a DB cluster in {backend.region_name}."
        refuse("InvalidGlobalClusterStateFault", message)
    if len(world.members) > _MAX_SECONDARIES:
        message = f"A global cluster has at most {_MAX_SECONDARIES} secondary DB clusters."
        refuse("InvalidGlobalClusterStateFault", message)
    return world


def inherited(world: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a member has of its global cluster; a secondary one is a copy of the writer."""
    version = rules.require_version(given.get("engine_version") or world.engine_version)
    if facts.numbers(version)[0] != facts.numbers(world.engine_version)[0]:
        message = f"The engine version {version} doesn't match the global cluster's, {world.engine_version}."
        refuse("InvalidParameterCombination", message)
    if not world.members:
        return {"engine_version": version, "storage_encrypted": world.storage_encrypted, **_database(world)}
    for key, what in (("master_username", "user name"), ("database_name", "database name")):
        if given.get(key):
            message = f"Cannot specify {what} for cross region replication cluster"
            refuse("InvalidParameterCombination", message)
    if given.get("master_user_password"):
        refuse("InvalidParameterCombination", "Cannot specify password for cross region replication cluster")
    if world.storage_encrypted and not given.get("kms_key_id"):
        message = "For encrypted cross-region replica, kmsKeyId should be explicitly specified"
        refuse("InvalidParameterCombination", message)
    if given.get("storage_encrypted", world.storage_encrypted) != world.storage_encrypted:
        refuse(
            "InvalidParameterCombination", "The encryption of a secondary DB cluster must match the global cluster's"
        )
    writer = next(one for one in world.members if one.is_writer)
    return {
        "engine_version": version,
        "master_username": writer.master_username,
        "master_user_password": _INHERITED,
        "database_name": writer.database_name,
        "storage_encrypted": world.storage_encrypted,
    }


def _database(world: Any) -> dict[str, Any]:
    name = getattr(world, "database_name", None)
    return {"database_name": name} if name else {}


def join(world: Any, cluster: Any, *, forwarding: bool) -> None:
    """Make a new cluster the last member; the first one writes."""
    cluster.is_writer = not world.members
    cluster.global_cluster_identifier = world.global_cluster_identifier
    cluster.global_write_forwarding_requested = forwarding
    cluster.global_write_forwarding_status = "enabled" if forwarding and world.members else "disabled"
    world.members.append(cluster)


def follow(cluster: Any) -> None:
    """Tell a global cluster the version of its writer."""
    if cluster.global_cluster_identifier and cluster.is_writer:
        _find(cluster.backend, cluster.global_cluster_identifier).engine_version = cluster.engine_version


def _designate(cluster: Any) -> None:
    """Let no instance of a secondary cluster write."""
    if cluster.global_cluster_identifier and not cluster.is_writer:
        for name in list(cluster.backend.databases):
            instance = cluster.backend.databases[name]
            if instance.db_cluster_identifier == cluster.resource_id:
                instance.is_cluster_writer = False
        return
    _designate_of_moto(cluster)


def _members(world: Any) -> list[dict[str, Any]]:
    readers = [one.db_cluster_arn for one in world.members if not one.is_writer]
    return [
        {
            "DBClusterArn": one.db_cluster_arn,
            "IsWriter": one.is_writer,
            "Readers": readers if one.is_writer else [],
            "SynchronizationStatus": "connected",
            **({} if one.is_writer else {"GlobalWriteForwardingStatus": one.global_write_forwarding_status}),
        }
        for one in world.members
    ]


# Operations


def _create(self: Any) -> ActionResult:
    given, backend = self.params, self.backend
    name = given["GlobalClusterIdentifier"]
    if name in _all(backend):
        refuse("GlobalClusterAlreadyExistsFault", f"Global cluster {name} already exists")
    source = _source(backend, given)
    engine = source.engine if source else given.get("Engine")
    if engine != facts.ENGINE:
        message = "When creating standalone global cluster, value for engineName should be specified"
        refuse("InvalidParameterValue", message if not engine else f"The engine {engine} is not supported here.")
    version = source.engine_version if source else rules.require_version(given.get("EngineVersion"))
    encrypted = source.storage_encrypted if source else given.get("StorageEncrypted")
    protected = given.get("DeletionProtection")
    world: Any = GlobalCluster(in_region(backend, _HOME), name, engine, version, encrypted, protected)
    world.database_name = given.get("DatabaseName")
    default = "open-source-rds-extended-support"
    world.engine_lifecycle_support = given.get("EngineLifecycleSupport") or default
    world.tags = [{"Key": one["Key"], "Value": one.get("Value", "")} for one in given.get("Tags", [])]
    if source:
        world.database_name = source.database_name
        join(world, source, forwarding=False)
    _all(backend)[name] = world
    return ActionResult({"GlobalCluster": world})


def _source(backend: Any, given: Mapping[str, Any]) -> Any:
    """Find the cluster that a global one is made of."""
    reference = given.get("SourceDBClusterIdentifier")
    if not reference:
        return None
    if not is_arn(reference):
        refuse("InvalidParameterValue", "Malformed db cluster arn dbci")
    for key, name in (("Engine", "engineName"), ("EngineVersion", "engineVersion")):
        if given.get(key):
            message = f"When creating global cluster from existing db cluster, value for {name} should not be specified"
            refuse("InvalidParameterCombination", f"{message} since it will be inherited from source cluster")
    source = cluster_of(backend, reference)
    if source.global_cluster_identifier:
        message = f"The DB cluster {source.db_cluster_identifier} is already a part of a global cluster."
        refuse("InvalidDBClusterStateFault", message)
    if source.replication_source_identifier:
        refuse("InvalidDBClusterStateFault", "A read replica cluster can't become a part of a global cluster.")
    if source.manage_master_user_password:
        refuse_managed_password()
    for member in source.members:
        rds_members.refuse_small(member.db_instance_class)
    return source


def _describe(self: Any) -> ActionResult:
    name = self.params.get("GlobalClusterIdentifier")
    found = [_find(self.backend, name)] if name else list(_all(self.backend).values())
    for one in self.params.get("Filters", []):
        if one["Name"] == "db-cluster-id":
            found = [world for world in found if any(member.arn in one["Values"] for member in world.members)]
    return ActionResult({"GlobalClusters": found})


def _modify(self: Any) -> ActionResult:
    given = self.params
    world = _find(self.backend, given["GlobalClusterIdentifier"])
    if wanted := given.get("EngineVersion"):
        _upgrade(world, rules.require_version(wanted), allowed=bool(given.get("AllowMajorVersionUpgrade")))
    if given.get("DeletionProtection") is not None:
        world.deletion_protection = given["DeletionProtection"]
    if renamed := given.get("NewGlobalClusterIdentifier"):
        clusters = _all(self.backend)
        if renamed in clusters:
            refuse("GlobalClusterAlreadyExistsFault", f"Global cluster {renamed} already exists")
        del clusters[world.global_cluster_identifier]
        world.global_cluster_identifier = renamed
        clusters[renamed] = world
        for member in world.members:
            member.global_cluster_identifier = world.global_cluster_identifier
    return ActionResult({"GlobalCluster": world})


def _upgrade(world: Any, target: str, *, allowed: bool) -> None:
    """Bring all members to a version; a minor one is brought to each member by itself."""
    rules.require_upgrade(world.engine_version, target, allowed=allowed)
    if facts.numbers(target)[0] == facts.numbers(world.engine_version)[0]:
        if target != world.engine_version and world.members:
            refuse(
                "InvalidParameterCombination",
                "ModifyGlobalCluster upgrades major versions only. Upgrade the minor version of each member, the "
                "secondary DB clusters first.",
            )
    else:
        for member in world.members:
            name, member.global_cluster_identifier = member.global_cluster_identifier, None
            try:
                given = {"allow_major_version_upgrade": True}
                found = rds_members.upgrade(member.backend, member, given, target)
            finally:
                member.global_cluster_identifier = name
            member.engine_version, member.parameter_group = found["engine_version"], found["parameter_group"]
    world.engine_version = target


def _delete(self: Any) -> ActionResult:
    world = _find(self.backend, self.params["GlobalClusterIdentifier"])
    if world.deletion_protection:
        message = "Cannot delete protected Cluster, please disable deletion protection and try again."
        refuse("InvalidParameterCombination", message)
    if world.members:
        refuse("InvalidGlobalClusterStateFault", f"Global Cluster {world.arn} is not empty")
    del _all(self.backend)[world.global_cluster_identifier]
    world.status = "deleting"
    return ActionResult({"GlobalCluster": world})


def _remove(self: Any) -> ActionResult:
    world = _find(self.backend, self.params["GlobalClusterIdentifier"])
    cluster = cluster_of(self.backend, self.params["DbClusterIdentifier"])
    if cluster not in world.members:
        message = f"{cluster.arn} is not found in global cluster {world.global_cluster_identifier}"
        refuse("InvalidParameterValue", message)
    if cluster.is_writer and len(world.members) > 1:
        message = "The primary DB cluster can't be removed while the global cluster has secondary DB clusters."
        refuse("InvalidGlobalClusterStateFault", message)
    world.members.remove(cluster)
    cluster.global_cluster_identifier = None
    cluster.global_write_forwarding_status, cluster.is_writer = None, False
    return ActionResult({"GlobalCluster": world})


def _change_writer(self: Any) -> ActionResult:
    """Make a secondary cluster the writer. Without data, a failover that loses some is the same as a switchover."""
    world = _find(self.backend, self.params["GlobalClusterIdentifier"])
    target = cluster_of(self.backend, self.params["TargetDbClusterIdentifier"])
    if target not in world.members or target.is_writer:
        message = f"{target.arn} is not a secondary DB cluster of {world.global_cluster_identifier}."
        refuse("InvalidDBClusterStateFault", message)
    for member in world.members:
        member.is_writer = member is target
    return ActionResult({"GlobalCluster": world})
