"""
What AWS gives every account each month: a note beside an estimate, in no figure of it.

It belongs to the account, and another stack or another team may have used it up. What accounts had for their first 12
months is not in it: those opened since 2025-07-15 get credits instead, and for all others the year was over by
2026-07-14.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from costs.amount import NOTHING, ZERO, cents
from costs.estimate import Estimate, Line

CREDITS: Final = (
    "accounts opened since 2025-07-15 get up to 200 USD of credits for 6 months in place of the offers for 12 months"
)
CREDITS_SOURCE: Final = "AWS's announcement of 2025-07-15, and the guide of AWS's agent toolkit, read 2026-11-26"
_LIST: Final = "tiers at 0 USD in AWS's price list for us-east-1, as a public test recorded them on 2026-10-08"
_WATCH: Final = "CloudWatch pricing, as tabulated in public on 2026-05-05"
_LOGS: Final = "an invoice of AWS: the first 5 GB taken in and the first 5 GB-months held are free, 2021-11-30"
_KMS: Final = "AWS KMS pricing: 20,000 requests a month, in all regions together, as repeated in public in 2026"
_OUT: Final = "100 GB a month, of all regions together, since December 2021, as repeated in public in May 2026"


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """What is free of one price, for ever."""

    service: str
    sku: str
    quantity: Decimal
    """A month, in the unit of the price."""
    what: str
    source: str


def _free(service: str, sku: str, quantity: str, what: str, source: str) -> Allowance:
    return Allowance(service=service, sku=sku, quantity=Decimal(quantity), what=what, source=source)


ALLOWANCES: Final[Sequence[Allowance]] = (
    _free("dynamodb", "storage-standard", "25", "25 GB of the Standard class", _LIST),
    _free("dynamodb", "provisioned-wcu", "18600", "25 provisioned WCU", _LIST),
    _free("dynamodb", "provisioned-rcu", "18600", "25 provisioned RCU", _LIST),
    _free("dynamodb", "streams-read", "2.5", "2.5 million reads of streams", _LIST),
    _free("cloudwatch", "alarm-standard", "10", "10 alarms", _WATCH),
    _free("cloudwatch", "dashboard", "3", "3 dashboards", _WATCH),
    _free("cloudwatch", "custom-metric", "10", "10 custom metrics", _WATCH),
    _free("cloudwatch", "log-ingest", "5", "5 GB of logs taken in", _LOGS),
    _free("cloudwatch", "log-storage", "5", "5 GB of logs held", _LOGS),
    _free("kms", "requests", "2", "20,000 requests to keys", _KMS),
    _free("sns", "publish", "1", "1 million publishes", _LIST),
    _free("sns", "email", "0.01", "1,000 e-mails", _LIST),
    _free("sns", "http", "1", "100,000 HTTP notifications", _LIST),
    _free("data_transfer", "internet-out-first-10TB", "100", "100 GB out to the internet", _OUT),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """What an allowance would take off an estimate."""

    allowance: Allowance
    used: Decimal
    """So much of it the stack needs."""
    usd: Decimal
    """In cents, at most what the stack pays for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeTier:
    """What all allowances would take off a stack that had them to itself."""

    taken: tuple[Taken, ...]

    @property
    def usd(self) -> Decimal:
        """USD a month, in all."""
        return sum((one.usd for one in self.taken), NOTHING)


def free_tier(found: Estimate) -> FreeTier:
    """Give what the free tier would take off what is expected; no line goes below 0."""
    return FreeTier(taken=tuple(_taken(found)))


def _taken(found: Estimate) -> Iterator[Taken]:
    for allowance in ALLOWANCES:
        lines = [
            line for line in found.lines if (line.charge.service, line.charge.sku) == (allowance.service, allowance.sku)
        ]
        used, usd = _of(allowance, lines)
        if usd:
            yield Taken(allowance=allowance, used=used, usd=usd)


def _of(allowance: Allowance, lines: Sequence[Line]) -> tuple[Decimal, Decimal]:
    """Take an allowance off the dearest lines first; what is taken off a line is at most what it is rounded to."""
    left, usd = allowance.quantity, NOTHING
    for line in sorted(lines, key=lambda line: -line.price.usd):
        some = min(left, line.charge.quantity.expected)
        left -= some
        usd += min(cents(some * line.price.usd), line.usd()) if some > ZERO else NOTHING
    return allowance.quantity - left, usd
