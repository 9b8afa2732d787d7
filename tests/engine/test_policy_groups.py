"""The policy pack on the real engine, with a small program that breaks a control of each group."""

import json
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.project import copy_to

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("policy_groups")]

STACK: Final = "clubapp-prod"
PROGRAM: Final = '''
"""A program that breaks a control of each group."""

import pulumi_aws as aws

key = aws.kms.Key("key", enable_key_rotation=True)
table = {"billing_mode": "PAY_PER_REQUEST", "hash_key": "id", "attributes": [{"name": "id", "type": "S"}]}
aws.dynamodb.Table("orders-prod", **table, deletion_protection_enabled=True, tags={"owner": "somebody"})
aws.dynamodb.Table("late", **table, deletion_protection_enabled=key.arn.apply(lambda arn: False))
network = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16")
everybody = {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["0.0.0.0/0"]}
aws.ec2.SecurityGroup("open", vpc_id=network.id, ingress=[everybody])
aws.cloudwatch.LogGroup("short", retention_in_days=30)
'''
EACH_GROUP: Final = {
    "dynamodb-sse-enabled": "DynamoDB tables must be encrypted by KMS: set server_side_encryption.enabled=True.",
    "dynamodb-pitr": "DynamoDB tables must have point-in-time recovery",
    "sg-no-public-db-port": "Here: port 5432 is open.",
    "kms-policy-defined": "KMS keys must say who may use them",
    "names-without-phase": "Logical names must hold no phase and no environment",
    "loggroup-retention-min": "365 days",
    "cost-tags": "Here: no tag costCentre.",
    "resource-required-tags": "Here: no tag dataClass.",
}
"""Encryption, backups, network, access, resilience, monitoring, cost, tagging."""


@pytest.fixture(scope="module")
def local(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Give a local cloud for a copy of the project with this program in place of its own."""
    root = copy_to(tmp_path_factory.mktemp("project"))
    (root / "__main__.py").write_text(PROGRAM, encoding="utf-8")
    facts = "reason: it is being moved, owner: team-data, expires: 2999-12-31"
    exempted = f"{{control: 'cost-tags[environment]', resource: orders-prod, {facts}}}"
    (root / "policies" / "exemptions.yaml").write_text(f"exemptions: [{exempted}]", encoding="utf-8")
    local = start(root)
    local.init(STACK)
    local.configure(STACK, {"datastores:phase": "growth"})
    return local


def run(local: Local, folder: Path, *command: str, **levels: object) -> subprocess.CompletedProcess[str]:
    """Run a command with the pack; *levels* are its configuration, with `_` in names for `-`."""
    config = folder / "config.json"
    config.write_text(json.dumps({slug.replace("_", "-"): level for slug, level in levels.items()}), encoding="utf-8")
    pack = ("--policy-pack", "policies", "--policy-pack-config", str(config), "--stack", STACK)
    return local.pulumi(*command, *pack)


def violated(done: subprocess.CompletedProcess[str], level: str = "mandatory") -> set[str]:
    lines = done.stdout.partition("\nPolicies:")[2].partition("\nDiagnostics:")[0].splitlines()
    return {line.split()[4] for line in lines if f"[{level}]" in line}


def test_a_violation_of_each_group_is_refused_with_name_and_message(local: Local, tmp_path: Path):
    done = run(local, tmp_path, "preview")

    assert done.returncode != 0
    assert set(EACH_GROUP) - violated(done) == set()
    assert [slug for slug, message in EACH_GROUP.items() if message not in done.stdout] == []
    assert "Cannot tell yet for late (deletionProtectionEnabled): known only when it is deployed." in done.stdout
    assert "dynamodb-deletion-protection" not in violated(done)
    assert "Exempted [environment] for orders-prod until 2999-12-31" in done.stdout


def test_levels_and_settings_of_the_configuration_let_it_pass(local: Local, tmp_path: Path):
    retention = {"enforcementLevel": "mandatory", "days": 30}
    done = run(local, tmp_path, "preview", all="advisory", loggroup_retention_min=retention)

    assert (done.returncode, violated(done)) == (0, set())
    assert "loggroup-retention-min" not in violated(done, "advisory")


def test_an_up_puts_tags_right_and_judges_what_the_program_says(local: Local, tmp_path: Path):
    """AWS writes a policy for a key without one; the program still has none."""
    done = run(
        local,
        tmp_path,
        "up",
        "--yes",
        "--skip-preview",
        all="disabled",
        cost_tags="remediate",
        kms_policy_defined="mandatory",
    )
    dynamodb = local.aws("dynamodb")
    (arn,) = (
        dynamodb.describe_table(TableName=name)["Table"]["TableArn"]
        for name in dynamodb.list_tables()["TableNames"]
        if name.startswith("orders-prod")
    )

    assert violated(done) == {"kms-policy-defined"}
    tags = {one["Key"]: one["Value"] for one in dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]}
    assert tags == {"owner": "somebody", "application": "clubapp", "environment": "prod", "costCentre": "clubapp"}


def test_what_a_preview_could_not_tell_is_decided_in_up(local: Local, tmp_path: Path):
    done = run(
        local, tmp_path, "up", "--yes", "--skip-preview", all="disabled", dynamodb_deletion_protection="mandatory"
    )

    assert done.returncode != 0
    assert violated(done) == {"dynamodb-deletion-protection"}
