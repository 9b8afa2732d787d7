"""What a stack has beside its stores: a topic, alarms, backups, a budget, events, office hours, names."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi
from pulumi import ResourceOptions

from components.alarms import Alarms, AlarmsArgs, Watched
from components.backups import BACKED_UP, Backups, BackupsArgs
from components.budget import Budget, BudgetArgs
from components.events import Events, EventsArgs
from components.hours import Hours, HoursArgs
from components.names import Names, NamesArgs
from components.place import in_region
from components.postgres import Identified
from components.topic import Topic, TopicArgs
from sizes.aurora import AuroraSize
from sizes.postgres import PostgresSize
from sizes.postgres_move import PostgresMove
from stacks.blocks import OfficeHours
from stacks.phases import PROTECTION
from stacks.places import Places, prefix
from stacks.settings import Settings
from stacks.stores import Made
from stacks.tags import selecting

TESTED: Final = {"instance": "RDS", "cluster": "Aurora", "table": "DynamoDB"}
"""What AWS Backup's restore tests call each kind of store."""


def operate(settings: Settings, places: Places, made: Mapping[str, Made]) -> Mapping[str, Any]:
    """Make what keeps the stores *made* well, and give its exports."""
    name, account = prefix(settings), places.account
    topic = Topic(
        "alerts",
        TopicArgs(prefix=name, account=account, key_arn=places.keys["alarms"], email=settings.alarm_email),
    )
    watched = [one for store in made.values() for one in store.watched]
    dashboard = _watch(settings, watched, topic)
    _watch_dr(settings, places, [one for store in made.values() for one in store.watched_in_dr])
    backups = Backups("backups", _backups(settings, places, made, topic))
    Events("events", _events(name, topic, made))
    if settings.monthly_budget is not None:
        args = BudgetArgs(
            prefix=name,
            monthly=settings.monthly_budget,
            tags=selecting(settings),
            topic_arn=topic.arn,
            email=settings.alarm_email,
        )
        Budget("budget", args)
    if settings.office_hours:
        Hours("hours", _hours(settings.office_hours, settings, places, made))
    if settings.dns:
        hosts = {store: one.host for store, one in made.items() if one.host is not None}
        Names("names", NamesArgs(zone_id=settings.dns.zone_id, domain=settings.dns.domain, hosts=hosts))
    return {"topicArn": topic.arn, **dashboard, "backupVaultArn": backups.vault_arn}


def _watch(settings: Settings, watched: Sequence[Watched], topic: Topic) -> Mapping[str, Any]:
    """Watch what has metrics in CloudWatch, and give the dashboard; Atlas watches its own, and tells by itself."""
    if not watched:
        return {}
    args = AlarmsArgs(prefix=prefix(settings), region=settings.region, watched=watched, topic_arn=topic.arn)
    return {"dashboard": Alarms("alarms", args).dashboard}


def _watch_dr(settings: Settings, places: Places, watched: Sequence[Watched]) -> None:
    """Watch what lives in the DR region from there: an alarm tells only a topic of its own region."""
    if not watched:
        return
    name, dr = prefix(settings), places.dr["alarms"]
    elsewhere = ResourceOptions(transformations=[in_region(dr.region)])
    args = TopicArgs(prefix=name, account=places.account, key_arn=dr.key_arn, email=settings.alarm_email)
    topic = Topic("dr-alerts", args, elsewhere)
    Alarms(
        "dr-alarms",
        AlarmsArgs(prefix=f"{name}-dr", region=dr.region, watched=watched, topic_arn=topic.arn),
        elsewhere,
    )
    clusters = [dimension for one in watched for dimension in one.dimensions.values()]
    events = EventsArgs(prefix=f"{name}-dr", topic_arn=topic.arn, instances=(), clusters=clusters, parameter_groups=())
    Events("dr-events", events, elsewhere)


def _backups(settings: Settings, places: Places, made: Mapping[str, Made], topic: Topic) -> BackupsArgs:
    databases = _databases(made).values()
    kinds = {
        "instance": any(one.cluster is None for one in databases),
        "cluster": any(one.cluster is not None for one in databases),
        "table": any("table" in one.exports for one in made.values()),
    }
    return BackupsArgs(
        recovery=settings.application.recovery[settings.phase],
        protection=PROTECTION[settings.environment],
        prefix=prefix(settings),
        account=places.account,
        key_arn=places.keys["backup"],
        dr=places.dr.get("backup"),
        tags={**selecting(settings), **BACKED_UP},
        tested=[TESTED[kind] for kind, there in kinds.items() if there],
        buckets=any(one.bucket for one in made.values()),
        topic_arn=topic.arn,
        irreversible="vault-lock" in settings.irreversible,
    )


def _events(name: str, topic: Topic, made: Mapping[str, Made]) -> EventsArgs:
    # While two of a store are there, both are told of.
    databases = [parts for one in made.values() if one.database for parts in one.database.generations.values()]
    return EventsArgs(
        prefix=name,
        topic_arn=topic.arn,
        instances=[each for one in databases for each in (*one.instances.values(), *one.members)],
        clusters=[one.cluster for one in databases if one.cluster is not None],
        parameter_groups=[group for one in databases for group in one.parameter_groups],
    )


def _databases(made: Mapping[str, Made]) -> Mapping[str, Identified]:
    """Give what the parts of each PostgreSQL store are called."""
    return {name: one.database.watched for name, one in made.items() if one.database}


def _hours(hours: OfficeHours, settings: Settings, places: Places, made: Mapping[str, Made]) -> HoursArgs:
    for store in settings.application.stores:
        match settings.size(store):
            case PostgresSize(replicas=replicas) if replicas:
                _refuse(f"{store.name} has read replicas in {settings.phase}, and RDS stops no instance that has any")
            case PostgresMove():
                _refuse(f"{store.name} moves to Aurora, and RDS stops neither a source nor a replica")
            case AuroraSize(dr_readers=readers) if readers:
                _refuse(f"{store.name} is a global database in {settings.phase}, and RDS stops none")
            case _:
                pass
    databases = _databases(made)
    if not databases:
        _refuse(f"no store of {settings.phase} is on RDS or Aurora, which alone stop")
    return HoursArgs(
        start=hours.start,
        stop=hours.stop,
        time_zone=hours.time_zone,
        prefix=prefix(settings),
        account=places.account,
        instances={store: one.instances["primary"] for store, one in databases.items() if one.cluster is None},
        clusters={store: one.cluster for store, one in databases.items() if one.cluster is not None},
    )


def _refuse(why: str) -> None:
    raise pulumi.RunError(f"datastores:officeHours cannot be kept: {why}; leave the key out, or the phase smaller")
