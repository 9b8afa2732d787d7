"""`datastores drill` as a user runs it: stores come back and their copies are gone, also after it was killed."""

import json
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

from drills.document import load
from drills.kept import FOLDER
from localcloud.paths import CODE
from tests.cli.command import COMMAND
from tests.engine.clouds import Start
from tests.engine.local import Local

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("drill")]

STACK: Final = "clubapp-dev"
TABLES: Final = ("presence", "venue-counts", "devices", "idempotency")


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """A stack with data, and what there was of it before any drill."""

    local: Local
    before: Mapping[str, Any]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*COMMAND, "drill", STACK, *arguments]
        return subprocess.run(
            command, env=environment(self.local), cwd=CODE, capture_output=True, text=True, check=False
        )

    def ended_at(self, words: str, number: signal.Signals) -> int:
        """Begin, and send a signal as soon as it writes *words*; give the exit status."""
        with subprocess.Popen(
            [*COMMAND, "drill", STACK],
            env=environment(self.local),
            cwd=CODE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if words in line:
                    os.kill(process.pid, number)
                    break
            process.stderr.read()
            return process.wait()

    def scratch(self) -> list[str]:
        return [name for name in held(self.local) if name.startswith(f"drill-{STACK}-")]


def environment(local: Local) -> dict[str, str]:
    own = {"DATASTORES_LOCAL": str(local.paths.local), "PYTHONPATH": str(CODE), "NO_COLOR": "1", "COLUMNS": "120"}
    return {**local.environment, **own}


def held(local: Local) -> dict[str, Any]:
    """Give what AWS holds that a drill could touch: instances, tables with their items, replication groups."""
    rds, dynamodb, elasticache = (local.aws(service) for service in ("rds", "dynamodb", "elasticache"))
    return {
        **{one["DBInstanceIdentifier"]: one["DbiResourceId"] for one in rds.describe_db_instances()["DBInstances"]},
        **{name: dynamodb.scan(TableName=name)["Items"] for name in dynamodb.list_tables()["TableNames"]},
        **{
            one["ReplicationGroupId"]: one["ARN"]
            for one in elasticache.describe_replication_groups()["ReplicationGroups"]
        },
    }


@pytest.fixture(scope="module")
def drilled(start: Start) -> Drilled:
    local = start(CODE)
    local.init(STACK)
    local.up(STACK)
    for number in range(30):
        item = {"userId": {"S": f"u{number}"}, "venueId": {"S": "bar"}}
        local.aws("dynamodb").put_item(TableName=f"{STACK}-presence", Item=item)
    return Drilled(local=local, before=held(local))


def test_every_store_comes_back_and_nothing_is_left_or_changed(drilled: Drilled):
    done = drilled.run("--json")

    found = json.loads(done.stdout)
    outcomes = {one["store"]: one["outcome"] for one in found["stores"]}
    # There is no PostgreSQL behind the local cloud's RDS: what nobody could look into has not passed.
    assert outcomes == {"main": "unknown", **dict.fromkeys(TABLES, "passed"), "cache": "not asked"}
    assert (done.returncode, found["outcome"], found["leftovers"]) == (3, "unknown", [])
    main = {one["name"]: one["outcome"] for one in found["stores"][0]["checks"] if one["outcome"] != "passed"}
    assert main == {"connection": "unknown"}
    assert held(drilled.local) == drilled.before
    assert drilled.local.preview(STACK)
    assert {step["op"] for step in drilled.local.preview(STACK)} == {"same"}


def test_its_report_stays_on_this_machine_and_is_no_evidence(drilled: Drilled):
    done = drilled.run("presence")

    files = sorted((drilled.local.paths.local / FOLDER.name / STACK).glob("*.json"))
    assert done.returncode == 0, done.stderr
    reports = [load(file.read_text(encoding="utf-8"), str(file)) for file in files]
    assert [report.is_evidence for report in reports] == [False] * len(reports)
    assert "30 keys of the source and 30 of the copy" in done.stdout
    assert "it proves nothing about AWS" in done.stdout
    assert not (FOLDER / STACK).exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("words", ["devices: restoring", "main: back after", "presence: looking"])
def test_interrupted_anywhere_it_takes_away_what_it_made(drilled: Drilled, words: str, number: signal.Signals):
    status = drilled.ended_at(words, number)

    assert status == 130
    assert held(drilled.local) == drilled.before


def test_what_it_leaves_when_it_is_killed_is_cleaned_and_nothing_else(drilled: Drilled):
    status = drilled.ended_at("presence: looking", signal.SIGKILL)
    left = drilled.scratch()
    assert (status, len(left)) == (-signal.SIGKILL, 1 + len(TABLES))

    done = drilled.run("--clean")

    assert done.returncode == 0, done.stderr
    assert {line.rpartition(" ")[2] for line in done.stderr.splitlines() if line.startswith("left by")} == set(left)
    assert held(drilled.local) == drilled.before
    assert "has left anything" in drilled.run("--clean").stderr


def test_a_store_that_is_not_there_is_bad_input_and_makes_nothing(drilled: Drilled):
    done = drilled.run("mian")

    assert (done.returncode, done.stdout, held(drilled.local)) == (2, "", drilled.before)
    assert "'mian' is not a store of clubapp-dev: did you mean 'main'?" in done.stderr
