"""Stack files edited in place."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.mistakes import Refusal
from stacks.rewriting import rewritten
from stacks.settings import FOLDER
from stacks.stackfile import config_of

TEXT = """\
# who answers
config:
  aws:region: eu-central-1 # near the users
  aws:allowedAccountIds:
    - "123456789012" # ours

  # how big
  datastores:phase: mvp # since May
  datastores:owner: "team"
secretsprovider: awskms://x # below
"""
HOP = {"to": "growth", "step": 1, "sizes": {"main": {"version": "17", "iops": None, "replicas": ["api"]}}}
FILES = sorted(FOLDER.glob("Pulumi.*.yaml"))


def test_a_scalar_is_changed_and_its_comment_stays():
    assert rewritten(TEXT, {"datastores:phase": "growth"}) == TEXT.replace("mvp #", "growth #")


def test_a_new_key_comes_after_the_last():
    lines = rewritten(TEXT, {"datastores:unlock": ["main"]}).splitlines()

    assert lines[8:11] == ['  datastores:owner: "team"', "  datastores:unlock:", "  - main"]


def test_a_key_that_is_set_and_taken_out_again_leaves_nothing():
    assert rewritten(rewritten(TEXT, {"datastores:hop": HOP}), {"datastores:hop": None}) == TEXT


def test_a_list_is_replaced_whole():
    text = rewritten(TEXT, {"aws:allowedAccountIds": ["1"]})

    assert text == TEXT.replace('\n    - "123456789012" # ours', "\n  - '1'")


def test_line_ends_of_windows_stay():
    text = rewritten(TEXT.replace("\n", "\r\n"), {"datastores:hop": HOP, "datastores:phase": "growth"})

    assert text.count("\n") == text.count("\r\n")


def test_a_key_without_a_namespace_is_ours():
    assert "growth" in rewritten("config:\n  phase: mvp\n", {"datastores:phase": "growth"})


def test_a_file_without_a_last_line_end_is_edited():
    assert rewritten("config:\n  a:b: c", {"a:d": "e"}) == "config:\n  a:b: c\n  a:d: e"


@pytest.mark.parametrize("text", ["config: {datastores:phase: mvp}\n", "config:\n", "", "- 1\n"])
def test_what_cannot_be_edited_in_place_is_refused(text: str):
    with pytest.raises(Refusal, match="cannot be edited in place"):
        rewritten(text, {"datastores:phase": "growth"})


@pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])
def test_a_stack_file_is_the_same_after_an_upgrade_there_and_back(file: Any):
    text = file.read_text(encoding="utf-8")
    phase = config_of(text)[0]["datastores:phase"]

    there = rewritten(text, {"datastores:hop": HOP, "datastores:unlock": ["main"], "datastores:phase": "scale"})

    assert rewritten(there, {"datastores:hop": None, "datastores:unlock": None, "datastores:phase": phase}) == text


VALUES = st.recursive(
    st.booleans()
    | st.integers(0, 10**6)
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=9),
    lambda inside: (
        st.lists(inside, min_size=1, max_size=3)
        | st.dictionaries(st.text("abcxyz", min_size=1, max_size=4), inside, min_size=1, max_size=3)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["datastores:phase", "datastores:hop", "aws:region", "datastores:new"]), VALUES))
def test_whatever_is_written_is_read_back_and_nothing_else_changes(changes: dict[str, Any]):
    before, _ = config_of(TEXT)

    after, _ = config_of(rewritten(TEXT, changes))

    assert after == {**before, **changes}
