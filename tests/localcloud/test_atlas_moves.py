"""What a plan says of a cluster that leaves shared servers is what a preview of it shows, by the local Atlas."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

import pytest

from stacks.aim import aim
from stacks.render import render
from tests.localcloud.lives.atlas_inputs import CLUSTER, encryption, new_project, token
from tests.localcloud.scene import Made, Scene
from upgrades.edits import Edit, Kind, Operation, place, steps, value_at
from upgrades.effects import WORST
from upgrades.facts.fact import EffectKind
from upgrades.gate import judge
from upgrades.plan import Up, plan


@cache
def moving(to: str) -> Sequence[Up]:
    """Give the updates of devora-staging from mvp, where its cluster is free."""
    return plan(*aim("devora-staging", to=to, start="mvp"), render).ups


def cluster(resources: Sequence[Any], project: str) -> dict[str, Any]:
    """Give what the program says of the cluster, in a project that exists."""
    (found,) = [one["inputs"] for one in resources if one["type"] == CLUSTER]
    return {**found, "projectId": project, "name": "devora"}


def previewed(scene: Scene, made: Made, news: dict[str, Any]) -> Iterator[Edit]:
    """Yield what the provider finds between what is there and what is wanted."""
    for path in {place(path) for path in scene.diff(made, news).detailedDiff}:
        yield Edit(
            type=CLUSTER,
            name="documents-cluster",
            urn=made.urn,
            operation=Operation.UPDATE,
            path=path,
            kind=Kind.UPDATE,
            before=value_at(made.outputs, steps(path)),
            after=value_at(news, steps(path)),
            replaces=False,
            holds_data=True,
            was=made.inputs,
            will=news,
        )


def worst_of(kinds: Iterator[EffectKind]) -> EffectKind:
    return max(kinds, key=WORST.index, default=EffectKind.ONLINE)


@pytest.mark.parametrize("to", ["growth", "scale"])
def test_no_update_of_a_plan_is_milder_than_its_preview(scene: Scene, to: str):
    ups = moving(to)
    project = new_project(scene)
    scene.make(token("EncryptionAtRest"), "encryption", encryption(scene, project))
    made = scene.make(CLUSTER, "cluster", cluster(ups[0].before_it.resources, project))

    milder: list[tuple[int, EffectKind, EffectKind]] = []
    for up in ups:
        news = scene.check(CLUSTER, "cluster", cluster(up.after_it.resources, project), made.inputs)[0]
        edits = list(previewed(scene, made, news))
        shown = worst_of(one.effect.kind for one in judge(edits, stack="devora-staging", environment=None).effects)
        said = up.worst.kind if up.worst and up.worst.kind else EffectKind.ONLINE
        if WORST.index(shown) > WORST.index(said):
            milder.append((up.number, said, shown))
        made = scene.update(made, news) if edits else made

    assert len(ups) > 2
    assert milder == []
