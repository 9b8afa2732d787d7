"""Which of its databases, tables or caches in a row a store is: a restore makes the next one, beside the one before."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field, ValidationInfo

from components.generations import called
from sizes.atlas import SharedAtlasSize
from stacks.application import AtlasStore, BucketStore, PostgresStore, Store
from stacks.context import application_of
from stacks.mistakes import Mistake, Refusal, shown, unknown
from stacks.rules import Keys, Must, checked

__all__ = ["FIRST", "Generation", "called", "generations", "keyless", "said", "wrong_key"]

LATEST: Final = "latest"
TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
"""A time as a stack file has it; all else but `latest` is a snapshot."""
KEY_ARN: Final = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9A-Za-z-]+"
"""The ARN of a KMS key, which is none of an alias; the region is the fourth word of it."""
Writer = Literal["old", "new"]
Arn = Annotated[str, Field(json_schema_extra={"pattern": f"^{KEY_ARN}$"}), Must("the ARN of a KMS key")]


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
    key: Arn | None = Field(
        default=None,
        description="The KMS key that the data of this generation are encrypted with; absent: the stack's own.",
        examples=["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    old_key: Arn | None = Field(
        default=None,
        description="The same of the one before, while it is kept; absent: the stack's own.",
        examples=["arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    copy_: (
        Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$"), Must("the name of a snapshot, such as main-copied")]
        | None
    ) = Field(
        default=None,
        alias="copy",
        description="The snapshot that an RDS instance is made of where RDS would keep another key: a copy with the "
        "key, of what `from` says.",
        examples=["clubapp-prod-main-2-20261126t020000z"],
    )

    @property
    def time(self) -> str | None:
        """The time that it was made of; None: the latest, or a snapshot."""
        return self.from_ if self.from_ and TIME.fullmatch(self.from_) else None

    @property
    def snapshot(self) -> str | None:
        """The snapshot that it was made of; where one was copied with another key, the copy."""
        return self.copy_ or (self.from_ if self.from_ != LATEST and not self.time else None)

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

    def key_of(self, number: int) -> str | None:
        """Give the key of one of the two; None: the stack's own."""
        return self.old_key if number == self.old else self.key


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


def keyless(store: Store) -> str | None:
    """Say why no generation of a store has a key of its own; None: it may have."""
    match store:
        case AtlasStore():
            return (
                "is on MongoDB Atlas, where the key is the project's and is changed in place: deploy another "
                "customerMasterKeyId, and keep the old key until every node is under the new one"
            )
        case _:
            return None


def wrong_key(key: str, region: str | None) -> str | None:
    """
    Say what is wrong with the ARN of a key for stores in *region*, which follows the name of where it stands.

    Any account's key will do. None: nothing is wrong, as far as an ARN can tell.
    """
    example = f"arn:aws:kms:{region or 'eu-central-1'}:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    if ":alias/" in key or key.startswith("alias/"):
        return (
            f"must be the ARN of a key itself, as an alias may be pointed elsewhere, got {shown(key)}: write {example}"
        )
    if not re.fullmatch(KEY_ARN, key):
        return f"must be the ARN of a KMS key, such as {example}, got {shown(key)}"
    if region and (found := key.split(":")[3]) != region:
        return f"must be a key of aws:region, {region}, as a key works in its region only, got {shown(key)} of {found}"
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
            wrong = (
                *_contradictions(read[name], info),
                *_keys(stores[name], read[name], info),
                *_shared(stores[name], read[name], info),
            )
            found += [mistake.below(name) for mistake in wrong]
        except Refusal as refusal:
            found += [mistake.below(name) for mistake in refusal.found]
    if found:
        raise Refusal(found)
    return read


def _contradictions(one: Generation, info: ValidationInfo) -> Iterator[Mistake]:
    if one.old is None:
        for key, value in (
            *(("from", one.from_), ("writer", one.writer), ("unlocked", one.unlocked or None)),
            *(("oldKey", one.old_key), ("copy", one.copy_)),
        ):
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


def _keys(store: Store, one: Generation, info: ValidationInfo) -> Iterator[Mistake]:
    region = cast("str | None", info.data.get("region"))
    for name, key, number in (("key", one.key, one.generation), ("oldKey", one.old_key, one.old)):
        if key is None:
            continue
        if why := keyless(store):
            yield Mistake(where=(name,), what=f"is refused: {store.name} {why}")
        elif number == FIRST.generation:
            what = "is refused of generation 1, which has the stack's own key: datastores restore --key makes the next"
            yield Mistake(where=(name,), what=what)
        elif wrong := wrong_key(key, region):
            yield Mistake(where=(name,), what=wrong)
    if one.copy_ is not None and not isinstance(store, PostgresStore):
        yield Mistake(where=("copy",), what="is refused: only a database is made of a snapshot that was copied")


def _shared(store: Store, one: Generation, info: ValidationInfo) -> Iterator[Mistake]:
    size = store.sizes.get(info.data["phase"]) if "phase" in info.data else None
    if one.old is not None and isinstance(size, SharedAtlasSize):
        yield Mistake(
            where=("old",),
            what=f"is refused on {size.tier}: only servers of a store's own (M10 or more) have a second cluster beside",
        )
