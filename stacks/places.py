"""Where a stack's stores live: accounts, keys and networks, at home and in the region for disasters."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import pulumi
import pulumi_aws as aws
from pulumi import Output, ResourceOptions

from components.keys import Keys, KeysArgs
from components.network import CIDR, DR_CIDR, Network, NetworkArgs
from components.place import Account, DrPlace, Place, in_region
from sizes.atlas import SharedAtlasSize
from sizes.aurora import AuroraSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from sizes.table import TableSize
from stacks import blocks
from stacks.application import AtlasStore, BucketStore, PostgresStore, RedisStore, Store, TableStore
from stacks.phases import NETWORK, PROTECTION
from stacks.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Places:
    """Where things are put."""

    account: Account
    home: Place | None
    """None: no store of the phase lives in a network."""
    keys: Mapping[str, Output[str]]
    """ARN of the key of each kind."""
    dr: Mapping[str, DrPlace]
    """The place for copies in the DR region of each kind that has any."""

    @property
    def network(self) -> Place:
        """Give the network at home; raises RunError where no store of the phase lives in one."""
        if self.home is None:
            raise pulumi.RunError("a store lives in a network, and the stack has none")
        return self.home


def places(settings: Settings) -> Places:
    """Make the keys and networks that the stack's stores need."""
    account = Account(
        id=aws.get_caller_identity_output().account_id,
        partition=aws.get_partition_output().partition,
        region=settings.region,
    )
    keys = Keys("keys", _keys(settings, account, _kinds(settings))).arns
    return Places(account=account, home=_home(settings, account, keys), keys=keys, dr=_dr(settings, account))


def kind_of(store: Store) -> str:
    """Say which kind of key a store needs."""
    match store:
        case PostgresStore():
            return "postgres"
        case TableStore():
            return "dynamodb"
        case RedisStore():
            return "redis"
        case BucketStore():
            return "bucket"
        case AtlasStore():
            return "atlas"


def _kinds(settings: Settings) -> list[str]:
    """Say which kinds of key the stack needs at home, in the order of its stores."""
    kinds = dict.fromkeys(kind_of(store) for store in settings.application.stores if settings.size(store))
    return [*kinds, *(["network"] if _makes_network(settings) else []), "backup", "alarms"]


def _makes_network(settings: Settings) -> bool:
    """Say whether something of the stack lives in a network, and none is given: servers shared with others do not."""
    sizes = [settings.size(store) for store in settings.application.stores]
    return settings.network is None and any(size and not isinstance(size, SharedAtlasSize) for size in sizes)


def _keys(settings: Settings, account: Account, kinds: Iterable[str]) -> KeysArgs:
    # A key outlives what any single store unlocks: only the environment decides.
    return KeysArgs(
        kinds=tuple(kinds),
        prefix=prefix(settings),
        account=account,
        protection=PROTECTION[settings.environment],
        named="" if account.region == settings.region else "dr-",
    )


def prefix(settings: Settings) -> str:
    """Give what physical names begin with: `clubapp-dev`."""
    return f"{settings.application.name}-{settings.environment}"


def _home(settings: Settings, account: Account, keys: Mapping[str, Output[str]]) -> Place | None:
    if given := settings.network:
        return _given(given)
    if not _makes_network(settings):
        return None
    return _network("network", settings, account, CIDR, keys["network"])


def _dr(settings: Settings, account: Account) -> Mapping[str, DrPlace]:
    """Make what copies need in the DR region, if there are any."""
    kinds = dict(_copied(settings))
    if not kinds:
        return {}
    there = replace(account, region=settings.dr_region)
    networked = any(kinds.values())
    needed = [*kinds, *(["network"] if networked and settings.dr_network is None else [])]
    elsewhere = ResourceOptions(transformations=[in_region(settings.dr_region)])
    keys = Keys("dr-keys", _keys(settings, there, needed), elsewhere).arns
    place: Place | None = None
    if networked:
        given = settings.dr_network
        place = _given(given) if given else _network("dr-network", settings, there, DR_CIDR, keys["network"], elsewhere)
    return {
        kind: DrPlace(region=settings.dr_region, key_arn=keys[kind], place=place if lives else None)
        for kind, lives in kinds.items()
    }


def _copied(settings: Settings) -> Iterator[tuple[str, bool]]:
    """Give the kinds that have copies in the DR region, and whether something of them lives in a network there."""
    if settings.application.recovery[settings.phase].dr_days:
        yield "backup", False
    for store in settings.application.stores:
        match settings.size(store):
            case PostgresSize(dr_backups=True):
                yield "postgres", False
            case AuroraSize(dr_readers=readers) if readers:
                yield "postgres", True
                yield "alarms", False
            case PostgresMove(instance=PostgresSize(dr_backups=True)):
                yield "postgres", False
            case TableSize(dr_replica=True):
                yield "dynamodb", False
            case _:
                pass


def _given(network: blocks.Network) -> Place:
    return Place(
        vpc_id=network.vpc_id,
        subnet_ids=network.subnet_ids,
        clients=network.client_security_group_id,
        clients_are_ours=False,
    )


def _network(  # noqa: PLR0913, PLR0917 # each is another fact of the network
    name: str,
    settings: Settings,
    account: Account,
    cidr: str,
    log_key_arn: Output[str],
    opts: ResourceOptions | None = None,
) -> Place:
    zones = aws.get_availability_zones_output(
        # Local zones would sort before the region's own.
        filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        region=account.region,
        state="available",
    ).names
    args = NetworkArgs(
        size=NETWORK[settings.phase],
        cidr=cidr,
        zones=zones,
        account=account,
        log_key_arn=log_key_arn,
        s3=account.region == settings.region
        and any(_is_exported_to(store, settings) for store in settings.application.stores),
    )
    return Network(name, args, opts).place


def _is_exported_to(store: Store, settings: Settings) -> bool:
    return isinstance(store, BucketStore) and settings.size(store) is not None
