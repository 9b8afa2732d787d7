"""Claims about where a control is mandatory."""

import pytest

from policies.control import Control, Group, Level
from policies.controls import CONTROLS
from policies.levels import (
    DEVIATIONS,
    LEVELS,
    NOWHERE,
    SETTINGS,
    Deviation,
    Place,
    Setting,
    level_of,
    place_of,
    settings_of,
)
from stacks.phases import Environment, Phase
from tests.policies.driver import made_control

DEV, STAGING, PROD = Environment.DEV, Environment.STAGING, Environment.PROD
PHASES = list(Phase)


def of(group: Group) -> Control:
    return made_control(bool, "a:b:C", group=group)


def level(group: Group, environment: Environment | None, phase: Phase | None) -> Level:
    return level_of(of(group), Place(environment=environment, phase=phase))


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("group", [group for group in Group if group is not Group.RESILIENCE])
def test_prod_and_staging_must_hold_everything_but_resilience_from_the_start(group: Group, phase: Phase) -> None:
    assert [level(group, environment, phase) for environment in (STAGING, PROD)] == [Level.MANDATORY] * 2


def test_prod_must_survive_a_lost_machine_from_growth_on() -> None:
    assert [level(Group.RESILIENCE, PROD, phase) for phase in PHASES] == [Level.ADVISORY, *[Level.MANDATORY] * 3]


@pytest.mark.parametrize("phase", PHASES)
def test_staging_need_not_survive_a_lost_machine(phase: Phase) -> None:
    assert level(Group.RESILIENCE, STAGING, phase) is Level.ADVISORY


@pytest.mark.parametrize("phase", PHASES)
def test_dev_must_be_encrypted_private_and_guarded_and_no_more(phase: Phase) -> None:
    must = {group for group in Group if level(group, DEV, phase) is Level.MANDATORY}

    assert must == {Group.ENCRYPTION, Group.NETWORK, Group.ACCESS}


@pytest.mark.parametrize("group", Group)
def test_no_environment_is_stricter_than_prod_and_no_phase_than_a_later_one(group: Group) -> None:
    rows = LEVELS[group]
    prod = [rows[PROD][phase] for phase in PHASES]

    assert prod == sorted(prod)
    assert all(rows[environment][phase] <= rows[PROD][phase] for environment in Environment for phase in PHASES)


@pytest.mark.parametrize(
    ("environment", "phase", "expected"),
    [
        (None, None, Level.MANDATORY),
        (None, Phase.MVP, Level.ADVISORY),
        (PROD, None, Level.MANDATORY),
        (STAGING, None, Level.ADVISORY),
    ],
)
def test_what_is_not_known_is_judged_as_the_strictest(
    environment: Environment | None, phase: Phase | None, expected: Level
) -> None:
    assert level(Group.RESILIENCE, environment, phase) is expected


def test_a_deviation_changes_one_control_only() -> None:
    off = {environment: dict.fromkeys(Phase, Level.OFF) for environment in Environment}
    deviations = [Deviation(slug="odd", rows=off, reason="good designs differ here")]
    place = Place(environment=PROD, phase=Phase.SCALE)
    odd, even = (made_control(bool, "a:b:C", slug=slug) for slug in ("odd", "even"))

    assert [level_of(one, place, deviations) for one in (odd, even)] == [Level.OFF, Level.MANDATORY]


def test_every_deviation_is_about_a_control_and_has_a_reason() -> None:
    slugs = {control.slug for control in CONTROLS}

    assert [one.slug for one in DEVIATIONS if one.slug not in slugs or not one.reason] == []


@pytest.mark.parametrize(
    ("stack", "config", "expected"),
    [
        ("clubapp-prod", {"datastores:phase": "growth"}, Place(environment=PROD, phase=Phase.GROWTH)),
        ("my-club-dev", {"datastores:phase": "mvp"}, Place(environment=DEV, phase=Phase.MVP)),
        (
            "clubapp",
            {"datastores:phase": "scale"},
            Place(phase=Phase.SCALE, doubt="the stack's name 'clubapp' ends in none of -dev, -staging, -prod"),
        ),
        (
            "clubapp-prod",
            {"datastores:phase": "grwth"},
            Place(
                environment=PROD,
                doubt="the configuration key datastores:phase is not one of mvp, growth, scale, enterprise",
            ),
        ),
        (
            "prod-x",
            {},
            Place(
                doubt="the stack's name 'prod-x' ends in none of -dev, -staging, -prod and "
                "the configuration key datastores:phase is not one of mvp, growth, scale, enterprise"
            ),
        ),
    ],
)
def test_the_stack_says_what_it_is(stack: str, config: dict[str, str], expected: Place) -> None:
    assert place_of(stack, config) == expected


BY_SLUG = {control.slug: control for control in CONTROLS}


@pytest.mark.parametrize(
    ("slug", "place", "expected"),
    [
        ("recovery-days-by-phase", Place(environment=PROD, phase=Phase.MVP), {"days": 7}),
        ("recovery-days-by-phase", Place(environment=PROD, phase=Phase.ENTERPRISE), {"days": 30}),
        ("recovery-days-by-phase", Place(environment=DEV, phase=Phase.ENTERPRISE), {"days": 1}),
        ("recovery-days-by-phase", Place(phase=Phase.SCALE), {"days": 14}),
        ("replicas-by-phase", Place(environment=PROD, phase=Phase.GROWTH), {"replicas": 0}),
        ("elasticache-backup-retention-min", Place(environment=PROD, phase=Phase.GROWTH), {"days": 7}),
        ("elasticache-backup-retention-min", Place(environment=PROD, phase=Phase.SCALE), {"days": 15}),
        ("rds-backup-retention-min", Place(environment=PROD, phase=Phase.ENTERPRISE), {"days": 7}),
    ],
)
def test_a_setting_is_that_of_the_place(slug: str, place: Place, expected: dict[str, int]) -> None:
    assert settings_of(BY_SLUG[slug], place) == expected


@pytest.mark.parametrize("row", SETTINGS, ids=lambda row: row.slugs[0])
def test_no_later_phase_and_no_stricter_environment_asks_for_less(row: Setting) -> None:
    cells = [[row.rows[environment][phase] for phase in PHASES] for environment in Environment]

    assert all(numbers == sorted(numbers) for numbers in (*cells, *map(list, zip(*cells, strict=True))))


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.slug)
def test_what_a_control_says_of_itself_is_the_strictest(control: Control) -> None:
    assert settings_of(control, NOWHERE) == control.defaults


def test_every_row_of_settings_is_about_a_setting_of_a_control() -> None:
    assert [one for row in SETTINGS for one in row.slugs if row.name not in BY_SLUG[one].settings] == []
