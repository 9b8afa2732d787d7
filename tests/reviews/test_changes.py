"""What a pull request changes of that which judges it."""

from pathlib import Path
from typing import Any

import pytest

from reviews.changes import Kind, of_judges, of_policies, of_stack
from reviews.judges import judging
from reviews.versions import Version, Versions
from stacks.settings import FOLDER
from tests.reviews.reviewed import described, judgement, refusal, verdict
from upgrades.gate import Refusal

EXEMPTION = {
    "control": "rds-not-public",
    "resource": "main-*",
    "stack": "clubapp-staging",
    "reason": "a partner tests it",
    "owner": "team-data",
    "expires": "2027-01-31",
}
PLACES = [f"{environment} {phase}" for environment in ("dev", "staging", "prod") for phase in ("mvp", "growth")]
EVERYWHERE = dict.fromkeys(PLACES, 2)


def whats(before: Any, after: Any) -> list[str]:
    return [one.what for one in of_policies(before, after)]


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ({}, "until 2027-01-31, by team-data: a partner tests it"),
        ({"expires": "2026-12-31"}, "until 2027-01-31 instead of 2026-12-31, by team-data: a partner tests it"),
        ({"resource": "main-replica"}, "until 2027-01-31, by team-data: a partner tests it"),
    ],
    ids=["new", "longer", "wider"],
)
def test_an_exemption_that_lets_pass_more_is_told(before: dict[str, str], what: str):
    old = [{**EXEMPTION, **before}] if before else []

    assert whats(judgement(*old), judgement(EXEMPTION)) == [
        f"`rds-not-public` lets `main-*` pass in `clubapp-staging` {what}"
    ]


@pytest.mark.parametrize("change", [{"expires": "2026-12-31"}, {"reason": "another"}, {"owner": "team-x"}])
def test_an_exemption_that_lets_pass_no_more_is_not(change: dict[str, str]):
    assert whats(judgement(EXEMPTION), judgement({**EXEMPTION, **change})) == []


def test_an_exemption_that_goes_is_not():
    assert whats(judgement(EXEMPTION), judgement()) == []


def test_an_exemption_that_the_code_of_head_hides_is_told():
    """Base's code reads head's file itself."""
    assert len(whats(judgement(proposed=[EXEMPTION]), judgement())) == 1


def test_an_exemption_that_both_read_is_told_once():
    assert len(whats(judgement(proposed=[EXEMPTION]), judgement(EXEMPTION))) == 1


@pytest.mark.parametrize(
    ("after", "what"),
    [
        ({**EVERYWHERE, "prod growth": 1}, "mandatory → advisory in prod growth"),
        ({**EVERYWHERE, "dev mvp": 1, "dev growth": 1}, "mandatory → advisory in dev"),
        (dict.fromkeys(PLACES, 0), "mandatory → off everywhere"),
        ({**EVERYWHERE, "dev mvp": 0, "prod mvp": 1}, "mandatory → off in dev mvp, mandatory → advisory in prod mvp"),
    ],
)
def test_a_lowered_level_is_told_with_its_place(after: dict[str, int], what: str):
    assert whats(judgement(a_b=EVERYWHERE), judgement(a_b=after)) == [f"`a-b`: {what}"]


def test_controls_that_are_lowered_alike_share_a_sentence():
    before = judgement(
        c0=EVERYWHERE, c1=EVERYWHERE, c2=EVERYWHERE, c3=EVERYWHERE, c4=EVERYWHERE, c5=EVERYWHERE, c6=EVERYWHERE
    )

    assert whats(before, judgement()) == ["`c0`, `c1`, `c2`, `c3`, `c4` and 2 more: removed"]


def test_a_raised_level_is_not_told():
    assert whats(judgement(a=dict.fromkeys(PLACES, 1)), judgement(a=EVERYWHERE, b=EVERYWHERE)) == []


# Stack files


def kinds(before: Any, after: Any, **found: tuple[Refusal, ...]) -> list[Kind]:
    return [one.kind for one in of_stack(before, after, verdict(**found))]


@pytest.mark.parametrize("found", ["refusals", "doubts", "warnings"])
def test_a_phase_that_the_gate_has_something_against_is_told(found: str):
    assert kinds(described(), described(phase="growth"), **{found: (refusal(),)}) == [Kind.PHASE]


def test_a_phase_that_the_gate_finds_safe_is_not():
    assert kinds(described(), described(phase="growth")) == []


@pytest.mark.parametrize(
    ("phases", "what"),
    [
        (("scale", "enterprise"), "wanted are hops first, `datastores:hop: {to: enterprise, step: 1, sizes: ...}`"),
        (("mvp", "scale"), "wanted is the path that `datastores plan clubapp-prod --to scale` prints"),
        (("scale", "mvp"), "growing has no way back"),
        (("mvp", "<huge>"), "grow one phase at a time"),
    ],
)
def test_it_is_told_what_is_wanted_instead(phases: tuple[str, str], what: str):
    before, after = (described(phase=phase) for phase in phases)

    assert what in next(of_stack(before, after, verdict(refusals=(refusal(),)))).what


def test_the_hops_of_each_store_are_named(tmp_path: Path):
    """The files say which sizes there are, deviations too."""
    text = (FOLDER / "Pulumi.clubapp-prod.yaml").read_text(encoding="utf-8")
    folders = {phase: tmp_path / phase for phase in ("scale", "enterprise")}
    for phase, folder in folders.items():
        folder.mkdir()
        (folder / "Pulumi.clubapp-prod.yaml").write_text(
            text.replace("phase: mvp", f"phase: {phase}"), encoding="utf-8"
        )
    before, after = (described(phase=phase, folder=folder) for phase, folder in folders.items())

    told = next(of_stack(before, after, verdict(refusals=(refusal(),)))).what

    assert (
        "at `datastores:phase: scale`: `cache` takes 3 updates, the first changes `clusterMode` to 'compatible'" in told
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ({}, {"unlock": ["cache"]}, True),
        ({"unlock": ["cache"]}, {"unlock": ["cache"]}, False),
        ({"unlock": ["cache"]}, {"unlock": ["cache", "main"]}, True),
        ({"unlock": ["cache"]}, {}, False),
    ],
)
def test_a_store_that_is_unlocked_is_told(before: dict[str, Any], after: dict[str, Any], told: bool):
    assert kinds(described(**before), described(**after)) == ([Kind.UNLOCK] if told else [])


def test_a_new_stack_that_unlocks_is_told():
    assert [one.what for one in of_stack(None, described(unlock=["main"]), None)] == [
        "`clubapp-prod` unlocks `main`: protection against deletion is lifted"
    ]


@pytest.mark.parametrize(
    ("stack", "told"), [("clubapp-prod", [Kind.STACK]), ("clubapp-dev", []), ("other", [Kind.STACK])]
)
def test_a_stack_that_nothing_checks_any_more_is_told(stack: str, told: list[Kind]):
    assert [one.kind for one in of_stack(described(stack), None, None)] == told


# Code


@pytest.mark.parametrize(
    "file",
    [
        "policies/levels.py",
        "drills/report.py",
        "upgrades/guards.py",
        "reviews/judges.py",
        "writing/markdown.py",
        "cli/pr.py",
        ".github/workflows/pull-request.yml",
    ],
)
def test_code_that_judges_is_told(file: str):
    assert [one.what for one in of_judges(judging([file, "README.md", "docs/x"]))] == [
        f"what decides about this change is edited by it: `{file}`"
    ]


@pytest.mark.parametrize(
    "file",
    [
        "stacks/Pulumi.a-dev.yaml",
        "policies/exemptions.yaml",
        "policies/x.md",
        "sizes/redis.py",
        "drills/clubapp-prod/2026-11-26.json",
    ],
)
def test_what_is_compared_or_judged_itself_is_not(file: str):
    assert list(of_judges(judging([file]))) == []


def versions(*changed: str) -> Versions:
    one = Version(label="a", tree=Path("/nowhere"))
    return Versions(base=one, head=one, changed=frozenset(changed))


@pytest.mark.parametrize(
    ("file", "touches"),
    [
        ("stacks/Pulumi.a-dev.yaml", True),
        ("stacks/Pulumi.b-dev.yaml", False),
        ("stacks/phases.py", True),
        ("new.py", True),
        ("docs/x.py", False),
        ("policies/exemptions.yaml", False),
        ("sizes/README.md", False),
    ],
)
def test_a_stack_is_rendered_again_where_a_file_of_it_may_differ(file: str, touches: bool):
    assert versions(file).may_touch("a-dev") is touches


@pytest.mark.parametrize(
    ("file", "rejudges"),
    [
        ("policies/exemptions.yaml", True),
        ("stacks/phases.py", True),
        ("stacks/Pulumi.a-dev.yaml", False),
        ("sizes/x.py", False),
    ],
)
def test_policies_are_compared_where_they_may_differ(file: str, rejudges: bool):
    assert versions(file).rejudges is rejudges
