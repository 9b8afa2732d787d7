"""
Outputs whose values are there: Pulumi's own wait for an engine, value by value, and a render has none to wait for.

Inside `outputs_known()` they take the place of Pulumi's. They mean the same: a value, the resources that it came from,
and whether it is secret.
"""

import inspect
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Any, Final, NamedTuple, cast

from pulumi import Output, Resource
from pulumi._types import is_input_type  # the SDK's own mark of a class of arguments; there is no public one

PLAIN: Final = frozenset({str, int, bool, float, type(None)})
"""What most values are, and has nothing in it."""
_NONE: Final[frozenset[Resource]] = frozenset()


class Data(NamedTuple):
    """What is known of an output; the SDK's functions read the same names."""

    value: Any
    resources: frozenset[Resource] = _NONE
    """Where the value came from."""
    is_secret: bool = False
    is_known: bool = True

    def __await__(self) -> Generator[Any, Any, "Data"]:
        """Be there at once for a coroutine that waits for it."""
        return self
        yield  # makes it a generator, as __await__ has to be


class Known(Output[Any]):
    """An output whose value is there."""

    # One attribute and none that is public: every other name is looked up in the value.
    _data: Data  # pyright: ignore[reportIncompatibleVariableOverride]  the SDK's is a future

    def __init__(self, data: Data) -> None:  # pyright: ignore[reportMissingSuperCall]  the SDK's makes futures
        self._data = data  # pyright: ignore[reportIncompatibleVariableOverride]  see above

    def apply(self, func: Callable[[Any], Any], run_with_unknowns: bool = False) -> "Known":  # noqa: ARG002  the SDK's signature
        """Give what *func* makes of the value."""
        data = self._data
        return Known(_joined(func(data.value), data))


class Later(Known):
    """A known output whose value is worked out when somebody asks for it: nobody asks for most."""

    def __init__(self, find: Callable[[], Data]) -> None:  # pyright: ignore[reportMissingSuperCall]  it wants the value
        self._find = find

    @cached_property
    def _data(self) -> Data:  # pyright: ignore[reportIncompatibleVariableOverride]  see above
        return self._find()


def data_of(output: Output[Any]) -> Data:
    """Give what is known of an output that was made inside `outputs_known()`."""
    return cast("Data", output._data)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the same name as in the SDK


def opened(value: Any) -> Data:
    """Give a value with no output in it, however deep, as `Output.from_input` does."""
    resources: set[Resource] = set()
    found, secret = _opened(value, resources)
    return Data(found, frozenset(resources), secret)


def at_once(coroutine: Any) -> Any:
    """Run a coroutine of the SDK's to its end; raises RuntimeError where it waits for something that is not there."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    coroutine.close()
    raise RuntimeError(f"a render has nothing to wait for, but {coroutine.__qualname__} waits")


@contextmanager
def replaced(owner: Any, name: str, value: object) -> Generator[None]:
    """Put *value* in the place of what *owner* has by that name, for the whole process and for a while."""
    before = vars(owner)[name]
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


@contextmanager
def outputs_known() -> Generator[None]:
    """Let every output that is made inside be known."""
    with ExitStack() as stack:
        for name, function in _REPLACED.items():
            stack.enter_context(replaced(Output, name, staticmethod(function)))
        yield


def _joined(result: Any, before: Data) -> Data:
    """Give what came out of a function of an output: the output's resources and its secrecy go with it."""
    if isinstance(result, Output):
        inner = data_of(cast("Output[Any]", result))
        return Data(inner.value, before.resources | inner.resources, before.is_secret or inner.is_secret)
    if inspect.iscoroutine(result):
        return _joined(at_once(result), before)
    return Data(result, before.resources, before.is_secret)


def _opened(value: Any, resources: set[Resource]) -> tuple[Any, bool]:
    """Give a value without outputs, and whether one of them was secret; add where they came from to *resources*."""
    kind = type(value)
    if kind in PLAIN:
        return value, False
    if isinstance(value, Output):
        data = data_of(cast("Output[Any]", value))
        resources |= data.resources
        found, secret = _opened(data.value, resources)
        return found, secret or data.is_secret
    if is_input_type(kind):
        items, secret = _opened_all(vars(value).values(), resources)
        return kind(**dict(zip(vars(value), items, strict=True))), secret
    if isinstance(value, dict | list | tuple):
        return _opened_inside(cast("Any", value), resources)
    return _opened(at_once(value), resources) if inspect.iscoroutine(value) else (value, False)


def _opened_inside(value: Any, resources: set[Resource]) -> tuple[Any, bool]:
    if isinstance(value, dict):
        given = cast("dict[Any, Any]", value)
        keys, hidden = _opened_all(given, resources)
        items, secret = _opened_all(given.values(), resources)
        return dict(zip(keys, items, strict=True)), hidden or secret
    items, secret = _opened_all(value, resources)
    return items if isinstance(value, list) else tuple(items), secret


def _opened_all(values: Iterable[Any], resources: set[Resource]) -> tuple[list[Any], bool]:
    pairs = [_opened(value, resources) for value in values]
    return [found for found, _ in pairs], any(secret for _, secret in pairs)


# In place of the SDK's


def _from_data(awaitable: Any) -> Known:
    data = at_once(awaitable) if inspect.iscoroutine(awaitable) else awaitable
    return Known(Data(data.value, frozenset(data.resources), data.is_secret))


def _from_input(val: Any) -> Known:
    return Known(opened(val))


def _from_input_shallow(val: Any) -> Output[Any]:
    return cast("Output[Any]", val) if isinstance(val, Output) else Known(Data(val))


def _all(*args: Any, **kwargs: Any) -> Known:
    if args and kwargs:
        raise ValueError("Output.all() was supplied a mix of named and unnamed inputs")
    return Known(opened(kwargs or list(args)))


def _format(format_string: Any, *args: Any, **kwargs: Any) -> Known:
    return Known(opened((format_string, args, kwargs))).apply(lambda parts: parts[0].format(*parts[1], **parts[2]))


_REPLACED: Final[dict[str, Callable[..., Output[Any]]]] = {
    "_from_data": _from_data,
    "from_input": _from_input,
    "_from_input_shallow": _from_input_shallow,
    "all": _all,
    "format": _format,
}
"""What makes outputs in the SDK; all the rest of it goes through these."""
