"""An upgrade on an engine and a cloud that are made up: what it does in which order, and where it stops."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from stacks.aim import aim
from stacks.stackfile import canonical, config_of, overridden
from tests.upgrades.limited import with_storage
from tests.upgrades.recordings import policed
from tests.upgrades.scene import NOW, SAFE, TEXT, FakeCloud, FakeEngine, part
from upgrades.cloud import Cloud
from upgrades.engine import Engine, Outcome, Past
from upgrades.place import place
from upgrades.plan import plan
from upgrades.run import Run, carry_out
from upgrades.stopping import LaterError, StopError


@dataclass
class Scene:
    run: Run
    engine: FakeEngine
    cloud: FakeCloud
    said: list[str]
    asked: list[str]
    slept: list[float]

    def go(self) -> None:
        carry_out(self.run, self.engine.deployed)

    @property
    def file(self) -> str:
        return self.run.file.read_text(encoding="utf-8")


Begin = Callable[..., Scene]
ATLAS = """\
  aws:allowedAccountIds: ["123456789012"]
  datastores:choices: {memory: "false"}
  datastores:atlas: {organizationId: "0123456789abcdef01234567"}
"""


@pytest.fixture
def begin(tmp_path: Path) -> Begin:
    def begin(
        stack: str = "clubapp-dev", phase: str = "mvp", to: str = "growth", *, yes: bool = True, more: str = ""
    ) -> Scene:
        file = tmp_path / f"Pulumi.{stack}.yaml"
        file.write_text(TEXT.format(phase=phase) + more, encoding="utf-8")
        now, aimed = aim(stack, to=to, folder=tmp_path)
        log: list[str] = []
        engine = FakeEngine(file=file, stack=stack, log=log, deployed=place(now))
        cloud = FakeCloud(look=part, log=log)
        said, asked, slept = list[str](), list[str](), list[float]()

        def confirm(question: str) -> bool:
            asked.append(question)
            return yes

        run = Run(
            engine=cast("Engine", engine),
            cloud=cast("Cloud", cloud),
            file=file,
            plan=plan(now, aimed, lambda _: []),
            aim=aimed,
            confirm=confirm,
            say=said.append,
            stay=False,
            clock=lambda: NOW + timedelta(seconds=sum(slept)),
            sleep=slept.append,
        )
        return Scene(run=run, engine=engine, cloud=cloud, said=said, asked=asked, slept=slept)

    return begin


def test_each_update_is_previewed_before_it_is_made_and_the_file_ends_as_it_began_but_for_the_phase(begin: Begin):
    scene = begin()

    scene.go()

    assert scene.engine.log == ["preview", "up 1", "preview", "up 2", "preview", "up growth"]
    assert scene.file == TEXT.format(phase="growth")


def test_an_update_that_nobody_confirms_leaves_everything_as_it_was(begin: Begin):
    scene = begin(yes=False)

    with pytest.raises(StopError, match="not confirmed"):
        scene.go()

    assert (scene.engine.log, scene.file) == (["preview"], TEXT.format(phase="mvp"))


def test_what_the_gate_refuses_leaves_everything_as_it_was(begin: Begin):
    scene = begin()
    table = "urn:pulumi:clubapp-dev::datastores::aws:dynamodb/table:Table::presence-table"
    encrypted = {
        "type": "aws:dynamodb/table:Table",
        "inputs": {"serverSideEncryption": {"enabled": True, "kmsKeyArn": "k"}},
    }
    plain = {"type": "aws:dynamodb/table:Table", "inputs": {}}
    step = {"op": "update", "urn": table, "oldState": encrypted, "newState": plain}
    scene.engine.previewed = {"steps": [step], "changeSummary": {"update": 1}}

    with pytest.raises(StopError, match="refused: aws:dynamodb/table:Table::presence-table"):
        scene.go()

    assert (scene.engine.log, scene.file) == (["preview"], TEXT.format(phase="mvp"))


def test_what_policies_refuse_is_not_made_and_the_controls_are_named(begin: Begin):
    scene = begin()
    scene.engine.refusing = policed()

    with pytest.raises(
        StopError, match="dynamodb-deletion-protection: DynamoDB tables must be protected from deletion"
    ):
        scene.go()

    assert (scene.engine.log, scene.file) == (["preview"], TEXT.format(phase="mvp"))


def test_a_preview_that_fails_without_policies_says_what_the_engine_said(begin: Begin):
    scene = begin()
    scene.engine.refusing = "no event"

    with pytest.raises(StopError, match=r"^the preview fails: error: preview failed$"):
        scene.go()


def test_a_failed_update_keeps_its_hop_in_the_file_and_says_how_to_go_on(begin: Begin):
    scene = begin()
    scene.engine.ends = [Outcome.FAILED]

    with pytest.raises(
        LaterError, match="clubapp-dev --resume`, or take it back: `datastores upgrade clubapp-dev --abort`"
    ):
        scene.go()

    settings = scene.engine.settings()
    assert settings.hop is not None
    assert settings.hop.step == 1


def test_an_update_that_came_otherwise_than_planned_is_looked_at_again_and_made_again(begin: Begin):
    scene = begin()
    scene.engine.ends = [Outcome.OTHERWISE]
    scene.engine.previewed = SAFE

    scene.go()

    assert scene.engine.log[:4] == ["preview", "up 1", "preview", "up 1"]
    assert len(scene.asked) == scene.run.count
    assert scene.engine.deployed == ("growth", None)


def test_what_comes_otherwise_twice_has_failed(begin: Begin):
    scene = begin()
    scene.engine.ends = [Outcome.OTHERWISE, Outcome.OTHERWISE]

    with pytest.raises(LaterError, match="failed half-way"):
        scene.go()


def test_a_disk_that_grew_since_it_was_planned_stops_it_before_the_update(begin: Begin):
    scene = begin("devora-prod", "growth", "scale", more=ATLAS)
    scene.cloud.look = lambda store: part(store, disk_gib=75 if store == "documents" else None)

    with pytest.raises(LaterError, match=r"documents has grown to 75 GB, .* would have 40: .* `.* --to scale`"):
        scene.go()

    assert scene.engine.log == []


def test_somebody_elses_update_while_it_is_confirmed_leaves_the_file_as_it_was(begin: Begin):
    scene = begin()

    def deploy_meanwhile(_: str) -> bool:
        scene.engine.wrote(succeeded=True)
        return True

    scene.run = replace(scene.run, confirm=deploy_meanwhile)

    with pytest.raises(StopError, match="somebody else has deployed clubapp-dev, or refreshed its state"):
        scene.go()

    assert (scene.engine.log, scene.file) == (["preview"], TEXT.format(phase="mvp"))


def test_somebody_elses_deployment_stops_it(begin: Begin):
    scene = begin()

    with pytest.raises(StopError, match="is deployed at mvp, and not at growth as it was"):
        carry_out(scene.run, ("growth", None))

    assert scene.engine.log == []


def test_it_goes_on_from_every_hop(begin: Begin):
    scene = begin("devmentor-dev", "growth", "scale")
    whole = scene.run.plan

    for number in range(1, len(whole.ups)):
        first = begin("devmentor-dev", "growth", "scale")
        carry_out(replace(first.run, plan=replace(whole, ups=whole.ups[:number])), first.engine.deployed)
        now, aimed = aim("devmentor-dev", to="scale", folder=first.run.file.parent)
        rest = replace(first.run, plan=plan(now, aimed, lambda _: []), aim=aimed)
        carry_out(rest, first.engine.deployed)
        assert first.engine.deployed == ("scale", None)
        assert first.file == TEXT.format(phase="scale")


def test_a_person_is_asked_what_no_program_can_see(begin: Begin):
    scene = begin("devmentor-dev", "growth", "scale")

    scene.go()

    assert [question for question in scene.asked if "nothing writes to it" in question] == [
        "Is it so that main: nothing writes to it; make update 3 of 5?"
    ]


def test_a_backup_is_made_before_what_only_a_backup_leads_back_from(begin: Begin):
    scene = begin("devmentor-dev", "growth", "scale")

    scene.go()

    log = scene.engine.log
    assert [log[log.index(f"up {hop}") - 1] for hop in (1, 2, 3, 4)] == [
        "preview",
        "preview",
        "back up main-primary",
        "back up main-primary",
    ]


def test_it_waits_until_a_store_is_available_and_tells_what_is_pending(begin: Begin):
    scene = begin()
    busy = [part("main", status="modifying", pending={"AllocatedStorage": 50})] * 3
    scene.cloud.look = lambda store: busy.pop() if busy and store == "main" else part(store)

    scene.go()

    assert scene.slept
    assert scene.said[1] == "pending, and applied at once with the update: main-primary {'AllocatedStorage': 50}"
    assert "waiting: main-primary is modifying, pending {'AllocatedStorage': 50}" in scene.said


def test_a_wait_of_more_than_ten_minutes_ends_the_run(begin: Begin):
    scene = begin()
    scene.cloud.look = lambda store: part(store, status="modifying")

    with pytest.raises(LaterError, match="still waiting after 0:10:00: main-primary is modifying"):
        scene.go()

    assert sum(scene.slept) == 600


def test_another_store_than_before_stops_it_with_what_to_compare(begin: Begin):
    scene = begin()
    identities = [("arn", f"db-{number}", "2026") for number in range(9)]
    scene.cloud.look = lambda store: part(store, identity=identities[len(scene.engine.log)])

    with pytest.raises(StopError, match=r"main-primary.* is another one than before the update: stop writes"):
        scene.go()


def deployed(when: datetime, **more: str) -> Past:
    """Give an update of the past, with its settings as Pulumi's history has them."""
    written, _ = overridden(config_of(TEXT.format(phase="mvp"))[0], more)
    plain = {key: canonical(value) for key, value in written.items()}
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in plain.items()}
    return Past(kind="update", succeeded=True, begun=when, ended=when, config=texts)


def test_storage_that_was_changed_lately_is_waited_for_by_the_clock(begin: Begin):
    """The renders would say that the first update changes storage; here the plan does."""
    scene = begin()
    scene.engine.history = [
        deployed(NOW - timedelta(hours=2), **{"sizes.main.storageGib": "30"}),
        deployed(NOW - timedelta(hours=9)),
    ]
    scene.run = replace(scene.run, plan=with_storage(scene.run.plan))

    with pytest.raises(LaterError, match=r"not before 2026-11-26 16:00 UTC \(main: storage .*--to growth`"):
        scene.go()

    scene.run = replace(scene.run, clock=lambda: NOW + timedelta(hours=5))
    scene.go()
    assert scene.engine.deployed == ("growth", None)


def test_with_wait_it_stays_until_the_time_has_come(begin: Begin):
    scene = begin()
    scene.engine.history = [
        deployed(NOW - timedelta(hours=2), **{"sizes.main.storageGib": "30"}),
        deployed(NOW - timedelta(hours=9)),
    ]
    scene.run = replace(scene.run, plan=with_storage(scene.run.plan), stay=True)

    scene.go()

    assert sum(scene.slept) == pytest.approx(4 * 3600)
