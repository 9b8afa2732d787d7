"""
What the estimators ask a price of, by service: a price of one's own for anything else would be used by nothing.

A name has one of `(a|b)` in it, or `<what>` where the words are a vendor's and may be new tomorrow.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from stacks.mistakes import near

_SIZE: Final = r"(micro|small|medium|large|\d*xlarge)"
_OPEN: Final[Mapping[str, str]] = {
    "<instance class>": rf"db\.[a-z][0-9a-z]*\.{_SIZE}",
    "<node type>": rf"cache\.[a-z][0-9a-z]*\.{_SIZE}",
    "<tier>": r"[MR]\d+(_NVME)?",
    "<storage class>": r"[a-z]+(-[a-z]+)*",
}
"""What stands for each, as a pattern."""
_BRANCH: Final = re.compile(r"\(([^)]*)\)")
ASKED: Final[Mapping[str, Sequence[str]]] = {
    "aurora_postgres": (
        "<instance class>:(standard|io-optimized)",
        "serverless-v2:(standard|io-optimized)",
        "storage:(standard|io-optimized)",
        "io-requests:standard",
        "global-db-replicated-write-io",
        "backup-storage",
        "cpu-credits-t3-t4g",
        "extended-support-(y1-y2|y3)",
    ),
    "backup": ("(rds|aurora)-snapshot", "dynamodb-(warm|restore)", "s3-warm", "restore-test"),
    "cloudwatch": (
        "alarm-(standard|highres|composite)",
        "dashboard",
        "custom-metric",
        "log-(ingest|ingest-vended|storage)",
    ),
    "data_transfer": ("cross-(az|region)",),
    "dynamodb": (
        "on-demand-(write|read|write-ia|read-ia)",
        "provisioned-(wcu|rcu)",
        "storage-(standard|ia)",
        "pitr",
        "streams-read",
        "global-table-rwru",
    ),
    "elasticache": ("(redis|valkey):<node type>", "serverless-(redis|valkey):(data|ecpu)", "backup-storage"),
    "kms": ("key", "requests"),
    "mongodb_atlas": (
        "<tier>",
        "flex-(base|cap)",
        "extra-storage",
        "node",
        "config-server",
        "cloud-backup",
        "private-endpoint",
        "backup-export",
        "search-node",
        "auditing",
        "encryption",
    ),
    "rds_postgres": (
        "<instance class>:(single-az|multi-az)",
        "storage-(gp2|gp3|io1|io2|magnetic):(single-az|multi-az)",
        "(io1|io2)-iops:(single-az|multi-az)",
        "gp3-extra-(iops|throughput):(single-az|multi-az)",
        "backup-storage",
        "cross-region-snapshot-transfer",
        "cpu-credits-t3-t4g",
        "database-insights-(advanced|advanced-serverless)",
        "enhanced-monitoring",
        "extended-support-(y1-y2|y3)",
        "rds-proxy",
    ),
    "s3": ("<storage class>", "transition-<storage class>", "put"),
    "scheduler": ("invocation",),
    "secretsmanager": ("secret", "api"),
    "sns": ("publish", "email"),
    "vpc": (
        "(interface-endpoint|interface-endpoint-data|gateway-endpoint-s3-dynamodb)",
        "(nat-gateway|nat-gateway-data)",
        "public-ipv4",
    ),
}


def is_asked(service: str, sku: str) -> bool:
    """Say whether an estimator may ask for it, in some stack."""
    return any(_matches(name, sku) for name in ASKED.get(service, ()))


def nearest(service: str, sku: str, priced: Sequence[str]) -> str:
    """
    Name what is asked for that is most like *sku*, or all of it where nothing is.

    *priced* is what has a price in the service: examples of the names that are not listed here. The text follows
    `is not asked for`.
    """
    names = [name for name in ASKED[service] if "<" not in name]
    known = [*(word for name in names for word in _words(name)), *(one for one in priced if is_asked(service, one))]
    return near(sku, known) or f": allowed are {', '.join(ASKED[service])}"


def _matches(name: str, sku: str) -> bool:
    pattern = re.escape(name)
    for written, meant in (*_OPEN.items(), ("(", "("), (")", ")"), ("|", "|")):
        pattern = pattern.replace(re.escape(written), meant)
    return re.fullmatch(pattern, sku) is not None


def _words(name: str) -> Iterator[str]:
    """Write a name out, once for each of its branches."""
    parts = [part.split("|") if number % 2 else [part] for number, part in enumerate(_BRANCH.split(name))]
    yield from ("".join(chosen) for chosen in product(*parts))
