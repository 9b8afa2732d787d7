"""Completes moto 5.2's Application Auto Scaling for the data stores: ElastiCache, refusals, tags, alarms."""

from collections.abc import Mapping
from typing import Any, Final

from moto.applicationautoscaling import models
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.responses import ActionResult

from localcloud.cloud import PARTITION
from localcloud.moto.appautoscaling_alarms import create_alarms
from localcloud.moto.appautoscaling_facts import DIMENSIONS, ROLES
from localcloud.moto.appautoscaling_rules import (
    Place,
    refuse,
    refuse_action,
    refuse_capacities,
    refuse_dimension,
    refuse_policy,
    refuse_resource,
)

_TAGS: Final = "localcloud_tags"
_AWAKE: Final = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}

_validate_of_moto = getattr(ApplicationAutoScalingResponse, "_validate_params")  # noqa: B009  it is private to moto
_valid_of_moto = getattr(models, "_target_params_are_valid")  # noqa: B009  it is private to moto
_register_of_moto = ApplicationAutoscalingBackend.register_scalable_target
_deregister_of_moto = ApplicationAutoscalingBackend.deregister_scalable_target
_put_policy_of_moto = ApplicationAutoscalingBackend.put_scaling_policy
_delete_policy_of_moto = ApplicationAutoscalingBackend.delete_scaling_policy
_put_action_of_moto = ApplicationAutoscalingBackend.put_scheduled_action
_response_of_moto = ApplicationAutoScalingResponse.register_scalable_target


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (models, "_target_params_are_valid", _valid),
        (ApplicationAutoScalingResponse, "_validate_params", _validate),
        (ApplicationAutoScalingResponse, "register_scalable_target", _register_with_tags),
        (ApplicationAutoScalingResponse, "list_tags_for_resource", _list_tags),
        (ApplicationAutoScalingResponse, "tag_resource", _tag),
        (ApplicationAutoScalingResponse, "untag_resource", _untag),
        (ApplicationAutoscalingBackend, "register_scalable_target", _register),
        (ApplicationAutoscalingBackend, "deregister_scalable_target", _deregister),
        (ApplicationAutoscalingBackend, "put_scaling_policy", _put_policy),
        (ApplicationAutoscalingBackend, "delete_scaling_policy", _delete_policy),
        (ApplicationAutoscalingBackend, "put_scheduled_action", _put_action),
        (FakeApplicationAutoscalingPolicy, "create_alarms", create_alarms),
    ):
        setattr(owner, name, mended)


def _validate(self: Any) -> None:
    """Let pass what moto does not know and we do: ElastiCache."""
    dimension = self._get_param("ScalableDimension")
    if self._get_param("ServiceNamespace") not in ROLES or (dimension is not None and dimension not in DIMENSIONS):
        _validate_of_moto(self)


def _valid(namespace: str, resource: str, dimension: str) -> bool:
    if dimension in DIMENSIONS:
        refuse_dimension(namespace, resource, dimension)
        return True
    return _valid_of_moto(namespace, resource, dimension)


# Targets


def _register(backend: Any, namespace: str, r_id: str, dimension: str, **request: Any) -> Any:
    if dimension in DIMENSIONS:
        refuse_dimension(namespace, r_id, dimension)
        known = backend.targets.get(dimension, {}).get(r_id)
        refuse_capacities(known, dimension, request["min_capacity"], request["max_capacity"])
        refuse_resource(backend, dimension, r_id)
    target: Any = _register_of_moto(backend, namespace, r_id, dimension, **request)
    target.suspended_state = {**_AWAKE, **(target.suspended_state or {})}
    if role := ROLES.get(namespace):
        target.role_arn = (
            f"arn:{PARTITION}:iam::{backend.account_id}:role/aws-service-role/"
            f"{namespace}.application-autoscaling.amazonaws.com/{role}"
        )
    return target


def _deregister(backend: Any, namespace: str, r_id: str, dimension: str) -> None:
    """Take the policies and scheduled actions of a target with it, as AWS does."""
    place = Place(namespace=namespace, resource=r_id, dimension=dimension)
    target = backend.targets.get(dimension, {}).get(r_id)
    if target is None:
        refuse("ObjectNotFoundException", f"No scalable target found for {place}")
    for policy in [one for one in backend.policies.values() if place.holds(one)]:
        _delete_policy_of_moto(backend, policy.policy_name, namespace, r_id, dimension)
    backend.scheduled_actions = [one for one in backend.scheduled_actions if not place.holds(one)]
    _deregister_of_moto(backend, namespace, r_id, dimension)
    _tags(backend).pop(target.arn, None)


def _place(request: Mapping[str, Any]) -> Place:
    return Place(
        namespace=request["service_namespace"],
        resource=request["resource_id"],
        dimension=request["scalable_dimension"],
    )


def _refuse_unregistered(backend: Any, place: Place) -> None:
    if place.resource not in backend.targets.get(place.dimension, {}):
        refuse("ObjectNotFoundException", f"No scalable target registered for {place}")


# Policies


def _key(place: Place, name: str) -> str:
    return FakeApplicationAutoscalingPolicy.formulate_key(place.namespace, place.resource, place.dimension, name)


def _put_policy(backend: Any, **request: Any) -> Any:
    """Keep ARN and time of a policy that changes, and leave no alarm of the old one behind."""
    place = _place(request)
    _refuse_unregistered(backend, place)
    old = backend.policies.get(_key(place, request["policy_name"]))
    if place.dimension in DIMENSIONS:
        others = [one for one in backend.policies.values() if one is not old and place.holds(one)]
        refuse_policy(backend, place, request, others)
    if old:
        old.delete_alarms(backend.account_id, backend.region_name)
    policy = _put_policy_of_moto(backend, **request)
    if old:
        policy.policy_arn, policy.creation_time = old.policy_arn, old.creation_time
    return policy


def _delete_policy(backend: Any, policy_name: str, **request: Any) -> None:
    place = _place(request)
    if _key(place, policy_name) not in backend.policies:
        refuse("ObjectNotFoundException", f"No scaling policy found for {place}, policy name: {policy_name}")
    _delete_policy_of_moto(backend, policy_name, **request)


# Scheduled actions


def _put_action(backend: Any, **request: Any) -> None:
    place, name = _place(request), request["scheduled_action_name"]
    _refuse_unregistered(backend, place)
    known = any(place.holds(one) and one.scheduled_action_name == name for one in backend.scheduled_actions)
    refuse_action(request, known=known)
    if not known and not request["timezone"]:
        request["timezone"] = "UTC"
    _put_action_of_moto(backend, **request)


# Tags


def _tags(backend: Any) -> dict[str, dict[str, str]]:
    return vars(backend).setdefault(_TAGS, {})


def _register_with_tags(self: Any) -> str:
    """Keep the tags of a new target; AWS refuses them for a known one."""
    backend = self.applicationautoscaling_backend
    tags: Mapping[str, str] = self._get_param("Tags") or {}
    resource, dimension = self._get_param("ResourceId"), self._get_param("ScalableDimension")
    if tags and resource in backend.targets.get(dimension, {}):
        refuse("ValidationException", "Tags can only be given when a scalable target is first registered")
    answer = _response_of_moto(self)
    if tags:
        _tags(backend)[backend.targets[dimension][resource].arn] = dict(tags)
    return answer


def _tagged(self: Any) -> dict[str, str]:
    backend, arn = self.applicationautoscaling_backend, self._get_param("ResourceARN")
    if not any(target.arn == arn for targets in backend.targets.values() for target in targets.values()):
        refuse("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")
    return _tags(backend).setdefault(arn, {})


def _list_tags(self: Any) -> ActionResult:
    return ActionResult({"Tags": _tagged(self)})


def _tag(self: Any) -> ActionResult:
    _tagged(self).update(self._get_param("Tags"))
    return ActionResult({})


def _untag(self: Any) -> ActionResult:
    tags = _tagged(self)
    for key in self._get_param("TagKeys"):
        tags.pop(key, None)
    return ActionResult({})
