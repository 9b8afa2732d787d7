"""The table of scripts: complete, in one place, and what the stacks must give."""

from itertools import chain
from pathlib import Path

import pytest

from sql.manifest import FOLDER, PRELOADED, SCRIPTS, scripts
from stacks.application import Application, PostgresStore
from stacks.applications import APPLICATIONS
from tests.sql import installation

ALWAYS = {"pg_stat_statements", "pgaudit"}
"""What the parameter group of every database loads."""
STORES = [
    (application, store)
    for application in APPLICATIONS.values()
    for store in application.stores
    if isinstance(store, PostgresStore)
]
NAMES = [f"{application.name}-{store.name}" for application, store in STORES]


def test_every_script_is_used():
    there = {str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.sql")}

    assert there == set(chain.from_iterable(SCRIPTS.values()))


@pytest.mark.parametrize(("application", "store"), STORES, ids=NAMES)
def test_every_database_of_a_stack_has_scripts_and_the_libraries_that_they_need(
    application: Application, store: PostgresStore
):
    wanted = {name for script in scripts(application.name, store.name) for name in script.extensions} & PRELOADED

    assert wanted - {*store.preload, *ALWAYS} == set()


@pytest.mark.parametrize(("application", "store"), STORES, ids=NAMES)
def test_every_login_of_a_stack_is_given_rights_by_a_script(application: Application, store: PostgresStore):
    text = "".join(script.text for script in scripts(application.name, store.name))

    assert [login for login in store.logins if f"'{login}'" not in text] == []


def test_without_the_packages_the_tests_fail_with_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(installation, "_DEBIAN", Path("no/such/folder"))
    names = "postgresql-15 postgresql-15-postgis-3 postgresql-15-cron postgresql-15-pgaudit"

    with pytest.raises(pytest.fail.Exception, match=f"these tests need PostgreSQL: apt-get install {names}"):
        installation.debian(tmp_path)
