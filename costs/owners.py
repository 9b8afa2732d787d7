"""What the owners of the applications expect to pay, and why our figure is another one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from costs.estimate import Estimate, total
from stacks.phases import Phase


class Part(StrEnum):
    """What of a stack a claim is about: the name of a kind of store, or all."""

    POSTGRES = "PostgresStore"
    TABLE = "TableStore"
    REDIS = "RedisStore"
    ATLAS = "AtlasStore"
    ALL = "all"
    ELSEWHERE = "elsewhere"
    """Something that the stack does not have: a comparison that the owners make."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What owners wrote."""

    application: str
    phase: Phase
    what: str
    part: Part
    low: Decimal
    """USD a month."""
    high: Decimal
    because: str
    """Why ours is another figure, or what theirs depends on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unreasoned:
    """A claim that nobody has explained yet."""

    application: str
    phase: Phase
    what: str
    part: Part
    low: int
    high: int

    def because(self, why: str) -> Claim:
        """Explain it."""
        return Claim(
            application=self.application,
            phase=self.phase,
            what=self.what,
            part=self.part,
            low=Decimal(self.low),
            high=Decimal(self.high),
            because=why,
        )


def _claim(application: str, phase: Phase, what: str, part: Part, *usd: int) -> _Unreasoned:
    """Begin a row; *usd* is the lower and the upper end."""
    low, high = usd
    return _Unreasoned(application=application, phase=phase, what=what, part=part, low=low, high=high)


CLAIMS: Final[Sequence[Claim]] = (
    _claim("clubapp", Phase.MVP, "PostgreSQL", Part.POSTGRES, 32, 32).because(
        "list price of the instance and its storage is less than half; backups in a vault, secrets and alarms are ours"
    ),
    _claim("clubapp", Phase.MVP, "DynamoDB", Part.TABLE, 5, 15).because(
        "holds for their load; point-in-time recovery and backups in a vault, which they held unnecessary, are ours"
    ),
    _claim("clubapp", Phase.MVP, "Redis", Part.REDIS, 10, 10).because(
        "holds for Valkey, not for Redis OSS; traffic between zones, logs and alarms come to it"
    ),
    _claim("clubapp", Phase.MVP, "in all", Part.ALL, 47, 57).because(
        "their PostgreSQL is too dear, and they counted no keys, alarms, dashboard or logs"
    ),
    _claim("clubapp", Phase.GROWTH, "PostgreSQL on db.t4g.medium", Part.POSTGRES, 65, 65).because(
        "ours has a standby, which doubles instance and storage"
    ),
    _claim("devora", Phase.MVP, "Atlas free tier", Part.ATLAS, 0, 0).because(
        "holds in dev and staging; prod has M10, as the free tier has no backups"
    ),
    _claim("devora", Phase.GROWTH, "Atlas M10", Part.ATLAS, 57, 57).because(
        "holds: MongoDB's page counts another month; backups come to it, and have no public price"
    ),
    _claim("devora", Phase.SCALE, "Atlas M30", Part.ATLAS, 300, 300).because(
        "below list price, without backups and with one shard"
    ),
    _claim("devora", Phase.SCALE, "in all at 5K users", Part.ALL, 0, 500).because(
        "holds only with a burstable database, one shard and no backups on Atlas"
    ),
    _claim("devmentor", Phase.MVP, "instance and 100 GB", Part.POSTGRES, 50, 50).because(
        "25 buys an instance with 2 GB of memory, not 8; 100 GB cost 11.50, not 25; the pool in front of it is as "
        "much again"
    ),
    _claim("devmentor", Phase.GROWTH, "in all", Part.ALL, 200, 200).because(
        "buys two burstable instances, without standby, pool and watching"
    ),
    _claim("devmentor", Phase.SCALE, "in all", Part.ALL, 2000, 2000).because(
        "ours is Aurora with readers, where they thought of shards"
    ),
    _claim("workflows", Phase.MVP, "PostgreSQL, one instance", Part.POSTGRES, 311, 311).because(
        "their rate is a quarter above list price, and as much of backups as is allocated costs nothing"
    ),
    _claim("workflows", Phase.MVP, "PostgreSQL with one replica", Part.ELSEWHERE, 601, 601).because(
        "the same rate, and the storage of the replica is forgotten; ours has its replicas from growth on"
    ),
    _claim("workflows", Phase.MVP, "Redis, one node", Part.REDIS, 108, 108).because(
        "holds for one node of Redis OSS; a queue that survives a node needs two"
    ),
    _claim("workflows", Phase.MVP, "in all", Part.ALL, 419, 709).because(
        "a lower rate than theirs, and copies in another region, which they did not count"
    ),
    _claim("workflows", Phase.MVP, "Atlas M30 with three nodes", Part.ELSEWHERE, 957, 957).because(
        "a comparison of theirs: the price of a tier has three nodes already"
    ),
    _claim("workflows", Phase.GROWTH, "PostgreSQL with three replicas", Part.POSTGRES, 1289, 1289).because(
        "ours has a standby, a class twice as big and storage for the bound of the phase"
    ),
    _claim("heka", Phase.MVP, "PostgreSQL", Part.POSTGRES, 20, 100).because("said of PostgreSQL alone"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A claim beside our figure."""

    claim: Claim
    ours: Decimal | None
    """USD a month; None: the stack has no such thing."""
    complete: bool
    """Whether everything in it has a price."""

    @property
    def difference(self) -> Decimal:
        """How far ours is from what they expect: below 0 where it is less, 0 within their range."""
        if self.ours is None:
            return Decimal(0)
        return self.ours - min(max(self.ours, self.claim.low), self.claim.high)


def compared(found: Estimate, application: str, phase: Phase, kinds: Mapping[str, str]) -> list[Compared]:
    """Put the claims about an application's phase beside an estimate; *kinds* is the kind of each of its stores."""
    return [
        _beside(claim, found, kinds) for claim in CLAIMS if (claim.application, claim.phase) == (application, phase)
    ]


def _beside(claim: Claim, found: Estimate, kinds: Mapping[str, str]) -> Compared:
    if claim.part is Part.ALL:
        return Compared(claim=claim, ours=found.subtotal(), complete=not found.unpriced)
    stores = {store for store, kind in kinds.items() if kind == claim.part}
    lines = [line for line in found.lines if line.charge.store in stores]
    gaps = any(gap.store in stores for gap in found.unpriced)
    return Compared(claim=claim, ours=total(lines) if lines or gaps else None, complete=not gaps)
