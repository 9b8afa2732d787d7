"""Event subscriptions of RDS: what moto lacks, and accepts though AWS does not."""

from collections.abc import Mapping
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.rds.exceptions import SubscriptionAlreadyExistError, SubscriptionNotFoundError
from moto.rds.models import EventSubscription
from moto.rds.responses import RDSResponse
from moto.sns.models import sns_backends

from localcloud.moto.rds_state import refuse

# Amazon RDS User Guide, "Amazon RDS event categories and event messages", and Aurora's. Seen 2026-11.
_CATEGORIES: Final[Mapping[str, frozenset[str]]] = {
    "db-cluster": frozenset(
        {"configuration change", "creation", "deletion", "failover", "failure", "global-failover", "maintenance"}
        | {"migration", "notification", "serverless"}
    ),
    "db-cluster-snapshot": frozenset({"backup", "notification"}),
    "db-instance": frozenset(
        {"availability", "backtrack", "backup", "configuration change", "creation", "deletion", "failover", "failure"}
        | {"low storage", "maintenance", "notification", "read replica", "recovery", "restoration", "security"}
        | {"security patching"}
    ),
    "db-parameter-group": frozenset({"configuration change"}),
    "db-proxy": frozenset({"configuration change", "creation", "deletion", "failure"}),
    "db-security-group": frozenset({"configuration change", "failure"}),
    "db-snapshot": frozenset({"creation", "deletion", "notification", "restoration"}),
}
# Where moto keeps the sources of a type.
_SOURCES: Final = {
    "db-cluster": "clusters",
    "db-cluster-snapshot": "cluster_snapshots",
    "db-instance": "databases",
    "db-parameter-group": "db_parameter_groups",
    "db-proxy": "db_proxies",
    "db-snapshot": "database_snapshots",
}


def mend() -> None:
    """Put the mended operations in the place of moto's; twice does no harm."""
    for owner, name, mended in (
        (EventSubscription, "customer_aws_id", property(lambda one: one.account_id)),
        (EventSubscription, "event_subscription_arn", property(lambda one: one.arn)),
        (RDSResponse, "create_event_subscription", _create),
        (RDSResponse, "modify_event_subscription", _modify),  # moto has none of these three
        (RDSResponse, "add_source_identifier_to_subscription", _add),
        (RDSResponse, "remove_source_identifier_from_subscription", _remove),
    ):
        setattr(owner, name, mended)


def _create(self: Any) -> ActionResult:
    given, backend = self.params, self.backend
    name = given["SubscriptionName"]
    if name in backend.event_subscriptions:
        raise SubscriptionAlreadyExistError(name)
    _require_topic(backend, given["SnsTopicArn"])
    kind = given.get("SourceType")
    _require_categories(kind, given.get("EventCategories", []))
    for source in given.get("SourceIds", []):
        _require_source(backend, kind, source)
    made: Any = EventSubscription(
        backend,
        name,
        sns_topic_arn=given["SnsTopicArn"],
        source_type=kind,
        event_categories=list(given.get("EventCategories", [])),
        source_ids=list(given.get("SourceIds", [])),
        enabled=given.get("Enabled", True),
        tags=[{"Key": one["Key"], "Value": one.get("Value", "")} for one in given.get("Tags", [])],
    )
    backend.event_subscriptions[name] = made
    return ActionResult({"EventSubscription": made})


def _find(self: Any) -> Any:
    name = self.params["SubscriptionName"]
    if name not in self.backend.event_subscriptions:
        raise SubscriptionNotFoundError(name)
    return self.backend.event_subscriptions[name]


def _require_topic(backend: Any, arn: str) -> None:
    if arn not in sns_backends[backend.account_id][backend.region_name].topics:
        refuse("SNSTopicArnNotFound", f"The SNS topic {arn} does not exist in {backend.region_name}.")


def _require_categories(kind: str | None, categories: list[str]) -> None:
    known = _CATEGORIES.get(kind or "", frozenset[str]())
    for one in categories:
        if known and one not in known:
            refuse("SubscriptionCategoryNotFound", f"The event category {one} does not exist for {kind}.")


def _require_source(backend: Any, kind: str | None, name: str) -> None:
    if not kind:
        refuse("InvalidParameterCombination", "SourceType must be specified if SourceIds are.")
    if kind in _SOURCES and name not in getattr(backend, _SOURCES[kind]):
        refuse("SourceNotFound", f"Could not find source: {name}")


def _modify(self: Any) -> ActionResult:
    given, found = self.params, _find(self)
    if topic := given.get("SnsTopicArn"):
        _require_topic(self.backend, topic)
        found.sns_topic_arn = topic
    kind = given.get("SourceType") or found.source_type
    if "EventCategories" in given:
        _require_categories(kind, given["EventCategories"])
        found.event_categories = list(given["EventCategories"])
    if kind != found.source_type and found.source_ids:
        message = "The source type can't be changed while the subscription names sources: remove them first."
        refuse("InvalidParameterCombination", message)
    found.source_type = kind
    if given.get("Enabled") is not None:
        found.enabled = given["Enabled"]
    return ActionResult({"EventSubscription": found})


def _add(self: Any) -> ActionResult:
    found, name = _find(self), self.params["SourceIdentifier"]
    _require_source(self.backend, found.source_type, name)
    found.source_ids = [*(one for one in found.source_ids if one != name), name]
    return ActionResult({"EventSubscription": found})


def _remove(self: Any) -> ActionResult:
    found, name = _find(self), self.params["SourceIdentifier"]
    if name not in found.source_ids:
        refuse("SourceNotFound", f"Could not find source: {name}")
    found.source_ids = [one for one in found.source_ids if one != name]
    return ActionResult({"EventSubscription": found})
