"""Settings that are laid over a stack file, or taken out of it."""

from collections.abc import Mapping

from hypothesis import example, given
from hypothesis import strategies as st

from stacks.stackfile import full_key, overridden

KEYS = st.sampled_from(["sizes", "main", "cache", "backupDays"])
CONFIGS = st.dictionaries(
    KEYS.map(full_key),
    st.dictionaries(KEYS, st.dictionaries(KEYS, st.integers(), min_size=1) | st.integers(), min_size=1),
)


def has(config: Mapping[str, object], first: str, *rest: str) -> bool:
    inside = config.get(first)
    return first in config and (not rest or (isinstance(inside, dict) and has(inside, *rest)))


@given(CONFIGS, st.lists(KEYS, min_size=1, max_size=3), st.integers())
def test_what_was_set_and_is_taken_out_leaves_the_file_as_it_was(
    config: dict[str, object], path: list[str], value: int
):
    key = ".".join(path)
    set_, mistakes = overridden(config, {key: str(value)})
    out, none = overridden(set_, {key: ""})

    if not mistakes and not has(config, full_key(path[0]), *path[1:]):
        assert (out, none) == (config, [])


@given(CONFIGS, st.lists(KEYS, min_size=1, max_size=3))
@example({full_key("sizes"): {"main": 0}}, ["sizes", "main", "cache"])
def test_what_is_taken_out_is_not_there_or_a_mistake(config: dict[str, object], path: list[str]):
    out, mistakes = overridden(config, {".".join(path): ""})

    there = has(config, full_key(path[0]), *path[1:])
    assert (len(mistakes), out == config) == ((0, False) if there else (1, True))
    assert not has(out, full_key(path[0]), *path[1:])
