"""`datastores check` as a user runs it: what it ends with, what it writes, and what it does not import."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import ENVIRONMENT, INSTANCE, KEY, PUBLIC, ROOT, batch, case, check, resources


def controls_of(done: subprocess.CompletedProcess[str]) -> set[tuple[str, str]]:
    return {(one["control"], one["level"]) for one in json.loads(done.stdout)["violations"]}


# What it ends with


@pytest.mark.parametrize(
    ("inputs", "status"),
    [({"enableKeyRotation": True}, 0), ({}, 1), ({"enableKeyRotation": "unknown:x"}, 3)],
    ids=["clean", "mandatory", "cannot tell"],
)
def test_the_exit_code_says_what_was_found(inputs: dict[str, Any], status: int):
    done = check(
        "--resources", "-", "--framework", "cis3", stdin=resources((KEY, "k", inputs), environment="prod", phase="mvp")
    )

    assert (done.returncode, done.stderr) == (status, "")


def test_advice_is_clean():
    """Backups are advice in dev."""
    stdin = resources((INSTANCE, "main", {"backupRetentionPeriod": 0}), environment="dev", phase="mvp")
    done = check("--resources", "-", "--framework", "soc2", "--json", stdin=stdin)

    assert ("rds-backup-enabled", "advisory") in controls_of(done)
    assert (done.returncode == 0) is all(level == "advisory" for _, level in controls_of(done))


def test_a_stack_is_rendered_and_judged():
    done = check("clubapp-prod", "--phase", "scale", "--json")
    told = json.loads(done.stdout)

    assert {key: told["checked"][key] for key in ("name", "environment", "phase")} == {
        "name": "clubapp-prod",
        "environment": "prod",
        "phase": "scale",
    }
    assert told["counts"]["passed"] > 0
    assert done.returncode == told["status"]


def test_a_setting_may_be_changed_for_the_check():
    done = check("clubapp-prod", "--set", "sizes.presence.backupDays=0", "--json")

    assert ("dynamodb-pitr", "mandatory") in controls_of(done)
    assert done.returncode == 1


def test_an_environment_may_be_another(tmp_path: Path):
    file = tmp_path / "resources.json"
    file.write_text(resources((INSTANCE, "main", {}), environment="dev", phase="mvp"), encoding="utf-8")
    done = check("--resources", str(file), "--environment", "prod", "--json")

    assert ("rds-deletion-protection", "mandatory") in controls_of(done)


def test_what_nobody_says_is_judged_strictly_and_said():
    done = check("--resources", "-", stdin=resources(PUBLIC))

    assert done.stdout.splitlines()[1] == (
        "judged at the strictest level, because nobody says which environment it is and nobody says which phase it is"
    )


def test_a_preview_is_judged(tmp_path: Path):
    urn = f"urn:pulumi:clubapp-prod::datastores::{INSTANCE}::main"
    state = {"urn": urn, "type": INSTANCE, "custom": True, "inputs": PUBLIC[2]}
    file = tmp_path / "preview.json"
    file.write_text(json.dumps({"steps": [{"op": "create", "urn": urn, "newState": state}]}), encoding="utf-8")
    done = check("--preview", str(file), "--json")

    assert ("rds-not-public", "mandatory") in controls_of(done)


LINE = "the command line has {0}:\n  {1}\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            [],
            LINE.format(
                "1 mistake",
                "must have one of STACK, --preview, --resources, --explain and --batch, got none of them",
            ),
        ),
        (
            ["clubapp-dev", "--preview", "x", "--resources", "y"],
            LINE.format(
                "1 mistake",
                "must have one of STACK, --preview, --resources, --explain and --batch, "
                "got STACK and --preview and --resources",
            ),
        ),
        (
            ["--resources", "x", "--set", "phase=mvp"],
            LINE.format("1 mistake", "--set changes the settings of a STACK, and there is none"),
        ),
        (
            ["--explain", "rds-not-public", "--json", "--phase", "mvp"],
            LINE.format("2 mistakes", "--phase means nothing with --explain\n  --json means nothing with --explain"),
        ),
        (
            ["--batch", "clubapp-dev", "--json"],
            LINE.format("2 mistakes", "STACK means nothing with --batch\n  --json means nothing with --batch"),
        ),
        (
            ["--explain", "rds-not-publik"],
            LINE.format("1 mistake", "--explain 'rds-not-publik' is not a control: did you mean 'rds-not-public'?"),
        ),
        (
            ["clubapp-dev", "--framework", "pci5"],
            LINE.format("1 mistake", "--framework 'pci5' is not a framework: did you mean 'pci4'?"),
        ),
        (["--resources", "no/such"], "no/such has 1 mistake:\n  cannot be read: No such file or directory\n"),
        (["--preview", "no/such"], "no/such has 1 mistake:\n  cannot be read: No such file or directory\n"),
        (
            ["clubapp-dev", "--baseline", "no/such"],
            "no/such has 1 mistake:\n  cannot be read: No such file or directory\n",
        ),
        (
            ["clubapp-pord"],
            (
                "stacks/Pulumi.clubapp-pord.yaml has 1 mistake:\n"
                "  does not exist: the stacks are clubapp-dev, clubapp-prod, clubapp-staging, devmentor-dev, "
                "devmentor-prod, devmentor-staging, devora-dev, devora-prod, devora-staging, "
                "heka-dev, heka-prod, heka-staging, workflows-dev, workflows-prod, workflows-staging: "
                "did you mean 'clubapp-prod'?\n"
            ),
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_ends_with_2_and_says_why(arguments: list[str], message: str):
    done = check(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_all_mistakes_of_a_file_of_resources_are_told_at_once():
    rows = [1, {"type": "", "name": 3, "options": []}]
    text = json.dumps({"resources": rows, "stack": {"environment": "prd", "phase": 1, "account": 7, "x": 1}})
    done = check("--resources", "-", stdin=text)

    assert (done.returncode, done.stderr) == (
        2,
        (
            "standard input has 8 mistakes:\n"
            "  resources[0] must be an object with type, name and inputs, got 1\n"
            "  resources[1].type must be a text, got nothing\n"
            "  resources[1].name must be a text, got 3\n"
            "  resources[1].inputs must be an object, got nothing\n"
            "  resources[1].options must be an object, got a list\n"
            "  stack.account must be a text of twelve digits, got 7\n"
            "  stack.environment must be one of dev, staging, prod, got 'prd': did you mean 'prod'?\n"
            "  stack.phase must be one of mvp, growth, scale, enterprise, got 1\n"
        ),
    )


# What it writes


def test_every_format_may_be_written_at_once(tmp_path: Path):
    sarif, junit = tmp_path / "c.sarif", tmp_path / "c.xml"
    done = check("--resources", "-", "--sarif", str(sarif), "--junit", str(junit), "--json", stdin=resources(PUBLIC))

    assert json.loads(done.stdout)["counts"]["mandatory"] > 0
    assert json.loads(sarif.read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert junit.read_text(encoding="utf-8").startswith('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')


def test_what_cannot_be_written_ends_with_2_and_is_named(tmp_path: Path):
    (tmp_path / "folder").mkdir()
    files = ["--sarif", str(tmp_path / "no" / "c.sarif"), "--junit", str(tmp_path / "folder")]
    done = check("--resources", "-", *files, stdin=resources(PUBLIC))

    assert (done.returncode, done.stderr.count("cannot write")) == (2, 2)


@pytest.mark.parametrize(
    ("arguments", "environment", "there"),
    [([], {}, False), (["--github"], {}, True), ([], {"GITHUB_ACTIONS": "true"}, True)],
    ids=["neither", "asked", "on GitHub"],
)
def test_annotations_are_printed_where_they_are_read(arguments: list[str], environment: dict[str, str], there: bool):
    done = check("--resources", "-", *arguments, stdin=resources(PUBLIC), **environment)

    assert ("\n::error file=standard input,title=rds-not-public%3A main::RDS instances must" in done.stdout) is there


def test_annotations_do_not_spoil_json():
    done = check("--resources", "-", "--json", "--github", stdin=resources(PUBLIC))

    assert json.loads(done.stdout)["status"] == 1
    assert "::error " in done.stderr


def test_against_a_baseline_only_what_is_new_counts(tmp_path: Path):
    former = tmp_path / "former.json"
    former.write_text(check("--resources", "-", "--json", stdin=resources(PUBLIC)).stdout, encoding="utf-8")
    again = check("--resources", "-", "--baseline", str(former), stdin=resources(PUBLIC))
    more = check("--resources", "-", "--baseline", str(former), stdin=resources(PUBLIC, (KEY, "k", {})))

    assert (again.returncode, more.returncode) == (0, 1)
    assert "kms-rotation  k\n" in more.stdout
    assert "rds-not-public  main\n" not in more.stdout


def test_a_framework_is_answered_by_requirement():
    done = check("--resources", "-", "--framework", "cis5", stdin=resources(PUBLIC, environment="prod", phase="mvp"))

    assert "CIS AWS Foundations Benchmark 5.0 (cis-aws-5.0)" in done.stdout
    assert any(line.split()[:3] == ["2.2.3", "fails", "rds-not-public"] for line in done.stdout.splitlines())


@pytest.mark.parametrize("slug", ["rds-not-public", "exemption-unused"])
def test_a_control_is_explained(slug: str):
    done = check("--explain", slug)

    assert (done.returncode, done.stdout.splitlines()[0]) == (0, slug)


# Exemptions


def test_the_exemptions_of_the_project_are_read(tmp_path: Path):
    """In a copy, as the project itself has none to show."""
    from tests.engine.project import copy_to  # noqa: PLC0415  it brings the local cloud, which only this test needs

    root = copy_to(tmp_path / "project")
    row = "{control: rds-not-public, resource: main, reason: x, owner: us, expires: 2999-01-01}"
    (root / "policies" / "exemptions.yaml").write_text(f"exemptions: [{row}]", encoding="utf-8")
    done = check("--resources", "-", "--json", stdin=resources(PUBLIC), PYTHONPATH=str(root))

    assert "rds-not-public" not in {control for control, _ in controls_of(done)}
    assert [one["owner"] for one in json.loads(done.stdout)["exempted"]] == ["us"]


def test_a_mistake_in_the_exemptions_ends_with_2(tmp_path: Path):
    from tests.engine.project import copy_to  # noqa: PLC0415  likewise

    root = copy_to(tmp_path / "project")
    (root / "policies" / "exemptions.yaml").write_text("exemptions: [{control: x}]", encoding="utf-8")
    done = check("--resources", "-", stdin=resources(PUBLIC), PYTHONPATH=str(root))

    assert (done.returncode, done.stdout, done.stderr.splitlines()[0]) == (
        2,
        "",
        "policies/exemptions.yaml has 5 mistakes:",
    )


# What it does not import

WATCHED = """
import sys
from cli.start import main
try:
    main()
finally:
    heavy = {"pulumi", "pulumi_aws", "google", "grpc", "boto3", "moto", "rich"}
    sys.stderr.write(" ".join(sorted(heavy & {name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["--batch"], batch(case("a", PUBLIC))),
        (["--resources", "-"], resources(PUBLIC)),
        (["--explain", "rds-not-public"], ""),
        (["--preview", "-"], '{"steps": []}'),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_only_a_stack_needs_pulumi(arguments: list[str], stdin: str):
    """Importing it takes longer than judging a thousand resources."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", WATCHED, "check", *arguments],
        env={**ENVIRONMENT, "PYTHONPATH": str(ROOT)},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode in {0, 1, 3}, done.stderr) == (True, "")
