"""Read resources into values, from the normal form; knows nothing of the engine, so that a check starts quickly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.values import Items, Record, Reference, Resource, Secret, Unknown

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  the protocol's public mark of a secret, not one
UNKNOWNS: Final = frozenset(  # of a bool, number, string, array, asset, archive, object
    {
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_MARKS: Final = ("unknown:", "secret:")
_REFERENCE: Final = re.compile(r"ref:(?P<type>[^\s:]+:[^\s:]*:[^\s:]+)::(?P<name>(?:(?!::).)+)::")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a value stands, for the message about an unknown one."""

    path: str
    references: tuple[Reference, ...] = ()
    secret: bool = False

    def key(self, key: str) -> "Where":
        """Go to a property."""
        # Inside a secret the keys are secret too: the path ends at the secret.
        return self if self.secret else Where(f"{self.path}.{key}", self.references)

    def item(self, index: int) -> "Where":
        """Go to an item of a list."""
        return self if self.secret else Where(f"{self.path}[{index}]", self.references)

    def hidden(self) -> "Where":
        """Go inside a secret."""
        return Where(self.path, self.references, secret=True)

    def unknown(self) -> Unknown:
        """Give the unknown value that stands here."""
        return Unknown(self.path, self.references)


def reference_to(urn: str) -> Reference:
    """Read type and name from a URN; the resource itself may be missing from the request."""
    _, _, types, name = urn.split("::", 3)
    return Reference(type=types.rpartition("$")[2], name=name, urn=urn)


def from_plain(resource: Mapping[str, Any]) -> Resource:
    """
    Read a resource in the normal form `{"type", "name", "inputs", "options"}`.

    `unknown:...` is an unknown value, `ref:<type>::<name>::<attribute>` one whose origin is known (alone or inside a
    longer string), `secret:...` a secret whose value is not told.
    """
    inputs = resource["inputs"]
    return Resource(
        {key: value if _is_plain(value) else _plain(value, key) for key, value in inputs.items() if value is not None},
        type_=resource["type"],
        name=resource["name"],
        options=resource.get("options", {}),
    )


def _plain(value: Any, path: str) -> Any:
    match value:
        case str():
            return _plain_text(value, path)
        case dict() | Mapping():  # a dict is told at once, any other mapping slowly
            return Record(
                {
                    key: item if _is_plain(item) else _plain(item, f"{path}.{key}")
                    for key, item in value.items()
                    if item is not None
                }
            )
        case list() | tuple():
            return Items([item if _is_plain(item) else _plain(item, f"{path}[{n}]") for n, item in enumerate(value)])
        case _:
            return value


def _is_plain(value: Any) -> bool:
    """Say whether a value is read as it stands, as most are: of these nobody asks where they stand."""
    kind = type(value)
    if kind is str:
        return not ("ref:" in value or value.startswith(_MARKS) or value in UNKNOWNS)
    return kind is bool or kind is int or kind is float


def _plain_text(text: str, path: str) -> Any:
    if text in UNKNOWNS:
        return Unknown(path)
    if text.startswith("unknown:"):
        return Unknown(path, what=text)
    if text.startswith("secret:"):
        return Secret(Unknown(path))
    if "ref:" in text and (found := [Reference(**match.groupdict()) for match in _REFERENCE.finditer(text)]):
        return Unknown(path, tuple(found), text)
    return text
