"""Pages of applications are in step with what they are about."""

import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from pages.growth import others
from pages.page import END, README, ROOT, files, readme
from pages.picture import picture
from pages.tables import alarms, alerts
from pages.words import KINDS, ON_THE_WAY, WORDS, cell, span
from sizes.load import AtlasLoad, PostgresLoad, RedisLoad, TableLoad
from sizes.network import NetworkSize
from sizes.recovery import Recovery
from stacks.application import Application, AtlasStore, Size
from stacks.applications import APPLICATIONS
from stacks.hops import hops
from stacks.phases import Environment, Phase
from stacks.render import render
from stacks.row_models import parts_of
from stacks.rows import full_rows
from stacks.settings import Settings
from tests.stacks.rendered import CHOSEN, chosen, resources

ALERT = "mongodbatlas:index/alertConfiguration:AlertConfiguration"
WRITTEN = files()
TOLD: list[type] = [*get_args(Size), PostgresLoad, AtlasLoad, TableLoad, RedisLoad, Recovery, NetworkSize]
NAMES = sorted(APPLICATIONS)


@pytest.mark.parametrize("path", WRITTEN, ids=[str(path.relative_to(ROOT)) for path in WRITTEN])
def test_a_page_is_what_its_tables_say(path: Path):
    """What to do when it fails: `python -m pages`."""
    assert path.read_text(encoding="utf-8") == WRITTEN[path]


def test_every_field_that_a_page_may_have_has_words():
    """Logins have a table of their own; a move is told as a hop, and so is what only a hop has."""
    parts = {part for one in TOLD for part in (one, *parts_of(one))}
    wanted = {field.name for part in parts for field in fields(part)} - {"connections", "instance", "cluster", "writer"}

    assert wanted - set(WORDS) == ON_THE_WAY


def test_every_part_of_a_size_has_words():
    parts = {part for one in get_args(Size) for hint in get_type_hints(one).values() for part in get_args(hint)}

    assert {part for part in parts if is_dataclass(part)} - set(KINDS) == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_arrow_of_a_picture_has_both_ends(name: str):
    text = picture(APPLICATIONS[name])

    ends = {end for arrow in re.findall(r"^ *(\w+) -\.?->(?:\|.*?\|)? (\w+)$", text, re.MULTILINE) for end in arrow}
    assert ends == set(re.findall(r"^ *(\w+)\[", text, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_every_store_is_in_the_picture(name: str):
    text = picture(APPLICATIONS[name])

    assert [store.name for store in APPLICATIONS[name].stores if store.name not in text] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_hops_of_a_page_are_those_that_a_stack_file_may_have(name: str):
    application = APPLICATIONS[name]
    page = WRITTEN[ROOT / "docs" / "applications" / f"{name}.md"]

    blocks: list[dict[str, Any]] = [
        yaml.safe_load(re.sub(r"^ {3}", "", block, flags=re.MULTILINE))
        for block in re.findall(r"```yaml\n(.*?) {3}```", page, re.DOTALL)
    ]
    said = [
        (hop["to"], hop["step"], full_rows(application, hop["sizes"]))
        for hop in (block["datastores:hop"] for block in blocks)
    ]
    wanted: list[tuple[str, int, Mapping[str, Size]]] = []
    for before, after in pairwise(Phase):
        for one in (
            application,
            *(other for _, other in others(application) if differs(other, application, before, after)),
        ):
            wanted += [(str(after), step, sizes) for step, sizes in enumerate(hops(one.stores, before, after), start=1)]
    assert said == wanted


def differs(one: Application, other: Application, *phases: Phase) -> bool:
    both = ([[store.sizes.get(phase) for store in each.stores] for phase in phases] for each in (one, other))
    return next(both) != next(both)


@pytest.mark.parametrize("name", NAMES)
def test_the_alarms_of_a_page_are_those_of_the_stack(name: str):
    """In the phase that has most of them; a metric made of log lines has its database's name before its own."""
    rendered = render(Settings.read(f"{name}-prod", phase="enterprise"))

    made = {
        (inputs["metricName"].rpartition("-")[2], float(inputs["threshold"]))
        for inputs in (one["inputs"] for one in rendered if one["type"] == "aws:cloudwatch/metricAlarm:MetricAlarm")
        if "metricName" in inputs
    }
    told = {
        (alarm.metric, float(alarm.above if alarm.above is not None else alarm.below or 0))
        for store in APPLICATIONS[name].stores
        for alarm in alarms(store, Phase.ENTERPRISE).values()
    }
    assert made == told


@pytest.mark.parametrize("name", [name for name in CHOSEN if name != "devora-everywhere"])
def test_the_alerts_of_a_page_are_those_of_the_stack(name: str):
    """By event, metric and figure, in the phase that has most of them."""
    rendered = resources(name, Environment.PROD, Phase.ENTERPRISE)

    made = {
        (inputs["eventType"], given.get("metricName"), given.get("threshold"))
        for inputs in (one["inputs"] for one in rendered if one["type"] == ALERT)
        for given in [{**inputs.get("thresholdConfig", {}), **inputs.get("metricThresholdConfig", {})}]
    }
    told = {
        (alert.event, alert.metric, alert.threshold and float(alert.threshold.above or alert.threshold.below or 0))
        for store in chosen(name, Environment.PROD).stores
        if isinstance(store, AtlasStore)
        for alert in alerts(store, Phase.ENTERPRISE).values()
    }
    assert made == told


def test_a_page_says_what_dev_has_in_place_of_prod():
    page = WRITTEN[ROOT / "docs" / "applications" / "devora.md"]

    assert "In dev and staging, in mvp, in place of that:" in page
    assert "Atlas moves `documents` to servers of its own" in page


def test_the_table_of_phases_says_what_dev_has_in_place_of_prod():
    assert "3 x M10, 10 GB, 7 days back (outside prod M0)" in WRITTEN[README]


@pytest.mark.parametrize(
    ("phases", "said"),
    [
        (tuple(Phase), "in every phase"),
        ((Phase.SCALE, Phase.ENTERPRISE), "from scale on"),
        ((Phase.ENTERPRISE,), "in enterprise"),
        ((Phase.MVP, Phase.GROWTH), "in mvp and growth"),
        ((Phase.MVP, Phase.SCALE, Phase.ENTERPRISE), "in mvp, scale and enterprise"),
    ],
)
def test_phases_are_said_in_words(phases: tuple[Phase, ...], said: str):
    assert span(phases) == said


@pytest.mark.parametrize(
    ("content", "unit", "said"),
    [
        (False, "", "–"),  # noqa: RUF001 # the dash of an empty cell
        (0, "days", "–"),  # noqa: RUF001 # likewise
        (True, "", "yes"),
        (1, "days", "1 day"),
        (1_200, "GiB", "1,200 GiB"),
        (0.2, "KiB", "0.2 KiB"),
        (5, "minutes", "5 minutes"),
        (60, "minutes", "1 hour"),
        (90, "minutes", "90 minutes"),
        (("api", "analytics"), "", "api, analytics"),
    ],
)
def test_a_cell_is_what_a_reader_wants(content: object, unit: str, said: str):
    assert cell(content, unit) == said


def test_a_readme_without_marks_is_refused():
    with pytest.raises(ValueError, match="must have a line '<!-- phases: written by"):
        readme(README.read_text(encoding="utf-8").replace(END, ""))
