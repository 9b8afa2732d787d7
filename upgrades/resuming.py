"""Where an upgrade that was interrupted goes on from, or back from: stack file, outputs and history put together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

from stacks.aim import HOP, PHASE, UNLOCK, Aim, aim
from stacks.exports import said
from stacks.keys import Hop
from stacks.settings import Settings
from stacks.stackfile import canonical, config_of, decoded
from upgrades.engine import Past, State
from upgrades.halfway import reached
from upgrades.place import Place, place, plain, shown, standing
from upgrades.plan import Render, sizes_of
from upgrades.stopping import StopError

_SECOND: Final = timedelta(seconds=1)
"""Histories end on a whole second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Situation:
    """What is known of a stack."""

    settings: Settings
    """Those of its file."""
    state: State
    past: Sequence[Past]
    folder: Path
    """Of the stack files."""

    @property
    def stack(self) -> str:
        """The stack's name."""
        return self.settings.stack

    @property
    def deployed(self) -> Place:
        """Where it stands."""
        return standing(self.state)

    @property
    def agreeing(self) -> bool:
        """Whether what the file says is deployed."""
        return self.deployed == place(self.settings)

    @property
    def whole(self) -> bool:
        """Whether what was deployed last went through: nothing is half-way between two updates."""
        last = next(iter(self.past), None)
        return last is not None and last.succeeded and self.state.written <= last.ended + _SECOND

    @property
    def config(self) -> dict[str, object]:
        """What the file says, by full key, values as YAML has them."""
        config, _ = config_of((self.folder / f"Pulumi.{self.stack}.yaml").read_text(encoding="utf-8"))
        return config


def resumed(at: Situation) -> tuple[Settings, Aim]:
    """Give what is deployed, and where it goes; raises StopError where that is nothing that an upgrade left."""
    now, hop = _deployed(at), at.settings.hop
    if hop:
        also = dict(one.split("=", 1) for one in hop.also)
        return now, aim(at.stack, to=hop.to, overrides=also, folder=at.folder)[1]
    # The last update is written already: it is what the file says.
    return now, aim(at.stack, to=at.settings.phase, folder=at.folder)[1]


def taken_back(at: Situation, render: Render) -> tuple[Settings, Aim]:
    """Give what is (or, half-way, may be) deployed, and where the upgrade began; raises StopError as `resumed` does."""
    now = _deployed(at)
    # Half-way to a hop, the hop may be there already; half-way to the phase itself, that is what is to be deployed.
    if at.settings.hop and not at.whole:
        now = reached(now, at.settings, at.state.resources, render)
    return now, aim(at.stack, to=at.settings.phase, folder=at.folder)[1]


def stepped_back(at: Situation) -> Mapping[str, object]:
    """
    Give what the file must say, by full key, so that the last update of an upgrade becomes a hop, and can be undone.

    Nothing: it says so already. Raises StopError where no upgrade is under way, or somebody else deploys.
    """
    if at.settings.hop is None and at.agreeing:
        raise StopError(f"no upgrade of {at.stack} is under way: its stack file has no hop")
    phase, hop = at.deployed
    if at.settings.hop or str(at.settings.phase) == phase:
        # Until the last update the file says where it began, but for the hop; so does the last one of a way back.
        return {}
    _check(at)
    config = _before_the_last(at, str(phase))
    begun = Settings.parse(at.stack, {key: canonical(value) for key, value in config.items()})
    rows, sizes = sizes_of(begun), sizes_of(at.settings)
    step = Hop.model_construct(
        to=at.settings.phase,
        step=hop["step"] + 1 if hop else 1,
        sizes={name: size for name, size in sizes.items() if name in rows and rows[name] != size},
        also=(),
    )
    wanted = {**config, HOP: said(step)}
    return {
        key: wanted.get(key) for key in dict.fromkeys([*at.config, *wanted]) if wanted.get(key) != at.config.get(key)
    }


def _before_the_last(at: Situation, phase: str) -> dict[str, object]:
    """Give what the file said until the last update, which may change more than the phase."""
    written = at.config
    known = _config_at(at)
    then = {key: decoded(value) for key, value in known.items()} if known else {**written, PHASE: phase}
    kept = {key: written[key] if canonical(written.get(key)) == value else value for key, value in then.items()}
    kept.pop(HOP, None)
    if at.deployed[1]:
        kept.pop(UNLOCK, None)  # the hops wrote it
    return kept


def _deployed(at: Situation) -> Settings:
    """Give the settings that are deployed: those of the file, or of the history, where the outputs say so."""
    if at.agreeing:
        return at.settings
    _check(at)
    if known := _config_at(at):
        return Settings.parse(at.stack, {key: decoded(value) for key, value in known.items()})
    phase, hop = at.deployed
    config = {**at.config, PHASE: phase, HOP: hop}
    return Settings.parse(at.stack, {key: canonical(value) for key, value in config.items() if value is not None})


def _check(at: Situation) -> None:
    """Raise StopError where the file is not the update after what is deployed."""
    (phase, hop), settings = at.deployed, at.settings
    if settings.hop is None:
        # The last one: of this upgrade, of one without hops, or of a way back.
        fits = hop is None or hop["to"] == settings.phase or phase == settings.phase
    elif hop is None:
        fits = settings.hop.step == 1 and phase == settings.phase
    else:
        next_ = hop["to"] == settings.hop.to and settings.hop.step == hop["step"] + 1
        back = settings.hop.step == 1 and settings.hop.to == phase
        fits = next_ or back
    if not fits:
        raise StopError(
            f"{at.stack} is deployed at {shown(at.deployed)}, its stack file says {shown(place(settings))}, which is "
            "not the next update: somebody else deploys it, or the file was edited. Make the two agree, then try again"
        )


def _config_at(at: Situation) -> Mapping[str, str] | None:
    """Give the settings of the last update that went through, where the outputs are its; None: nobody knows them."""
    last = next((one for one in at.past if one.updated), None)
    if last is None:
        return None
    hop = cast("Any", decoded(last.config[HOP])) if last.config.get(HOP) else None
    then: Place = (last.config.get(PHASE), plain(hop))
    return last.config if then == at.deployed else None
