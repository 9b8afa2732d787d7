"""Claims about judging plain resources, without the engine."""

from typing import Any

import pytest

from policies.controls import rds, rds_stack
from policies.judge import judge
from policies.reading import from_plain
from policies.stack import stack_of
from policies.values import CannotTellError, Resource
from policies.verdict import Verdict
from tests.policies.driver import made_control

INSTANCE, PARAMETERS = "aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup"
FEW = {"rds-storage-encrypted", "rds-storage-cmk", "rds-not-public", "rds-deletion-protection", "rds-force-ssl"}
CONTROLS = [control for control in (*rds.CONTROLS, *rds_stack.CONTROLS) if control.slug in FEW]
"""Enough to see what judging is; what each control says is said by its examples."""
SAFE: dict[str, Any] = {
    "storageEncrypted": True,
    "kmsKeyId": "ref:aws:kms/key:Key::postgres::arn",
    "backupRetentionPeriod": 7,
    "deletionProtection": True,
    "parameterGroupName": f"ref:{PARAMETERS}::pg::name",
}
GROUP = {"type": PARAMETERS, "name": "pg", "inputs": {"parameters": [{"name": "rds.force_ssl", "value": "1"}]}}


def instance(**inputs: Any) -> dict[str, Any]:
    return {"type": INSTANCE, "name": "main", "inputs": {**SAFE, **inputs}, "options": {"protect": True}}


def group(**inputs: Any) -> dict[str, Any]:
    return {"type": PARAMETERS, "name": "pg", "inputs": inputs}


def found(*resources: dict[str, Any]) -> list[tuple[str, Verdict, str]]:
    return [(one.control.slug, one.verdict, one.unknown) for one in judge(resources, CONTROLS)]


def test_a_sound_stack_has_no_findings() -> None:
    assert judge([instance(), GROUP], CONTROLS) == []


def test_a_violation_names_control_resource_and_fix() -> None:
    (finding,) = judge([instance(publiclyAccessible=True), GROUP], CONTROLS)

    assert (finding.control.slug, finding.name, finding.verdict, finding.message) == (
        "rds-not-public",
        "main",
        Verdict.VIOLATES,
        "RDS instances must not be reachable from the internet: set publicly_accessible=False.",
    )


def test_an_unknown_value_is_a_finding_that_says_which() -> None:
    (finding,) = judge([instance(storageEncrypted="unknown:later"), GROUP], CONTROLS)

    assert (finding.verdict, finding.unknown, finding.message) == (
        Verdict.CANNOT_TELL,
        "storageEncrypted",
        (
            "Cannot tell yet, storageEncrypted is not known: "
            "RDS instances must encrypt their storage: set storage_encrypted=True."
        ),
    )


@pytest.mark.parametrize("text", ["unknown:x", "ref:a:b/c:D::it::x", "secret:x"])
def test_no_kind_of_absent_value_passes_a_test_of_values(text: str) -> None:
    assert found(instance(deletionProtection=text), GROUP) == [
        ("rds-deletion-protection", Verdict.CANNOT_TELL, "deletionProtection")
    ]


@pytest.mark.parametrize("key", ["unknown:key", "ref:aws:ssm/parameter:Parameter::key::value", "secret:key"])
def test_only_what_comes_from_a_key_of_the_stack_is_taken_for_a_key(key: str) -> None:
    """A value from elsewhere may turn out to be an alias that AWS manages."""
    assert found(instance(kmsKeyId=key), GROUP) == [("rds-storage-cmk", Verdict.CANNOT_TELL, "kmsKeyId")]


def test_a_null_is_absent() -> None:
    assert found(instance(publiclyAccessible=None, deletionProtection=None), GROUP) == [
        ("rds-deletion-protection", Verdict.VIOLATES, "")
    ]


def test_a_broken_control_says_where_and_nothing_of_what_it_read() -> None:
    def breaks(db: Resource) -> bool:
        raise ValueError(db["username"])

    (finding,) = judge([instance(username="hunter2")], [made_control(breaks, INSTANCE)])

    assert finding.verdict is Verdict.VIOLATES
    assert finding.message.startswith("Not judged, the control made is broken: ValueError in breaks, line ")
    assert "hunter2" not in finding.message


def related(value: Any, *groups: dict[str, Any]) -> list[str]:
    stack = stack_of([from_plain(one) for one in groups])
    db = from_plain({"type": INSTANCE, "name": "main", "inputs": {"parameterGroupName": value}})
    return [one.name for one in stack.related(db, "parameterGroupName", PARAMETERS)]


@pytest.mark.parametrize("value", [f"ref:{PARAMETERS}::pg::name", f"x-ref:{PARAMETERS}::pg::name-y", "orders"])
def test_resources_are_related_by_reference_or_by_equal_value(value: str) -> None:
    other = {"type": PARAMETERS, "name": "other", "inputs": {"name": "other"}}

    assert related(value, other, group(name="orders")) == ["pg"]


@pytest.mark.parametrize("value", [None, "elsewhere"])
def test_a_known_value_that_names_nothing_is_related_to_nothing(value: str | None) -> None:
    assert related(value, group(name="orders", arn="unknown:arn")) == []


@pytest.mark.parametrize(
    ("value", "name", "missing"),
    [
        ("unknown:x", "orders", "parameterGroupName"),
        (f"ref:{PARAMETERS}::gone::name", "orders", "parameterGroupName"),
        ("ref:random:index/randomId:RandomId::id::hex", "orders", "parameterGroupName"),
        ("orders", "unknown:name", "the name of pg"),
    ],
)
def test_a_relation_that_may_be_there_is_not_denied(value: str, name: str, missing: str) -> None:
    with pytest.raises(CannotTellError, match=f"^{missing}$"):
        related(value, group(name=name))
