"""The composition root: settings and an application become components."""

import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pulumi
import pulumi_aws as aws

from components.keys import Keys, KeysArgs
from components.network import Network, NetworkArgs
from components.place import Account, Place
from components.postgres import Postgres, PostgresArgs
from components.redis import Redis, RedisArgs
from components.table import Table, TableArgs
from stacks.application import BucketStore, PostgresStore, RedisStore, Store, TableStore
from stacks.phases import NETWORK, PROTECTION
from stacks.settings import Settings

Exports = Mapping[str, Any]


def deploy(settings: Settings) -> Exports:
    """Register every resource of the stack, and give what a user needs to reach its stores."""
    pulumi.runtime.register_stack_transformation(lambda args: _tagged(args, settings))
    with _collecting_garbage_later():
        account = Account(
            id=aws.get_caller_identity_output().account_id,
            partition=aws.get_partition_output().partition,
            region=settings.region,
        )
        keys = _keys(settings, account)
        place = _place(settings, account, keys)
        exports: dict[str, Any] = {"clientSecurityGroupId": place.clients}
        for store in settings.application.stores:
            exports |= _store(store, settings, account, place, keys)
        return exports


def _tagged(args: pulumi.ResourceTransformationArgs, settings: Settings) -> pulumi.ResourceTransformationResult | None:
    """Add the stack's tags to whatever has tags."""
    if "tags" not in args.props:
        return None
    tags = {
        "application": settings.application.name,
        "environment": str(settings.environment),
        "phase": str(settings.phase),
        "owner": settings.owner,
        "costCentre": settings.cost_centre,
        "dataClass": settings.application.data_class,
    }
    props = cast("dict[str, Any]", args.props)
    return pulumi.ResourceTransformationResult(
        props={**props, "tags": {**tags, **(props["tags"] or {})}}, opts=args.opts
    )


def _kinds(settings: Settings) -> list[str]:
    """Say which kinds of key the stack needs, in the order of its stores."""
    kinds = dict.fromkeys(_kind(store) for store in settings.application.stores)
    return [*kinds, *([] if settings.network else ["network"])]


def _kind(store: Store) -> str:
    match store:
        case PostgresStore():
            return "postgres"
        case TableStore():
            return "dynamodb"
        case RedisStore():
            return "redis"
        case BucketStore():
            return "bucket"


def _keys(settings: Settings, account: Account) -> Keys:
    # A key outlives what any single store unlocks: only the environment decides.
    protection = PROTECTION[settings.environment]
    args = KeysArgs(kinds=_kinds(settings), prefix=_prefix(settings), account=account, protection=protection)
    return Keys("keys", args)


def _place(settings: Settings, account: Account, keys: Keys) -> Place:
    if given := settings.network:
        return Place(
            vpc_id=given.vpc_id,
            subnet_ids=given.subnet_ids,
            clients=given.client_security_group_id,
            clients_are_ours=False,
        )
    zones = aws.get_availability_zones_output(
        # Local zones would sort before the region's own.
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        region=settings.region,
        state="available",
    ).names
    args = NetworkArgs(size=NETWORK[settings.phase], zones=zones, account=account, log_key_arn=keys.arns["network"])
    return Network("network", args).place


def _prefix(settings: Settings) -> str:
    return f"{settings.application.name}-{settings.environment}"


def _store(store: Store, settings: Settings, account: Account, place: Place, keys: Keys) -> Exports:
    """Make one store, unless the phase has none, and give its exports: their names begin with the store's."""
    prefix, protection, key_arn = _prefix(settings), settings.protection(store), keys.arns[_kind(store)]
    exports: dict[str, Any] = {}
    match store:
        case PostgresStore() if size := settings.size(store):
            args = PostgresArgs(
                size=size,
                protection=protection,
                database=store.database,
                preload=store.preload,
                prefix=prefix,
                account=account,
                place=place,
                key_arn=key_arn,
            )
            postgres = Postgres(store.name, args)
            exports = {"endpoint": postgres.endpoint, "secretArn": postgres.secret_arn}
            if postgres.reader_endpoints:
                exports["readerEndpoints"] = postgres.reader_endpoints
        case TableStore() if size := settings.size(store):
            args = TableArgs(
                schema=store.schema,
                size=size,
                protection=protection,
                table_name=f"{prefix}-{store.name}",
                key_arn=key_arn,
            )
            table = Table(store.name, args)
            exports = {"table": table.table_name, "tableArn": table.arn}
        case RedisStore() if size := settings.size(store):
            args = RedisArgs(
                size=size,
                protection=protection,
                use=store.use,
                prefix=prefix,
                account=account,
                place=place,
                key_arn=key_arn,
            )
            redis = Redis(store.name, args)
            exports = {"endpoint": redis.endpoint, "secretArn": redis.secret_arn}
        case _:
            pass
    return {_camel(store.name, key): value for key, value in exports.items()}


def _camel(name: str, key: str) -> str:
    """`venue-counts`, `tableArn` -> `venueCountsTableArn`."""
    first, *rest = name.split("-")
    return first + "".join(part.capitalize() for part in rest) + key[0].upper() + key[1:]


@contextmanager
def _collecting_garbage_later() -> Generator[None]:
    """Thousands of small objects that all live to the end: without the collector the program is twice as fast."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
