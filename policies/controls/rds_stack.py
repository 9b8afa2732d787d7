"""Controls of RDS instances that look at the resources around them."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.backup_plan import SELECTION, in_backup_plan
from policies.controls.customer_key import is_customer_key
from policies.controls.parameter_group import forces_ssl, with_parameters
from policies.controls.rds_relations import PARAMETERS, inherited, lineage, parameter_groups
from policies.controls.relational import CLUSTER, INSTANCE, is_postgres, is_primary, is_replica
from policies.controls.relations import is_any
from policies.controls.subnet_routes import has_public_subnet, has_subnets_here, subnets_example
from policies.stack import Stack
from policies.values import CannotTellError, Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
SUBNETS: Final = "aws:rds/subnetGroup:SubnetGroup"


def _group(**parameters: str) -> dict[str, Any]:
    return {"type": PARAMETERS, "name": "pg", "inputs": with_parameters(**parameters)}


def _db(name: str = "db", **inputs: Any) -> dict[str, Any]:
    return {"type": INSTANCE, "name": name, "inputs": inputs}


def _replica(**inputs: Any) -> dict[str, Any]:
    return _db("replica", replicateSourceDb=f"ref:{INSTANCE}::db::identifier", **inputs)


_TLS: Final = _group(rds__force_ssl="1")
_NO_TLS: Final = _group(rds__force_ssl="0")
_USER: Final = _db(parameterGroupName=f"ref:{PARAMETERS}::pg::name")


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_postgres,
    good=[
        [_USER, _TLS],
        [_db(parameterGroupName="orders", engine="postgres"), _TLS],
        [_USER, _replica(), _TLS],
        [_USER, {**_TLS, "inputs": {"parameters": [{"name": "rds.force_ssl", "value": 1}]}}],
    ],
    # The default group of PostgreSQL 15 and later forces TLS without saying so; that of 14 does not.
    bad=[
        [_USER, _NO_TLS],
        [_USER, {**_TLS, "inputs": {}}],
        [_db(), _TLS],
        [_db(parameterGroupName=["orders"]), _TLS],
        [_USER, _replica(), _NO_TLS],
        [_USER, {**_TLS, "inputs": {"parameters": {"rds.force_ssl": "1"}}}],
        [_USER, {**_TLS, "inputs": {"parameters": ["rds.force_ssl", {"name": "rds.force_ssl", "value": True}]}}],
    ],
    skipped=[[_db(engine="mysql")]],
)
def rds_force_ssl(db: Resource, stack: Stack) -> bool:
    """RDS instances must refuse connections without TLS: set rds.force_ssl=1 in the group of parameter_group_name."""
    groups = parameter_groups(db, stack)
    return bool(groups) and all(forces_ssl(group) for group in groups)


def _selection(**inputs: Any) -> dict[str, Any]:
    return {"type": SELECTION, "name": "daily", "inputs": inputs}


_BY_TAG: Final = {"selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]}


@control(
    INSTANCE,
    group=Group.BACKUPS,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_primary,
    good=[
        [_db(), _selection(resources=[f"ref:{INSTANCE}::db::arn"])],
        [_db(), _selection(resources=["*"])],
        [_db(identifier="orders"), _selection(resources=["arn:aws:rds:*:*:db:*"])],
        [_db(tags={"backup": "daily"}), _selection(**_BY_TAG)],
    ],
    bad=[
        [_db()],
        [_db(), _selection(resources=["arn:aws:dynamodb:*:*:table/*"])],
        [_db(), _selection(resources=["*"], notResources=[f"ref:{INSTANCE}::db::arn"])],
        [_db(tags={"backup": "no"}), _selection(**_BY_TAG)],
        [_db(tags="daily"), _selection(**_BY_TAG)],
    ],
    skipped=[[_db(replicateSourceDb="primary"), _selection(resources=[])]],
)
def rds_in_backup_plan(db: Resource, stack: Stack) -> bool:
    """RDS instances must be copied by AWS Backup: add them to a backup.Selection, by ARN or by tag."""
    return in_backup_plan(db, stack)


_PLACED: Final = _db(dbSubnetGroupName=f"ref:{SUBNETS}::orders::name")


def is_in_own_subnets(db: Resource, stack: Stack) -> bool:
    """Leave out databases in a network that is given by id: its routes are its owner's."""
    return is_any(inherited(db, "dbSubnetGroupName", SUBNETS, stack), lambda group: has_subnets_here(group, stack))


@control(
    INSTANCE,
    CLUSTER,
    group=Group.NETWORK,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_in_own_subnets,
    good=[
        [_PLACED, *subnets_example(SUBNETS, public=False)],
        [_PLACED, _replica(), *subnets_example(SUBNETS, public=False, beside=True)],
    ],
    bad=[
        [_PLACED, *subnets_example(SUBNETS, public=True)],
        [_PLACED, *subnets_example(SUBNETS, public=True, beside=True)],
        [_PLACED, _replica(), *subnets_example(SUBNETS, public=True)],
        [{**_db(dbSubnetGroupName="orders"), "type": CLUSTER}, *subnets_example(SUBNETS, public=True)],
    ],
    skipped=[
        [_db(dbSubnetGroupName="elsewhere"), *subnets_example(SUBNETS, public=True)],
        [_PLACED, {"type": SUBNETS, "name": "orders", "inputs": {"subnetIds": ["subnet-1", "subnet-2"]}}],
        [_db()],
    ],
)
def rds_not_in_public_subnet(db: Resource, stack: Stack) -> bool:
    """RDS databases must be in private subnets: choose those without a route to an internet gateway."""
    return not is_any(inherited(db, "dbSubnetGroupName", SUBNETS, stack), lambda group: has_public_subnet(group, stack))


def is_read_replica(db: Resource) -> bool:
    """Leave out what is no read replica: it has no source."""
    return is_replica(db)


_KEY: Final = "arn:aws:kms:eu-west-1:1:key/k"
_SOURCE: Final = _db(storageEncrypted=True, kmsKeyId=_KEY, dbSubnetGroupName="private")
_MADE: Final = {"identifier": "shop-ref:random:index/randomId:RandomId::suffix::hex"}
_ABROAD: Final = {"replicateSourceDb": "arn:aws:rds:eu-west-2:1:db:orders"}


@control(
    INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.HIGH,
    scope=Scope.STACK,
    when=is_read_replica,
    good=[
        [_SOURCE, _replica()],
        [_SOURCE, _replica(storageEncrypted=True, publiclyAccessible=False, dbSubnetGroupName="private")],
        [_SOURCE, _replica(kmsKeyId="ref:aws:kms/key:Key::other::arn")],
        [_db(), _replica(storageEncrypted=False)],
        # A source by the name that the program made for it, which only the deployment will know.
        [_db(**_MADE, storageEncrypted=True), _db("replica", replicateSourceDb=_MADE["identifier"])],
        [_db(**_ABROAD, storageEncrypted=True, kmsKeyId=_KEY)],
    ],
    bad=[
        [_SOURCE, _replica(publiclyAccessible=True)],
        [_SOURCE, _replica(publiclyAccessible="false")],
        [_SOURCE, _replica(storageEncrypted=False)],
        [_SOURCE, _replica(kmsKeyId="alias/aws/rds")],
        [_SOURCE, _replica(dbSubnetGroupName="default")],
        [_SOURCE, _replica(dbSubnetGroupName="orders"), *subnets_example(SUBNETS, public=True)],
        [_db(**_ABROAD, storageEncrypted=False)],
    ],
    skipped=[[_db()], [_db(replicateSourceDb="")]],
)
def rds_replica_inherits(db: Resource, stack: Stack) -> bool:
    """Read replicas must be as safe as their source: leave encryption and subnets to it, and stay private."""
    if db.get("publiclyAccessible", False) is not False or db.get("dbSubnetGroupName") == "default":
        return False
    if any(has_public_subnet(group, stack) for group in stack.related(db, "dbSubnetGroupName", SUBNETS)):
        return False
    return _is_encrypted_alike(db, stack)


def _is_encrypted_alike(db: Resource, stack: Stack) -> bool:
    *_, origin = lineage(db, stack)
    if is_replica(origin):  # its source is in another stack: what the replica says itself must do
        if "storageEncrypted" not in db:
            raise CannotTellError("replicateSourceDb")
        return db["storageEncrypted"] is True
    if origin.get("storageEncrypted") is True and db.get("storageEncrypted", True) is not True:
        return False
    # A key of its own is for another region; it may not be a lesser one.
    return "kmsKeyId" not in db or is_customer_key(db, "kmsKeyId") or not is_customer_key(origin, "kmsKeyId")
