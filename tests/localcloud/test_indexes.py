"""Indexes as resources of their own leave their table as it was."""

from localcloud.resources.dynamodb import INDEX, TABLE
from tests.localcloud.lives.dynamodb import TABLE_INPUTS
from tests.localcloud.scene import Scene


def test_an_index_beside_a_table_is_no_change_of_the_table(scene: Scene):
    table = scene.make(TABLE.type, "presence", TABLE_INPUTS)
    for name, key in (("by-mood", "mood"), ("by-venue", "venueId")):
        scene.make(
            INDEX.type,
            name,
            {
                "tableName": table.id,
                "indexName": name,
                "keySchemas": [{"attributeName": key, "attributeType": "S", "keyType": "HASH"}],
                "projection": {"projectionType": "KEYS_ONLY"},
            },
        )

    found = scene.read(table)

    assert found
    assert found.inputs == table.inputs
    assert list(scene.diff(found, found.inputs).diffs) == []
