"""What a restored PostgreSQL is asked: to be like its source, to hold what that holds, and its application's own."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, LiteralString, cast

import psycopg
from psycopg import Connection

from drills.questions import Question
from drills.report import DATA, Check, Outcome
from sql.catalogue import catalogue, changes
from sql.errors import BootstrapError

Connect = Callable[[], Connection]
"""Connects as the administrator; raises BootstrapError where it cannot."""

_SHOWN: Final = 5
# Size on disk is what anybody may know of a table; whoever asks for rows needs rights on it.
_TABLES: Final = """
SELECT format('%I.%I', nspname, relname), pg_relation_size(pg_class.oid) > 0
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND relpersistence = 'p' AND nspname !~ '^pg_' AND nspname <> 'information_schema'
"""
_READ_ONLY: Final = "SET default_transaction_read_only = on"


def no_connection(why: str) -> Check:
    """Say that nobody looked."""
    return Check(aspect=DATA, name="connection", outcome=Outcome.UNKNOWN, said=f"not checked: no connection: {why}")


def looked_at(source: Connect, restored: Connect, questions: Sequence[Question]) -> Iterator[Check]:
    """Compare a restored database with its source, and ask it what its application wants to know."""
    try:
        with restored() as copy, source() as original:
            for connection in (copy, original):
                connection.execute(_READ_ONLY)
            yield _alike(original, copy)
            yield _filled(original, copy)
            yield from (_asked(copy, question) for question in questions)
    except BootstrapError as error:
        yield no_connection(str(error))
    except psycopg.OperationalError as error:
        yield no_connection(f"it broke off: {error.sqlstate or type(error).__name__}")
    if not questions:
        said = "the application has no checks: write sql/<application>/checks/<store>.sql, or give --checks FILE"
        yield Check(aspect=DATA, name="the application's checks", outcome=Outcome.UNKNOWN, said=said)


def _alike(original: Connection, copy: Connection) -> Check:
    """Compare roles, schemas, extensions, relations, functions, rights and jobs."""
    name = "roles, schemas, relations and rights are those of the source"
    try:
        found = changes(catalogue(original), catalogue(copy))
    except psycopg.errors.Error as error:
        return _unknown(name, error)
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        said = f"differs from the source: {', '.join(map(str, found[:_SHOWN]))}{more}"
        return Check(aspect=DATA, name=name, outcome=Outcome.FAILED, said=said)
    return Check(aspect=DATA, name=name, outcome=Outcome.PASSED, said="nothing differs")


def _filled(original: Connection, copy: Connection) -> Check:
    """Compare which tables hold anything."""
    name = "tables that hold something in the source hold something"
    try:
        before, after = (dict[str, bool](one.execute(_TABLES).fetchall()) for one in (original, copy))
    except psycopg.errors.Error as error:
        return _unknown(name, error)
    empty = sorted(table for table, filled in before.items() if filled and not after.get(table))
    if empty:
        more = f" and {len(empty) - _SHOWN} more" if len(empty) > _SHOWN else ""
        said = f"empty or missing: {', '.join(empty[:_SHOWN])}{more}"
        return Check(aspect=DATA, name=name, outcome=Outcome.FAILED, said=said)
    said = f"{sum(before.values())} of {len(before)} tables hold something, here as there"
    return Check(aspect=DATA, name=name, outcome=Outcome.PASSED, said=said)


def _asked(copy: Connection, question: Question) -> Check:
    """Ask a question of the application's: only a plain yes passes."""
    try:
        cursor = copy.execute(cast("LiteralString", question.statement))
        rows = cursor.fetchall() if cursor.description else []
    except psycopg.errors.InsufficientPrivilege as error:
        return _unknown(question.name, error)
    except psycopg.errors.Error as error:
        if isinstance(error, psycopg.OperationalError):
            raise
        return Check(aspect=DATA, name=question.name, outcome=Outcome.FAILED, said=f"it says: {_meaning(error)}")
    outcome, said = _ANSWERS.get(_one(rows), (Outcome.UNKNOWN, "the answer is neither true nor false"))
    return Check(aspect=DATA, name=question.name, outcome=outcome, said=said)


def _one(rows: Sequence[Sequence[object]]) -> bool | None:
    value = rows[0][0] if len(rows) == 1 and len(rows[0]) == 1 else None
    return value if isinstance(value, bool) else None


_ANSWERS: Final[Mapping[bool | None, tuple[Outcome, str]]] = {
    True: (Outcome.PASSED, "true"),
    False: (Outcome.FAILED, "false"),
}


def _unknown(name: str, error: psycopg.errors.Error) -> Check:
    return Check(aspect=DATA, name=name, outcome=Outcome.UNKNOWN, said=f"not checked: it says: {_meaning(error)}")


def _meaning(error: psycopg.errors.Error) -> str:
    """Give the class of an error without its text, which may quote a row."""
    return f"{type(error).__name__} ({error.sqlstate})"
