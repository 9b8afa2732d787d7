"""Mends moto's EventBridge Scheduler: what AWS refuses, and groups that exist or do not."""

from typing import Any

from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, ScheduleGroup

from localcloud.moto.operation import refuse
from localcloud.moto.roles import may_take
from localcloud.resources.scheduler_rules import SCHEDULE_RULES, schedule_from_aws

_INVALID = "ValidationException"
_create_of_moto = EventBridgeSchedulerBackend.create_schedule
_update_of_moto = EventBridgeSchedulerBackend.update_schedule
_create_group_of_moto = EventBridgeSchedulerBackend.create_schedule_group
_delete_group_of_moto = EventBridgeSchedulerBackend.delete_schedule_group
_to_dict_of_moto = Schedule.to_dict


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (EventBridgeSchedulerBackend, "create_schedule", _create),
        (EventBridgeSchedulerBackend, "update_schedule", _update),
        (EventBridgeSchedulerBackend, "create_schedule_group", _create_group),
        (EventBridgeSchedulerBackend, "delete_schedule_group", _delete_group),
        (Schedule, "to_dict", _to_dict),
    ):
        setattr(owner, name, mended)


def _create(backend: EventBridgeSchedulerBackend, **said: Any) -> Schedule:
    _refuse(backend, said)
    backend.get_schedule_group(said["group_name"])
    return _create_of_moto(backend, **said)


def _update(backend: EventBridgeSchedulerBackend, **said: Any) -> Schedule:
    _refuse(backend, said)
    said["state"] = said["state"] or "ENABLED"
    return _update_of_moto(backend, **said)


def _refuse(backend: EventBridgeSchedulerBackend, said: dict[str, Any]) -> None:
    words = {"".join(part.capitalize() for part in key.split("_")): value for key, value in said.items() if value}
    schedule = schedule_from_aws(words)
    for rule in SCHEDULE_RULES:
        for problem in rule(schedule):
            refuse(_INVALID, problem)
    if not may_take(backend.account_id, said["target"]["RoleArn"], "scheduler.amazonaws.com"):
        refuse(_INVALID, "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.")


def _to_dict(schedule: Schedule, *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Fill in what a retry policy leaves open, as AWS does."""
    told = _to_dict_of_moto(schedule, *args, **kwargs)
    if retry := told["Target"].get("RetryPolicy"):
        defaults = {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
        told["Target"] = {**told["Target"], "RetryPolicy": {**defaults, **retry}}
    return told


def _create_group(backend: EventBridgeSchedulerBackend, name: str, tags: list[dict[str, str]]) -> ScheduleGroup:
    if name in backend.schedule_groups:
        refuse("ConflictException", f"Schedule group {name} already exists.")
    return _create_group_of_moto(backend, name, tags)


def _delete_group(backend: EventBridgeSchedulerBackend, name: str | None) -> None:
    """Delete a group with all its schedules; everybody keeps the default one."""
    if name in (None, "default"):
        refuse(_INVALID, "The default schedule group can't be deleted.")
    group = backend.get_schedule_group(name)
    _delete_group_of_moto(backend, name)
    backend.tagger.delete_all_tags_for_resource(group.arn)
