"""docs/drills.md is true."""

from pathlib import Path

from cli.drill import CHANGED_PERCENT
from drills import scratch, tables
from drills.objectives import SNAPSHOT_RPO
from drills.report import ASPECTS
from policies.control import Level
from policies.controls import CONTROLS
from policies.levels import Place, level_of
from stacks.phases import RECOVERY, Environment, Phase

PAGE = (Path(__file__).parents[2] / "docs" / "drills.md").read_text(encoding="utf-8")


def test_it_says_for_how_long_a_drill_counts():
    days = " | ".join(str(RECOVERY[phase].drill_days) for phase in Phase)

    assert f"| {' | '.join(Phase)} |\n|---|---|---|---|\n| {days} |" in PAGE


def test_it_says_what_is_asked_of_a_store():
    rows = [line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("|")]

    assert tuple(row for row in rows if row in ASPECTS) == ASPECTS


def test_its_figures_are_those_of_the_code():
    assert f"all up to {tables.LOOKED_AT:,}" in PAGE
    assert f"may differ ({CHANGED_PERCENT})" in PAGE
    assert f"{SNAPSHOT_RPO.total_seconds() / 3600:g} hours: ElastiCache" in PAGE
    assert f"{scratch.PREFIX}-<stack>-<store>-<6 digits>` and tagged `{scratch.DRILL_OF}: <stack>`" in PAGE


def test_it_says_where_the_control_is_mandatory():
    (control,) = (one for one in CONTROLS if one.slug == "restore-drill-recent")
    levels = [level_of(control, Place(environment=Environment.PROD, phase=phase)) for phase in Phase]

    assert levels == [Level.ADVISORY, *[Level.MANDATORY] * 3]
    assert "as advice in mvp, mandatory from growth on" in PAGE
