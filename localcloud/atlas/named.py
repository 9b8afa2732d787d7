"""Names that Atlas' API has for what the provider names otherwise."""

from typing import Any, Final

from localcloud.wire import Props

_API: Final = {"diskSizeGb": "diskSizeGB", "diskIops": "diskIOPS", "mongoDbMajorVersion": "mongoDBMajorVersion"}
_PROVIDER: Final = {theirs: ours for ours, theirs in _API.items()}


def as_api(value: Any) -> Any:
    """Give a part of a cluster as the API writes it."""
    return _renamed(value, _API)


def as_provider(body: Props) -> Props:
    """Give a cluster as the provider writes it."""
    found = _renamed(body, _PROVIDER)
    return {**found, "tags": {tag["key"]: tag["value"] for tag in found.get("tags", ())}}


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict) and {"computeEnabled", "diskGbEnabled"} & value.keys():
        return {
            "compute": {"enabled": value.get("computeEnabled", False)},
            "diskGB": {"enabled": value.get("diskGbEnabled", False)},
        }
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(inside, names) for key, inside in value.items()}  # pyright: ignore[reportUnknownVariableType]  # of JSON
    return [_renamed(one, names) for one in value] if isinstance(value, list) else value  # pyright: ignore[reportUnknownVariableType]  # of JSON
