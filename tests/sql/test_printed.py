"""`--print`: the same SQL for psql, without a secret."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sql.bootstrap import printed
from sql.manifest import SCRIPTS
from tests.sql.bootstrapped import LOGINS, PRELOAD, Bootstrapped, plan_of
from tests.sql.installation import debian
from tests.sql.running import ADMINISTRATOR, HOST, Running, running

pytestmark = pytest.mark.xdist_group("sql-printed")

STORES = sorted(SCRIPTS)


@pytest.mark.parametrize(("application", "store"), STORES)
def test_no_password_is_printed(application: str, store: str):
    text = printed(plan_of(application, store))

    assert "secret-of-" not in text
    assert [f"PASSWORD :'{login}_verifier'" in text for login in LOGINS[application]] == [True] * len(
        LOGINS[application]
    )


def psql(server: Running, text: str, **variables: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("psql")
    assert program, "psql comes with postgresql-client"
    command = [program, "--no-psqlrc", "--quiet", *(f"--set={name}={value}" for name, value in variables.items())]
    environment = {
        "PGHOST": HOST,
        "PGHOSTADDR": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGDATABASE": server.database,
        "PGUSER": ADMINISTRATOR[0],
        "PGPASSWORD": ADMINISTRATOR[1],
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(Path(server.folder, "ca.pem")),
    }
    return subprocess.run(command, input=text, env=environment, capture_output=True, text=True, check=False)


def test_psql_with_verifiers_does_what_the_command_does():
    with running(debian, "workflows", PRELOAD) as server:
        plan = plan_of("workflows")
        with server.connect(*ADMINISTRATOR) as connection:
            verifiers = {
                f"{one.name}_verifier": connection.pgconn.encrypt_password(
                    (one.password or "").encode(), one.name.encode(), b"scram-sha-256"
                ).decode()
                for one in plan.logins
            }

        done = psql(server, printed(plan), **verifiers)

        assert (done.returncode, done.stderr) == (0, "")
        assert Bootstrapped(running=server, plan=plan).again().nothing_changed


def test_psql_without_verifiers_stops_before_anything_is_done():
    with running(debian, "heka", PRELOAD) as server:
        done = psql(server, printed(plan_of("heka")))

        assert done.returncode == 3
        with server.superuser() as connection:
            assert connection.execute("SELECT FROM pg_roles WHERE rolname = 'api'").fetchall() == []
