"""What exists: the resources of a store in the account, found by physical name or by a given id."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from imports.errors import CannotTellError
from imports.expected import (
    ATLAS_CLUSTER,
    ATLAS_PROJECT,
    GROUP,
    INDEX,
    INSTANCE,
    TABLE,
    TABLE_POLICY,
    Expected,
    ExpectedStore,
)
from upgrades.refusals import Refusal

_ABSENT: Final = frozenset(
    {"ResourceNotFoundException", "DBInstanceNotFound", "ReplicationGroupNotFoundFault", "PolicyNotFoundException"}
)
_ATLAS_PROJECT_DIGITS: Final = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A resource that exists, and what it is to become."""

    expected: Expected
    id: str
    """What the provider looks it up by."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundStore:
    """A store that exists."""

    store: ExpectedStore
    resources: tuple[Found, ...]
    """What holds the data comes first."""
    arn: str = ""
    """Empty: it is not in AWS."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    unfit: str = ""
    """Why it cannot be taken over at all; empty: nothing is in the way."""
    warnings: tuple[Refusal, ...] = ()
    """What differs for good, and that no preview shows."""

    @property
    def id(self) -> str:
        """The id of what holds the data."""
        return self.resources[0].id


def find(store: ExpectedStore, id_: str, region: str) -> FoundStore | None:
    """Look for a store; None where there is none. Raises CannotTellError where AWS does not answer."""
    try:
        return _FINDERS[store.main.type](store, id_, region)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            return None
        raise CannotTellError(f"AWS does not say whether {store.name} is {id_}: {error}") from None
    except BotoCoreError as error:
        raise CannotTellError(f"AWS does not say whether {store.name} is {id_}: {error}") from None


def _table(store: ExpectedStore, id_: str, region: str) -> FoundStore:
    client = boto3.client("dynamodb", region_name=region)
    table = client.describe_table(TableName=id_)["Table"]
    arn = table["TableArn"]
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    return FoundStore(
        store=store,
        resources=(Found(expected=store.main, id=id_), *_parts_of_table(store, client, table)),
        arn=arn,
        tags=_tags(tag for page in pages for tag in page["Tags"]),
        unfit=_not_ready(table["TableStatus"], "ACTIVE"),
    )


def _parts_of_table(store: ExpectedStore, client: Any, table: Mapping[str, Any]) -> Iterator[Found]:
    indexes = {one["IndexName"] for one in table.get("GlobalSecondaryIndexes", ())}
    for part in store.parts:
        if part.type == INDEX and part.inputs["indexName"] in indexes:
            yield Found(expected=part, id=f"{table['TableName']},{part.inputs['indexName']}")
        if part.type == TABLE_POLICY and _has_policy(client, table["TableArn"]):
            yield Found(expected=part, id=table["TableArn"])


def _has_policy(client: Any, arn: str) -> bool:
    try:
        return bool(client.get_resource_policy(ResourceArn=arn).get("Policy"))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in _ABSENT:
            return False
        raise


def _instance(store: ExpectedStore, id_: str, region: str) -> FoundStore:
    instance = boto3.client("rds", region_name=region).describe_db_instances(DBInstanceIdentifier=id_)["DBInstances"][0]
    return FoundStore(
        store=store,
        resources=(Found(expected=store.main, id=instance["DBInstanceIdentifier"]),),
        arn=instance["DBInstanceArn"],
        tags=_tags(instance.get("TagList", ())),
        unfit=_unfit_instance(instance),
        warnings=tuple(_for_good(store.main, instance)),
    )


def _for_good(main: Expected, instance: Mapping[str, Any]) -> Iterator[Refusal]:
    """Say what RDS decides once, and the program leaves as it is: the connection secrets say what the program says."""
    resource, user, has = f"{main.type}::{main.name}", main.inputs["username"], instance["MasterUsername"]
    if has != user:
        yield Refusal(
            resource=resource,
            what=f"its administrator is {has}, and its connection secret will say {user}",
            because="RDS never renames an administrator",
            instead=(
                f"after the next `up` {has} has the secret's password: CREATE ROLE {user} with it, LOGIN CREATEDB "
                "CREATEROLE IN ROLE rds_superuser, before `datastores bootstrap`"
            ),
        )
    database, there = main.inputs["dbName"], instance.get("DBName")
    if there != database:
        made = f"the database {there}" if there else "no database"
        yield Refusal(
            resource=resource,
            what=f"it was made with {made}, and connection secrets will say {database}",
            because="RDS makes a database only together with the instance",
            instead=f"ALTER DATABASE … RENAME TO {database} while nobody is connected, before `datastores bootstrap`",
        )


def _unfit_instance(instance: Mapping[str, Any]) -> str:
    if instance["Engine"] != "postgres":
        return f"is {instance['Engine']}, the store is PostgreSQL on an instance"
    if source := instance.get("ReadReplicaSourceDBInstanceIdentifier"):
        return f"is a read replica of {source}: promote it first, or import {source}"
    return _not_ready(instance["DBInstanceStatus"], "available")


def _group(store: ExpectedStore, id_: str, region: str) -> FoundStore:
    client = boto3.client("elasticache", region_name=region)
    group = client.describe_replication_groups(ReplicationGroupId=id_)["ReplicationGroups"][0]
    return FoundStore(
        store=store,
        resources=(Found(expected=store.main, id=group["ReplicationGroupId"]),),
        arn=group["ARN"],
        tags=_tags(client.list_tags_for_resource(ResourceName=group["ARN"])["TagList"]),
        unfit=_not_ready(group["Status"], "available"),
    )


def _atlas(store: ExpectedStore, id_: str, region: str) -> FoundStore:
    """Take the id apart: only the provider has the keys to ask Atlas with, so the rehearsal shows whether it exists."""
    del region
    project, _, name = id_.partition("-")
    projects = [Found(expected=part, id=project) for part in store.parts if part.type == ATLAS_PROJECT]
    well_formed = name and len(project) == _ATLAS_PROJECT_DIGITS and set(project) <= set("0123456789abcdef")
    unfit = "" if well_formed else "must be <project id, 24 hexadecimal digits>-<name of the cluster>"
    return FoundStore(store=store, resources=(Found(expected=store.main, id=id_), *projects), unfit=unfit)


def _not_ready(status: str, wanted: str) -> str:
    return "" if status == wanted else f"is {status}: wait until it is {wanted}"


def _tags(tags: Any) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in tags}


_FINDERS: Final[Mapping[str, Callable[[ExpectedStore, str, str], FoundStore]]] = {
    TABLE: _table,
    INSTANCE: _instance,
    GROUP: _group,
    ATLAS_CLUSTER: _atlas,
}
