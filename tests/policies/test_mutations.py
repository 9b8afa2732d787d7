"""A small change that breaks one control of a stack that passes makes this one fire, and only its kin beside it."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

import pytest

from policies.control import Control
from policies.controls import CONTROLS
from policies.verdict import Verdict
from tests.policies.mutated import Judged, all_stages, by_hand, is_asked, own_stages, rendered, stages
from tests.policies.mutation import Way, derived
from tests.policies.mutation_table import BY_HAND, KIN

pytestmark = pytest.mark.xdist_group("mutations")
BY_SLUG = {control.slug: control for control in CONTROLS}


def failing(control: Control, stacks: Sequence[Judged], ways: Sequence[Way], kin: AbstractSet[str]) -> Iterator[str]:
    """Name the stacks that no way makes fire; of a control that no stack shows, one of its own examples is enough."""
    if stacks:
        yield from (stage.name for stage in stacks if not stage.fires(control, ways, kin))
    elif not any(stage.fires(control, ways, kin) for stage in own_stages(control)):
        yield "all good examples"


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.slug)
def test_a_small_change_to_any_prod_makes_a_control_fire_and_only_its_kin(control: Control) -> None:
    ways = [*by_hand(control), *derived(control)]

    assert list(failing(control, stages(control), ways, KIN.get(control.slug, set()))) == []


@pytest.mark.parametrize(("slug", "kin"), [(slug, kin) for slug, kins in KIN.items() for kin in sorted(kins)])
def test_no_kin_is_superfluous(slug: str, kin: str) -> None:
    control = BY_SLUG[slug]

    assert any(failing(control, all_stages(control), [*by_hand(control), *derived(control)], KIN[slug] - {kin}))


@pytest.mark.parametrize("slug", BY_HAND)
def test_no_way_by_hand_is_superfluous(slug: str) -> None:
    control = BY_SLUG[slug]

    assert any(failing(control, all_stages(control), derived(control), KIN.get(slug, set())))


def test_only_what_is_off_or_has_nothing_to_judge_in_any_prod_is_tried_on_its_own_examples() -> None:
    judged = {
        slug
        for phases in rendered().values()
        for stage in phases
        for slug, verdicts in stage.verdicts.items()
        if not {*verdicts.values()} <= {Verdict.NOT_APPLICABLE}
    }

    own = {control.slug for control in CONTROLS if not stages(control)}

    assert own == {control.slug for control in CONTROLS if not (control.slug in judged and is_asked(control))}
