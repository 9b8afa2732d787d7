"""What AWS Backup's restore tests came to: the newest of each kind, as it says."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.backup.models import backup_backends
from moto.core.models import DEFAULT_ACCOUNT_ID

from drills.backup_tests import PLAN, SELECTION, backup_tests, judged
from drills.report import Outcome
from localcloud.moto.backup_state import State
from localcloud.moto.operation import state_of
from localcloud.resources.backup_testing import RESTORE_TESTING_SELECTION
from tests.localcloud.lives.backup import drilled
from tests.localcloud.scene import Scene

DAY = datetime(2026, 11, 2, 6, tzinfo=UTC)


def job(status: str, validation: str | None = None, *, days: int = 0, kind: str = "RDS") -> dict[str, Any]:
    found = {"ResourceType": kind, "Status": status, "CreationDate": DAY + timedelta(days=days)}
    return {**found, "ValidationStatus": validation} if validation else found


@pytest.mark.parametrize(
    ("jobs", "outcome", "said"),
    [
        ([], Outcome.UNKNOWN, "no test has run yet"),
        ([job("COMPLETED", kind="DynamoDB")], Outcome.UNKNOWN, "no test has run yet"),
        ([job("RUNNING")], Outcome.UNKNOWN, "the test of 2026-11-02 is still running"),
        ([job("COMPLETED", "VALIDATING")], Outcome.UNKNOWN, "the test of 2026-11-02 is still running"),
        ([job("COMPLETED")], Outcome.PASSED, "restored on 2026-11-02"),
        ([job("COMPLETED", "SUCCESSFUL")], Outcome.PASSED, "restored on 2026-11-02, and found right"),
        ([job("COMPLETED", "TIMED_OUT")], Outcome.PASSED, "restored on 2026-11-02, and nobody looked at it"),
        ([job("COMPLETED", "FAILED")], Outcome.FAILED, "restored on 2026-11-02, and found wrong"),
        ([job("FAILED")], Outcome.FAILED, "failed on 2026-11-02"),
        ([job("ABORTED")], Outcome.FAILED, "aborted on 2026-11-02"),
        ([job("FAILED", days=1), job("COMPLETED")], Outcome.FAILED, "failed on 2026-11-03"),
        ([job("FAILED"), job("COMPLETED", days=1)], Outcome.PASSED, "restored on 2026-11-03"),
    ],
)
def test_the_newest_job_of_a_kind_counts(jobs: list[dict[str, Any]], outcome: Outcome, said: str):
    found = judged("RDS", jobs)

    assert (found.outcome, found.said) == (outcome, said)


def state_with(scene: Scene) -> list[dict[str, Any]]:
    """Give a state with a plan that tries RDS."""
    made = scene.make(RESTORE_TESTING_SELECTION.type, "databases", drilled(scene))
    name = made.inputs["restoreTestingPlanName"]
    plan = scene.aws("backup").get_restore_testing_plan(RestoreTestingPlanName=name)["RestoreTestingPlan"]
    return [
        {"type": PLAN, "outputs": {"name": name, "arn": plan["RestoreTestingPlanArn"]}},
        {"type": SELECTION, "outputs": {"restoreTestingPlanName": name, "protectedResourceType": "RDS"}},
    ]


def ran(scene: Scene, plan: str, **more: Any) -> None:
    """Put a job where AWS Backup would have made one."""
    kept = state_of(backup_backends[DEFAULT_ACCOUNT_ID][scene.region], State)
    kept.restore_jobs.append(
        {
            "RestoreJobId": "it",
            "ResourceType": "RDS",
            "Status": "COMPLETED",
            "CreationDate": DAY.timestamp(),
            "CreatedBy": {"RestoreTestingPlanArn": plan},
            **more,
        }
    )


def test_the_jobs_of_the_stacks_own_plan_are_asked_for(scene: Scene):
    state, other = state_with(scene), state_with(scene)
    ran(scene, state[0]["outputs"]["arn"])
    ran(scene, other[0]["outputs"]["arn"], Status="FAILED", CreationDate=(DAY + timedelta(days=1)).timestamp())

    found = backup_tests(scene.aws, state)

    assert [(one.kind, one.outcome, one.said) for one in found] == [("RDS", Outcome.PASSED, "restored on 2026-11-02")]


def test_a_test_that_has_not_run_is_told(scene: Scene):
    assert [one.said for one in backup_tests(scene.aws, state_with(scene))] == ["no test has run yet"]


def test_without_a_plan_there_is_nothing_to_tell(scene: Scene):
    assert backup_tests(scene.aws, []) == []


def test_the_local_cloud_refuses_a_filter_that_it_does_not_know(scene: Scene):
    with pytest.raises(Exception, match="the local cloud does not imitate ByCreatedAfter"):
        scene.aws("backup").list_restore_jobs(ByCreatedAfter=DAY)
