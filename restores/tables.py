"""
A table of DynamoDB made of a backup, and taken over by Pulumi.

AWS restores a table together with its indexes, which are resources of their own in the program: made by Pulumi's
restore inputs, each of them would be refused as one that exists already. So the table is restored by DynamoDB's own
call, imported with its indexes, and the update after that puts back what AWS does not copy.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from imports.document import import_file
from imports.expected import component_urn, expected_stores
from imports.found import find
from restores.window import Source
from stacks.generations import Generation
from stacks.places import prefix
from stacks.render import render
from stacks.settings import Settings
from upgrades.engine import Engine
from upgrades.run import LONGEST_WAIT, LaterError, StopError
from upgrades.stopping import UnbegunError

_POLL_SECONDS: Final = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """A table that comes of another one."""

    name: str
    """Its physical name."""
    component: str
    """Its component's logical name."""
    source: Source
    made: Generation
    """What it is made of."""
    key: str | None
    """ARN of the key that it is to have; None: that of the source."""


def restore(client: Any, one: Restored, say: Callable[[str], None], *, stay: bool) -> None:
    """
    Restore a table, or go on where that was begun, and wait until it is there.

    Raises StopError where a table of that name came from elsewhere, UnbegunError where DynamoDB refuses to begin, such
    as for a key that it may not use, LaterError where it takes too long.
    """
    there = _described(client, one.name)
    if there is None:
        say(f"restoring {one.source.id} ({one.made.from_}) into {one.name}")
        try:
            there = _begin(client, one)
        except ClientError as error:
            raise UnbegunError(f"{one.source.id} could not be restored into {one.name}: {error}") from error
    if there.get("RestoreSummary", {}).get("SourceTableArn") != one.source.arn:
        raise StopError(
            f"there is a table {one.name} that was not restored from {one.source.id}: rename or delete it, then try "
            "again"
        )
    end = time.monotonic() + LONGEST_WAIT.total_seconds()
    while (status := there["TableStatus"]) != "ACTIVE" or _building(there):
        if time.monotonic() > end and not stay:
            raise LaterError(f"{one.name} is still {status} after {LONGEST_WAIT}: go on later with --resume")
        time.sleep(_POLL_SECONDS)
        there = _described(client, one.name) or there


def _building(table: Mapping[str, Any]) -> bool:
    return any(index["IndexStatus"] != "ACTIVE" for index in table.get("GlobalSecondaryIndexes", ()))


def _described(client: Any, name: str) -> Mapping[str, Any] | None:
    try:
        return client.describe_table(TableName=name)["Table"]
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == "ResourceNotFoundException":
            return None
        raise


def _begin(client: Any, one: Restored) -> Mapping[str, Any]:
    source = client.describe_table(TableName=one.source.id)["Table"]
    key = one.key or source.get("SSEDescription", {}).get("KMSMasterKeyArn")
    # Said, as a backup of long ago may be under another key.
    key_of = {"SSESpecificationOverride": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}} if key else {}
    if one.made.snapshot:
        answer = client.restore_table_from_backup(TargetTableName=one.name, BackupArn=one.made.snapshot, **key_of)
    else:
        time_ = one.made.time
        when = {"RestoreDateTime": datetime.fromisoformat(time_)} if time_ else {"UseLatestRestorableTime": True}
        answer = client.restore_table_to_point_in_time(
            SourceTableArn=one.source.arn, TargetTableName=one.name, **when, **key_of
        )
    return answer["TableDescription"]


def adopt(engine: Engine, settings: Settings, one: Restored, say: Callable[[str], None]) -> None:
    """Import a restored table and its indexes, but for what the state has already; raises StopError."""
    store = expected_stores(settings.stack, render(settings))[one.component]
    found = find(store, one.name, settings.region)
    if found is None:
        raise StopError(f"the table {one.name} is gone: --abort goes back")
    known = {resource["urn"] for resource in engine.state().resources}
    left = tuple(each for each in found.resources if each.expected.urn not in known)
    if not left:
        return
    document = import_file([replace(found, resources=left)])
    component = component_urn(settings.stack, store.main.parent, store.name)
    if component in known:
        rest = [each for each in document["resources"] if not each.get("component")]
        document = {"nameTable": {store.name: component}, "resources": rest}
    if failure := engine.adopt(document, protect=store.protect):
        raise LaterError(f"{one.name} could not be imported: {failure}")
    say(f"imported: {', '.join(each.expected.name for each in left)}")


def table_name(settings: Settings, component: str) -> str:
    """Give the physical name of a generation's table, by the logical name of its component."""
    return f"{prefix(settings)}-{component}"
