"""Policy documents of AWS as typed statements: who may, or must not, do what, to what, and when."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final

from policies.controls.relations import is_any
from policies.values import CannotTellError, Items, Record, Unknown, known, opened

EVERYBODY: Final = "*"
UNTOLD: Final = "\ue000"
"""Stands in a text for a part that only the deployment will know."""
OWN_ACCOUNT: Final = "<account>"
"""Stands in a text for the account of the stack, whose number a rendering does not know."""

# What a rendering writes for parts that are not known, and what AWS makes up, which holds no wildcard.
_OWN: Final = re.compile(r"unknown:accountId\b")
_PARTITION: Final = re.compile(r"unknown:partition\b")
_MADE: Final = re.compile(
    r"ref:[^\s:]+:[^\s:]*:[^\s:]+::(?:(?!::).)+?::(?:[\w.\[\]]*\.)?(?:arn|id|keyId|ownerId)(?![\w.\[])"
)
_REFERENCE: Final = re.compile(r"ref:[^\s:]+:[^\s:]*:[^\s:]+::(?:(?!::).)+?::[\w.?\[\]]+|unknown:[\w.\[\]-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """One of those that a statement is about."""

    kind: str
    """`AWS`, `Service`, `Federated` or `CanonicalUser`."""
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Condition:
    """One test of a statement; it holds if one of the values matches."""

    operator: str
    key: str
    """In lower case, as AWS does not tell them apart."""
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """One statement; what it leaves out is empty, and what it excludes is None when it excludes nothing that way."""

    allows: bool
    principals: tuple[Principal, ...] = ()
    not_principals: tuple[Principal, ...] | None = None
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] | None = None
    resources: tuple[str, ...] = ()
    not_resources: tuple[str, ...] | None = None
    conditions: tuple[Condition, ...] = ()

    def acts(self, action: str) -> bool:
        """
        Say whether the statement is about an action, such as `kms:Decrypt`.

        Raises:
            CannotTellError: it depends on a part that only the deployment will know.

        """
        if self.not_actions is not None:
            return not is_any(self.not_actions, lambda pattern: _matches(pattern, action))
        return is_any(self.actions, lambda pattern: _matches(pattern, action))

    def is_about_everybody(self) -> bool:
        """Say whether the statement names every principal; the exception of some is none of them."""
        return is_any(self.principals, lambda principal: told(principal.name) == EVERYBODY)


UNREADABLE: Final = Statement(
    allows=True,
    principals=(Principal(kind="AWS", name=EVERYBODY),),
    not_principals=(),
    actions=("*",),
    not_actions=(),
    resources=("*",),
    not_resources=(),
)
"""What cannot be read is taken for the worst: everybody may do everything."""


class _WrongError(Exception):
    """A document is not what AWS takes for one."""


def statements(properties: Record, key: str) -> Sequence[Statement]:
    """
    Read the document of a property, whatever it holds: nothing is no statement, nonsense is UNREADABLE.

    Raises:
        CannotTellError: the document, or what it is made of, is unknown.

    """
    raw = opened(properties.raw(key))
    text = raw.template if isinstance(raw, Unknown) and raw.template else known(raw)
    if text is None or text == "":
        return ()
    marked = _marked(text) if isinstance(text, str) else text
    try:
        return _document(json.loads(marked) if isinstance(marked, str) else _plain(marked))
    except (_WrongError, ValueError, RecursionError):
        if isinstance(marked, str) and UNTOLD in marked:
            raise CannotTellError(key) from None
        return [UNREADABLE]


def told(text: str) -> str:
    """
    Give a text that has no unknown part.

    Raises:
        CannotTellError: it has one.

    """
    if UNTOLD in text:
        raise CannotTellError("a part of the policy document")
    return text


def _marked(text: str) -> str:
    text = _PARTITION.sub("aws", _OWN.sub(OWN_ACCOUNT, text))
    return _REFERENCE.sub(UNTOLD, _MADE.sub("<made by AWS>", text))


def _plain(value: Any) -> Any:
    """Read a document that is given as an object, as far as it is known."""
    value = known(value)
    if isinstance(value, Record):
        return {key: _plain(value.raw(key)) for key in value}
    if isinstance(value, Items):
        return [_plain(item) for item in value.raw()]
    return _marked(value) if isinstance(value, str) else value


def _document(raw: Any) -> Sequence[Statement]:
    if not isinstance(raw, Mapping):
        raise _WrongError
    return [_statement(one) for one in _one_or_many(raw.get("Statement"))]


def _statement(raw: Any) -> Statement:
    """Read one statement; a wrong type makes the whole of it unreadable."""
    if not isinstance(raw, Mapping):
        raise _WrongError
    effect = raw.get("Effect")
    if effect not in {"Allow", "Deny"}:
        raise _WrongError
    return Statement(
        allows=effect == "Allow",
        principals=tuple(_principals(raw.get("Principal"))),
        not_principals=tuple(_principals(raw["NotPrincipal"])) if "NotPrincipal" in raw else None,
        actions=_texts(raw.get("Action")),
        not_actions=_texts(raw["NotAction"]) if "NotAction" in raw else None,
        resources=_texts(raw.get("Resource")),
        not_resources=_texts(raw["NotResource"]) if "NotResource" in raw else None,
        conditions=tuple(_conditions(raw.get("Condition"))),
    )


def _principals(raw: Any) -> Iterator[Principal]:
    kinds = raw if isinstance(raw, Mapping) else {"AWS": raw}
    for kind, names in kinds.items():
        yield from (Principal(kind=kind, name=name) for name in _texts(names))


def _conditions(raw: Any) -> Iterator[Condition]:
    if raw is None:
        return
    if not isinstance(raw, Mapping):
        raise _WrongError
    for operator, tests in raw.items():
        if not isinstance(tests, Mapping):
            raise _WrongError
        for key, values in tests.items():
            yield Condition(operator=operator, key=key.lower(), values=_texts(values))


def _one_or_many(raw: Any) -> Sequence[Any]:
    """Give a list as it is, and what stands alone as a list of one: AWS takes both."""
    if raw is None:
        return ()
    return raw if isinstance(raw, list) else [raw]  # pyright: ignore[reportUnknownVariableType]  it came from JSON


def _texts(raw: Any) -> tuple[str, ...]:
    """Give one or many texts; AWS writes numbers and booleans (account ids, SecureTransport) as texts too."""
    texts: list[str] = []
    for one in _one_or_many(raw):
        if isinstance(one, bool):
            texts.append(str(one).lower())
        elif isinstance(one, str | int):
            texts.append(str(one))
        else:
            raise _WrongError
    return tuple(texts)


def _matches(pattern: str, action: str) -> bool:
    """Match as IAM does: * and ? are its only signs."""
    return fnmatchcase(action.lower(), told(pattern).lower().replace("[", "[[]"))
