"""A table's tags are those of its program, however many there are and however often they change."""

from localcloud.resources.dynamodb import TABLE
from tests.localcloud.lives.dynamodb import TABLE_INPUTS
from tests.localcloud.scene import Scene


def test_a_changed_tag_has_one_value(scene: Scene):
    table = scene.make(TABLE.type, "presence", {**TABLE_INPUTS, "tags": {"phase": "mvp", "owner": "us"}})

    scene.update(table, {**table.inputs, "tags": {"phase": "growth", "owner": "us"}})

    tags = scene.aws("dynamodb").list_tags_of_resource(ResourceArn=table.outputs["arn"])["Tags"]
    assert sorted((tag["Key"], tag["Value"]) for tag in tags) == [("owner", "us"), ("phase", "growth")]


def test_all_of_fifty_tags_are_read(scene: Scene):
    many = {f"key{number}": "value" for number in range(50)}
    table = scene.make(TABLE.type, "presence", {**TABLE_INPUTS, "tags": many})

    found = scene.read(table)

    assert found
    assert found.outputs["tags"] == many
