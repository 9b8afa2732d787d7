"""RDS: subscriptions to events, and whether an instance runs."""

from collections.abc import Iterator
from typing import Any, Final

from localcloud.cloud import Cloud, Refused
from localcloud.resource import AutoName, ResourceType
from localcloud.resources.rds import retag, tags_of
from localcloud.tags import to_aws
from localcloud.wire import Props

_CALLS: Final = {
    "enabled": "Enabled",
    "eventCategories": "EventCategories",
    "name": "SubscriptionName",
    "snsTopic": "SnsTopicArn",
    "sourceIds": "SourceIds",
    "sourceType": "SourceType",
}
_ANSWERS: Final = {
    **_CALLS,
    "arn": "EventSubscriptionArn",
    "customerAwsId": "CustomerAwsId",
    "eventCategories": "EventCategoriesList",
    "name": "CustSubscriptionId",
    "sourceIds": "SourceIdsList",
}
_SOURCE_TYPES: Final = (
    *("blue-green-deployment", "custom-engine-version", "db-cluster", "db-cluster-snapshot", "db-instance"),
    *("db-parameter-group", "db-proxy", "db-security-group", "db-shard-group", "db-snapshot", "zero-etl"),
)
_STATES: Final = ("available", "stopped")


# Subscriptions


def _create(cloud: Cloud, inputs: Props) -> str:
    arguments = {theirs: inputs[key] for key, theirs in _CALLS.items() if inputs.get(key) not in (None, [], "")}
    cloud.aws("rds").create_event_subscription(**arguments, Tags=to_aws(inputs.get("tags")))
    return inputs["name"]


def _find(cloud: Cloud, id_: str) -> dict[str, Any] | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_event_subscriptions(SubscriptionName=id_)["EventSubscriptionsList"][0]
    except aws.exceptions.SubscriptionNotFoundFault:
        return None


def _read(cloud: Cloud, id_: str) -> Props | None:
    found = _find(cloud, id_)
    if found is None:
        return None
    told = {key: found[theirs] for key, theirs in _ANSWERS.items() if theirs in found}
    return {**told, "tags": tags_of(cloud, found["EventSubscriptionArn"])}


def _update(cloud: Cloud, id_: str, olds: Props, news: Props) -> None:
    aws = cloud.aws("rds")
    changes = {
        key for key in ("enabled", "eventCategories", "snsTopic", "sourceType") if news.get(key) != olds.get(key)
    }
    if changes:
        if "eventCategories" in changes:
            changes.add("sourceType")
        arguments: Props = {_CALLS[key]: news.get(key, [] if key == "eventCategories" else "") for key in changes}
        aws.modify_event_subscription(SubscriptionName=id_, **{**arguments, "Enabled": news["enabled"]})
    before, after = set(olds.get("sourceIds", [])), set(news.get("sourceIds", []))
    for one in sorted(before - after):
        aws.remove_source_identifier_from_subscription(SubscriptionName=id_, SourceIdentifier=one)
    for one in sorted(after - before):
        aws.add_source_identifier_to_subscription(SubscriptionName=id_, SourceIdentifier=one)
    retag(cloud, cloud.arn("rds", f"es:{id_}"), olds, news)


def _delete(cloud: Cloud, id_: str, _: Props) -> None:
    if _find(cloud, id_):
        cloud.aws("rds").delete_event_subscription(SubscriptionName=id_)


def _type_rules(inputs: Props) -> Iterator[str]:
    if (kind := inputs.get("sourceType", _SOURCE_TYPES[0])) not in _SOURCE_TYPES:
        yield f"sourceType must be one of {', '.join(_SOURCE_TYPES)}, got {kind!r}"


EVENT_SUBSCRIPTION: Final = ResourceType(
    type="aws:rds/eventSubscription:EventSubscription",
    create=_create,
    read=_read,
    update=_update,
    delete=_delete,
    applied=frozenset({"tags", *_CALLS}),
    remembered=frozenset({"namePrefix"}),
    required=frozenset({"snsTopic"}),
    outputs=frozenset({"arn", "customerAwsId"}),
    replace=frozenset({"name", "namePrefix"}),
    defaults={"enabled": True},
    name=AutoName(property="name", prefix="namePrefix"),
    rules=(_type_rules,),
    not_imitated="no event is ever sent",
)


# Whether an instance runs


def _state(cloud: Cloud, id_: str) -> str | None:
    aws = cloud.aws("rds")
    try:
        return aws.describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0]["DBInstanceStatus"]
    except aws.exceptions.DBInstanceNotFoundFault:
        return None


def _bring(cloud: Cloud, id_: str, wanted: str) -> None:
    now = _state(cloud, id_)
    if now is None:
        raise Refused("DBInstanceNotFound", f"DBInstance {id_} not found.")
    if now != wanted:
        aws = cloud.aws("rds")
        (aws.start_db_instance if wanted == "available" else aws.stop_db_instance)(DBInstanceIdentifier=id_)


def _create_state(cloud: Cloud, inputs: Props) -> str:
    _bring(cloud, inputs["identifier"], inputs["state"])
    return inputs["identifier"]


def _read_state(cloud: Cloud, id_: str) -> Props | None:
    found = _state(cloud, id_)
    return None if found is None else {"identifier": id_, "state": found}


def _update_state(cloud: Cloud, id_: str, _: Props, news: Props) -> None:
    _bring(cloud, id_, news["state"])


def _leave_state(_: Cloud, __: str, ___: Props) -> None:
    """Do nothing, as the official provider: the instance goes on as it is."""


def _state_rules(inputs: Props) -> Iterator[str]:
    if inputs.get("state") not in _STATES:
        yield f"state must be one of {', '.join(_STATES)}, got {inputs.get('state')!r}"


INSTANCE_STATE: Final = ResourceType(
    type="aws:rds/instanceDesiredState:InstanceDesiredState",
    create=_create_state,
    read=_read_state,
    update=_update_state,
    delete=_leave_state,
    applied=frozenset({"identifier", "state"}),
    steering=frozenset({"timeouts"}),
    required=frozenset({"identifier", "state"}),
    replace=frozenset({"identifier"}),
    rules=(_state_rules,),
    not_imitated="AWS starts a stopped instance again after seven days",
)

TYPES: Final = (EVENT_SUBSCRIPTION, INSTANCE_STATE)
