"""Where a control is mandatory, advisory or off: by group, environment and phase, with deviations that say why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final, TypeVar

from policies.control import Control, Group, Level
from stacks.phases import Environment, Phase

PHASE_KEY: Final = "datastores:phase"
"""The stack's configuration key of its phase."""

Rows = Mapping[Environment, Mapping[Phase, Level]]
_Member = TypeVar("_Member", bound=StrEnum)


def _rows(*, dev: Level, staging: Level, prod: Sequence[Level]) -> Rows:
    """Spread a line of the table: dev and staging do not depend on the phase, prod names a level for each."""
    return {
        Environment.DEV: dict.fromkeys(Phase, dev),
        Environment.STAGING: dict.fromkeys(Phase, staging),
        Environment.PROD: dict(zip(Phase, prod, strict=True)),
    }


_M, _A = Level.MANDATORY, Level.ADVISORY
# fmt: off
LEVELS: Final[Mapping[Group, Rows]] = {
    #                                                     prod: mvp growth scale enterprise
    Group.ENCRYPTION: _rows(dev=_M, staging=_M, prod=(_M, _M, _M, _M)),
    Group.NETWORK:    _rows(dev=_M, staging=_M, prod=(_M, _M, _M, _M)),
    Group.ACCESS:     _rows(dev=_M, staging=_M, prod=(_M, _M, _M, _M)),
    Group.BACKUPS:    _rows(dev=_A, staging=_M, prod=(_M, _M, _M, _M)),  # what is in dev can be made again
    Group.RESILIENCE: _rows(dev=_A, staging=_A, prod=(_A, _M, _M, _M)),  # a standby is what growth pays for
    Group.MONITORING: _rows(dev=_A, staging=_M, prod=(_M, _M, _M, _M)),
    Group.COST:       _rows(dev=_A, staging=_M, prod=(_M, _M, _M, _M)),
    Group.TAGGING:    _rows(dev=_A, staging=_M, prod=(_M, _M, _M, _M)),
}
# fmt: on


@dataclass(frozen=True, kw_only=True, slots=True)
class Deviation:
    """One control that is not judged like its group."""

    slug: str
    rows: Rows
    reason: str


DEVIATIONS: Final[Sequence[Deviation]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Which environment and phase are judged; None is one that could not be found out."""

    environment: Environment | None = None
    phase: Phase | None = None
    doubt: str = ""
    """Why something could not be found out; empty when all is known."""


def place_of(stack: str, config: Mapping[str, str]) -> Place:
    """Read the environment from the stack's name `<application>-<environment>`, the phase from its configuration."""
    environment = _member(Environment, stack.rpartition("-")[2])
    phase = _member(Phase, config.get(PHASE_KEY, ""))
    doubts: list[str] = []
    if environment is None:
        doubts.append(f"the stack's name {stack!r} ends in none of -{', -'.join(Environment)}")
    if phase is None:
        doubts.append(f"the configuration key {PHASE_KEY} is not one of {', '.join(Phase)}")
    return Place(environment=environment, phase=phase, doubt=" and ".join(doubts))


def level_of(control: Control, place: Place, deviations: Sequence[Deviation] = DEVIATIONS) -> Level:
    """Give the level of a control: the strictest possible one where environment or phase are not known."""
    rows = next((one.rows for one in deviations if one.slug == control.slug), LEVELS[control.group])
    environments = [place.environment] if place.environment else list(Environment)
    phases = [place.phase] if place.phase else list(Phase)
    return max(rows[environment][phase] for environment, phase in product(environments, phases))


def _member(kind: type[_Member], text: str) -> _Member | None:
    return next((member for member in kind if member == text), None)
