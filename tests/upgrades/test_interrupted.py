"""Upgrades that die anywhere, and are taken up or back: on an engine that is made up, so that there can be many."""

import io
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from cli.upgrade import Means, Request, carried_out
from localcloud.files import write_atomically
from sql.stack import Where
from stacks.settings import Settings
from tests.upgrades.scene import NOW, TEXT, FakeCloud, FakeEngine, part
from upgrades.cloud import Cloud, Part
from upgrades.engine import Engine, Outcome, Pending, State
from upgrades.place import place
from upgrades.plan import sizes_of

WAYS = (("clubapp-dev", "mvp", "growth"), ("devmentor-dev", "growth", "scale"), ("workflows-dev", "mvp", "enterprise"))
RETURNABLE = (("clubapp-dev", "mvp", "growth"), ("workflows-dev", "mvp", "growth"))
ENOUGH = 40
"""More commands than any of these upgrades takes, however often it dies."""


class DiedError(BaseException):
    """It was killed."""


ACCOUNT = "123456789012"


@dataclass
class Life:
    """What is left of a process' life, in steps of an upgrade."""

    steps: int | None = None
    """None: it lives as long as it wants."""
    gently: bool = False
    """It is asked to stop, so that it can clean up."""
    dead: bool = False

    def step(self) -> None:
        if self.dead and not self.gently:
            raise DiedError
        if self.steps is not None:
            self.steps -= 1
            if self.steps < 0 and not self.dead:
                self.dead = True
                raise KeyboardInterrupt if self.gently else DiedError


@dataclass
class MortalEngine(FakeEngine):
    """Changes one store after another, and may die between any two of them."""

    life: Life = field(default_factory=Life)
    stores: dict[str, str] = field(default_factory=dict[str, str])
    """What is there: the size of each store."""

    def state(self) -> State:
        self.life.step()
        return super().state()

    def preview(self, plan: Path) -> tuple[int, str, str]:
        self.life.step()
        return super().preview(plan)

    def up(self, plan: Path) -> Outcome:
        self.life.step()
        wanted = {name: repr(size) for name, size in sizes_of(self.settings()).items()}
        for name in [*wanted, *self.stores]:
            self.written += timedelta(minutes=1)
            self.pending = [Pending(urn=f"urn::{name}", type="t", operation="updating", inputs={})]
            self.life.step()
            self.stores[name] = wanted.get(name, "")
            self.pending = []
            self.life.step()
        self.stores = wanted
        outcome = super().up(plan)
        self.life.step()
        return outcome


@dataclass
class MortalCloud(FakeCloud):
    life: Life = field(default_factory=Life)

    def parts(self, resources: object, store: str) -> list[Part]:
        self.life.step()
        return super().parts(resources, store)

    def back_up(self, part: Part, label: str) -> str:
        self.life.step()
        return super().back_up(part, label)


@dataclass
class World:
    """A stack in a cloud of its own."""

    folder: Path
    stack: str
    engine: MortalEngine
    cloud: MortalCloud
    told: str = ""
    """What the last command that lived said of how it went."""

    @property
    def file(self) -> Path:
        return self.folder / f"Pulumi.{self.stack}.yaml"

    def settings(self) -> Settings:
        return Settings.read(self.stack, folder=self.folder)

    def command(self, life: Life, **request: Any) -> int | None:
        """Run a command; None where it died."""
        self.engine.life = self.cloud.life = life

        def write(file: Path, text: str) -> None:
            life.step()
            write_atomically(file, text)
            life.step()

        means = Means(
            engine=cast("Engine", self.engine),
            cloud=cast("Cloud", self.cloud),
            folder=self.folder,
            ask=lambda _: True,
            out=io.StringIO(),
            err=(err := io.StringIO()),
            render=lambda _: [],
            account=lambda _: Where(account=ACCOUNT, region="eu-central-1", backend="file"),
            clock=lambda: NOW,
            sleep=lambda _: None,
        )
        with mock.patch("upgrades.run.write_atomically", write):
            try:
                status = carried_out(Request(stack=self.stack, overrides={}, **request), self.settings(), means)
            except (DiedError, KeyboardInterrupt):
                return None
        self.told = err.getvalue()
        return status

    @property
    def under_way(self) -> bool:
        settings = self.settings()
        return settings.hop is not None or self.engine.deployed != place(settings)


@contextmanager
def world(stack: str, phase: str) -> Generator[World]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"Pulumi.{stack}.yaml"
        file.write_text(f"{TEXT.format(phase=phase)}  aws:allowedAccountIds: ['{ACCOUNT}']\n", encoding="utf-8")
        log: list[str] = []
        engine = MortalEngine(file=file, stack=stack, log=log)
        engine.up(Path())
        log.clear()
        yield World(folder=Path(folder), stack=stack, engine=engine, cloud=MortalCloud(look=part, log=log))


def gone_on(at: World, to: str, lives: Sequence[Life]) -> int | None:
    """Upgrade, and go on as often as it dies."""
    left = list(lives)
    for _ in range(ENOUGH):
        how = {"resume": True} if at.under_way else {"to": to}
        status = at.command(left.pop(0) if left else Life(), **how)
        if status is not None:
            return status
    return None


LIVES = st.lists(
    st.builds(Life, steps=st.integers(min_value=0, max_value=90), gently=st.booleans()), min_size=1, max_size=4
)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(way=st.sampled_from(WAYS), lives=LIVES)
def test_wherever_it_dies_and_however_often_it_ends_as_one_that_lives(way: tuple[str, str, str], lives: list[Life]):
    stack, phase, to = way
    with world(stack, phase) as whole, world(stack, phase) as broken:
        assert whole.command(Life(), to=to) == 0

        assert gone_on(broken, to, lives) == 0

        assert broken.engine.stores == whole.engine.stores
        assert broken.engine.deployed == whole.engine.deployed == (to, None)
        assert broken.file.read_text(encoding="utf-8") == whole.file.read_text(encoding="utf-8")
        assert broken.engine.pending == []


@settings(max_examples=20, deadline=None, derandomize=True)
@given(way=st.sampled_from(RETURNABLE), lives=LIVES)
def test_wherever_it_dies_it_can_be_taken_back_to_the_phase_that_it_began_in(
    way: tuple[str, str, str], lives: list[Life]
):
    stack, phase, to = way
    with world(stack, phase) as at:
        lived = at.command(lives[0], to=to) == 0 or at.engine.deployed == (to, None)
        back = [Life(steps=one.steps, gently=one.gently) for one in lives[1:]]
        for life in [*back, *(Life() for _ in range(ENOUGH))]:
            if not at.under_way or at.command(life, abort=True) == 0:
                break

        now = at.settings()
        assert at.engine.deployed == place(now)
        assert (str(now.phase), now.hop) == (to if lived else phase, None)
        assert at.engine.stores == {name: repr(size) for name, size in sizes_of(now).items()}


def test_a_way_back_says_what_stays_longer_than_it_was():
    with world("devmentor-prod", "growth") as at:
        steps = 0
        while at.engine.deployed[1] is None:
            steps += 1
            at.command(Life(steps=steps), **({"resume": True} if at.under_way else {"to": "scale"}))

        at.command(Life(), abort=True)

    assert "cache keeps snapshotDays 15: with fewer, backups that are there would be deleted; " in at.told
