"""The policy pack on the real engine: it lets our stacks pass, and stops what breaks a mandatory control."""

import json
import subprocess
from pathlib import Path

import pytest

from localcloud.paths import CODE
from tests.engine.clouds import Start
from tests.engine.local import Local
from tests.engine.project import copy_to, replaced

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("policy_pack")]

PACK = ("--policy-pack", "policies")
KEYLESS = (
    "DynamoDB tables must be encrypted with a customer key: set server_side_encryption.enabled and its kms_key_arn."
)


@pytest.fixture(scope="module")
def local(local: Local) -> Local:
    """Give a local cloud for this project with the stacks of dev and prod."""
    local.init("clubapp-dev")
    local.init("clubapp-prod")
    return local


@pytest.fixture(scope="module")
def careless(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Give a local cloud for a copy of the project whose tables are not encrypted with the stack's key."""
    root = copy_to(tmp_path_factory.mktemp("project"))
    encryption = '        server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},\n'
    replaced(root / "components" / "table.py", encryption, "")
    local = start(root)
    local.init("clubapp-dev")
    return local


def violations(done: subprocess.CompletedProcess[str], level: str) -> list[str]:
    """Name the controls and resources that were reported at a level."""
    lines = done.stdout.partition("\nPolicies:")[2].partition("\nDiagnostics:")[0].splitlines()
    return sorted(" ".join(line.split()[4:]) for line in lines if f"[{level}]" in line)


def open_questions(done: subprocess.CompletedProcess[str]) -> set[str]:
    """Name the controls that cannot tell before the deployment: they report on the stack, once each."""
    return {line.split()[0] for line in violations(done, "advisory") if "(pulumi:pulumi:Stack:" in line}


def advice(done: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.split()[0] for line in violations(done, "advisory")} - open_questions(done)


def test_dev_passes_with_advice(local: Local):
    done = local.pulumi("preview", *PACK, "--stack", "clubapp-dev")

    assert (done.returncode, violations(done, "mandatory")) == (0, [])
    assert {"dynamodb-deletion-protection", "rds-deletion-protection"} <= advice(done)


@pytest.mark.parametrize("phase", ["mvp", "enterprise"])
def test_prod_passes_with_no_more_than_open_questions_in_a_preview(local: Local, phase: str):
    local.configure("clubapp-prod", {"datastores:phase": phase, "datastores:sizes": None})

    done = local.pulumi("preview", *PACK, "--stack", "clubapp-prod")

    resilience = {"elasticache-automatic-failover", "elasticache-multi-az", "rds-multi-az"}
    assert (done.returncode, violations(done, "mandatory")) == (0, [])
    assert open_questions(done)
    assert advice(done) <= (
        resilience
        | {f"elasticache-backup-{what}" for what in ("enabled", "retention-min")}
        | {"backup-cross-region-copy"}
    )


def test_an_up_of_prod_leaves_no_question_open(start: Start):
    local = start(CODE)
    local.init("clubapp-prod")
    local.configure("clubapp-prod", {"datastores:phase": "enterprise"})

    done = local.pulumi("up", "--yes", "--skip-preview", *PACK, "--stack", "clubapp-prod")

    assert (done.returncode, violations(done, "mandatory"), violations(done, "advisory")) == (0, [], [])


def test_a_deviation_that_breaks_a_control_is_stopped(local: Local):
    local.configure("clubapp-prod", {"datastores:phase": "mvp", "datastores:sizes": {"presence": {"backupDays": 0}}})

    done = local.pulumi("preview", *PACK, "--stack", "clubapp-prod")

    assert done.returncode == 1
    presence = "(aws:dynamodb:Table: presence-table)"
    assert violations(done, "mandatory") == [f"dynamodb-pitr {presence}", f"recovery-days-by-phase {presence}"]
    assert "DynamoDB tables must have point-in-time recovery" in done.stdout


def test_a_careless_component_is_stopped_with_the_control_s_sentence(careless: Local):
    done = careless.pulumi("preview", *PACK, "--stack", "clubapp-dev")

    assert done.returncode == 1
    assert {line.split()[0] for line in violations(done, "mandatory")} == {"dynamodb-cmk", "dynamodb-sse-enabled"}
    assert len(violations(done, "mandatory")) == 8
    assert KEYLESS in done.stdout


def test_an_up_that_breaks_a_control_makes_no_such_resource(careless: Local):
    done = careless.pulumi("up", "--yes", "--skip-preview", *PACK, "--stack", "clubapp-dev")

    assert done.returncode == 1
    assert KEYLESS in done.stdout
    assert careless.aws("dynamodb").list_tables()["TableNames"] == []


@pytest.fixture(scope="module")
def exempted(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Local:
    """Give the careless project with exemptions: one that is in date, one that is not."""
    root = copy_to(tmp_path_factory.mktemp("project"))
    encryption = '        server_side_encryption={"enabled": True, "kms_key_arn": args.key_arn},\n'
    replaced(root / "components" / "table.py", encryption, "")
    facts = "control: dynamodb-cmk, reason: the key is being made, owner: team-data"
    rows = f"[{{{facts}, resource: '*-table', expires: 2999-12-31}}, {{{facts}, resource: x, expires: 2026-01-01}}]"
    (root / "policies" / "exemptions.yaml").write_text(f"exemptions: {rows}", encoding="utf-8")
    local = start(root)
    local.init("clubapp-dev")
    return local


def test_what_is_exempted_is_not_stopped_and_an_expired_exemption_is(exempted: Local):
    done = exempted.pulumi("preview", *PACK, "--stack", "clubapp-dev")

    assert "dynamodb-cmk" not in {line.split()[0] for line in violations(done, "mandatory")}
    assert "exemption-expired" in {line.split()[0] for line in violations(done, "mandatory")}
    assert "Exempted for " in done.stdout
    assert "until 2999-12-31, by team-data: the key is being made." in done.stdout


def test_an_unknown_control_in_the_pack_s_configuration_is_refused(local: Local, tmp_path: Path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"dynamodb-ptir": "advisory"}), encoding="utf-8")

    done = local.pulumi("preview", *PACK, "--policy-pack-config", str(config), "--stack", "clubapp-dev")

    assert done.returncode != 0
    assert "dynamodb-ptir" in done.stdout + done.stderr


def test_the_pack_s_configuration_can_make_advice_binding(local: Local, tmp_path: Path):
    config = tmp_path / "config.json"
    config.write_text(json.dumps({"rds-deletion-protection": "mandatory"}), encoding="utf-8")

    done = local.pulumi("preview", *PACK, "--policy-pack-config", str(config), "--stack", "clubapp-dev")

    assert done.returncode == 1
    assert violations(done, "mandatory") == ["rds-deletion-protection (aws:rds:Instance: main-primary)"]


def test_an_up_with_the_pack_passes(start: Start):
    local = start(CODE)
    local.init("clubapp-dev")

    done = local.pulumi("up", "--yes", "--skip-preview", *PACK, "--stack", "clubapp-dev")

    assert (done.returncode, violations(done, "mandatory")) == (0, [])
    assert len(local.aws("dynamodb").list_tables()["TableNames"]) == 4
