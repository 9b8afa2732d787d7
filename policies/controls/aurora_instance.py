"""Controls of the instances of Aurora clusters."""

from typing import Final

from policies.control import Controls, Group, Severity
from policies.controls.customer_key import is_customer_key
from policies.controls.rds_monitoring import has_insights
from policies.controls.relational import CLUSTER_INSTANCE
from policies.facts import sets
from policies.values import Resource

CONTROLS: Final = Controls()
control = CONTROLS.add
_INSIGHTS: Final = {"performanceInsightsEnabled": True}


@control(
    CLUSTER_INSTANCE,
    group=Group.NETWORK,
    severity=Severity.CRITICAL,
    good=[{}, {"publiclyAccessible": None}, {"publiclyAccessible": False}],
    bad=[{"publiclyAccessible": True}, {"publiclyAccessible": "yes"}],
)
def aurora_not_public(instance: Resource) -> bool:
    """Aurora instances must not be reachable from the internet: set publicly_accessible=False."""
    return instance.get("publiclyAccessible", False) is False


@control(
    CLUSTER_INSTANCE,
    group=Group.ACCESS,
    severity=Severity.MEDIUM,
    remedy=sets(autoMinorVersionUpgrade=True),
    # Absent is AWS's true, whatever public tools make of it.
    good=[{}, {"autoMinorVersionUpgrade": True}],
    bad=[{"autoMinorVersionUpgrade": False}, {"autoMinorVersionUpgrade": "false"}],
)
def aurora_auto_minor_upgrade(instance: Resource) -> bool:
    """Aurora instances must take minor versions by themselves: set auto_minor_version_upgrade=True."""
    return instance.get("autoMinorVersionUpgrade", True) is True


@control(
    CLUSTER_INSTANCE,
    group=Group.MONITORING,
    severity=Severity.LOW,
    good=[{"monitoringInterval": 1}, {"monitoringInterval": 60}],
    bad=[{}, {"monitoringInterval": 0}, {"monitoringInterval": True}, {"monitoringInterval": "60"}],
)
def aurora_enhanced_monitoring(instance: Resource) -> bool:
    """Aurora instances must measure their operating system: set monitoring_interval to 60 seconds or less."""
    return (instance.number("monitoringInterval") or 0) > 0


@control(
    CLUSTER_INSTANCE,
    group=Group.MONITORING,
    severity=Severity.LOW,
    good=[_INSIGHTS],
    bad=[{}, {"performanceInsightsEnabled": False}, {"performanceInsightsEnabled": 1}],
)
def aurora_performance_insights(instance: Resource) -> bool:
    """Aurora instances must tell what they wait for: set performance_insights_enabled=True."""
    return instance.get("performanceInsightsEnabled") is True


@control(
    CLUSTER_INSTANCE,
    group=Group.ENCRYPTION,
    severity=Severity.LOW,
    when=has_insights,
    good=[
        {**_INSIGHTS, "performanceInsightsKmsKeyId": "ref:aws:kms/key:Key::aurora::arn"},
        {**_INSIGHTS, "performanceInsightsKmsKeyId": "arn:aws:kms:eu-west-1:1:key/k"},
    ],
    bad=[
        _INSIGHTS,
        {**_INSIGHTS, "performanceInsightsKmsKeyId": ""},
        {**_INSIGHTS, "performanceInsightsKmsKeyId": "alias/aws/rds"},
    ],
    skipped=[{}, {"performanceInsightsEnabled": False}],
)
def aurora_performance_insights_cmk(instance: Resource) -> bool:
    """Aurora's Performance Insights must be encrypted with a customer key: set performance_insights_kms_key_id."""
    return is_customer_key(instance, "performanceInsightsKmsKeyId")
