"""Which of its databases, tables or caches in a row a store is: a restore makes the next one, beside the one before."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field, ValidationInfo

from components.generations import called
from sizes.atlas import SharedAtlasSize
from stacks.application import BucketStore, Store
from stacks.context import application_of
from stacks.mistakes import Mistake, Refusal, shown, unknown
from stacks.rules import Keys, Must, checked

__all__ = ["FIRST", "Generation", "called", "generations", "said"]

LATEST: Final = "latest"
TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
"""A time as a stack file has it; all else but `latest` is a snapshot."""
Writer = Literal["old", "new"]


class Generation(Keys):
    """Which one in a row a store is, from 1 on; with `old`, the one before is still there beside it."""

    generation: Annotated[int, Field(ge=1), Must("a whole number from 1 on")] = Field(
        description="Which one in a row it is: every restore makes the next one.", examples=[2]
    )
    old: Annotated[int, Field(ge=1), Must("a whole number from 1 on")] | None = Field(
        default=None, description="The one that it was restored from, until that is retired.", examples=[1]
    )
    from_: (
        Annotated[str, Field(pattern=r"^\S+$"), Must("latest, a time such as 2026-11-26T02:00:00Z, or a snapshot")]
        | None
    ) = Field(
        default=None,
        alias="from",
        description="What it was made of: latest, a time in UTC, or a snapshot's name or ARN.",
        examples=["2026-11-26T02:00:00Z"],
    )
    writer: Annotated[Writer, Must("old or new", ("old", "new"))] | None = Field(
        default=None, description="Which of the two clients are told.", examples=["old"]
    )
    unlocked: Annotated[bool, Must("true or false")] = Field(
        default=False, description="The protection of the other one is lifted, as it goes next.", examples=[True]
    )

    @property
    def time(self) -> str | None:
        """The time that it was made of; None: the latest, or a snapshot."""
        return self.from_ if self.from_ and TIME.fullmatch(self.from_) else None

    @property
    def snapshot(self) -> str | None:
        """The snapshot that it was made of."""
        return self.from_ if self.from_ != LATEST and not self.time else None

    @property
    def used(self) -> int:
        """The one that clients are told."""
        return self.old if self.old is not None and self.writer == "old" else self.generation

    @property
    def spare(self) -> int | None:
        """The one that they are not told; None: there is one only."""
        if self.old is None:
            return None
        return self.generation if self.writer == "old" else self.old


FIRST: Final = Generation(generation=1)
"""A store that was never restored: the stack file says nothing of it."""


def said(generation: Generation) -> dict[str, Any]:
    """Give a generation as the stack file has it."""
    return generation.model_dump(by_alias=True, exclude_defaults=True)


def elsewhere(store: Store) -> str | None:
    """Say why a store has no generations; None: it has."""
    match store:
        case BucketStore():
            return "is a bucket, which is never restored: its objects keep their versions"
        case _:
            return None


def generations(value: object, info: ValidationInfo) -> Mapping[str, Generation]:
    """Read what a stack file says of restored stores; raises Refusal with all that is wrong."""
    application = application_of(info)
    stores = {store.name: store for store in application.stores}
    if not isinstance(value, dict):
        raise Refusal(f"must be a mapping of {', '.join(stores)}, got {shown(value)}")
    found: list[Mistake] = []
    read: dict[str, Generation] = {}
    for name, inside in cast("dict[str, object]", value).items():
        if name not in stores:
            found.append(Mistake(where=(name,), what=unknown(name, f"a store of {application.name}", list(stores))))
            continue
        if why := elsewhere(stores[name]):
            found.append(Mistake(where=(name,), what=why))
            continue
        try:
            read[name] = checked(Generation, inside)
            wrong = (*_contradictions(read[name], info), *_shared(stores[name], read[name], info))
            found += [mistake.below(name) for mistake in wrong]
        except Refusal as refusal:
            found += [mistake.below(name) for mistake in refusal.found]
    if found:
        raise Refusal(found)
    return read


def _contradictions(one: Generation, info: ValidationInfo) -> Iterator[Mistake]:
    if one.old is None:
        for key, value in (("from", one.from_), ("writer", one.writer), ("unlocked", one.unlocked or None)):
            if value is not None:
                yield Mistake(where=(key,), what="is refused without old: it is about the two of a restore")
        return
    for key, value in (("from", one.from_), ("writer", one.writer)):
        if value is None:
            yield Mistake(where=(key,), what="is required with old")
    if one.old >= one.generation:
        yield Mistake(where=("old",), what=f"must be before generation {one.generation}, got {one.old}")
    if info.data.get("hop") is not None:
        yield Mistake(
            where=("old",), what="is refused during an upgrade (datastores:hop): end the one, then begin the other"
        )


def _shared(store: Store, one: Generation, info: ValidationInfo) -> Iterator[Mistake]:
    size = store.sizes.get(info.data["phase"]) if "phase" in info.data else None
    if one.old is not None and isinstance(size, SharedAtlasSize):
        yield Mistake(
            where=("old",),
            what=f"is refused on {size.tier}: only servers of a store's own (M10 or more) have a second cluster beside",
        )
