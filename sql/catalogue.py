"""What a database holds of all that a bootstrap decides, and what has changed in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, LiteralString, cast

from psycopg import Connection

Catalogue = Mapping[tuple[str, str], str]
"""Kind and name of a thing -> all that is said of it."""

_QUERY: Final = cast("LiteralString", Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
# Tables of our own and pg_cron's, which are read where they are.
_ROWS: Final[Mapping[str, LiteralString]] = {
    "cron.job": "SELECT 'job', jobname::text, concat_ws(' ', schedule, active, username, command) FROM cron.job",
    "partitions.rules": (
        "SELECT 'rule of partitions', format('%s.%s', schema_name, table_name), (to_jsonb(rules) - 'problem')::text"
        " FROM partitions.rules AS rules"
    ),
    "expiry.rules": (
        "SELECT 'rule of expiry', format('%s.%s', schema_name, table_name), (to_jsonb(rules) - 'problem')::text"
        " FROM expiry.rules AS rules"
    ),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One thing that a script has changed."""

    what: str
    """`added`, `changed` or `removed`."""
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.what} {self.kind} {self.name}"

    def as_json(self) -> dict[str, str]:
        """Give what `--json` prints."""
        return asdict(self)


def catalogue(connection: Connection) -> Catalogue:
    """Read it as it is now."""
    queries: list[LiteralString] = [_QUERY]
    for table, query in _ROWS.items():
        row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [table]).fetchone()
        if row and row[0]:
            queries.append(query)
    return {
        (kind, name): state or "" for query in queries for kind, name, state in connection.execute(query).fetchall()
    }


def changes(before: Catalogue, after: Catalogue) -> list[Change]:
    """Say what the later one has more, other and less, in order of kind and name."""
    return [
        Change(what=_what(before.get(key), after.get(key)), kind=key[0], name=key[1])
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    ]


def _what(before: str | None, after: str | None) -> str:
    if before is None:
        return "added"
    return "removed" if after is None else "changed"
