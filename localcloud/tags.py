"""Tags: AWS keeps lists of keys and values, Pulumi a mapping."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from localcloud.wire import Props


def to_aws(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    """Write tags as most AWS calls want them."""
    return [{"Key": key, "Value": value} for key, value in sorted((tags or {}).items())]


def from_aws(tags: Iterable[Mapping[str, Any]] | None) -> Props:
    """Read tags as most AWS calls give them."""
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}


@dataclass(frozen=True, kw_only=True, slots=True)
class TagChange:
    """What two sets of tags differ by."""

    gone: list[str]
    put: dict[str, str]


def tag_change(olds: Props, news: Props) -> TagChange:
    """Say which tags to take away and which to put, from old and new inputs."""
    old, new = olds.get("tags") or {}, news.get("tags") or {}
    return TagChange(gone=sorted(old.keys() - new.keys()), put={k: v for k, v in new.items() if old.get(k) != v})
