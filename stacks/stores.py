"""One store of an application becomes a component: what it exports, and what watches it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import Input

from components.alarms import Watched
from components.atlas_args import AtlasArgs, Compliance
from components.bucket import Bucket, BucketArgs
from components.export import Export, ExportArgs
from components.generations import Beside, called
from components.postgres import Postgres, PostgresArgs
from components.redis import Redis, RedisArgs
from components.table import Table, TableArgs
from sizes.atlas import AtlasSize, SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.bucket import BucketSize
from sizes.logins import APPLICATION, FIRST
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.redis import RedisSize, ServerlessRedisSize
from sizes.table import TableSize
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Store, TableStore
from stacks.phases import PROTECTION, UNLOCKED
from stacks.places import Places, kind_of, prefix
from stacks.settings import Settings
from stacks.watching import watched_database, watched_redis, watched_secondary, watched_table


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What is known of a store that was made."""

    exports: Mapping[str, Any]
    """Outputs by name, without the store's."""
    watched: Sequence[Watched] = ()
    watched_in_dr: Sequence[Watched] = ()
    """What has its metrics in the DR region."""
    host: Input[str] | None = None
    """Where clients connect to."""
    database: Postgres | None = None
    """A PostgreSQL store, for what else is told of its parts."""
    bucket: bool = False
    """Whether a bucket is among its parts."""


def make_all(settings: Settings, places: Places) -> Mapping[str, Made]:
    """Make the stores that the phase has."""
    made: dict[str, Made] = {}
    for store in settings.application.stores:
        if one := _make(store, settings, places, made):
            made[store.name] = one
    return made


def _make(store: Store, settings: Settings, places: Places, made: Mapping[str, Made]) -> Made | None:
    """Make one store; None where the phase has none. Those *made* stand before it in the application."""
    match store, settings.size(store):
        case PostgresStore(), PostgresSize() | AuroraSize() | PostgresMove() as size:
            return _postgres(store, size, settings, places)
        case TableStore(), TableSize() as size:
            return _table(store, size, settings, places)
        case RedisStore(), RedisSize() | ServerlessRedisSize() as size:
            return _redis(store, size, settings, places)
        case BucketStore(), BucketSize() as size:
            return _bucket(store, size, settings, places, made)
        case AtlasStore(), AtlasSize() | SharedAtlasSize() as size:
            return _atlas(store, size, settings, places)
        case _:
            return None


def _postgres(
    store: PostgresStore, size: PostgresSize | AuroraSize | PostgresMove, settings: Settings, places: Places
) -> Made:
    moves = isinstance(size, PostgresMove)
    args = PostgresArgs(
        size=size,
        # Of two, `unlock` is about the one that goes: the other one has the data, or will have them.
        protection=PROTECTION[settings.environment] if moves else settings.protection(store),
        leaving=settings.protection(store) if moves else None,
        database=store.database,
        preload=store.preload,
        logins=store.logins,
        rotations=settings.numbers(store),
        prefix=prefix(settings),
        account=places.account,
        place=places.network,
        key_arn=places.keys[kind_of(store)],
        data_key_arn=_key_there(settings, store),
        dr=places.dr.get(kind_of(store)),
        generation=_there(settings, store),
        beside=_beside(settings, store),
    )
    postgres = Postgres(store.name, args)
    exports: dict[str, Any] = {
        "endpoint": postgres.endpoint,
        "secretArn": postgres.secret_arn,
        "loginSecretArns": postgres.login_secret_arns,
        "connectPolicies": postgres.connect_policies,
    }
    optional = {
        "readerEndpoints": postgres.reader_endpoints,
        "proxyEndpoint": postgres.proxy_endpoint,
        "secondaryEndpoint": postgres.secondary_endpoint,
        "spareEndpoint": postgres.spare_endpoint,
    }
    return Made(
        exports=exports | {key: value for key, value in optional.items() if value},
        watched=[
            one
            for name, parts in postgres.generations.items()
            for one in watched_database(store, name, args, settings, parts)
        ],
        watched_in_dr=[
            one for name, parts in postgres.generations.items() for one in watched_secondary(store, name, parts)
        ],
        host=postgres.host,
        database=postgres,
    )


def _there(settings: Settings, store: Store) -> int:
    """Give which one in a row was there first."""
    one = settings.generation(store)
    return one.generation if one.old is None else one.old


def _key_there(settings: Settings, store: Store) -> str | None:
    """Give the key of the one that was there first; None: the stack's own."""
    return settings.generation(store).key_of(_there(settings, store))


def _beside(settings: Settings, store: Store) -> Beside | None:
    one = settings.generation(store)
    if one.old is None:
        return None
    return Beside(
        generation=one.generation,
        time=one.time,
        snapshot=one.snapshot,
        key_arn=one.key,
        writer=one.writer == "new",
        spare=UNLOCKED if one.unlocked else settings.protection(store),
    )


def _table(store: TableStore, size: TableSize, settings: Settings, places: Places) -> Made:
    """Make a table, and one beside it that was restored: nothing but names tells the two apart."""
    one = settings.generation(store)
    made: dict[int, Table] = {}
    for number in (one.used, one.spare):
        if number is not None:
            spare = number == one.spare
            name = called(store.name, number)
            args = TableArgs(
                schema=store.schema,
                size=size,
                protection=UNLOCKED if spare and one.unlocked else settings.protection(store),
                table_name=f"{prefix(settings)}-{name}",
                account=places.account,
                key_arn=one.key_of(number) or places.keys[kind_of(store)],
                dr=places.dr.get(kind_of(store)),
            )
            made[number] = Table(name, args)
    table = made[one.used]
    others = {"spareTable": made[one.spare].table_name} if one.spare is not None else {}
    return Made(
        exports={"table": table.table_name, "tableArn": table.arn, "policies": table.policies, **others},
        watched=[
            watched
            for number, each in made.items()
            for watched in watched_table(store, called(store.name, number), size, settings, each)
        ],
    )


def _redis(store: RedisStore, size: RedisSize | ServerlessRedisSize, settings: Settings, places: Places) -> Made:
    redis = Redis(
        store.name,
        RedisArgs(
            size=size,
            protection=settings.protection(store),
            use=store.use,
            prefix=prefix(settings),
            account=places.account,
            place=places.network,
            key_arn=places.keys[kind_of(store)],
            data_key_arn=_key_there(settings, store),
            generation=_there(settings, store),
            beside=_beside(settings, store),
            rotation=settings.numbers(store).get(APPLICATION, FIRST),
        ),
    )
    return Made(
        exports={"endpoint": redis.endpoint, "secretArn": redis.secret_arn},
        watched=[one for name, serving in redis.watched.items() for one in watched_redis(store, name, size, serving)],
        host=redis.endpoint,
    )


def _bucket(store: BucketStore, size: BucketSize, settings: Settings, places: Places, made: Mapping[str, Made]) -> Made:
    args = BucketArgs(
        size=size,
        protection=settings.protection(store),
        prefix=prefix(settings),
        key_arn=places.keys[kind_of(store)],
    )
    bucket = Bucket(store.name, args)
    writer = made[store.exporter].database
    if writer is None:
        raise pulumi.RunError(f"{store.name}: the exporter {store.exporter} is no PostgreSQL store")
    Export(
        f"{store.name}-export",
        ExportArgs(
            bucket_arn=bucket.arn,
            key_arn=places.keys[kind_of(store)],
            instance=writer.watched.instances.get("primary"),
            cluster=writer.watched.cluster,
            security_group_id=writer.security_group_id,
            s3_prefix_list_id=aws.ec2.get_prefix_list_output(
                name=f"com.amazonaws.{settings.region}.s3", region=settings.region
            ).id,
        ),
    )
    return Made(exports={"bucket": bucket.bucket_name, "bucketArn": bucket.arn}, bucket=True)


def _atlas(store: AtlasStore, size: AtlasSize | SharedAtlasSize, settings: Settings, places: Places) -> Made:
    # Only here: a stack without Atlas neither loads its provider nor asks for the provider's key.
    from components.atlas import Atlas  # noqa: PLC0415

    if settings.atlas is None:
        raise pulumi.RunError(f"{store.name}: datastores:atlas must say whose Atlas has it")
    user = settings.atlas.authorized_user if "atlas-compliance" in settings.irreversible else None
    compliance = Compliance(email=user.email, first_name=user.first_name, last_name=user.last_name) if user else None
    args = AtlasArgs(
        size=size,
        protection=settings.protection(store),
        database=store.database,
        logins=store.logins,
        rotations=settings.numbers(store),
        load=store.loads[settings.phase],
        prefix=prefix(settings),
        account=places.account,
        place=places.home,
        key_arn=places.keys[kind_of(store)],
        dr_region=settings.dr_region
        if isinstance(size, AtlasSize) and (size.several_regions or size.dr_copies)
        else None,
        organization_id=settings.atlas.organization_id,
        project_name=settings.atlas.project_name,
        cluster_name=settings.atlas.cluster_name,
        allowed_cidrs=settings.atlas.allowed_cidrs,
        alarm_email=settings.alarm_email,
        compliance=compliance,
        generation=_there(settings, store),
        beside=_beside(settings, store),
    )
    atlas = Atlas(store.name, args)
    exports = {
        "host": atlas.host,
        "loginSecretArns": atlas.login_secret_arns,
        "projectId": atlas.project_id,
        "clusterId": atlas.cluster_id,
        **({"spareHost": atlas.spare_host} if atlas.spare_host else {}),
    }
    return Made(exports=exports, bucket=isinstance(size, AtlasSize) and size.export)
