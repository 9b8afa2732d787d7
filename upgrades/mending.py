"""What an update left half-known when it was killed, or when an answer was lost: looked at before it goes on."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from upgrades.cloud import INSTANCE, Cloud
from upgrades.engine import CREATING, Engine, Pending, State

# What an import takes, from the registry pages of pulumi-aws 7.51: a separator, and the inputs that it is put between.
# Of types that are not here, AWS makes up the id, or another one of the same name is made as if it were the first.
IDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": ("", ("name",)),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": (":", ("name", "restoreTestingPlanName")),
    "aws:backup/vault:Vault": ("", ("name",)),
    "aws:cloudwatch/logGroup:LogGroup": ("", ("name",)),
    "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex": (",", ("tableName", "indexName")),
    "aws:dynamodb/table:Table": ("", ("name",)),
    "aws:elasticache/parameterGroup:ParameterGroup": ("", ("name",)),
    "aws:elasticache/replicationGroup:ReplicationGroup": ("", ("replicationGroupId",)),
    "aws:elasticache/serverlessCache:ServerlessCache": ("", ("name",)),
    "aws:elasticache/subnetGroup:SubnetGroup": ("", ("name",)),
    "aws:elasticache/user:User": ("", ("userId",)),
    "aws:elasticache/userGroup:UserGroup": ("", ("userGroupId",)),
    "aws:iam/role:Role": ("", ("name",)),
    "aws:kms/alias:Alias": ("", ("name",)),
    "aws:rds/cluster:Cluster": ("", ("clusterIdentifier",)),
    "aws:rds/clusterInstance:ClusterInstance": ("", ("identifier",)),
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": ("", ("name",)),
    "aws:rds/eventSubscription:EventSubscription": ("", ("name",)),
    "aws:rds/globalCluster:GlobalCluster": ("", ("globalClusterIdentifier",)),
    "aws:rds/parameterGroup:ParameterGroup": ("", ("name",)),
    "aws:rds/proxy:Proxy": ("", ("name",)),
    "aws:rds/subnetGroup:SubnetGroup": ("", ("name",)),
    "aws:s3/bucket:Bucket": ("", ("bucket",)),
    "aws:scheduler/schedule:Schedule": ("/", ("groupName", "name")),
    "mongodbatlas:index/advancedCluster:AdvancedCluster": ("-", ("projectId", "name")),
}
# Likewise: name of the proxy, of the group, type of the target and its name, with a slash between each.
_TARGET: Final = "aws:rds/proxyTarget:ProxyTarget"
_TARGET_TYPES: Final = {"dbInstanceIdentifier": "RDS_INSTANCE", "dbClusterIdentifier": "TRACKED_CLUSTER"}


def mend(engine: Engine, cloud: Cloud, state: State, say: Callable[[str], None]) -> None:
    """
    Let the state say what is there: what was changed is read, what was made is taken up where its id can be known.

    Raises EngineError.
    """
    adopted: dict[str, str] = {}
    for one in state.pending:
        said = f"half-known: {one.name} ({one.type}) was {one.operation} when the last update was stopped"
        if one.operation == CREATING:
            if id_ := id_of(one, cloud):
                adopted[one.urn] = id_
            else:
                said += "; it is made again: if AWS has it already, that one belongs to nobody, and may be deleted"
        say(said)
    known = {one["urn"] for one in state.resources}
    engine.mend([one.urn for one in state.pending if one.urn in known and one.operation != CREATING], adopted)


def id_of(one: Pending, cloud: Cloud) -> str | None:
    """Give the id that a resource has if it was made; None: nobody can know it, or there is none."""
    if one.type == INSTANCE:
        return cloud.instance_id(str(one.inputs.get("identifier")))
    if one.type == _TARGET:
        return _target_id(one.inputs)
    separator, keys = IDS.get(one.type, ("", ()))
    values = [one.inputs.get(key) for key in keys]
    return separator.join(map(str, values)) if keys and all(values) else None


def _target_id(inputs: Mapping[str, Any]) -> str | None:
    """Give the id of what a proxy leads to; AWS registers no second one, so that it cannot be made again."""
    proxy, group = inputs.get("dbProxyName"), inputs.get("targetGroupName")
    for key, kind in _TARGET_TYPES.items():
        if proxy and group and (name := inputs.get(key)):
            return f"{proxy}/{group}/{kind}/{name}"
    return None
