"""A restore that AWS refuses to begin leaves the stack file as it was, or as it is deployed where it is taken up."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from restores.run import Run, carry_out
from restores.steps import made
from stacks.generations import FIRST, said
from stacks.stackfile import config_of
from tests.localcloud.scene import Scene
from tests.stacks.written import RIGHT
from upgrades.cloud import Cloud
from upgrades.engine import Engine
from upgrades.stack_file import rewrite
from upgrades.stopping import UnbegunError

TABLE = "clubapp-dev-presence"
KEY = "datastores:restores"


def refused(scene: Scene, folder: Path, *, resumed: bool) -> dict[str, Any]:
    """Restore a table with a key that is disabled, and give what the stack file says then."""
    dynamodb, kms = scene.aws("dynamodb"), scene.aws("kms")
    attributes = [{"AttributeName": "userId", "AttributeType": "S"}]
    keys = [{"AttributeName": "userId", "KeyType": "HASH"}]
    arguments = {"AttributeDefinitions": attributes, "KeySchema": keys, "BillingMode": "PAY_PER_REQUEST"}
    table = dynamodb.create_table(TableName=TABLE, **arguments)["TableDescription"]
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName=TABLE, PointInTimeRecoverySpecification=recovery)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    type_ = "aws:dynamodb/table:Table"
    urn = f"urn:pulumi:clubapp-dev::datastores::{type_}::presence-table"
    state = {"type": type_, "urn": urn, "id": TABLE, "outputs": {"arn": table["TableArn"]}}
    step = made(FIRST, number=2, origin="latest", key=key)
    file = folder / "Pulumi.clubapp-dev.yaml"
    file.write_text(RIGHT, encoding="utf-8")
    if resumed:
        rewrite(file, {KEY: {"presence": said(step.after)}})
    run = Run(
        engine=cast("Engine", SimpleNamespace(state=lambda: SimpleNamespace(resources=[state]))),
        cloud=cast("Cloud", SimpleNamespace(client=scene.aws)),
        folder=folder,
        stack="clubapp-dev",
        store="presence",
        confirm=lambda _: True,
        say=[].append,
        stay=False,
    )
    try:
        with pytest.raises(UnbegunError, match=f"{TABLE} could not be restored into {TABLE}-2: .*KMS key"):
            carry_out(run, [step])
    finally:
        dynamodb.delete_table(TableName=TABLE)
    return config_of(file.read_text(encoding="utf-8"))[0]


@pytest.mark.parametrize("resumed", [False, True])
def test_a_key_that_aws_refuses_leaves_no_restore_in_the_stack_file(scene: Scene, tmp_path: Path, resumed: bool):
    assert refused(scene, tmp_path, resumed=resumed) == config_of(RIGHT)[0]
