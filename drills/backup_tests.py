"""What AWS Backup's own restore tests came to, kind by kind: the newest job of each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from drills.removal import code_of
from drills.report import BackupTest, Outcome

PLAN: Final = "aws:backup/restoreTestingPlan:RestoreTestingPlan"
SELECTION: Final = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
_RUNNING: Final = frozenset({"PENDING", "RUNNING"})

State = Mapping[str, Any]


def backup_tests(client: Callable[[str], Any], resources: Sequence[State]) -> list[BackupTest]:
    """Ask what became of the restore tests that a state has plans for; none where it has none."""
    found: list[BackupTest] = []
    for plan in (one for one in resources if one["type"] == PLAN):
        name, arn = plan["outputs"]["name"], plan["outputs"]["arn"]
        kinds = [
            str(one["outputs"]["protectedResourceType"])
            for one in resources
            if one["type"] == SELECTION and one["outputs"]["restoreTestingPlanName"] == name
        ]
        try:
            pages = client("backup").get_paginator("list_restore_jobs").paginate(ByRestoreTestingPlanArn=arn)
            jobs = [job for page in pages for job in page["RestoreJobs"]]
        except ClientError as error:
            found += [_unknown(kind, f"AWS Backup does not say: {code_of(error)}") for kind in kinds]
        except BotoCoreError as error:
            found += [_unknown(kind, f"AWS Backup does not say: {type(error).__name__}") for kind in kinds]
        else:
            found += [judged(kind, jobs) for kind in kinds]
    return found


def _unknown(kind: str, said: str) -> BackupTest:
    return BackupTest(kind=kind, outcome=Outcome.UNKNOWN, said=said)


def judged(kind: str, jobs: Iterable[State]) -> BackupTest:
    """Judge the newest job of a kind; one that nobody validated in time was restored all the same."""
    mine = [job for job in jobs if job.get("ResourceType") == kind]
    if not mine:
        return _unknown(kind, "no test has run yet")
    last = max(mine, key=lambda job: job["CreationDate"])
    status, validation = last["Status"], last.get("ValidationStatus")
    when = f"{last['CreationDate']:%Y-%m-%d}"
    if status in _RUNNING or validation == "VALIDATING":
        return _unknown(kind, f"the test of {when} is still running")
    looked = {
        "SUCCESSFUL": ", and found right",
        "FAILED": ", and found wrong",
        "TIMED_OUT": ", and nobody looked at it",
    }
    said = f"{'restored' if status == 'COMPLETED' else status.lower()} on {when}{looked.get(str(validation), '')}"
    passed = status == "COMPLETED" and validation != "FAILED"
    return BackupTest(kind=kind, outcome=Outcome.PASSED if passed else Outcome.FAILED, said=said)
