"""A database that the scripts have made ready, and who works with it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, LiteralString, cast

import psycopg
import pytest
from psycopg import Connection

from sql.bootstrap import Done, Plan, bootstrap
from sql.manifest import Script, scripts
from sql.roles import Login
from tests.sql.running import ADMINISTRATOR, Running

PRELOAD: Final = ("pg_stat_statements", "pgaudit", "pg_cron")
LOGINS: Final = {
    "clubapp": ("api", "migrator", "monitoring"),
    "devmentor": ("auth", "project", "memory", "learning", "ai_gateway", "migrator", "monitoring"),
    "workflows": ("api", "worker", "analytics", "migrator", "monitoring"),
    "devora": ("memory", "migrator", "monitoring"),
    "heka": ("api", "migrator", "monitoring"),
}
CONNECTIONS: Final = 20
ARCHIVE: Final = "workflows-archive"
REFUSAL: Final = "permission denied|must be owner"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bootstrapped:
    """A server, and the plan that was carried out on it."""

    running: Running
    plan: Plan

    def again(self, **changes: Any) -> Done:
        """Carry the plan out once more, perhaps with something changed."""
        return bootstrap(replace(self.plan, **changes), self.running.connect, ADMINISTRATOR, lambda _: None)

    def connect(self, login: str) -> Connection:
        """Connect as one of the logins, or as the administrator."""
        if login == ADMINISTRATOR[0]:
            return self.running.connect(*ADMINISTRATOR)
        return self.running.connect(login, password_of(login))

    def run(self, login: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run one statement (several, where there are no values) as a login; give its rows."""
        with self.connect(login) as connection:
            cursor = connection.execute(cast("LiteralString", statement), values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, login: str, statement: str, *values: Any) -> Any:
        """Give the one value of the one row."""
        ((value,),) = self.run(login, statement, *values)
        return value

    def refused(self, login: str, statement: str, why: str = REFUSAL) -> None:
        """Claim that a login may not do something, for lack of rights and no other reason."""
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=why):
            self.run(login, statement)

    def run_job(self, name: str) -> None:
        """Do what pg_cron does at the job's time: its command, as its user."""
        ((username, command),) = self.run(
            "datastores", "SELECT username, command FROM cron.job WHERE jobname = %s", name
        )
        self.run(username, command)


def plan_of(
    application: str, store: str = "main", *, phase: str = "mvp", found: Sequence[Script] | None = None
) -> Plan:
    """Give the plan of an application; *found* are other scripts than all of its own."""
    return Plan(
        application=application,
        phase=phase,
        region="eu-central-1",
        archive=ARCHIVE if application == "workflows" and phase == "scale" else "",
        logins=tuple(
            Login(name=name, connections=CONNECTIONS, password=password_of(name)) for name in LOGINS[application]
        ),
        scripts=tuple(scripts(application, store) if found is None else found),
    )


def bootstrapped(running: Running, plan: Plan) -> Bootstrapped:
    """Carry out a plan for the first time."""
    bootstrap(plan, running.connect, ADMINISTRATOR, lambda _: None)
    return Bootstrapped(running=running, plan=plan)


def without(plan: Plan, *names: str) -> Plan:
    """Leave scripts out."""
    return replace(plan, scripts=tuple(script for script in plan.scripts if script.name not in names))


def only(plan: Plan, *names: str) -> Plan:
    """Keep some scripts."""
    return replace(plan, scripts=tuple(script for script in plan.scripts if script.name in names))


def password_of(login: str) -> str:
    """Give the password in the login's connection secret."""
    return f"secret-of-{login}"
