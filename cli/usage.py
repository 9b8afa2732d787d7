"""`datastores usage`: measure how the stores of a deployed stack were used, and write it as a usage file."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, TextIO

from botocore.exceptions import BotoCoreError, ClientError

from advice.measure import MOST_DAYS, Meter, parts_of, window
from cli.files import COMMAND_LINE, unwritable, write
from stacks.aim import stack_files
from stacks.application import AtlasStore, BucketStore
from stacks.mistakes import Mistake, SettingsError
from stacks.settings import FOLDER, Settings
from upgrades.engine import Engine, EngineError

FAILED: Final = 1
NO_FULL_ANSWER: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What the command line asks for."""

    stack: str
    days: int
    out: Path


def usage(request: Request, *, now: datetime, err: TextIO) -> int:
    """Ask CloudWatch, and write the file; the exit status. Raises SettingsError."""
    mistakes = [mistake] if (mistake := unwritable(request.out, option="--out")) else []
    if not 1 <= request.days <= MOST_DAYS:
        what = f"must be between 1 and {MOST_DAYS}, which CloudWatch keeps, got {request.days}"
        mistakes.append(Mistake(where=("--days",), what=what))
    if mistakes:
        raise SettingsError(COMMAND_LINE, mistakes)
    settings = Settings.read(request.stack, folder=stack_files())
    try:
        resources = Engine(stack=request.stack, folder=FOLDER.parent).state().resources
        stores = {store.name: store for store in settings.application.stores if settings.size(store) is not None}
        parts = parts_of(resources, tuple(stores))
        found = Meter(settings.region).usage(parts, window(now, request.days))
    except (EngineError, BotoCoreError, ClientError) as error:
        err.write(f"error: {error}\n")
        return FAILED
    write(request.out, json.dumps(found, indent=2) + "\n", option="--out")
    silent = [name for name, store in stores.items() if name not in found and not isinstance(store, BucketStore)]
    for name in silent:
        why = "Atlas tells its figures itself: write them in" if isinstance(stores[name], AtlasStore) else "no figures"
        err.write(f"note: nothing was measured of {name}: {why}\n")
    return NO_FULL_ANSWER if silent else 0
