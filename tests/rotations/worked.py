"""A rotation on a real PostgreSQL and real secrets; only the engine, which would deploy them, is made up."""

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString, cast

from rotations.documents import CURRENT, Documents
from rotations.doors import Doors
from rotations.run import Run, carry_out, take_back
from rotations.standing import Standing, begun, fresh
from rotations.targets import Target, chosen, to, under_way
from sizes.logins import ADMIN, Numbers, user_of
from stacks.exports import said_of_rotations
from stacks.settings import Settings
from tests.sql.running import ADMINISTRATOR, HOST, Running
from upgrades.engine import ROOT, Outcome, State

STACK = "clubapp-dev"
TEXT = """\
config:
  aws:region: eu-central-1
  datastores:phase: mvp
  datastores:drRegion: eu-west-1
  datastores:owner: team
  datastores:costCentre: team
"""
LOGINS = ("api", "migrator", "monitoring")
LOOKED_AT = ("api", "migrator")
"""Logins that are tried at every point."""
SAFE = {"steps": [{"op": "same", "urn": "urn:pulumi:s::datastores::a:b:C::c"}], "changeSummary": {"same": 1}}


class KilledError(BaseException):
    """Stands for `kill -9`: nothing catches it but the test."""


@dataclass
class Fuse:
    """Kills at the point that it is set to; looks at the world wherever something has been done."""

    at: int | None = None
    points: int = 0
    look: Callable[[], None] = lambda: None

    def burn(self, *, after: bool = True) -> None:
        if after:
            self.look()
        self.points += 1
        if self.points - 1 == self.at:
            raise KilledError


@dataclass
class World:
    """A stack: its file, its secrets, its database, and an engine that deploys what the file says."""

    server: Running
    client: Any
    file: Path
    fuse: Fuse = field(default_factory=Fuse)
    stack: str = STACK
    name: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    ends: list[Outcome] = field(default_factory=list[Outcome])
    """How the next updates end; without one as they should."""
    said: list[str] = field(default_factory=list[str])
    _deployed: dict[str, Any] = field(default_factory=dict[str, Any])
    _numbers: dict[tuple[str, str], Numbers] = field(default_factory=dict[tuple[str, str], Numbers])

    def __post_init__(self) -> None:
        """Deploy it for the first time."""
        self.file.write_text(TEXT, encoding="utf-8")
        for key in self._logins():
            self.client.create_secret(Name=self._secret(key))
        with self.server.superuser() as connection:
            for login in LOGINS:
                second = user_of(login, 2)
                self._sql(connection, f"DROP ROLE IF EXISTS {second}")
                self._sql(connection, f"ALTER ROLE {login} PASSWORD '{self.password('main', login, 1)}'")
        self._deploy(lambda: None)
        self.fuse.look = self.clients_get_in

    # What a test asks

    def password(self, store: str, login: str, number: int) -> str:
        return f"secret-{store}-{login}-{number}-{self.name}"

    def lets_in(self, user: str, password: str) -> bool:
        try:
            self.server.connect(user, password).close()
        except Exception:  # noqa: BLE001  whatever the reason is, it is not let in
            return False
        return True

    def clients_get_in(self, logins: Sequence[str] = LOOKED_AT) -> None:
        """Claim that whoever reads a connection secret now gets in with it."""
        for login in logins:
            found = self.read("main", login)
            assert self.lets_in(found["username"], found["password"]), f"{login} is locked out"

    def read(self, store: str, login: str) -> dict[str, Any]:
        return json.loads(
            self.client.get_secret_value(SecretId=self._secret((store, login)), VersionStage=CURRENT)["SecretString"]
        )

    def rotations(self) -> dict[str, Any]:
        settings = self.settings()
        return said_of_rotations(settings.rotations, settings.rotation)

    # What is run

    def settings(self) -> Settings:
        return Settings.read(self.stack, folder=self.file.parent)

    def rotate(self, wanted: Mapping[str, Mapping[str, int]] | None = None, *, back: bool = False, **more: Any) -> None:
        """Begin a rotation, of all logins or to the numbers that are *wanted*, or go on with one, or take it *back*."""
        settings = self.settings()
        known = begun(settings, self._outputs())
        targets: Any = chosen(settings, None, None) if known is None else under_way(settings, known.before, known.to)
        if known is None and wanted is not None:
            targets = under_way(settings, settings.rotations, wanted)
        standing = known or fresh(settings, wanted or to(targets))
        (take_back if back else carry_out)(self.run(settings, standing, targets, **more))

    def run(self, settings: Settings, standing: Standing, targets: list[Target], **more: Any) -> Run:
        facts: dict[str, Any] = {
            "settings": settings,
            "engine": self,
            "file": self.file,
            "standing": standing,
            "targets": targets,
            "doors": Fused(self.doors(), self.fuse),
            "confirm": lambda _: True,
            "say": self.said.append,
            "yes": False,
            "settle": None,
        }
        return Run(**facts | more)

    def doors(self) -> Doors:
        return Doors(
            documents=Documents(client=self.client, outputs=self._outputs()),
            local=True,
            host=HOST,
            hostaddr="127.0.0.1",
            port=self.server.port,
            root_certificate=self.server.folder / "ca.pem",
        )

    # An engine

    def state(self) -> State:
        resources = [{"type": ROOT, "outputs": self._outputs()}]
        return State(resources=resources, pending=[], written=datetime(2026, 11, 26, tzinfo=UTC))

    def preview(self, plan: Path) -> tuple[int, str, str]:  # noqa: ARG002  as the engine has it
        self.fuse.burn(after=False)
        return 0, json.dumps(SAFE), ""

    def up(self, plan: Path) -> Outcome:  # noqa: ARG002  as the engine has it
        self.fuse.burn(after=False)
        end = self.ends.pop(0) if self.ends else Outcome.DONE
        if end is not Outcome.FAILED:
            self._deploy(self.fuse.burn)
            self.fuse.burn()
        return end

    def _deploy(self, midway: Callable[[], None]) -> None:
        """Do what the program does with passwords: secrets and the administrator's; the outputs come last."""
        settings = self.settings()
        for store in settings.application.stores:
            numbers = settings.numbers(store)
            for key in [one for one in self._logins() if one[0] == store.name]:
                self._write(key, numbers.get(key[1], Numbers()))
        midway()
        self._deployed = said_of_rotations(settings.rotations, settings.rotation)

    def _write(self, key: tuple[str, str], numbers: Numbers) -> None:
        before = self._numbers.get(key)
        if before is None or before.current != numbers.current:
            if key == ("main", ADMIN):
                with self.server.superuser() as connection:
                    self._sql(connection, f"ALTER ROLE {ADMIN} PASSWORD '{self._document(key, numbers.current)[0]}'")
            self._put(key, numbers.current, "AWSCURRENT")
        if numbers.pending and (before is None or before.pending != numbers.pending):
            self._put(key, numbers.pending, "AWSPENDING")
        if not numbers.pending:
            self._forget(key)
        self._numbers[key] = numbers

    def _put(self, key: tuple[str, str], number: int, stage: str) -> None:
        password, user = self._document(key, number)
        document = {"host": HOST, "port": 5432, "dbname": "clubapp", "username": user, "password": password}
        self.client.put_secret_value(
            SecretId=self._secret(key), SecretString=json.dumps(document), VersionStages=[stage]
        )

    def _forget(self, key: tuple[str, str]) -> None:
        stages = self.client.describe_secret(SecretId=self._secret(key)).get("VersionIdsToStages", {})
        for version, held in stages.items():
            if "AWSPENDING" in held:
                self.client.update_secret_version_stage(
                    SecretId=self._secret(key), VersionStage="AWSPENDING", RemoveFromVersionId=version
                )

    def _document(self, key: tuple[str, str], number: int) -> tuple[str, str]:
        store, login = key
        if login == ADMIN:
            first = ADMINISTRATOR[1]
            return (first if number == 1 else self.password(store, login, number)), ADMIN
        return self.password(store, login, number), user_of(login, number)

    def _logins(self) -> list[tuple[str, str]]:
        return [*(("main", login) for login in (*LOGINS, ADMIN)), ("cache", "application")]

    def _secret(self, key: tuple[str, str]) -> str:
        return f"{self.name}-{'-'.join(key)}"

    def _outputs(self) -> dict[str, Any]:
        return {
            "phase": "mvp",
            "mainSecretArn": self._secret(("main", ADMIN)),
            "mainLoginSecretArns": {login: self._secret(("main", login)) for login in LOGINS},
            "cacheSecretArn": self._secret(("cache", "application")),
            **self._deployed,
        }

    @staticmethod
    def _sql(connection: Any, text: str) -> None:
        connection.execute(cast("LiteralString", text))


class Fused:
    """Doors, with a point to be killed at before and after whatever is done at them."""

    def __init__(self, doors: Doors, fuse: Fuse) -> None:
        self._doors, self._fuse = doors, fuse

    def __getattr__(self, name: str) -> Any:
        inside = getattr(self._doors, name)

        def fused(*arguments: Any, **more: Any) -> Any:
            self._fuse.burn(after=False)
            found = inside(*arguments, **more)
            self._fuse.burn()
            return found

        return fused
