"""What is told of a MongoDB Atlas cluster: alerts, an audit log, and when it is maintained."""

import json
from collections.abc import Sequence
from typing import Any, Final

import pulumi
import pulumi_mongodbatlas as atlas
from pulumi import ResourceOptions
from pulumi_mongodbatlas import AlertConfigurationMetricThresholdConfigArgs as MetricArgs
from pulumi_mongodbatlas import AlertConfigurationNotificationArgs as NotificationArgs
from pulumi_mongodbatlas import AlertConfigurationThresholdConfigArgs as ThresholdArgs

from components.atlas_shared import Shared
from sizes.atlas import AtlasSize
from sizes.atlas_alerts import AtlasAlert, Threshold, atlas_alerts

AGAIN_MINUTES: Final = 60
"""How often somebody is told of trouble that lasts."""
SUNDAY: Final = 1
MAINTENANCE_HOUR: Final = 4
"""UTC, in the house's window: Sunday from four to five."""
# MongoDB manual, "System Event Audit Messages": what changes who may do what, and what is there.
AUDITED: Final = (
    "createCollection",
    "createDatabase",
    "createIndex",
    "createRole",
    "createUser",
    "dropAllRolesFromDatabase",
    "dropAllUsersFromDatabase",
    "dropCollection",
    "dropDatabase",
    "dropIndex",
    "dropRole",
    "dropUser",
    "enableSharding",
    "grantPrivilegesToRole",
    "grantRolesToRole",
    "grantRolesToUser",
    "renameCollection",
    "revokePrivilegesFromRole",
    "revokeRolesFromRole",
    "revokeRolesFromUser",
    "shardCollection",
    "updateRole",
    "updateUser",
)


def alerts(shared: Shared, size: AtlasSize) -> None:
    """Tell of trouble from the figures on that follow from size and load."""
    for alert in atlas_alerts(size, shared.args.load):
        _alert(shared, alert)


def auditing(shared: Shared, clusters: Sequence[pulumi.Resource]) -> None:
    """Log who was refused, and who changed users, roles, collections and indexes; what was allowed is not logged."""
    refused = {"atype": {"$in": ["authenticate", "authCheck"]}, "result": {"$ne": 0}}
    changed = {"atype": {"$in": list(AUDITED)}}
    atlas.Auditing(
        f"{shared.name}-auditing",
        project_id=shared.project_id,
        enabled=True,
        audit_filter=json.dumps({"$or": [refused, changed]}),
        audit_authorization_success=False,
        # A project without a cluster on its own servers has no audit log.
        opts=ResourceOptions.merge(shared.child, ResourceOptions(depends_on=[*clusters])),
    )


def maintenance(shared: Shared, clusters: Sequence[pulumi.Resource]) -> None:
    """Let Atlas maintain clusters in the house's window."""
    atlas.MaintenanceWindow(
        f"{shared.name}-maintenance",
        project_id=shared.project_id,
        day_of_week=SUNDAY,
        hour_of_day=MAINTENANCE_HOUR,
        auto_defer_once_enabled=False,
        opts=ResourceOptions.merge(shared.child, ResourceOptions(depends_on=[*clusters])),
    )


def _alert(shared: Shared, alert: AtlasAlert) -> None:
    figure = _figure(alert.threshold) if alert.threshold else None
    atlas.AlertConfiguration(
        f"{shared.name}-{alert.name}-alert",
        project_id=shared.project_id,
        event_type=alert.event,
        enabled=True,
        metric_threshold_config=MetricArgs(metric_name=alert.metric, mode="AVERAGE", **figure)
        if alert.metric and figure
        else None,
        threshold_config=ThresholdArgs(**figure) if figure and not alert.metric else None,
        notifications=[_told(shared.args.alarm_email, alert)],
        opts=shared.child,
    )


def _figure(threshold: Threshold) -> dict[str, Any]:
    operator = "LESS_THAN" if threshold.above is None else "GREATER_THAN"
    figure = threshold.below if threshold.above is None else threshold.above
    return {"operator": operator, "threshold": figure, "units": threshold.units}


def _told(email: str | None, alert: AtlasAlert) -> NotificationArgs:
    """Tell the one address, or the owners of the project where there is none."""
    when: dict[str, Any] = {"delay_min": alert.minutes, "interval_min": AGAIN_MINUTES}
    if email is None:
        return NotificationArgs(type_name="GROUP", email_enabled=True, sms_enabled=False, roles=["GROUP_OWNER"], **when)
    return NotificationArgs(type_name="EMAIL", email_address=email, **when)
