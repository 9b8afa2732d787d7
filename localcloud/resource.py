"""A resource type of the local cloud is an entry: facts, and small functions on plain dicts."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from localcloud.cloud import Cloud
from localcloud.wire import Props, is_unknown

DEFAULTED: Final = "__defaults"
"""Names the inputs that the provider chose itself; official providers keep the same note under this key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoName:
    """How a resource without a name gets one: logical name, a dash, seven random hexadecimal digits."""

    property: str
    max_length: int = 255
    lower: bool = False
    begins: str = ""
    """What AWS wants every name to begin with, such as `alias/`."""
    prefix: str = ""
    """The input with which a program gives a beginning instead of a name: the provider adds 26 digits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why inputs are not accepted."""

    property: str
    reason: str


Rule = Callable[[Props], Iterable[str]]
"""What AWS refuses about inputs, as AWS says it; reading an unknown ends the rule without a word."""

ChangeRule = Callable[[Props, Props], Iterable[str]]
"""What a provider refuses about a change from old to new inputs; reading an unknown ends the rule without a word."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceType:
    """
    The facts of one type. Check, diff, replacement, preview, refresh and import are derived from them.

    `create` makes the resource and gives its id; `settle` does what takes further calls (a failure there leaves the
    resource in the state, to be mended by the next run); `read` gives what the cloud says, as inputs and outputs, or
    None for what is gone; `update` gets old and new inputs (absent: every change replaces); `delete` accepts what is
    gone already.
    """

    type: str
    create: Callable[[Cloud, Props], str]
    read: Callable[[Cloud, str], Props | None]
    delete: Callable[[Cloud, str, Props], None]
    settle: Callable[[Cloud, str, Props], None] | None = None
    update: Callable[[Cloud, str, Props, Props], None] | None = None
    applied: frozenset[str]
    """Inputs that moto keeps: `read` gives them back."""
    remembered: frozenset[str] = frozenset()
    """Inputs that moto drops: kept beside it, and given back by a read."""
    steering: frozenset[str] = frozenset()
    """Inputs that steer the provider and that AWS keeps no record of; they live in Pulumi's state only."""
    write_only: frozenset[str] = frozenset()
    """Inputs that are sent and never read back; a change counts only with their version."""
    required: frozenset[str] = frozenset()
    outputs: frozenset[str] = frozenset()
    """Attributes that only the deployment knows."""
    replace: frozenset[str] = frozenset()
    """Inputs whose change replaces the resource, as dotted paths without list positions."""
    replaces: Callable[[Props, Props], Iterable[str]] | None = None
    """Further inputs whose change, from old to new, replaces: for those where it depends on the values."""
    sticky: frozenset[str] = frozenset()
    """Inputs that stay as they are when the program no longer mentions them."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    name: AutoName | None = None
    rules: tuple[Rule, ...] = ()
    changes: tuple[ChangeRule, ...] = ()
    """What the provider refuses of a change when it plans; what only the cloud refuses, `update` raises."""
    same: Mapping[str, Callable[[Any, Any], bool]] = field(default_factory=dict)
    """Inputs that the cloud may word differently: says whether the program's value and the cloud's mean the same."""
    told: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Inputs that come back with more than was said; gives the part of it that a program can say."""
    volatile: frozenset[str] = frozenset()
    """Outputs that any change may change: a preview of one does not know them."""
    renewed: Callable[[Props, Props], Iterable[str]] | None = None
    """Further outputs that a preview does not know, given the old outputs and the new inputs."""
    judged_by_state: bool = False
    """
    A change is found by comparing with what the cloud last said, not with what the program last said.

    Providers on Terraform's newer framework do so: what an update left out is a change in the next run.
    """
    overlook: Callable[[Props, Props], Iterable[str]] | None = None
    """Inputs that a refresh leaves alone, given the program's and what the cloud says: AWS itself changed them."""
    global_: bool = False
    """The service has no regions (IAM), so the input `region` does not exist."""
    not_imitated: str = ""
    """What a user could expect and does not get here, for `datastores local status`."""

    @property
    def known(self) -> frozenset[str]:
        """Every input that the entry handles."""
        region = frozenset[str]() if self.global_ else frozenset({"region"})
        return self.applied | self.remembered | self.steering | self.write_only | region

    @property
    def package(self) -> str:
        """The provider that the type belongs to: `aws`, `random`, `mongodbatlas`."""
        return self.type.partition(":")[0]


class NotKnownYetError(Exception):
    """A rule asked for a value that only the deployment will know."""


class Known(dict[str, Any]):
    """Inputs for a rule: reading an unknown raises."""

    def __getitem__(self, key: str) -> Any:
        return _known(super().__getitem__(key))

    def get(self, key: str, default: Any = None) -> Any:
        """Give a value, or *default* where the input is absent."""
        return self[key] if key in self else default  # noqa: SIM401  it would call itself


def _known(value: Any) -> Any:
    if is_unknown(value):
        raise NotKnownYetError
    match value:
        case dict():
            return Known(value)
        case list():
            return [_known(item) for item in value]
        case _:
            return value


def check(kind: ResourceType, name: str, olds: Props, news: Props, seed: bytes) -> tuple[Props, list[Failure]]:
    """Complete the inputs *news* with a name and defaults, and say what is wrong with them."""
    inputs = {**kind.defaults, **{key: value for key, value in news.items() if key != DEFAULTED}}
    failures = [*_unknown_properties(kind, inputs), *_missing(kind, inputs)]
    if kind.name and kind.name.property not in inputs:
        inputs[kind.name.property] = _old_name(kind.name, olds, inputs) or _new_name(kind.name, name, inputs, seed)
        inputs[DEFAULTED] = [kind.name.property]
    failures.extend(_broken_rules(kind, olds, inputs))
    return inputs, failures


def _unknown_properties(kind: ResourceType, inputs: Props) -> Iterable[Failure]:
    for key in sorted(inputs.keys() - kind.known):
        if not key.startswith("__"):
            known = ", ".join(sorted(kind.known))
            reason = f"the local cloud does not imitate this property of {kind.type}; it knows {known}"
            yield Failure(property=key, reason=reason)


def _missing(kind: ResourceType, inputs: Props) -> Iterable[Failure]:
    for key in sorted(kind.required - inputs.keys()):
        yield Failure(property=key, reason=f"{kind.type} needs this property")


def _broken_rules(kind: ResourceType, olds: Props, inputs: Props) -> Iterable[Failure]:
    judged = [partial(rule, Known(inputs)) for rule in kind.rules]
    if olds:
        judged += [partial(rule, Known(olds), Known(inputs)) for rule in kind.changes]
    for rule in judged:
        try:
            yield from [Failure(property="", reason=reason) for reason in rule()]
        except NotKnownYetError:
            continue


def _old_name(auto: AutoName, olds: Props, inputs: Props) -> str | None:
    same_prefix = olds.get(auto.prefix) == inputs.get(auto.prefix)
    return olds.get(auto.property) if same_prefix else None


def _new_name(auto: AutoName, name: str, inputs: Props, seed: bytes) -> str:
    chance = random.Random(seed) if seed else random.Random()  # noqa: S311  a name is no secret
    if auto.prefix in inputs:
        if is_unknown(inputs[auto.prefix]):
            return inputs[auto.prefix]
        return f"{inputs[auto.prefix]}{chance.randrange(10**25, 10**26)}"
    stem = f"{auto.begins}{name}"[: auto.max_length - 8]
    return f"{stem.lower() if auto.lower else stem}-{chance.getrandbits(28):07x}"
