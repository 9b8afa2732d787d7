"""Plans whose first update changes storage, which AWS limits."""

from dataclasses import replace

from tests.upgrades.change import edit
from upgrades.plan import Plan
from upgrades.plan_changes import changed


def with_storage(plan: Plan) -> Plan:
    """Let the first update change the storage of `main`."""
    instance = "aws:rds/instance:Instance"
    storage = edit("allocatedStorage", 20, 50, type=instance, name="main-primary", was={}, will={})
    first, *rest = plan.ups
    return replace(plan, ups=(replace(first, changes=tuple(changed([storage]))), *rest))
