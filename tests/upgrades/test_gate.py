"""Edits become verdicts: what is refused, where, and in which words."""

from collections.abc import Sequence
from typing import Any

import pytest

from stacks.phases import Environment
from tests.upgrades.change import TABLE, edit
from tests.upgrades.rows import GROUP, IMPOSSIBLE, INSTANCE, OUTAGES, SAME_OR_STRONGER, UNCLEAR, UNKNOWN, WEAKER, pitr
from upgrades.edits import PROTECT, Edit, Kind, Operation
from upgrades.gate import CANNOT_TELL, REFUSED, SAFE, environment_of, judge
from upgrades.guards import GUARDS, Group
from upgrades.hop import Hop
from upgrades.indexes import INDEX
from upgrades.refusals import Refusal

BESIDE = (
    "if it has to be another one, make it beside the old one, copy over, switch the callers, "
    "and retire the old one last"
)
ACCEPT = "a person accepts this refusal in the review"


def code(*edits: Edit, environment: Environment | None = Environment.PROD) -> int:
    return judge(edits, stack="clubapp-prod", environment=environment).exit_code


def refusals(*edits: Edit, environment: Environment | None = Environment.PROD) -> Sequence[Refusal]:
    return judge(edits, stack="clubapp-prod", environment=environment).refusals


def weakened(type_: str, path: str, before: Any, after: Any) -> Edit:
    """Give an edit of a store that has what the guard is about."""
    had = {guard.within: True for guard in GUARDS if guard.path == path and guard.within}
    return edit(path, before, after, type=type_, was={path: before} | had)


def test_a_replaced_store_is_refused_with_the_reason_and_the_way_out():
    assert refusals(edit("rangeKey", "venueId", "placeId", operation=Operation.REPLACE, replaces=True)) == (
        Refusal(
            resource="aws:dynamodb/table:Table::presence-table",
            what='would be replaced: rangeKey would go from "venueId" to "placeId"',
            because="an empty one would take its place, and the data would be deleted with the old one",
            instead=f"restore the old rangeKey; {BESIDE}",
        ),
    )


def test_a_store_that_is_replaced_for_several_reasons_is_refused_once():
    edits = [edit(path, "a", "b", operation=Operation.REPLACE, replaces=True) for path in ("name", "hashKey")]

    assert [refusal.what for refusal in refusals(*edits)] == [
        'would be replaced: name would go from "a" to "b", hashKey would go from "a" to "b"'
    ]


def test_a_replacement_without_a_reason_is_refused_too():
    assert refusals(edit(operation=Operation.REPLACE)) == (
        Refusal(
            resource="aws:dynamodb/table:Table::presence-table",
            what="would be replaced",
            because="an empty one would take its place, and the data would be deleted with the old one",
            instead=f"find out what replaces it, and take that back; {BESIDE}",
        ),
    )


def test_what_follows_another_replacement_says_so():
    ref = "ref:aws:kms/key:Key::dynamodb-key::arn"
    found = refusals(edit("kmsKeyId", ref, ref, type=INSTANCE, operation=Operation.REPLACE, replaces=True))

    assert found[0].what == f'would be replaced: kmsKeyId is "{ref}", which is replaced itself'


def test_a_deleted_store_is_refused_and_a_rename_is_thought_of():
    assert refusals(edit(operation=Operation.DELETE, kind=Kind.DELETE)) == (
        Refusal(
            resource="aws:dynamodb/table:Table::presence-table",
            what="would be deleted",
            because="its data would be deleted with it",
            instead="keep it in the program; if it was only renamed or moved, give the new one "
            f"aliases=[Alias(name='presence-table')], or the old parent; if it is really to go, back it up first, and "
            f"{ACCEPT}",
        ),
    )


def test_a_lost_key_is_more_than_itself():
    found = refusals(edit(type="aws:kms/key:Key", name="postgres-key", operation=Operation.DELETE))

    assert found[0].because == "whatever the key encrypts, backups too, cannot be read without it"


def test_what_holds_no_data_may_be_replaced():
    kind = "aws:rds/parameterGroup:ParameterGroup"

    assert code(edit("name", "a", "b", type=kind, operation=Operation.REPLACE, replaces=True, holds_data=False)) == SAFE


@pytest.mark.parametrize("operation", [Operation.REPLACE, Operation.DELETE])
def test_a_pool_that_clients_connect_through_is_no_small_thing(operation: Operation):
    pool = edit(type="aws:rds/proxy:Proxy", name="main-pool", operation=operation, holds_data=False)

    (refusal,) = refusals(pool)

    assert refusal.because == "no data is lost, but its clients are without it, and no hop allows that"
    assert judge([pool], stack="a-prod", environment=None, hop=Hop(sizes={"main": {"proxy": False}})).exit_code == SAFE


def test_a_new_store_is_safe():
    assert code(edit(operation=Operation.CREATE, kind=Kind.ADD)) == SAFE


def test_dropped_protection_is_refused_where_nothing_else_changes():
    assert refusals(edit(PROTECT, before=True, after=False, operation=Operation.UNTOUCHED)) == (
        Refusal(
            resource="aws:dynamodb/table:Table::presence-table",
            what="would lose Pulumi's `protect`",
            because="the next update could delete or replace it, and Pulumi would no longer refuse",
            instead="keep protect=True, and take the store out of `datastores:unlock` if it is there",
        ),
    )


def test_protection_dropped_together_with_a_replacement_is_said_doubly():
    key = edit("rangeKey", "venueId", "placeId", operation=Operation.REPLACE, replaces=True)
    dropped = edit(PROTECT, before=True, after=False, operation=Operation.REPLACE)

    assert [(refusal.what, refusal.because) for refusal in refusals(dropped, key)] == [
        (
            'would be replaced: rangeKey would go from "venueId" to "placeId"',
            "an empty one would take its place, and the data would be deleted with the old one",
        ),
        (
            "would lose Pulumi's `protect`",
            "the same update replaces it, which Pulumi would have refused and now carries out",
        ),
    ]


def index(name: str, operation: Operation, table: Any = "presence") -> Edit:
    """One beside its table, that comes or goes."""
    side = "will" if operation is Operation.CREATE else "was"
    more: dict[str, Any] = {side: {"indexName": name, "tableName": table}}
    return edit(type=INDEX, name=f"presence-{name}", operation=operation, holds_data=False, **more)


def test_an_index_does_not_go_in_the_update_that_makes_another_one_of_its_table():
    gone, come = index("by-venue", Operation.DELETE), index("by-place", Operation.CREATE)

    (refusal,) = refusals(gone, come)

    assert refusal.what == "by-venue would be deleted in the update that makes by-place"
    assert refusal.instead == "make the new one in this update, move its readers, and take the old one away in the next"


@pytest.mark.parametrize(
    "others", [(), (index("by-place", Operation.CREATE, "devices"),)], ids=["alone", "another table gets one"]
)
def test_an_index_goes_alone(others: tuple[Edit, ...]):
    assert code(index("by-venue", Operation.DELETE), *others) == SAFE


def test_whether_an_index_is_exchanged_cannot_be_told_before_the_name_of_its_table_is_known():
    unnamed = index("by-place", Operation.CREATE, UNKNOWN)

    assert code(index("by-venue", Operation.DELETE), unnamed) == CANNOT_TELL


def test_new_protection_is_safe():
    assert code(edit(PROTECT, before=False, after=True, operation=Operation.UNTOUCHED)) == SAFE


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PROD, None])
@pytest.mark.parametrize(("type_", "path", "before", "after"), WEAKER)
def test_what_gets_weaker_is_refused(type_: str, path: str, before: Any, after: Any, environment: Environment | None):
    assert code(weakened(type_, path, before, after), environment=environment) == REFUSED


def test_tls_may_be_offered_where_there_was_none():
    was, will = {"engineVersion": "7.2"}, {"engineVersion": "7.2", "transitEncryptionMode": "preferred"}
    offered = [
        edit(path, None, after, type=GROUP, name="cache-group", was=was, will=will)
        for path, after in (("transitEncryptionEnabled", True), ("transitEncryptionMode", "preferred"))
    ]

    assert code(*offered) == SAFE


@pytest.mark.parametrize(("type_", "path", "before", "after"), SAME_OR_STRONGER)
def test_what_stays_or_gets_stronger_is_safe(type_: str, path: str, before: Any, after: Any):
    assert code(edit(path, before, after, type=type_)) == SAFE


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PROD, None])
@pytest.mark.parametrize(("type_", "path", "before", "after"), [*IMPOSSIBLE, *OUTAGES])
def test_what_is_impossible_or_an_outage_is_refused(
    type_: str, path: str, before: Any, after: Any, environment: Environment | None
):
    assert code(edit(path, before, after, type=type_), environment=environment) == REFUSED


@pytest.mark.parametrize(("type_", "path", "before", "after"), UNCLEAR)
def test_what_only_the_deployment_will_know_cannot_be_told(type_: str, path: str, before: Any, after: Any):
    assert code(edit(path, before, after, type=type_)) == CANNOT_TELL


def test_every_guard_that_the_project_can_meet_is_tried():
    tried = {path for _, path, _, _ in WEAKER}
    elsewhere = {"terminationProtectionEnabled", "backupEnabled", "pitEnabled", "retainBackupsEnabled"}
    elsewhere |= {"encryptionAtRestProvider", "atRestEncryptionEnabled", "versioning.enabled"}
    elsewhere |= {"replicas[].deletionProtectionEnabled", "replicas[].pointInTimeRecovery"}

    assert {guard.path for guard in GUARDS} == tried - {"versioning", "replicas"} | elsewhere


def test_lowered_backups_are_told_in_full():
    assert refusals(edit("backupRetentionPeriod", 7, 3, type=INSTANCE, name="main-primary")) == (
        Refusal(
            resource="aws:rds/instance:Instance::main-primary",
            what="backupRetentionPeriod would go from 7 to 3",
            because="backups older than that are deleted at once, and with them the way back to those days",
            instead="keep the old figure; longer is always safe",
        ),
    )


def test_a_doubt_is_told_in_full():
    verdict = judge(
        [edit("deletionProtection", before=True, after=UNKNOWN, type=INSTANCE, name="main-primary")],
        stack="clubapp-prod",
        environment=Environment.PROD,
    )

    assert verdict.doubts == (
        Refusal(
            resource="aws:rds/instance:Instance::main-primary",
            what="deletionProtection would go from true to what only the deployment will know",
            because="what that does to deletionProtection shows only in the deployment",
            instead="give it a value that the program knows, or look at it after the deployment",
        ),
    )


def test_a_gap_in_the_preview_cannot_be_told():
    verdict = judge([], stack="clubapp-prod", environment=Environment.PROD, gaps=["preview failed", "and more"])

    assert (verdict.exit_code, verdict.doubts) == (
        CANNOT_TELL,
        (
            Refusal(
                resource="",
                what="the change cannot be seen whole",
                because="preview failed (and 1 more)",
                instead="mend that and try again",
            ),
        ),
    )


def test_an_operation_that_nobody_knows_cannot_be_told():
    assert code(edit(operation=Operation.UNKNOWN)) == CANNOT_TELL


def test_a_property_without_a_fact_is_refused():
    assert refusals(edit("cacheMode", 1, 2)) == (
        Refusal(
            resource="aws:dynamodb/table:Table::presence-table",
            what="cacheMode would go from 1 to 2",
            because=f"upgrades/facts has nothing about cacheMode of {TABLE}, so that it may do anything",
            instead="find out what it does, and write it down there with its source; until then leave it as it is",
        ),
    )


def test_what_holds_no_data_needs_no_fact():
    assert code(edit("anything", 1, 2, type="aws:sns/topic:Topic", holds_data=False)) == SAFE


# Together


@pytest.mark.parametrize(
    ("resource", "code_"), [("table/presence", REFUSED), ("table/devices", SAFE)], ids=["the same", "another"]
)
def test_a_table_is_not_autoscaled_in_the_update_that_gives_it_fixed_units(resource: str, code_: int):
    switch = edit(
        "billingMode",
        "PAY_PER_REQUEST",
        "PROVISIONED",
        was={"name": "presence", "billingMode": "PAY_PER_REQUEST"},
        will={"name": "presence", "billingMode": "PROVISIONED"},
    )
    target = edit(
        type="aws:appautoscaling/target:Target",
        name="presence-read",
        operation=Operation.CREATE,
        holds_data=False,
        will={"resourceId": resource},
    )

    assert code(switch, target) == code_


# Environments

EVERYWHERE = {guard.path for guard in GUARDS if guard.group is Group.ENCRYPTION}


@pytest.mark.parametrize(
    "lost",
    [
        edit(operation=Operation.DELETE),
        edit("hashKey", "a", "b", operation=Operation.REPLACE, replaces=True),
        edit(PROTECT, before=True, after=False),
        edit("deletionProtectionEnabled", before=True, after=False),
        edit("pointInTimeRecovery", pitr(True, 35), pitr(True, 1)),
        edit("cacheMode", 1, 2),
        edit("port", 1, 2, type=INSTANCE),
    ],
    ids=["deleted", "replaced", "unprotected", "deletable", "backups", "unknown", "outage"],
)
def test_dev_keeps_nothing_so_it_only_warns(lost: Edit):
    verdict = judge([lost], stack="clubapp-dev", environment=Environment.DEV)

    assert (verdict.exit_code, len(verdict.warnings)) == (SAFE, 1)


@pytest.mark.parametrize(
    ("type_", "path", "before", "after"),
    [*(row for row in WEAKER if row[1] in EVERYWHERE), *IMPOSSIBLE],
)
def test_weaker_encryption_and_the_impossible_are_refused_in_dev_too(type_: str, path: str, before: Any, after: Any):
    assert code(weakened(type_, path, before, after), environment=Environment.DEV) == REFUSED


@pytest.mark.parametrize(
    ("stack", "environment"),
    [("clubapp-dev", Environment.DEV), ("a-b-prod", Environment.PROD), ("clubapp", None), ("", None)],
)
def test_the_name_of_a_stack_says_its_environment(stack: str, environment: Environment | None):
    assert environment_of(stack) is environment


PASSWORD = "random:index/randomPassword:RandomPassword"  # noqa: S105  a type, no password
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def password_gone(name: str = "main-api-password-2", keepers: Any = None) -> Edit:
    was = {"length": 40, "keepers": {"rotation": "2"} if keepers is None else keepers}
    return edit(type=PASSWORD, name=name, operation=Operation.DELETE, was=was)


def test_a_password_that_a_rotation_retires_may_go():
    pending = edit(type=VERSION, name="main-api-secret-pending", operation=Operation.DELETE, holds_data=False)

    assert code(password_gone(), pending) == SAFE


@pytest.mark.parametrize(
    "edits",
    [
        # Its login reads another one from this update on: somebody has taken the number out of the stack file.
        (
            password_gone(),
            edit("secretStringWoVersion", 1, 2, type=VERSION, name="main-api-secret-value", holds_data=False),
        ),
        (password_gone("main-api-password", keepers={}),),
    ],
)
def test_a_password_that_clients_read_may_not_go(edits: tuple[Edit, ...]):
    assert "the password is kept nowhere else" in refusals(*edits)[0].because
