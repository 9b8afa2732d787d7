"""The budget of a stack: AWS warns before and at what a month may cost."""

from dataclasses import dataclass
from decimal import Decimal

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output, ResourceOptions


@dataclass(frozen=True, kw_only=True, slots=True)
class BudgetArgs:
    """What the caller decides about a budget."""

    prefix: str
    """Its name, such as `clubapp-dev`."""
    monthly: Decimal
    """USD a month."""
    tags: dict[str, str]
    """What counts: all that has one of these tags, once they are cost allocation tags in the billing account."""
    topic_arn: Input[str]
    email: str | None


class Budget(pulumi.ComponentResource):
    """A monthly cost budget that warns at 80 % spent, when 100 % is forecast, and at 100 % spent."""

    def __init__(self, name: str, args: BudgetArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("datastores:components:Budget", name, {}, opts)
        aws.budgets.Budget(
            f"{name}-monthly",
            name=args.prefix,
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=format(args.monthly, "f"),
            limit_unit="USD",
            # One filter: AWS has one of a name, and gives two back as one.
            cost_filters=[
                {"name": "TagKeyValue", "values": [f"user:{tag}${value}" for tag, value in args.tags.items()]}
            ],
            notifications=[
                {
                    "comparison_operator": "GREATER_THAN",
                    "threshold": threshold,
                    "threshold_type": "PERCENTAGE",
                    "notification_type": kind,
                    "subscriber_sns_topic_arns": [Output.from_input(args.topic_arn)],
                    "subscriber_email_addresses": [args.email] if args.email else [],
                }
                for threshold, kind in ((80, "ACTUAL"), (100, "FORECASTED"), (100, "ACTUAL"))
            ],
            opts=ResourceOptions(parent=self),
        )
        self.register_outputs({})
