"""What is told of a whole stack: its phase where something fits there, else a later one."""

from collections.abc import Mapping, Sequence
from functools import cache

import pytest

from advice.advise import Advice, Asked, advise
from advice.check import Told
from advice.report import as_json, markdown, text
from costs.measured import MEASURED
from costs.stack import Resource
from sizes.postgres import PostgresSize
from stacks.aim import aim
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import FOLDER, Settings
from tests.advice.told import IDLE_CACHE, IDLE_DATABASE, IDLE_TABLE, told
from tests.costs.built import AWAY, HOME, TODAY, prices

# On one worker: what is rendered once serves all of them.
pytestmark = pytest.mark.xdist_group("advising")

OVERRIDES = {"aws:region": HOME, "drRegion": AWAY}
TABLES = ("presence", "venue-counts", "devices", "idempotency")
MILLIONS = {"readUnitsMillions": 1, "writeUnitsMillions": 1}
_RENDERED: dict[str, Sequence[Resource]] = {}


def rendered(settings: Settings) -> Sequence[Resource]:
    """Render once what is the same."""
    key = f"{settings.stack} {settings.phase} {settings.sizes}"
    if key not in _RENDERED:
        _RENDERED[key] = render(settings)
    return _RENDERED[key]


@cache
def phases() -> Mapping[Phase, Settings]:
    return {phase: Settings.read("clubapp-prod", phase=phase, overrides=OVERRIDES) for phase in Phase}


def all_idle(**more: Told) -> dict[str, Told]:
    tables = dict.fromkeys(TABLES, told(IDLE_TABLE, **MILLIONS))
    return {"main": told(IDLE_DATABASE), **tables, "cache": told(IDLE_CACHE), **more}


def advised(figures: Mapping[str, Told], now: Phase = Phase.MVP) -> Advice:
    return advise(Asked(phases=phases(), barred={}, now=now, told=figures, book=prices(), on=TODAY, render=rendered))


def test_a_stack_that_fits_stays():
    found = advised(all_idle())

    assert (found.phase, found.command, found.exit_code) == (Phase.MVP, "", 0)
    assert text(found).startswith("clubapp-prod in mvp, us-east-1: every store stays as it is\n")


def test_a_store_that_is_too_small_gets_the_next_size_and_its_price():
    found = advised(all_idle(main=told(IDLE_DATABASE, freeMemoryGib=0.05)))

    assert found.command == "datastores plan clubapp-prod --to mvp --set sizes.main.instanceClass=db.t4g.small"
    assert {one.store: f"{one.more:.2f}" for one in found.stores if one.more} == {"main": "11.68"}
    assert f"{found.difference.whole.more:.2f}" == "11.68"
    assert "too small: memory 0.05 GiB free, at least 0.1 (1 GiB)" in text(found)


def test_the_command_leads_to_what_is_recommended():
    figures = all_idle(
        main=told(IDLE_DATABASE, freeMemoryGib=0.05, iops=5_000), presence=told(IDLE_TABLE, readUnits=3_201)
    )
    found = advised(figures)
    words = found.command.split()
    overrides = dict(word.split("=", 1) for word in words if "=" in word)

    _, there = aim("clubapp-prod", to=words[words.index("--to") + 1], overrides=overrides, folder=FOLDER)

    stores = {store.name: store for store in there.settings.application.stores}
    assert {one.store: there.settings.size(stores[one.store]) for one in found.stores} == {
        one.store: one.size for one in found.stores
    }


def test_where_no_size_of_the_phase_fits_the_next_phase_is_advised():
    """The logins of mvp may hold 45 connections, and those of growth 85."""
    found = advised(all_idle(main=told(IDLE_DATABASE, connections=41)))

    assert (found.phase, found.command) == (Phase.GROWTH, "datastores plan clubapp-prod --to growth")
    assert "or let the logins hold more, in the application's file: the server takes 83" in text(found)


def test_a_phase_that_is_too_small_too_is_passed_over():
    found = advised(all_idle(main=told(IDLE_DATABASE, connections=77)))

    assert found.phase is Phase.SCALE


def test_a_later_phase_has_its_own_row_though_something_smaller_would_do():
    found = advised(all_idle(main=told(IDLE_DATABASE, connections=41)))

    (main,) = (one for one in found.stores if one.store == "main")
    assert isinstance(main.size, PostgresSize)
    assert main.size.instance_class == "db.t4g.medium"


def test_where_nothing_is_large_enough_that_is_the_answer():
    """The highest cap that there is has 39,999 units; 80 % of it are 31,999."""
    found = advised(all_idle(presence=told(IDLE_TABLE, readUnits=32_000)))

    assert (found.nothing_fits, found.exit_code) == (("presence",), 1)
    assert "nothing is large enough for presence" in text(found)


def test_a_store_that_nobody_measured_stays_and_is_named():
    figures = all_idle()
    del figures["devices"]

    found = advised(figures)

    assert (found.unmeasured, found.exit_code) == (("devices",), 3)
    assert "nothing was measured of devices, so nothing is said of it" in text(found)


def test_a_figure_that_nobody_measured_is_named():
    found = advised(all_idle(main=told(IDLE_DATABASE, freeMemoryGib=None)))

    assert found.exit_code == 3
    assert "nobody measured freeMemoryGib: by what they decide it gets no less than it has" in text(found)


@pytest.mark.parametrize(
    ("days", "said"), [(3, "3 days were measured, 7 are needed"), (None, "days is missing, 7 are needed")]
)
def test_too_few_days_are_said(days: float | None, said: str):
    found = advised(all_idle(main=told(IDLE_DATABASE, days=days)))

    assert (found.exit_code, said in text(found)) == (3, True)


def test_a_smaller_size_keeps_standby_and_backups_and_says_what_an_earlier_phase_would_lose():
    found = advised(all_idle(main=told(IDLE_DATABASE, freeMemoryGib=3, freeStorageGib=45)), Phase.GROWTH)

    (main,) = (one for one in found.stores if one.store == "main")
    assert isinstance(main.size, PostgresSize)
    assert (main.size.instance_class, main.size.multi_az, main.size.backup_days) == ("db.t4g.small", True, 14)
    assert main.more < 0
    assert "mvp is no advice, however little is used, as it promises less: main: multiAz, backupDays" in text(found)
    assert "storageGib 50 stays, though 1 GiB are held: allocated storage never shrinks" in text(found)


def test_what_is_hot_is_no_reason_for_more():
    found = advised(all_idle(presence=told(IDLE_TABLE, writeThrottles=3, **MILLIONS)))

    assert found.command == ""
    assert "a key is too hot, more units do not help" in text(found)


def test_every_form_says_the_same():
    found = advised(all_idle(main=told(IDLE_DATABASE, freeMemoryGib=0.05)))

    plain = as_json(found)

    assert plain["stores"][0]["more"] == "11.68"
    assert plain["stores"][0]["changes"] == [
        {"path": "instanceClass", "before": "db.t4g.micro", "after": "db.t4g.small"}
    ]
    assert (plain["command"], plain["exitCode"]) == (found.command, 0)
    assert found.command in markdown(found)
    assert "+11.68" in markdown(found)


def test_advice_is_priced_with_what_was_measured():
    """2 vCPU at 30 % are 0.6, of which db.t4g.micro keeps 0.2 up: 21.90 USD a month for the rest."""
    busy = advised(all_idle(main=told(IDLE_DATABASE, cpuDayPercent=30)))
    idle = advised(all_idle())

    assert f"{busy.difference.whole.before - idle.difference.whole.before:.2f}" == "21.90"


def test_the_page_names_every_figure():
    page = (FOLDER.parent / "docs" / "recommending.md").read_text(encoding="utf-8")

    assert [name for name, said in MEASURED.items() if f"| `{name}` | {said} |" not in page] == []
