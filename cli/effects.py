"""`datastores effects`: the table of what changes do, and what it leaves out."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TextIO

from upgrades.facts.fact import Fact
from upgrades.facts.table import FACTS
from upgrades.refusals import seconds
from upgrades.report import often

FOUND: Final = 1
BAD_INPUT: Final = 2


def effects(type_: str | None, *, as_json: bool, out: TextIO, err: TextIO) -> int:
    """Print the facts of a type, or of all; return the exit status."""
    if not _known(type_, err):
        return BAD_INPUT
    chosen = {name: facts for name, facts in FACTS.items() if type_ in (None, name)}
    if as_json:
        _dump({name: [_plain(fact) for fact in facts] for name, facts in chosen.items()}, out)
        return 0
    for name, facts in chosen.items():
        out.write(f"{name}\n")
        out.writelines(f"  {fact.kind:<10}{fact.path}{_told(fact)}\n            {fact.source}\n" for fact in facts)
    return 0


def unlisted_properties(type_: str | None, *, as_json: bool, out: TextIO, err: TextIO) -> int:
    """Print what the pinned SDKs accept and no fact is about; return the exit status."""
    from upgrades.facts.unlisted import unlisted  # noqa: PLC0415  it brings the SDKs, which take seconds

    if not _known(type_, err):
        return BAD_INPUT
    found = {name: unlisted(name, facts) for name, facts in FACTS.items() if type_ in (None, name)}
    missing = {name: paths for name, paths in found.items() if paths}
    if as_json:
        _dump(missing, out)
    else:
        out.write("".join(f"{name} {path}\n" for name, paths in missing.items() for path in paths))
    return FOUND if missing else 0


def _known(type_: str | None, err: TextIO) -> bool:
    if type_ is None or type_ in FACTS:
        return True
    err.write(f"error: there are no facts about {type_!r}: the types are {', '.join(FACTS)}\n")
    return False


def _told(fact: Fact) -> str:
    """Say under which condition, for how long, how often, and what else to know."""
    more = [f"when {fact.when.words}"] if fact.when.words else []
    more += [f"{seconds(fact.outage)} without it"] if fact.outage.high else []
    more += [*map(often, fact.waits), *([fact.note] if fact.note else [])]
    return f": {'; '.join(more)}" if more else ""


def _plain(fact: Fact) -> dict[str, Any]:
    return {
        "path": fact.path,
        "effect": fact.kind,
        "when": fact.when.words,
        "outageSeconds": [fact.outage.low, fact.outage.high],
        "waits": [often(wait) for wait in fact.waits],
        "note": fact.note,
        "instead": fact.instead,
        "source": fact.source,
    }


def _dump(document: Mapping[str, Sequence[Any]], out: TextIO) -> None:
    json.dump(document, out, indent=2, ensure_ascii=False)
    out.write("\n")
