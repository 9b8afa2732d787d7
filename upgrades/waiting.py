"""The gate and time: what AWS allows only so often is held against what the stack's history says was done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from stacks.mistakes import SettingsError
from stacks.settings import Settings
from stacks.stackfile import decoded
from upgrades import pace
from upgrades.engine import Past
from upgrades.gate import Seen, Verdict
from upgrades.plan import sizes_of
from upgrades.refusals import Refusal


def limited(verdict: Verdict) -> list[Seen]:
    """Give what changes and AWS allows only so often."""
    return [one for one in verdict.effects if one.effect.waits]


def held_against(verdict: Verdict, past: Sequence[Past], now: datetime) -> Verdict:
    """Refuse what AWS would not accept yet, by what was deployed before: newest first."""
    history = pace.history(past)
    if not (seen := limited(verdict)):
        return verdict
    stores = _stores(verdict.stack, history)
    if not stores:
        return not_looked_at(verdict, "the stack's history has no settings that this version reads")
    found = [
        Refusal(
            resource=one.resource,
            what=f"{one.path} would change again before {when:%Y-%m-%d %H:%M} UTC",
            because=why,
            instead=f"wait until then; `datastores upgrade {verdict.stack} --wait` does",
        )
        for one in seen
        if (limit := pace.limit_of(one.resource.rpartition("::")[2], one.effect, stores, verdict.stack, history))
        for when, why in [limit]
        if when > now
    ]
    waits = f"held against {len(history)} update{'' if len(history) == 1 else 's'} of the stack's history"
    if blind := sorted({one.path for one in seen if not pace.remembered(one.effect)}):
        waits += f"; not looked at: {', '.join(blind)}, which no size decides, so that no history has it"
    return replace(verdict, refusals=(*verdict.refusals, *found), waits=waits)


def not_looked_at(verdict: Verdict, why: str) -> Verdict:
    """Say that what AWS allows only so often was not looked at, where something of it changes."""
    return replace(verdict, waits=f"not looked at: {why}") if limited(verdict) else verdict


def _stores(stack: str, history: pace.History) -> frozenset[str]:
    for _, config in history:
        try:
            settings = Settings.parse(stack, {key: decoded(value) for key, value in config.items()})
        except SettingsError:
            continue
        return frozenset(sizes_of(settings))
    return frozenset()
