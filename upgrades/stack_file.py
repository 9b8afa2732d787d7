"""What the stack file says at each point of an upgrade, and how it comes to say it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from localcloud.files import write_atomically
from stacks.aim import HOP, SIZES, UNLOCK, Aim
from stacks.exports import said
from stacks.mistakes import Refusal as WrittenError
from stacks.rewriting import rewritten
from stacks.rows import written
from upgrades.plan import Plan, Up
from upgrades.stopping import StopError


def rewrite(file: Path, wanted: Mapping[str, object]) -> str:
    """Change a stack file, and give what it said; raises StopError where a person has to change it."""
    text = file.read_text(encoding="utf-8")
    try:
        write_atomically(file, rewritten(text, wanted))
    except WrittenError as error:
        raise StopError(f"{file}: {error}") from None
    return text


@contextmanager
def looking_at(file: Path, wanted: Mapping[str, object]) -> Generator[str]:
    """
    Change a stack file to look at what it would deploy; gives what it said, to which it goes back where that fails.

    Raises StopError where a person has to change it.
    """
    text = rewrite(file, wanted)
    try:
        yield text
    except BaseException:
        # Nothing has happened: the file goes back to what is deployed.
        write_atomically(file, text)
        raise


def changes(current: Mapping[str, object], up: Up, plan: Plan, aim: Aim) -> dict[str, object]:
    """Give what an update changes in a stack file that says *current*, by full key; None takes a key out."""
    wanted = _last(plan, aim) if up.last else dict(current)
    wanted[HOP] = said(up.settings.hop)
    wanted[UNLOCK] = sorted(up.settings.unlock) or None
    return _different(current, wanted)


def settled(current: Mapping[str, object], plan: Plan, aim: Aim) -> dict[str, object]:
    """Give what changes in it where nothing has to be updated."""
    return _different(current, _last(plan, aim))


def _different(current: Mapping[str, object], wanted: Mapping[str, object]) -> dict[str, object]:
    keys = dict.fromkeys([*current, *wanted])
    return {key: wanted.get(key) for key in keys if wanted.get(key) != _none_if_empty(key, current.get(key))}


def _none_if_empty(key: str, value: object) -> object:
    return None if key == UNLOCK and not value else value


def _last(plan: Plan, aim: Aim) -> dict[str, object]:
    """Give what the file says in the end: what a store keeps has become a deviation."""
    config = dict(aim.config)
    if plan.kept:
        sizes = {**cast("Mapping[str, Mapping[str, object]]", config.get(SIZES) or {})}
        for kept in plan.kept:
            fields = {key: written(one) for key, one in kept.fields.items()}
            sizes[kept.store] = {**sizes.get(kept.store, {}), **fields}
        config[SIZES] = sizes
    return config
