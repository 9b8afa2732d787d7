"""A cluster on its own servers is as the policy pack wants it in prod, in the phase that is judged hardest."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pulumi_aws as aws
import pytest

from components.atlas import Atlas
from policies.control import Group
from policies.controls import CONTROLS
from policies.judge import judge
from policies.levels import Level, level_of
from policies.levels import Place as Where
from policies.verdict import Finding
from sizes.atlas import AtlasSize
from stacks.phases import Environment, Phase, stateful
from stacks.render import Resource, render
from stacks.settings import Settings
from tests.components.clusters import ARGS, GLOBAL, PLACE, PROTECTED, REGIONS, SCALED, SHARDED
from tests.stacks.sdk import Walk, walk

Render = Sequence[Resource]

HARDEST: Final = Where(environment=Environment.PROD, phase=Phase.ENTERPRISE)
# Tags and budgets are the stack's, as are networks.
JUDGED: Final = [
    control
    for control in CONTROLS
    if control.group not in {Group.TAGGING, Group.COST} and level_of(control, HARDEST) is Level.MANDATORY
]
FORMS: Final = (PROTECTED, SCALED, SHARDED, REGIONS, GLOBAL)


def program(size: AtlasSize) -> None:
    """Make a cluster with a key, in a network that is given."""
    place = replace(PLACE, clients_are_ours=False)
    Atlas("catalog", replace(ARGS, size=size, place=place, key_arn=aws.kms.Key("key").arn))


@pytest.fixture
def rendered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Render:
    """Give the plain resources of a program that makes the cluster of the parametrised size."""

    def deploy(_: Settings) -> None:
        program(request.param)

    monkeypatch.setattr("stacks.render.deploy", deploy)
    return render(Settings.read("clubapp-prod"))


def found(rendered: Render) -> list[Finding]:
    return [one for one in judge(rendered, JUDGED) if not one.type.startswith("aws:kms/")]


@pytest.mark.parametrize("rendered", FORMS, indirect=True)
def test_a_cluster_is_as_the_policies_want_it(rendered: Render):
    assert found(rendered) == []


@pytest.mark.parametrize("rendered", FORMS, indirect=True)
def test_every_input_is_one_that_the_provider_has(rendered: Render):
    walked: Walk = walk([one for one in rendered if one["type"].startswith("mongodbatlas:")], {})

    assert (walked.strangers, walked.missing, walked.deprecated, walked.refused) == ([], [], [], [])


@pytest.mark.parametrize("rendered", [REGIONS], indirect=True)
def test_what_must_not_be_lost_is_protected(rendered: Render):
    ours = [one for one in rendered if not one["type"].startswith("aws:kms/") and stateful(one["type"], one["inputs"])]

    assert {one["name"] for one in ours} >= {"catalog-project", "catalog-cluster", "catalog-encryption"}
    assert [one["name"] for one in ours if one["options"].get("protect") is not True] == []


@pytest.mark.parametrize("rendered", [REGIONS], indirect=True)
def test_a_cluster_comes_after_its_key_and_the_ways_to_it(rendered: Render):
    """Atlas encrypts no cluster of a project without a key, and names private hosts only where there are ways."""
    (options,) = (one["options"] for one in rendered if one["name"] == "catalog-cluster")

    assert {name.rpartition("::")[2] for name in options["dependsOn"]} == {
        "catalog-encryption",
        "catalog-private-link-service",
        "catalog-dr-private-link-service",
    }


def test_what_is_judged_here_is_more_than_nothing():
    """Were the levels to be lowered, the tests above would say nothing."""
    slugs = {control.slug for control in JUDGED}

    assert {one for one in slugs if one.startswith("atlas-")} >= {
        "atlas-auditing",
        "atlas-authentication",
        "atlas-backup-enabled",
        "atlas-encryption-at-rest-cmk",
        "atlas-m10-minimum",
        "atlas-min-tls",
        "atlas-no-public-access-list",
        "atlas-pit",
        "atlas-private-endpoint",
        "atlas-termination-protection",
    }
