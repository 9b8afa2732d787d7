"""Controls of budgets."""

from typing import Any, Final

from policies.control import Controls, Group, Scope, Severity
from policies.controls.relations import is_any
from policies.stack import Stack
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
BUDGET: Final = "aws:budgets/budget:Budget"
TABLE: Final = "aws:dynamodb/table:Table"
INSTANCE: Final = "aws:rds/instance:Instance"
STORES: Final = (
    TABLE,
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:elasticache/serverlessCache:ServerlessCache",
    "aws:rds/cluster:Cluster",
    INSTANCE,
    "mongodbatlas:index/advancedCluster:AdvancedCluster",
)


def is_store(resource: Resource) -> bool:
    """Leave out read replicas: their source is judged."""
    return not resource.is_unknown("replicateSourceDb") and not resource.get("replicateSourceDb")


def _with(**inputs: Any) -> list[dict[str, Any]]:
    """Give a store, and a budget beside it."""
    return [{"type": TABLE, "name": "t", "inputs": {}}, {"type": BUDGET, "name": "b", "inputs": inputs}]


@control(
    *STORES,
    group=Group.COST,
    severity=Severity.MEDIUM,
    scope=Scope.STACK,
    on_stack=True,
    when=is_store,
    good=[_with(budgetType="COST", limitAmount="500", timeUnit="MONTHLY"), _with(budgetType="cost")],
    bad=[{}, _with(budgetType="USAGE"), _with(), _with(budgetType=7)],
    skipped=[[{"type": INSTANCE, "name": "r", "inputs": {"replicateSourceDb": "main"}}]],
)
def budget_present(_: Resource, stack: Stack) -> bool:
    """Stacks with a store must have a budget: make a Budget with budget_type="COST"."""
    return is_any(stack.of(BUDGET), lambda budget: budget.text("budgetType").upper() == "COST")
