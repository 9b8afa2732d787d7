"""Adding an application takes one file and its stack files: everything else finds it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.engine.project import copy_to, stack_file

BOOKSHOP: Final = '''\
"""bookshop: an application that nobody has."""

from sizes.load import PostgresLoad, TableLoad
from sizes.postgres import PostgresSize
from sizes.table import Key, OnDemand, Schema, TableSize
from stacks.application import MIGRATOR, MONITORING, Application, Choice, PostgresStore, TableStore
from stacks.phases import Phase

SMALL = PostgresSize(
    instance_class="db.t4g.medium",
    storage_gib=50,
    max_storage_gib=200,
    multi_az=True,
    replicas=(),
    proxy=False,
    backup_days=35,
    dr_backups=False,
)
LOAD = PostgresLoad(data_gib=10, connections={"shop": 20, MIGRATOR: 2, MONITORING: 2})
BASKETS = TableSize(billing=OnDemand(max_read_units=400, max_write_units=100), backup_days=35, dr_replica=False)
BASKETS_LOAD = TableLoad(reads_millions=1, writes_millions=1, item_kib=1, data_gib=1)

BOOKSHOP = Application(
    name="bookshop",
    data_class="personal",
    choices=(
        Choice(name="baskets", description="Whether baskets are kept.", values=("true", "false"), default="true"),
    ),
    stores=(
        PostgresStore(
            name="books",
            database="bookshop",
            preload=(),
            logins=("shop", MIGRATOR, MONITORING),
            sizes=dict.fromkeys(Phase, SMALL),
            loads=dict.fromkeys(Phase, LOAD),
        ),
        TableStore(
            name="baskets",
            schema=Schema(
                partition_key=Key(name="reader", type="S"), sort_key=None, indexes=(), ttl_attribute="expires"
            ),
            sizes=dict.fromkeys(Phase, BASKETS),
            loads=dict.fromkeys(Phase, BASKETS_LOAD),
            chosen={"baskets": frozenset({"true"})},
        ),
    ),
)
'''
STACK_FILE: Final = """\
config:
  aws:region: eu-central-1
  aws:allowedAccountIds: ["123456789012"]
  datastores:phase: mvp
  datastores:drRegion: eu-west-1
  datastores:owner: bookshop-team
  datastores:costCentre: bookshop
  datastores:monthlyBudget: 200
"""
RENDER: Final = """\
import json, sys
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings

print(json.dumps({phase: [
    [one["type"], one["name"]] for one in render(Settings.read(sys.argv[1], phase=phase))
] for phase in Phase}))
"""
COMMAND: Final = "from cli.main import main; main()"
SCHEMA: Final = "import json; from stacks.schema import json_schema; print(json.dumps(json_schema()))"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the code, and add one application."""
    root = copy_to(tmp_path_factory.mktemp("checkout"))
    (root / "stacks/applications/bookshop.py").write_text(BOOKSHOP, encoding="utf-8")
    for environment in ("dev", "prod"):
        stack_file(root, f"bookshop-{environment}").write_text(STACK_FILE, encoding="utf-8")
    return root


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the code of the checkout."""
    environment = {"PYTHONPATH": str(checkout), "PATH": "/usr/bin:/bin", "NO_COLOR": "1", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )


def answer(checkout: Path, *arguments: str) -> Any:
    ran = run(checkout, *arguments)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_new_application_renders_in_every_phase(checkout: Path, environment: str):
    found = answer(checkout, "-c", RENDER, f"bookshop-{environment}")

    assert list(found) == ["mvp", "growth", "scale", "enterprise"]
    for resources in found.values():
        assert ["aws:rds/instance:Instance", "books-primary"] in resources
        assert ["aws:dynamodb/table:Table", "baskets-table"] in resources
        assert ["aws:cloudwatch/metricAlarm:MetricAlarm", "books-primary-storage-alarm"] in resources


def test_a_new_application_passes_the_check(checkout: Path):
    checked = run(checkout, "-c", COMMAND, "check", "bookshop-prod")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert "bookshop-prod" in checked.stdout


def test_editors_know_the_stores_of_a_new_application(checkout: Path):
    schema = json.dumps(answer(checkout, "-c", SCHEMA))

    assert '"books"' in schema
    assert '"baskets"' in schema
