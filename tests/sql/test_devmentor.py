"""devmentor's database: each service works in its own schema and in no other; changes of persons' data are traced."""

from collections.abc import Iterator

import pytest

from tests.sql.bootstrapped import PRELOAD, Bootstrapped, bootstrapped, plan_of, without
from tests.sql.installation import debian
from tests.sql.running import running

pytestmark = pytest.mark.xdist_group("sql-devmentor")

SCHEMAS = {
    "auth": "auth", "project": "projects", "memory": "memory", "learning": "learning", "ai_gateway": "ai_gateway",
}  # fmt: skip
OTHERS = [(login, schema) for login in SCHEMAS for schema in SCHEMAS.values() if schema != SCHEMAS[login]]


@pytest.fixture(scope="module")
def devmentor() -> Iterator[Bootstrapped]:
    """Debian has no pgvector: what needs it is tested on another server."""
    with running(debian, "devmentor", PRELOAD) as server:
        found = bootstrapped(server, without(plan_of("devmentor"), "shared/35-vector"))
        for schema in SCHEMAS.values():
            found.run(
                "migrator",
                f"CREATE TABLE {schema}.things (id bigint GENERATED ALWAYS AS IDENTITY, name text, secret bytea);"
                f"CREATE FUNCTION {schema}.one() RETURNS int LANGUAGE sql RETURN 1;"
                f"SELECT audit.watch('{schema}.things', 'secret')",
            )
        yield found


def test_run_again_nothing_changes(devmentor: Bootstrapped):
    assert devmentor.again().nothing_changed


@pytest.mark.parametrize("login", SCHEMAS)
def test_a_service_works_in_its_schema(devmentor: Bootstrapped, login: str):
    devmentor.run(login, "INSERT INTO things (name, secret) VALUES ('old', pgp_sym_encrypt('mail', 'key'))")
    devmentor.run(login, "UPDATE things SET name = 'new'")

    assert devmentor.run(login, "SELECT name, one(), pgp_sym_decrypt(secret, 'key') FROM things") == [
        ("new", 1, "mail")
    ]
    assert devmentor.run(login, "DELETE FROM things RETURNING name") == [("new",)]


@pytest.mark.parametrize(("login", "schema"), OTHERS)
def test_a_service_does_not_enter_another_schema(devmentor: Bootstrapped, login: str, schema: str):
    devmentor.refused(login, f"SELECT FROM {schema}.things", f"permission denied for schema {schema}")
    devmentor.refused(login, f"SELECT {schema}.one()", f"permission denied for schema {schema}")


@pytest.mark.parametrize("login", SCHEMAS)
@pytest.mark.parametrize(
    "statement",
    ["TRUNCATE {0}.things", "CREATE TABLE {0}.mine (x int)", "SELECT FROM audit.trail", "DELETE FROM audit.trail",
     "SET ROLE migrator", "ALTER TABLE {0}.things DISABLE TRIGGER ALL", "SELECT partitions.maintain()",
     "SET pgaudit.log = 'none'"],
)  # fmt: skip
def test_a_service_may_not(devmentor: Bootstrapped, login: str, statement: str):
    devmentor.refused(login, statement.format(SCHEMAS[login]))


@pytest.mark.parametrize("schema", SCHEMAS.values())
def test_monitoring_reads_no_row(devmentor: Bootstrapped, schema: str):
    devmentor.refused("monitoring", f"SELECT FROM {schema}.things")


def test_truncating_is_traced_too(devmentor: Bootstrapped):
    devmentor.run("migrator", "TRUNCATE learning.things")

    found = devmentor.run(
        "datastores", "SELECT DISTINCT login FROM audit.trail WHERE action = 'TRUNCATE' AND schema_name = 'learning'"
    )
    assert found == [("migrator",)]


def test_what_persons_and_migrations_do_is_in_the_servers_log(devmentor: Bootstrapped):
    devmentor.run("migrator", "UPDATE auth.things SET name = 'by a person'")

    log = (devmentor.running.folder / "log").read_text(encoding="utf-8")
    assert "AUDIT: SESSION,1,1,WRITE,UPDATE,,,UPDATE auth.things SET name = 'by a person'" in log


def test_no_password_is_in_the_servers_log(devmentor: Bootstrapped):
    log = (devmentor.running.folder / "log").read_text(encoding="utf-8")

    assert "ALTER ROLE" in log
    assert "secret-of-" not in log


def test_the_trail_has_its_partitions_and_loses_no_row_without(devmentor: Bootstrapped):
    parts = devmentor.run("datastores", "SELECT ends - now() > interval '60 days' FROM partitions.ends('audit.trail')")
    assert [ahead for (ahead,) in parts].count(True) >= 2

    devmentor.run(
        "datastores",
        "INSERT INTO audit.trail (at, login, client_name, transaction_id, schema_name, table_name, action)"
        " VALUES ('2001-01-01', 'x', '', '1', 'x', 'x', 'x')",
    )

    assert devmentor.value("datastores", "SELECT count(*) FROM audit.trail_rest WHERE at = '2001-01-01'") == 1
