"""The runbook of a store: the steps that the command takes, with what people do between them."""

from collections.abc import Iterator
from typing import Final

from restores.steps import Ask as Way
from restores.steps import Change, Step, made, way
from sizes.atlas import SharedAtlasSize
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Store, TableStore
from stacks.generations import Generation
from stacks.settings import Settings

_TO: Final = {
    PostgresStore: "`latest`, a time such as `2026-11-26T02:00:00Z`, or a snapshot's name",
    TableStore: "`latest`, a time such as `2026-11-26T02:00:00Z`, or the name or ARN of a backup",
    RedisStore: "`latest` (the newest snapshot) or a snapshot's name: ElastiCache restores to no other time",
    AtlasStore: "`latest`, a time such as `2026-11-26T02:00:00Z`, or a snapshot's id",
}


def text(settings: Settings, store: Store) -> str:
    """Write the runbook of a store as Markdown."""
    return "\n".join(_lines(settings, store)) + "\n"


def _lines(settings: Settings, store: Store) -> Iterator[str]:
    stack, recovery = settings.stack, settings.application.recovery[settings.phase]
    yield f"# Restoring {store.name} of {stack}"
    yield ""
    yield (
        f"Promised in {settings.phase}: back within {recovery.rto_minutes} minutes (RTO), losing at most "
        f"{recovery.rpo_minutes} (RPO)."
    )
    yield ""
    match store, settings.size(store):
        case AtlasStore(), SharedAtlasSize():
            yield _SHARED
        case BucketStore(), _:
            yield "A bucket is never restored: its objects keep their versions. Bring a version back by S3's own means."
        case ((PostgresStore() | TableStore() | RedisStore() | AtlasStore() as kept), _):
            yield from _steps(settings, kept)


def _steps(settings: Settings, store: PostgresStore | TableStore | RedisStore | AtlasStore) -> Iterator[str]:
    command = f"datastores restore {settings.stack} {store.name}"
    protection = settings.protection(store)
    protected = protection.deletion or protection.protect
    there = settings.generation(store)
    first = made(Generation(generation=there.used), number=there.used + 1, origin="latest")
    switch = way(first.after, first.after, Way.SWITCH, protected=protected)
    retire = way(switch[-1].after, switch[-1].after, Way.RETIRE, protected=protected)
    yield "1. See what can be restored:"
    yield from _command(f"{command} --status")
    yield f"2. {_sentence(first)} What it is made of is {_TO[type(store)]}:"
    yield from _command(f"{command} --to latest")
    yield f"   Its settings are verified against the old one's. {_LOOK[type(store)]}"
    yield f"3. Stop writes. {_sentence(switch[0])} {_SWITCHED[type(store)]}"
    yield from _command(f"{command} --switch")
    yield "4. Keep the old one until nobody misses anything in it. Then:"
    for step in retire:
        yield f"   - {_sentence(step)}"
    yield from _command(f"{command} --retire")
    yield ""
    yield (
        f"Interrupted at any point: `{command} --resume`. Back, until the old one is retired: `{command} --abort`; "
        "what was written to the new one since the switch stays there."
    )


def _command(line: str) -> Iterator[str]:
    yield from ("", "   ```sh", f"   {line}", "   ```", "")


def _sentence(step: Step) -> str:
    what = {
        Change.MAKE: f"The update makes generation {step.after.generation} of the backup, beside generation "
        f"{step.before.used}.",
        Change.SWITCH: f"The update tells clients of generation {step.after.used}.",
        Change.UNLOCK: f"an update lifts the protection of generation {step.going}",
        Change.RETIRE: f"an update deletes generation {step.going}",
    }
    return what[step.change]


_LOOK: Final = {
    PostgresStore: "Look into it: its address is the output `spareEndpoint` of the store, its administrator's password "
    "the same. Logins have the passwords of then: `datastores bootstrap` with `--host` sets those of now.",
    TableStore: "Look into it: its name is the output `spareTable` of the store.",
    RedisStore: "Look into it with the password of the connection secret.",
    AtlasStore: "Look into it, and compare counts of documents: its address is the output `spareHost` of the store, "
    "logins and passwords are those of the project.",
}
_SWITCHED: Final = {
    PostgresStore: "The connection secrets have its host then (their ARNs stay), and pool, alarms and DNS names lead "
    "to it: let clients read the secret again.",
    TableStore: "The outputs `table`, `tableArn` and `policies` of the store are the new one's then: deploy the "
    "application and its roles with them.",
    RedisStore: "The connection secret has its host then (its ARN stays): let clients read the secret again.",
    AtlasStore: "The connection secrets have its host then (their ARNs stay): let clients read the secret again.",
}
_SHARED: Final = """\
`datastores restore` restores no cluster on shared servers: M0 has no backups, and those of Flex are restored by Atlas's
own page.

1. M0: load what mongodump has saved. Flex: Atlas, project, Backup: restore a snapshot into a NEW cluster of the same
   project (a restore deletes what is in its target), and compare counts of documents between the two.
2. Stop writes; copy what is missing with mongodump and mongorestore: clients keep their connection secret.
3. `pulumi preview` must be empty; delete the new cluster in Atlas."""
