"""PostgreSQL restored beside itself: an RDS instance, or an Aurora cluster with one member, as of the latest time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from drills.report import Check
from drills.scratch import Order, alike, listed

Client = Callable[[str], Any]
Look = Callable[[str], Iterator[Check]]
"""Given the host name of a restored database, asks it what it is to be asked."""


class InstanceCopy:
    """An RDS instance; nobody outside its network reaches it, and it has no standby."""

    def __init__(self, client: Client, order: Order, look: Look) -> None:
        self._rds, self._order, self._look = client("rds"), order, look
        self._original = instance(self._rds, order.source.id)

    def begin(self) -> None:
        """Restore to the latest time, with the source's network, key (which AWS takes) and parameters."""
        original = self._original
        self._rds.restore_db_instance_to_point_in_time(
            SourceDBInstanceIdentifier=self._order.source.id,
            TargetDBInstanceIdentifier=self._order.scratch.id,
            UseLatestRestorableTime=True,
            DBInstanceClass=original["DBInstanceClass"],
            DBSubnetGroupName=original["DBSubnetGroup"]["DBSubnetGroupName"],
            VpcSecurityGroupIds=_groups(original),
            DBParameterGroupName=_parameters(original),
            EnableIAMDatabaseAuthentication=original.get("IAMDatabaseAuthenticationEnabled", False),
            MultiAZ=False,
            PubliclyAccessible=False,
            DeletionProtection=False,
            AutoMinorVersionUpgrade=False,
            CopyTagsToSnapshot=False,
            Tags=listed(self._order.tags),
        )

    def ready(self) -> bool:
        """Say whether it is available."""
        return instance(self._rds, self._order.scratch.id)["DBInstanceStatus"] == "available"

    def checks(self) -> Iterator[Check]:
        """Compare settings, then ask the database."""
        copy = instance(self._rds, self._order.scratch.id)
        yield from alike({**_instance_facts(self._original), "public access": False}, _instance_facts(copy))
        yield from self._look(copy["Endpoint"]["Address"])

    def put_back(self) -> Sequence[str]:
        """Name what a real restore has to put back."""
        original = self._original
        wanted = {
            "tags": original.get("TagList"),
            "deletion protection": original.get("DeletionProtection"),
            "standby in another zone": original.get("MultiAZ"),
            "read replicas": original.get("ReadReplicaDBInstanceIdentifiers"),
        }
        return [name for name, there in wanted.items() if there]


class ClusterCopy:
    """An Aurora cluster with one member, as a restored cluster has none."""

    def __init__(self, client: Client, order: Order, look: Look) -> None:
        self._rds, self._order, self._look = client("rds"), order, look
        self._original = cluster(self._rds, order.source.id)

    def begin(self) -> None:
        """Restore the storage to the latest time; the member follows when that is there."""
        original = self._original
        scaling = original.get("ServerlessV2ScalingConfiguration")
        self._rds.restore_db_cluster_to_point_in_time(
            SourceDBClusterIdentifier=self._order.source.id,
            DBClusterIdentifier=self._order.scratch.id,
            UseLatestRestorableTime=True,
            DBSubnetGroupName=original["DBSubnetGroup"],
            VpcSecurityGroupIds=_groups(original),
            DBClusterParameterGroupName=original["DBClusterParameterGroup"],
            EnableIAMDatabaseAuthentication=original.get("IAMDatabaseAuthenticationEnabled", False),
            DeletionProtection=False,
            CopyTagsToSnapshot=False,
            Tags=listed(self._order.tags),
            **({"ServerlessV2ScalingConfiguration": _bounds(scaling)} if scaling else {}),
        )

    def ready(self) -> bool:
        """Make the member once the cluster is available; say whether both are."""
        copy = cluster(self._rds, self._order.scratch.id)
        if copy["Status"] != "available":
            return False
        members = copy.get("DBClusterMembers", ())
        if not members:
            self._add_member()
            return False
        return all(self._available(one["DBInstanceIdentifier"]) for one in members)

    def _available(self, name: str) -> bool:
        return instance(self._rds, name)["DBInstanceStatus"] == "available"

    def _add_member(self) -> None:
        writer = next(one for one in self._original["DBClusterMembers"] if one["IsClusterWriter"])
        original = instance(self._rds, writer["DBInstanceIdentifier"])
        self._rds.create_db_instance(
            DBInstanceIdentifier=self._order.scratch.id,
            DBClusterIdentifier=self._order.scratch.id,
            Engine=original["Engine"],
            DBInstanceClass=original["DBInstanceClass"],
            DBParameterGroupName=_parameters(original),
            PubliclyAccessible=False,
            AutoMinorVersionUpgrade=False,
            Tags=listed(self._order.tags),
        )

    def checks(self) -> Iterator[Check]:
        """Compare settings, of the member too that nobody reaches it; then ask the database."""
        copy = cluster(self._rds, self._order.scratch.id)
        (member,) = (instance(self._rds, one["DBInstanceIdentifier"]) for one in copy["DBClusterMembers"])
        public = {"public access": member.get("PubliclyAccessible", False)}
        yield from alike({**_cluster_facts(self._original), "public access": False}, {**_cluster_facts(copy), **public})
        yield from self._look(copy["Endpoint"])

    def put_back(self) -> Sequence[str]:
        """Name what a real restore has to put back."""
        original = self._original
        wanted = {
            "tags": original.get("TagList"),
            "deletion protection": original.get("DeletionProtection"),
            "readers": len(original.get("DBClusterMembers", ())) > 1,
        }
        return [name for name, there in wanted.items() if there]


def instance(rds: Any, name: str) -> Mapping[str, Any]:
    """Describe a DB instance; raises ClientError."""
    (found,) = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return found


def cluster(rds: Any, name: str) -> Mapping[str, Any]:
    """Describe a DB cluster; raises ClientError."""
    (found,) = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return found


def _instance_facts(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "engine version": one["EngineVersion"],
        "encryption": one.get("StorageEncrypted", False),
        "key": one.get("KmsKeyId"),
        "class": one["DBInstanceClass"],
        "storage": one["AllocatedStorage"],
        "storage type": one.get("StorageType"),
        "administrator": one["MasterUsername"],
        "parameter group": _parameters(one),
        "subnet group": one["DBSubnetGroup"]["DBSubnetGroupName"],
        "security groups": _groups(one),
        "login by IAM": one.get("IAMDatabaseAuthenticationEnabled", False),
        "public access": one.get("PubliclyAccessible", False),
    }


def _cluster_facts(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "engine version": one["EngineVersion"],
        "encryption": one.get("StorageEncrypted", False),
        "key": one.get("KmsKeyId"),
        "administrator": one["MasterUsername"],
        "parameter group": one["DBClusterParameterGroup"],
        "subnet group": one["DBSubnetGroup"],
        "security groups": _groups(one),
        "login by IAM": one.get("IAMDatabaseAuthenticationEnabled", False),
    }


def _groups(one: Mapping[str, Any]) -> list[str]:
    return sorted(group["VpcSecurityGroupId"] for group in one.get("VpcSecurityGroups", ()))


def _parameters(one: Mapping[str, Any]) -> str:
    return one["DBParameterGroups"][0]["DBParameterGroupName"]


def _bounds(scaling: Mapping[str, Any]) -> dict[str, Any]:
    known = ("MinCapacity", "MaxCapacity", "SecondsUntilAutoPause")
    return {key: scaling[key] for key in known if key in scaling}
