"""`datastores plan` as a user runs it."""

import json
import os
import shlex
import subprocess

import pytest

from tests.cli.command import COMMAND, ROOT

# The tracked stack files, whatever shell the tests are run from.
LEAKS = ("PULUMI_OPTION_CWD", "AWS_ENDPOINT_URL")


def plan(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in os.environ.items() if key not in LEAKS}
    environment |= {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "160"}
    return subprocess.run([*COMMAND, "plan", *arguments], env=environment, capture_output=True, text=True, check=False)


def test_a_plan_says_what_each_update_does_and_what_to_do_next():
    done = plan("clubapp-prod", "--to", "growth")

    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0] == "clubapp-prod: mvp to growth in 3 updates, 1 of which clients notice"
    assert "2. hop 2: failover, 1 to 2 minutes of main-primary" in lines
    assert any("aws:rds/instance:Instance::main-primary: allocatedStorage 20 to 50" in line for line in lines)
    assert "│   └── main-primary: storage, 1 time in 6 hours" in lines
    assert lines[-1] == "next: datastores upgrade clubapp-prod --to growth"


def test_the_next_command_sets_the_same_in_words_that_a_shell_reads():
    asked = (
        "clubapp-prod",
        "--to",
        "growth",
        "--set",
        "owner=the team",
        "--set",
        "aws:allowedAccountIds=['123456789012']",
    )

    done = plan(*asked)

    assert shlex.split(done.stdout.splitlines()[-1]) == ["next:", "datastores", "upgrade", *asked]


def test_a_plan_as_json_has_what_a_stack_file_says_for_each_update():
    updates = json.loads(plan("devmentor-prod", "--from", "growth", "--to", "scale", "--json").stdout)["updates"]

    assert [(update["phase"], update["hop"] and update["hop"]["step"], update["unlock"]) for update in updates] == [
        ("growth", 1, []),
        ("growth", 2, []),
        ("growth", 3, ["main"]),
        ("growth", 4, []),
        ("scale", None, []),
    ]
    assert {check["duty"] for check in updates[2]["before"]} >= {"writes-stopped", "caught-up", "backed-up"}


def test_a_plan_has_the_cost_of_each_update_at_prices_of_another_region():
    done = plan("heka-dev", "--from", "mvp", "--to", "growth", "--at", "us-east-1", "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert found["cost"]["standIn"] == ["us-east-1"]
    assert found["cost"]["before"] == found["updates"][0]["cost"]["before"]
    assert found["cost"]["after"] == found["updates"][-1]["cost"]["after"]


def test_a_plan_without_prices_is_a_plan_and_says_so():
    done = plan("heka-dev", "--from", "mvp", "--to", "growth")

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1].startswith("cost: not priced in eu-central-1: there are prices for ")


def test_a_plan_as_markdown_draws_the_path():
    text = plan("devmentor-dev", "--from", "growth", "--to", "scale", "--markdown").stdout

    assert text.count("```mermaid") == 1
    assert "  up3 --> up4" in text
    assert 'up5(["phase scale<br/>' in text


def test_what_cannot_be_planned_is_refused_with_the_way_by_hand():
    done = plan("devmentor-prod", "--from", "scale", "--to", "growth")

    assert done.returncode == 1
    assert "because: Aurora cannot be left for RDS" in done.stdout
    assert "by hand" in done.stdout


def test_a_choice_is_set_by_its_name():
    done = plan("workflows-prod", "--to", "mvp", "--set", "redis=false", "--json")

    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert [refusal["resource"] for refusal in found["refusals"]] == ["store cache", "store queue"]


def test_what_a_store_keeps_is_said():
    done = plan("clubapp-dev", "--from", "growth", "--to", "mvp", "--json")

    assert json.loads(done.stdout)["kept"] == [
        {"store": "main", "fields": {"storageGib": 50, "maxStorageGib": 200}, "why": "it cannot be taken back"}
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("clubapp-dev", "--to", "gowth"), "did you mean 'growth'?"),
        (("clubapp-dev", "--to", "growth", "--at", "mars-1"), "must be a region with prices (eu-west-1, us-east-1"),
        (("clubapp-dev", "--from", "big", "--to", "growth"), "must be one of mvp, growth, scale, enterprise"),
        (("clubapp-dev", "--to", "growth", "--set", "redis=false"), "datastores:redis is not a key"),
        (("clubapp-dev",), "Missing option '--to'"),
        (("clubapp-dev", "--to", "growth", "--json", "--markdown"), "is not for use with --json"),
    ],
)
def test_bad_input_is_told(arguments: tuple[str, ...], said: str):
    done = plan(*arguments)

    assert done.returncode == 2
    assert said in done.stderr


def test_everything_that_is_wrong_is_said_at_once_in_the_words_of_the_user():
    done = plan("clubapp-prod", "--from", "nowhere", "--to", "grwth", "--set", "sizes.mian.storageGib=100")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "the command line has 2 mistakes:",
        "  --from must be one of mvp, growth, scale, enterprise, got 'nowhere'",
        "  --to must be one of mvp, growth, scale, enterprise, got 'grwth': did you mean 'growth'?",
        "stacks/Pulumi.clubapp-prod.yaml with --set sizes.mian.storageGib=100 has 1 mistake:",
        "  datastores:sizes.mian is not a store of clubapp: did you mean 'main'?",
    ]
