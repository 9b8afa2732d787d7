"""Where a control is mandatory, advisory or off: by group, environment and phase, with deviations that say why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any, Final, TypeVar

from policies.control import Control, Group, Level
from stacks.leaving import Leaving, leaving
from stacks.phases import Environment, Phase

PHASE_KEY: Final = "datastores:phase"
"""The stack's configuration key of its phase."""
HOP_KEY: Final = "datastores:hop"
UNLOCK_KEY: Final = "datastores:unlock"
RESTORES_KEY: Final = "datastores:restores"
"""Those of how far an upgrade is, of what it lifts the protection, and of how far restores are."""

Rows = Mapping[Environment, Mapping[Phase, Level]]
_Member = TypeVar("_Member", bound=StrEnum)
_Cell = TypeVar("_Cell", bound=int)
_OfPhase = Mapping[Phase, int]


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


_OFF: Final = _rows(dev=Level.OFF, staging=Level.OFF, prod=(Level.OFF,) * 4)
_ADVICE: Final = _rows(dev=_A, staging=_A, prod=(_A, _A, _A, _A))
_FROM_GROWTH: Final = _rows(dev=_A, staging=_A, prod=(_A, _M, _M, _M))
_FROM_SCALE: Final = _rows(dev=_A, staging=_A, prod=(_A, _A, _M, _M))
_EVERYWHERE: Final = _rows(dev=_M, staging=_M, prod=(_M, _M, _M, _M))


def _alike(rows: Rows, reason: str, *slugs: str) -> list[Deviation]:
    return [Deviation(slug=slug, rows=rows, reason=reason) for slug in slugs]


PENDING: Final[Sequence[str]] = ()
"""Controls that ask for parts that no stack has yet: off until they are built."""

DEVIATIONS: Final[Sequence[Deviation]] = (
    *_alike(_OFF, "asks for a part that no stack has yet", *PENDING),
    *_alike(
        _OFF,
        "another port hides nothing from who is let in by a security group, and breaks what clients expect",
        "rds-non-default-port",
        "aurora-non-default-port",
        "elasticache-non-default-port",
    ),
    *_alike(_ADVICE, "the name alone opens nothing", "rds-custom-admin-username", "aurora-custom-admin-username"),
    *_alike(
        _OFF,
        "rotation by a function of AWS is for secrets that RDS manages; these change by an update of the stack",
        "secret-rotation",
    ),
    *_alike(_OFF, "multi-region keys serve recovery in another region", "kms-single-region"),
    *_alike(_OFF, "a network without any public subnet is stricter", "vpc-public-private-separated"),
    *_alike(_OFF, "an account's setting, not a stack's", "vpc-block-public-access"),
    *_alike(_OFF, "contradicts the controls that ask for rules in network ACLs", "vpc-no-nacls"),
    *_alike(_OFF, "reports are an account's business", "backup-report-plan-exists"),
    *_alike(
        _OFF,
        "stacks subscribe by e-mail only, of which SNS logs and keeps nothing that it cannot deliver",
        "sns-delivery-logging",
        "sns-subscription-redrive",
    ),
    *_alike(_OFF, "its events are of EC2-Classic, which is gone", "rds-event-subscription-security-group"),
    *_alike(_ADVICE, "a memcached cluster holds nothing that a zone could lose", "elasticache-memcached-cross-az"),
    *_alike(
        _OFF,
        "Pulumi's provider takes the way out that AWS gives a new group: what declares none is closed",
        "sg-egress-defined",
    ),
    *_alike(
        _FROM_GROWTH,
        "what a cache holds in mvp can be computed again",
        "elasticache-backup-enabled",
        "elasticache-backup-retention-min",
    ),
    *_alike(_FROM_GROWTH, "trying a restore costs one: growth pays for it", "restore-testing-plan-present"),
    *_alike(
        _rows(dev=Level.OFF, staging=Level.OFF, prod=(_A, _M, _M, _M)),
        "it is what prod holds that must come back, and growth has people to miss it",
        "restore-drill-recent",
    ),
    *_alike(_FROM_SCALE, "a copy in another region is what scale pays for", "backup-cross-region-copy"),
    *_alike(
        _rows(dev=Level.OFF, staging=Level.OFF, prod=(_M, _M, _M, _M)),
        "Pulumi's protect is what prod has and staging, which is built and destroyed, has not",
        "protect-on-stateful",
    ),
    *_alike(_EVERYWHERE, "a name that says a phase makes the next one replace the store", "names-without-phase"),
    *_alike(
        _rows(dev=_A, staging=_M, prod=(_M, _M, _M, _M)),
        "a queue that loses a node loses what nobody can compute again",
        "elasticache-queue-survives-a-node",
    ),
    *_alike(_rows(dev=_A, staging=_A, prod=(_M, _M, _M, _M)), "M0 has no backups", "atlas-m10-minimum"),
    *_alike(
        _rows(dev=Level.OFF, staging=_M, prod=(_M, _M, _M, _M)),
        "insights of dev tell nothing",
        "rds-performance-insights-cmk",
        "aurora-performance-insights-cmk",
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Setting:
    """How much at least is asked for, where that depends on environment and phase."""

    slugs: Sequence[str]
    name: str
    rows: Mapping[Environment, _OfPhase]


def _numbers(*, dev: Sequence[int], staging: Sequence[int], prod: Sequence[int]) -> Mapping[Environment, _OfPhase]:
    """Spread a line of the table: a number for each phase, in the order of growth."""
    rows = {Environment.DEV: dev, Environment.STAGING: staging, Environment.PROD: prod}
    return {environment: dict(zip(Phase, row, strict=True)) for environment, row in rows.items()}


# fmt: off
SETTINGS: Final[Sequence[Setting]] = (
    Setting(
        slugs=("recovery-days-by-phase",),
        name="days",
        #              mvp growth scale enterprise
        rows=_numbers(dev=(1, 1, 1, 1), staging=(7, 7, 7, 7), prod=(7, 7, 14, 30)),
    ),
    Setting(
        slugs=("replicas-by-phase",),
        name="replicas",
        # Until scale a standby in another zone is what a lost machine asks for.
        rows=_numbers(dev=(0, 0, 0, 0), staging=(0, 0, 0, 0), prod=(0, 0, 1, 1)),
    ),
    Setting(
        slugs=("elasticache-backup-retention-min", "elasticache-serverless-backup"),
        name="days",
        # A small cache is soon warm again.
        rows=_numbers(dev=(7, 7, 15, 15), staging=(7, 7, 15, 15), prod=(7, 7, 15, 15)),
    ),
)
# fmt: on
"""Of the settings that are not the same everywhere."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Which environment and phase are judged; None is one that could not be found out."""

    environment: Environment | None = None
    phase: Phase | None = None
    doubt: str = ""
    """Why something could not be found out; empty when all is known."""
    leaving: tuple[Leaving, ...] = ()
    """What an upgrade or a restore takes away next, as the stack's own settings say."""


NOWHERE: Final = Place(doubt="nobody says where it is")
"""Neither environment nor phase is known: judged as the strictest."""


def place_of(stack: str, config: Mapping[str, str]) -> Place:
    """Read the environment from the stack's name `<application>-<environment>`, the phase from its configuration."""
    environment = _member(Environment, stack.rpartition("-")[2])
    phase = _member(Phase, config.get(PHASE_KEY, ""))
    doubts: list[str] = []
    if environment is None:
        doubts.append(f"the stack's name {stack!r} ends in none of -{', -'.join(Environment)}")
    if phase is None:
        doubts.append(f"the configuration key {PHASE_KEY} is not one of {', '.join(Phase)}")
    goes = leaving(config.get(HOP_KEY), config.get(UNLOCK_KEY), config.get(RESTORES_KEY))
    return Place(environment=environment, phase=phase, doubt=" and ".join(doubts), leaving=goes)


def level_of(control: Control, place: Place, deviations: Sequence[Deviation] = DEVIATIONS) -> Level:
    """Give the level of a control: the strictest possible one where environment or phase are not known."""
    rows = next((one.rows for one in deviations if one.slug == control.slug), LEVELS[control.group])
    return max(_at(rows, place))


def settings_of(control: Control, place: Place) -> dict[str, Any]:
    """Give the settings of a control where nobody configures them: the strictest where the place is not known."""
    found = control.defaults
    for one in SETTINGS:
        if control.slug in one.slugs:
            found[one.name] = max(_at(one.rows, place))
    return found


def _at(rows: Mapping[Environment, Mapping[Phase, _Cell]], place: Place) -> Iterator[_Cell]:
    """Give the cells of all places that it may be."""
    environments = [place.environment] if place.environment else list(Environment)
    phases = [place.phase] if place.phase else list(Phase)
    return (rows[environment][phase] for environment, phase in product(environments, phases))


def _member(kind: type[_Member], text: str) -> _Member | None:
    return next((member for member in kind if member == text), None)
