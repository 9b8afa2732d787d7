"""Several runs on one daemon: at the same time, killed midway, failed."""

import subprocess
import time

import pytest

from localcloud import record
from tests.engine.local import Local

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("concurrency")]

REGIONS = {"clubapp-dev": "eu-central-1", "clubapp-staging": "us-west-2"}
WAIT_SECONDS = 30.0


def begin(local: Local, stack: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--stack", stack],
        env=local.environment,
        cwd=local.paths.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def tables(local: Local, region: str) -> list[str]:
    return local.aws("dynamodb", region).list_tables()["TableNames"]


@pytest.fixture(scope="module")
def ended(local: Local) -> dict[str, str]:
    """Bring two stacks up at the same time, in two regions; give what each run printed, with its exit code."""
    for stack, region in REGIONS.items():
        local.init(stack)
        local.configure(stack, {"aws:region": region})
    runs = {stack: begin(local, stack) for stack in REGIONS}
    printed = {stack: run.communicate()[0] for stack, run in runs.items()}
    return {stack: f"{printed[stack]}\nexit code {run.returncode}" for stack, run in runs.items()}


@pytest.mark.parametrize("stack", REGIONS)
def test_two_stacks_come_up_at_the_same_time(ended: dict[str, str], stack: str):
    assert ended[stack].endswith("exit code 0"), ended[stack]


@pytest.mark.usefixtures("ended")
def test_each_stack_lands_in_its_region(local: Local):
    found = {region: {name.rpartition("-")[0] for name in tables(local, region)} for region in REGIONS.values()}

    # `clubapp-dev-venue-counts` is cut after `venue`.
    assert found == {
        "eu-central-1": {"clubapp-dev", "clubapp-dev-venue"},
        "us-west-2": {"clubapp-staging", "clubapp-staging-venue"},
    }


@pytest.mark.usefixtures("ended")
@pytest.mark.parametrize("stack", REGIONS)
def test_everything_of_a_stack_is_in_its_region(local: Local, stack: str):
    named = {one["outputs"]["region"] for one in local.resources(stack) if "region" in one.get("outputs", {})}

    assert named == {REGIONS[stack]}


@pytest.mark.usefixtures("ended")
def test_after_a_kill_of_the_cli_the_daemon_lives_and_the_next_up_completes(local: Local):
    local.configure("clubapp-dev", {"datastores:owner": "another-team"})

    run = begin(local, "clubapp-dev")
    wait_for_owner(local, "another-team")
    run.kill()
    run.communicate()
    locked = local.pulumi("up", "--yes", "--skip-preview", "--stack", "clubapp-dev")
    local.succeed("cancel", "--yes", "--stack", "clubapp-dev")
    local.up("clubapp-dev")

    assert run.returncode == -9
    assert "pulumi cancel" in locked.stderr
    assert record.running(local.paths) == local.daemon
    assert set(local.up("clubapp-dev")) == {"same"}
    assert owners(local) == {"another-team"}


def test_after_a_failed_run_the_daemon_serves_and_the_next_up_completes(local: Local):
    """What stands in the way is another's table of the same name, as it would on AWS."""
    dynamodb = local.aws("dynamodb")
    dynamodb.create_table(
        TableName="clubapp-prod-presence",
        AttributeDefinitions=[{"AttributeName": "userId", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "userId", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    local.init("clubapp-prod")

    failed = local.pulumi("up", "--yes", "--skip-preview", "--stack", "clubapp-prod")
    dynamodb.delete_table(TableName="clubapp-prod-presence")
    local.up("clubapp-prod")

    assert failed.returncode != 0
    assert "creating aws:dynamodb/table:Table presence-table" in failed.stdout
    assert "ResourceInUseException" in failed.stdout
    assert record.running(local.paths) == local.daemon
    assert set(local.up("clubapp-prod")) == {"same"}


def owners(local: Local) -> set[str]:
    """Give who owns the tables of dev."""
    dynamodb = local.aws("dynamodb")
    arns = [dynamodb.describe_table(TableName=name)["Table"]["TableArn"] for name in tables(local, "eu-central-1")]
    dev = [arn for arn in arns if "clubapp-dev-" in arn]
    tags = [tag for arn in dev for tag in dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]]
    return {tag["Value"] for tag in tags if tag["Key"] == "owner"}


def wait_for_owner(local: Local, owner: str) -> None:
    """Wait until the first table has a new owner: the run is in the middle."""
    end = time.monotonic() + WAIT_SECONDS
    while owner not in owners(local):
        assert time.monotonic() < end, f"no table got the owner {owner} within {WAIT_SECONDS:.0f} s"
