"""Controls of DynamoDB tables that look at the stack around them."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.backup_plan import SELECTION, in_backup_plan
from policies.controls.dynamodb import TABLE
from policies.controls.exposure import is_foreign
from policies.controls.relations import any_naming, is_any, is_named, naming
from policies.controls.statement import statements
from policies.stack import Stack
from policies.values import Items, Resource, Unknown, opened
from stacks.leaving import Lifted

CONTROLS: Final = Controls()
control = CONTROLS.add
RESOURCE_POLICY: Final = "aws:dynamodb/resourcePolicy:ResourcePolicy"
INDEX: Final = "aws:dynamodb/globalSecondaryIndex:GlobalSecondaryIndex"
TARGET: Final = "aws:appautoscaling/target:Target"
POLICY: Final = "aws:appautoscaling/policy:Policy"
VPC: Final = "aws:ec2/vpc:Vpc"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_ROUTES: Final = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
_ARN_PARTS: Final = 6
_SERVICE: Final = re.compile(r"com\.amazonaws\.[^.]+\.dynamodb")
WAYS: Final = ("ReadCapacityUnits", "WriteCapacityUnits")


def is_on_demand(table: Resource) -> bool:
    """Say whether a table is paid per request; AWS: what is not written is provisioned."""
    return table.text("billingMode") == "PAY_PER_REQUEST"


def follows_load(table: Resource, stack: Stack, index: str = "", *, indexes: int = 1) -> bool:
    """
    Say whether reads and writes of a table, or of one of its *indexes* indexes, have a target that a policy drives.

    Raises:
        CannotTellError: there is none for sure, but one may be.

    """
    kind = "index" if index else "table"
    return all(_is_driven(table, index, f"dynamodb:{kind}:{way}", stack, needed=indexes) for way in WAYS)


def indexes_of(table: Resource, stack: Stack) -> Sequence[str]:
    """Give the names of a table's indexes, those inside it and those beside it."""
    if not isinstance(table.get("globalSecondaryIndexes"), Items | None):
        return ["?"]  # nobody knows which they are, so nothing drives them
    inside = [one.text("name") for one in table.records("globalSecondaryIndexes")]
    return sorted({*inside, *(one.text("indexName") for one in naming(stack, INDEX, "tableName", table))})


def _is_driven(table: Resource, index: str, dimension: str, stack: Stack, *, needed: int) -> bool:
    tail = f"/index/{index}" if index else ""
    blurred: list[Resource] = []

    def drives(target: Resource) -> bool:
        if target.text("scalableDimension") != dimension or not _has_policy(target, table, stack):
            return False
        if not target.is_unknown("resourceId"):
            return target.text("resourceId").endswith(tail)
        if not (template := _template(target)):
            # An id made of a name that is not known yet has lost the index in it: then each index needs a target.
            blurred.append(target)
            return len(blurred) >= needed
        return template.endswith(tail) if index else "/index/" not in template

    ids = () if table.is_unknown("name") or not table.text("name") else (f"table/{table.text('name')}{tail}",)
    return any_naming(stack, TARGET, "resourceId", table, drives, texts=ids)


def _template(target: Resource) -> str:
    """Give an id as it was written, with references in it; "" where only the engine knows how it is made."""
    raw = opened(target.raw("resourceId"))
    return raw.template if isinstance(raw, Unknown) else ""


def _has_policy(target: Resource, table: Resource, stack: Stack) -> bool:
    """Say whether a policy is about the resource and the dimension of a target of a table."""
    ids = () if target.is_unknown("resourceId") else (target.text("resourceId"),)

    def agrees(policy: Resource) -> bool:
        return all(_agree(policy, target, key) for key in ("resourceId", "scalableDimension"))

    return is_any(
        (target, table),
        lambda one: any_naming(stack, POLICY, "resourceId", one, agrees, texts=ids, clear=(TARGET, TABLE)),
    )


def _agree(policy: Resource, target: Resource, key: str) -> bool:
    """Say whether a policy and a target say the same: it comes from the target, or from the same place."""
    references = policy.references(key)
    if is_named(references, target):
        return True
    if policy.is_unknown(key) and references:
        mine, its = opened(policy.raw(key)), opened(target.raw(key))
        same = {(one.type, one.name) for one in references} == {(one.type, one.name) for one in target.references(key)}
        return same and isinstance(mine, Unknown) and isinstance(its, Unknown) and mine.template == its.template
    return bool(policy.text(key)) and policy.text(key) == target.text(key)


def _scaling(resource_id: str, kind: str = "table", ways: Sequence[str] = WAYS) -> list[Mapping[str, Any]]:
    """Write an example: targets and policies of a table or an index."""
    found: list[Mapping[str, Any]] = []
    for way in ways:
        name, same = f"{kind}-{way}", {"resourceId": resource_id, "scalableDimension": f"dynamodb:{kind}:{way}"}
        target = f"ref:{TARGET}::{name}"
        found.append({"type": TARGET, "name": name, "inputs": same})
        by_reference = {key: f"{target}::{key}" for key in same}
        found.append({"type": POLICY, "name": name, "inputs": same if kind == "table" else by_reference})
    return found


def _table(**inputs: Any) -> Mapping[str, Any]:
    return {"type": TABLE, "name": "orders", "inputs": {"name": "orders", "billingMode": "PROVISIONED", **inputs}}


_INSIDE: Final = _table(globalSecondaryIndexes=[{"name": "by-day"}])
_BESIDE: Final = {
    "type": INDEX,
    "name": "orders-by-day",
    "inputs": {"tableName": f"ref:{TABLE}::orders::name", "indexName": "by-day"},
}
_BY_REFERENCE: Final = f"table/ref:{TABLE}::orders::name"
_OF_TABLE: Final = _scaling("table/orders")
_OF_INDEX: Final = _scaling("table/orders/index/by-day", "index")


@control(
    TABLE,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    lifted=Lifted.SCALING,
    good=[
        {"billingMode": "PAY_PER_REQUEST"},
        [_table(), *_OF_TABLE],
        [_table(name=None), *_scaling(_BY_REFERENCE)],
        [_INSIDE, *_OF_TABLE, *_OF_INDEX],
        [_table(), _BESIDE, *_OF_TABLE, *_scaling(f"{_BY_REFERENCE}/index/by-day", "index")],
    ],
    bad=[
        {},
        {"billingMode": "PROVISIONED"},
        {"billingMode": ["PAY_PER_REQUEST"]},
        [_table(), *_scaling("table/others")],
        [_table(), *_scaling("table/orders", ways=WAYS[:1])],
        [_table(), *(one for one in _OF_TABLE if one["type"] == TARGET)],
        [_INSIDE, *_OF_TABLE],
        [_INSIDE, *_OF_TABLE, *_scaling("table/orders/index/by-week", "index")],
        [_table(), _BESIDE, *_OF_TABLE],
        [_table(), _BESIDE, *_OF_TABLE, *_scaling(f"{_BY_REFERENCE}/index/by-week", "index")],
    ],
)
def dynamodb_autoscaling(table: Resource, stack: Stack) -> bool:
    """DynamoDB tables and their indexes must follow the load: add a scaling Target and Policy, or pay per request."""
    if is_on_demand(table):
        return True
    if not follows_load(table, stack):
        return False
    indexes = indexes_of(table, stack)
    return all(follows_load(table, stack, index, indexes=len(indexes)) for index in indexes)


@control(
    INDEX,
    group=Group.RESILIENCE,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    lifted=Lifted.SCALING,
    good=[
        [_table(), _BESIDE, *_OF_INDEX],
        [_table(billingMode="PAY_PER_REQUEST"), _BESIDE],
        [
            {**_BESIDE, "inputs": {"tableName": "elsewhere", "indexName": "by-day"}},
            _table(billingMode="PAY_PER_REQUEST"),
        ],
    ],
    bad=[
        [_table(), _BESIDE],
        [_table(billingMode=None), _BESIDE],
        [_table(), _BESIDE, *_OF_TABLE],
        [_table(), _BESIDE, *_scaling("table/orders/index/by-day", "index", WAYS[1:])],
        [_table(), {**_BESIDE, "inputs": {"tableName": "orders"}}, *_OF_INDEX],
    ],
)
def dynamodb_gsi_autoscaling(index: Resource, stack: Stack) -> bool:
    """Indexes of provisioned DynamoDB tables must follow the load: add a scaling Target and Policy of each."""
    tables = stack.related(index, "tableName", TABLE)
    return all(
        is_on_demand(table)
        or (
            bool(index.text("indexName"))
            and follows_load(table, stack, index.text("indexName"), indexes=len(indexes_of(table, stack)))
        )
        for table in tables
    )


def _selection(**inputs: Any) -> Mapping[str, Any]:
    return {"type": SELECTION, "name": "stores", "inputs": inputs}


_TAGGED: Final = _table(tags={"backup": "daily"})


@control(
    TABLE,
    group=Group.BACKUPS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        [_table(), _selection(resources=[f"ref:{TABLE}::orders::arn"])],
        [_table(), _selection(resources=["*"])],
        [_table(), _selection(resources=["arn:aws:dynamodb:*:*:table/ord*"])],
        [_TAGGED, _selection(selectionTags=[{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}])],
        [
            _TAGGED,
            _selection(
                resources=["*"],
                conditions={"stringEquals": [{"key": "aws:ResourceTag/backup", "value": "daily"}]},
            ),
        ],
    ],
    bad=[
        {},
        [_table(), _selection()],
        [_table(), _selection(resources="*")],
        [_table(), _selection(resources=[f"ref:{TABLE}::others::arn"])],
        [_table(), _selection(resources=["arn:aws:rds:*:*:db:*"])],
        [_table(), _selection(resources=["arn:aws:dynamodb:eu-west-1:111122223333:table/order"])],
        [_table(), _selection(resources=["*"], notResources=["arn:aws:dynamodb:*:*:table/orders"])],
        [_table(), _selection(selectionTags=[{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}])],
        [
            _table(tags={"backup": "weekly"}),
            _selection(
                resources=["*"],
                conditions={"stringEquals": [{"key": "aws:ResourceTag/backup", "value": "daily"}]},
            ),
        ],
    ],
)
def dynamodb_in_backup_plan(table: Resource, stack: Stack) -> bool:
    """DynamoDB tables must be in a backup plan: let a backup Selection match their ARN or tags."""
    return in_backup_plan(table, stack)


_VPC: Final = {"type": VPC, "name": "network", "inputs": {}}


def _endpoint(**inputs: Any) -> Mapping[str, Any]:
    return {
        "type": ENDPOINT,
        "name": "dynamodb",
        "inputs": {"vpcId": f"ref:{VPC}::network::id", "serviceName": "com.amazonaws.eu-west-1.dynamodb", **inputs},
    }


_ROUTED: Final = {"routeTableIds": ["ref:aws:ec2/routeTable:RouteTable::private::id"]}


def has_own_network(table: Resource, stack: Stack) -> bool:  # noqa: ARG001  any table is reached from it
    """Leave out stacks whose network is given by id: its endpoints are its owner's."""
    return bool(stack.of(VPC))


@control(
    TABLE,
    group=Group.NETWORK,
    severity=Severity.LOW,
    scope=Scope.STACK,
    when=has_own_network,
    good=[
        [_table(), _VPC, _endpoint(**_ROUTED)],
        [
            _table(),
            _VPC,
            _endpoint(),
            {
                "type": ENDPOINT_ROUTES,
                "name": "private",
                "inputs": {"vpcEndpointId": f"ref:{ENDPOINT}::dynamodb::id", "routeTableId": "rtb-1"},
            },
        ],
    ],
    bad=[
        [_table(), _VPC],
        [_table(), _VPC, _endpoint()],
        [_table(), _VPC, _endpoint(routeTableIds=[])],
        [_table(), _VPC, _endpoint(**_ROUTED, serviceName="com.amazonaws.eu-west-1.s3")],
        [_table(), _VPC, _endpoint(**_ROUTED, serviceName=None)],
        [_table(), _VPC, _endpoint(**_ROUTED, vpcId=f"ref:{VPC}::other::id")],
    ],
    skipped=[{}],
)
def dynamodb_vpc_endpoint(table: Resource, stack: Stack) -> bool:  # noqa: ARG001  it is what needs one
    """Networks of DynamoDB tables must reach them privately: add a gateway VpcEndpoint with route_table_ids."""
    return all(any_naming(stack, ENDPOINT, "vpcId", vpc, lambda one: _is_gateway(one, stack)) for vpc in stack.of(VPC))


def _is_gateway(endpoint: Resource, stack: Stack) -> bool:
    """Say whether an endpoint leads to DynamoDB from a route table."""
    if not _SERVICE.fullmatch(endpoint.text("serviceName")) or endpoint.get("vpcEndpointType", "Gateway") != "Gateway":
        return False
    return is_any(
        (
            lambda: endpoint.lists("routeTableIds"),
            lambda: any_naming(stack, ENDPOINT_ROUTES, "vpcEndpointId", endpoint),
        ),
        lambda way: way(),
    )


_TABLE_ARN: Final = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"


def _policy(*allowed: str) -> dict[str, str]:
    """Write an example: a policy that allows these principals to read the table."""
    readers = ", ".join(f'{{"Effect": "Allow", "Principal": {one}, "Action": "dynamodb:Query"}}' for one in allowed)
    return {"resourceArn": _TABLE_ARN, "policy": f'{{"Statement": [{readers}]}}'}


@control(
    RESOURCE_POLICY,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    good=[
        _policy('{"AWS": "arn:aws:iam::111122223333:role/reader"}'),
        _policy('{"AWS": ["111122223333"]}', '{"Service": "lambda.amazonaws.com"}'),
        _policy('"*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}'),
        {"policy": '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*"}}'},
    ],
    bad=[
        _policy('{"AWS": "arn:aws:iam::444455556666:role/reader"}'),
        _policy('"*"'),
        _policy('{"AWS": "arn:aws:iam::*:root"}'),
        _policy('{"AWS": "*"}, "Condition": {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}'),
        _policy('"111122223333", "NotPrincipal": {"AWS": "444455556666"}'),
        {**_policy('{"AWS": ["111122223333", "444455556666"]}'), "resourceArn": None},
        {"resourceArn": _TABLE_ARN},
        {"resourceArn": _TABLE_ARN, "policy": "no document"},
    ],
)
def dynamodb_no_cross_account(policy: Resource, stack: Stack) -> bool:
    """Policies of DynamoDB tables must give other accounts nothing: set policy with principals of this account only."""
    if not policy.is_unknown("policy") and not policy.get("policy"):
        return False
    # A table's ARN says whose it is, where the stack's own account is not known.
    own = stack.account or ("" if policy.is_unknown("resourceArn") else _account_in(policy.text("resourceArn")))
    return not is_foreign(statements(policy, "policy"), own)


def _account_in(arn: str) -> str:
    parts = arn.split(":", _ARN_PARTS - 1)
    account = parts[4] if len(parts) == _ARN_PARTS else ""
    return account if account.isdecimal() else ""
