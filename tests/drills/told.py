"""Drills as plain data, for tests of what is made of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from drills.kept import Kept
from drills.report import ASPECTS, Check, Outcome, Report, StoreDrill

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


def check(aspect: str = ASPECTS[0], outcome: Outcome = Outcome.PASSED, said: str = "it is so") -> Check:
    return Check(aspect=aspect, name=aspect, outcome=outcome, said=said)


def store(name: str = "main", outcome: Outcome = Outcome.PASSED, **more: Any) -> StoreDrill:
    """Give a store that was asked everything, and of which the last answer is *outcome*."""
    *others, last = ASPECTS
    checks = (*(check(aspect) for aspect in others), check(last, outcome))
    facts: dict[str, Any] = {
        "source": f"clubapp-prod-{name}",
        "scratch": f"drill-clubapp-prod-{name}-0a1b2c",
        "restored_to": NOON - timedelta(minutes=4),
        "age": timedelta(minutes=4),
        "took": timedelta(minutes=31),
        "checks": checks,
        **more,
    }
    return StoreDrill(store=name, kind="table", **facts)


def report(*stores: StoreDrill, **more: Any) -> Report:
    facts: dict[str, Any] = {
        "stack": "clubapp-prod",
        "phase": "mvp",
        "account": "123456789012",
        "region": "eu-central-1",
        "local": False,
        "begun": NOON,
        "ended": NOON + timedelta(hours=1),
        "rpo_minutes": 5,
        "rto_minutes": 240,
        "stores": stores or (store(),),
        **more,
    }
    return Report(**facts)


def kept(*stores: StoreDrill, days_ago: int = 0, **more: Any) -> Kept:
    """Give a report that ended so many days before the 26th of November."""
    ended = NOON - timedelta(days=days_ago)
    return Kept(report=report(*stores, begun=ended, ended=ended, **more), source=f"drills/{days_ago}.json")
