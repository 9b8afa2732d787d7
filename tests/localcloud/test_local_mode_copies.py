"""Copies of stack files: the tracked file's changes come in, the local ones stay."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud import project
from localcloud.errors import SetupError
from localcloud.paths import Paths
from localcloud.stack_copy import StackFileError, merge, to_text, to_values, update
from tests.localcloud.checkout import STACK_FILE, checkout, copy_of, stack_file

KEYS = st.sampled_from([("encryptionsalt",), ("config", "a:x"), ("config", "a:y"), ("config", "a:z")])
File = dict[tuple[str, ...], int]
FILES = st.dictionaries(KEYS, st.integers(0, 2))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Give a project that was used once."""
    made = checkout(tmp_path / "project")
    project.prepare(made, "life1")
    return made


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@given(origin=FILES, tracked=FILES)
def test_a_copy_that_nobody_changed_becomes_the_tracked_file(origin: File, tracked: File):
    merged = merge(origin=origin, copy=origin, tracked=tracked)

    assert (merged.values, merged.overruled) == (tracked, ())


@given(origin=FILES, copy=FILES)
def test_a_tracked_file_that_nobody_changed_leaves_the_copy(origin: File, copy: File):
    merged = merge(origin=origin, copy=copy, tracked=origin)

    assert (merged.values, merged.overruled) == (copy, ())


@given(origin=FILES, copy=FILES, tracked=FILES)
def test_whatever_the_tracked_file_changed_is_in_the_copy(origin: File, copy: File, tracked: File):
    merged = merge(origin=origin, copy=copy, tracked=tracked)
    changed = {key for key in {*origin, *tracked} if origin.get(key) != tracked.get(key)}

    assert {key: merged.values.get(key) for key in changed} == {key: tracked.get(key) for key in changed}


@given(origin=FILES, copy=FILES, tracked=FILES)
def test_whatever_only_the_copy_changed_stays(origin: File, copy: File, tracked: File):
    merged = merge(origin=origin, copy=copy, tracked=tracked)
    kept = {key for key in {*copy, *origin} if origin.get(key) == tracked.get(key)}

    assert {key: merged.values.get(key) for key in kept} == {key: copy.get(key) for key in kept}


@given(origin=FILES, copy=FILES, tracked=FILES)
def test_exactly_the_lost_local_changes_are_told(origin: File, copy: File, tracked: File):
    merged = merge(origin=origin, copy=copy, tracked=tracked)
    local = {key for key in {*origin, *copy} if origin.get(key) != copy.get(key)}

    assert set(merged.overruled) == {key for key in local if merged.values.get(key) != copy.get(key)}


@given(origin=FILES, copy=FILES, tracked=FILES)
def test_merging_again_after_a_crash_gives_the_same(origin: File, copy: File, tracked: File):
    once = merge(origin=origin, copy=copy, tracked=tracked).values

    assert merge(origin=origin, copy=once, tracked=tracked).values == once


@pytest.mark.parametrize("value", ["17.10", "012", "yes", "'17'", "2026-01-01", "{to: scale, step: 2}", "[a, b]", "~"])
def test_a_value_stays_as_it_was_written(value: str):
    text = f"config:\n  a:x: {value}\n"

    assert to_text(to_values(text)) == text


def test_a_copy_starts_word_for_word(paths: Paths):
    assert copy_of(paths, "a-dev").read_text(encoding="utf-8") == STACK_FILE


def test_a_local_salt_and_a_local_phase_stay_when_another_key_changes(paths: Paths):
    edit(copy_of(paths, "a-dev"), "phase: mvp\n", "phase: growth\nencryptionsalt: v1:x\n")
    edit(stack_file(paths.root, "a-dev"), "eu-central-1", "eu-west-1")
    said = project.prepare(paths, "life1")

    assert said == []
    assert copy_of(paths, "a-dev").read_text(encoding="utf-8") == (
        "config:\n  aws:region: eu-west-1\n  datastores:phase: growth\nencryptionsalt: v1:x\n"
    )


def test_a_tracked_change_of_the_same_key_wins_and_is_said(paths: Paths):
    edit(copy_of(paths, "a-dev"), "phase: mvp", "phase: growth")
    edit(stack_file(paths.root, "a-dev"), "phase: mvp", "phase: scale")
    said = project.prepare(paths, "life1")

    assert said == ["stacks/Pulumi.a-dev.yaml changed datastores:phase: the local growth is given up for scale"]
    assert "datastores:phase: scale" in copy_of(paths, "a-dev").read_text(encoding="utf-8")


def test_a_new_life_keeps_what_was_changed_locally(paths: Paths):
    edit(copy_of(paths, "a-dev"), "phase: mvp", "phase: growth")
    project.prepare(paths, "life2")

    assert "datastores:phase: growth" in copy_of(paths, "a-dev").read_text(encoding="utf-8")


def test_a_copy_that_was_removed_comes_back(paths: Paths):
    copy_of(paths, "a-dev").unlink()
    project.prepare(paths, "life1")

    assert copy_of(paths, "a-dev").read_text(encoding="utf-8") == STACK_FILE


def test_a_stack_file_that_only_local_mode_has_is_left_alone(paths: Paths):
    copy_of(paths, "b-dev").write_text("config: {}\n", encoding="utf-8")
    project.prepare(paths, "life1")

    assert copy_of(paths, "b-dev").read_text(encoding="utf-8") == "config: {}\n"


def test_how_production_keeps_its_secrets_is_not_copied():
    tracked = f"secretsprovider: awskms://alias/x\nencryptedkey: abc\n{STACK_FILE}"

    assert update(None, was="", tracked=tracked).text == STACK_FILE


def test_production_changing_its_secrets_provider_leaves_the_local_salt():
    changed = update(f"{STACK_FILE}encryptionsalt: v1:x\n", was=STACK_FILE, tracked=f"{STACK_FILE}encryptedkey: abc\n")

    assert (changed.text, changed.overruled) == (f"{STACK_FILE}encryptionsalt: v1:x\n", ())


def test_the_cli_quoting_a_value_is_no_local_change():
    copy = 'config:\n  a:x: "true"\n  a:y: local\n'
    changed = update(copy, was="config:\n  a:x: true\n", tracked="config:\n  a:x: false\n")

    assert (changed.text, changed.overruled) == ("config:\n  a:x: false\n  a:y: local\n", ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("config: [", "while parsing a flow"),
        ("- a\n- b\n", "it must be a mapping"),
        ("config:\n  a:x: 1\n  a:x: 2\n", "it names a:x twice"),
    ],
)
def test_a_stack_file_that_cannot_be_read_is_told(text: str, why: str):
    with pytest.raises(StackFileError, match=why):
        to_values(text)


def test_a_broken_stack_file_is_named_and_its_copy_left(paths: Paths):
    edit(copy_of(paths, "a-dev"), "mvp", "growth")
    before = copy_of(paths, "a-dev").read_text(encoding="utf-8")
    stack_file(paths.root, "a-dev").write_text("config: [", encoding="utf-8")

    with pytest.raises(SetupError, match=r"^stacks/Pulumi\.a-dev\.yaml cannot be read: while parsing a flow"):
        project.prepare(paths, "life1")
    assert copy_of(paths, "a-dev").read_text(encoding="utf-8") == before
