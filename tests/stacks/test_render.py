"""Rendering gives the plain resources that every check reads."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import cast

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import Alias, ComponentResource, Output, ResourceOptions
from pulumi.resource_hooks import ResourceHookBinding

from stacks.phases import Environment, Phase
from stacks.render import Resource, render, rendered
from stacks.settings import Settings
from tests.stacks.mocked import mocked, mocked_program
from tests.stacks.rendered import CHOSEN, settings

SDK = (Output, ResourceOptions, ResourceHookBinding, pulumi.resource, pulumi.runtime)
"""What a render puts its own functions into, for a while."""
INSTANCE = "aws:rds/instance:Instance"


def by_name(stack: str, phase: Phase = Phase.MVP, overrides: Mapping[str, str] = {}) -> dict[str, Resource]:
    return {one["name"]: one for one in render(Settings.read(stack, phase=phase, overrides=overrides))}


def test_references_name_type_name_and_attribute():
    presence = by_name("clubapp-dev")["presence-by-venue"]["inputs"]

    assert presence["tableName"] == "clubapp-dev-presence"
    encryption = by_name("clubapp-dev")["presence-table"]["inputs"]["serverSideEncryption"]
    assert encryption == {"enabled": True, "kmsKeyArn": "ref:aws:kms/key:Key::dynamodb-key::arn"}


def test_every_reference_points_to_a_resource_of_the_stack():
    found = by_name("clubapp-prod", Phase.ENTERPRISE)
    known = {(one["type"], one["name"]) for one in found.values()}

    said = set(re.findall(r"ref:([a-z]+:[\w/]+:\w+)::([\w-]+?)::", json.dumps(list(found.values()))))

    assert said <= known
    assert len(said) > 15


def test_options_say_parent_protect_and_what_a_resource_waits_for():
    primary = by_name("clubapp-prod")["main-primary"]

    assert primary["options"] == {
        "protect": True,
        "parent": "datastores:components:Postgres::main",
        "dependsOn": [
            "aws:cloudwatch/logGroup:LogGroup::main-primary-logs-postgresql",
            "aws:cloudwatch/logGroup:LogGroup::main-primary-logs-upgrade",
        ],
        # What a database was made of counts once.
        "ignoreChanges": ["dbName", "username", "restoreToPointInTime", "snapshotIdentifier", "engineLifecycleSupport"],
        "customTimeouts": {"create": "4h", "update": "12h", "delete": "2h"},
    }


def test_a_stack_carries_its_own_tags_whatever_was_rendered_before():
    by_name("clubapp-prod")

    tags = by_name("clubapp-dev", Phase.SCALE)["presence-table"]["inputs"]["tags"]

    assert tags == {
        "application": "clubapp",
        "environment": "dev",
        "phase": "scale",
        "owner": "clubapp-team",
        "costCentre": "clubapp",
        "dataClass": "personal-and-payment-references",
        "stack": "clubapp-dev",
        "backup": "plan",
    }


def test_rendering_twice_gives_the_same_text():
    once, again = (json.dumps(render(Settings.read("clubapp-staging"))) for _ in range(2))

    assert once == again


@pytest.mark.parametrize("name", CHOSEN)
def test_a_render_is_what_pulumi_s_own_mocks_see(name: str):
    stack = settings(name, Environment.PROD, Phase.ENTERPRISE)

    assert json.dumps(render(stack)) == json.dumps(mocked(stack))


def test_what_pulumi_is_told_of_a_resource_is_told_by_a_render_too():
    def program() -> dict[str, object]:
        first = aws.sns.Topic("first", display_name=Output.secret("a name"), opts=ResourceOptions(protect=True))
        group = ComponentResource("tests:index:Group", "group", None, ResourceOptions(protect=False))
        inside = ResourceOptions(parent=group, depends_on=[first], aliases=[Alias(name="once")], retain_on_delete=True)
        second = aws.sns.Topic(
            "second", display_name=first.arn, tags=cast("dict[str, str]", {"a": first.name, "b": None}), opts=inside
        )
        third = ResourceOptions(
            depends_on=Output.from_input([group]), deleted_with=first, ignore_changes=["kms_key_id"]
        )
        aws.sqs.Queue(
            "third",
            delay_seconds=second.tags.apply(lambda tags: len(tags or {})),
            fifo_queue=False,
            name=second.urn,
            opts=third,
        )
        parts = Output.all(first.id, ["x"]).apply(lambda both: both[1])
        aws.ec2.Vpc(
            "fourth",
            cidr_block=Output.format("{}-{name}", parts[0], name=second.name),
            opts=ResourceOptions(import_="vpc-1"),
        )
        return {"json": Output.json_dumps({"arn": second.arn})}

    assert json.dumps(rendered(program, "any-stack")) == json.dumps(mocked_program(program, "any-stack"))


def test_the_sdk_is_as_it_was_after_a_render_that_fails():
    def fails() -> None:
        raise ValueError("no such thing")

    before = [dict(vars(one)) for one in SDK]
    with pytest.raises(ValueError, match="no such thing"):
        rendered(fails, "any-stack")

    assert [dict(vars(one)) for one in SDK] == before


def test_a_value_that_no_provider_takes_is_named():
    with pytest.raises(ValueError, match=r"display_name must be text, a number, .* got Decimal"):
        rendered(lambda: aws.sns.Topic("alerts", display_name=cast("str", Decimal(1))), "any-stack")


def test_a_deviation_of_the_stack_file_reaches_the_resource():
    found = by_name("clubapp-dev", overrides={"sizes.presence.backupDays": "0"})

    assert found["presence-table"]["inputs"]["pointInTimeRecovery"] == {"enabled": False}
    assert found["devices-table"]["inputs"]["pointInTimeRecovery"]["enabled"] is True


def test_an_unlocked_store_may_be_deleted_and_the_others_may_not():
    found = by_name("clubapp-prod", overrides={"unlock": "[main]"})

    assert "protect" not in found["main-primary"]["options"]
    assert found["main-primary"]["inputs"]["skipFinalSnapshot"] is False
    assert found["presence-table"]["options"]["protect"] is True


def test_a_network_given_by_id_creates_none():
    network = "{vpcId: vpc-12345678, subnetIds: [subnet-12345678, subnet-23456789], clientSecurityGroupId: sg-12345678}"

    found = by_name("clubapp-dev", overrides={"network": network})

    assert [name for name in found if name.startswith("network")] == []
    assert found["main-from-clients"]["inputs"]["referencedSecurityGroupId"] == "sg-12345678"
    assert found["cache-subnets"]["inputs"]["subnetIds"] == ["subnet-12345678", "subnet-23456789"]


@pytest.mark.parametrize("library", ["boto3", "moto", "grpc"])
def test_rendering_needs_no_network_and_no_cloud(library: str):
    program = (
        "import sys, socket\n"
        "def refuse(*_): raise AssertionError('a connection')\n"
        "socket.socket.connect = refuse\n"
        "from stacks.render import render\nfrom stacks.settings import Settings\n"
        "render(Settings.read('clubapp-dev'))\n"
        f"sys.exit({library!r} in sys.modules and {library!r} != 'grpc')\n"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
