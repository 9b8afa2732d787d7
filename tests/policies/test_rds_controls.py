"""Claims about the controls of RDS that their examples cannot show: what cannot be told, and what the engine tells."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from policies.control import Control
from policies.controls import CONTROLS
from policies.reading import from_plain
from policies.stack import stack_of
from policies.verdict import Finding, Verdict, findings_on, verdicts
from policies.wire import dependencies_of, from_wire
from tests.policies.driver import UNKNOWN, member, secret, urn
from tests.policies.examples import verdicts_on

INSTANCE, CLUSTER = "aws:rds/instance:Instance", "aws:rds/cluster:Cluster"
SNAPSHOT, SUBSCRIPTION = "aws:rds/snapshot:Snapshot", "aws:rds/eventSubscription:EventSubscription"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105  a resource type
STANDARD = "open-source-rds-extended-support-disabled"
ELSEWHERE = "arn:aws:rds:eu-west-2:1:db:orders"
EVENTS: dict[str, Any] = {
    "sourceType": "db-instance",
    "eventCategories": ["maintenance", "configuration change", "failure"],
}


def control(slug: str) -> Control:
    return next(one for one in CONTROLS if one.slug == slug)


def plain(type_: str, name: str = "it", **inputs: Any) -> dict[str, Any]:
    return {"type": type_, "name": name, "inputs": inputs}


@pytest.mark.parametrize(
    ("slug", "resources"),
    [
        ("rds-postgres-safe-version", [plain(INSTANCE)]),
        ("rds-engine-supported", [plain(CLUSTER, engineLifecycleSupport=STANDARD)]),
        ("rds-no-plaintext-credentials", [plain(INSTANCE, password="secret:typed")]),  # noqa: S106  nothing secret
        ("aurora-no-plaintext-credentials", [plain(CLUSTER, masterPassword="unknown:later")]),
        ("rds-in-vpc", [plain(INSTANCE, dbSubnetGroupName="unknown:later")]),
        ("rds-final-snapshot", [plain(INSTANCE, finalSnapshotIdentifier="unknown:later")]),
        ("rds-snapshot-encrypted", [plain(SNAPSHOT, dbInstanceIdentifier="elsewhere")]),
        ("rds-replica-inherits", [plain(INSTANCE, replicateSourceDb=ELSEWHERE)]),
        ("rds-event-subscription-instance", [plain(INSTANCE), plain(SUBSCRIPTION, sourceIds=["unknown:x"], **EVENTS)]),
        ("aurora-multi-az", [plain(CLUSTER), *(plain(MEMBER, name, clusterIdentifier="unknown:x") for name in "ab")]),
    ],
)
def test_what_the_stack_does_not_say_cannot_be_told(slug: str, resources: Sequence[Mapping[str, Any]]) -> None:
    assert verdicts_on(control(slug), resources) == {Verdict.CANNOT_TELL}


def test_replicas_of_each_other_end_somewhere() -> None:
    one, other = (plain(INSTANCE, name, replicateSourceDb=f"ref:{INSTANCE}::{of}::id") for name, of in ("ab", "ba"))

    assert verdicts_on(control("rds-replica-inherits"), [one, other]) == {Verdict.CANNOT_TELL}


def on_the_engine(inputs: Mapping[str, Any], needs: Mapping[str, Sequence[str]] | None = None) -> Finding:
    message = member(INSTANCE, inputs, needs=needs)
    resource = from_wire(message, dependencies_of(message))
    (finding,) = findings_on(resource, control("rds-no-plaintext-credentials"), stack_of([resource]), {})
    return finding


@pytest.mark.parametrize("value", [UNKNOWN, "generated"])
def test_a_password_from_another_resource_is_none_that_was_written(value: str) -> None:
    """In `pulumi up` its value is there, too: what it comes from tells it from a literal."""
    assert on_the_engine({"password": secret(value)}, {"password": [urn(PASSWORD, "db")]}).verdict is Verdict.COMPLIES


def test_what_the_engine_shows_as_empty_is_no_restore_and_no_source() -> None:
    """AWS tells every property of an instance that is there."""
    shown = {"replicateSourceDb": "", "snapshotIdentifier": "", "restoreToPointInTime": {}}

    assert on_the_engine({**shown, "password": secret("hunter2")}).verdict is Verdict.VIOLATES


def test_a_secret_of_the_configuration_is_a_literal() -> None:
    assert on_the_engine({"password": secret("hunter2")}).verdict is Verdict.VIOLATES


def test_no_finding_about_a_password_shows_it() -> None:
    assert "hunter2" not in on_the_engine({"password": secret("hunter2")}).message


def test_a_store_is_reported_once_however_many_replicas_it_has() -> None:
    replica = plain(INSTANCE, "replica", replicateSourceDb=f"ref:{INSTANCE}::it::id")
    found = verdicts([from_plain(plain(INSTANCE)), from_plain(replica)], [control("rds-event-subscription-instance")])

    assert {one.name for one in found if one.verdict is Verdict.VIOLATES} == {"it"}
