"""CloudWatch and SNS: alarms, dashboards, logs, notifications."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from costs import assumed
from costs.amount import DAYS, Amount
from costs.charge import SHARED, Gap, Item, Kind
from costs.estimators.network import FLOW_LOG
from costs.estimators.postgres import home_of
from costs.stack import Resource, Stack, blocks, number, text

LOG_GROUP: Final = "aws:cloudwatch/logGroup:LogGroup"
SUBNET: Final = "aws:ec2/subnet:Subnet"
TOPIC: Final = "aws:sns/topic:Topic"
SUBSCRIPTION: Final = "aws:sns/topicSubscription:TopicSubscription"
SERVICE: Final = "cloudwatch"
FAST_SECONDS: Final = 60
"""An alarm that looks more often than this has the price of high resolution."""
VENDED: Final = "/aws/vendedlogs/"
"""What the names of log groups begin with that AWS's services deliver to."""


def alarm(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge an alarm for each metric that it looks at."""
    metrics = [query for query in blocks(one["inputs"], "metricQueries") if "metric" in query]
    fast = 0 < number(one, "period") < FAST_SECONDS
    home = home_of(one, stack, SERVICE)
    sku = "alarm-highres" if fast else "alarm-standard"
    yield home.charge(Kind.MONITORING, "alarms", sku, Amount.of(max(len(metrics), 1)), merges=True)


def composite(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge an alarm of alarms."""
    home = home_of(one, stack, SERVICE)
    yield home.charge(Kind.MONITORING, "composite alarms", "alarm-composite", Amount.of(1), merges=True)


def dashboard(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge a dashboard."""
    yield home_of(one, stack, SERVICE).charge(Kind.MONITORING, "dashboards", "dashboard", Amount.of(1), merges=True)


def metric(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge the metric that is made of log lines."""
    home = home_of(one, stack, SERVICE)
    yield home.charge(Kind.MONITORING, "metrics of logs", "custom-metric", Amount.of(1), merges=True)


def log_group(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge what goes into a log group, and what it holds."""
    home = home_of(one, stack, SERVICE)
    flows = _flows_into(one, stack)
    ingest, held = ("flowLogGib", "flowLogHeldGib") if flows else ("logGib", "logHeldGib")
    default, why = Amount.about(assumed.LOG_GIB), "a quiet log"
    if flows:
        subnets = sum(stack.region_of(subnet) == home.region for subnet in stack.of(SUBNET))
        default, why = Amount.about(assumed.FLOW_LOG_GIB * max(subnets, 1)), "1 GiB for each subnet"
    taken = stack.usage.or_assumed(home.store, ingest, default, why)
    vended = flows or str(one["inputs"].get("name", "")).startswith(VENDED)
    sku = "log-ingest-vended" if vended else "log-ingest"
    yield home.charge(Kind.MONITORING, "logs taken in", sku, taken.amount, taken, merges=True)
    days = number(one, "retentionInDays")
    if not days:
        yield Gap(
            store=home.store,
            resource=home.resource,
            needs="a number of days that it keeps: without one it grows for ever",
        )
        return
    months = max(days / DAYS, Decimal(1))
    kept = stack.usage.or_assumed(home.store, held, taken.amount * months, f"all of {days} days, not compressed")
    yield home.charge(Kind.MONITORING, "logs held", "log-storage", kept.amount, kept, merges=True)


def _flows_into(one: Resource, stack: Stack) -> bool:
    """Say whether a network's flow log goes into a log group."""
    return any(
        stack.region_of(flow) == stack.region_of(one)
        and (f"::{one['name']}::" in str(flow["inputs"].get("logDestination", "")) or one["name"] == f"{flow['name']}s")
        for flow in stack.of(FLOW_LOG)
    )


def topic(one: Resource, stack: Stack) -> Iterator[Item]:
    """Charge what a topic is given, and what it sends by mail."""
    home = home_of(one, stack, "sns")
    used = stack.usage.or_assumed(SHARED, "notifications", Amount.about(assumed.NOTIFICATIONS), "a quiet month")
    yield home.charge(
        Kind.MONITORING, "notifications", "publish", used.amount.each(lambda sent: sent / 1_000_000), used
    )
    mails = sum(
        text(subscription, "protocol") == "email" and stack.region_of(subscription) == home.region
        for subscription in stack.of(SUBSCRIPTION)
    )
    if mails:
        quantity = used.amount.each(lambda sent: sent * mails / 100_000)
        yield home.charge(Kind.MONITORING, "mails", "email", quantity, used)


ESTIMATORS: Final = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": composite,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": metric,
    LOG_GROUP: log_group,
    TOPIC: topic,
}
