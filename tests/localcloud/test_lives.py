"""Every type of the local cloud, through a whole life as the engine drives it."""

import pytest
from pulumi.runtime.proto import provider_pb2 as pb

from localcloud.resources import TYPES
from localcloud.wire import UNKNOWN, dump, load
from tests.localcloud.lives import LIVES
from tests.localcloud.lives.life import Life
from tests.localcloud.scene import Scene

every_life = pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
CHANGING = {type_: life for type_, life in LIVES.items() if life.changed}
DRIFTING = {type_: life for type_, life in LIVES.items() if life.drift}
IMPORTABLE = {type_: life for type_, life in LIVES.items() if life.importable}
REPLACING = [(life, key) for life in LIVES.values() for key in life.replaced]


def test_every_type_has_a_life():
    assert LIVES.keys() == TYPES.keys()


def test_every_type_that_changes_in_place_is_seen_changing():
    assert CHANGING.keys() == {type_ for type_, kind in TYPES.items() if kind.update}


@every_life
def test_a_refresh_right_after_creation_finds_nothing(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))

    found = scene.read(made)

    assert found
    written = {key: value for key, value in made.inputs.items() if key not in life.kind.write_only}
    assert (found.inputs, found.outputs) == (written, made.outputs)


@every_life
def test_a_second_run_changes_nothing(scene: Scene, life: Life):
    inputs = life.inputs(scene)
    made = scene.make(life.kind.type, "one", inputs)
    again, failures = scene.check(life.kind.type, "one", inputs, made.inputs)

    difference = scene.diff(made, again)

    assert (failures, difference.changes) == ([], pb.DiffResponse.DIFF_NONE)


@every_life
def test_a_refresh_between_two_runs_changes_nothing(scene: Scene, life: Life):
    inputs = life.inputs(scene)
    made = scene.make(life.kind.type, "one", inputs)
    found = scene.read(made)
    assert found
    again, _ = scene.check(life.kind.type, "one", inputs, found.inputs)

    assert list(scene.diff(found, again).diffs) == []


@every_life
def test_a_preview_promises_the_outputs_as_unknown(scene: Scene, life: Life):
    inputs, _ = scene.check(life.kind.type, "one", life.inputs(scene))
    urn = scene.urn(life.kind.type, "one")

    planned = scene.stub(urn).Create(pb.CreateRequest(urn=urn, properties=dump(inputs), preview=True))

    unknown = {key for key, value in load(planned.properties).items() if value == UNKNOWN}
    assert unknown == (life.kind.outputs - inputs.keys()) | (life.kind.told.keys() & inputs.keys())


@pytest.mark.parametrize("life", CHANGING.values(), ids=CHANGING)
def test_a_change_in_place_keeps_the_resource_and_is_read_back(scene: Scene, life: Life):
    inputs = life.inputs(scene)
    made = scene.make(life.kind.type, "one", inputs)
    change = life.changed(scene) if callable(life.changed) else life.changed or {}
    news, failures = scene.check(life.kind.type, "one", {**inputs, **change}, made.inputs)
    difference = scene.diff(made, news)
    after = scene.update(made, news)
    found = scene.read(after)

    assert (failures, list(difference.replaces)) == ([], [])
    assert {path.partition(".")[0].partition("[")[0] for path in difference.diffs} <= set(change)
    assert found
    readable = change.keys() - life.kind.write_only
    assert {key: found.inputs.get(key) for key in readable} == {key: change[key] for key in readable}


@pytest.mark.parametrize(("life", "key"), REPLACING, ids=[f"{life.kind.type}-{key}" for life, key in REPLACING])
def test_a_change_that_aws_cannot_make_replaces(scene: Scene, life: Life, key: str):
    made = scene.make(life.kind.type, "one", life.inputs(scene))

    difference = scene.diff(made, {**made.inputs, key: life.replaced[key]})

    assert list(difference.replaces) == [key]


@pytest.mark.parametrize("life", DRIFTING.values(), ids=DRIFTING)
def test_a_refresh_finds_what_was_changed_behind_its_back(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))
    assert life.drift
    life.drift(scene, made.id)

    found = scene.read(made)

    assert found
    changed = {
        key for key, value in made.inputs.items() if key not in life.kind.write_only and found.inputs.get(key) != value
    }
    assert changed == life.drifted


@pytest.mark.parametrize("life", IMPORTABLE.values(), ids=IMPORTABLE)
def test_an_import_finds_what_the_program_says(scene: Scene, life: Life):
    inputs = life.inputs(scene)
    made = scene.make(life.kind.type, "one", inputs)
    found = scene.import_(life.kind.type, "one", made.id)
    assert found
    again, _ = scene.check(life.kind.type, "one", inputs, found.inputs)

    differing = set(scene.diff(found, again).diffs) - life.kind.steering - life.kind.write_only

    assert differing == set()


@every_life
def test_a_deleted_resource_is_gone_and_may_be_deleted_again(scene: Scene, life: Life):
    made = scene.make(life.kind.type, "one", life.inputs(scene))
    if life.released:
        life.released(scene, made.id)
    scene.delete(made)
    scene.delete(made)

    assert (scene.read(made) is not None) is life.remains


@every_life
def test_a_property_that_is_not_imitated_is_an_error_that_names_it(scene: Scene, life: Life):
    _, failures = scene.check(life.kind.type, "one", {**life.inputs(scene), "surprise": 1})

    assert [
        failure for failure in failures if failure.startswith("surprise: local cloud: the local cloud does not imitate")
    ]
