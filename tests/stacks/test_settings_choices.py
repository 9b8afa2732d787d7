"""Choices, office hours, names, networks and what can never be undone: what may be said where."""

from dataclasses import replace

import pytest

import stacks.settings
from stacks.application import Choice
from stacks.applications.clubapp import CLUBAPP
from stacks.applications.devmentor import DEVMENTOR
from stacks.applications.heka import HEKA
from stacks.phases import Phase
from stacks.render import render
from stacks.settings import Settings
from tests.stacks.written import ATLAS, RIGHT, Lines, Read, changed

ACCOUNTS = "  aws:allowedAccountIds: ['123456789012']\n"
HOURS = "datastores:officeHours: {start: '07:00', stop: '20:00', timeZone: Europe/Berlin}"
DATABASES = "postgres, mongodb, both"
TIME = "a time such as 07:00, in quotes"
ZONE = "a time zone of the IANA database, such as Europe/Berlin"


# Choices


@pytest.mark.parametrize(
    ("written", "chosen", "stores"),
    [
        ("", "true", {"main", "cache", "queue", "archive"}),
        ("  datastores:choices: {redis: true}\n", "true", {"main", "cache", "queue", "archive"}),
        ("  datastores:choices: {redis: 'false'}\n", "false", {"main", "archive"}),
        ("  datastores:choices: {redis: false, traces: false}\n", "false", {"main", "archive"}),
    ],
)
def test_a_choice_brings_its_stores(read: Read, written: str, chosen: str, stores: set[str]):
    settings = read(RIGHT + written, "workflows-dev")

    assert settings.choices == {"redis": chosen, "traces": "false"}
    assert {store.name for store in settings.application.stores} == stores


def test_a_store_that_was_not_chosen_cannot_be_spoken_of(mistakes: Lines):
    text = RIGHT + "  datastores:choices: {redis: false}\n  datastores:unlock: [queue]\n"

    assert mistakes(text, "workflows-dev") == [
        "datastores:unlock[0] must be a store of workflows, got 'queue': they are main, archive"
    ]


@pytest.mark.parametrize(
    ("stack", "choices", "told"),
    [
        ("workflows-dev", "{redis: maybe}", ".redis must be one of true, false, got 'maybe'"),
        ("workflows-dev", "{redis: ~}", ".redis is required: one of true, false"),
        ("workflows-dev", "{redsi: true}", ".redsi is not a choice of workflows: did you mean 'redis'?"),
        ("workflows-dev", "{traces: both}", ".traces must be one of true, false, got 'both'"),
        ("heka-dev", "{}", ".databases is required: one of postgres, mongodb, both"),
        (
            "heka-dev",
            "{databases: mongo}",
            f".databases must be one of {DATABASES}, got 'mongo': did you mean 'mongodb'?",
        ),
        (
            "heka-dev",
            "{databases: dynamodb}",
            f".databases 'dynamodb' is refused: {HEKA.choices[0].refused['dynamodb']}",
        ),
        ("devora-dev", "{writes: both}", ".writes must be one of single-region, multi-region, got 'both'"),
        ("workflows-dev", "true", " must be a mapping of redis, traces, got 'true'"),
        ("devmentor-dev", "{sharding: nnoe}", ".sharding must be one of none, got 'nnoe': did you mean 'none'?"),
        (
            "devmentor-dev",
            "{sharding: limitless}",
            f".sharding 'limitless' is refused: {DEVMENTOR.choices[0].refused['limitless']}",
        ),
        ("clubapp-dev", "{redis: true}", ".redis is not a choice: clubapp has none"),
    ],
)
def test_a_choice_that_there_is_not_is_refused_with_its_reason(mistakes: Lines, stack: str, choices: str, told: str):
    atlas = f"  {ATLAS}\n" if stack == "devora-dev" else ""

    assert mistakes(RIGHT + atlas + f"  datastores:choices: {choices}\n", stack) == [f"datastores:choices{told}"]


@pytest.fixture
def undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let clubapp have a choice without a default."""
    choice = Choice(name="search", description="Which search there is.", values=("none", "own"), default=None)
    monkeypatch.setitem(stacks.settings.APPLICATIONS, "clubapp", replace(CLUBAPP, choices=(choice,)))


@pytest.mark.usefixtures("undecided")
def test_a_choice_without_a_default_must_be_made(mistakes: Lines):
    assert mistakes(RIGHT) == ["datastores:choices.search is required: one of none, own"]


@pytest.mark.usefixtures("undecided")
def test_a_choice_without_a_default_can_be_made(read: Read):
    assert read(changed("datastores:choices: {search: own}")).choices == {"search": "own"}


# Office hours


def test_databases_keep_office_hours(read: Read):
    hours = read(changed(HOURS)).office_hours

    assert hours is not None
    assert (hours.start, hours.stop, hours.time_zone) == ("07:00", "20:00", "Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("start: '7:00'", f".start must be {TIME}, got '7:00'"),
        ("start: '24:00'", f".start must be {TIME}, got '24:00'"),
        ("stop: '20:60'", f".stop must be {TIME}, got '20:60'"),
        ("stop: 20", f".stop must be {TIME}, got 20"),
        ("timeZone: Europe/Berln", f".timeZone must be {ZONE}, got 'Europe/Berln'"),
        ("timeZone: ''", f".timeZone must be {ZONE}, got nothing"),
    ],
)
def test_hours_that_no_clock_shows_are_refused(mistakes: Lines, written: str, told: str):
    name = written.partition(":")[0]
    whole = {"start": "start: '07:00'", "stop": "stop: '20:00'", "timeZone": "timeZone: Europe/Berlin"}

    text = changed(f"datastores:officeHours: {{{', '.join({**whole, name: written}.values())}}}")

    assert mistakes(text) == [f"datastores:officeHours{told}"]


def test_prod_never_stops(mistakes: Lines):
    assert mistakes(changed(HOURS) + ACCOUNTS, "clubapp-prod") == [
        "datastores:officeHours is refused in prod: its stores never stop"
    ]


def rendered(read: Read, stack: str, phase: Phase) -> set[str]:
    text = changed(HOURS).replace("datastores:phase: mvp", f"datastores:phase: {phase}")
    return {one["name"] for one in render(read(text, stack))}


def test_a_database_without_replicas_starts_and_stops(read: Read):
    assert {"hours-main-start", "hours-main-stop"} <= rendered(read, "clubapp-dev", Phase.MVP)


def test_an_aurora_cluster_starts_and_stops_too(read: Read):
    assert {"hours-main-start", "hours-main-stop"} <= rendered(read, "devmentor-dev", Phase.SCALE)


@pytest.mark.parametrize(
    ("stack", "phase", "why"),
    [
        ("workflows-dev", Phase.GROWTH, "main has read replicas in growth, and RDS stops no instance that has any"),
        ("devmentor-dev", Phase.ENTERPRISE, "main is a global database in enterprise, and RDS stops none"),
    ],
)
def test_hours_that_rds_cannot_keep_are_refused(read: Read, stack: str, phase: Phase, why: str):
    with pytest.raises(Exception, match=f"datastores:officeHours cannot be kept: {why}"):
        rendered(read, stack, phase)


# Names, networks, what can never be undone


def test_names_are_made_in_the_zone_of_the_stack_file(read: Read):
    text = changed("datastores:dns: {zoneId: Z0123456789ABCDEFGHIJ, domain: data.example.com}")

    records = [one["inputs"] for one in render(read(text)) if one["type"] == "aws:route53/record:Record"]

    assert {(one["name"], one["zoneId"]) for one in records} >= {("main.data.example.com", "Z0123456789ABCDEFGHIJ")}


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("zoneId: example, domain: a.de", ".zoneId must be an id such as Z0123456789ABCDEFGHIJ, got 'example'"),
        ("zoneId: Z0123456789, domain: localhost", ".domain must be a domain name such as data.example.com, got "),
        ("zoneId: Z0123456789, domain: a..de", ".domain must be a domain name such as data.example.com, got 'a..de'"),
        ("zoneId: Z0123456789", ".domain is required: a domain name such as data.example.com"),
    ],
)
def test_a_zone_that_cannot_be_is_refused(mistakes: Lines, written: str, told: str):
    (line,) = mistakes(changed(f"datastores:dns: {{{written}}}"))

    assert line.startswith(f"datastores:dns{told}")


def test_a_network_of_the_dr_region_is_one_of_its_own(read: Read):
    network = "{vpcId: vpc-12345678, subnetIds: [subnet-12345678, subnet-23456789], clientSecurityGroupId: sg-12345678}"

    settings = read(changed(f"datastores:drNetwork: {network}"))

    assert settings.network is None
    assert settings.dr_network is not None
    assert settings.dr_network.vpc_id == "vpc-12345678"


def test_a_network_of_the_dr_region_has_ids_too(mistakes: Lines):
    network = "{vpcId: vpc-1, subnetIds: [subnet-12345678, subnet-23456789], clientSecurityGroupId: sg-12345678}"

    assert mistakes(changed(f"datastores:drNetwork: {network}")) == [
        "datastores:drNetwork.vpcId must be an id such as vpc-0a1b2c3d4e5f60718, got 'vpc-1'"
    ]


@pytest.mark.parametrize(
    ("stack", "switch", "told"),
    [
        ("clubapp-dev", "vault-lock", "'vault-lock' is refused: the vaults of dev have no lock"),
        ("clubapp-prod", "atlas-compliance", "'atlas-compliance' is refused: clubapp has no store on Atlas"),
        (
            "clubapp-prod",
            "vault-lok",
            "must be one of vault-lock, atlas-compliance, got 'vault-lok': did you mean 'vault-lock'?",
        ),
    ],
)
def test_a_switch_that_would_switch_nothing_is_refused(mistakes: Lines, stack: str, switch: str, told: str):
    text = RIGHT + ACCOUNTS + f"  datastores:irreversible: [{switch}]\n"

    assert mistakes(text, stack) == [f"datastores:irreversible[0] {told}"]


def test_only_the_switch_makes_the_locks_of_vaults_irreversible():
    locks = {
        switch: {
            one["inputs"].get("changeableForDays")
            for one in render(Settings.read("clubapp-prod", overrides={"irreversible": switch}))
            if one["type"] == "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
        }
        for switch in ("[]", "[vault-lock]")
    }

    assert locks == {"[]": {None}, "[vault-lock]": {3}}
