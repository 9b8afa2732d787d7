"""The table of scripts: complete, in one place, and what the stacks must give."""

from itertools import chain

import pytest

from sql.manifest import FOLDER, PRELOADED, SCRIPTS, scripts
from stacks.application import Application, PostgresStore
from stacks.applications import APPLICATIONS

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
