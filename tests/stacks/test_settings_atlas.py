"""MongoDB Atlas in stack files: asked for where a store is there, refused where none is, and never half said."""

import json
import subprocess
import sys
from collections.abc import Iterable

import pytest

from sizes.atlas import DEDICATED, TIERS, AtlasSize, SharedAtlasSize
from stacks.application import AtlasStore
from stacks.applications import APPLICATIONS
from stacks.phases import Environment, Phase
from stacks.rows import written
from stacks.settings import Settings
from tests.stacks.written import ATLAS, RIGHT, Lines, Read

ACCOUNTS = "  aws:allowedAccountIds: ['123456789012']\n"
ORGANIZATION = '"0123456789abcdef01234567"'
DEVORA = "devora as it is chosen"
SWITCH = "datastores:irreversible[0] 'atlas-compliance'"
ANSWERS = "{email, firstName, lastName} of who answers for atlas-compliance"
USER = "authorizedUser: {email: legal@example.com, firstName: Ada, lastName: Lovelace}"
BLOCK = "a block of addresses such as 203.0.113.0/24, of /8 or smaller"
SHARES = "documents shares its servers in mvp and has no private network"


def text(*lines: str, phase: Phase = Phase.MVP) -> str:
    return RIGHT.replace("phase: mvp", f"phase: {phase}") + "".join(f"  {line}\n" for line in lines)


def only(settings: Settings) -> AtlasStore:
    (store,) = (store for store in settings.application.stores if isinstance(store, AtlasStore))
    return store


def tiers(sizes: Iterable[AtlasSize | SharedAtlasSize | None]) -> list[str]:
    return [size.tier for size in sizes if size]


# Whether it is said


@pytest.mark.parametrize(
    ("stack", "choices"),
    [
        ("devora-dev", ""),
        ("heka-dev", "datastores:choices: {databases: mongodb}"),
        ("heka-dev", "datastores:choices: {databases: both}"),
    ],
)
def test_a_stack_with_a_store_on_atlas_must_say_whose_atlas(mistakes: Lines, stack: str, choices: str):
    assert mistakes(text(*([choices] if choices else [])), stack) == [
        "datastores:atlas is required: {organizationId: …}, whose MongoDB Atlas has documents"
    ]


@pytest.mark.parametrize(
    ("stack", "choices", "whose"),
    [
        ("clubapp-dev", "", "clubapp"),
        ("heka-dev", "datastores:choices: {databases: postgres}", "heka as it is chosen"),
        ("workflows-dev", "", "workflows as it is chosen"),
        ("workflows-dev", "datastores:choices: {traces: false}", "workflows as it is chosen"),
    ],
)
def test_a_stack_without_one_must_not(mistakes: Lines, stack: str, choices: str, whose: str):
    assert mistakes(text(ATLAS, *([choices] if choices else [])), stack) == [
        f"datastores:atlas is refused: {whose} has no store on Atlas"
    ]


def test_whether_it_must_is_not_said_while_the_choice_is_a_mistake(mistakes: Lines):
    assert mistakes(text("datastores:choices: {databases: mysql}"), "heka-dev") == [
        "datastores:choices.databases must be one of postgres, mongodb, both, got 'mysql'"
    ]


@pytest.mark.parametrize(
    ("stack", "choices", "stores"),
    [
        ("heka-dev", "{databases: postgres}", ["main"]),
        ("heka-dev", "{databases: mongodb}", ["documents"]),
        ("heka-dev", "{databases: both}", ["main", "documents"]),
        ("devora-dev", "{memory: true}", ["documents", "memory"]),
        ("devora-dev", "{memory: false}", ["documents"]),
    ],
)
def test_a_choice_brings_its_databases(read: Read, stack: str, choices: str, stores: list[str]):
    atlas = [ATLAS] if "documents" in stores else []

    settings = read(text(f"datastores:choices: {choices}", *atlas), stack)

    assert [store.name for store in settings.application.stores] == stores


# What is said


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("", [".organizationId is required: 24 hexadecimal digits in quotes, as Atlas shows them"]),
        (
            "organisationId: 1, allowedCidrs: 5",
            [
                ".organisationId is not a key: did you mean 'organizationId'?",
                ".allowedCidrs must be a list of blocks of addresses, got 5",
                ".organizationId is required: 24 hexadecimal digits in quotes, as Atlas shows them",
            ],
        ),
        (
            "organizationId: 0123, allowedCidrs: [10.0.0.1, 10.0.0.1/24, 0.0.0.0/0, 7.0.0.0/7, '::/0', here]",
            [
                ".organizationId must be 24 hexadecimal digits in quotes, as Atlas shows them, got 83",
                f".allowedCidrs[0] must be {BLOCK}, got '10.0.0.1'",
                f".allowedCidrs[1] must be {BLOCK}, got '10.0.0.1/24'",
                f".allowedCidrs[2] must be {BLOCK}, got '0.0.0.0/0'",
                f".allowedCidrs[3] must be {BLOCK}, got '7.0.0.0/7'",
                f".allowedCidrs[4] must be {BLOCK}, got '::/0'",
                f".allowedCidrs[5] must be {BLOCK}, got 'here'",
            ],
        ),
        (
            f"organizationId: {ORGANIZATION}",
            [f".allowedCidrs is required: a list of blocks of addresses, as {SHARES}"],
        ),
        (
            f"organizationId: {ORGANIZATION}, {USER}",
            [
                ".authorizedUser is refused: only atlas-compliance in datastores:irreversible reads it",
                f".allowedCidrs is required: a list of blocks of addresses, as {SHARES}",
            ],
        ),
        (
            f"organizationId: {ORGANIZATION}, allowedCidrs: [10.0.0.0/8], authorizedUser: {{email: me, firstName: ''}}",
            [
                ".authorizedUser.email must be an e-mail address, got 'me'",
                ".authorizedUser.firstName must be a first name, got nothing",
                ".authorizedUser.lastName is required: a last name",
            ],
        ),
        (
            f"organizationId: {ORGANIZATION}, allowedCidrs: [10.0.0.0/8], projectName: '', clusterName: my_cluster",
            [
                (
                    ".projectName must be the name of a project, 1 to 64 letters, digits, spaces or "
                    "( ) @ & + : , . ' _ -, got nothing"
                ),
                ".clusterName must be the name of a cluster, 1 to 64 letters, digits or -, got 'my_cluster'",
            ],
        ),
    ],
)
def test_what_is_wrong_with_it_is_told_at_once(mistakes: Lines, inside: str, told: list[str]):
    assert mistakes(text(f"datastores:atlas: {{{inside}}}"), "devora-dev") == [f"datastores:atlas{one}" for one in told]


def test_no_addresses_are_let_in_where_clusters_are_private(mistakes: Lines):
    assert mistakes(text(ATLAS) + ACCOUNTS, "devora-prod") == [
        f"datastores:atlas.allowedCidrs is refused: the clusters of {DEVORA} are reached by PrivateLink only"
    ]


def test_addresses_may_stay_when_dev_grows_to_servers_of_its_own(read: Read):
    settings = read(text(ATLAS, phase=Phase.GROWTH), "devora-dev")

    assert settings.atlas is not None
    assert settings.atlas.allowed_cidrs == ("203.0.113.0/24",)


@pytest.mark.parametrize("key", ["owner", "costCentre"])
@pytest.mark.parametrize("value", ["team:one", "a/b", "a=b", "x" * 256])
def test_a_tag_that_atlas_would_refuse_is_refused(mistakes: Lines, key: str, value: str):
    file = "".join(
        f"  datastores:{key}: {value}\n" if line.startswith(f"  datastores:{key}") else line
        for line in text(ATLAS).splitlines(keepends=True)
    )

    (told,) = mistakes(file, "devora-dev")
    assert told.startswith(
        f"datastores:{key} must be a tag's value for Atlas too (255 characters at most, none of = : /)"
    )


# What can never be undone


def irreversible(read: Read, *lines: str, phase: Phase, stack: str = "devora-prod") -> Settings:
    return read(text("datastores:irreversible: [atlas-compliance]", *lines, phase=phase) + ACCOUNTS, stack)


def test_a_compliance_policy_has_somebody_who_answers_for_it(read: Read):
    atlas = f"datastores:atlas: {{organizationId: {ORGANIZATION}, {USER}}}"

    settings = irreversible(read, atlas, phase=Phase.MVP)

    assert settings.irreversible == {"atlas-compliance"}
    assert settings.atlas is not None
    assert settings.atlas.authorized_user is not None
    assert settings.atlas.authorized_user.email == "legal@example.com"


@pytest.mark.parametrize(
    ("stack", "atlas", "told"),
    [
        (
            "devora-prod",
            f"datastores:atlas: {{organizationId: {ORGANIZATION}}}",
            f"datastores:atlas.authorizedUser is required: {ANSWERS}",
        ),
        (
            "devora-staging",
            f"datastores:atlas: {{organizationId: {ORGANIZATION}, allowedCidrs: [10.0.0.0/8]}}",
            f"{SWITCH} is refused: no cluster of {DEVORA} has servers of its own in mvp",
        ),
        (
            "workflows-prod",
            "datastores:choices: {traces: false}",
            f"{SWITCH} is refused: workflows as it is chosen has no store on Atlas",
        ),
    ],
)
def test_a_compliance_policy_without_backups_or_anybody_is_refused(mistakes: Lines, stack: str, atlas: str, told: str):
    assert mistakes(text("datastores:irreversible: [atlas-compliance]", atlas) + ACCOUNTS, stack) == [told]


# Rows


@pytest.mark.parametrize(
    ("application", "environment", "expected"),
    [
        ("devora", "dev", ["M0", "M10", "M30", "M60"]),
        ("devora", "staging", ["M0", "M10", "M30", "M60"]),
        ("devora", "prod", ["M10", "M10", "M30", "M60"]),
        ("heka", "dev", ["FLEX", "M10", "M30", "M50"]),
        ("heka", "prod", ["M10", "M10", "M30", "M50"]),
        ("workflows", "dev", ["M30", "M40", "M60", "M60"]),
    ],
)
def test_a_tier_is_that_of_environment_and_phase(application: str, environment: str, expected: list[str]):
    chosen = {"heka": {"choices": "{databases: mongodb}"}, "workflows": {"choices": "{traces: true}"}}
    overrides = {**chosen.get(application, {}), "atlas.organizationId": ORGANIZATION}
    if (application, environment) in {("heka", "dev"), ("devora", "dev")}:
        overrides["atlas.allowedCidrs"] = "[203.0.113.0/24]"

    settings = [Settings.read(f"{application}-{environment}", phase=each, overrides=overrides) for each in Phase]

    assert tiers(each.size(only(each)) for each in settings) == expected


def test_writes_in_both_regions_make_a_global_cluster_of_what_was_no_sharded_one(read: Read):
    zones: list[int] = []
    for phase in Phase:
        settings = read(text(ATLAS, "datastores:choices: {writes: multi-region}", phase=phase), "devora-dev")
        size = settings.size(only(settings))
        zones.append(size.zones if isinstance(size, AtlasSize) else 0)

    assert zones == [0, 0, 1, 2]


def test_a_deviation_may_be_of_shared_servers(read: Read):
    settings = read(text(ATLAS, "datastores:sizes: {documents: {tier: FLEX}}"), "devora-dev")

    assert settings.size(only(settings)) == SharedAtlasSize(tier="FLEX")


@pytest.mark.parametrize(
    ("stack", "row", "told"),
    [
        ("devora-dev", "{tier: M2}", ".tier must be one of M0, FLEX, got 'M2'"),
        ("devora-dev", "{tier: M0, shards: 2}", ".shards is not a field of a shared Atlas size: allowed is tier"),
        (
            "devora-prod",
            "{tier: M11}",
            f".tier must be one Atlas has on AWS ({', '.join(TIERS)}), got 'M11': did you mean 'M10'?",
        ),
        ("devora-prod", "{sharded: true}", " is refused: a sharded cluster needs M30 or more, got M10"),
        ("devora-prod", "{maxTier: M300, drNodes: 1}", ".drNodes must be 0 or 2, got 1"),
    ],
)
def test_a_row_that_atlas_would_refuse_is_refused(mistakes: Lines, stack: str, row: str, told: str):
    atlas = ATLAS if stack == "devora-dev" else f"datastores:atlas: {{organizationId: {ORGANIZATION}}}"

    found = mistakes(text(atlas, f"datastores:sizes: {{documents: {row}}}") + ACCOUNTS, stack)

    assert found == [f"datastores:sizes.documents{told}"]


def test_a_hop_takes_dev_to_servers_of_its_own(read: Read):
    row = json.dumps(written(DEDICATED))

    settings = read(text(ATLAS, f"datastores:hop: {{to: growth, step: 1, sizes: {{documents: {row}}}}}"), "devora-dev")

    assert settings.size(only(settings)) == DEDICATED


def test_rows_in_place_of_none_cannot_be_written():
    (store,) = (store for store in APPLICATIONS["devora"].stores if isinstance(store, AtlasStore))
    sizes = {Phase.ENTERPRISE: store.sizes[Phase.ENTERPRISE]}

    with pytest.raises(
        ValueError, match="rows of documents in place of others must be of phases that have one, each o"
    ):
        AtlasStore(
            name="documents",
            database="devora",
            logins=store.logins,
            sizes=sizes,
            loads=store.loads,
            outside_prod={Phase.MVP: SharedAtlasSize(tier="M0")},
        )


@pytest.mark.parametrize("environment", Environment)
def test_only_rows_outside_prod_share_servers(environment: Environment):
    shared = {
        (name, phase)
        for name, application in APPLICATIONS.items()
        for store in application.within(environment).stores
        if isinstance(store, AtlasStore)
        for phase, size in store.sizes.items()
        if isinstance(size, SharedAtlasSize)
    }

    assert shared == (set() if environment is Environment.PROD else {("devora", "mvp"), ("heka", "mvp")})


# What a stack without Atlas knows of it: nothing

RENDERED = """\
import json, sys
from stacks.render import render
from stacks.settings import Settings

found = render(Settings.read(sys.argv[1], phase="enterprise"))
loaded = [name for name in sys.modules if name.split(".")[0] == "pulumi_mongodbatlas"]
said = [one["name"] for one in found if "atlas" in json.dumps(one).lower()]
print(len(found) > 30, loaded[:3], said)
"""


@pytest.mark.parametrize("stack", ["clubapp-prod", "devmentor-prod", "workflows-prod", "heka-prod"])
def test_a_stack_without_atlas_neither_loads_its_provider_nor_speaks_of_it(stack: str):
    ran = subprocess.run([sys.executable, "-c", RENDERED, stack], capture_output=True, text=True, check=True)

    assert ran.stdout == "True [] []\n"
