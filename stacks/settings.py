"""
What one stack is told: the settings in its stack file, checked as a whole.

`Settings.load` is what the program calls under the Pulumi engine, `Settings.read` what a command without one calls.
Both end in `Settings.parse`, so that they accept the same and say the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Final, Self, cast, overload

from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.logins import Numbers
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.protection import Protection
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import Application, AtlasStore, BucketStore, PostgresStore, RedisStore, Size, Store, TableStore
from stacks.applications import APPLICATIONS
from stacks.blocks import Atlas, Dns, Network, OfficeHours
from stacks.context import Stack
from stacks.generations import FIRST, Generation
from stacks.keys import GUARDED, Hop, Rotation, StackKeys
from stacks.mistakes import Mistake, Refusal, SettingsError, near, shown, unknown
from stacks.mistakes import Path as Place
from stacks.phases import PROTECTION, UNLOCKED, Environment, Phase
from stacks.rotating import NEVER, PerLogin, numbers
from stacks.rules import checked
from stacks.stackfile import PROJECT, canonical, config_of, overridden

FOLDER: Final = Path(__file__).parent
"""Where the stack files are: Pulumi.yaml's stackConfigDir."""
ACCOUNTS: Final = "aws:allowedAccountIds"
SECRET: Final = "secure"  # noqa: S105 # Pulumi's key for an encrypted value, no secret itself


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What one stack is told; every value was checked."""

    stack: str
    """Pulumi's name of the deployment: `clubapp-dev`."""
    application: Application
    """With the stores that its owner chose, and the rows of the stack's environment."""
    choices: Mapping[str, str]
    environment: Environment
    phase: Phase
    hop: Hop | None
    """The step of an upgrade that is under way."""
    restores: Mapping[str, Generation]
    """Stores that were restored; `generation` answers for every store."""
    rotations: PerLogin
    """Logins with another password than their first, and its number."""
    rotation: Rotation | None
    """New passwords that are on their way to the clients."""
    network: Network | None
    """A network that exists already; None: one is created."""
    dr_network: Network | None
    """The same in the DR region."""
    region: str
    dr_region: str
    allowed_account_ids: tuple[str, ...]
    """The only accounts that may be deployed to; empty: any."""
    owner: str
    cost_centre: str
    alarm_email: str | None
    monthly_budget: Decimal | None
    """USD."""
    office_hours: OfficeHours | None
    """When databases run; None: always."""
    dns: Dns | None
    sizes: Mapping[str, Size]
    """Stores whose size deviates from the phase's row, and that size, whole; `size` answers for every store."""
    unlock: frozenset[str]
    """Names of stores whose protection is lifted."""
    irreversible: frozenset[str]
    """What can never be undone: `vault-lock`, `atlas-compliance`."""
    atlas: Atlas | None
    """Whose MongoDB Atlas has the stores; None: no store is there."""

    @classmethod
    def load(cls) -> Self:
        """
        Read what the Pulumi engine passes to the program; nothing else reads `pulumi.Config`.

        Raises a SettingsError that is a pulumi.RunError too: the engine prints its text without a traceback and ends
        the run as failed.
        """
        # Only here: a command that reads files must not wait for Pulumi's import.
        from stacks.runtime import StackError, runtime_config  # noqa: PLC0415

        stack, config = runtime_config()
        try:
            return cls.parse(stack, _in_order_of_file(config, FOLDER / f"Pulumi.{stack}.yaml"))
        except SettingsError as error:
            raise StackError(error.title, error.mistakes) from None

    @classmethod
    def read(
        cls,
        stack: str,
        *,
        phase: str | None = None,
        environment: str | None = None,
        overrides: Mapping[str, str] | None = None,
        folder: Path = FOLDER,
    ) -> Self:
        """
        Read the file of a stack, `<folder>/Pulumi.<stack>.yaml`, for a command without an engine.

        *phase* shows the stack in another phase: its own hop is left out. *environment* changes protection only.
        *overrides* are keys (`phase`, `datastores:phase`, `sizes.presence.backupDays`) and their values as YAML.
        Raises SettingsError.
        """
        path = folder / f"Pulumi.{stack}.yaml"
        title = _title(path, {"--phase": phase, "--environment": environment}, overrides or {})
        try:
            written, found = config_of(_text(path, stack))
        except Refusal as refusal:
            raise SettingsError(title, refusal.found) from None
        config, more = overridden(written, overrides or {})
        if phase is not None:
            config[f"{PROJECT}:phase"] = phase
        plain = {key: canonical(value) for key, value in config.items()}
        settings = cls.parse(stack, plain, environment=environment, title=title, known=(*found, *more))
        return settings if phase is None else replace(settings, hop=None)

    @classmethod
    def parse(
        cls,
        stack: str,
        config: Mapping[str, object],
        *,
        environment: str | None = None,
        title: str | None = None,
        known: Sequence[Mistake] = (),
    ) -> Self:
        """
        Check settings by full key, values as the engine has them (`stacks.stackfile.canonical`).

        Raises SettingsError with every mistake, those that are *known* already too: the stack's name, then in the order
        of *config*, then what is missing.
        """
        title = title or f"stacks/Pulumi.{stack}.yaml"
        whose, named = _stack(stack)
        if environment is not None and environment not in tuple(Environment):
            named.append(Mistake(where=("environment",), what=_environment(environment)))
        if whose is None:
            raise SettingsError(title, [*named, *known])
        keys, found = _checked(config, whose)
        if keys is None or named or known or found:
            found = sorted([*known, *found], key=lambda mistake: _position(config, mistake.where))
            raise SettingsError(title, [*named, *found])
        return cls(
            stack=stack,
            application=whose.application.chosen(keys.choices).within(whose.environment),
            choices=keys.choices,
            environment=Environment(environment or whose.environment),
            phase=keys.phase,
            hop=keys.hop,
            restores=keys.restores,
            rotations=keys.rotations,
            rotation=keys.rotation,
            network=keys.network,
            dr_network=keys.dr_network,
            region=keys.region,
            dr_region=keys.dr_region,
            allowed_account_ids=keys.allowed_account_ids or (),
            owner=keys.owner,
            cost_centre=keys.cost_centre,
            alarm_email=keys.alarm_email,
            monthly_budget=keys.monthly_budget,
            office_hours=keys.office_hours,
            dns=keys.dns,
            sizes=keys.sizes,
            unlock=frozenset(keys.unlock),
            irreversible=frozenset(keys.irreversible),
            atlas=keys.atlas,
        )

    @overload
    def size(self, store: PostgresStore) -> PostgresSize | AuroraSize | PostgresMove | None: ...
    @overload
    def size(self, store: TableStore) -> TableSize | None: ...
    @overload
    def size(self, store: RedisStore) -> RedisSize | ServerlessRedisSize | None: ...
    @overload
    def size(self, store: BucketStore) -> BucketSize | None: ...
    @overload
    def size(self, store: AtlasStore) -> AtlasSize | SharedAtlasSize | None: ...
    def size(self, store: Store) -> Size | None:
        """Give a store's size: the hop's, else the deviation, else the phase's row; None: it does not exist yet."""
        hop = self.hop.sizes if self.hop else {}
        return hop.get(store.name) or self.sizes.get(store.name) or store.sizes.get(self.phase)

    def generation(self, store: Store) -> Generation:
        """Give which one in a row a store is."""
        return self.restores.get(store.name, FIRST)

    def numbers(self, store: Store) -> Mapping[str, Numbers]:
        """Give the passwords of those logins of a store that were rotated, or are."""
        step, to = (self.rotation.step, self.rotation.to) if self.rotation else (None, NEVER)
        return numbers(self.rotations, step, to, store.name)

    def protection(self, store: Store) -> Protection:
        """Give how hard it is to lose a store's data."""
        return UNLOCKED if store.name in self.unlock else PROTECTION[self.environment]


def _stack(name: str) -> tuple[Stack | None, list[Mistake]]:
    """Read a stack's name; a wrong one is taken for the one that was meant, so that it hides no other mistake."""
    stacks = {
        f"{application}-{environment}": Stack(application=APPLICATIONS[application], environment=environment)
        for application in APPLICATIONS
        for environment in Environment
    }
    if name in stacks:
        return stacks[name], []
    hint = near(name, stacks)
    what = (
        f"must be named <application>-<environment>, of {', '.join(APPLICATIONS)} and {', '.join(Environment)}, "
        f"got {shown(name)}{hint}"
    )
    meant = next((stack for full, stack in stacks.items() if f"'{full}'" in hint), None)
    return meant, [Mistake(where=("stack",), what=what)]


def _environment(written: str) -> str:
    """Say what an environment must be."""
    return f"must be one of {', '.join(Environment)}, got {shown(written)}{near(written, Environment)}"


def _checked(config: Mapping[str, object], stack: Stack) -> tuple[StackKeys | None, list[Mistake]]:
    """Check every key: the values if each of our keys is right, and what is wrong."""
    found = [mistake for key in config if (mistake := _stranger(key))]
    names = StackKeys.names()
    secrets = [key for key in names if _holds_secret(config.get(key))]
    reason = "must not be secret: secrets are made by the stack or kept in AWS Secrets Manager"
    found += [Mistake(where=(key,), what=reason) for key in secrets]
    if stack.environment in GUARDED and ACCOUNTS not in config:
        found.append(Mistake(where=(ACCOUNTS,), what="is required in staging and prod: a list of AWS account ids"))
    own = {key: value for key, value in config.items() if key in names and key not in secrets}
    try:
        return checked(StackKeys, own, stack), found
    except Refusal as refusal:
        return None, [*found, *(mistake for mistake in refusal.found if mistake.where[0] not in secrets)]


def _stranger(key: str) -> Mistake | None:
    """Say that a key is not one of ours, AWS's or Pulumi's."""
    namespace, _, name = key.partition(":")
    names = StackKeys.names()
    if key in names or namespace == "pulumi":
        return None
    own = [known.partition(":")[2] for known in names if known.startswith(f"{namespace}:")]
    if own:
        return Mistake(where=(key,), what=unknown(name, "a key" if namespace == PROJECT else "an accepted key", own))
    hint = near(key, names) or f": settings are {PROJECT}:…, aws:… or pulumi:…"
    return Mistake(where=(key,), what=f"is not a key{hint}")


def _holds_secret(value: object) -> bool:
    """Say whether a value is, or has anywhere in it, what Pulumi encrypts."""
    match value:
        case dict():
            inside = cast("dict[str, object]", value)
            return set(inside) == {SECRET} or any(_holds_secret(each) for each in inside.values())
        case list():
            return any(_holds_secret(each) for each in cast("list[object]", value))
        case _:
            return False


def _position(config: object, where: Place) -> tuple[int, ...]:
    """Give where a place stands in *config*, to sort by; what is not there comes after everything that is."""
    found: list[int] = []
    for step in where:
        steps: Iterable[object] = (
            range(len(config)) if isinstance(config, list) else config if isinstance(config, dict) else ()
        )
        order = list(steps)
        found.append(order.index(step) if step in order else len(order))
        config = config[step] if step in order else None  # pyright: ignore[reportIndexIssue,reportOptionalSubscript] # it is there
    return tuple(found)


def _in_order_of_file(config: Mapping[str, object], path: Path) -> Mapping[str, object]:
    """Sort what the engine passes, which has no order, as the file has it; the names it lacks come last."""
    try:
        like, _ = config_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return dict(sorted(config.items()))
    return cast("dict[str, object]", _in_order(config, like))


def _in_order(value: object, like: object) -> object:
    """Sort a mapping, and those in it, as another one is."""
    if not (isinstance(value, Mapping) and isinstance(like, dict)):
        return value
    names = sorted(cast("Mapping[str, object]", value), key=lambda name: (_position(like, (name,)), name))
    return {name: _in_order(value[name], like.get(name)) for name in names}


def _text(path: Path, stack: str) -> str:
    """Read a stack file; raises Refusal where there is none, with those that there are."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(f"is not UTF-8: byte {error.start + 1} is {error.object[error.start]:#04x}") from None
    except OSError:
        stacks = sorted(
            file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in path.parent.glob("Pulumi.*.yaml")
        )
        others = f"the stacks are {', '.join(stacks)}" if stacks else "there is none in this folder"
        raise Refusal(f"does not exist: {others}{near(stack, stacks)}") from None


def _title(path: Path, flags: Mapping[str, str | None], overrides: Mapping[str, str]) -> str:
    """Name what is read: the file, and what was laid over it."""
    root = FOLDER.parent
    file = path.relative_to(root) if path.is_relative_to(root) else path
    given = [f"{flag} {value}" for flag, value in flags.items() if value is not None]
    given += [f"--set {key}={value}" for key, value in overrides.items()]
    return f"{file} with {' '.join(given)}" if given else str(file)
